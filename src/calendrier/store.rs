//! SQL of the calendar and of its links.

use rusqlite::{Row, named_params};

use super::model::{Evenement, Trace, TypeEvenement};
use super::rules::Period;
use crate::ids::{AbsenceId, InterventionId, SiteId, TechnicienId, UserId};
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Columns, Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::Select;
use crate::users::Langue;

/// A slot lasts 24 h at most, which bounds how far back the index must be read.
const LONGEST_SLOT: std::time::Duration = std::time::Duration::from_secs(86_400);

const SLOT_COLUMNS: &str = "a.id, a.technicien_id, u.full_name, a.debut, a.fin, a.role,
    i.id, i.numero, i.titre, i.statut, i.priorite, i.type_intervention, i.planning_id, i.version, i.updated_at,
    e.id, e.code, e.nom, s.id, s.nom,
    (select count(*) from affectations b
     where b.intervention_id = a.intervention_id and b.technicien_id = a.technicien_id and b.liberee_le is null
       and (b.debut, b.id) < (a.debut, a.id))";
const SLOT_FROM: &str = "affectations a
    join interventions i on i.id = a.intervention_id
    join equipements e on e.id = i.equipement_id
    join sites s on s.id = e.site_id
    join techniciens t on t.id = a.technicien_id
    join users u on u.id = t.user_id";

/// The slots in a period, of interventions that are live or were finished, earliest first.
pub fn slots(
    db: &Reader<'_>,
    period: &Period,
    techniciens: &[TechnicienId],
    sites: &[SiteId],
    limit: usize,
) -> Result<Vec<Evenement>> {
    let mut select = Select::new(SLOT_COLUMNS, SLOT_FROM, "a.id");
    select
        .flag("a.liberee_le is null and i.supprimee_le is null and i.statut <> 'annule'", Some(true))
        .when("a.debut > ?", Some(&period.from.minus(LONGEST_SLOT)))
        .when("a.debut < ?", Some(&period.to))
        .when("a.fin > ?", Some(&period.from))
        .any("a.technicien_id", techniciens)
        .any("s.id", sites);
    select.all(db, "a.debut, a.id", limit, slot)
}

/// The absences in a period, earliest first, and why: nobody else's business than those who may ask.
pub fn absences(
    db: &Reader<'_>,
    period: &Period,
    techniciens: &[TechnicienId],
    limit: usize,
) -> Result<Vec<Evenement>> {
    let columns = "b.id, b.technicien_id, u.full_name, b.debut, b.fin, b.motif, b.created_at";
    let from = "absences b join techniciens t on t.id = b.technicien_id join users u on u.id = t.user_id";
    let mut select = Select::new(columns, from, "b.id");
    select
        .when("b.debut < ?", Some(&period.to))
        .when("b.fin > ?", Some(&period.from))
        .any("b.technicien_id", techniciens);
    select.all(db, "b.debut, b.id", limit, |row| {
        let mut column = Columns::of(row);
        let id: AbsenceId = column.take()?;
        let (technicien_id, technicien_nom) = (column.take()?, column.take()?);
        let (debut, fin) = (column.take()?, column.take()?);
        let titre = column.take::<Option<String>>()?.unwrap_or_default();
        // An absence never changes.
        let trace = Trace { uid: format!("absence-{id}"), version: 0, modifie_le: column.take()? };
        Ok(Evenement {
            technicien_id,
            technicien_nom,
            absence_id: Some(id),
            ..Evenement::new(TypeEvenement::Absence, debut, fin, titre, trace)
        })
    })
}

/// Whom a link is, if their account is active.
pub struct Holder {
    pub role: Option<Role>,
    pub technicien_id: Option<TechnicienId>,
    pub nom: String,
    pub langue: Langue,
}

pub fn holder(db: &Reader<'_>, empreinte: [u8; 32]) -> Result<Option<Holder>> {
    db.maybe(
        "select u.role, t.id as technicien_id, u.full_name, u.langue
         from jetons_calendrier j join users u on u.id = j.user_id left join techniciens t on t.user_id = u.id
         where j.empreinte = :empreinte and u.is_active = 1",
        named_params! { ":empreinte": empreinte },
        |row| {
            Ok(Holder {
                role: row.get("role")?,
                technicien_id: row.get("technicien_id")?,
                nom: row.get("full_name")?,
                langue: row.get("langue")?,
            })
        },
    )
}

/// Since when a person has a link.
pub fn link_since(db: &Reader<'_>, user: UserId) -> Result<Option<Instant>> {
    let user = named_params! { ":user": user };
    db.maybe("select cree_le from jetons_calendrier where user_id = :user", user, |row| row.get(0))
}

/// Gives a person a link in place of the one they had.
pub fn put_link(tx: &Tx<'_>, user: UserId, empreinte: [u8; 32]) -> Result<()> {
    tx.execute(
        "insert into jetons_calendrier (user_id, empreinte, cree_le) values (:user, :empreinte, :now)
         on conflict (user_id) do update set empreinte = :empreinte, cree_le = :now",
        named_params! { ":user": user, ":empreinte": empreinte, ":now": tx.now() },
    )
    .map(drop)
}

/// Takes a person's link away; returns whether there was one.
pub fn remove_link(tx: &Tx<'_>, user: UserId) -> Result<bool> {
    let removed =
        tx.execute("delete from jetons_calendrier where user_id = :user", named_params! { ":user": user })?;
    Ok(removed > 0)
}

fn slot(row: &Row<'_>) -> rusqlite::Result<Evenement> {
    let mut column = Columns::of(row);
    let (affectation_id, technicien_id) = (column.take()?, column.take::<TechnicienId>()?);
    let technicien_nom = column.take()?;
    let (debut, fin, role) = (column.take()?, column.take()?, column.take()?);
    let (intervention_id, numero, titre) = (column.take::<InterventionId>()?, column.take()?, column.take()?);
    let (statut, priorite, type_intervention) = (column.take()?, column.take()?, column.take()?);
    let planning_id = column.take()?;
    let (version, modifie_le) = (column.take()?, column.take()?);
    let (equipement_id, equipement_code, equipement_nom) = (column.take()?, column.take()?, column.take()?);
    let (site_id, site_nom) = (column.take()?, column.take()?);
    // A slot that is moved is another row, and the same entry to whoever is booked on it.
    let rank: i64 = column.take()?;
    let uid = format!("intervention-{intervention_id}-{technicien_id}-{rank}");
    Ok(Evenement {
        technicien_id: Some(technicien_id),
        technicien_nom,
        site_id,
        site_nom,
        equipement_id,
        equipement_code,
        equipement_nom,
        priorite,
        intervention_id: Some(intervention_id),
        numero,
        statut,
        type_intervention,
        affectation_id,
        role,
        planning_id,
        ..Evenement::new(TypeEvenement::Intervention, debut, fin, titre, Trace { uid, version, modifie_le })
    })
}
