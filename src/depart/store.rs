//! SQL of what is somebody's: counted in all, the first of each kind by name.

use rusqlite::{Row, named_params};

use super::model::{Chose, Lot};
use crate::agenda::Slot;
use crate::attaches::Attache;
use crate::ids::{InterventionId, TechnicienId, UserId};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;

/// Things of one kind that are told by name, and slots of one of them.
pub const NAMED: usize = 20;

/// The interventions, of these that are open.
pub fn interventions(
    db: &Reader<'_>,
    technicien: TechnicienId,
    open: &[InterventionId],
) -> Result<Option<Lot>> {
    let first = &open[..open.len().min(NAMED)];
    let mut items = db.all(
        "select id, numero, titre from interventions where id in (select value from json_each(:ids)) order by id",
        named_params! { ":ids": serde_json::to_string(first)? },
        chose,
    )?;
    for item in &mut items {
        item.creneaux = slots(db, technicien, InterventionId(item.id))?;
    }
    Ok(lot(Attache::Interventions, true, open.len() as i64, items))
}

fn slots(db: &Reader<'_>, technicien: TechnicienId, id: InterventionId) -> Result<Vec<Slot>> {
    db.all(
        "select debut, fin from affectations
         where intervention_id = :id and technicien_id = :technicien and liberee_le is null and fin > :now
         order by debut limit :named",
        named_params! { ":id": id, ":technicien": technicien, ":now": db.now(), ":named": NAMED as i64 },
        |row| Ok(Slot { debut: row.get(0)?, fin: row.get(1)? }),
    )
}

/// The timer that runs.
pub fn timer(db: &Reader<'_>, technicien: TechnicienId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::Chronometre, true),
        "select t.id, i.numero, i.titre from temps t join interventions i on i.id = t.intervention_id
         where t.technicien_id = :whose and t.fin is null order by t.id",
        technicien.0,
    )
}

/// The plans by date that have not ended.
pub fn plans(db: &Reader<'_>, technicien: TechnicienId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::Plans, true),
        "select p.id, p.titre, e.code from plannings p join equipements e on e.id = p.equipement_id
         where p.technicien_id = :whose and p.statut <> 'termine' order by p.id",
        technicien.0,
    )
}

/// The plans by meter that have not ended.
pub fn meter_plans(db: &Reader<'_>, technicien: TechnicienId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::PlansCompteur, true),
        "select p.id, p.titre, e.code from compteur_plans p join compteurs c on c.id = p.compteur_id
         join equipements e on e.id = c.equipement_id
         where p.technicien_id = :whose and p.statut <> 'termine' order by p.id",
        technicien.0,
    )
}

/// The link to their calendar, if it is still good.
pub fn link(db: &Reader<'_>, user: UserId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::LienCalendrier, false),
        "select u.id, u.full_name, null from jetons_calendrier j join users u on u.id = j.user_id
         where j.user_id = :whose and j.auth_version = u.auth_version",
        user.0,
    )
}

/// The views that they share with others.
pub fn views(db: &Reader<'_>, user: UserId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::Vues, false),
        "select id, nom, null from vues where user_id = :whose and partagee = 1 order by id",
        user.0,
    )
}

/// The demandes that they filed and that wait for their end.
pub fn demandes(db: &Reader<'_>, user: UserId) -> Result<Option<Lot>> {
    counted(
        db,
        (Attache::Demandes, false),
        "select d.id, d.numero, d.titre from demandes d left join interventions i on i.id = d.intervention_id
         where d.demandeur_id = :whose
           and (d.statut = 'nouvelle'
                or d.statut = 'acceptee' and i.statut in ('planifie', 'en_cours', 'attente_pieces'))
         order by d.id",
        user.0,
    )
}

fn counted(
    db: &Reader<'_>,
    (kind, a_remettre): (Attache, bool),
    things: &str,
    whose: i64,
) -> Result<Option<Lot>> {
    let mut nombre = 0;
    let items = db.all(
        &format!("select *, count(*) over () from ({things}) limit {NAMED}"),
        named_params! { ":whose": whose },
        |row| {
            nombre = row.get(3)?;
            chose(row)
        },
    )?;
    Ok(lot(kind, a_remettre, nombre, items))
}

fn lot(r#type: Attache, a_remettre: bool, nombre: i64, items: Vec<Chose>) -> Option<Lot> {
    (nombre > 0).then(|| Lot { r#type, a_remettre, nombre, reste: nombre - items.len() as i64, items })
}

fn chose(row: &Row<'_>) -> rusqlite::Result<Chose> {
    Ok(Chose { id: row.get(0)?, nom: row.get(1)?, detail: row.get(2)?, creneaux: Vec::new() })
}
