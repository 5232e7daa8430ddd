-- People and how they prove who they are. Uniqueness of names and addresses ignores case and accents: it is
-- kept on a normalised column (`_key`), written by the application.
--
-- The id of what can be deleted is never given again (`autoincrement`): the journal, a bookmark or a version
-- read long ago must not come to mean something else.

create table clients (
    id          integer primary key autoincrement,
    nom         text not null check (length(nom) between 1 and 200),
    contact     text,
    email       text,
    telephone   text,
    adresse     text,
    version     integer not null default 1,
    created_at  integer not null,
    updated_at  integer not null
) strict;

create table users (
    id            integer primary key,
    username      text not null,
    username_key  text not null unique,
    full_name     text not null,
    email         text not null,
    email_key     text not null unique,
    role          text not null check (role in ('admin', 'responsable', 'technicien', 'client')),
    client_id     integer references clients (id) on delete restrict,
    is_active     integer not null default 1 check (is_active in (0, 1)),
    langue        text not null default 'fr' check (langue in ('fr', 'en', 'ar')),
    password_hash text not null,
    -- Grows when the password, the role or the activation changes: sessions of before end at once.
    auth_version  integer not null default 1,
    version       integer not null default 1,
    created_at    integer not null,
    updated_at    integer not null,
    last_login    integer,
    -- A client belongs to exactly one organisation, nobody else to any.
    check ((role = 'client') = (client_id is not null))
) strict;

create index users_client on users (client_id) where client_id is not null;

-- The last active administrator stays: otherwise nobody could let anyone in again.
create trigger users_keep_an_admin before update of role, is_active on users
when old.role = 'admin' and old.is_active = 1 and not (new.role = 'admin' and new.is_active = 1)
begin
    select raise(abort, 'dernier_admin')
    where (select count(*) from users where role = 'admin' and is_active = 1) <= 1;
end;

create trigger users_are_never_deleted before delete on users
begin
    select raise(abort, 'users_are_deactivated_only');
end;

create table sessions (
    id            integer primary key autoincrement,
    user_id       integer not null references users (id) on delete restrict,
    auth_version  integer not null,
    created_at    integer not null,
    last_used_at  integer not null,
    expires_at    integer not null,
    address       text,
    user_agent    text,
    ended_at      integer,
    ended_why     text
) strict;

create index sessions_user on sessions (user_id) where ended_at is null;

-- Opaque tokens, kept as SHA-256 only. A token is used once; its successor is derived from it, so a lost
-- answer can be given again during the grace period without storing the token itself.
create table refresh_tokens (
    hash        blob primary key,
    session_id  integer not null references sessions (id) on delete cascade,
    issued_at   integer not null,
    used_at     integer
) strict, without rowid;

create index refresh_tokens_session on refresh_tokens (session_id);

-- Failed sign-ins by account name as typed (normalised), known or not, so that both are slowed alike.
create table sign_in_failures (
    name_key      text primary key,
    failures      integer not null,
    first_at      integer not null,
    last_at       integer not null,
    blocked_until integer not null
) strict, without rowid;
