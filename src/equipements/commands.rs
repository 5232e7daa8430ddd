//! What can be done with équipements.

use qrcode::QrCode;
use qrcode::render::svg;

use super::model::{
    Arbre, Criticite, Equipement, EquipementPatch, Etiquette, NewEquipement, StatutEquipement, TravauxFilters,
};
use super::{rules, store};
use crate::attaches::{self, Parent};
use crate::clients;
use crate::events::Event;
use crate::ids::EquipementId;
use crate::interventions::{self, Intervention, InterventionFilters};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::page::{Listing, Page};
use crate::phrase;

/// Pixels of one module of a QR code: readable from a label two centimetres wide.
const MODULE: u32 = 8;

pub fn create(tx: &Tx<'_>, new: NewEquipement) -> Result<Equipement> {
    let now = tx.now();
    let draft = Equipement {
        id: EquipementId(0),
        code: new.code,
        jeton: String::new(),
        nom: new.nom,
        r#type: new.r#type,
        localisation: new.localisation,
        site_id: new.site_id,
        site_code: String::new(),
        site_nom: String::new(),
        client_id: None,
        parent_id: new.parent_id,
        criticite: new.criticite.unwrap_or(Criticite::Standard),
        statut: new.statut.unwrap_or(StatutEquipement::Operationnel),
        fabricant: new.fabricant,
        modele: new.modele,
        numero_serie: new.numero_serie,
        date_mise_en_service: new.date_mise_en_service,
        valeur_remplacement: new.valeur_remplacement,
        attributs: new.attributs,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check_place(tx, &draft)?;
    let equipement = store::equipement(tx, store::insert(tx, &draft)?)?;
    tx.record(Event::EquipementCree(equipement.id), Change::created(&equipement)?)?;
    Ok(equipement)
}

pub fn update(
    tx: &Tx<'_>,
    id: EquipementId,
    patch: EquipementPatch,
    expected: IfMatch,
) -> Result<Equipement> {
    let before = store::equipement(tx, id)?;
    expected.check(before.version)?;
    let mut equipement = before.clone();
    replace(&mut equipement.code, patch.code);
    replace(&mut equipement.nom, patch.nom);
    replace(&mut equipement.r#type, patch.r#type);
    replace(&mut equipement.localisation, patch.localisation);
    replace(&mut equipement.site_id, patch.site_id);
    replace(&mut equipement.parent_id, patch.parent_id);
    replace(&mut equipement.criticite, patch.criticite);
    replace(&mut equipement.statut, patch.statut);
    replace(&mut equipement.fabricant, patch.fabricant);
    replace(&mut equipement.modele, patch.modele);
    replace(&mut equipement.numero_serie, patch.numero_serie);
    replace(&mut equipement.date_mise_en_service, patch.date_mise_en_service);
    replace(&mut equipement.valeur_remplacement, patch.valeur_remplacement);
    replace(&mut equipement.attributs, patch.attributs);
    check_place(tx, &equipement)?;
    let after = save(tx, &before, &equipement)?;
    if after.site_id != before.site_id {
        let mut moved = vec![id];
        for part in store::descendants(tx, id)? {
            let part = store::equipement(tx, part)?;
            save(tx, &part, &Equipement { site_id: after.site_id, ..part.clone() })?;
            moved.push(part.id);
        }
        let zones = (clients::site_zone(tx, before.site_id)?, clients::site_zone(tx, after.site_id)?);
        interventions::keep_wall_clock(tx, &moved, (&zones.0, &zones.1))?;
    }
    Ok(after)
}

/// Refused (409) while anything hangs on it: it is retired instead. That parts fit it goes with it, and is told.
pub fn delete(tx: &Tx<'_>, id: EquipementId, expected: IfMatch) -> Result<()> {
    let before = store::equipement(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Donnez-lui plutôt le statut « retire ».", "Give it the statut \"retire\" instead.");
    attaches::require_free(tx, Parent::Equipement, id.0, "utilise", advice)?;
    let carried = attaches::carried(tx, Parent::Equipement, id.0)?;
    attaches::forget_hidden(tx, Parent::Equipement, id.0)?;
    store::delete(tx, id)?;
    let told = attaches::with_carried(&before, &carried)?;
    tx.record(Event::EquipementSupprime(id), Change::deleted(&told)?)
}

/// An équipement, what hangs below it and what stands above it.
pub fn tree(db: &Reader<'_>, id: EquipementId) -> Result<Arbre> {
    store::equipement(db, id)?;
    rules::tree(store::branches(db, id)?, store::ancestors(db, id)?).ok_or(Error::NotFound)
}

/// The interventions on an équipement that the caller sees.
pub fn interventions(
    db: &Reader<'_>,
    id: EquipementId,
    filters: TravauxFilters,
    page: &Page,
) -> Result<Listing<Intervention>> {
    store::equipement(db, id)?;
    let TravauxFilters { statut, type_intervention } = filters;
    let filters =
        InterventionFilters { equipement_id: vec![id], statut, type_intervention, ..Default::default() };
    interventions::list(db, &filters, page)
}

/// What a label leads to, of what the caller sees: by its identifier, its machine's code, or one that it had.
pub fn label(db: &Reader<'_>, lue: String) -> Result<Etiquette> {
    let bearers = store::bearers(db, &lue)?;
    rules::labelled(lue, bearers).ok_or(Error::NotFound)
}

/// The label's QR code as an SVG image: scanning it opens the équipement.
pub fn qr_code(db: &Reader<'_>, id: EquipementId, public_url: &str) -> Result<String> {
    let address = rules::label_address(public_url, &store::equipement(db, id)?.jeton);
    let code = QrCode::new(address).map_err(|cause| Error::Internal(cause.into()))?;
    Ok(code.render::<svg::Color<'_>>().module_dimensions(MODULE, MODULE).build())
}

fn save(tx: &Tx<'_>, before: &Equipement, equipement: &Equipement) -> Result<Equipement> {
    store::update(tx, equipement).map_err(|error| match error {
        Error::Conflict(conflict) if conflict.code == "regle" => Error::conflict(
            "cycle",
            phrase!(
                "Un équipement ne peut pas faire partie de lui-même.",
                "An équipement cannot be a part of itself."
            ),
        ),
        other => other,
    })?;
    let after = store::equipement(tx, equipement.id)?;
    tx.record(Event::EquipementModifie(after.id), Change::between(before, &after)?)?;
    Ok(after)
}

/// The site exists, and so does the parent, on that site.
fn check_place(tx: &Tx<'_>, equipement: &Equipement) -> Result<()> {
    let known = |champ| {
        move |error| match error {
            Error::NotFound => Error::unknown_reference(champ),
            other => other,
        }
    };
    clients::site(tx, equipement.site_id).map_err(known("site_id"))?;
    let Some(parent) = equipement.parent_id else { return Ok(()) };
    rules::check_parent(equipement, &store::equipement(tx, parent).map_err(known("parent_id"))?)
}
