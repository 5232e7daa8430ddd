//! The append-only journal: at once the audit trail and the outbox of facts.
//!
//! Each entry carries the SHA-256 of itself and of the entry before it, so that an edited, removed or
//! inserted entry breaks the chain from there on. The database refuses to update or delete an entry.

use rusqlite::{Row, named_params};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::tx::{Reader, Tx};
use crate::kernel::auth::Who;
use crate::kernel::error::Result;

/// Entries that one read of a walk takes: a fraction of a second.
const STRETCH: u32 = 20_000;

/// Something worth remembering; the closed list is in `events.rs`.
pub trait Fact {
    /// Stable name of what happened, such as `intervention.statut`.
    fn action(&self) -> &'static str;
    /// What it happened to, such as `intervention`.
    fn entite(&self) -> &'static str;
    /// Which one.
    fn entite_id(&self) -> Option<i64>;
}

/// What a thing was before and is after. Secrets never get here: the types that hold them do not serialise.
#[derive(Debug, Default)]
pub struct Change {
    avant: Option<Value>,
    apres: Option<Value>,
}

impl Change {
    /// Nothing to compare: a sign-in, a refusal.
    pub fn none() -> Self {
        Self::default()
    }

    pub fn created(after: &impl Serialize) -> Result<Self> {
        Ok(Self { avant: None, apres: Some(serde_json::to_value(after)?) })
    }

    pub fn deleted(before: &impl Serialize) -> Result<Self> {
        Ok(Self { avant: Some(serde_json::to_value(before)?), apres: None })
    }

    /// Keeps only the members that differ.
    pub fn between(before: &impl Serialize, after: &impl Serialize) -> Result<Self> {
        let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
        let (Value::Object(mut before), Value::Object(mut after)) = (before, after) else {
            return Ok(Self::none());
        };
        let same =
            |members: &Map<String, Value>, key: &String, value: &Value| members.get(key) == Some(value);
        let unchanged: Vec<_> = before
            .iter()
            .filter(|(key, value)| same(&after, key, value))
            .map(|(key, _)| key.clone())
            .collect();
        for key in unchanged {
            before.remove(&key);
            after.remove(&key);
        }
        Ok(Self { avant: Some(before.into()), apres: Some(after.into()) })
    }
}

/// What an entry's hash covers, in order.
struct Entry {
    id: i64,
    date: i64,
    user_id: Option<i64>,
    acteur: String,
    adresse: Option<String>,
    request_id: Option<String>,
    action: String,
    entite: String,
    entite_id: Option<i64>,
    avant: Option<String>,
    apres: Option<String>,
}

impl Entry {
    /// SHA-256 over the hash before and the JSON array of the members, whose text is unambiguous.
    fn hash(&self, previous: &[u8]) -> Result<[u8; 32]> {
        let members = serde_json::to_vec(&(
            (self.id, self.date, self.user_id, &self.acteur, &self.adresse, &self.request_id),
            (&self.action, &self.entite, self.entite_id, &self.avant, &self.apres),
        ))?;
        Ok(Sha256::new().chain_update(previous).chain_update(members).finalize().into())
    }
}

pub(super) fn append(tx: &Tx<'_>, who: &Who, fact: &impl Fact, change: &Change) -> Result<()> {
    let previous: Vec<u8> = tx
        .maybe("select empreinte from journal order by id desc limit 1", [], |row| row.get(0))?
        .unwrap_or_default();
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let entry = Entry {
        id: last_given(tx)? + 1,
        date: who.now.as_second(),
        user_id: who.actor.user_id.map(|id| id.0),
        acteur: who.actor.name.clone(),
        adresse: who.address.map(|address| address.to_string()),
        request_id: who.request_id.clone(),
        action: fact.action().to_owned(),
        entite: fact.entite().to_owned(),
        entite_id: fact.entite_id(),
        avant: text(&change.avant),
        apres: text(&change.apres),
    };
    tx.execute(
        "insert into journal (id, date, user_id, acteur, adresse, request_id, action, entite, entite_id, avant, apres, empreinte)
         values (:id, :date, :user_id, :acteur, :adresse, :request_id, :action, :entite, :entite_id, :avant, :apres, :empreinte)",
        named_params! {
            ":id": entry.id, ":date": entry.date, ":user_id": entry.user_id, ":acteur": entry.acteur,
            ":adresse": entry.adresse, ":request_id": entry.request_id, ":action": entry.action,
            ":entite": entry.entite, ":entite_id": entry.entite_id, ":avant": entry.avant, ":apres": entry.apres,
            ":empreinte": entry.hash(&previous)?,
        },
    )?;
    Ok(())
}

/// The highest id ever given, which SQLite remembers even when its entry is removed: so a removed end of the
/// journal leaves a gap, whatever is appended later.
fn last_given(db: &Reader<'_>) -> Result<i64> {
    Ok(db.maybe("select seq from sqlite_sequence where name = 'journal'", [], |row| row.get(0))?.unwrap_or(0))
}

/// A walk along the whole chain, a stretch at a time: a single read of a journal of years would keep the
/// write-ahead log from being folded back, and be cut at its deadline.
///
/// ```text
/// let mut chain = Chain::default();
/// while !chain.is_walked() {
///     chain = who.read(move |db| chain.walk_on(db)).await?;
/// }
/// ```
#[derive(Debug, Default)]
pub struct Chain {
    entries: u64,
    broken: Option<i64>,
    walked: bool,
    last: i64,
    previous: Vec<u8>,
}

impl Chain {
    /// Entries read so far.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// The id of the first entry that is missing or does not follow from what stands before it.
    pub fn broken(&self) -> Option<i64> {
        self.broken
    }

    /// Whether the end was reached.
    pub fn is_walked(&self) -> bool {
        self.walked
    }

    /// Reads the next stretch. Nothing is kept but the last hash.
    pub fn walk_on(mut self, db: &Reader<'_>) -> Result<Self> {
        let (before, last) = (self.entries, self.last);
        db.all(
            "select id, date, user_id, acteur, adresse, request_id, action, entite, entite_id, avant, apres, empreinte
             from journal where id > :last order by id limit :stretch",
            named_params! { ":last": last, ":stretch": STRETCH },
            |row| self.meet(row),
        )?;
        if self.entries - before < u64::from(STRETCH) {
            self.walked = true;
            let given = last_given(db)?;
            if given != self.last {
                self.broken.get_or_insert(given.min(self.last) + 1);
            }
        }
        Ok(self)
    }

    fn meet(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let id: i64 = row.get("id")?;
        let next = self.last + 1;
        self.entries += 1;
        self.last = id;
        if self.broken.is_some() {
            return Ok(());
        }
        let entry = Entry {
            id,
            date: row.get("date")?,
            user_id: row.get("user_id")?,
            acteur: row.get("acteur")?,
            adresse: row.get("adresse")?,
            request_id: row.get("request_id")?,
            action: row.get("action")?,
            entite: row.get("entite")?,
            entite_id: row.get("entite_id")?,
            avant: row.get("avant")?,
            apres: row.get("apres")?,
        };
        let stored: Vec<u8> = row.get("empreinte")?;
        if id != next || !entry.hash(&self.previous).is_ok_and(|hash| hash[..] == stored[..]) {
            self.broken = Some(next);
        }
        self.previous = stored;
        Ok(())
    }
}
