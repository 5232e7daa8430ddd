//! What interventions make of their machine: who stops it, since when, and until when.

use rusqlite::named_params;

use crate::ids::{EquipementId, InterventionId};
use crate::interventions::model::{EquipementRendu, Intervention};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// What a machine's statut was and is.
pub type MachineChange = (String, EquipementRendu);

/// Puts a machine that was broken down or under maintenance back into service.
/// Tells what changed, if anything did.
pub fn return_machine(tx: &Tx<'_>, i: &Intervention) -> Result<Option<MachineChange>> {
    if is_stopped_by_others(tx, i)? {
        return Ok(None);
    }
    set_machine(tx, i.equipement_id, EquipementRendu::Operationnel)
}

/// Whether another started intervention still stops the machine of one.
pub fn is_stopped_by_others(db: &Reader<'_>, i: &Intervention) -> Result<bool> {
    db.one(
        "select exists (
             select 1 from interventions o
             where o.equipement_id = :equipement and o.id <> :id and o.arret_equipement = 1
               and o.statut in ('en_cours', 'attente_pieces') and o.supprimee_le is null
               and (o.date_remise_en_service is null or o.date_fin_reelle is null))",
        named_params! { ":id": i.id, ":equipement": i.equipement_id },
        |row| row.get(0),
    )
}

/// Whether somebody else's report says that the machine of an intervention is down: work that has not begun, or a
/// demande without an answer.
pub fn is_reported_by_others(db: &Reader<'_>, i: &Intervention) -> Result<bool> {
    db.one(
        "select exists (
             select 1 from interventions o
             where o.equipement_id = :equipement and o.id <> :id and o.arret_equipement = 1 and o.statut = 'planifie'
               and (o.type_intervention in ('corrective', 'diagnostic') or o.survenue_le is not null)
               and o.supprimee_le is null)
          or exists (
             select 1 from demandes d
             where d.equipement_id = :equipement and d.arret_equipement = 1 and d.statut = 'nouvelle')",
        named_params! { ":id": i.id, ":equipement": i.equipement_id },
        |row| row.get(0),
    )
}

/// Since when other started work has stopped the machine of an intervention: it is one stop.
pub fn shared_stop(db: &Reader<'_>, i: &Intervention) -> Result<Option<Instant>> {
    db.one(
        "select min(o.date_arret) from interventions o
         where o.equipement_id = :equipement and o.id <> :id and o.arret_equipement = 1
           and o.statut in ('en_cours', 'attente_pieces') and o.supprimee_le is null
           and o.date_remise_en_service is null",
        named_params! { ":id": i.id, ":equipement": i.equipement_id },
        |row| row.get(0),
    )
}

/// Finished work whose stop went on with that of another on the same machine, and so ends with it.
pub fn open_stops(db: &Reader<'_>, i: &Intervention) -> Result<Vec<InterventionId>> {
    db.all(
        "select o.id from interventions o
         where o.equipement_id = :equipement and o.id <> :id and o.arret_equipement = 1 and o.statut = 'termine'
           and o.date_arret is not null and o.date_remise_en_service is null and o.date_validation is null
           and o.supprimee_le is null",
        named_params! { ":id": i.id, ":equipement": i.equipement_id },
        |row| row.get(0),
    )
}

/// Sets a machine's statut; a retired one stays retired. Tells what changed, if anything did.
pub fn set_machine(
    tx: &Tx<'_>,
    equipement: EquipementId,
    statut: EquipementRendu,
) -> Result<Option<MachineChange>> {
    let before: String = tx.one(
        "select statut from equipements where id = :id",
        named_params! { ":id": equipement },
        |row| row.get(0),
    )?;
    if before == "retire" || before == statut.word() {
        return Ok(None);
    }
    tx.execute(
        "update equipements set statut = :statut, version = version + 1, updated_at = :now where id = :id",
        named_params! { ":id": equipement, ":statut": statut, ":now": tx.now() },
    )?;
    Ok(Some((before, statut)))
}

/// Shows that a machine in service has broken down. Tells what changed, if anything did.
pub fn report_stopped(tx: &Tx<'_>, equipement: EquipementId) -> Result<Option<MachineChange>> {
    if statut_is(tx, equipement, EquipementRendu::Operationnel)? {
        set_machine(tx, equipement, EquipementRendu::Panne)
    } else {
        Ok(None)
    }
}

/// Whether a machine has this statut.
fn statut_is(db: &Reader<'_>, equipement: EquipementId, statut: EquipementRendu) -> Result<bool> {
    db.one(
        "select statut = :statut from equipements where id = :id",
        named_params! { ":id": equipement, ":statut": statut },
        |row| row.get(0),
    )
}
