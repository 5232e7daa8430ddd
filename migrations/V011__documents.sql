-- What people attach to the things of the plant. The bytes are in files named after their SHA-256; here is whose
-- they are, what they are called, and where they belong: to exactly one thing.

create table documents (
    id               integer primary key autoincrement,
    intervention_id  integer references interventions (id) on delete restrict,
    equipement_id    integer references equipements (id) on delete restrict,
    planning_id      integer references plannings (id) on delete restrict,
    nom_fichier      text not null check (length(nom_fichier) > 0 and octet_length(nom_fichier) <= 255),
    type_mime        text not null,
    taille           integer not null check (taille > 0), -- bytes
    sha256           text not null check (length(sha256) = 64 and sha256 not glob '*[^0-9a-f]*'),
    description      text,
    ajoute_par       integer not null references users (id) on delete restrict,
    date_ajout       integer not null,
    -- Deleted: nobody's any more, and gone for good a day later, file included.
    supprime_le      integer,
    -- When the file was last found to be what was handed in.
    verifie_le       integer not null,
    -- Since when it is not.
    altere_le        integer,
    check ((intervention_id is not null) + (equipement_id is not null) + (planning_id is not null) = 1)
) strict;

create index documents_ajout on documents (date_ajout, id) where supprime_le is null;
create index documents_intervention on documents (intervention_id, date_ajout, id) where intervention_id is not null;
create index documents_equipement on documents (equipement_id, date_ajout, id) where equipement_id is not null;
create index documents_planning on documents (planning_id, date_ajout, id) where planning_id is not null;
create index documents_auteur on documents (ajoute_par, date_ajout);
create index documents_sha256 on documents (sha256);
create index documents_supprimes on documents (supprime_le) where supprime_le is not null;
create index documents_verifies on documents (verifie_le);

-- A document is added and deleted, never rewritten: what was attached yesterday is what is read tomorrow.
create trigger documents_are_never_rewritten
before update of intervention_id, equipement_id, planning_id, nom_fichier, type_mime, taille, sha256,
    description, ajoute_par, date_ajout on documents
begin
    select raise(abort, 'documents_are_never_rewritten');
end;

create trigger documents_are_deleted_first before delete on documents
when old.supprime_le is null
begin
    select raise(abort, 'documents_are_deleted_first');
end;

create virtual table documents_fts using fts5 (
    nom_fichier, description,
    content = 'documents', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger documents_fts_insert after insert on documents begin
    insert into documents_fts (rowid, nom_fichier, description)
    values (new.id, new.nom_fichier, new.description);
end;

create trigger documents_fts_delete after delete on documents begin
    insert into documents_fts (documents_fts, rowid, nom_fichier, description)
    values ('delete', old.id, old.nom_fichier, old.description);
end;
