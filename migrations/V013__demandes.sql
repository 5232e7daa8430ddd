-- Requests for work, and the words in which failures are counted: what was seen (symptôme), why it happened
-- (cause), what helped (remède). A request is asked once and answered once; the answer is never rewritten.

create table codes (
    id                integer primary key autoincrement,
    nature            text not null check (nature in ('symptome', 'cause', 'remede')),
    code              text not null check (length(code) between 1 and 30),
    code_key          text not null,
    libelle           text not null check (length(libelle) between 1 and 200),
    -- The types of équipements that it is meant for; all of them when empty.
    types_equipement  text not null default '[]' check (json_type(types_equipement) = 'array'),
    -- A code that is no longer offered stays on the interventions that have it.
    actif             integer not null default 1 check (actif in (0, 1)),
    version           integer not null default 1,
    created_at        integer not null default (unixepoch()),
    updated_at        integer not null default (unixepoch()),
    unique (nature, code_key)
) strict;

create trigger codes_keep_their_nature before update of nature on codes
when new.nature <> old.nature
begin
    select raise(abort, 'codes_keep_their_nature');
end;

-- One row: whether a corrective intervention is finished with its three codes only.
create table codes_reglages (
    id                 integer primary key check (id = 1),
    codes_obligatoires integer not null default 0 check (codes_obligatoires in (0, 1)),
    version            integer not null default 1,
    updated_at         integer not null default (unixepoch())
) strict;

insert into codes_reglages (id) values (1);

-- A list to begin with, for the plant to make its own. Symptômes by the failure modes of ISO 14224 (tables B.6
-- to B.15), causes by its failure mechanisms and causes (B.2, B.3), remèdes by its maintenance activities (B.5).
insert into codes (nature, code, code_key, libelle) values
    ('symptome', 'FTS', 'fts', 'Ne démarre pas'),
    ('symptome', 'STP', 'stp', 'Ne s’arrête pas ou ne se ferme pas'),
    ('symptome', 'UST', 'ust', 'Arrêt intempestif'),
    ('symptome', 'BRD', 'brd', 'Casse'),
    ('symptome', 'STD', 'std', 'Fissure, déformation, fixation perdue'),
    ('symptome', 'LOO', 'loo', 'Débit, pression, force ou cadence trop faibles'),
    ('symptome', 'ERO', 'ero', 'Fonctionnement irrégulier, produit non conforme'),
    ('symptome', 'ELP', 'elp', 'Fuite du produit'),
    ('symptome', 'ELU', 'elu', 'Fuite d’huile, d’air, de vapeur ou d’un autre fluide'),
    ('symptome', 'INL', 'inl', 'Fuite interne'),
    ('symptome', 'NOI', 'noi', 'Bruit anormal'),
    ('symptome', 'VIB', 'vib', 'Vibrations'),
    ('symptome', 'OHE', 'ohe', 'Échauffement'),
    ('symptome', 'PLU', 'plu', 'Bourrage, blocage'),
    ('symptome', 'AIR', 'air', 'Mesure ou signal faux'),
    ('cause', 'USURE', 'usure', 'Usure'),
    ('cause', 'FATIGUE', 'fatigue', 'Fatigue, vieillissement'),
    ('cause', 'CORROSION', 'corrosion', 'Corrosion, oxydation'),
    ('cause', 'DESSERRAGE', 'desserrage', 'Desserrage'),
    ('cause', 'ALIGNEMENT', 'alignement', 'Désalignement, jeu'),
    ('cause', 'DEREGLAGE', 'dereglage', 'Déréglage, dérive'),
    ('cause', 'ENCRASSEMENT', 'encrassement', 'Encrassement, colmatage, tartre'),
    ('cause', 'POLLUTION', 'pollution', 'Pollution d’un fluide, corps étranger'),
    ('cause', 'GRAISSAGE', 'graissage', 'Graissage insuffisant'),
    ('cause', 'ELECTRIQUE', 'electrique', 'Court-circuit, coupure, contact défaillant'),
    ('cause', 'SIGNAL', 'signal', 'Capteur ou liaison défaillants'),
    ('cause', 'COMMANDE', 'commande', 'Programme, paramètre, automatisme'),
    ('cause', 'CHOC', 'choc', 'Choc, collision, surcharge'),
    ('cause', 'CONDUITE', 'conduite', 'Erreur de conduite'),
    ('cause', 'MONTAGE', 'montage', 'Erreur au dernier montage'),
    ('cause', 'CONCEPTION', 'conception', 'Conception inadaptée'),
    ('cause', 'INCONNUE', 'inconnue', 'Cause non trouvée'),
    ('remede', 'REMPLACER', 'remplacer', 'Pièce remplacée'),
    ('remede', 'REPARER', 'reparer', 'Pièce réparée'),
    ('remede', 'ECHANGER', 'echanger', 'Échange standard'),
    ('remede', 'REGLER', 'regler', 'Réglage'),
    ('remede', 'ALIGNER', 'aligner', 'Alignement, recalage'),
    ('remede', 'SERRER', 'serrer', 'Resserrage, fixation'),
    ('remede', 'NETTOYER', 'nettoyer', 'Nettoyage, détartrage, purge'),
    ('remede', 'GRAISSER', 'graisser', 'Graissage, appoint'),
    ('remede', 'ETALONNER', 'etalonner', 'Étalonnage'),
    ('remede', 'PARAMETRER', 'parametrer', 'Programme ou paramètre corrigé'),
    ('remede', 'MODIFIER', 'modifier', 'Modification'),
    ('remede', 'PROVISOIRE', 'provisoire', 'Remise en marche provisoire'),
    ('remede', 'CONTROLER', 'controler', 'Contrôle, rien à réparer');

alter table interventions add column symptome_code_id integer references codes (id) on delete restrict;
alter table interventions add column cause_code_id integer references codes (id) on delete restrict;
alter table interventions add column remede_code_id integer references codes (id) on delete restrict;

create index interventions_symptome_code on interventions (symptome_code_id, date_creation, id)
    where symptome_code_id is not null and supprimee_le is null;
create index interventions_cause_code on interventions (cause_code_id, date_creation, id)
    where cause_code_id is not null and supprimee_le is null;
create index interventions_remede_code on interventions (remede_code_id, date_creation, id)
    where remede_code_id is not null and supprimee_le is null;

create trigger interventions_codes_insert before insert on interventions
begin
    select raise(abort, 'code_of_another_nature')
    where (new.symptome_code_id is not null and not exists
            (select 1 from codes where id = new.symptome_code_id and nature = 'symptome'))
       or (new.cause_code_id is not null and not exists
            (select 1 from codes where id = new.cause_code_id and nature = 'cause'))
       or (new.remede_code_id is not null and not exists
            (select 1 from codes where id = new.remede_code_id and nature = 'remede'));
end;

create trigger interventions_codes_update before update of symptome_code_id, cause_code_id, remede_code_id on interventions
begin
    select raise(abort, 'code_of_another_nature')
    where (new.symptome_code_id is not null and not exists
            (select 1 from codes where id = new.symptome_code_id and nature = 'symptome'))
       or (new.cause_code_id is not null and not exists
            (select 1 from codes where id = new.cause_code_id and nature = 'cause'))
       or (new.remede_code_id is not null and not exists
            (select 1 from codes where id = new.remede_code_id and nature = 'remede'));
end;

-- One line a year, as for interventions: numbers are given without gaps.
create table demandes_numeros (
    annee    integer primary key,
    dernier  integer not null
) strict;

create table demandes (
    id                integer primary key,
    numero            text not null unique, -- DEM-2026-000123
    equipement_id     integer not null references equipements (id) on delete restrict,
    titre             text not null check (length(titre) between 1 and 200),
    description       text,
    urgence           text not null default 'normale' check (urgence in ('basse', 'normale', 'haute', 'urgente')),
    arret_equipement  integer not null default 0 check (arret_equipement in (0, 1)),
    survenue_le       integer,
    symptome_code_id  integer references codes (id) on delete restrict,
    statut            text not null default 'nouvelle' check (statut in ('nouvelle', 'acceptee', 'refusee', 'retiree')),
    motif_refus       text,
    demandeur_id      integer not null references users (id) on delete restrict,
    intervention_id   integer references interventions (id) on delete restrict,
    traitee_par       integer references users (id) on delete restrict,
    date_creation     integer not null,
    date_traitement   integer,
    version           integer not null default 1,
    updated_at        integer not null,
    check (survenue_le <= date_creation),
    check ((statut = 'acceptee') = (intervention_id is not null)),
    check ((statut = 'refusee') = (motif_refus is not null)),
    check ((statut = 'nouvelle') = (date_traitement is null)),
    check (statut <> 'nouvelle' or traitee_par is null)
) strict;

create index demandes_creation on demandes (date_creation, id);
create index demandes_statut on demandes (statut, date_creation, id);
create index demandes_equipement on demandes (equipement_id, date_creation, id);
create index demandes_demandeur on demandes (demandeur_id, date_creation, id);
create index demandes_intervention on demandes (intervention_id) where intervention_id is not null;

create trigger demandes_are_never_deleted before delete on demandes
begin
    select raise(abort, 'demandes_are_withdrawn_only');
end;

create trigger demandes_are_answered_once before update on demandes
when old.statut <> 'nouvelle'
begin
    select raise(abort, 'demande_deja_traitee');
end;

-- One request makes at most one intervention, and an intervention keeps the request that it came from.
create unique index interventions_demande on interventions (demande_id) where demande_id is not null;

create trigger interventions_come_from_a_demande before insert on interventions
when new.demande_id is not null and not exists (select 1 from demandes where id = new.demande_id)
begin
    select raise(abort, 'demande_inconnue');
end;

create trigger interventions_keep_their_demande before update of demande_id on interventions
when new.demande_id is not old.demande_id
begin
    select raise(abort, 'demande_inchangeable');
end;

-- Someone follows it: it is cancelled with a reason instead.
create trigger interventions_of_demandes_stay_visible before update of supprimee_le on interventions
when new.supprimee_le is not null and exists (select 1 from demandes where intervention_id = new.id)
begin
    select raise(abort, 'issue_d_une_demande');
end;

create virtual table demandes_fts using fts5 (
    numero, titre, description,
    content = 'demandes', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger demandes_fts_insert after insert on demandes begin
    insert into demandes_fts (rowid, numero, titre, description)
    values (new.id, new.numero, new.titre, new.description);
end;

create trigger demandes_fts_update after update of numero, titre, description on demandes begin
    insert into demandes_fts (demandes_fts, rowid, numero, titre, description)
    values ('delete', old.id, old.numero, old.titre, old.description);
    insert into demandes_fts (rowid, numero, titre, description)
    values (new.id, new.numero, new.titre, new.description);
end;

-- Photos hang on a demande as well: the rule that a document belongs to exactly one thing takes it in. SQLite
-- changes a table's checks by making the table anew.
create table documents_anew (
    id               integer primary key autoincrement,
    intervention_id  integer references interventions (id) on delete restrict,
    equipement_id    integer references equipements (id) on delete restrict,
    planning_id      integer references plannings (id) on delete restrict,
    demande_id       integer references demandes (id) on delete restrict,
    piece_id         integer references pieces (id) on delete restrict,
    nom_fichier      text not null check (length(nom_fichier) > 0 and octet_length(nom_fichier) <= 255),
    type_mime        text not null,
    taille           integer not null check (taille > 0), -- bytes
    sha256           text not null check (length(sha256) = 64 and sha256 not glob '*[^0-9a-f]*'),
    description      text,
    ajoute_par       integer not null references users (id) on delete restrict,
    date_ajout       integer not null,
    supprime_le      integer,
    verifie_le       integer not null,
    altere_le        integer,
    check ((intervention_id is not null) + (equipement_id is not null) + (planning_id is not null)
           + (demande_id is not null) + (piece_id is not null) = 1)
) strict;

insert into documents_anew (id, intervention_id, equipement_id, planning_id, nom_fichier, type_mime, taille, sha256,
    description, ajoute_par, date_ajout, supprime_le, verifie_le, altere_le)
select id, intervention_id, equipement_id, planning_id, nom_fichier, type_mime, taille, sha256,
    description, ajoute_par, date_ajout, supprime_le, verifie_le, altere_le
from documents;

-- An id that was given stays given.
delete from sqlite_sequence where name = 'documents_anew';
insert into sqlite_sequence (name, seq) select 'documents_anew', seq from sqlite_sequence where name = 'documents';
drop table documents;
alter table documents_anew rename to documents;

create index documents_ajout on documents (date_ajout, id) where supprime_le is null;
create index documents_intervention on documents (intervention_id, date_ajout, id) where intervention_id is not null;
create index documents_equipement on documents (equipement_id, date_ajout, id) where equipement_id is not null;
create index documents_planning on documents (planning_id, date_ajout, id) where planning_id is not null;
create index documents_demande on documents (demande_id, date_ajout, id) where demande_id is not null;
create index documents_piece on documents (piece_id, date_ajout, id) where piece_id is not null;
create index documents_auteur on documents (ajoute_par, date_ajout);
create index documents_sha256 on documents (sha256);
create index documents_supprimes on documents (supprime_le) where supprime_le is not null;
create index documents_verifies on documents (verifie_le);

create trigger documents_are_never_rewritten
before update of intervention_id, equipement_id, planning_id, demande_id, piece_id, nom_fichier, type_mime, taille,
    sha256, description, ajoute_par, date_ajout on documents
begin
    select raise(abort, 'documents_are_never_rewritten');
end;

create trigger documents_are_deleted_first before delete on documents
when old.supprime_le is null
begin
    select raise(abort, 'documents_are_deleted_first');
end;

create trigger documents_fts_insert after insert on documents begin
    insert into documents_fts (rowid, nom_fichier, description)
    values (new.id, new.nom_fichier, new.description);
end;

create trigger documents_fts_delete after delete on documents begin
    insert into documents_fts (documents_fts, rowid, nom_fichier, description)
    values ('delete', old.id, old.nom_fichier, old.description);
end;
