-- Interventions, who is booked on them when, and everything that happened to them. What must never be wrong
-- is refused here as well: double booking, rewritten history, a half-finished state.

-- One line a year: numbers are given without gaps.
create table numeros (
    annee    integer primary key,
    dernier  integer not null
) strict;

create table interventions (
    id                    integer primary key,
    numero                text not null unique, -- INT-2026-000123
    titre                 text not null check (length(titre) between 1 and 200),
    description           text,
    type_intervention     text not null check (type_intervention in ('corrective', 'preventive', 'ameliorative', 'diagnostic')),
    statut                text not null default 'planifie'
        check (statut in ('planifie', 'en_cours', 'attente_pieces', 'termine', 'annule')),
    priorite              text not null default 'normale' check (priorite in ('basse', 'normale', 'haute', 'urgente')),
    equipement_id         integer not null references equipements (id) on delete restrict,
    technicien_id         integer references techniciens (id) on delete restrict, -- the lead
    date_limite           integer,
    date_creation         integer not null,
    date_debut_prevue     integer,
    date_fin_prevue       integer,
    date_debut_reelle     integer,
    date_fin_reelle       integer,
    duree_estimee_min     integer check (duree_estimee_min > 0),
    arret_equipement      integer not null default 0 check (arret_equipement in (0, 1)),
    date_arret            integer,
    date_remise_en_service integer,
    survenue_le           integer, -- the failure itself; null when nobody knows
    declaree_le           integer not null,
    prise_en_charge_le    integer,
    symptome              text,
    cause                 text,
    remede                text,
    compte_rendu          text,
    planning_id           integer,
    demande_id            integer,
    cree_par              integer references users (id) on delete restrict,
    validee_par           integer references users (id) on delete restrict,
    date_validation       integer,
    -- A number once given stays in the books: a deleted intervention is hidden from everyone, not removed.
    supprimee_le          integer,
    version               integer not null default 1,
    updated_at            integer not null,
    check (date_fin_prevue is null or date_debut_prevue is null or date_fin_prevue > date_debut_prevue),
    check (date_fin_reelle is null or date_debut_reelle is null or date_fin_reelle >= date_debut_reelle),
    check (statut in ('planifie', 'annule') or date_debut_reelle is not null),
    check (statut in ('planifie', 'annule') or technicien_id is not null),
    check (statut <> 'termine' or (compte_rendu is not null and date_fin_reelle is not null)),
    check ((validee_par is null) = (date_validation is null)),
    check (validee_par is null or statut = 'termine')
) strict;

-- Deleted interventions are in no list, so they are in no index of a list: then a count reads the index alone.
create index interventions_creation on interventions (date_creation, id) where supprimee_le is null;
create index interventions_statut on interventions (statut, date_creation, id) where supprimee_le is null;
create index interventions_priorite on interventions (priorite, date_creation, id) where supprimee_le is null;
create index interventions_statut_priorite on interventions (statut, priorite, date_creation, id) where supprimee_le is null;
create index interventions_type on interventions (type_intervention, date_creation, id) where supprimee_le is null;
create index interventions_equipement on interventions (equipement_id, date_creation, id) where supprimee_le is null;
create index interventions_technicien on interventions (technicien_id, date_creation, id) where supprimee_le is null;
create index interventions_limite on interventions (date_limite) where date_limite is not null and supprimee_le is null;
create index interventions_fin on interventions (date_fin_reelle) where date_fin_reelle is not null and supprimee_le is null;
create index interventions_prevue on interventions (date_debut_prevue) where date_debut_prevue is not null and supprimee_le is null;

create trigger interventions_are_never_deleted before delete on interventions
begin
    select raise(abort, 'interventions_are_hidden_only');
end;

create virtual table interventions_fts using fts5 (
    numero, titre, description, symptome, cause, remede, compte_rendu,
    content = 'interventions', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

create trigger interventions_fts_insert after insert on interventions begin
    insert into interventions_fts (rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
    values (new.id, new.numero, new.titre, new.description, new.symptome, new.cause, new.remede, new.compte_rendu);
end;

create trigger interventions_fts_update
after update of numero, titre, description, symptome, cause, remede, compte_rendu on interventions begin
    insert into interventions_fts (interventions_fts, rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
    values ('delete', old.id, old.numero, old.titre, old.description, old.symptome, old.cause, old.remede, old.compte_rendu);
    insert into interventions_fts (rowid, numero, titre, description, symptome, cause, remede, compte_rendu)
    values (new.id, new.numero, new.titre, new.description, new.symptome, new.cause, new.remede, new.compte_rendu);
end;

create table intervention_competences (
    intervention_id  integer not null references interventions (id) on delete restrict,
    competence_id    integer not null references competences (id) on delete restrict,
    niveau           integer not null default 1 check (niveau between 1 and 4),
    primary key (intervention_id, competence_id)
) strict, without rowid;

-- A booked slot, half-open [debut, fin). A released slot stays for the record and books nobody.
create table affectations (
    id               integer primary key autoincrement,
    intervention_id  integer not null references interventions (id) on delete restrict,
    technicien_id    integer not null references techniciens (id) on delete restrict,
    debut            integer not null,
    fin              integer not null,
    role             text not null default 'principal' check (role in ('principal', 'renfort')),
    liberee_le       integer,
    check (fin > debut),
    check (fin - debut <= 86400)
) strict;

create index affectations_technicien on affectations (technicien_id, debut, fin);
create index affectations_intervention on affectations (intervention_id);

-- Non-overlap, the last word: whatever the application believed, two live slots of one person never overlap,
-- nor a slot and an absence. The 24 h limit on a slot bounds how far back the index must be read.
create trigger affectations_no_overlap_insert before insert on affectations
when new.liberee_le is null
    and (select statut in ('planifie', 'en_cours', 'attente_pieces') from interventions where id = new.intervention_id)
begin
    select raise(abort, 'chevauchement')
    where exists (
        select 1 from affectations a join interventions i on i.id = a.intervention_id
        where a.technicien_id = new.technicien_id and a.liberee_le is null
          and a.debut < new.fin and a.debut > new.debut - 86400 and a.fin > new.debut
          and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null);
    select raise(abort, 'chevauchement_absence')
    where exists (
        select 1 from absences
        where technicien_id = new.technicien_id and debut < new.fin and fin > new.debut);
end;

create trigger affectations_no_overlap_update before update of technicien_id, debut, fin, liberee_le, intervention_id on affectations
when new.liberee_le is null
    and (select statut in ('planifie', 'en_cours', 'attente_pieces') from interventions where id = new.intervention_id)
begin
    select raise(abort, 'chevauchement')
    where exists (
        select 1 from affectations a join interventions i on i.id = a.intervention_id
        where a.technicien_id = new.technicien_id and a.liberee_le is null and a.id <> new.id
          and a.debut < new.fin and a.debut > new.debut - 86400 and a.fin > new.debut
          and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null);
    select raise(abort, 'chevauchement_absence')
    where exists (
        select 1 from absences
        where technicien_id = new.technicien_id and debut < new.fin and fin > new.debut);
end;

-- An intervention that comes back to life must not bring an overlap with it.
create trigger interventions_no_overlap_revival before update of statut, supprimee_le on interventions
when new.statut in ('planifie', 'en_cours', 'attente_pieces') and new.supprimee_le is null
    and (old.statut in ('termine', 'annule') or old.supprimee_le is not null)
begin
    select raise(abort, 'chevauchement')
    where exists (
        select 1 from affectations mine
        join affectations a on a.technicien_id = mine.technicien_id and a.intervention_id <> mine.intervention_id
            and a.liberee_le is null and a.debut < mine.fin and a.debut > mine.debut - 86400 and a.fin > mine.debut
        join interventions i on i.id = a.intervention_id
        where mine.intervention_id = new.id and mine.liberee_le is null
          and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null);
end;

create trigger absences_no_overlap before insert on absences
begin
    select raise(abort, 'chevauchement')
    where exists (
        select 1 from affectations a join interventions i on i.id = a.intervention_id
        where a.technicien_id = new.technicien_id and a.liberee_le is null
          and a.debut < new.fin and a.debut > new.debut - 86400 and a.fin > new.debut
          and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null);
end;

create trigger absences_no_overlap_update before update on absences
begin
    select raise(abort, 'absences_are_replaced_not_changed');
end;

-- Every change of statut and every assignment, for ever: time in a state is read from here.
create table historique (
    id               integer primary key,
    intervention_id  integer not null references interventions (id) on delete restrict,
    date             integer not null,
    user_id          integer references users (id) on delete restrict,
    auteur           text not null,
    type             text not null check (type in ('creation', 'statut', 'reouverture', 'affectation', 'validation')),
    de               text,
    vers             text,
    remarque         text
) strict;

create index historique_intervention on historique (intervention_id, id);

create trigger historique_is_never_updated before update on historique
begin
    select raise(abort, 'historique_append_only');
end;

create trigger historique_is_never_deleted before delete on historique
begin
    select raise(abort, 'historique_append_only');
end;

create table commentaires (
    id               integer primary key,
    intervention_id  integer not null references interventions (id) on delete restrict,
    date             integer not null,
    user_id          integer not null references users (id) on delete restrict,
    texte            text not null check (length(texte) between 1 and 5000),
    -- Kept among the plant's own people: clients never see it.
    interne          integer not null default 0 check (interne in (0, 1))
) strict;

create index commentaires_intervention on commentaires (intervention_id, id);
