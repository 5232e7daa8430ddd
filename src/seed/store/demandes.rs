//! SQL of demandes: filed before the interventions that they become, answered after.

use std::collections::BTreeMap;

use rusqlite::named_params;

use super::jobs::codes;
use crate::ids::DemandeId;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::seed::asking::{Answer, Asked, Outcome};
use crate::seed::job::Job;

/// Stores demandes in the order of the asking, as nobody had answered them yet; the jobs that came from one
/// are told so.
pub fn file_demandes(tx: &Tx<'_>, asked: &[Asked], jobs: &mut [Job]) -> Result<()> {
    let (mut numbers, codes) = (BTreeMap::<i16, i64>::new(), codes(tx)?);
    for one in asked {
        let last = numbers.entry(one.year()).or_default();
        *last += 1;
        let numero = format!("DEM-{}-{last:06}", one.year());
        let id = tx.insert(
            "insert into demandes (numero, equipement_id, titre, description, urgence, arret_equipement, survenue_le,
                 symptome_code_id, demandeur_id, date_creation, updated_at)
             values (:numero, :equipement, :titre, :description, :urgence, :stops, :survenue, :code, :by, :at, :at)",
            named_params! {
                ":numero": numero, ":equipement": one.equipement, ":titre": one.titre,
                ":description": one.description, ":urgence": one.urgence, ":stops": one.stops,
                ":survenue": one.survenue, ":code": one.symptome_code.and_then(|code| codes.get(code)),
                ":by": one.by, ":at": one.at,
            },
        )?;
        // The first who asked for it; whoever came later was told that it is known.
        if let Some(Answer { outcome: Outcome::Accepted(place), .. }) = one.answer
            && jobs[place].demande.is_none()
        {
            jobs[place].asked_for(DemandeId(id), &numero, one.at);
        }
    }
    for (year, last) in numbers {
        tx.execute(
            "insert into demandes_numeros (annee, dernier) values (:year, :last)",
            named_params! { ":year": year, ":last": last },
        )?;
    }
    Ok(())
}

/// Writes the answers, once the interventions are there.
pub fn answer_demandes(tx: &Tx<'_>, asked: &[Asked], jobs: &[Job]) -> Result<()> {
    for (id, one) in (1..).map(DemandeId).zip(asked) {
        let Some(Answer { by, at, outcome }) = &one.answer else { continue };
        let (statut, origin, motif) = match outcome {
            Outcome::Accepted(place) => ("acceptee", jobs[*place].demande.map(|(origin, _)| origin), None),
            Outcome::Refused(why) => ("refusee", None, Some(why)),
            Outcome::Withdrawn => ("retiree", None, None),
        };
        tx.execute(
            "update demandes set statut = :statut, motif_refus = :motif, traitee_par = :by, date_traitement = :at,
                 intervention_id = (select id from interventions where demande_id = :origin),
                 version = version + 1, updated_at = :at
             where id = :id",
            named_params! {
                ":id": id, ":statut": statut, ":motif": motif, ":by": by, ":at": at, ":origin": origin,
            },
        )?;
    }
    Ok(())
}
