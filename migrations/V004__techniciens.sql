-- The people of the shop floor: what they know, when they work, when they are away.

create table competences (
    id          integer primary key autoincrement,
    nom         text not null check (length(nom) between 1 and 100),
    nom_key     text not null unique,
    description text,
    version     integer not null default 1,
    created_at  integer not null,
    updated_at  integer not null
) strict;

create table techniciens (
    id            integer primary key autoincrement,
    user_id       integer not null unique references users (id) on delete restrict,
    matricule     text,
    matricule_key text unique,
    equipe        text,
    disponibilite text not null default 'disponible' check (disponibilite in ('disponible', 'indisponible')),
    taux_horaire  integer check (taux_horaire >= 0), -- cents an hour
    -- Weekly hours as JSON; null means that no hours are kept for this person and none are enforced.
    horaire       text check (horaire is null or json_type(horaire) = 'object'),
    version       integer not null default 1,
    created_at    integer not null,
    updated_at    integer not null
) strict;

create table technicien_competences (
    technicien_id    integer not null references techniciens (id) on delete cascade,
    competence_id    integer not null references competences (id) on delete restrict,
    niveau           integer not null default 1 check (niveau between 1 and 4),
    valide_jusqu_au  text, -- last civil day on which the habilitation counts
    primary key (technicien_id, competence_id)
) strict, without rowid;

create index technicien_competences_competence on technicien_competences (competence_id);

create table absences (
    id             integer primary key autoincrement,
    technicien_id  integer not null references techniciens (id) on delete restrict,
    debut          integer not null,
    fin            integer not null check (fin > debut),
    motif          text,
    created_at     integer not null
) strict;

create index absences_technicien on absences (technicien_id, debut);
