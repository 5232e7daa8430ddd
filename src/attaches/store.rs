//! SQL of what hangs on what: the list's own names, asked for one row.

use rusqlite::named_params;

use super::links::{LINKS, Link, Treatment};
use super::model::{Attaches, Parent};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;

/// Names of each kind that are told.
const NAMED: usize = 3;

/// What keeps a thing from going, kind by kind; nothing when it may go.
pub fn hanging(db: &Reader<'_>, parent: Parent, id: i64) -> Result<Vec<Attaches>> {
    asked(db, parent, id, |link| matches!(link.treatment, Treatment::Refuses))
}

/// What goes with it, kind by kind, for the journal.
pub fn carried(db: &Reader<'_>, parent: Parent, id: i64) -> Result<Vec<Attaches>> {
    asked(db, parent, id, |link| matches!(link.treatment, Treatment::Carries))
}

fn asked(db: &Reader<'_>, parent: Parent, id: i64, which: fn(&Link) -> bool) -> Result<Vec<Attaches>> {
    let mut all: Vec<Attaches> = Vec::new();
    let links = LINKS.iter().filter(|link| link.parent == parent.table() && which(link));
    for Link { kind, names, .. } in links {
        let (Some(kind), Some(names)) = (kind, names) else { continue };
        let sql = format!("select *, count(*) over () from ({names}) limit {NAMED}");
        let rows: Vec<(String, i64)> =
            db.all(&sql, named_params! { ":id": id }, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((_, nombre)) = rows.first() else { continue };
        let nombre = *nombre;
        let mut noms: Vec<String> = rows.into_iter().map(|(nom, _)| nom).collect();
        noms.dedup();
        all.push(Attaches { r#type: *kind, nombre, noms });
    }
    Ok(all)
}

/// Documents of a thing that were deleted already are seen by nobody, so they keep it from nothing: their rows go before
/// it does. Their files follow as those of any deleted document.
pub fn forget_hidden(tx: &Tx<'_>, parent: Parent, id: i64) -> Result<()> {
    let column = match parent {
        Parent::Equipement => "equipement_id",
        Parent::Piece => "piece_id",
        Parent::Planning => "planning_id",
        _ => return Ok(()),
    };
    let sql = format!("delete from documents where {column} = :id and supprime_le is not null");
    tx.execute(&sql, named_params! { ":id": id }).map(drop)
}
