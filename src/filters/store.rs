//! SQL of saved views.

use rusqlite::named_params;
use serde_json::{Map, Value};

use super::access;
use super::model::{Liste, NewVue, Vue, VueFilters};
use crate::ids::{UserId, VueId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey};

const SORTS: &[SortKey] = &[("nom", "fold(v.nom)"), ("created_at", "v.created_at")];

/// The views that the caller sees.
pub fn vues(db: &Reader<'_>, filters: &VueFilters, page: &Page) -> Result<Listing<Vue>> {
    let mut select = select(db);
    select.any("v.liste", &filters.liste).contains("v.nom", page);
    select.list(db, page, SORTS, "nom", row(db))
}

/// A view that the caller sees.
pub fn vue(db: &Reader<'_>, id: VueId) -> Result<Vue> {
    select(db).one(db, id, row(db))
}

/// How many views the caller keeps.
pub fn kept(db: &Reader<'_>) -> Result<i64> {
    db.one(
        "select count(*) from vues where user_id = :user_id",
        named_params! { ":user_id": db.actor().user_id },
        |row| row.get(0),
    )
}

pub fn insert(tx: &Tx<'_>, new: &NewVue) -> Result<VueId> {
    tx.insert(
        "insert into vues (user_id, nom, liste, parametres, partagee, created_at)
         values (:user_id, :nom, :liste, :parametres, :partagee, :now)",
        named_params! {
            ":user_id": tx.actor().user_id, ":nom": new.nom, ":liste": new.liste,
            ":parametres": serde_json::to_string(&new.parametres)?, ":partagee": new.partagee, ":now": tx.now(),
        },
    )
    .map(VueId)
}

/// A view that others see as well.
pub struct Shared {
    pub id: VueId,
    pub nom: String,
    pub liste: Liste,
}

/// The views that a person shares.
pub fn shared_by(db: &Reader<'_>, user: UserId) -> Result<Vec<Shared>> {
    db.all(
        "select id, nom, liste from vues where user_id = :user and partagee = 1 order by id",
        named_params! { ":user": user },
        |row| Ok(Shared { id: row.get(0)?, nom: row.get(1)?, liste: row.get(2)? }),
    )
}

/// Whether a person has a view of this list under a name.
pub fn is_named(db: &Reader<'_>, user: UserId, liste: Liste, nom: &str) -> Result<bool> {
    db.one(
        "select exists (select 1 from vues where user_id = :user and liste = :liste and nom = :nom)",
        named_params! { ":user": user, ":liste": liste, ":nom": nom },
        |row| row.get(0),
    )
}

/// Makes a view somebody else's.
pub fn give(tx: &Tx<'_>, id: VueId, to: UserId, nom: &str) -> Result<()> {
    tx.execute(
        "update vues set user_id = :to, nom = :nom where id = :id",
        named_params! { ":id": id, ":to": to, ":nom": nom },
    )?;
    Ok(())
}

pub fn delete(tx: &Tx<'_>, id: VueId) -> Result<()> {
    tx.execute("delete from vues where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn select(db: &Reader<'_>) -> Select {
    let mut select = Select::new("v.*", "vues v join users u on u.id = v.user_id", "v.id");
    access::narrow(&mut select, db.actor());
    select
}

fn row(db: &Reader<'_>) -> impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Vue> {
    let me = db.actor().user_id;
    move |row| {
        Ok(Vue {
            id: row.get("id")?,
            nom: row.get("nom")?,
            liste: row.get("liste")?,
            parametres: match row.get("parametres")? {
                Value::Object(parametres) => parametres,
                _ => Map::new(),
            },
            partagee: row.get("partagee")?,
            mienne: me == Some(row.get("user_id")?),
            created_at: row.get("created_at")?,
        })
    }
}
