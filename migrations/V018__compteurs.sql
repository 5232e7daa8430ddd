-- Meters of the équipements, their readings, and the plans that fall due by them. Quantities are thousandths of the
-- meter's unit. What a meter has counted in all is never kept: it follows from its readings.

create table compteurs (
    id             integer primary key autoincrement,
    equipement_id  integer not null references equipements (id) on delete restrict,
    nom            text not null check (length(nom) between 1 and 100),
    nom_key        text not null, -- folded, for comparing
    unite          text not null check (length(unite) between 1 and 20),
    type           text not null check (type in ('continu', 'jauge')),
    capacite       integer check (capacite > 0), -- where its display starts again from zero
    statut         text not null default 'actif' check (statut in ('actif', 'retire')),
    version        integer not null default 1,
    created_at     integer not null,
    updated_at     integer not null,
    unique (equipement_id, nom_key),
    check (type = 'continu' or capacite is null)
) strict;

create table releves (
    id              integer primary key autoincrement,
    compteur_id     integer not null references compteurs (id) on delete restrict,
    date            integer not null, -- when it was read, which may be long before it was entered
    valeur          integer not null, -- as the display shows it
    nature          text not null default 'releve' check (nature in ('releve', 'rebouclage', 'remplacement')),
    -- From here on, what has been counted in all is this much more than the display shows.
    saut            integer not null default 0,
    commentaire     text,
    auteur_id       integer references users (id) on delete restrict,
    auteur          text not null,
    annule_le       integer,
    annule_par      text,
    motif           text,
    created_at      integer not null,
    check (nature <> 'releve' or saut = 0),
    check ((annule_le is null) = (annule_par is null))
) strict;

-- In the order of their instants, whenever they were entered.
create index releves_in_order on releves (compteur_id, date, id) where annule_le is null;
create index releves_of_compteur on releves (compteur_id, id);
-- The few that moved what is counted away from what is displayed.
create index releves_sauts on releves (compteur_id, date, id, saut) where annule_le is null and saut <> 0;

create trigger releves_are_never_deleted before delete on releves
begin
    select raise(abort, 'releves_are_kept');
end;

create trigger releves_are_never_rewritten
before update of compteur_id, date, valeur, nature, saut, auteur, created_at on releves
begin
    select raise(abort, 'releves_are_kept');
end;

create trigger releves_stay_annulled before update of annule_le on releves
when old.annule_le is not null
begin
    select raise(abort, 'releves_are_kept');
end;

create table compteur_plans (
    id                 integer primary key autoincrement,
    compteur_id        integer not null references compteurs (id) on delete restrict,
    titre              text not null check (length(titre) between 1 and 200),
    description        text,
    pas                integer not null check (pas > 0), -- due every so much
    depart             integer not null,                 -- threshold k is depart + k × pas, from k = 1
    anticipation       integer not null default 0 check (anticipation >= 0 and anticipation < pas),
    delai_jours        integer not null default 7 check (delai_jours between 0 and 366),
    duree_estimee_min  integer check (duree_estimee_min > 0),
    technicien_id      integer references techniciens (id) on delete restrict,
    gamme_id           integer references gammes (id) on delete restrict,
    priorite           text not null check (priorite in ('basse', 'normale', 'haute', 'urgente')),
    statut             text not null default 'actif' check (statut in ('actif', 'suspendu', 'termine')),
    version            integer not null default 1,
    created_at         integer not null,
    updated_at         integer not null
) strict;

create index compteur_plans_compteur on compteur_plans (compteur_id);
create index compteur_plans_technicien on compteur_plans (technicien_id) where technicien_id is not null;
create index compteur_plans_gamme on compteur_plans (gamme_id) where gamme_id is not null;

-- Every threshold that was passed: written with the reading that passed it, in one transaction.
create table seuils (
    id               integer primary key autoincrement,
    plan_id          integer not null references compteur_plans (id) on delete restrict,
    k                integer not null check (k >= 1),
    valeur           integer not null, -- what had to be counted
    releve_id        integer not null references releves (id) on delete restrict,
    -- `absorbee`: one intervention answers several thresholds. `annulee`: the reading was wrong.
    statut           text not null check (statut in ('generee', 'absorbee', 'annulee')),
    intervention_id  integer not null references interventions (id) on delete restrict,
    created_at       integer not null,
    updated_at       integer not null
) strict;

create unique index seuils_once on seuils (plan_id, k) where statut <> 'annulee';
create index seuils_intervention on seuils (intervention_id);
create index seuils_releve on seuils (releve_id);

create trigger seuils_are_never_deleted before delete on seuils
begin
    select raise(abort, 'seuils_are_kept');
end;

create trigger seuils_keep_their_place
before update of plan_id, k, valeur, releve_id, intervention_id, created_at on seuils
begin
    select raise(abort, 'seuils_are_kept');
end;

-- Thresholds count from here: once one was passed, the ground no longer moves.
create trigger compteur_plans_keep_their_anchor before update of compteur_id, pas, depart on compteur_plans
when (new.compteur_id <> old.compteur_id or new.pas <> old.pas or new.depart <> old.depart)
    and exists (select 1 from seuils where plan_id = old.id)
begin
    select raise(abort, 'compteur_plans_keep_their_anchor');
end;
