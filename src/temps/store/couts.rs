//! SQL of what work costs.

use rusqlite::named_params;

use crate::agenda::Interval;
use crate::ids::{EquipementId, InterventionId};
use crate::interventions::TypeIntervention;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::temps::model::Depense;

/// Whose costs are asked for, and of which period.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field {
    pub intervention: Option<InterventionId>,
    pub equipement: Option<EquipementId>,
    /// With what hangs below the machine.
    pub descendants: bool,
    /// Instants `[du, au)`, and the civil days that begin in it, `[from, to)`.
    pub period: Option<(Interval, (Day, Day))>,
}

/// Every expense in the field, one row each. A machine stands once in `machines`, whatever leads to it.
const EXPENSES: &str = "
    with recursive machines (id) as (
        select :equipement
        union
        select e.id from equipements e join machines m on e.parent_id = m.id where :descendants),
    jobs as (
        select id, type_intervention from interventions
        where id = :intervention and supprimee_le is null
        union all
        select id, type_intervention from interventions
        where equipement_id in (select id from machines) and supprimee_le is null),
    expenses as (
        select j.id, j.type_intervention, 'main_d_oeuvre' as poste, coalesce(t.cout, 0) as cents, t.nature,
            t.technicien_id, t.fin - t.debut as seconds,
            iif(t.taux_horaire is null, t.fin - t.debut, 0) as unrated
        from jobs j join temps t on t.intervention_id = j.id
        where t.fin is not null and t.debut >= :du and t.debut < :au
        union all
        -- As intervention_couts_pieces has them: what was undone, and what undid it, count for nothing.
        select j.id, j.type_intervention, 'pieces', -m.valeur, null, null, 0, 0
        from jobs j join mouvements_corriges m on m.intervention_id = j.id
        where +m.annule_id is null and not exists (select 1 from mouvements r where r.annule_id = m.id)
          and m.date >= :du and m.date < :au
        union all
        select j.id, j.type_intervention, 'prestations', p.montant, null, null, 0, 0
        from jobs j join prestations p on p.intervention_id = j.id
        where p.date >= :from and p.date < :to)";

/// What was spent, like with like.
pub fn spent(db: &Reader<'_>, field: Field) -> Result<Vec<Depense>> {
    let (du, au, from, to) = field.bounds();
    db.all(
        &format!(
            "{EXPENSES}
             select x.type_intervention, x.poste, sum(x.cents), x.nature, x.technicien_id, u.full_name,
                 sum(x.seconds), sum(x.unrated)
             from expenses x left join techniciens p on p.id = x.technicien_id left join users u on u.id = p.user_id
             group by 1, 2, x.nature, x.technicien_id"
        ),
        named_params! {
            ":intervention": field.intervention, ":equipement": field.equipement,
            ":descendants": field.descendants, ":du": du, ":au": au, ":from": from, ":to": to,
        },
        |row| {
            let (id, nom): (Option<_>, Option<String>) = (row.get(4)?, row.get(5)?);
            Ok(Depense {
                type_intervention: row.get(0)?,
                poste: row.get(1)?,
                cents: row.get(2)?,
                nature: row.get(3)?,
                technicien: id.zip(nom),
                seconds: row.get(6)?,
                unrated: row.get(7)?,
            })
        },
    )
}

/// How many interventions of each type cost something.
pub fn counts(db: &Reader<'_>, field: Field) -> Result<Vec<(TypeIntervention, i64)>> {
    let (du, au, from, to) = field.bounds();
    db.all(
        &format!("{EXPENSES} select type_intervention, count(distinct id) from expenses group by 1"),
        named_params! {
            ":intervention": field.intervention, ":equipement": field.equipement,
            ":descendants": field.descendants, ":du": du, ":au": au, ":from": from, ":to": to,
        },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

impl Field {
    /// Without a period, wider than any expense.
    fn bounds(&self) -> (Instant, Instant, String, String) {
        match self.period {
            Some(((du, au), (from, to))) => (du, au, from.to_string(), to.to_string()),
            None => {
                let (first, last) = (Instant::from_second(i64::MIN), Instant::from_second(i64::MAX));
                (first, last, String::new(), "~".to_owned())
            }
        }
    }
}
