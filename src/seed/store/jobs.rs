//! SQL of interventions and what hangs on them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rusqlite::named_params;

use crate::ids::InterventionId;
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::seed::job::{Booking, Comment, Job, Step, TERMINE};

/// The last number given in each year.
#[derive(Clone, Default)]
pub struct Numbers(BTreeMap<i16, i64>);

impl Numbers {
    /// The next number of the year; interventions come in the order of their creation.
    fn next(&mut self, creation: Instant) -> String {
        let year = creation.in_zone(&TimeZone::UTC).year();
        let last = self.0.entry(year).or_default();
        *last += 1;
        format!("INT-{year}-{last:06}")
    }

    /// From here on the application gives the numbers.
    pub fn save(&self, tx: &Tx<'_>) -> Result<()> {
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

pub fn insert_job(tx: &Tx<'_>, numbers: &mut Numbers, job: &Job) -> Result<()> {
    let id = insert_intervention(tx, &numbers.next(job.creation), job)?;
    if let Some(competence) = job.competence {
        tx.execute(
            "insert into intervention_competences (intervention_id, competence_id) values (:id, :competence)",
            named_params! { ":id": id, ":competence": competence },
        )?;
    }
    if let Some(statut) = job.machine_statut() {
        tx.execute(
            "update equipements set statut = :statut where id = :id",
            named_params! { ":id": job.equipement, ":statut": statut },
        )?;
    }
    job.slots.iter().try_for_each(|booking| insert_booking(tx, id, booking))?;
    job.history.iter().try_for_each(|step| insert_step(tx, id, step))?;
    job.comments.iter().try_for_each(|comment| insert_comment(tx, id, comment))
}

fn insert_intervention(tx: &Tx<'_>, numero: &str, job: &Job) -> Result<InterventionId> {
    let story = &job.story;
    let is_failure = story.is_failure();
    // What was found and done is known at the end only.
    let known = job.statut == TERMINE;
    let kept = job.slots.iter().filter(|booking| booking.released.is_none());
    tx.insert(
        "insert into interventions (numero, titre, description, type_intervention, statut, priorite,
             equipement_id, technicien_id, date_limite, date_creation, date_debut_prevue, date_fin_prevue,
             date_debut_reelle, date_fin_reelle, duree_estimee_min, arret_equipement, date_arret,
             date_remise_en_service, survenue_le, declaree_le, prise_en_charge_le, symptome, cause, remede,
             compte_rendu, cree_par, validee_par, date_validation, version, updated_at)
         values (:numero, :titre, :description, :type, :statut, :priorite,
             :equipement, :technicien, :limite, :creation, :debut_prevue, :fin_prevue,
             :debut, :fin, :duree, :arret_equipement, :arret,
             :remise, :survenue, :creation, :prise_en_charge, :symptome, :cause, :remede,
             :compte_rendu, :cree_par, :validee_par, :validation, :version, :touched)",
        named_params! {
            ":numero": numero, ":titre": story.titre, ":description": job.description, ":type": story.kind,
            ":statut": job.statut, ":priorite": job.priorite, ":equipement": job.equipement,
            ":technicien": job.technicien, ":limite": job.limite, ":creation": job.creation,
            ":debut_prevue": kept.clone().map(|booking| booking.slot.0).min(),
            ":fin_prevue": kept.map(|booking| booking.slot.1).max(),
            ":debut": job.debut, ":fin": job.fin, ":duree": job.duree_min,
            ":arret_equipement": job.stops, ":arret": job.arret, ":remise": job.remise,
            ":survenue": job.survenue, ":prise_en_charge": job.prise_en_charge,
            ":symptome": is_failure.then_some(story.symptome),
            ":cause": story.cause.filter(|_| known), ":remede": story.remede.filter(|_| known),
            ":compte_rendu": known.then_some(story.compte_rendu), ":cree_par": job.cree_par,
            ":validee_par": job.validation.map(|(user, _)| user),
            ":validation": job.validation.map(|(_, at)| at), ":version": job.history.len() as i64,
            ":touched": job.touched(),
        },
    )
    .map(InterventionId)
}

fn insert_booking(tx: &Tx<'_>, id: InterventionId, booking: &Booking) -> Result<()> {
    tx.execute(
        "insert into affectations (intervention_id, technicien_id, debut, fin, role, liberee_le)
         values (:id, :technicien, :debut, :fin, :role, :released)",
        named_params! {
            ":id": id, ":technicien": booking.technicien, ":debut": booking.slot.0, ":fin": booking.slot.1,
            ":role": booking.role, ":released": booking.released,
        },
    )?;
    Ok(())
}

fn insert_step(tx: &Tx<'_>, id: InterventionId, step: &Step) -> Result<()> {
    tx.execute(
        "insert into historique (intervention_id, date, user_id, auteur, type, de, vers, remarque)
         values (:id, :date, :user, (select full_name from users where id = :user), :kind, :from, :to, :remark)",
        named_params! {
            ":id": id, ":date": step.date, ":user": step.user, ":kind": step.kind, ":from": step.from,
            ":to": step.to, ":remark": step.remark,
        },
    )?;
    Ok(())
}

fn insert_comment(tx: &Tx<'_>, id: InterventionId, comment: &Comment) -> Result<()> {
    tx.execute(
        "insert into commentaires (intervention_id, date, user_id, texte, interne)
         values (:id, :date, :user, :text, :internal)",
        named_params! {
            ":id": id, ":date": comment.date, ":user": comment.user, ":text": comment.text,
            ":internal": comment.internal,
        },
    )?;
    Ok(())
}
