-- What was done stays at the site and with the client where it was done: a machine that moves, or a site that is given
-- to another client, takes along what is open and nothing else.

alter table interventions add column site_id integer references sites (id) on delete restrict;
alter table interventions add column client_id integer references clients (id) on delete restrict;
alter table demandes add column site_id integer references sites (id) on delete restrict;
alter table demandes add column client_id integer references clients (id) on delete restrict;

-- Nobody wrote down where it was done before: the machine's own place is the best that is known.
update interventions set (site_id, client_id) = (
    select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = equipement_id);

-- An answer is given once; the place of a demande may follow its machine after it. Work that was cancelled answers nobody.
drop trigger demandes_are_answered_once;

update demandes set (site_id, client_id) = (
    select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = equipement_id);

create trigger demandes_are_answered_once
before update of numero, equipement_id, titre, description, urgence, arret_equipement, survenue_le, symptome_code_id,
    statut, motif_refus, demandeur_id, intervention_id, traitee_par, date_creation, date_traitement on demandes
when old.statut <> 'nouvelle' and not (old.statut = 'acceptee' and exists (
        select 1 from interventions where id = old.intervention_id and statut = 'annule'))
begin
    select raise(abort, 'demande_deja_traitee');
end;

create index interventions_client on interventions (client_id, date_creation, id) where supprimee_le is null;
create index interventions_site on interventions (site_id, date_creation, id) where supprimee_le is null;
create index demandes_client on demandes (client_id, date_creation, id);
create index demandes_site on demandes (site_id, date_creation, id);

create trigger interventions_take_their_place after insert on interventions
when new.site_id is null
begin
    update interventions set (site_id, client_id) = (
        select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = new.equipement_id)
    where id = new.id;
end;

create trigger interventions_on_another_machine after update of equipement_id on interventions
when new.equipement_id <> old.equipement_id
begin
    update interventions set (site_id, client_id) = (
        select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = new.equipement_id)
    where id = new.id;
end;

-- Cancelled before it began and taken back: it will be done where the machine stands now.
create trigger interventions_taken_back_follow after update of statut on interventions
when old.statut = 'annule' and new.statut in ('planifie', 'en_cours', 'attente_pieces')
    and old.date_debut_reelle is null
begin
    update interventions set (site_id, client_id) = (
        select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = new.equipement_id)
    where id = new.id;
end;

-- The last word, whatever the application believed.
create trigger interventions_keep_their_place before update of site_id, client_id on interventions
when old.site_id is not null and old.statut in ('termine', 'annule')
    and (new.site_id is not old.site_id or new.client_id is not old.client_id)
begin
    select raise(abort, 'le_passe_reste_ou_il_etait');
end;

create trigger demandes_take_their_place after insert on demandes
when new.site_id is null
begin
    update demandes set (site_id, client_id) = (
        select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = new.equipement_id)
    where id = new.id;
end;

create trigger demandes_on_another_machine after update of equipement_id on demandes
when new.equipement_id <> old.equipement_id
begin
    update demandes set (site_id, client_id) = (
        select e.site_id, s.client_id from equipements e join sites s on s.id = e.site_id where e.id = new.equipement_id)
    where id = new.id;
end;

create trigger demandes_keep_their_place before update of site_id, client_id on demandes
when old.site_id is not null
    and (new.site_id is not old.site_id or new.client_id is not old.client_id)
    and (old.statut in ('refusee', 'retiree') or exists (
        select 1 from interventions where id = old.intervention_id and statut in ('termine', 'annule')))
begin
    select raise(abort, 'le_passe_reste_ou_il_etait');
end;

create trigger equipements_take_what_is_open_along after update of site_id on equipements
when new.site_id <> old.site_id
begin
    update interventions
    set site_id = new.site_id, client_id = (select client_id from sites where id = new.site_id)
    where equipement_id = new.id and site_id = old.site_id
      and statut in ('planifie', 'en_cours', 'attente_pieces') and supprimee_le is null;
    update demandes
    set site_id = new.site_id, client_id = (select client_id from sites where id = new.site_id)
    where equipement_id = new.id and site_id = old.site_id
      and (statut = 'nouvelle' or statut = 'acceptee' and exists (
          select 1 from interventions i
          where i.id = demandes.intervention_id and i.statut in ('planifie', 'en_cours', 'attente_pieces')));
end;

create trigger sites_take_what_is_open_along after update of client_id on sites
when new.client_id is not old.client_id
begin
    update interventions set client_id = new.client_id
    where site_id = new.id and client_id is old.client_id
      and statut in ('planifie', 'en_cours', 'attente_pieces') and supprimee_le is null;
    update demandes set client_id = new.client_id
    where site_id = new.id and client_id is old.client_id
      and (statut = 'nouvelle' or statut = 'acceptee' and exists (
          select 1 from interventions i
          where i.id = demandes.intervention_id and i.statut in ('planifie', 'en_cours', 'attente_pieces')));
end;

-- What a label leads by: given once and never changed, whatever the machine is called.

alter table equipements add column jeton text;
update equipements set jeton = lower(hex(randomblob(8)));
create unique index equipements_jeton on equipements (jeton);

create trigger equipements_have_a_jeton after insert on equipements
when new.jeton is null
begin
    update equipements set jeton = lower(hex(randomblob(8))) where id = new.id;
end;

create trigger equipements_keep_their_jeton before update of jeton on equipements
when old.jeton is not null and new.jeton is not old.jeton
begin
    select raise(abort, 'equipements_keep_their_jeton');
end;

-- Codes that machines had: labels printed with them lead on.
create table anciens_codes (
    code_key       text not null,
    equipement_id  integer not null references equipements (id) on delete cascade,
    code           text not null,
    jusque_le      integer not null,
    primary key (code_key, equipement_id)
) strict, without rowid;

create index anciens_codes_equipement on anciens_codes (equipement_id);

create trigger equipements_remember_their_codes after update of code_key on equipements
when new.code_key <> old.code_key
begin
    insert or replace into anciens_codes (code_key, equipement_id, code, jusque_le)
    values (old.code_key, new.id, old.code, new.updated_at);
end;
