//! SQL of équipements.

use rusqlite::{Row, named_params};
use serde_json::{Map, Value};

use super::access;
use super::model::{Criticite, Equipement, EquipementBref, EquipementFilters, Lecture, StatutEquipement};
use super::rules::{Branch, MAX_DEPTH, MAX_NODES, Porteur};
use crate::ids::EquipementId;
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::facet::{Dimension, Facettes};
use crate::kernel::page::{Listing, Page, Select, SortKey, bound, fold};
use crate::kernel::phrase::Language;

const COLUMNS: &str = "e.id, e.code, e.jeton, e.nom, e.type, e.localisation, e.site_id, s.code as site_code,
    s.nom as site_nom, s.client_id, e.parent_id, e.criticite, e.statut, e.fabricant, e.modele, e.numero_serie,
    e.date_mise_en_service, e.valeur_remplacement, e.attributs, e.version, e.created_at, e.updated_at";
const FROM: &str = "equipements e join sites s on s.id = e.site_id left join clients c on c.id = s.client_id";

/// By gravity: `-criticite` shows the most critical first.
const GRAVITY: &str =
    "case e.criticite when 'critique' then 3 when 'important' then 2 when 'standard' then 1 else 0 end";
const SORTS: &[SortKey] = &[
    ("code", "e.code_key"),
    ("nom", "e.nom"),
    ("type", "e.type"),
    ("criticite", GRAVITY),
    ("statut", "e.statut"),
    ("created_at", "e.created_at"),
];

/// The équipements that the caller sees.
pub fn list(db: &Reader<'_>, filters: &EquipementFilters, page: &Page) -> Result<Listing<Equipement>> {
    select(db, filters, page).list(db, page, SORTS, "code", row(db))
}

/// How many of the équipements of [`list`] have which value.
pub fn facets(
    db: &Reader<'_>,
    filters: &EquipementFilters,
    page: &Page,
    language: Language,
) -> Result<Facettes> {
    select(db, filters, page).facets::<EquipementFilters>(
        db,
        language,
        &[
            Dimension::column("site_id", "e.site_id", "s.nom"),
            Dimension::column("client_id", "s.client_id", "c.nom"),
            Dimension::text("type", "e.type", "plain(e.type)"),
            Dimension::words::<Criticite>("criticite", "e.criticite"),
            Dimension::words::<StatutEquipement>("statut", "e.statut"),
        ],
    )
}

/// Those of a few équipements that the caller sees, each with its version.
pub fn seen(db: &Reader<'_>, ids: &[EquipementId]) -> Result<Vec<(EquipementId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new("e.id, e.version", FROM, "e.id");
    access::narrow(&mut select, db.actor());
    select.any("e.id", ids).all(db, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// An équipement that the caller sees.
pub fn equipement(db: &Reader<'_>, id: EquipementId) -> Result<Equipement> {
    let mut select = Select::new(COLUMNS, FROM, "e.id");
    access::narrow(&mut select, db.actor());
    select.one(db, id, row(db))
}

/// The équipements that the caller sees and that a label names or named.
pub fn bearers(db: &Reader<'_>, label: &str) -> Result<Vec<Porteur>> {
    let key = fold(label);
    let seen = |condition: &str, value: &str| {
        let mut select = Select::new(COLUMNS, FROM, "e.id");
        access::narrow(&mut select, db.actor());
        select.filter(condition, [bound(&value)]).all(db, row(db))
    };
    let bearer = |par| move |equipement| Porteur { par, jusque_le: None, equipement };
    let mut bearers: Vec<_> =
        seen("e.jeton = ?", &label.to_ascii_lowercase())?.into_iter().map(bearer(Lecture::Jeton)).collect();
    if !bearers.is_empty() {
        return Ok(bearers);
    }
    bearers.extend(seen("e.code_key = ?", &key)?.into_iter().map(bearer(Lecture::Code)));
    let former = "e.id in (select equipement_id from anciens_codes where code_key = ?) and e.code_key <> ?";
    let mut select = Select::new(COLUMNS, FROM, "e.id");
    access::narrow(&mut select, db.actor());
    for equipement in select.filter(former, [bound(&key), bound(&key)]).all(db, row(db))? {
        let jusque_le = db.maybe(
            "select jusque_le from anciens_codes where code_key = :key and equipement_id = :id",
            named_params! { ":key": key, ":id": equipement.id },
            |row| row.get(0),
        )?;
        bearers.push(Porteur { par: Lecture::AncienCode, jusque_le, equipement });
    }
    Ok(bearers)
}

pub fn insert(tx: &Tx<'_>, equipement: &Equipement) -> Result<EquipementId> {
    let Equipement { code, nom, r#type, localisation, site_id, parent_id, criticite, statut, .. } =
        equipement;
    let Equipement { fabricant, modele, numero_serie, date_mise_en_service, valeur_remplacement, .. } =
        equipement;
    tx.insert(
        "insert into equipements (code, code_key, nom, type, localisation, site_id, parent_id, criticite, statut,
             fabricant, modele, numero_serie, date_mise_en_service, valeur_remplacement, attributs, created_at, updated_at)
         values (:code, :code_key, :nom, :type, :localisation, :site_id, :parent_id, :criticite, :statut,
             :fabricant, :modele, :numero_serie, :date_mise_en_service, :valeur_remplacement, :attributs, :now, :now)",
        named_params! {
            ":code": code, ":code_key": fold(code), ":nom": nom, ":type": r#type, ":localisation": localisation,
            ":site_id": site_id, ":parent_id": parent_id, ":criticite": criticite, ":statut": statut,
            ":fabricant": fabricant, ":modele": modele, ":numero_serie": numero_serie,
            ":date_mise_en_service": date_mise_en_service, ":valeur_remplacement": valeur_remplacement,
            ":attributs": serde_json::to_string(&equipement.attributs)?, ":now": tx.now(),
        },
    )
    .map(EquipementId)
}

pub fn update(tx: &Tx<'_>, equipement: &Equipement) -> Result<()> {
    let Equipement { code, nom, r#type, localisation, site_id, parent_id, criticite, statut, .. } =
        equipement;
    let Equipement { fabricant, modele, numero_serie, date_mise_en_service, valeur_remplacement, .. } =
        equipement;
    tx.execute(
        "update equipements set code = :code, code_key = :code_key, nom = :nom, type = :type,
             localisation = :localisation, site_id = :site_id, parent_id = :parent_id, criticite = :criticite,
             statut = :statut, fabricant = :fabricant, modele = :modele, numero_serie = :numero_serie,
             date_mise_en_service = :date_mise_en_service, valeur_remplacement = :valeur_remplacement,
             attributs = :attributs, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": equipement.id, ":code": code, ":code_key": fold(code), ":nom": nom, ":type": r#type,
            ":localisation": localisation, ":site_id": site_id, ":parent_id": parent_id, ":criticite": criticite,
            ":statut": statut, ":fabricant": fabricant, ":modele": modele, ":numero_serie": numero_serie,
            ":date_mise_en_service": date_mise_en_service, ":valeur_remplacement": valeur_remplacement,
            ":attributs": serde_json::to_string(&equipement.attributs)?, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete(tx: &Tx<'_>, id: EquipementId) -> Result<()> {
    tx.execute("delete from equipements where id = :id", named_params! { ":id": id })?;
    Ok(())
}

/// Everything below an équipement, itself excluded, level by level.
pub fn descendants(db: &Reader<'_>, id: EquipementId) -> Result<Vec<EquipementId>> {
    db.all(
        "with recursive below (id) as (
             select id from equipements where parent_id = :id
             union
             select e.id from below join equipements e on e.parent_id = below.id
         )
         select id from below",
        named_params! { ":id": id },
        |row| row.get(0),
    )
}

/// An équipement and what hangs below it, level by level; a little more than is shown, to know that there is more.
pub fn branches(db: &Reader<'_>, id: EquipementId) -> Result<Vec<Branch>> {
    db.all(
        "with recursive below (id, depth) as (
             select :id, 0
             union all
             select e.id, below.depth + 1 from below join equipements e on e.parent_id = below.id
             where below.depth <= :max_depth
             order by 2
             limit :max_nodes + 1
         )
         select e.id, e.code, e.nom, e.type, e.statut, e.criticite, e.parent_id, below.depth
         from below join equipements e on e.id = below.id
         order by below.depth, e.code_key",
        named_params! { ":id": id, ":max_depth": MAX_DEPTH, ":max_nodes": MAX_NODES as i64 },
        |row| {
            Ok(Branch {
                parent_id: row.get("parent_id")?,
                depth: row.get("depth")?,
                equipement: apercu_row(row)?,
            })
        },
    )
}

/// What stands above an équipement, from the top down.
pub fn ancestors(db: &Reader<'_>, id: EquipementId) -> Result<Vec<EquipementBref>> {
    db.all(
        "with recursive above (id, height) as (
             select parent_id, 1 from equipements where id = :id
             union all
             select e.parent_id, above.height + 1 from above join equipements e on e.id = above.id
         )
         select e.id, e.code, e.nom, e.type, e.statut, e.criticite
         from above join equipements e on e.id = above.id
         order by above.height desc",
        named_params! { ":id": id },
        apercu_row,
    )
}

fn select(db: &Reader<'_>, filters: &EquipementFilters, page: &Page) -> Select {
    let mut select = Select::new(COLUMNS, FROM, "e.id");
    access::narrow(&mut select, db.actor());
    let codes: Vec<_> = filters.code.iter().map(|code| fold(code)).collect();
    select
        .any("e.code_key", &codes)
        .any("e.site_id", &filters.site_id)
        .any("s.client_id", &filters.client_id)
        .any("e.parent_id", &filters.parent_id)
        .any_text("e.type", &filters.r#type)
        .any("e.criticite", &filters.criticite)
        .any("e.statut", &filters.statut)
        .when(
            "e.id in (select rowid from equipements_fts where equipements_fts match ?)",
            page.full_text().as_ref(),
        );
    select
}

fn row(db: &Reader<'_>) -> impl Fn(&Row<'_>) -> rusqlite::Result<Equipement> {
    let sees_value = access::sees_value(db.actor());
    move |row| {
        Ok(Equipement {
            id: row.get("id")?,
            code: row.get("code")?,
            jeton: row.get("jeton")?,
            nom: row.get("nom")?,
            r#type: row.get("type")?,
            localisation: row.get("localisation")?,
            site_id: row.get("site_id")?,
            site_code: row.get("site_code")?,
            site_nom: row.get("site_nom")?,
            client_id: row.get("client_id")?,
            parent_id: row.get("parent_id")?,
            criticite: row.get("criticite")?,
            statut: row.get("statut")?,
            fabricant: row.get("fabricant")?,
            modele: row.get("modele")?,
            numero_serie: row.get("numero_serie")?,
            date_mise_en_service: row.get("date_mise_en_service")?,
            valeur_remplacement: if sees_value { row.get("valeur_remplacement")? } else { None },
            attributs: match row.get("attributs")? {
                Value::Object(attributs) => attributs,
                _ => Map::new(),
            },
            version: row.get("version")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

fn apercu_row(row: &Row<'_>) -> rusqlite::Result<EquipementBref> {
    Ok(EquipementBref {
        id: row.get("id")?,
        code: row.get("code")?,
        nom: row.get("nom")?,
        r#type: row.get("type")?,
        statut: row.get("statut")?,
        criticite: row.get("criticite")?,
    })
}
