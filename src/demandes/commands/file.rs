//! Asking for work, and changing one's mind before the answer.

use std::time::Duration;

use super::{doublons, reread};
use crate::clients::site_zone;
use crate::codes::{self, Nature};
use crate::demandes::access::Own;
use crate::demandes::model::{
    Demande, DemandeDeposee, DemandeDetail, DemandePatch, NewDemande, StatutDemande,
};
use crate::demandes::store;
use crate::equipements::{self, Equipement};
use crate::events::Event;
use crate::ids::{DemandeId, EquipementId, UserId};
use crate::interventions::{self, Priorite};
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::kernel::phrase::Language;
use crate::permissions::AnswerDemandes;
use crate::phrase;

/// Demandes that one person files within [`DAY`], and of theirs, those that wait for an answer: more is no plant that
/// breaks down but a list that nobody can read. Whoever answers them may file any number.
pub const MOST_A_DAY: i64 = 200;
pub const MOST_UNANSWERED: i64 = 100;

/// The last 24 hours, so that midnight gives nobody twice as much.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// When to try again.
const LATER: Duration = Duration::from_secs(3600);

/// Files a demande on an équipement that the caller sees, and says what was reported there before.
///
/// # Errors
/// 422 for what the body refers to, and for a failure that has not happened yet; 409 when too many of the caller's wait
/// for an answer, 429 when they filed too many today.
pub fn file(tx: &Tx<'_>, new: NewDemande, language: Language) -> Result<DemandeDeposee> {
    let demandeur_id = tx.actor().user_id.ok_or_else(Error::unauthenticated)?;
    check_room(tx, demandeur_id)?;
    let machine = on(tx, new.equipement_id)?;
    let doublons = doublons(tx, &machine, Some(&new.titre), language)?;
    let now = tx.now();
    let mut draft = Demande {
        id: DemandeId(0),
        numero: String::new(),
        titre: new.titre,
        description: new.description,
        urgence: new.urgence.unwrap_or(Priorite::Normale),
        equipement_id: machine.id,
        equipement_code: machine.code,
        equipement_nom: machine.nom,
        site_id: machine.site_id,
        client_id: machine.client_id,
        arret_equipement: new.arret_equipement.unwrap_or(false),
        survenue_le: new.survenue_le,
        symptome_code_id: new.symptome_code_id,
        symptome_code_libelle: None,
        statut: StatutDemande::Nouvelle,
        motif_refus: None,
        demandeur_id,
        demandeur: None,
        traitee_par: None,
        date_traitement: None,
        intervention_id: None,
        intervention: None,
        date_creation: now,
        version: 1,
        updated_at: now,
    };
    check(tx, None, &draft)?;
    let zone = site_zone(tx, draft.site_id)?;
    draft.numero = store::next_number(tx, now.in_zone(&zone).year())?;
    let detail = reread(tx, store::insert(tx, &draft)?)?;
    tx.record(Event::DemandeCreee(detail.demande.id), Change::created(&detail.demande)?)?;
    if detail.demande.arret_equipement {
        interventions::report_stopped(tx, detail.demande.equipement_id)?;
    }
    Ok(DemandeDeposee { detail, doublons })
}

fn check_room(db: &Reader<'_>, person: UserId) -> Result<()> {
    if db.actor().may::<AnswerDemandes>() {
        return Ok(());
    }
    if store::unanswered_of(db, person)? >= MOST_UNANSWERED {
        return Err(Error::conflict(
            "trop_de_demandes",
            phrase!(
                "{MOST_UNANSWERED} de vos demandes attendent déjà une réponse : retirez-en, ou attendez-la.",
                "{MOST_UNANSWERED} of your requests wait for an answer already: withdraw some, or wait for it.", "عدد طلباتك التي تنتظر جوابًا: {MOST_UNANSWERED}. اسحب بعضها أو انتظر الجواب."
            ),
        )
        .with("maximum", MOST_UNANSWERED));
    }
    if store::filed_since(db, person, db.now().minus(DAY))? >= MOST_A_DAY {
        return Err(Error::TooMany(
            LATER,
            phrase!(
                "Vous avez déposé {MOST_A_DAY} demandes en 24 heures : réessayez plus tard.",
                "You have filed {MOST_A_DAY} requests in 24 hours: try again later.",
                "عدد طلباتك خلال 24 ساعة: {MOST_A_DAY}. أعد المحاولة لاحقًا."
            ),
        ));
    }
    Ok(())
}

/// Changes the fields given.
///
/// # Errors
/// 412, and 422 as for a new one.
pub fn update(tx: &Tx<'_>, own: Own, patch: DemandePatch, expected: IfMatch) -> Result<DemandeDetail> {
    let before = own.into_demande();
    expected.check(before.version)?;
    let mut after = before.clone();
    replace(&mut after.equipement_id, patch.equipement_id);
    replace(&mut after.titre, patch.titre);
    replace(&mut after.description, patch.description);
    replace(&mut after.urgence, patch.urgence);
    replace(&mut after.arret_equipement, patch.arret_equipement);
    replace(&mut after.survenue_le, patch.survenue_le);
    replace(&mut after.symptome_code_id, patch.symptome_code_id);
    if after.equipement_id != before.equipement_id {
        on(tx, after.equipement_id)?;
    }
    check(tx, Some(&before), &after)?;
    store::update(tx, &after)?;
    let reread = reread(tx, before.id)?;
    tx.record(Event::DemandeModifiee(before.id), Change::between(&before, &reread.demande)?)?;
    Ok(reread)
}

/// Withdraws it; its number stays in the books, and whoever saw it sees that it was withdrawn.
pub fn withdraw(tx: &Tx<'_>, own: Own, expected: IfMatch) -> Result<()> {
    let before = own.into_demande();
    expected.check(before.version)?;
    store::withdraw(tx, before.id)?;
    let after = store::demande(tx, before.id)?;
    tx.record(Event::DemandeRetiree(before.id), Change::between(&before, &after)?)
}

/// The équipement that a body names, among those that the caller sees.
fn on(db: &Reader<'_>, id: EquipementId) -> Result<Equipement> {
    equipements::equipement(db, id).map_err(|error| match error {
        Error::NotFound => Error::unknown_reference("equipement_id"),
        other => other,
    })
}

fn check(tx: &Tx<'_>, before: Option<&Demande>, after: &Demande) -> Result<()> {
    if after.survenue_le.is_some_and(|failure| failure > after.date_creation) {
        let message =
            phrase!("doit précéder la demande", "must come before the request", "يجب أن يسبق الطلب");
        return Err(Error::invalid("survenue_le", "valeur_invalide", message));
    }
    let known = before.and_then(|before| before.symptome_code_id);
    match after.symptome_code_id.filter(|code| Some(*code) != known) {
        Some(code) => {
            codes::require_fitting(tx, "symptome_code_id", Nature::Symptome, code, after.equipement_id)
        }
        None => Ok(()),
    }
}
