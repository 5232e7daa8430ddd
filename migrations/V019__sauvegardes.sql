-- Restore drills: a backup is unpacked beside the data, examined and compared with it, then thrown away.

create table exercices (
    id          integer primary key autoincrement,
    -- Name of the backup's file.
    sauvegarde  text not null check (length(sauvegarde) between 1 and 100),
    demande_le  integer not null,
    termine_le  integer, -- null while it waits or is under way
    duree_ms    integer check (duree_ms >= 0),
    -- What came out of it: bytes, documents, and {"table": [rows in the backup, rows now]} where they differ.
    octets      integer check (octets >= 0),
    documents   integer check (documents >= 0),
    ecarts      text not null default '{}' check (json_type(ecarts) = 'object'),
    erreur_fr   text,
    erreur_en   text,
    check ((erreur_fr is null) = (erreur_en is null)),
    check ((termine_le is null) = (duree_ms is null))
) strict;

create unique index exercices_en_attente on exercices (sauvegarde) where termine_le is null;
