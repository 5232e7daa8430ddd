-- The second factor of a sign-in: what a person's own device computes from a secret that both know (RFC 6238).

create table totp (
    user_id      integer primary key references users (id) on delete restrict,
    secret       blob not null check (length(secret) = 20),
    cree_le      integer not null,
    -- Null until a code has shown that the device has the secret.
    active_le    integer,
    -- The last time step of which a code was taken: each is good once.
    dernier_pas  integer not null default 0
) strict;

-- For who has lost the device; each once. Only their hashes.
create table codes_secours (
    user_id    integer not null references totp (user_id) on delete cascade,
    empreinte  blob not null check (length(empreinte) = 32),
    utilise_le integer,
    primary key (user_id, empreinte)
) strict, without rowid;

create table securite (
    id             integer primary key check (id = 1),
    -- Whether admins and responsables must have a second factor.
    double_exigee  integer not null default 0 check (double_exigee in (0, 1))
) strict;

insert into securite (id) values (1);
