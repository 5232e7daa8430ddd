-- Preventive plans and their échéances: what falls due when, made into interventions exactly once. What must
-- never be wrong is refused here as well: two échéances for one (plan, k), a k that is freed, a rewritten date.

-- A site keeps the public holidays of its country (ISO 3166-1, two letters).
alter table sites add column pays text not null default 'MA' check (pays glob '[A-Z][A-Z]');
update sites set pays = 'FR' where fuseau = 'Europe/Paris';

create table jours_feries (
    id          integer primary key autoincrement,
    pays        text not null check (pays glob '[A-Z][A-Z]'),
    date        text not null, -- civil day; of a recurrent one, the first
    recurrent   integer not null default 0 check (recurrent in (0, 1)), -- each year on this day
    nom         text not null check (length(nom) between 1 and 100),
    version     integer not null default 1,
    created_at  integer not null,
    updated_at  integer not null,
    unique (pays, date)
) strict;

-- The fixed ones. Movable feasts are announced from year to year: people add them.
insert into jours_feries (pays, date, recurrent, nom, created_at, updated_at)
select pays, date, 1, nom, unixepoch(), unixepoch() from (
    select 'MA' as pays, '1956-01-01' as date, 'Nouvel An' as nom
    union all select 'MA', '1956-01-11', 'Manifeste de l’indépendance'
    union all select 'MA', '2024-01-14', 'Nouvel An amazigh (Yennayer)'
    union all select 'MA', '1956-05-01', 'Fête du travail'
    union all select 'MA', '2000-07-30', 'Fête du trône'
    union all select 'MA', '1980-08-14', 'Allégeance de Oued Ed-Dahab'
    union all select 'MA', '1956-08-20', 'Révolution du roi et du peuple'
    union all select 'MA', '2000-08-21', 'Fête de la jeunesse'
    union all select 'MA', '2025-10-31', 'Fête de l’unité'
    union all select 'MA', '1976-11-06', 'Anniversaire de la Marche verte'
    union all select 'MA', '1956-11-18', 'Fête de l’indépendance'
    union all select 'FR', '1956-01-01', 'Jour de l’An'
    union all select 'FR', '1956-05-01', 'Fête du travail'
    union all select 'FR', '1982-05-08', 'Victoire de 1945'
    union all select 'FR', '1956-07-14', 'Fête nationale'
    union all select 'FR', '1956-08-15', 'Assomption'
    union all select 'FR', '1956-11-01', 'Toussaint'
    union all select 'FR', '1956-11-11', 'Armistice de 1918'
    union all select 'FR', '1956-12-25', 'Noël'
);

create table plannings (
    id                 integer primary key autoincrement,
    titre              text not null check (length(titre) between 1 and 200),
    description        text,
    equipement_id      integer not null references equipements (id) on delete restrict,
    frequence          text not null
        check (frequence in ('journalier', 'hebdomadaire', 'mensuel', 'trimestriel', 'semestriel', 'annuel')),
    intervalle         integer not null default 1 check (intervalle >= 1),
    date_debut         text not null, -- civil day of the site: échéance 0, before any shift
    date_fin           text,          -- last civil day on which an échéance may fall
    mode               text not null check (mode in ('calendaire', 'glissant')),
    facteur_decalage   integer not null check (facteur_decalage between 0 and 100), -- hundredths
    tolerance_jours    integer not null default 0 check (tolerance_jours >= 0),
    anticipation_jours integer not null default 0 check (anticipation_jours >= 0),
    duree_estimee_min  integer check (duree_estimee_min > 0),
    heure_debut        text, -- HH:MM on the site's wall clock
    technicien_id      integer references techniciens (id) on delete restrict,
    priorite           text not null check (priorite in ('basse', 'normale', 'haute', 'urgente')),
    rattrapage         text not null check (rattrapage in ('derniere', 'toutes', 'aucune')),
    cumul              integer not null default 0 check (cumul in (0, 1)),
    report_feries      text not null check (report_feries in ('avant', 'apres', 'aucun')),
    report_week_ends   text not null check (report_week_ends in ('avant', 'apres', 'aucun')),
    statut             text not null default 'actif' check (statut in ('actif', 'suspendu', 'termine')),
    -- What follows from the échéances so far.
    prochain_k         integer not null default 0, -- every k below has its row
    prochaine_date     text,                       -- of prochain_k; null once past date_fin
    derniere_date      text,                       -- civil day on which an échéance was last finished
    decalage_jours     integer not null default 0, -- sum of what the échéances added
    decalage_k         integer,                    -- the last échéance that added some
    -- From this instant there is something to do; null when there never is, as things stand. A tick looks here.
    a_generer_le       integer,
    cree_par           integer references users (id) on delete restrict,
    version            integer not null default 1,
    created_at         integer not null,
    updated_at         integer not null,
    check (statut = 'actif' or a_generer_le is null)
) strict;

create index plannings_due on plannings (a_generer_le, id) where a_generer_le is not null;
create index plannings_prochaine on plannings (prochaine_date, id);
create index plannings_liste on plannings (coalesce(prochaine_date, '9999'), id); -- as the list sorts them
create index plannings_equipement on plannings (equipement_id);
create index plannings_technicien on plannings (technicien_id) where technicien_id is not null;

create virtual table plannings_fts using fts5 (
    titre, description,
    content = 'plannings', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger plannings_fts_insert after insert on plannings begin
    insert into plannings_fts (rowid, titre, description) values (new.id, new.titre, new.description);
end;

create trigger plannings_fts_delete after delete on plannings begin
    insert into plannings_fts (plannings_fts, rowid, titre, description)
    values ('delete', old.id, old.titre, old.description);
end;

create trigger plannings_fts_update after update of titre, description on plannings begin
    insert into plannings_fts (plannings_fts, rowid, titre, description)
    values ('delete', old.id, old.titre, old.description);
    insert into plannings_fts (rowid, titre, description) values (new.id, new.titre, new.description);
end;

create table planning_competences (
    planning_id    integer not null references plannings (id) on delete cascade,
    competence_id  integer not null references competences (id) on delete restrict,
    niveau         integer not null default 1 check (niveau between 1 and 4),
    primary key (planning_id, competence_id)
) strict, without rowid;

create index planning_competences_competence on planning_competences (competence_id);

create table echeances (
    id                 integer primary key,
    planning_id        integer not null references plannings (id) on delete restrict,
    k                  integer not null check (k >= 0),
    date               text not null, -- civil day of the site
    explication        text not null check (json_type(explication) = 'object'), -- why this date
    decalage_applique  integer not null default 0, -- days of shift that the date contains
    statut             text not null
        check (statut in ('prevue', 'generee', 'faite', 'sautee', 'manquee', 'reportee', 'annulee')),
    intervention_id    integer unique references interventions (id) on delete restrict,
    motif              text,
    auteur             text,
    fin                text, -- civil day on which it was finished
    decalage           integer not null default 0, -- days that finishing it added to the later ones
    created_at         integer not null,
    updated_at         integer not null,
    unique (planning_id, k),
    check (statut not in ('generee', 'faite') or intervention_id is not null),
    check ((statut = 'faite') = (fin is not null)),
    check (statut = 'faite' or decalage = 0),
    check (statut <> 'sautee' or (motif is not null and auteur is not null))
) strict;

-- What is open or waiting of a plan: few rows among all that are over.
create index echeances_pending on echeances (planning_id, statut) where statut in ('generee', 'reportee');

create trigger echeances_are_never_deleted before delete on echeances
begin
    select raise(abort, 'echeances_are_kept');
end;

create trigger echeances_keep_their_place
before update of planning_id, k, date, explication, decalage_applique on echeances
when new.planning_id <> old.planning_id or new.k <> old.k or new.date <> old.date
    or new.explication <> old.explication or new.decalage_applique <> old.decalage_applique
begin
    select raise(abort, 'echeances_keep_their_place');
end;

create trigger echeances_keep_their_intervention before update of intervention_id on echeances
when old.intervention_id is not null and new.intervention_id is not old.intervention_id
begin
    select raise(abort, 'echeances_keep_their_intervention');
end;

create trigger echeances_own_intervention_insert before insert on echeances
when new.intervention_id is not null
    and (select planning_id from interventions where id = new.intervention_id) is not new.planning_id
begin
    select raise(abort, 'intervention_of_another_plan');
end;

create trigger echeances_own_intervention_update before update of intervention_id on echeances
when new.intervention_id is not null
    and (select planning_id from interventions where id = new.intervention_id) is not new.planning_id
begin
    select raise(abort, 'intervention_of_another_plan');
end;

-- Dates count from here: once one was given, the ground no longer moves.
create trigger plannings_keep_their_anchor
before update of equipement_id, frequence, intervalle, date_debut on plannings
when (new.equipement_id <> old.equipement_id or new.frequence <> old.frequence
        or new.intervalle <> old.intervalle or new.date_debut <> old.date_debut)
    and exists (select 1 from echeances where planning_id = old.id)
begin
    select raise(abort, 'plannings_keep_their_anchor');
end;

create trigger plannings_stay_ended before update of statut on plannings
when old.statut = 'termine' and new.statut <> 'termine'
begin
    select raise(abort, 'plannings_stay_ended');
end;

-- interventions.planning_id could get no foreign key without rebuilding the table: the same, by hand.
create index interventions_planning on interventions (planning_id, date_creation, id)
    where planning_id is not null and supprimee_le is null;

create trigger interventions_planning_exists before insert on interventions
when new.planning_id is not null and not exists (select 1 from plannings where id = new.planning_id)
begin
    select raise(abort, 'FOREIGN KEY planning_id');
end;

create trigger interventions_keep_their_plan before update of planning_id on interventions
when new.planning_id is not old.planning_id
begin
    select raise(abort, 'interventions_keep_their_plan');
end;

create trigger plannings_with_interventions_stay before delete on plannings
when exists (select 1 from interventions where planning_id = old.id)
begin
    select raise(abort, 'FOREIGN KEY planning_id');
end;

-- What was journalled before there were plans concerns none.
insert into followers (name, last_id) select 'planning', coalesce(max(id), 0) from journal;
