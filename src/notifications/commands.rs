//! What people do with notifications: read them, choose their channels, write to one another, and have what failed
//! tried again.

use super::model::{
    Canal, Envoi, NewNotification, Notification, NotificationEcrite, Preference, Preferences, StatutEnvoi,
};
use super::store::{self, Draft, Recipient};
use super::{rules, sentences, telling};
use crate::events::Event;
use crate::ids::{EnvoiId, InterventionId, NotificationId, UserId};
use crate::interventions;
use crate::kernel::auth::Role;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// Writes to one person, by one channel.
///
/// # Errors
/// 422 for someone who does not exist or is not active, and for an intervention that they do not see.
pub fn send(tx: &Tx<'_>, new: NewNotification) -> Result<NotificationEcrite> {
    let recipient = store::recipient(tx, new.user_id)?.ok_or_else(|| Error::unknown_reference("user_id"))?;
    if !recipient.is_active {
        let message = phrase!("ce compte est désactivé", "this account is deactivated");
        return Err(Error::invalid("user_id", "valeur_invalide", message));
    }
    let numero = new.intervention_id.map(|id| visible_number(tx, id, &recipient)).transpose()?;
    let author = store::full_name(tx)?;
    let language = recipient.langue.spoken();
    let draft = Draft {
        journal_id: None,
        user_id: recipient.user_id,
        r#type: new.r#type,
        titre: new
            .titre
            .unwrap_or_else(|| sentences::written_by(&author, numero.as_deref(), new.r#type, language)),
        contenu: new.contenu,
        intervention_id: new.intervention_id,
        lien: new.intervention_id.map(telling::link),
        boite: new.canal == Canal::App,
        date: tx.now(),
    };
    tx.record(
        Event::NotificationEnvoyee(recipient.user_id),
        Change::created(&serde_json::json!({
            "type": draft.r#type, "canal": new.canal, "titre": draft.titre, "contenu": draft.contenu,
            "intervention_id": draft.intervention_id,
        }))?,
    )?;
    let draft = Draft { journal_id: Some(store::last_entry(tx)?), ..draft };
    let id = store::insert(tx, &draft)?
        .ok_or_else(|| Error::Internal(anyhow::anyhow!("an entry just written was told before")))?;
    let statut = if new.canal == Canal::App { StatutEnvoi::Envoye } else { StatutEnvoi::AEnvoyer };
    let envoi_id = store::insert_envoi(tx, id, new.canal, statut)?;
    Ok(NotificationEcrite { notification: store::written(tx, id)?, canal: new.canal, envoi_id })
}

/// The number of an intervention that a person sees.
fn visible_number(tx: &Tx<'_>, id: InterventionId, recipient: &Recipient) -> Result<String> {
    let found = interventions::find(tx, id).map_err(|error| match error {
        Error::NotFound => Error::unknown_reference("intervention_id"),
        other => other,
    })?;
    if interventions::seen_by(tx, &recipient.actor(), &[id])?.is_empty() {
        let nom = &recipient.full_name;
        return Err(Error::invalid(
            "intervention_id",
            "non_visible",
            phrase!("{nom} ne voit pas cette intervention", "{nom} does not see this work order"),
        ));
    }
    Ok(found.numero)
}

/// Marks a message of one's own inbox as read, once.
pub fn read(tx: &Tx<'_>, id: NotificationId) -> Result<Notification> {
    store::notification(tx, id)?;
    tx.unrecorded("what people have read is nobody's business");
    store::mark_read(tx, id)?;
    store::notification(tx, id)
}

/// Marks all that is in one's inbox as read; how many were not.
pub fn read_all(tx: &Tx<'_>) -> Result<usize> {
    tx.unrecorded("what people have read is nobody's business");
    store::mark_all_read(tx)
}

/// Takes a message out of one's own inbox.
pub fn delete(tx: &Tx<'_>, id: NotificationId) -> Result<()> {
    let before = store::notification(tx, id)?;
    store::hide(tx, id)?;
    tx.record(Event::NotificationSupprimee(id), Change::deleted(&before)?)
}

/// By which channels the caller is told what: as they chose, else as their role has it.
pub fn preferences(db: &Reader<'_>) -> Result<Preferences> {
    let (user, role) = caller(db)?;
    let chosen = store::preferences(db, user)?;
    let heure_resume = chosen.as_ref().map_or(rules::DIGEST_HOUR, |chosen| chosen.heure_resume);
    let choice = |default: Preference| {
        let mut own = chosen.iter().flat_map(|chosen| &chosen.types);
        own.find(|own| own.r#type == default.r#type).copied().unwrap_or(default)
    };
    let types = rules::defaults(role).map(choice).collect();
    Ok(Preferences { heure_resume, types })
}

/// Replaces what the caller chose.
///
/// # Errors
/// 422 when a type is there twice.
pub fn choose(tx: &Tx<'_>, new: &Preferences) -> Result<Preferences> {
    let (user, _) = caller(tx)?;
    let types: Vec<_> = new.types.iter().map(|preference| preference.r#type).collect();
    if let Some(i) = (1..types.len()).find(|i| types[..*i].contains(&types[*i])) {
        let message = phrase!("figure deux fois", "appears twice");
        return Err(Error::invalid(format!("types[{i}].type"), "doublon", message));
    }
    let before = preferences(tx)?;
    store::choose(tx, user, new)?;
    let after = preferences(tx)?;
    tx.record(Event::PreferencesModifiees(user), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Lets a delivery that was given up begin again.
///
/// # Errors
/// 409 unless it failed or was not sent.
pub fn retry(tx: &Tx<'_>, id: EnvoiId) -> Result<Envoi> {
    let before = store::envoi(tx, id)?;
    if !matches!(before.statut, StatutEnvoi::Echec | StatutEnvoi::NonEnvoye) {
        return Err(Error::conflict(
            "envoi_non_relancable",
            phrase!(
                "Seul un envoi en échec ou non envoyé se relance.",
                "Only a delivery that failed or was not sent can be tried again."
            ),
        )
        .with("statut", before.statut));
    }
    store::begin_again(tx, id)?;
    let after = store::envoi(tx, id)?;
    tx.record(Event::EnvoiRelance(id), Change::between(&before, &after)?)?;
    Ok(after)
}

fn caller(db: &Reader<'_>) -> Result<(UserId, Role)> {
    let actor = db.actor();
    actor.user_id.zip(actor.role).ok_or_else(Error::unauthenticated)
}
