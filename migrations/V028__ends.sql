-- An end can be taken back. A demande whose work was cancelled is answered again, by other work or by a refusal; the
-- answers before it stay in the journal and with the cancelled work.

drop trigger demandes_are_answered_once;

create trigger demandes_are_answered_once before update on demandes
when old.statut <> 'nouvelle' and not (
    old.statut = 'acceptee' and new.statut in ('acceptee', 'refusee')
    and new.intervention_id is not old.intervention_id
    and exists (select 1 from interventions where id = old.intervention_id and statut = 'annule'))
begin
    select raise(abort, 'demande_deja_traitee');
end;

-- One request makes at most one intervention that is not cancelled.
drop index interventions_demande;

create unique index interventions_demande on interventions (demande_id)
where demande_id is not null and statut <> 'annule';
