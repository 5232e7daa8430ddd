//! SQL of clients and sites.

use jiff::tz::TimeZone;
use rusqlite::{Row, named_params};

use super::access::Scope;
use super::model::{Client, ClientFilters, DEFAULT_ZONE, Site, SiteFilters};
use crate::ids::{ClientId, SiteId};
use crate::kernel::db::{Reader, Tx};
use crate::kernel::error::Result;
use crate::kernel::page::{Listing, Page, Select, SortKey, fold};

const CLIENT_SORTS: &[SortKey] = &[("nom", "c.nom"), ("created_at", "c.created_at")];
const SITE_SORTS: &[SortKey] = &[("code", "s.code_key"), ("nom", "s.nom"), ("created_at", "s.created_at")];

const SITE_COLUMNS: &str =
    "s.id, s.code, s.nom, s.adresse, s.fuseau, s.pays, s.client_id, c.nom as client_nom,
    s.version, s.created_at, s.updated_at";
const SITE_FROM: &str = "sites s left join clients c on c.id = s.client_id";

pub fn clients(db: &Reader<'_>, scope: Scope, _: &ClientFilters, page: &Page) -> Result<Listing<Client>> {
    let mut select = Select::new("c.*", "clients c", "c.id");
    scope.narrow(&mut select, "c.id");
    select.contains("c.nom || ' ' || coalesce(c.contact, '')", page);
    select.list(db, page, CLIENT_SORTS, "nom", client_row)
}

pub fn client(db: &Reader<'_>, scope: Scope, id: ClientId) -> Result<Client> {
    let mut select = Select::new("c.*", "clients c", "c.id");
    scope.narrow(&mut select, "c.id");
    select.one(db, id, client_row)
}

pub fn insert_client(tx: &Tx<'_>, client: &Client) -> Result<ClientId> {
    tx.insert(
        "insert into clients (nom, contact, email, telephone, adresse, created_at, updated_at)
         values (:nom, :contact, :email, :telephone, :adresse, :now, :now)",
        named_params! {
            ":nom": client.nom, ":contact": client.contact, ":email": client.email,
            ":telephone": client.telephone, ":adresse": client.adresse, ":now": tx.now(),
        },
    )
    .map(ClientId)
}

pub fn update_client(tx: &Tx<'_>, client: &Client) -> Result<()> {
    tx.execute(
        "update clients set nom = :nom, contact = :contact, email = :email, telephone = :telephone,
             adresse = :adresse, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": client.id, ":nom": client.nom, ":contact": client.contact, ":email": client.email,
            ":telephone": client.telephone, ":adresse": client.adresse, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete_client(tx: &Tx<'_>, id: ClientId) -> Result<()> {
    tx.execute("delete from clients where id = :id", named_params! { ":id": id })?;
    Ok(())
}

pub fn sites(db: &Reader<'_>, scope: Scope, filters: &SiteFilters, page: &Page) -> Result<Listing<Site>> {
    let mut select = Select::new(SITE_COLUMNS, SITE_FROM, "s.id");
    scope.narrow(&mut select, "s.client_id");
    select.any("s.client_id", &filters.client_id);
    select.contains("s.code || ' ' || s.nom", page);
    select.list(db, page, SITE_SORTS, "code", site_row)
}

/// A site that the caller sees.
pub fn site(db: &Reader<'_>, id: SiteId) -> Result<Site> {
    let mut select = Select::new(SITE_COLUMNS, SITE_FROM, "s.id");
    Scope::of(db.actor()).narrow(&mut select, "s.client_id");
    select.one(db, id, site_row)
}

/// Those of a few sites that the caller sees, each with its version.
pub fn seen_sites(db: &Reader<'_>, ids: &[SiteId]) -> Result<Vec<(SiteId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Select::new("s.id, s.version", SITE_FROM, "s.id");
    Scope::of(db.actor()).narrow(&mut select, "s.client_id");
    select.any("s.id", ids).all(db, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The time zones that there are sites in, each with its name.
pub fn zones(db: &Reader<'_>) -> Result<Vec<(String, TimeZone)>> {
    let names: Vec<String> = db.all("select distinct fuseau from sites order by 1", [], |row| row.get(0))?;
    let zone = |name: String| db.zone(&name).map(|zone| (name, zone));
    names.into_iter().map(zone).collect()
}

/// The time zones of the sites that the caller sees, each with its name.
pub fn seen_zones(db: &Reader<'_>) -> Result<Vec<(String, TimeZone)>> {
    let mut select = Select::new("distinct s.fuseau", SITE_FROM, "s.id");
    Scope::of(db.actor()).narrow(&mut select, "s.client_id");
    let names: Vec<String> = select.all(db, |row| row.get(0))?;
    names.into_iter().map(|name| db.zone(&name).map(|zone| (name, zone))).collect()
}

/// The time zone of a site.
pub fn site_zone(db: &Reader<'_>, id: SiteId) -> Result<TimeZone> {
    let name: String =
        db.one("select fuseau from sites where id = :id", named_params! { ":id": id }, |row| row.get(0))?;
    db.zone(&name)
}

/// The time zone of what belongs to no site, such as people: the one that most sites are in.
pub fn plant_zone(db: &Reader<'_>) -> Result<TimeZone> {
    let name: Option<String> = db.maybe(
        "select fuseau from sites group by fuseau order by count(*) desc, min(id) limit 1",
        [],
        |row| row.get(0),
    )?;
    db.zone(name.as_deref().unwrap_or(DEFAULT_ZONE))
}

/// The first of the sites in the zone of most, if there is a site.
pub fn plant_site(db: &Reader<'_>) -> Result<Option<SiteId>> {
    db.one(
        "select min(id) from sites where fuseau = (
             select fuseau from sites group by fuseau order by count(*) desc, min(id) limit 1)",
        [],
        |row| row.get(0),
    )
}

pub fn insert_site(tx: &Tx<'_>, site: &Site) -> Result<SiteId> {
    tx.insert(
        "insert into sites (code, code_key, nom, adresse, fuseau, pays, client_id, created_at, updated_at)
         values (:code, :code_key, :nom, :adresse, :fuseau, :pays, :client_id, :now, :now)",
        named_params! {
            ":code": site.code, ":code_key": fold(&site.code), ":nom": site.nom, ":adresse": site.adresse,
            ":fuseau": site.fuseau, ":pays": site.pays, ":client_id": site.client_id, ":now": tx.now(),
        },
    )
    .map(SiteId)
}

pub fn update_site(tx: &Tx<'_>, site: &Site) -> Result<()> {
    tx.execute(
        "update sites set code = :code, code_key = :code_key, nom = :nom, adresse = :adresse,
             fuseau = :fuseau, pays = :pays, client_id = :client_id, version = version + 1, updated_at = :now
         where id = :id",
        named_params! {
            ":id": site.id, ":code": site.code, ":code_key": fold(&site.code), ":nom": site.nom,
            ":adresse": site.adresse, ":fuseau": site.fuseau, ":pays": site.pays, ":client_id": site.client_id, ":now": tx.now(),
        },
    )?;
    Ok(())
}

pub fn delete_site(tx: &Tx<'_>, id: SiteId) -> Result<()> {
    tx.execute("delete from sites where id = :id", named_params! { ":id": id })?;
    Ok(())
}

fn client_row(row: &Row<'_>) -> rusqlite::Result<Client> {
    Ok(Client {
        id: row.get("id")?,
        nom: row.get("nom")?,
        contact: row.get("contact")?,
        email: row.get("email")?,
        telephone: row.get("telephone")?,
        adresse: row.get("adresse")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

fn site_row(row: &Row<'_>) -> rusqlite::Result<Site> {
    Ok(Site {
        id: row.get("id")?,
        code: row.get("code")?,
        nom: row.get("nom")?,
        adresse: row.get("adresse")?,
        fuseau: row.get("fuseau")?,
        pays: row.get("pays")?,
        client_id: row.get("client_id")?,
        client_nom: row.get("client_nom")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
