//! Inboxes.

use rusqlite::{Row, named_params};

use crate::clients::plant_zone;
use crate::ids::NotificationId;
use crate::kernel::clock::Instant;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};
use crate::notifications::access;
use crate::notifications::model::{Notification, NotificationFilters};

pub(super) const COLUMNS: &str =
    "n.id, n.user_id, n.type, n.titre, n.contenu, n.intervention_id, n.lien, n.date, n.lue_le";

/// The order in which people were told: a clock may go back, ids do not.
const SORTS: &[SortKey] = &[("date", "n.id")];

/// What is in the caller's inbox, newest first.
pub fn inbox(db: &Reader<'_>, filters: &NotificationFilters, page: &Page) -> Result<Listing<Notification>> {
    let mut select = select(db);
    select
        .flag("n.lue_le is not null", filters.lue)
        .any("n.type", &filters.r#type)
        .any("n.intervention_id", &filters.intervention_id)
        .contains("n.titre || ' ' || n.contenu", page);
    if filters.du.or(filters.au).is_some() {
        let zone = plant_zone(db)?;
        select
            .when("n.date >= ?", filters.du.map(|du| du.start(&zone)).as_ref())
            .when("n.date < ?", filters.au.map(|au| au.end(&zone)).as_ref());
    }
    select.list(db, page, SORTS, "-date", row)
}

/// How many messages of the caller's inbox are unread.
pub fn unread(db: &Reader<'_>) -> Result<i64> {
    db.one(
        "select count(*) from notifications
         where user_id = :me and boite = 1 and supprimee_le is null and lue_le is null",
        named_params! { ":me": db.actor().user_id },
        |row| row.get(0),
    )
}

/// A message of the caller's inbox.
pub fn notification(db: &Reader<'_>, id: NotificationId) -> Result<Notification> {
    select(db).one(db, id, row)
}

/// A message, for whoever wrote it.
pub fn written(db: &Reader<'_>, id: NotificationId) -> Result<Notification> {
    Select::new(COLUMNS, "notifications n", "n.id").one(db, id, row)
}

pub fn mark_read(tx: &Tx<'_>, id: NotificationId) -> Result<()> {
    tx.execute(
        "update notifications set lue_le = :now where id = :id and lue_le is null",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

pub fn mark_all_read(tx: &Tx<'_>) -> Result<usize> {
    tx.execute(
        "update notifications set lue_le = :now
         where user_id = :me and boite = 1 and supprimee_le is null and lue_le is null",
        named_params! { ":me": tx.actor().user_id, ":now": tx.now() },
    )
}

pub fn hide(tx: &Tx<'_>, id: NotificationId) -> Result<()> {
    tx.execute(
        "update notifications set supprimee_le = :now where id = :id",
        named_params! { ":id": id, ":now": tx.now() },
    )?;
    Ok(())
}

fn select(db: &Reader<'_>) -> Select {
    let mut select = Select::new(COLUMNS, "notifications n", "n.id");
    access::narrow(&mut select, db.actor());
    select
}

pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<Notification> {
    let lue_le: Option<Instant> = row.get("lue_le")?;
    Ok(Notification {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        r#type: row.get("type")?,
        titre: row.get("titre")?,
        contenu: row.get("contenu")?,
        intervention_id: row.get("intervention_id")?,
        lien: row.get("lien")?,
        date: row.get("date")?,
        lue: lue_le.is_some(),
        lue_le,
    })
}
