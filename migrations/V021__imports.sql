-- Tables of rows that came in from a file, so that one can be taken back.

create table imports (
    id          integer primary key autoincrement,
    tableau     text not null check (length(tableau) between 1 and 40),
    fichier     text check (length(fichier) between 1 and 200),
    fait_le     integer not null,
    user_id     integer references users (id) on delete restrict,
    lignes      integer not null check (lignes > 0),
    -- The rows that it made, in their order: [1, 2, 3].
    ids         text not null check (json_type(ids) = 'array'),
    annule_le   integer
) strict;
