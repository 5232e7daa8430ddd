//! SQL of techniciens themselves.

use rusqlite::types::Value;
use rusqlite::{Row, named_params};

use super::competences::held_by;
use crate::ids::{TechnicienId, UserId};
use crate::kernel::auth::Role;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Facettes};
use crate::kernel::page::{Listing, Page, Select, SortKey, bound, fold};
use crate::kernel::phrase::Language;
use crate::techniciens::access;
use crate::techniciens::model::{Disponibilite, NewTechnicien, Technicien, TechnicienFilters};

const SORTS: &[SortKey] = &[
    ("nom", "fold(u.full_name)"),
    ("matricule", "coalesce(t.matricule_key, '')"),
    ("equipe", "coalesce(fold(t.equipe), '')"),
];

const COLUMNS: &str = "t.*, u.full_name, u.email, u.is_active, s.fuseau";
const FROM: &str = "techniciens t join users u on u.id = t.user_id left join sites s on s.id = t.site_id";
/// Once for each compétence that they hold.
const FROM_HOLDERS: &str = "techniciens t join users u on u.id = t.user_id
    join technicien_competences tc on tc.technicien_id = t.id join competences c on c.id = tc.competence_id
    left join sites s on s.id = t.site_id";

/// The techniciens, as the caller may see them.
pub fn list(db: &Reader<'_>, filters: &TechnicienFilters, page: &Page) -> Result<Listing<Technicien>> {
    let list = select(FROM, filters, page).list(db, page, SORTS, "nom", technicien_row)?;
    list.map(|techniciens| {
        let techniciens = with_competences(db, techniciens)?;
        Ok(techniciens.into_iter().map(|technicien| access::shown(db.actor(), technicien)).collect())
    })
}

/// How many of the techniciens of [`list`] have which value.
pub fn facets(
    db: &Reader<'_>,
    filters: &TechnicienFilters,
    page: &Page,
    language: Language,
) -> Result<Facettes> {
    let people = [
        Dimension::text("equipe", "t.equipe", "plain(t.equipe)"),
        Dimension::words::<Disponibilite>("disponibilite", "t.disponibilite"),
    ];
    let held = [Dimension::column("competence_id", "c.id", "c.nom")];
    let mut facettes = select(FROM, filters, page).facets::<TechnicienFilters>(db, language, &people)?;
    facettes.extend(select(FROM_HOLDERS, filters, page).facets::<TechnicienFilters>(db, language, &held)?);
    Ok(facettes)
}

pub fn technicien(db: &Reader<'_>, id: TechnicienId) -> Result<Technicien> {
    let mut technicien = Select::new(COLUMNS, FROM, "t.id").one(db, id, technicien_row)?;
    technicien.competences = held_by(db, &[id])?.into_iter().map(|(_, held)| held).collect();
    Ok(technicien)
}

/// The role of an account, if there is such an account.
pub fn role_of_user(db: &Reader<'_>, id: UserId) -> Result<Option<Role>> {
    db.maybe("select role from users where id = :id", named_params! { ":id": id }, |row| row.get(0))
}

pub fn insert(tx: &Tx<'_>, new: &NewTechnicien) -> Result<TechnicienId> {
    tx.insert(
        "insert into techniciens (user_id, matricule, matricule_key, equipe, site_id, disponibilite, taux_horaire, horaire,
             created_at, updated_at)
         values (:user_id, :matricule, :matricule_key, :equipe, :site_id, :disponibilite, :taux_horaire, :horaire, :now, :now)",
        named_params! {
            ":user_id": new.user_id, ":matricule": new.matricule, ":matricule_key": new.matricule.as_deref().map(fold),
            ":equipe": new.equipe, ":site_id": new.site_id, ":disponibilite": new.disponibilite.unwrap_or(Disponibilite::Disponible),
            ":taux_horaire": new.taux_horaire, ":horaire": new.horaire, ":now": tx.now(),
        },
    )
    .map(TechnicienId)
}

pub fn update(tx: &Tx<'_>, technicien: &Technicien) -> Result<()> {
    tx.execute(
        "update techniciens set matricule = :matricule, matricule_key = :matricule_key, equipe = :equipe,
             site_id = :site_id, disponibilite = :disponibilite, taux_horaire = :taux_horaire, horaire = :horaire,
             version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": technicien.id, ":matricule": technicien.matricule,
            ":matricule_key": technicien.matricule.as_deref().map(fold), ":equipe": technicien.equipe,
            ":disponibilite": technicien.disponibilite, ":taux_horaire": technicien.taux_horaire,
            ":horaire": technicien.horaire, ":site_id": technicien.site_id, ":now": tx.now(),
        },
    )?;
    Ok(())
}

/// The closed sheet of an account, and whether it was closed along with it.
pub fn closed_sheet(db: &Reader<'_>, user: UserId) -> Result<Option<(TechnicienId, bool)>> {
    db.maybe(
        "select id, ferme_avec_compte from techniciens where user_id = :user and ferme_le is not null",
        named_params! { ":user": user },
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Closes a sheet, or opens it again (`None`).
///
/// # Errors
/// 409 by the database while something of it goes on, or when its account has another role.
pub fn set_closed(tx: &Tx<'_>, id: TechnicienId, at: Option<Instant>, with_account: bool) -> Result<()> {
    tx.execute(
        "update techniciens set ferme_le = :at, ferme_avec_compte = :with_account, version = version + 1,
             updated_at = :now
         where id = :id",
        named_params! { ":id": id, ":at": at, ":with_account": with_account, ":now": tx.now() },
    )?;
    Ok(())
}

pub fn delete(tx: &Tx<'_>, id: TechnicienId) -> Result<()> {
    tx.execute("delete from techniciens where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn select(from: &'static str, filters: &TechnicienFilters, page: &Page) -> Select {
    let mut select = Select::new(COLUMNS, from, "t.id");
    select.any_text("t.equipe", &filters.equipe);
    select.any("t.disponibilite", &filters.disponibilite);
    select.flag("u.is_active = 1", filters.actif);
    if filters.avec_fermes != Some(true) {
        select.flag("t.ferme_le is null", Some(true));
    }
    if !filters.competence_id.is_empty() {
        let ids: Vec<Value> = filters.competence_id.iter().map(bound).collect();
        let marks = vec!["?"; ids.len()].join(", ");
        let holders = "select technicien_id from technicien_competences where competence_id";
        select.filter(format!("t.id in ({holders} in ({marks}))"), ids);
    }
    select.contains("u.full_name || ' ' || coalesce(t.matricule, '') || ' ' || coalesce(t.equipe, '')", page);
    select
}

fn with_competences(db: &Reader<'_>, mut techniciens: Vec<Technicien>) -> Result<Vec<Technicien>> {
    let ids: Vec<TechnicienId> = techniciens.iter().map(|technicien| technicien.id).collect();
    for (holder, held) in held_by(db, &ids)? {
        if let Some(technicien) = techniciens.iter_mut().find(|technicien| technicien.id == holder) {
            technicien.competences.push(held);
        }
    }
    Ok(techniciens)
}

/// The compétences are read apart, for a whole page at once.
fn technicien_row(row: &Row<'_>) -> rusqlite::Result<Technicien> {
    Ok(Technicien {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        nom: row.get("full_name")?,
        email: row.get("email")?,
        matricule: row.get("matricule")?,
        equipe: row.get("equipe")?,
        site_id: row.get("site_id")?,
        fuseau: row.get("fuseau")?,
        disponibilite: row.get("disponibilite")?,
        taux_horaire: row.get("taux_horaire")?,
        competences: Vec::new(),
        horaire: row.get("horaire")?,
        actif: row.get("is_active")?,
        ferme_le: row.get("ferme_le")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
