-- The append-only journal (audit trail and outbox of facts), chained by hash, and the first answers kept for
-- clients that repeat a request after losing its reply.

create table journal (
    id          integer primary key autoincrement,
    date        integer not null,
    user_id     integer references users (id) on delete restrict,
    acteur      text not null,
    adresse     text,
    request_id  text,
    action      text not null,
    entite      text not null,
    entite_id   integer,
    avant       text check (avant is null or json_valid(avant)),
    apres       text check (apres is null or json_valid(apres)),
    empreinte   blob not null
) strict;

create index journal_entite on journal (entite, entite_id);
create index journal_user on journal (user_id, id);
create index journal_date on journal (date);

create trigger journal_is_never_updated before update on journal
begin
    select raise(abort, 'journal_append_only');
end;

create trigger journal_is_never_deleted before delete on journal
begin
    select raise(abort, 'journal_append_only');
end;

create table idempotency (
    user_id     integer not null references users (id) on delete restrict,
    key         text not null,
    fingerprint blob not null,
    status      integer not null,
    body        blob not null,
    etag        text,
    location    text,
    created_at  integer not null,
    primary key (user_id, key)
) strict, without rowid;

create index idempotency_age on idempotency (created_at);
