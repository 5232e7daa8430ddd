//! HTTP of notifications.

mod evenements;

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{
    Boite, Envoi, EnvoiFilters, Lues, NewNotification, Notification, NotificationEcrite, NotificationFilters,
    Preferences,
};
use super::{commands, store};
use crate::ids::{EnvoiId, NotificationId};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Listing, Page};
use crate::permissions::{OwnNotifications, SendNotifications};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_inbox, write_notification))
        .routes(routes!(mark_read))
        .routes(routes!(mark_all_read))
        .routes(routes!(delete_notification))
        .routes(routes!(read_preferences, choose_preferences))
        .routes(routes!(list_deliveries))
        .routes(routes!(read_delivery))
        .routes(routes!(retry_delivery))
        .routes(routes!(evenements::follow))
}

/// Read one's own inbox, newest first
#[utoipa::path(get, path = "/api/v1/notifications/", tag = "notifications", params(NotificationFilters, Page),
    responses((status = 200, body = Boite)))]
async fn read_inbox(
    who: Allowed<OwnNotifications>,
    Lister { filters, page }: Lister<NotificationFilters>,
) -> Result<Json<Boite>> {
    let boite = who
        .read(move |db| Ok(Boite { list: store::inbox(db, &filters, &page)?, non_lues: store::unread(db)? }));
    boite.await.map(Json)
}

/// Write to someone, by one channel
#[utoipa::path(post, path = "/api/v1/notifications/", tag = "notifications", request_body = NewNotification,
    responses((status = 201, body = NotificationEcrite)))]
async fn write_notification(
    who: Allowed<SendNotifications>,
    Valid(new): Valid<NewNotification>,
) -> Result<Answer> {
    who.write(|tx| Answer::created(&commands::send(tx, new)?)).await
}

/// Mark a notification as read
#[utoipa::path(patch, path = "/api/v1/notifications/{id}/lue", tag = "notifications",
    params(("id" = NotificationId, Path)), responses((status = 200, body = Notification)))]
async fn mark_read(who: Allowed<OwnNotifications>, Id(id): Id<NotificationId>) -> Result<Answer> {
    who.write(move |tx| Answer::ok(&commands::read(tx, id)?)).await
}

/// Mark everything in one's own inbox as read
#[utoipa::path(post, path = "/api/v1/notifications/tout-lire", tag = "notifications",
    responses((status = 200, body = Lues)))]
async fn mark_all_read(who: Allowed<OwnNotifications>) -> Result<Answer> {
    who.write(|tx| Answer::ok(&Lues { lues: commands::read_all(tx)? })).await
}

/// Delete a notification from one's own inbox
#[utoipa::path(delete, path = "/api/v1/notifications/{id}", tag = "notifications",
    params(("id" = NotificationId, Path)), responses((status = 204)))]
async fn delete_notification(who: Allowed<OwnNotifications>, Id(id): Id<NotificationId>) -> Result<Answer> {
    who.write(move |tx| commands::delete(tx, id).map(|()| Answer::empty())).await
}

/// Read by which channels one is told what
#[utoipa::path(get, path = "/api/v1/notifications/preferences", tag = "notifications",
    responses((status = 200, body = Preferences)))]
async fn read_preferences(who: Allowed<OwnNotifications>) -> Result<Json<Preferences>> {
    who.read(commands::preferences).await.map(Json)
}

/// Choose by which channels one is told what
#[utoipa::path(put, path = "/api/v1/notifications/preferences", tag = "notifications",
    request_body = Preferences, responses((status = 200, body = Preferences)))]
async fn choose_preferences(
    who: Allowed<OwnNotifications>,
    Valid(new): Valid<Preferences>,
) -> Result<Answer> {
    who.write(move |tx| Answer::ok(&commands::choose(tx, &new)?)).await
}

/// List the deliveries, newest first
#[utoipa::path(get, path = "/api/v1/notifications/envois", tag = "notifications", params(EnvoiFilters, Page),
    responses((status = 200, body = Listing<Envoi>)))]
async fn list_deliveries(
    who: Allowed<SendNotifications>,
    Lister { filters, page }: Lister<EnvoiFilters>,
) -> Result<Json<Listing<Envoi>>> {
    who.read(move |db| store::envois(db, &filters, &page)).await.map(Json)
}

/// Read a delivery
#[utoipa::path(get, path = "/api/v1/notifications/envois/{id}", tag = "notifications",
    params(("id" = EnvoiId, Path)), responses((status = 200, body = Envoi)))]
async fn read_delivery(who: Allowed<SendNotifications>, Id(id): Id<EnvoiId>) -> Result<Answer> {
    who.read(move |db| Answer::ok(&store::envoi(db, id)?)).await
}

/// Try a delivery again that failed or was not sent
#[utoipa::path(post, path = "/api/v1/notifications/envois/{id}/relancer", tag = "notifications",
    params(("id" = EnvoiId, Path)), responses((status = 200, body = Envoi)))]
async fn retry_delivery(who: Allowed<SendNotifications>, Id(id): Id<EnvoiId>) -> Result<Answer> {
    who.write(move |tx| Answer::ok(&commands::retry(tx, id)?)).await
}
