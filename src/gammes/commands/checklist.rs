//! Going through a checklist, and what a measure out of tolerance leads to.

use std::collections::HashSet;

use crate::documents;
use crate::events::Event;
use crate::gammes::model::{Checklist, Corrective, Element, NewReponse, Reponse};
use crate::gammes::rules::{self, Content};
use crate::gammes::store;
use crate::ids::{DocumentId, InterventionId, OperationId};
use crate::interventions::{
    self, Intervention, InterventionDetail, NewIntervention, Origin, Readable, TypeIntervention, Workable,
};
use crate::kernel::auth::Role;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::IfMatch;
use crate::kernel::phrase::Language;
use crate::phrase;

/// Characters of a title.
const TITLE: usize = 200;

/// What became of a wish for corrective work.
pub enum Corrected {
    /// By someone who may: created now, or found where it was created before.
    Created(InterventionDetail),
    Found(InterventionDetail),
    /// By someone who may not: it is proposed to those who may.
    Proposed(Corrective),
}

/// The checklist of an intervention, as the caller may see it.
pub fn checklist(db: &Reader<'_>, readable: &Readable) -> Result<Checklist> {
    let intervention = readable.intervention();
    let elements = store::elements(db, intervention, None)?;
    let gamme_nom = intervention.gamme_id.map(|gamme| store::gamme_nom(db, gamme)).transpose()?;
    Ok(Checklist {
        intervention_id: intervention.id,
        gamme_id: intervention.gamme_id,
        gamme_nom,
        gamme_version: intervention.gamme_version,
        progression: rules::progression(&elements),
        operations: all_shown(db, elements)?,
    })
}

/// One operation of it, as the caller may see it.
///
/// # Errors
/// [`Error::NotFound`] when the intervention's version has no such operation.
pub fn element(db: &Reader<'_>, readable: &Readable, operation: OperationId) -> Result<Element> {
    shown(db, find(db, readable.intervention(), operation)?)
}

/// Answers an operation. The same answer again changes nothing; another one leaves the former behind it.
///
/// # Errors
/// 404, 409 `lecture_seule` once the work is over, 412, 422 for an answer of another kind.
pub fn answer(
    tx: &Tx<'_>,
    workable: Workable,
    operation: OperationId,
    body: &NewReponse,
    expected: IfMatch,
) -> Result<Element> {
    let intervention = workable.into_intervention();
    let before = find(tx, &intervention, operation)?;
    if !intervention.statut.is_live() {
        return Err(Error::conflict(
            "lecture_seule",
            phrase!(
                "Cette intervention est close : sa gamme est figée.",
                "This intervention is closed: its checklist is frozen."
            ),
        ));
    }
    let content =
        rules::content(before.operation.r#type, body).map_err(|wrong| Error::Invalid(vec![wrong]))?;
    let remarque = body.remarque.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if is_same(before.reponse.as_ref(), &content, remarque) {
        return shown(tx, before);
    }
    expected.check(before.answers)?;
    if let Some(photo) = content.document_id {
        check_photo(tx, intervention.id, photo)?;
    }
    let (min, max) = (before.operation.min, before.operation.max);
    let out = content.valeur.is_some_and(|valeur| rules::is_out(valeur, min, max));
    store::add_answer(tx, &intervention, operation, &content, remarque, out)?;
    let proposes = if out {
        store::propose(tx, intervention.id, operation)?
    } else {
        store::withdraw_proposal(tx, intervention.id, operation)?;
        false
    };
    let after = find(tx, &intervention, operation)?;
    tx.record(
        Event::ReponseDonnee(intervention.id),
        Change::between(&Told::of(&before), &Told::of(&after))?,
    )?;
    if let Some(valeur) = content.valeur.filter(|_| proposes) {
        let releve = rules::symptom(&after.operation, valeur);
        let [fr, en, ar] = Language::ALL.map(|language| releve.text(language));
        let told = serde_json::json!({
            "operation_id": operation, "releve": fr, "releve_en": en, "releve_ar": ar,
        });
        tx.record(Event::MesureHorsTolerance(intervention.id), Change::created(&told)?)?;
    }
    shown(tx, after)
}

/// Creates the corrective work for a measure out of tolerance, once; by someone who may not create work, sees
/// that it is proposed to those who may.
///
/// # Errors
/// 404, 409 `dans_la_tolerance` when there is nothing to correct, 409 `corrective_supprimee` when it was deleted.
pub fn correct(tx: &Tx<'_>, workable: Workable, operation: OperationId) -> Result<Corrected> {
    let intervention = workable.into_intervention();
    let element = find(tx, &intervention, operation)?;
    let Some(corrective) = element.corrective.clone() else {
        return Err(Error::conflict(
            "dans_la_tolerance",
            phrase!(
                "Aucune mesure hors tolérance à corriger ici.",
                "No measure out of tolerance to correct here."
            ),
        ));
    };
    if !tx.actor().runs_the_plant() {
        let element = shown(tx, element)?;
        return Ok(Corrected::Proposed(element.corrective.unwrap_or(corrective)));
    }
    if let Some(existing) = corrective.intervention_id {
        let found = Readable::of(tx, existing).map_err(|error| match error {
            Error::NotFound => Error::conflict(
                "corrective_supprimee",
                phrase!("L’intervention corrective a été supprimée.", "The corrective work was deleted."),
            ),
            other => other,
        })?;
        return Ok(Corrected::Found(interventions::detail(tx, found)?));
    }
    let created = interventions::create(tx, work(&intervention, &element), Origin::Person)?;
    let id = created.intervention.id;
    store::set_corrective(tx, intervention.id, operation, id)?;
    tx.record(
        Event::CorrectiveCreee(intervention.id),
        Change::created(&serde_json::json!({ "operation_id": operation, "corrective_id": id }))?,
    )?;
    Ok(Corrected::Created(created))
}

/// The corrective work that a measure asks for.
fn work(intervention: &Intervention, element: &Element) -> NewIntervention {
    let operation = &element.operation;
    let titre: String = format!("Hors tolérance : {}", operation.libelle).chars().take(TITLE).collect();
    // The measure that the proposal was made for may have been corrected since, but then there is no proposal.
    let valeur = element.reponse.as_ref().and_then(|given| given.valeur);
    let symptome = valeur.map(|valeur| rules::symptom(operation, valeur).text(Language::French).to_owned());
    let remarque = element.reponse.as_ref().and_then(|given| given.remarque.as_deref());
    let (numero, cause) = (&intervention.numero, &intervention.titre);
    let description = [Some(format!("Relevé lors de {numero} « {cause} ».")), remarque.map(str::to_owned)];
    NewIntervention {
        description: Some(description.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        symptome,
        ..NewIntervention::new(titre, TypeIntervention::Corrective, intervention.equipement_id)
    }
}

/// A picture attached to this intervention, or 422.
fn check_photo(tx: &Tx<'_>, id: InterventionId, photo: DocumentId) -> Result<()> {
    let unknown = || Error::unknown_reference("document_id");
    let document = documents::document(tx, photo).map_err(|error| match error {
        Error::NotFound => unknown(),
        other => other,
    })?;
    if document.intervention_id != Some(id) {
        return Err(unknown());
    }
    if document.type_mime.is_picture() {
        return Ok(());
    }
    Err(Error::invalid("document_id", "valeur_invalide", phrase!("n’est pas une photo", "is not a picture")))
}

fn find(db: &Reader<'_>, intervention: &Intervention, operation: OperationId) -> Result<Element> {
    store::elements(db, intervention, Some(operation))?.pop().ok_or(Error::NotFound)
}

fn is_same(current: Option<&Reponse>, content: &Content, remarque: Option<&str>) -> bool {
    let Some(current) = current else { return *content == Content::default() };
    let Reponse { coche, valeur, texte, document_id, remarque: said, .. } = current;
    let Content { coche: now_coche, valeur: now_valeur, texte: now_texte, document_id: now_document } =
        content;
    (coche, valeur, texte, document_id) == (now_coche, now_valeur, now_texte, now_document)
        && said.as_deref() == remarque
}

fn shown(db: &Reader<'_>, element: Element) -> Result<Element> {
    all_shown(db, vec![element])?.pop().ok_or(Error::NotFound)
}

/// What the caller may see of operations: remarks stay among the plant's own people, and corrective work is shown to
/// those who see it.
fn all_shown(db: &Reader<'_>, mut elements: Vec<Element>) -> Result<Vec<Element>> {
    if db.actor().is(Role::Client) {
        for given in
            elements.iter_mut().flat_map(|element| element.reponse.iter_mut().chain(&mut element.precedentes))
        {
            given.remarque = None;
        }
    }
    let created =
        |element: &Element| element.corrective.as_ref().and_then(|corrective| corrective.intervention_id);
    let created: Vec<_> = elements.iter().filter_map(created).collect();
    let seen: HashSet<_> =
        interventions::seen_by(db, db.actor(), &created)?.into_iter().map(|(id, _)| id).collect();
    for corrective in elements.iter_mut().filter_map(|element| element.corrective.as_mut()) {
        if corrective.intervention_id.is_some_and(|id| !seen.contains(&id)) {
            (corrective.intervention_id, corrective.numero) = (None, None);
        }
    }
    Ok(elements)
}

/// An operation and its answer, for the journal.
#[derive(serde::Serialize)]
struct Told<'a> {
    operation_id: OperationId,
    libelle: &'a str,
    reponse: Option<&'a Reponse>,
}

impl<'a> Told<'a> {
    fn of(element: &'a Element) -> Self {
        let Element { operation, reponse, .. } = element;
        Self { operation_id: operation.id, libelle: &operation.libelle, reponse: reponse.as_ref() }
    }
}
