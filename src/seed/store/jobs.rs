//! SQL of interventions and what hangs on them: many rows a statement, because SQLite flushes the full-text
//! index and reads back its savepoint's journal at each statement that fires a trigger.

use std::collections::{BTreeMap, HashMap};

use rusqlite::types::Value;
use rusqlite::{named_params, params_from_iter};

use super::floor;
use crate::ids::{CodeId, InterventionId, PlanningId, UserId};
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::page::bound;
use crate::planning;
use crate::seed::job::{Job, TERMINE};

/// Rows of one statement; 38 columns of them stay below the 32,766 parameters that SQLite allows.
const ROWS: usize = 500;

/// The last number given in each year.
#[derive(Clone, Default)]
pub struct Numbers(BTreeMap<i16, i64>);

impl Numbers {
    /// The next number of a year; interventions come in the order of their creation.
    fn next(&mut self, year: i16) -> String {
        let last = self.0.entry(year).or_default();
        *last += 1;
        format!("INT-{year}-{last:06}")
    }

    /// The application goes on from here.
    fn save(&self, tx: &Tx<'_>) -> Result<()> {
        for (year, last) in &self.0 {
            tx.execute(
                "insert into numeros (annee, dernier) values (:year, :last)
                 on conflict (annee) do update set dernier = excluded.dernier",
                named_params! { ":year": year, ":last": last },
            )?;
        }
        Ok(())
    }
}

/// The intervention of each échéance.
pub type Generated = HashMap<(PlanningId, i64), InterventionId>;

/// Values of one row, in the order of the columns named beside it.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { [$(bound(&$value)),+] };
}
pub(super) use row;

/// Stores interventions in the order of their creation, with all that hangs on them. Returns which of them were
/// generated for which échéance.
pub fn insert_jobs(tx: &Tx<'_>, numbers: &mut Numbers, jobs: &[Job]) -> Result<Generated> {
    let last: i64 = tx.one("select coalesce(max(id), 0) from interventions", [], |row| row.get(0))?;
    let names: HashMap<UserId, String> = tx
        .all("select id, full_name from users", [], |row| Ok((row.get(0)?, row.get(1)?)))?
        .into_iter()
        .collect();
    let codes = codes(tx)?;
    let jobs: Vec<_> = (last + 1..).map(InterventionId).zip(jobs).collect();
    insert(
        tx,
        "interventions (id, numero, titre, description, type_intervention, statut, priorite, equipement_id,
             technicien_id, date_limite, date_creation, date_debut_prevue, date_fin_prevue, date_debut_reelle,
             date_fin_reelle, duree_estimee_min, arret_equipement, date_arret, date_remise_en_service,
             survenue_le, declaree_le, prise_en_charge_le, symptome, cause, remede, compte_rendu, planning_id,
             cree_par, validee_par, date_validation, symptome_code_id, cause_code_id, remede_code_id, demande_id,
             gamme_id, gamme_version, version, updated_at)",
        jobs.iter().map(|(id, job)| intervention(*id, numbers.next(job.year()), job, &codes)),
    )?;
    insert(
        tx,
        "intervention_competences (intervention_id, competence_id)",
        jobs.iter().filter_map(|(id, job)| Some(row![id, job.competence?])),
    )?;
    insert(
        tx,
        "affectations (intervention_id, technicien_id, debut, fin, role, liberee_le)",
        jobs.iter().flat_map(|(id, job)| {
            job.slots.iter().map(move |booking| {
                let (debut, fin) = booking.slot;
                row![id, booking.technicien, debut, fin, booking.role, booking.released]
            })
        }),
    )?;
    insert(
        tx,
        "historique (intervention_id, date, user_id, auteur, type, de, vers, remarque)",
        jobs.iter().flat_map(|(id, job)| {
            let names = &names;
            job.history.iter().map(move |step| {
                row![
                    id,
                    step.date,
                    step.user,
                    step.user.map_or(Some(planning::GENERATION), |user| names.get(&user).map(String::as_str)),
                    step.kind,
                    step.from,
                    step.to,
                    step.remark
                ]
            })
        }),
    )?;
    insert(
        tx,
        "commentaires (intervention_id, date, user_id, texte, interne)",
        jobs.iter().flat_map(|(id, job)| {
            job.comments
                .iter()
                .map(move |comment| row![id, comment.date, comment.user, comment.text, comment.internal])
        }),
    )?;
    floor::insert_work(tx, &names, &jobs)?;
    for (_, job) in &jobs {
        if let Some(statut) = job.machine_statut() {
            tx.execute(
                "update equipements set statut = :statut where id = :id",
                named_params! { ":id": job.equipement, ":statut": statut },
            )?;
        }
    }
    numbers.save(tx)?;
    Ok(jobs.into_iter().filter_map(|(id, job)| Some((job.echeance?, id))).collect())
}

/// The plant's codes by their spelling, which is unique over all three natures in the list it begins with.
pub(super) fn codes(tx: &Tx<'_>) -> Result<HashMap<String, CodeId>> {
    let codes = tx.all("select code, id from codes", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(codes.into_iter().collect())
}

fn intervention(
    id: InterventionId,
    numero: String,
    job: &Job,
    codes: &HashMap<String, CodeId>,
) -> [Value; 38] {
    let story = &job.story;
    // What was found and done is known at the end only.
    let known = job.statut == TERMINE;
    let kept = || job.slots.iter().filter(|booking| booking.released.is_none()).map(|booking| booking.slot);
    let [symptome, cause, remede] =
        story.codes.map_or([None; 3], |words| words.map(|word| codes.get(word).copied()));
    row![
        id,
        numero,
        story.titre,
        job.description,
        story.kind,
        job.statut,
        job.priorite,
        job.equipement,
        job.technicien,
        job.limite,
        job.creation,
        kept().map(|(debut, _)| debut).min(),
        kept().map(|(_, fin)| fin).max(),
        job.debut,
        job.fin,
        job.duree_min,
        job.stops,
        job.arret,
        job.remise,
        job.survenue,
        job.demande.map_or(job.creation, |(_, filed)| filed),
        job.prise_en_charge,
        story.is_failure().then_some(story.symptome),
        story.cause.filter(|_| known),
        story.remede.filter(|_| known),
        known.then_some(story.compte_rendu),
        job.echeance.map(|(plan, _)| plan),
        job.echeance.is_none().then_some(job.cree_par),
        job.validation.map(|(user, _)| user),
        job.validation.map(|(_, at)| at),
        symptome,
        cause.filter(|_| known),
        remede.filter(|_| known),
        job.demande.map(|(demande, _)| demande),
        job.gamme.map(|(gamme, _)| gamme),
        job.gamme.map(|(_, version)| version),
        job.history.len() as i64,
        job.touched(),
    ]
}

pub(super) fn insert<const N: usize>(
    tx: &Tx<'_>,
    into: &str,
    rows: impl Iterator<Item = [Value; N]>,
) -> Result<()> {
    let tuple = format!("({})", ["?"; N].join(", "));
    let rows: Vec<_> = rows.collect();
    for chunk in rows.chunks(ROWS) {
        let tuples = vec![tuple.as_str(); chunk.len()].join(", ");
        tx.execute(&format!("insert into {into} values {tuples}"), params_from_iter(chunk.iter().flatten()))?;
    }
    Ok(())
}
