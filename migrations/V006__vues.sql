-- Saved views: the filters of a list under a name, for one person or shared with all who may see the list.

create table vues (
    id          integer primary key autoincrement,
    user_id     integer not null references users (id) on delete restrict,
    nom         text not null check (length(nom) between 1 and 100),
    liste       text not null check (liste in ('interventions', 'equipements', 'techniciens')),
    parametres  text not null check (json_type(parametres) = 'object'),
    partagee    integer not null default 0 check (partagee in (0, 1)),
    created_at  integer not null,
    unique (user_id, liste, nom)
) strict;
