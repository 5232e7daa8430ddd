//! SQL of codes.

use rusqlite::{Row, named_params};

use super::access;
use super::model::{Code, CodeFilters, Fitness, NewCode, Reglages};
use crate::ids::{CodeId, EquipementId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, bound, fold};

const SORTS: &[SortKey] = &[
    ("nature", "case c.nature when 'symptome' then 0 when 'cause' then 1 else 2 end"),
    ("code", "c.code_key"),
    ("libelle", "fold(c.libelle)"),
];

/// Meant for équipements of the type that the `?` names.
const APPLIES: &str = "(json_array_length(c.types_equipement) = 0 or exists (
    select 1 from json_each(c.types_equipement) kind where fold(kind.value) = fold(?)))";

/// The codes that the caller sees.
pub fn codes(db: &Reader<'_>, filters: &CodeFilters, page: &Page) -> Result<Listing<Code>> {
    let mut select = select(db);
    select
        .any("c.nature", &filters.nature)
        .flag("c.actif", filters.actif)
        .when(APPLIES, filters.type_equipement.as_ref())
        .contains("c.code || ' ' || c.libelle", page);
    select.list(db, page, SORTS, "nature,code", row)
}

/// A code that the caller sees.
pub fn code(db: &Reader<'_>, id: CodeId) -> Result<Code> {
    select(db).one(db, id, row)
}

pub fn insert(tx: &Tx<'_>, new: &NewCode) -> Result<CodeId> {
    tx.insert(
        "insert into codes (nature, code, code_key, libelle, types_equipement, actif, created_at, updated_at)
         values (:nature, :code, :code_key, :libelle, :types, :actif, :now, :now)",
        named_params! {
            ":nature": new.nature, ":code": new.code, ":code_key": fold(&new.code), ":libelle": new.libelle,
            ":types": serde_json::to_string(&new.types_equipement)?, ":actif": new.actif.unwrap_or(true),
            ":now": tx.now(),
        },
    )
    .map(CodeId)
}

pub fn update(tx: &Tx<'_>, code: &Code) -> Result<()> {
    tx.execute(
        "update codes set code = :code, code_key = :code_key, libelle = :libelle, types_equipement = :types,
             actif = :actif, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": code.id, ":code": code.code, ":code_key": fold(&code.code), ":libelle": code.libelle,
            ":types": serde_json::to_string(&code.types_equipement)?, ":actif": code.actif, ":now": tx.now(),
        },
    )
    .map(drop)
}

pub fn delete(tx: &Tx<'_>, id: CodeId) -> Result<()> {
    tx.execute("delete from codes where id = :id", named_params! { ":id": id }).map(drop)
}

/// Whether a code can be put on work on an équipement; `None` when there is no such code.
pub fn fitness(db: &Reader<'_>, id: CodeId, equipement: EquipementId) -> Result<Option<Fitness>> {
    let kind = "(select type from equipements where id = ?)";
    let applies = APPLIES.replace('?', kind);
    db.maybe(
        &format!("select c.nature, c.actif, {applies} from codes c where c.id = ?"),
        [bound(&equipement), bound(&id)],
        |row| Ok(Fitness { nature: row.get(0)?, actif: row.get(1)?, applies: row.get(2)? }),
    )
}

/// Whether a corrective intervention is finished with its three codes only.
pub fn are_required(db: &Reader<'_>) -> Result<bool> {
    reglages(db).map(|reglages| reglages.codes_obligatoires)
}

pub fn reglages(db: &Reader<'_>) -> Result<Reglages> {
    db.one("select codes_obligatoires, version, updated_at from codes_reglages", [], |row| {
        Ok(Reglages { codes_obligatoires: row.get(0)?, version: row.get(1)?, updated_at: row.get(2)? })
    })
}

pub fn set_reglages(tx: &Tx<'_>, reglages: &Reglages) -> Result<()> {
    tx.execute(
        "update codes_reglages set codes_obligatoires = :required, version = version + 1, updated_at = :now",
        named_params! { ":required": reglages.codes_obligatoires, ":now": tx.now() },
    )
    .map(drop)
}

fn select(db: &Reader<'_>) -> Select {
    let mut select = Select::new("c.*", "codes c", "c.id");
    access::narrow(&mut select, db.actor());
    select
}

fn row(row: &Row<'_>) -> rusqlite::Result<Code> {
    let types: serde_json::Value = row.get("types_equipement")?;
    Ok(Code {
        id: row.get("id")?,
        nature: row.get("nature")?,
        code: row.get("code")?,
        libelle: row.get("libelle")?,
        types_equipement: serde_json::from_value(types).unwrap_or_default(),
        actif: row.get("actif")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
