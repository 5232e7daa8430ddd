-- Gammes: versioned checklists, what was answered on an intervention, and the corrective work that a measure
-- out of tolerance leads to. An answer means something only as long as the step it answers keeps its wording:
-- a published version never changes, and an intervention keeps the version that it was given.

create table gammes (
    id           integer primary key autoincrement,
    nom          text not null check (length(nom) between 1 and 200),
    nom_key      text not null unique,
    description  text,
    statut       text not null default 'active' check (statut in ('active', 'archivee')),
    version      integer not null default 1,
    created_at   integer not null,
    updated_at   integer not null
) strict;

-- A version without a date of publication is the draft.
create table gamme_versions (
    gamme_id     integer not null references gammes (id) on delete restrict,
    numero       integer not null check (numero >= 1),
    publiee_le   integer,
    publiee_par  text check ((publiee_par is null) = (publiee_le is null)),
    primary key (gamme_id, numero)
) strict, without rowid;

create unique index gamme_versions_one_draft on gamme_versions (gamme_id) where publiee_le is null;

-- A step is the same through all versions of its gamme, whatever it is called in each.
create table gamme_operations (
    id           integer primary key autoincrement,
    gamme_id     integer not null references gammes (id) on delete restrict,
    type         text not null check (type in ('case', 'mesure', 'texte', 'photo')),
    unique (gamme_id, id)
) strict;

create table gamme_version_operations (
    gamme_id      integer not null,
    numero        integer not null,
    operation_id  integer not null,
    rang          integer not null check (rang >= 1),
    libelle       text not null check (length(libelle) between 1 and 300),
    consigne      text,
    obligatoire   integer not null check (obligatoire in (0, 1)),
    unite         text,
    min           real,
    max           real,
    cible         real,
    primary key (gamme_id, numero, operation_id),
    unique (gamme_id, numero, rang),
    foreign key (gamme_id, numero) references gamme_versions (gamme_id, numero) on delete restrict,
    foreign key (gamme_id, operation_id) references gamme_operations (gamme_id, id) on delete restrict,
    check (min is null or max is null or min <= max)
) strict, without rowid;

create trigger gamme_versions_published_stay before update on gamme_versions
when old.publiee_le is not null or new.gamme_id <> old.gamme_id or new.numero <> old.numero
begin
    select raise(abort, 'version_publiee');
end;

create trigger gamme_versions_published_are_kept before delete on gamme_versions
when old.publiee_le is not null
begin
    select raise(abort, 'version_publiee');
end;

create trigger gamme_version_operations_no_insert before insert on gamme_version_operations
when (select publiee_le is not null from gamme_versions where gamme_id = new.gamme_id and numero = new.numero)
begin
    select raise(abort, 'version_publiee');
end;

-- A draft is written anew, never patched: one rule less.
create trigger gamme_version_operations_no_update before update on gamme_version_operations
begin
    select raise(abort, 'version_publiee');
end;

create trigger gamme_version_operations_no_delete before delete on gamme_version_operations
when (select publiee_le is not null from gamme_versions where gamme_id = old.gamme_id and numero = old.numero)
begin
    select raise(abort, 'version_publiee');
end;

create trigger gamme_operations_never_change before update on gamme_operations
begin
    select raise(abort, 'operation_immuable');
end;

alter table interventions add column gamme_id integer references gammes (id) on delete restrict;
alter table interventions add column gamme_version integer
    check ((gamme_id is null) = (gamme_version is null));

alter table plannings add column gamme_id integer references gammes (id) on delete restrict;

create index interventions_gamme on interventions (gamme_id, date_creation, id)
    where gamme_id is not null and supprimee_le is null;

create table checklist_reponses (
    id               integer primary key autoincrement,
    intervention_id  integer not null references interventions (id) on delete restrict,
    gamme_id         integer not null,
    gamme_version    integer not null,
    operation_id     integer not null,
    coche            integer check (coche in (0, 1)),
    valeur           real,
    texte            text,
    document_id      integer, -- without a key: a photo that another one replaced may go, the answer stays
    remarque         text check (length(remarque) > 0),
    hors_tolerance   integer not null default 0 check (hors_tolerance in (0, 1)),
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    -- A box left unticked answers only when it says why; a row with nothing withdraws the answer before it.
    repondue         integer not null generated always as (
        coalesce(coche = 1 or (coche = 0 and remarque is not null), 0)
            or valeur is not null or texte is not null or document_id is not null) virtual,
    foreign key (gamme_id, gamme_version, operation_id)
        references gamme_version_operations (gamme_id, numero, operation_id) on delete restrict,
    check ((coche is not null) + (valeur is not null) + (texte is not null) + (document_id is not null) <= 1)
) strict;

-- The newest row of an operation is its answer, the others are what it was before.
create index checklist_reponses_operation on checklist_reponses (intervention_id, operation_id, id);

create index checklist_reponses_document on checklist_reponses (document_id) where document_id is not null;

create trigger checklist_reponses_show_their_own_photos before insert on checklist_reponses
when new.document_id is not null
begin
    select raise(abort, 'document_d_ailleurs')
    where not exists (select 1 from documents
        where id = new.document_id and intervention_id = new.intervention_id and supprime_le is null);
end;

create trigger documents_that_answer_stay before update of supprime_le on documents
when new.supprime_le is not null
begin
    select raise(abort, 'document_repond')
    where exists (
        select 1 from checklist_reponses r
        where r.document_id = new.id and not exists (
            select 1 from checklist_reponses later
            where later.intervention_id = r.intervention_id and later.operation_id = r.operation_id
              and later.id > r.id));
end;

create trigger checklist_reponses_match_the_version before insert on checklist_reponses
when (select (gamme_id, gamme_version) is not (new.gamme_id, new.gamme_version)
      from interventions where id = new.intervention_id)
begin
    select raise(abort, 'checklist_autre_version');
end;

-- Nothing is answered once the work is over.
create trigger checklist_reponses_frozen before insert on checklist_reponses
when (select statut in ('termine', 'annule') and new.date >= coalesce(date_fin_reelle, updated_at)
      from interventions where id = new.intervention_id)
begin
    select raise(abort, 'checklist_figee');
end;

create trigger checklist_reponses_are_never_updated before update on checklist_reponses
begin
    select raise(abort, 'checklist_append_only');
end;

create trigger checklist_reponses_are_never_deleted before delete on checklist_reponses
begin
    select raise(abort, 'checklist_append_only');
end;

create trigger interventions_take_a_published_gamme before insert on interventions
when new.gamme_id is not null
begin
    select raise(abort, 'gamme_non_publiee')
    where not exists (select 1 from gamme_versions
        where gamme_id = new.gamme_id and numero = new.gamme_version and publiee_le is not null);
end;

create trigger interventions_keep_an_answered_gamme before update of gamme_id, gamme_version on interventions
when (new.gamme_id, new.gamme_version) is not (old.gamme_id, old.gamme_version)
begin
    select raise(abort, 'gamme_non_publiee')
    where new.gamme_id is not null and not exists (select 1 from gamme_versions
        where gamme_id = new.gamme_id and numero = new.gamme_version and publiee_le is not null);
    select raise(abort, 'checklist_commencee')
    where exists (select 1 from checklist_reponses where intervention_id = new.id);
end;

create trigger interventions_finish_their_checklist before update of statut on interventions
when new.statut = 'termine' and old.statut <> 'termine' and new.gamme_id is not null
begin
    select raise(abort, 'checklist_incomplete')
    where exists (
        select 1 from gamme_version_operations o
        where o.gamme_id = new.gamme_id and o.numero = new.gamme_version and o.obligatoire = 1
          and not coalesce((select r.repondue from checklist_reponses r
              where r.intervention_id = new.id and r.operation_id = o.operation_id
              order by r.id desc limit 1), 0));
end;

-- What a measure out of tolerance leads to: proposed with the answer, and at most one intervention.
create table checklist_correctives (
    intervention_id  integer not null references interventions (id) on delete restrict,
    operation_id     integer not null references gamme_operations (id) on delete restrict,
    proposee_le      integer not null,
    corrective_id    integer unique references interventions (id) on delete restrict,
    primary key (intervention_id, operation_id)
) strict, without rowid;

create trigger checklist_correctives_are_made_once before update on checklist_correctives
when old.corrective_id is not null
begin
    select raise(abort, 'corrective_unique');
end;

create trigger checklist_correctives_are_kept before delete on checklist_correctives
when old.corrective_id is not null
begin
    select raise(abort, 'corrective_unique');
end;
