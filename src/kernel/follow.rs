//! Following the journal: what must happen after a fact happens once, in the order of the facts, whatever
//! stops the server in between.
//!
//! - A follower's bookmark moves in the transaction of what the entries led to.
//! - An entry that a follower cannot act upon keeps nobody else's waiting: it is tried alone, then passed over
//!   and noted, for `check` and the administrator.
//! - What a follower writes is journalled like anyone's change, and may be followed in turn.

use rusqlite::{Row, named_params};
use serde_json::Value;

use super::app::System;
use super::clock::Instant;
use super::db::{Reader, Tx};
use super::error::{Error, Result};
use crate::ids::{EntryId, UserId};

/// Entries that one transaction acts upon: few enough that other writes hardly wait.
const STRETCH: u32 = 25;

/// A part of the product that acts on what others did. The list is in `jobs.rs`.
#[derive(Clone, Copy)]
pub struct Follower {
    /// Of its bookmark, for ever.
    pub name: &'static str,
    /// Acts upon one entry.
    pub follow: fn(&Tx<'_>, &Told) -> Result<()>,
}

/// One entry of the journal, as followers read it.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: EntryId,
    pub date: Instant,
    /// Who did it; `None` for the server itself.
    pub user_id: Option<UserId>,
    /// As `events.rs` spells it, such as `intervention.statut`.
    pub action: String,
    pub entite_id: Option<i64>,
    /// What it was, of what changed.
    pub avant: Value,
    /// What it became, of what changed.
    pub apres: Value,
}

/// Acts upon all that was journalled since the bookmark, and returns how many entries that were.
///
/// # Errors
/// Those of the database; entries that cannot be acted upon are passed over and noted instead.
pub async fn catch_up(system: &System, follower: Follower) -> Result<u64> {
    let mut total = 0;
    while system.read(move |db| is_behind(db, follower.name)).await? {
        total += match system.write(move |tx| advance(tx, follower, STRETCH)).await {
            Err(Error::Internal(_) | Error::Conflict(_) | Error::Invalid(_) | Error::NotFound) => {
                alone(system, follower).await?
            }
            advanced => advanced?,
        };
    }
    Ok(total)
}

/// The next entry by itself, since one of its stretch failed.
async fn alone(system: &System, follower: Follower) -> Result<u64> {
    match system.write(move |tx| advance(tx, follower, 1)).await {
        Err(error @ Error::Busy(..)) => Err(error),
        Err(error) => {
            tracing::error!(follower = follower.name, %error, "an entry of the journal was passed over");
            let why = error.to_string();
            system.write(move |tx| pass_over(tx, follower.name, &why)).await.map(|()| 1)
        }
        advanced => advanced,
    }
}

fn is_behind(db: &Reader<'_>, name: &str) -> Result<bool> {
    db.one(
        "select exists (select 1 from journal where id > coalesce(
             (select last_id from followers where name = :name), 0))",
        named_params! { ":name": name },
        |row| row.get(0),
    )
}

fn advance(tx: &Tx<'_>, follower: Follower, most: u32) -> Result<u64> {
    let entries = waiting(tx, follower.name, most)?;
    for entry in &entries {
        (follower.follow)(tx, entry)?;
    }
    if let Some(last) = entries.last() {
        move_bookmark(tx, follower.name, last.id)?;
    }
    Ok(entries.len() as u64)
}

fn pass_over(tx: &Tx<'_>, name: &str, why: &str) -> Result<()> {
    let Some(entry) = waiting(tx, name, 1)?.pop() else { return Ok(()) };
    move_bookmark(tx, name, entry.id)?;
    tx.bookkeeping(|| {
        tx.execute(
            "insert into followers_failures (name, journal_id, date, error) values (:name, :id, :now, :error)",
            named_params! { ":name": name, ":id": entry.id, ":now": tx.now(), ":error": why },
        )
        .map(drop)
    })
}

fn waiting(db: &Reader<'_>, name: &str, most: u32) -> Result<Vec<Told>> {
    db.all(
        "select id, date, user_id, action, entite_id, avant, apres from journal
         where id > coalesce((select last_id from followers where name = :name), 0)
         order by id limit :most",
        named_params! { ":name": name, ":most": most },
        told,
    )
}

fn move_bookmark(tx: &Tx<'_>, name: &str, to: EntryId) -> Result<()> {
    tx.bookkeeping(|| {
        tx.execute(
            "insert into followers (name, last_id) values (:name, :to)
             on conflict (name) do update set last_id = :to",
            named_params! { ":name": name, ":to": to },
        )
        .map(drop)
    })
}

fn told(row: &Row<'_>) -> rusqlite::Result<Told> {
    Ok(Told {
        id: row.get("id")?,
        date: row.get("date")?,
        user_id: row.get("user_id")?,
        action: row.get("action")?,
        entite_id: row.get("entite_id")?,
        avant: row.get::<_, Option<Value>>("avant")?.unwrap_or_default(),
        apres: row.get::<_, Option<Value>>("apres")?.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::app::{App, Options};
    use crate::kernel::clock::Clock;
    use crate::kernel::db::{Change, Fact};
    use crate::kernel::scheduler::Timetable;

    const FOLLOWER: Follower = Follower { name: "test", follow: keep };

    struct Noted(&'static str);

    impl Fact for Noted {
        fn action(&self) -> &'static str {
            self.0
        }

        fn entite(&self) -> &'static str {
            "test"
        }

        fn entite_id(&self) -> Option<i64> {
            None
        }
    }

    fn keep(tx: &Tx<'_>, told: &Told) -> Result<()> {
        tx.unrecorded("what the test keeps");
        match told.action.as_str() {
            "test.impossible" => return Err(Error::NotFound),
            "test.panique" => panic!("a fault in a follower"),
            _ => {}
        }
        tx.execute(
            "insert into clients (nom, created_at, updated_at) values (:nom, 0, 0)",
            named_params! { ":nom": told.action },
        )
        .map(drop)
    }

    fn system(folder: &std::path::Path) -> System {
        let options = Options {
            data_dir: folder.to_owned(),
            public_url: String::new(),
            tls: None,
            trusted_proxies: Vec::new(),
            sign_in_burst: 1,
            metrics_token: None,
            files: Default::default(),
            smtp: None,
            timetable: Timetable::EMPTY,
        };
        System::new(&App::open(options, Clock::system()).unwrap(), "test")
    }

    async fn note(system: &System, action: &'static str) {
        system.write(move |tx| tx.record(Noted(action), Change::none())).await.unwrap();
    }

    async fn texts(system: &System, sql: &'static str) -> Vec<String> {
        system.read(move |db| db.all(sql, [], |row| row.get(0))).await.unwrap()
    }

    #[tokio::test]
    async fn each_entry_is_acted_upon_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let system = system(folder.path());
        note(&system, "test.un").await;
        note(&system, "test.deux").await;

        let first = catch_up(&system, FOLLOWER).await.unwrap();
        note(&system, "test.trois").await;
        let second = catch_up(&system, FOLLOWER).await.unwrap();
        let third = catch_up(&system, FOLLOWER).await.unwrap();

        assert_eq!((first, second, third), (2, 1, 0));
        let kept = texts(&system, "select nom from clients order by id").await;
        assert_eq!(kept, ["test.un", "test.deux", "test.trois"]);
    }

    #[tokio::test]
    async fn an_entry_that_cannot_be_acted_upon_is_noted_and_holds_up_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let system = system(folder.path());
        for action in ["test.avant", "test.impossible", "test.panique", "test.après"] {
            note(&system, action).await;
        }

        catch_up(&system, FOLLOWER).await.unwrap();

        assert_eq!(texts(&system, "select nom from clients order by id").await, ["test.avant", "test.après"]);
        let noted =
            "select action from followers_failures f join journal j on j.id = f.journal_id order by 1";
        assert_eq!(texts(&system, noted).await, ["test.impossible", "test.panique"]);
    }
}
