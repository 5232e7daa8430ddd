//! SQL of the sown meters.

use rusqlite::named_params;

use crate::ids::{CompteurId, EquipementId, UserId};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::Result;
use crate::kernel::page::fold;

pub struct Meter<'a> {
    pub machine: EquipementId,
    pub nom: &'a str,
    pub unite: &'a str,
    /// Whole units.
    pub capacite: Option<i64>,
    pub gauge: bool,
}

pub struct MeterPlan<'a> {
    pub titre: &'a str,
    /// Thousandths.
    pub pas: i64,
    pub depart: i64,
}

pub fn insert_meter(tx: &Tx<'_>, at: Instant, meter: &Meter<'_>) -> Result<CompteurId> {
    tx.insert(
        "insert into compteurs (equipement_id, nom, nom_key, unite, type, capacite, created_at, updated_at)
         values (:machine, :nom, :nom_key, :unite, :type, :capacite, :at, :at)",
        named_params! {
            ":machine": meter.machine, ":nom": meter.nom, ":nom_key": fold(meter.nom), ":unite": meter.unite,
            ":type": if meter.gauge { "jauge" } else { "continu" },
            ":capacite": meter.capacite.map(|units| units * 1000), ":at": at,
        },
    )
    .map(CompteurId)
}

/// A value in thousandths.
pub fn insert_reading(tx: &Tx<'_>, id: CompteurId, at: Instant, valeur: i64, author: UserId) -> Result<()> {
    tx.execute(
        "insert into releves (compteur_id, date, valeur, auteur_id, auteur, created_at)
         select :id, :at, :valeur, id, full_name, :at from users where id = :author",
        named_params! { ":id": id, ":at": at, ":valeur": valeur, ":author": author },
    )
    .map(drop)
}

pub fn insert_meter_plan(tx: &Tx<'_>, id: CompteurId, at: Instant, plan: &MeterPlan<'_>) -> Result<()> {
    tx.execute(
        "insert into compteur_plans (compteur_id, titre, pas, depart, priorite, created_at, updated_at)
         values (:id, :titre, :pas, :depart, 'normale', :at, :at)",
        named_params! { ":id": id, ":titre": plan.titre, ":pas": plan.pas, ":depart": plan.depart, ":at": at },
    )
    .map(drop)
}
