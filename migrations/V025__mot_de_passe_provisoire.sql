-- A password that somebody else gave is known to two: until its owner has chosen another, they can do nothing else.
-- Whoever has one already keeps it.

alter table users add column mot_de_passe_provisoire integer not null default 0
    check (mot_de_passe_provisoire in (0, 1));
