//! What other slices hang on an intervention and its workflow must know: checklist, time, cost. Their tables are
//! read here, for those slices stand above this one.

use std::collections::HashMap;

use rusqlite::named_params;

use crate::ids::*;
use crate::interventions::model::{ChronometreEnCours, Intervention, OperationSansReponse};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::money::Cents;
use crate::permissions::ReadCouts;

/// The statut of a gamme, and the number of its newest published version.
pub fn gamme_in_force(db: &Reader<'_>, id: GammeId) -> Result<(String, Option<i64>)> {
    db.one(
        "select statut, (select max(numero) from gamme_versions where gamme_id = g.id and publiee_le is not null)
         from gammes g where id = :id",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Whether anything was answered on its checklist.
pub fn has_answers(db: &Reader<'_>, id: InterventionId) -> Result<bool> {
    db.one(
        "select exists (select 1 from checklist_reponses where intervention_id = :id)",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// The mandatory operations of its checklist that have no answer, in their order.
pub fn unanswered(db: &Reader<'_>, id: InterventionId) -> Result<Vec<OperationSansReponse>> {
    db.all(
        "select o.operation_id, o.rang, o.libelle
         from interventions i
         join gamme_version_operations o on o.gamme_id = i.gamme_id and o.numero = i.gamme_version
         where i.id = :id and o.obligatoire = 1
           and not coalesce((select r.repondue from checklist_reponses r
               where r.intervention_id = i.id and r.operation_id = o.operation_id
               order by r.id desc limit 1), 0)
         order by o.rang",
        named_params! { ":id": id },
        |row| Ok(OperationSansReponse { id: row.get(0)?, rang: row.get(1)?, libelle: row.get(2)? }),
    )
}

/// The open work that took the place of a cancelled one: of its plan, unless that lets work pile up, of its meter's
/// plan, and what answers the demande that it was made for.
pub fn replacements(db: &Reader<'_>, id: InterventionId) -> Result<Vec<String>> {
    db.all(
        "select o.numero from interventions me
         join interventions o on o.id <> me.id and o.supprimee_le is null
             and o.statut in ('planifie', 'en_cours', 'attente_pieces')
             and (o.id in (select e.intervention_id from echeances e join plannings p on p.id = e.planning_id
                           where e.planning_id = me.planning_id and p.cumul = 0)
                  or o.id in (select theirs.intervention_id from seuils mine
                              join seuils theirs on theirs.plan_id = mine.plan_id
                              where mine.intervention_id = me.id and mine.statut <> 'annulee'
                                and theirs.statut <> 'annulee'))
         where me.id = :id
         union
         select o.numero from interventions me join demandes d on d.id = me.demande_id
         join interventions o on o.id = d.intervention_id and o.id <> me.id
         where me.id = :id
         order by 1",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// The demande that an intervention was made for, once it has another answer.
pub fn answered_otherwise(db: &Reader<'_>, id: InterventionId) -> Result<Option<String>> {
    db.maybe(
        "select d.numero from interventions i join demandes d on d.id = i.demande_id
         where i.id = :id and d.intervention_id is not i.id",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// Whose timers run on it.
pub fn running_timers(db: &Reader<'_>, id: InterventionId) -> Result<Vec<ChronometreEnCours>> {
    db.all(
        "select t.id, t.intervention_id, i.numero, t.technicien_id, u.full_name, t.debut
         from temps t join interventions i on i.id = t.intervention_id
         join techniciens p on p.id = t.technicien_id join users u on u.id = p.user_id
         where t.intervention_id = :id and t.fin is null order by t.debut",
        named_params! { ":id": id },
        |row| {
            Ok(ChronometreEnCours {
                id: row.get(0)?,
                intervention_id: row.get(1)?,
                numero: row.get(2)?,
                technicien_id: row.get(3)?,
                technicien_nom: row.get(4)?,
                debut: row.get(5)?,
            })
        },
    )
}

/// Seconds, and the cost of what was entered: a running timer's up to now (and no further than its cap); where
/// nobody entered any, the seconds in `en_cours`, for the history says when it was entered and left. Reopened for its
/// papers, work has ended all the same: what comes after its end is none.
const TIME: &str = "
    with steps as (
        select intervention_id, vers, coalesce(fait_le, date) as began,
            lead(coalesce(fait_le, date)) over (partition by intervention_id order by id) as until
        from historique
        where vers is not null and intervention_id in (
            select value from json_each(:ids)
            where not exists (select 1 from temps where intervention_id = value)))
    select intervention_id,
        sum(max(min(coalesce(until, :now), coalesce(i.date_fin_reelle, until, :now)) - began, 0)), null
    from steps join interventions i on i.id = intervention_id where vers = 'en_cours' group by 1
    union all
    select intervention_id, sum(coalesce(fin, max(debut, min(:now, debut + 43200))) - debut), sum(cout)
    from temps where intervention_id in (select value from json_each(:ids)) group by 1";

/// The cost of parts, and of services bought outside.
const BOUGHT: &str = "
    union all
    select intervention_id, 0, cout from intervention_couts_pieces
    where intervention_id in (select value from json_each(:ids))
    union all
    select intervention_id, 0, sum(montant)
    from prestations where intervention_id in (select value from json_each(:ids)) group by 1";

/// Fills in the time spent, and for those who may know it the cost.
pub(super) fn add_time_and_cost(db: &Reader<'_>, interventions: &mut [Intervention]) -> Result<()> {
    let knows_costs = db.actor().may::<ReadCouts>();
    let ids: Vec<_> = interventions.iter().map(|intervention| intervention.id).collect();
    let parts: Vec<(InterventionId, i64, Option<i64>)> = db.all(
        &format!("{TIME}{}", if knows_costs { BOUGHT } else { "" }),
        named_params! { ":ids": serde_json::to_string(&ids)?, ":now": db.now() },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut sums: HashMap<InterventionId, (i64, Option<i64>)> = HashMap::new();
    for (id, seconds, cents) in parts {
        let sum = sums.entry(id).or_default();
        sum.0 += seconds;
        if let Some(cents) = cents.filter(|_| knows_costs) {
            sum.1 = Some(sum.1.unwrap_or(0) + cents);
        }
    }
    for intervention in interventions {
        let (seconds, cents) = sums.get(&intervention.id).copied().unwrap_or_default();
        intervention.temps_passe_min = (seconds + 30) / 60;
        intervention.cout_total = cents.map(Cents);
    }
    Ok(())
}
