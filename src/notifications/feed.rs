//! What a live stream tells: one's own new messages, and which things that one sees have changed. Every look asks
//! again who is asking and what they see now; nothing is remembered but how far they have read.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::model::Notification;
use super::store::{self, Entry};
use crate::clients::{Scope, seen_sites};
use crate::ids::*;
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::permissions::{ManagePlanning, ReadCouts, ReadTechniciens};
use crate::{demandes, equipements, interventions};

/// Entries of the journal that are told one by one; who is further behind reads everything again.
pub const MOST_NEWS: usize = 1000;

/// How far a stream has read: the journal, and the messages that it led to a little later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    entry: EntryId,
    notification: NotificationId,
}

impl Cursor {
    /// Nothing of the past.
    pub fn now(db: &Reader<'_>) -> Result<Self> {
        Ok(Self { entry: store::last_entry(db)?, notification: store::last_notification(db)? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.entry, self.notification)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (entry, notification) = text.split_once('-').ok_or(())?;
        let number = |text: &str| text.parse().ok().filter(|number| *number >= 0).ok_or(());
        Ok(Self { entry: EntryId(number(entry)?), notification: NotificationId(number(notification)?) })
    }
}

/// What is new since a cursor.
pub struct News {
    pub cursor: Cursor,
    /// Too much to tell one by one, or a cursor that is not ours: everything is to be read again.
    pub reload: bool,
    pub notifications: Vec<Nouvelle>,
    pub changes: Vec<Changement>,
}

/// A new message of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nouvelle {
    #[serde(flatten)]
    pub notification: Notification,
    /// How many messages of the inbox were not read yet.
    pub non_lues: i64,
}

/// Something that one sees has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changement {
    #[schema(example = "intervention")]
    pub entite: &'static str,
    pub id: i64,
    /// What happened last.
    #[schema(example = "statut")]
    pub action: String,
    /// Of the thing now, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// What is new to the caller since `cursor`; since ever, when there is none that can be read.
pub fn news(db: &Reader<'_>, cursor: Option<Cursor>) -> Result<News> {
    let present = Cursor::now(db)?;
    let all_again = News { cursor: present, reload: true, notifications: Vec::new(), changes: Vec::new() };
    let Some(read) = cursor else { return Ok(all_again) };
    // A restored backup has forgotten what a cursor has seen.
    if read.entry > present.entry || read.notification > present.notification {
        return Ok(all_again);
    }
    if read == present {
        return Ok(News { reload: false, ..all_again });
    }
    let entries = store::new_entries(db, read.entry, MOST_NEWS + 1)?;
    let notifications = store::new_notifications(db, read.notification, MOST_NEWS + 1)?;
    if entries.len() > MOST_NEWS || notifications.len() > MOST_NEWS {
        return Ok(all_again);
    }
    let non_lues = if notifications.is_empty() { 0 } else { store::unread(db)? };
    let nouvelle = |notification| Nouvelle { notification, non_lues };
    Ok(News {
        reload: false,
        notifications: notifications.into_iter().map(nouvelle).collect(),
        changes: visible(db, changes(db, &entries)?)?,
        cursor: present,
    })
}

/// What the entries are about, each thing once, by what happened to it last.
fn changes(db: &Reader<'_>, entries: &[Entry]) -> Result<Vec<Changement>> {
    let mut changes: Vec<Changement> = Vec::new();
    for entry in entries {
        let Some(change) = change(db, entry)? else { continue };
        changes.retain(|other| (other.entite, other.id) != (change.entite, change.id));
        changes.push(change);
    }
    Ok(changes)
}

/// The things whose changes are told; what only the audit remembers (a forced hour, an alert) changes nothing that
/// is shown.
fn change(db: &Reader<'_>, entry: &Entry) -> Result<Option<Changement>> {
    let Some(id) = entry.entite_id else { return Ok(None) };
    let action = entry.action.rsplit('.').next().unwrap_or_default();
    let entite = match (entry.entite.as_str(), action) {
        ("intervention", "horaire_force" | "rappel" | "retard") => return Ok(None),
        ("intervention", "revalorisation") if !db.actor().may::<ReadCouts>() => return Ok(None),
        ("commentaire", _) => return commented(db, CommentaireId(id)),
        (entite, _) => TOLD.iter().find(|told| **told == entite),
    };
    let change = |entite: &&'static str| Changement { entite, id, action: action.to_owned(), version: None };
    Ok(entite.map(change))
}

/// Kinds of things whose changes are told.
const TOLD: &[&str] = &[
    "intervention",
    "equipement",
    "site",
    "client",
    "technicien",
    "competence",
    "absence",
    "planning",
    "jour_ferie",
    "demande",
];

/// A comment is a change of its intervention; an internal one, for the plant's own people.
fn commented(db: &Reader<'_>, id: CommentaireId) -> Result<Option<Changement>> {
    let comment = interventions::commentaire(db, id)?;
    let hidden = comment.interne && db.actor().client_id.is_some();
    Ok((!hidden).then(|| Changement {
        entite: "intervention",
        id: comment.intervention_id.0,
        action: "commentaire".to_owned(),
        version: None,
    }))
}

/// Keeps what the caller sees at this moment, with its version. Of what was deleted only those hear who see
/// everything of its kind: whether it was theirs can no longer be asked.
fn visible(db: &Reader<'_>, changes: Vec<Changement>) -> Result<Vec<Changement>> {
    let of = |entite: &str| -> Vec<i64> {
        changes.iter().filter(|change| change.entite == entite).map(|change| change.id).collect()
    };
    let mut seen: HashMap<(&str, i64), i64> = HashMap::new();
    let ids: Vec<_> = of("intervention").into_iter().map(InterventionId).collect();
    for (id, version) in interventions::seen_by(db, db.actor(), &ids)? {
        seen.insert(("intervention", id.0), version);
    }
    let ids: Vec<_> = of("equipement").into_iter().map(EquipementId).collect();
    for (id, version) in equipements::seen(db, &ids)? {
        seen.insert(("equipement", id.0), version);
    }
    let ids: Vec<_> = of("site").into_iter().map(SiteId).collect();
    for (id, version) in seen_sites(db, &ids)? {
        seen.insert(("site", id.0), version);
    }
    let ids: Vec<_> = of("demande").into_iter().map(DemandeId).collect();
    for (id, version) in demandes::seen_by(db, db.actor(), &ids)? {
        seen.insert(("demande", id.0), version);
    }
    let (actor, scope) = (db.actor(), Scope::of(db.actor()));
    let shown = |mut change: Changement| {
        change.version = seen.get(&(change.entite, change.id)).copied();
        let is_shown = match change.entite {
            "intervention" | "equipement" | "site" if change.action == "suppression" => {
                actor.runs_the_plant()
            }
            "intervention" | "equipement" | "site" | "demande" => change.version.is_some(),
            "client" => match scope {
                Scope::All => true,
                Scope::Own(own) => own.0 == change.id,
                Scope::Nothing => false,
            },
            "technicien" | "competence" | "absence" => actor.may::<ReadTechniciens>(),
            _ => actor.may::<ManagePlanning>(),
        };
        is_shown.then_some(change)
    };
    Ok(changes.into_iter().filter_map(shown).collect())
}

/// Whether the stream is over: its person may follow no more.
pub fn is_over(error: &Error) -> bool {
    matches!(error, Error::Unauthenticated(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_as_it_was_written_and_nothing_else_is_one() {
        let cursor = Cursor { entry: EntryId(12), notification: NotificationId(0) };

        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "12", "12-", "-1-2", "12-x", "12-3-4", "99999999999999999999-1"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
