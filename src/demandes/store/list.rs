//! Lists of demandes: filters, order, page.

use super::rows::{demande_row, select};
use crate::clients::plant_zone;
use crate::demandes::model::{Demande, DemandeFilters, StatutDemande};
use crate::ids::EquipementId;
use crate::interventions::Priorite;
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Faceted};
use crate::kernel::page::{Listing, Page, Select, SortKey, bound, full_text};
use crate::kernel::phrase::Language;

const SORTS: &[SortKey] = &[
    ("date_creation", "d.date_creation"),
    ("numero", "d.numero"),
    ("titre", "fold(d.titre)"),
    ("urgence", "case d.urgence when 'basse' then 0 when 'normale' then 1 when 'haute' then 2 else 3 end"),
    (
        "statut",
        "case d.statut when 'nouvelle' then 0 when 'acceptee' then 1 when 'refusee' then 2 else 3 end",
    ),
    ("equipement_nom", "fold(coalesce(e.nom, ''))"),
    ("updated_at", "d.updated_at"),
];

const NEWEST_FIRST: &str = "-date_creation";

/// The demandes that the caller sees, filtered.
///
/// # Errors
/// 422 for an unknown sort key or a cursor of another list.
pub fn list(db: &Reader<'_>, filters: &DemandeFilters, page: &Page) -> Result<Listing<Demande>> {
    page_of(db, &filtered(db, filters, page)?, page)
}

/// The same, with how many of all of them have which value.
pub fn faceted(
    db: &Reader<'_>,
    filters: &DemandeFilters,
    page: &Page,
    language: Language,
) -> Result<Faceted<Demande>> {
    let select = filtered(db, filters, page)?;
    let dimensions = [
        Dimension::words::<StatutDemande>("statut", "d.statut"),
        Dimension::words::<Priorite>("urgence", "d.urgence"),
        Dimension::column("equipement_id", "d.equipement_id", "e.nom"),
        Dimension::column("site_id", "d.site_id", "s.nom"),
        Dimension::column("client_id", "d.client_id", "(select nom from clients where id = d.client_id)"),
        Dimension::flag("arret_equipement", "d.arret_equipement"),
    ];
    let facettes = select.facets::<DemandeFilters>(db, language, &dimensions)?;
    Ok(Faceted { list: page_of(db, &select, page)?, facettes })
}

/// The demandes on an équipement that the caller sees and that wait for an answer or for work to end.
pub fn open_on(db: &Reader<'_>, equipement: EquipementId, page: &Page) -> Result<Vec<Demande>> {
    let mut select = select(db);
    select
        .any("d.equipement_id", &[equipement])
        .filter("(d.statut = 'nouvelle' or i.statut in ('planifie', 'en_cours', 'attente_pieces'))", []);
    page_of(db, &select, page).map(|list| list.items)
}

fn page_of(db: &Reader<'_>, select: &Select, page: &Page) -> Result<Listing<Demande>> {
    select.list(db, page, SORTS, NEWEST_FIRST, |row| demande_row(row, db.actor()))
}

/// What the caller sees and the filters keep.
fn filtered(db: &Reader<'_>, filters: &DemandeFilters, page: &Page) -> Result<Select> {
    let mut select = select(db);
    select
        .any("d.statut", &filters.statut)
        .any("d.urgence", &filters.urgence)
        .any("d.equipement_id", &filters.equipement_id)
        .any("d.site_id", &filters.site_id)
        .any("d.client_id", &filters.client_id)
        .any("d.intervention_id", &filters.intervention_id)
        .flag("d.arret_equipement", filters.arret_equipement);
    match filters.miennes {
        Some(true) => select.filter("d.demandeur_id is ?", [bound(&db.actor().user_id)]),
        Some(false) => select.filter("d.demandeur_id is not ?", [bound(&db.actor().user_id)]),
        None => &mut select,
    };
    if filters.cree_du.or(filters.cree_au).is_some() {
        let zone = plant_zone(db)?;
        select
            .when("d.date_creation >= ?", filters.cree_du.map(|from| from.start(&zone)).as_ref())
            .when("d.date_creation < ?", filters.cree_au.map(|to| to.end(&zone)).as_ref());
    }
    for word in page.words() {
        let Some(term) = full_text(&[word]) else { continue };
        select.filter(
            "(d.id in (select rowid from demandes_fts where demandes_fts match ?)
              or d.equipement_id in (select rowid from equipements_fts where equipements_fts match ?))",
            [bound(&term), bound(&term)],
        );
    }
    Ok(select)
}
