//! SQL of échéances: one row for each (plan, k), never removed.

use std::collections::{BTreeSet, HashMap};

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, named_params};

use crate::ids::*;
use crate::interventions::StatutIntervention;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::phrase::Language;
use crate::planning::model::{Echeance, StatutEcheance};
use crate::planning::rules::Explication;

const SELECT: &str =
    "select e.k, e.date, e.statut, e.intervention_id, i.numero, e.explication, e.motif, e.auteur,
         e.fin, e.decalage
     from echeances e left join interventions i on i.id = e.intervention_id and i.supprimee_le is null
     where e.planning_id = :id";

/// Goes through the échéances of a plan that have their row, by number.
pub fn each_echeance(
    db: &Reader<'_>,
    id: PlanningId,
    language: Language,
    mut take: impl FnMut(Echeance),
) -> Result<()> {
    db.each(&format!("{SELECT} order by e.k"), named_params! { ":id": id }, |row| {
        take(echeance_row(row, language)?);
        Ok(())
    })
}

/// Échéance k of a plan, if it has its row.
pub fn echeance(db: &Reader<'_>, id: PlanningId, k: i64, language: Language) -> Result<Option<Echeance>> {
    db.maybe(&format!("{SELECT} and e.k = :k"), named_params! { ":id": id, ":k": k }, |row| {
        echeance_row(row, language)
    })
}

/// The numbers from `k` on that were left out in advance.
pub fn skipped(db: &Reader<'_>, id: PlanningId, k: i64) -> Result<BTreeSet<i64>> {
    let found: Vec<i64> = db.all(
        "select k from echeances where planning_id = :id and k >= :k",
        named_params! { ":id": id, ":k": k },
        |row| row.get(0),
    )?;
    Ok(found.into_iter().collect())
}

/// The same of several plans, from what is next of each.
pub fn skipped_of(db: &Reader<'_>, plans: &[PlanningId]) -> Result<HashMap<PlanningId, BTreeSet<i64>>> {
    let mut skipped = HashMap::<_, BTreeSet<i64>>::new();
    let found: Vec<(PlanningId, i64)> = db.all(
        "select p.id, e.k from plannings p join echeances e on e.planning_id = p.id and e.k >= p.prochain_k
         where p.id in (select value from json_each(:plans))",
        named_params! { ":plans": serde_json::to_string(plans)? },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (id, k) in found {
        skipped.entry(id).or_default().insert(k);
    }
    Ok(skipped)
}

/// Takes (plan, k), for whoever comes first: false when it is taken.
pub fn claim(tx: &Tx<'_>, id: PlanningId, explication: &Explication) -> Result<bool> {
    keep(tx, id, explication, StatutEcheance::Prevue, None, None)
}

/// Writes an échéance that makes no intervention now; false when (plan, k) is taken.
pub fn keep(
    tx: &Tx<'_>,
    id: PlanningId,
    explication: &Explication,
    statut: StatutEcheance,
    motif: Option<&str>,
    auteur: Option<&str>,
) -> Result<bool> {
    let inserted = tx.execute(
        "insert into echeances (planning_id, k, date, explication, decalage_applique, statut, motif, auteur,
             created_at, updated_at)
         values (:id, :k, :date, :explication, :decalage, :statut, :motif, :auteur, :now, :now)
         on conflict (planning_id, k) do nothing",
        named_params! {
            ":id": id, ":k": explication.k, ":date": explication.date, ":explication": explication,
            ":decalage": explication.decalage, ":statut": statut, ":motif": motif, ":auteur": auteur,
            ":now": tx.now(),
        },
    )?;
    Ok(inserted == 1)
}

pub fn set_generated(tx: &Tx<'_>, id: PlanningId, k: i64, intervention: InterventionId) -> Result<()> {
    tx.execute(
        "update echeances set statut = 'generee', intervention_id = :intervention, motif = null, updated_at = :now
         where planning_id = :id and k = :k",
        named_params! { ":id": id, ":k": k, ":intervention": intervention, ":now": tx.now() },
    )
    .map(drop)
}

/// Not finished, or no longer: what it added to the later dates is taken back.
pub fn set_statut(
    tx: &Tx<'_>,
    id: PlanningId,
    k: i64,
    statut: StatutEcheance,
    motif: Option<&str>,
    auteur: Option<&str>,
) -> Result<()> {
    tx.execute(
        "update echeances set statut = :statut, motif = :motif, auteur = :auteur, fin = null, decalage = 0,
             updated_at = :now
         where planning_id = :id and k = :k",
        named_params! {
            ":id": id, ":k": k, ":statut": statut, ":motif": motif, ":auteur": auteur, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn set_finished(tx: &Tx<'_>, id: PlanningId, k: i64, fin: Day, decalage: i64) -> Result<()> {
    tx.execute(
        "update echeances set statut = 'faite', fin = :fin, decalage = :decalage, motif = null, updated_at = :now
         where planning_id = :id and k = :k",
        named_params! { ":id": id, ":k": k, ":fin": fin, ":decalage": decalage, ":now": tx.now() },
    )
    .map(drop)
}

/// What of a plan is under way.
#[derive(Debug, Default)]
pub struct Pending {
    /// An intervention of it is open.
    pub open: bool,
    /// The échéance that waits for that.
    pub waiting: Option<Explication>,
}

pub fn pending(db: &Reader<'_>, id: PlanningId) -> Result<Pending> {
    let rows: Vec<(bool, Option<Explication>)> = db.all(
        "select coalesce(i.statut in ('planifie', 'en_cours', 'attente_pieces') and i.supprimee_le is null, false),
             case e.statut when 'reportee' then e.explication end
         from echeances e left join interventions i on i.id = e.intervention_id
         where e.planning_id = :id
           -- A cancellation that was taken back is open before its échéance says so.
           and (e.statut in ('generee', 'reportee') or e.statut = 'annulee' and e.intervention_id is not null)",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let open = rows.iter().any(|(open, _)| *open);
    Ok(Pending { open, waiting: rows.into_iter().find_map(|(_, waiting)| waiting) })
}

/// Days of shift that the échéances of a plan have added, the last that did, and the day on which one was last
/// finished.
pub fn totals(db: &Reader<'_>, id: PlanningId) -> Result<(i64, Option<i64>, Option<Day>)> {
    db.one(
        "select coalesce(sum(decalage), 0), max(case when decalage <> 0 then k end), max(fin)
         from echeances where planning_id = :id and statut = 'faite'",
        named_params! { ":id": id },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// An échéance and how its intervention is.
pub struct Followed {
    pub planning_id: PlanningId,
    pub k: i64,
    pub date: Day,
    pub statut: StatutEcheance,
    pub fin: Option<Day>,
    pub decalage: i64,
    pub decalage_applique: i64,
    pub intervention: StatutIntervention,
    pub hidden: bool,
    pub finished: Option<Instant>,
}

/// The échéance that an intervention was made for, if it was made for one.
pub fn followed(db: &Reader<'_>, id: InterventionId) -> Result<Option<Followed>> {
    db.maybe(
        "select e.planning_id, e.k, e.date, e.statut, e.fin, e.decalage, e.decalage_applique,
             i.statut as intervention, i.supprimee_le is not null as hidden, i.date_fin_reelle
         from echeances e join interventions i on i.id = e.intervention_id where e.intervention_id = :id",
        named_params! { ":id": id },
        |row| {
            Ok(Followed {
                planning_id: row.get("planning_id")?,
                k: row.get("k")?,
                date: row.get("date")?,
                statut: row.get("statut")?,
                fin: row.get("fin")?,
                decalage: row.get("decalage")?,
                decalage_applique: row.get("decalage_applique")?,
                intervention: row.get("intervention")?,
                hidden: row.get("hidden")?,
                finished: row.get("date_fin_reelle")?,
            })
        },
    )
}

fn echeance_row(row: &Row<'_>, language: Language) -> rusqlite::Result<Echeance> {
    let explication: Explication = row.get("explication")?;
    let numero: Option<String> = row.get("numero")?;
    Ok(Echeance {
        k: row.get("k")?,
        date: row.get("date")?,
        statut: row.get("statut")?,
        // Of one that was deleted there is nothing left to open.
        intervention_id: row.get::<_, Option<_>>("intervention_id")?.filter(|_| numero.is_some()),
        numero,
        explication: explication.text(language),
        motif: row.get("motif")?,
        auteur: row.get("auteur")?,
        date_fin: row.get("fin")?,
        decalage_jours: row.get("decalage")?,
    })
}

impl ToSql for Explication {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let json = serde_json::to_string(self);
        json.map(Into::into).map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))
    }
}

impl FromSql for Explication {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(|cause| FromSqlError::Other(Box::new(cause)))
    }
}
