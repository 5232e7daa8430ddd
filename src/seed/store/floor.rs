//! SQL of gammes, answers, time and services.

use std::collections::HashMap;

use rusqlite::named_params;

use super::jobs::{insert, row};
use crate::ids::{GammeId, InterventionId, OperationId, TechnicienId, UserId};
use crate::kernel::clock::{Day, Instant};
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::page::{bound, fold};
use crate::seed::gammes::Operation;
use crate::seed::job::Job;

pub fn insert_gamme(tx: &Tx<'_>, since: Instant, nom: &str, description: &str) -> Result<GammeId> {
    tx.insert(
        "insert into gammes (nom, nom_key, description, created_at, updated_at)
         values (:nom, :nom_key, :description, :since, :since)",
        named_params! { ":nom": nom, ":nom_key": fold(nom), ":description": description, ":since": since },
    )
    .map(GammeId)
}

pub fn insert_operation(tx: &Tx<'_>, gamme: GammeId, kind: &str) -> Result<OperationId> {
    tx.insert(
        "insert into gamme_operations (gamme_id, type) values (:gamme, :kind)",
        named_params! { ":gamme": gamme, ":kind": kind },
    )
    .map(OperationId)
}

/// Writes a version and publishes it.
pub fn publish_version(
    tx: &Tx<'_>,
    (gamme, numero): (GammeId, i64),
    operations: &[(OperationId, Operation)],
    since: Instant,
    author: &str,
) -> Result<()> {
    tx.execute(
        "insert into gamme_versions (gamme_id, numero) values (:gamme, :numero)",
        named_params! { ":gamme": gamme, ":numero": numero },
    )?;
    insert(
        tx,
        "gamme_version_operations (gamme_id, numero, operation_id, rang, libelle, consigne, obligatoire, unite,
             min, max, cible)",
        (1_i64..).zip(operations).map(|(rang, (id, operation))| {
            row![
                gamme,
                numero,
                id,
                rang,
                operation.libelle,
                operation.consigne,
                operation.obligatoire,
                operation.unite,
                operation.min,
                operation.max,
                operation.cible
            ]
        }),
    )?;
    tx.execute(
        "update gamme_versions set publiee_le = :since, publiee_par = :author
         where gamme_id = :gamme and numero = :numero",
        named_params! { ":gamme": gamme, ":numero": numero, ":since": since, ":author": author },
    )?;
    Ok(())
}

/// Stores what the shop floor did on interventions.
pub fn insert_work(
    tx: &Tx<'_>,
    names: &HashMap<UserId, String>,
    jobs: &[(InterventionId, &Job)],
) -> Result<()> {
    let hands: HashMap<TechnicienId, (Option<i64>, String)> = tx
        .all(
            "select t.id, t.taux_horaire, u.full_name from techniciens t join users u on u.id = t.user_id",
            [],
            |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))),
        )?
        .into_iter()
        .collect();
    insert(
        tx,
        "temps (intervention_id, technicien_id, debut, fin, nature, taux_horaire, saisi_par, created_at, updated_at)",
        jobs.iter().flat_map(|(id, job)| {
            let hands = &hands;
            job.spent.iter().map(move |spent| {
                let (rate, name) = hands.get(&spent.technicien).cloned().unwrap_or_default();
                let written = spent.fin.unwrap_or(spent.debut);
                row![id, spent.technicien, spent.debut, spent.fin, spent.nature, rate, name, written, written]
            })
        }),
    )?;
    insert(
        tx,
        "checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, coche, valeur, texte,
             hors_tolerance, date, user_id, auteur)",
        jobs.iter().flat_map(|(id, job)| {
            job.answers.iter().map(move |answer| {
                row![
                    id,
                    job.gamme.map(|(gamme, _)| gamme),
                    job.gamme.map(|(_, version)| version),
                    answer.operation,
                    answer.coche,
                    answer.valeur,
                    answer.texte,
                    answer.out,
                    answer.date,
                    answer.user,
                    names.get(&answer.user)
                ]
            })
        }),
    )?;
    let corrective = |operation: OperationId| {
        jobs.iter().find(|(_, job)| job.corrects == Some(operation)).map(|(id, _)| *id)
    };
    insert(
        tx,
        "checklist_correctives (intervention_id, operation_id, proposee_le, corrective_id)",
        jobs.iter().flat_map(|(id, job)| {
            let out = job.answers.iter().filter(|answer| answer.out);
            out.map(move |answer| row![id, answer.operation, answer.date, corrective(answer.operation)])
        }),
    )?;
    insert(
        tx,
        "prestations (intervention_id, designation, fournisseur, montant, date, saisie_par, created_at)",
        jobs.iter().filter_map(|(id, job)| {
            let (service, fin) = (job.service.as_ref()?, job.fin?);
            let day = Day(fin.in_zone(job.zone()).date());
            let author = names.get(&job.cree_par);
            Some(row![id, service.designation, service.fournisseur, service.cents, day, author, fin])
        }),
    )
}
