-- Who leaves, leaves nothing behind: a sheet is closed once its work, its timer and its plans are somebody else's or
-- nobody's. What was done keeps its names.

-- Null while it is open.
alter table techniciens add column ferme_le integer;
-- Closed along with its account, and so opened again with it.
alter table techniciens add column ferme_avec_compte integer not null default 0 check (ferme_avec_compte in (0, 1));

-- The last word, whatever the application believed: nothing new is given to a closed sheet, and none is closed while
-- something of it goes on. What is over may be entered afterwards: that is history.

create trigger affectations_are_of_open_sheets before insert on affectations
when new.liberee_le is null
    and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
    and (select statut in ('planifie', 'en_cours', 'attente_pieces') from interventions where id = new.intervention_id)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger affectations_go_to_open_sheets before update of technicien_id on affectations
when new.technicien_id <> old.technicien_id and new.liberee_le is null
    and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger interventions_go_to_open_sheets before update of technicien_id on interventions
when new.technicien_id is not old.technicien_id and new.statut in ('planifie', 'en_cours', 'attente_pieces')
    and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger plannings_name_open_sheets before insert on plannings
when exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger plannings_go_to_open_sheets before update of technicien_id on plannings
when new.technicien_id is not old.technicien_id
    and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger compteur_plans_name_open_sheets before insert on compteur_plans
when exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger compteur_plans_go_to_open_sheets before update of technicien_id on compteur_plans
when new.technicien_id is not old.technicien_id
    and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger timers_are_of_open_sheets before insert on temps
when new.fin is null and exists (select 1 from techniciens where id = new.technicien_id and ferme_le is not null)
begin
    select raise(abort, 'fiche_fermee');
end;

create trigger techniciens_leave_nothing_behind before update of ferme_le on techniciens
when old.ferme_le is null and new.ferme_le is not null
begin
    select raise(abort, 'a_remettre')
    where exists (select 1 from temps where technicien_id = new.id and fin is null)
       or exists (select 1 from plannings where technicien_id = new.id and statut <> 'termine')
       or exists (select 1 from compteur_plans where technicien_id = new.id and statut <> 'termine')
       or exists (
           select 1 from interventions
           where technicien_id = new.id and statut = 'planifie' and supprimee_le is null)
       or exists (
           select 1 from affectations a join interventions i on i.id = a.intervention_id
           where a.technicien_id = new.id and a.liberee_le is null
             and a.debut > new.ferme_le - 86400 and a.fin > new.ferme_le
             and i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null);
end;

-- A sheet opens again as that of an account of its role.
create trigger techniciens_open_with_their_role before update of ferme_le on techniciens
when old.ferme_le is not null and new.ferme_le is null
    and (select role from users where id = new.user_id) <> 'technicien'
begin
    select raise(abort, 'est_technicien');
end;
