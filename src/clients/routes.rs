//! HTTP of clients and sites.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Scope;
use super::model::{
    Client, ClientFilters, ClientPatch, Fuseaux, NewClient, NewSite, Site, SiteFilters, SitePatch,
};
use super::{commands, store};
use crate::ids::{ClientId, SiteId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::{Allowed, Role};
use crate::kernel::error::Result;
use crate::kernel::input::{Id, IfMatch, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{ManageClients, ReadClients};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_clients, create_client))
        .routes(routes!(read_client, update_client, delete_client))
        .routes(routes!(list_sites, create_site))
        .routes(routes!(list_zones))
        .routes(routes!(read_site, update_site, delete_site))
}

/// List the client organisations (a client sees its own)
#[utoipa::path(get, path = "/api/v1/clients/", tag = "clients", params(Page),
    responses((status = 200, body = Listing<Client>)))]
async fn list_clients(
    who: Allowed<ReadClients>,
    Lister { filters, page }: Lister<ClientFilters>,
) -> Result<Json<Listing<Client>>> {
    let list = who
        .read(move |db| {
            let list = store::clients(db, Scope::of(db.actor()), &filters, &page)?;
            let hides_mail = db.actor().is(Role::Technicien);
            list.map(|clients| Ok(clients.into_iter().map(|client| shown(client, hides_mail)).collect()))
        })
        .await?;
    Ok(Json(list))
}

/// Create a client organisation
#[utoipa::path(post, path = "/api/v1/clients/", tag = "clients", request_body = NewClient,
    responses((status = 201, body = Client)))]
async fn create_client(who: Allowed<ManageClients>, Valid(new): Valid<NewClient>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create_client(tx, new)?)).await
}

/// Read a client organisation
#[utoipa::path(get, path = "/api/v1/clients/{id}", tag = "clients", params(("id" = ClientId, Path)),
    responses((status = 200, body = Client)))]
async fn read_client(who: Allowed<ReadClients>, Id(id): Id<ClientId>) -> Result<Answer> {
    who.read(move |db| {
        let client = store::client(db, Scope::of(db.actor()), id)?;
        Answer::entity(&shown(client, db.actor().is(Role::Technicien)))
    })
    .await
}

/// Change a client organisation
#[utoipa::path(patch, path = "/api/v1/clients/{id}", tag = "clients", params(("id" = ClientId, Path)),
    request_body = ClientPatch, responses((status = 200, body = Client)))]
async fn update_client(
    who: Allowed<ManageClients>,
    Id(id): Id<ClientId>,
    expected: IfMatch,
    Valid(patch): Valid<ClientPatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update_client(tx, id, patch, expected)?)).await
}

/// Delete a client organisation that nothing refers to
#[utoipa::path(delete, path = "/api/v1/clients/{id}", tag = "clients", params(("id" = ClientId, Path)),
    responses((status = 204)))]
async fn delete_client(
    who: Allowed<ManageClients>,
    Id(id): Id<ClientId>,
    expected: IfMatch,
) -> Result<Answer> {
    who.write(move |tx| commands::delete_client(tx, id, expected).map(|()| Answer::empty())).await
}

/// List the sites (a client sees its own)
#[utoipa::path(get, path = "/api/v1/sites/", tag = "sites", params(SiteFilters, Page),
    responses((status = 200, body = Listing<Site>)))]
async fn list_sites(
    who: Allowed<ReadClients>,
    Lister { filters, page }: Lister<SiteFilters>,
) -> Result<Json<Listing<Site>>> {
    who.read(move |db| store::sites(db, Scope::of(db.actor()), &filters, &page)).await.map(Json)
}

/// Read how the clocks of the sites stand, for showing instants as local times
///
/// A device's own tables may be years old, and the plant may have put its own before the server's.
#[utoipa::path(get, path = "/api/v1/sites/fuseaux", tag = "sites", responses((status = 200, body = Fuseaux)))]
async fn list_zones(who: Allowed<ReadClients>) -> Result<Json<Fuseaux>> {
    who.read(commands::zones).await.map(Json)
}

/// Create a site
#[utoipa::path(post, path = "/api/v1/sites/", tag = "sites", request_body = NewSite,
    responses((status = 201, body = Site)))]
async fn create_site(who: Allowed<ManageClients>, Valid(new): Valid<NewSite>) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::create_site(tx, new)?)).await
}

/// Read a site
#[utoipa::path(get, path = "/api/v1/sites/{id}", tag = "sites", params(("id" = SiteId, Path)),
    responses((status = 200, body = Site)))]
async fn read_site(who: Allowed<ReadClients>, Id(id): Id<SiteId>) -> Result<Answer> {
    who.read(move |db| Answer::entity(&store::site(db, id)?)).await
}

/// Change a site
#[utoipa::path(patch, path = "/api/v1/sites/{id}", tag = "sites", params(("id" = SiteId, Path)),
    request_body = SitePatch, responses((status = 200, body = Site)))]
async fn update_site(
    who: Allowed<ManageClients>,
    Id(id): Id<SiteId>,
    expected: IfMatch,
    Valid(patch): Valid<SitePatch>,
) -> Result<Answer> {
    who.write(move |tx| Answer::entity(&commands::update_site(tx, id, patch, expected)?)).await
}

/// Delete a site without équipements
#[utoipa::path(delete, path = "/api/v1/sites/{id}", tag = "sites", params(("id" = SiteId, Path)),
    responses((status = 204)))]
async fn delete_site(who: Allowed<ManageClients>, Id(id): Id<SiteId>, expected: IfMatch) -> Result<Answer> {
    who.write(move |tx| commands::delete_site(tx, id, expected).map(|()| Answer::empty())).await
}

/// What a caller may see of a client: e-mail addresses are not for techniciens.
fn shown(mut client: Client, hides_mail: bool) -> Client {
    if hides_mail {
        client.email = None;
    }
    client
}
