//! SQL of what is answered on an intervention.

use std::collections::HashMap;

use rusqlite::{Row, named_params};

use super::gammes::operation_row;
use crate::gammes::model::{Corrective, Element, Operation, Reponse, StatutCorrective};
use crate::gammes::rules::Content;
use crate::ids::{GammeId, InterventionId, OperationId};
use crate::interventions::Intervention;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

pub fn gamme_nom(db: &Reader<'_>, id: GammeId) -> Result<String> {
    db.one("select nom from gammes where id = :id", named_params! { ":id": id }, |row| row.get(0))
}

/// The operations of an intervention's checklist in their order, each with its answers; of one operation only,
/// when it is named. The numbers of corrective interventions are given whoever asks.
pub fn elements(db: &Reader<'_>, i: &Intervention, only: Option<OperationId>) -> Result<Vec<Element>> {
    let operations = db.all(
        "select o.*, k.type from gamme_version_operations o join gamme_operations k on k.id = o.operation_id
         where o.gamme_id = :gamme and o.numero = :version and (:only is null or o.operation_id = :only)
         order by o.rang",
        named_params! { ":gamme": i.gamme_id, ":version": i.gamme_version, ":only": only },
        operation_row,
    )?;
    let mut answers: HashMap<OperationId, Vec<Reponse>> = HashMap::new();
    let given = db.all(
        "select * from checklist_reponses
         where intervention_id = :id and (:only is null or operation_id = :only) order by id desc",
        named_params! { ":id": i.id, ":only": only },
        |row| Ok((row.get("operation_id")?, reponse_row(row)?)),
    )?;
    for (operation, reponse) in given {
        answers.entry(operation).or_default().push(reponse);
    }
    let mut correctives: HashMap<OperationId, Corrective> = db
        .all(
            "select c.operation_id, c.proposee_le, c.corrective_id, i.numero
             from checklist_correctives c left join interventions i on i.id = c.corrective_id
             where c.intervention_id = :id and (:only is null or c.operation_id = :only)",
            named_params! { ":id": i.id, ":only": only },
            corrective_row,
        )?
        .into_iter()
        .collect();
    let element = |operation: Operation| {
        let (id, given) = (operation.id, answers.remove(&operation.id).unwrap_or_default());
        Element::new(i.id, operation, given, correctives.remove(&id))
    };
    Ok(operations.into_iter().map(element).collect())
}

pub fn add_answer(
    tx: &Tx<'_>,
    i: &Intervention,
    operation: OperationId,
    content: &Content,
    remarque: Option<&str>,
    hors_tolerance: bool,
) -> Result<()> {
    tx.insert(
        "insert into checklist_reponses (intervention_id, gamme_id, gamme_version, operation_id, coche, valeur,
             texte, document_id, remarque, hors_tolerance, date, user_id, auteur)
         values (:id, :gamme, :version, :operation, :coche, :valeur, :texte, :document, :remarque, :hors_tolerance, :now,
             :user, coalesce((select full_name from users where id = :user), :auteur))",
        named_params! {
            ":id": i.id, ":gamme": i.gamme_id, ":version": i.gamme_version, ":operation": operation,
            ":coche": content.coche, ":valeur": content.valeur, ":texte": content.texte,
            ":document": content.document_id,
            ":remarque": remarque, ":hors_tolerance": hors_tolerance, ":now": tx.now(),
            ":user": tx.actor().user_id, ":auteur": tx.actor().name,
        },
    )?;
    Ok(())
}

/// Proposes corrective work for an operation, once. Returns whether that is new.
pub fn propose(tx: &Tx<'_>, id: InterventionId, operation: OperationId) -> Result<bool> {
    let added = tx.execute(
        "insert into checklist_correctives (intervention_id, operation_id, proposee_le)
         values (:id, :operation, :now) on conflict do nothing",
        named_params! { ":id": id, ":operation": operation, ":now": tx.now() },
    )?;
    Ok(added > 0)
}

/// Takes a proposal back, unless the corrective work was created.
pub fn withdraw_proposal(tx: &Tx<'_>, id: InterventionId, operation: OperationId) -> Result<()> {
    tx.execute(
        "delete from checklist_correctives
         where intervention_id = :id and operation_id = :operation and corrective_id is null",
        named_params! { ":id": id, ":operation": operation },
    )?;
    Ok(())
}

pub fn set_corrective(
    tx: &Tx<'_>,
    id: InterventionId,
    operation: OperationId,
    corrective: InterventionId,
) -> Result<()> {
    tx.execute(
        "update checklist_correctives set corrective_id = :corrective
         where intervention_id = :id and operation_id = :operation",
        named_params! { ":id": id, ":operation": operation, ":corrective": corrective },
    )?;
    Ok(())
}

fn reponse_row(row: &Row<'_>) -> rusqlite::Result<Reponse> {
    Ok(Reponse {
        coche: row.get("coche")?,
        valeur: row.get("valeur")?,
        texte: row.get("texte")?,
        document_id: row.get("document_id")?,
        remarque: row.get("remarque")?,
        hors_tolerance: row.get("hors_tolerance")?,
        auteur: row.get("auteur")?,
        date: row.get("date")?,
        repondue: row.get("repondue")?,
    })
}

fn corrective_row(row: &Row<'_>) -> rusqlite::Result<(OperationId, Corrective)> {
    let intervention_id: Option<InterventionId> = row.get("corrective_id")?;
    let statut = match intervention_id {
        Some(_) => StatutCorrective::Creee,
        None => StatutCorrective::Proposee,
    };
    let proposee_le = row.get("proposee_le")?;
    Ok((
        row.get("operation_id")?,
        Corrective { statut, proposee_le, intervention_id, numero: row.get("numero")? },
    ))
}
