//! Entering readings, early or late, and setting wrong ones aside.

use std::collections::HashMap;
use std::time::Duration;

use super::seuils;
use crate::clients::site_zone;
use crate::compteurs::access::Readable;
use crate::compteurs::model::{
    Compteur, Explication, NatureReleve, NewReleve, Releve, ReleveFilters, StatutCompteur, TypeCompteur,
};
use crate::compteurs::rules::{self, Asked, Misfit, Placed, Point};
use crate::compteurs::store;
use crate::events::Event;
use crate::ids::ReleveId;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::{Listing, Page};
use crate::kernel::quantity::Quantity;
use crate::phrase;

/// A clock of a phone may be a little ahead of the server's.
const AHEAD: Duration = Duration::from_secs(120);

/// Readings that one correction sets aside at most.
pub const MOST_WRONG: usize = 50;

/// The readings of a meter, each with the thresholds that it passed.
pub fn releves(
    db: &Reader<'_>,
    readable: &Readable,
    filters: &ReleveFilters,
    page: &Page,
) -> Result<Listing<Releve>> {
    let compteur = readable.compteur();
    let zone = site_zone(db, compteur.site_id)?;
    let list = store::releves(db, compteur, filters, page, &zone)?;
    list.map(|releves| with_seuils(db, releves))
}

/// Enters a reading; what is due by it is made in the same transaction.
///
/// # Errors
/// 409 `compteur_retire`; 409 `releve_en_baisse` for a counter that shows less than before, with `precedent` and the
/// `explications` to choose from, or 409 `releve_saut` for one that shows more than it can have run since; 409
/// `releve_incoherent` when no explanation makes it fit; 422.
pub fn enter(tx: &Tx<'_>, readable: &Readable, new: &NewReleve) -> Result<Releve> {
    let compteur = readable.compteur();
    if compteur.statut == StatutCompteur::Retire {
        return Err(Error::conflict(
            "compteur_retire",
            phrase!("Ce compteur est retiré.", "This meter is retired."),
        ));
    }
    let date = new.date.unwrap_or(tx.now());
    if date > tx.now().plus(AHEAD) {
        let message = phrase!("ne peut pas être dans le futur", "cannot be in the future");
        return Err(Error::invalid("date", "valeur_invalide", message));
    }
    let placed = match compteur.r#type {
        TypeCompteur::Continu => place(tx, compteur, date, new)?,
        TypeCompteur::Jauge => gauge(new)?,
    };
    let commentaire = new.commentaire.as_deref();
    let id = store::insert_releve(tx, compteur.id, (date, new.valeur), &placed, commentaire)?;
    tx.record(Event::ReleveSaisi(id), Change::created(&store::releve(tx, compteur.id, id)?)?)?;
    if compteur.r#type == TypeCompteur::Continu {
        seuils::act(tx, compteur, None)?;
    }
    one(tx, compteur, id)
}

/// A reading no longer counts; nor do the thresholds that it alone had passed. What was made of them stays for people
/// to cancel.
///
/// # Errors
/// 409 `deja_annule`; 409 `releve_incoherent` for a rollover or replacement that later readings rest upon.
pub fn annul(tx: &Tx<'_>, readable: &Readable, id: ReleveId, motif: &str) -> Result<Releve> {
    let compteur = readable.compteur();
    set_aside(tx, compteur, id, motif)?;
    seuils::take_back(tx, compteur)?;
    one(tx, compteur, id)
}

fn set_aside(tx: &Tx<'_>, compteur: &Compteur, id: ReleveId, motif: &str) -> Result<()> {
    let before = store::releve(tx, compteur.id, id)?;
    if before.annule_le.is_some() {
        return Err(Error::conflict(
            "deja_annule",
            phrase!("Ce relevé est déjà annulé.", "This reading is annulled already."),
        ));
    }
    let is_last = store::last(tx, compteur.id)?.is_some_and(|(last, _)| last == id);
    if before.nature != NatureReleve::Releve && !is_last {
        return Err(Error::conflict(
            "releve_incoherent",
            phrase!(
                "Des relevés plus récents comptent à partir de celui-ci : annulez-les d’abord.",
                "Later readings count from this one: annul them first."
            ),
        ));
    }
    store::annul(tx, id, motif)?;
    let after = store::releve(tx, compteur.id, id)?;
    tx.record(Event::ReleveAnnule(id), Change::between(&before, &after)?)
}

fn gauge(new: &NewReleve) -> Result<Placed> {
    let said = [("explication", new.explication.is_some()), ("valeur_finale", new.valeur_finale.is_some())];
    if let Some((champ, _)) = said.into_iter().find(|(_, is_given)| *is_given) {
        let message = phrase!("une jauge monte et descend", "a gauge goes up and down");
        return Err(Error::invalid(champ, "champ_inconnu", message));
    }
    Ok(Placed { nature: NatureReleve::Releve, saut: Quantity::ZERO, cumul: new.valeur })
}

fn place(tx: &Tx<'_>, compteur: &Compteur, date: Instant, new: &NewReleve) -> Result<Placed> {
    if new.valeur_finale.is_some() && new.explication != Some(Explication::Remplacement) {
        let message = phrase!("est d’un remplacement", "belongs to a replacement");
        return Err(Error::invalid("valeur_finale", "champ_inconnu", message));
    }
    let asked = Asked {
        valeur: new.valeur,
        explication: new.explication,
        valeur_finale: new.valeur_finale,
        capacite: compteur.capacite,
    };
    if new.explication == Some(Explication::Erreur) {
        set_wrong_aside(tx, compteur, date, new.valeur)?;
    }
    let (before, after) = store::neighbours(tx, compteur.id, date)?;
    let before = before.map(|(_, point)| point);
    let refused = |misfit| refuse(misfit, compteur, before, after);
    let placed = rules::place(asked, before, after).map_err(refused)?;
    // A reading before a later one shows no more than that, which was asked about when it came.
    if let (Some(before), None, None) = (before, after, new.explication) {
        let pace =
            rules::pace(&store::since(tx, compteur.id, before.date.minus(rules::WINDOW))?, before.date);
        if rules::is_leap(&compteur.unite, pace, before, (date, placed.cumul)) {
            return Err(refused(Misfit::Leap));
        }
    }
    Ok(placed)
}

/// Sets aside the readings before that show more.
fn set_wrong_aside(tx: &Tx<'_>, compteur: &Compteur, date: Instant, valeur: Quantity) -> Result<()> {
    for _ in 0..MOST_WRONG {
        let (Some((id, before)), _) = store::neighbours(tx, compteur.id, date)? else { return Ok(()) };
        if before.valeur <= valeur {
            return seuils::take_back(tx, compteur);
        }
        let motif = "Contredit par le relevé suivant, plus bas.";
        set_aside(tx, compteur, id, motif)?;
    }
    Err(Error::conflict(
        "releve_incoherent",
        phrase!(
            "Plus de {MOST_WRONG} relevés seraient faux : vérifiez celui-ci.",
            "More than {MOST_WRONG} readings would be wrong: check this one."
        ),
    ))
}

fn refuse(misfit: Misfit, compteur: &Compteur, before: Option<Point>, after: Option<Point>) -> Error {
    let Compteur { unite, .. } = compteur;
    let shown = |point: Option<Point>| point.map(|point| point.valeur).unwrap_or_default();
    let (low, high) = (shown(before), shown(after));
    let told = |point: Point| serde_json::json!({ "date": point.date, "valeur": point.valeur });
    match misfit {
        Misfit::Decreasing => {
            let choices = [Explication::Rebouclage, Explication::Remplacement, Explication::Erreur]
                .into_iter()
                .filter(|choice| after.is_none() || *choice == Explication::Erreur)
                .filter(|choice| compteur.capacite.is_some() || *choice != Explication::Rebouclage);
            Error::conflict(
                "releve_en_baisse",
                phrase!(
                    "Le relevé précédent montrait {low} {unite}. Le compteur est-il reparti de zéro, a-t-il été \
                     remplacé, ou ce relevé précédent était-il faux ?",
                    "The reading before showed {low} {unite}. Did the meter start again from zero, was it replaced, \
                     or was that reading wrong?"
                ),
            )
            .with("precedent", before.map(told))
            .with("explications", choices.collect::<Vec<_>>())
        }
        Misfit::Leap => {
            let choices = [Explication::Remplacement, Explication::Exact];
            Error::conflict(
                "releve_saut",
                phrase!(
                    "Le relevé précédent montrait {low} {unite} : le compteur n’a guère pu tourner autant depuis. \
                     A-t-il été remplacé, ou ce relevé est-il juste ?",
                    "The reading before showed {low} {unite}: the meter can hardly have run as much since. Was it \
                     replaced, or is this reading right?"
                ),
            )
            .with("precedent", before.map(told))
            .with("explications", choices)
        }
        Misfit::AboveLater => Error::conflict(
            "releve_incoherent",
            phrase!(
                "Un relevé plus récent montre {high} {unite}, moins que celui-ci.",
                "A later reading shows {high} {unite}, less than this one."
            ),
        )
        .with("suivant", after.map(told)),
        Misfit::BeforeLater => Error::conflict(
            "releve_incoherent",
            phrase!(
                "Des relevés plus récents existent : un retour à zéro ou un remplacement se saisit après eux, ou \
                 annulez-les d’abord.",
                "There are later readings: a rollover or a replacement is entered after them, or annul them first."
            ),
        )
        .with("suivant", after.map(told)),
        Misfit::StillDecreasing => Error::conflict(
            "releve_incoherent",
            phrase!(
                "Même ainsi le compteur aurait reculé depuis {low} {unite}.",
                "Even so the meter would have gone back since {low} {unite}."
            ),
        )
        .with("precedent", before.map(told)),
        Misfit::NoCapacity => Error::invalid(
            "explication",
            "valeur_invalide",
            phrase!(
                "la capacité de ce compteur n’est pas connue : indiquez-la d’abord",
                "the capacity of this meter is not known: give it first"
            ),
        ),
        Misfit::BeyondCapacity => {
            let capacite = compteur.capacite.unwrap_or_default();
            let message = phrase!(
                "l’afficheur repart de zéro à {capacite} {unite}",
                "the display starts again from zero at {capacite} {unite}"
            );
            Error::invalid("valeur", "valeur_invalide", message)
        }
        Misfit::FinalBelow => {
            let message = phrase!("au moins {low} {unite}", "at least {low} {unite}");
            Error::invalid("valeur_finale", "valeur_invalide", message)
        }
    }
}

fn one(db: &Reader<'_>, compteur: &Compteur, id: ReleveId) -> Result<Releve> {
    let releve = store::releve(db, compteur.id, id)?;
    with_seuils(db, vec![releve])?.pop().ok_or(Error::NotFound)
}

fn with_seuils(db: &Reader<'_>, releves: Vec<Releve>) -> Result<Vec<Releve>> {
    let ids: Vec<_> = releves.iter().map(|releve| releve.id).collect();
    let mut passed: HashMap<ReleveId, Vec<_>> = HashMap::new();
    let sees_work = db.actor().runs_the_plant();
    for mut seuil in store::seuils_of(db, &ids)? {
        if !sees_work {
            (seuil.intervention_id, seuil.numero) = (None, None);
        }
        passed.entry(seuil.releve_id).or_default().push(seuil);
    }
    let with = |releve: Releve| Releve { seuils: passed.remove(&releve.id).unwrap_or_default(), ..releve };
    Ok(releves.into_iter().map(with).collect())
}
