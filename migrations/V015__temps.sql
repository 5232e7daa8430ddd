-- The time that people spend on interventions, and what is bought outside for them. Amounts are cents; what an
-- entry costs is computed here, once: whole minutes (half up) at the hourly rate of the day it was made, rounded
-- half up to the cent.

create table temps (
    id               integer primary key autoincrement,
    intervention_id  integer not null references interventions (id) on delete restrict,
    technicien_id    integer not null references techniciens (id) on delete restrict,
    debut            integer not null,
    fin              integer, -- null while the timer runs
    nature           text not null default 'travail' check (nature in ('travail', 'deplacement', 'attente')),
    taux_horaire     integer check (taux_horaire >= 0), -- copied from the technicien; null when none is known
    remarque         text check (length(remarque) > 0),
    -- A timer that was forgotten, ended by the cap: somebody should say when the work really ended.
    plafonne         integer not null default 0 check (plafonne in (0, 1)),
    saisi_par        text not null,
    version          integer not null default 1,
    created_at       integer not null,
    updated_at       integer not null,
    minutes          integer generated always as ((fin - debut + 30) / 60) virtual,
    cout             integer generated always as ((((fin - debut + 30) / 60) * taux_horaire + 30) / 60) virtual,
    -- A timer stopped in the second of its start lasts nothing.
    check (fin >= debut),
    check (fin - debut <= 86400)
) strict;

create index temps_intervention on temps (intervention_id);
create index temps_technicien on temps (technicien_id, debut);
create index temps_debut on temps (debut);

-- One running timer a person.
create unique index temps_one_timer on temps (technicien_id) where fin is null;

-- Nobody is paid twice for the same minute. The 24 h limit bounds how far back the index must be read.
create trigger temps_no_overlap_insert before insert on temps
begin
    select raise(abort, 'chevauchement_temps')
    where exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.fin is not null
          and t.debut > new.debut - 86400 and t.debut < coalesce(new.fin, 9e18) and t.fin > new.debut
          and t.fin > t.debut and new.fin is not new.debut)
       or exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.fin is null and t.debut < coalesce(new.fin, 9e18));
end;

create trigger temps_no_overlap_update before update of technicien_id, debut, fin on temps
begin
    select raise(abort, 'chevauchement_temps')
    where exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.id <> new.id and t.fin is not null
          and t.debut > new.debut - 86400 and t.debut < coalesce(new.fin, 9e18) and t.fin > new.debut
          and t.fin > t.debut and new.fin is not new.debut)
       or exists (
        select 1 from temps t
        where t.technicien_id = new.technicien_id and t.id <> new.id and t.fin is null
          and t.debut < coalesce(new.fin, 9e18));
end;

-- Work is not over while somebody's timer runs on it.
create trigger interventions_finish_their_timers before update of statut on interventions
when new.statut in ('termine', 'annule') and old.statut not in ('termine', 'annule')
begin
    select raise(abort, 'chronometre_en_cours')
    where exists (select 1 from temps where intervention_id = new.id and fin is null);
end;

-- Services bought outside.
create table prestations (
    id               integer primary key autoincrement,
    intervention_id  integer not null references interventions (id) on delete restrict,
    designation      text not null check (length(designation) between 1 and 300),
    fournisseur      text,
    montant          integer not null check (montant >= 0),
    date             text not null, -- civil day of the site
    saisie_par       text not null,
    created_at       integer not null
) strict;

create index prestations_intervention on prestations (intervention_id);
