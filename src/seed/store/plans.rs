//! SQL of plans, their échéances and the movable feasts.

use rusqlite::named_params;

use super::Generated;
use crate::ids::*;
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::planning::{Centiemes, Explication, Feries, Frequence, ModePlanning, Sens, Shift, StatutEcheance};

/// What the moon and Easter decide.
const FEASTS: &str = include_str!("../data/feries.txt");

pub fn insert_feries(tx: &Tx<'_>) -> Result<()> {
    for line in FEASTS.lines() {
        let mut fields = line.split(" | ");
        let mut field = || fields.next().unwrap_or_default();
        let (pays, date, nom) = (field(), field(), field());
        tx.execute(
            "insert into jours_feries (pays, date, nom, created_at, updated_at)
             values (:pays, :date, :nom, :now, :now)",
            named_params! { ":pays": pays, ":date": date, ":nom": nom, ":now": tx.now() },
        )?;
    }
    Ok(())
}

/// The holidays of a country.
pub fn feries(db: &Reader<'_>, pays: &str) -> Result<Feries> {
    let rows = db.all(
        "select date, recurrent, nom from jours_feries where pays = :pays",
        named_params! { ":pays": pays },
        |row| Ok((row.get::<_, Day>(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(Feries::new(rows))
}

/// A plan as it was written.
pub struct Plan<'a> {
    pub titre: &'a str,
    pub description: &'a str,
    pub machine: EquipementId,
    pub frequence: Frequence,
    pub intervalle: i64,
    pub debut: Day,
    pub factor: Centiemes,
    pub tolerance: i64,
    pub anticipation: i64,
    pub minutes: i64,
    pub hour: Option<&'a str>,
    pub technicien: Option<TechnicienId>,
    pub competence: Option<CompetenceId>,
    pub gamme: Option<GammeId>,
    pub priorite: &'a str,
    /// What days off do.
    pub sens: Sens,
    pub suspended: bool,
    pub cree_par: UserId,
    pub creation: Instant,
}

pub fn insert_plan(tx: &Tx<'_>, plan: &Plan<'_>) -> Result<PlanningId> {
    let slides = plan.factor > Centiemes(0);
    let id = tx.insert(
        "insert into plannings (titre, description, equipement_id, frequence, intervalle, date_debut, mode,
             facteur_decalage, tolerance_jours, anticipation_jours, duree_estimee_min, heure_debut, technicien_id,
             gamme_id, priorite, rattrapage, report_feries, report_week_ends, statut, cree_par, created_at, updated_at)
         values (:titre, :description, :machine, :frequence, :intervalle, :debut, :mode, :factor, :tolerance,
             :anticipation, :minutes, :hour, :technicien, :gamme, :priorite, 'derniere', :sens, :sens, :statut, :cree_par,
             :creation, :creation)",
        named_params! {
            ":titre": plan.titre, ":description": plan.description, ":machine": plan.machine,
            ":frequence": plan.frequence, ":intervalle": plan.intervalle, ":debut": plan.debut,
            ":mode": if slides { ModePlanning::Glissant } else { ModePlanning::Calendaire },
            ":factor": plan.factor, ":tolerance": plan.tolerance, ":anticipation": plan.anticipation,
            ":minutes": plan.minutes, ":hour": plan.hour, ":technicien": plan.technicien,
            ":gamme": plan.gamme,
            ":priorite": plan.priorite, ":sens": plan.sens,
            ":statut": if plan.suspended { "suspendu" } else { "actif" }, ":cree_par": plan.cree_par,
            ":creation": plan.creation,
        },
    )?;
    if let Some(competence) = plan.competence {
        tx.execute(
            "insert into planning_competences (planning_id, competence_id) values (:id, :competence)",
            named_params! { ":id": id, ":competence": competence },
        )?;
    }
    Ok(PlanningId(id))
}

/// Where a plan stands now.
pub struct Progress {
    pub prochain_k: i64,
    pub prochaine_date: Option<Day>,
    pub derniere_date: Option<Day>,
    pub shift: Shift,
    pub a_generer_le: Option<Instant>,
}

pub fn set_progress(tx: &Tx<'_>, id: PlanningId, progress: &Progress) -> Result<()> {
    tx.execute(
        "update plannings set prochain_k = :k, prochaine_date = :prochaine, derniere_date = :derniere,
             decalage_jours = :days, decalage_k = :from, a_generer_le = :a_generer_le
         where id = :id",
        named_params! {
            ":id": id, ":k": progress.prochain_k, ":prochaine": progress.prochaine_date,
            ":derniere": progress.derniere_date, ":days": progress.shift.days, ":from": progress.shift.from,
            ":a_generer_le": progress.a_generer_le,
        },
    )
    .map(drop)
}

/// What came of one échéance.
pub struct Echeance {
    pub explication: Explication,
    pub statut: StatutEcheance,
    pub motif: Option<&'static str>,
    pub fin: Option<Day>,
    pub decalage: i64,
    pub at: Instant,
}

pub fn insert_echeances(
    tx: &Tx<'_>,
    (plan, echeances): &(PlanningId, Vec<Echeance>),
    made: &Generated,
) -> Result<()> {
    for Echeance { explication, statut, motif, fin, decalage, at } in echeances {
        tx.execute(
            "insert into echeances (planning_id, k, date, explication, decalage_applique, statut, intervention_id,
                 motif, auteur, fin, decalage, created_at, updated_at)
             values (:plan, :k, :date, :explication, :applique, :statut, :intervention, :motif,
                 case when :statut = 'sautee' then (select full_name from plannings p join users u on u.id = p.cree_par
                     where p.id = :plan) end, :fin, :decalage, :at, :at)",
            named_params! {
                ":plan": plan, ":k": explication.k, ":date": explication.date, ":explication": explication,
                ":applique": explication.decalage, ":statut": statut,
                ":intervention": made.get(&(*plan, explication.k)), ":motif": motif, ":fin": fin,
                ":decalage": decalage, ":at": at,
            },
        )?;
    }
    Ok(())
}
