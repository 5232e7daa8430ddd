-- What was signed is from now on also what was answered, spent and used. Signatures of before cover what they covered.

alter table signatures add column avec_travail integer not null default 0 check (avec_travail in (0, 1));
