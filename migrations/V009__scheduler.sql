-- What the server does by itself at its times, and the links by which a calendar is read from a phone.

create table scheduler (
    id          integer primary key check (id = 1),
    -- The latest moment at which the machine's clock was believed: an earlier one is not.
    clock_mark  integer not null
) strict;

create table jobs (
    name      text primary key,
    last_run  integer not null -- when its last run began; for one that never ran, when it was first known
) strict, without rowid;

-- How each run went. The oldest of each job are forgotten.
create table job_runs (
    id           integer primary key autoincrement,
    job          text not null,
    started_at   integer not null,
    duration_ms  integer not null check (duration_ms >= 0),
    by_hand      integer not null default 0 check (by_hand in (0, 1)),
    done         integer not null default 0 check (done >= 0),
    skipped      integer not null default 0 check (skipped >= 0),
    -- What was left out and why, the first of it: [{"entite", "id", "fr", "en"}].
    skips        text not null default '[]' check (json_type(skips) = 'array'),
    error_fr     text,
    error_en     text,
    check ((error_fr is null) = (error_en is null))
) strict;

create index job_runs_job on job_runs (job, id);

-- The calendar of all people at once.
create index affectations_debut on affectations (debut) where liberee_le is null;

-- One secret link per person, of which only the hash is kept.
create table jetons_calendrier (
    user_id    integer primary key references users (id) on delete restrict,
    empreinte  blob not null unique check (length(empreinte) = 32),
    cree_le    integer not null
) strict;
