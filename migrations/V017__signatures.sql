-- Who acknowledged an intervention: drawn on a phone, tied to who was signed in, when, and what the intervention
-- said at that moment. A signature is never changed and never taken back; the last one counts.

create table signatures (
    id               integer primary key,
    intervention_id  integer not null references interventions (id) on delete restrict,
    date             integer not null,
    user_id          integer not null references users (id) on delete restrict, -- who handed the phone
    nom              text not null check (length(nom) between 1 and 200),
    fonction         text,
    version_signee   integer not null,
    -- SHA-256 of what the intervention said, which is what was signed.
    empreinte        blob not null check (length(empreinte) = 32),
    type_mime        text not null check (type_mime in ('image/png', 'image/svg+xml')),
    image            blob not null check (length(image) between 1 and 200000)
) strict;

create index signatures_intervention on signatures (intervention_id, id);

create trigger signatures_are_never_updated before update on signatures
begin
    select raise(abort, 'signatures_append_only');
end;

create trigger signatures_are_never_deleted before delete on signatures
begin
    select raise(abort, 'signatures_append_only');
end;
