//! What live streams read: the end of the journal, and one's own new messages.

use rusqlite::named_params;

use super::inbox::{COLUMNS, row};
use crate::ids::{EntryId, NotificationId};
use crate::kernel::db::Reader;
use crate::kernel::error::Result;
use crate::notifications::model::Notification;

/// An entry of the journal, as far as a stream tells of it.
pub struct Entry {
    pub action: String,
    pub entite: String,
    pub entite_id: Option<i64>,
}

/// The newest entry of the journal.
pub fn last_entry(db: &Reader<'_>) -> Result<EntryId> {
    db.one("select coalesce(max(id), 0) from journal", [], |row| row.get(0))
}

/// The newest message to anyone.
pub fn last_notification(db: &Reader<'_>) -> Result<NotificationId> {
    db.one("select coalesce(max(id), 0) from notifications", [], |row| row.get(0))
}

/// The entries of the journal after one, oldest first, at most `most`.
pub fn new_entries(db: &Reader<'_>, after: EntryId, most: usize) -> Result<Vec<Entry>> {
    db.all(
        "select action, entite, entite_id from journal where id > :after order by id limit :most",
        named_params! { ":after": after, ":most": most as i64 },
        |row| {
            Ok(Entry {
                action: row.get("action")?,
                entite: row.get("entite")?,
                entite_id: row.get("entite_id")?,
            })
        },
    )
}

/// The messages that came into the caller's inbox after one, oldest first, at most `most`.
pub fn new_notifications(db: &Reader<'_>, after: NotificationId, most: usize) -> Result<Vec<Notification>> {
    db.all(
        &format!(
            "select {COLUMNS} from notifications n
             where n.user_id = :me and n.boite = 1 and n.supprimee_le is null and n.id > :after
             order by n.id limit :most"
        ),
        named_params! { ":me": db.actor().user_id, ":after": after, ":most": most as i64 },
        row,
    )
}
