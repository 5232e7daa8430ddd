//! What can be done with clients and sites.

use super::access::Scope;
use super::model::{
    Client, ClientPatch, DEFAULT_ZONE, Fuseau, Fuseaux, NewClient, NewSite, Site, SitePatch, usual_country,
};
use super::{rules, store};
use crate::attaches::{self, Parent};
use crate::events::Event;
use crate::ids::{ClientId, SiteId};
use crate::kernel::clock::Instant;
use crate::kernel::db::{Change, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{IfMatch, replace};
use crate::phrase;

/// How far back and ahead the clocks of a zone are told, in seconds: what a plant has kept, and what it plans.
const TOLD_BACK: i64 = 20 * YEAR;
const TOLD_AHEAD: i64 = 10 * YEAR;
const YEAR: i64 = 366 * 86_400;

/// How the clocks stand on the sites that the caller sees.
pub fn zones(db: &Reader<'_>) -> Result<Fuseaux> {
    let now = db.now().as_second();
    let (from, to) = (Instant::from_second(now - TOLD_BACK), Instant::from_second(now + TOLD_AHEAD));
    let told = |(nom, zone)| Fuseau { nom, decalages: rules::offsets(&zone, from, to) };
    Ok(Fuseaux { items: store::seen_zones(db)?.into_iter().map(told).collect() })
}

pub fn create_client(tx: &Tx<'_>, new: NewClient) -> Result<Client> {
    let NewClient { nom, contact, email, telephone, adresse } = new;
    let now = tx.now();
    let draft = Client {
        id: ClientId(0),
        nom,
        contact,
        email,
        telephone,
        adresse,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let client = store::client(tx, Scope::All, store::insert_client(tx, &draft)?)?;
    tx.record(Event::ClientCree(client.id), Change::created(&client)?)?;
    Ok(client)
}

pub fn update_client(tx: &Tx<'_>, id: ClientId, patch: ClientPatch, expected: IfMatch) -> Result<Client> {
    let before = store::client(tx, Scope::All, id)?;
    expected.check(before.version)?;
    let mut client = before.clone();
    replace(&mut client.nom, patch.nom);
    replace(&mut client.contact, patch.contact);
    replace(&mut client.email, patch.email);
    replace(&mut client.telephone, patch.telephone);
    replace(&mut client.adresse, patch.adresse);
    store::update_client(tx, &client)?;
    let after = store::client(tx, Scope::All, id)?;
    tx.record(Event::ClientModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) while sites or users belong to it.
pub fn delete_client(tx: &Tx<'_>, id: ClientId, expected: IfMatch) -> Result<()> {
    let before = store::client(tx, Scope::All, id)?;
    expected.check(before.version)?;
    let advice =
        phrase!("Confiez-les d’abord à une autre organisation.", "Give them to another organisation first.");
    attaches::require_free(tx, Parent::Client, id.0, "utilise", advice)?;
    store::delete_client(tx, id)?;
    tx.record(Event::ClientSupprime(id), Change::deleted(&before)?)
}

pub fn create_site(tx: &Tx<'_>, new: NewSite) -> Result<Site> {
    let NewSite { code, nom, adresse, fuseau, pays, client_id } = new;
    let now = tx.now();
    check_client(tx, client_id)?;
    let fuseau = fuseau.unwrap_or_else(|| DEFAULT_ZONE.to_owned());
    check_zone(tx, &fuseau)?;
    let draft = Site {
        id: SiteId(0),
        code,
        nom,
        adresse,
        pays: pays.unwrap_or_else(|| usual_country(&fuseau).to_owned()),
        fuseau,
        client_id,
        client_nom: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let site = store::site(tx, store::insert_site(tx, &draft)?)?;
    tx.record(Event::SiteCree(site.id), Change::created(&site)?)?;
    Ok(site)
}

pub fn update_site(tx: &Tx<'_>, id: SiteId, patch: SitePatch, expected: IfMatch) -> Result<Site> {
    let before = store::site(tx, id)?;
    expected.check(before.version)?;
    let mut site = before.clone();
    replace(&mut site.code, patch.code);
    replace(&mut site.nom, patch.nom);
    replace(&mut site.adresse, patch.adresse);
    replace(&mut site.fuseau, patch.fuseau);
    replace(&mut site.pays, patch.pays);
    replace(&mut site.client_id, patch.client_id);
    check_client(tx, site.client_id)?;
    check_zone(tx, &site.fuseau)?;
    store::update_site(tx, &site)?;
    let after = store::site(tx, id)?;
    tx.record(Event::SiteModifie(id), Change::between(&before, &after)?)?;
    Ok(after)
}

/// Refused (409) while équipements stand on it.
pub fn delete_site(tx: &Tx<'_>, id: SiteId, expected: IfMatch) -> Result<()> {
    let before = store::site(tx, id)?;
    expected.check(before.version)?;
    let advice = phrase!("Déplacez-les d’abord sur un autre site.", "Move them to another site first.");
    attaches::require_free(tx, Parent::Site, id.0, "utilise", advice)?;
    store::delete_site(tx, id)?;
    tx.record(Event::SiteSupprime(id), Change::deleted(&before)?)
}

/// Refuses (422 on `client_id`) an organisation that does not exist.
pub fn check_client(tx: &Tx<'_>, id: Option<ClientId>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    match store::client(tx, Scope::All, id) {
        Err(Error::NotFound) => Err(Error::unknown_reference("client_id")),
        other => other.map(drop),
    }
}

/// Refuses (422 on `fuseau`) what is no time zone.
fn check_zone(tx: &Tx<'_>, name: &str) -> Result<()> {
    if tx.knows_zone(name) {
        return Ok(());
    }
    let message = phrase!(
        "fuseau horaire inconnu, par exemple Africa/Casablanca",
        "unknown time zone, for example Africa/Casablanca"
    );
    Err(Error::invalid("fuseau", "valeur_invalide", message))
}
