//! HTTP of the calendar.

use std::sync::LazyLock;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands::{self, AT_ONCE, WAITING};
use super::model::{Calendrier, CalendrierQuery, EtatLien, FluxQuery, LienCalendrier};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::{Allowed, Anyone};
use crate::kernel::error::{Error, Result};
use crate::kernel::page::Params;
use crate::kernel::turns::Turns;
use crate::permissions::ReadCalendar;
use crate::phrase;

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(AT_ONCE, WAITING));

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_calendar))
        .routes(routes!(read_link, make_link, revoke_link))
        .routes(routes!(read_feed))
}

/// Read the calendar: slots, absences and échéances to come (a technicien, their own)
#[utoipa::path(get, path = "/api/v1/planning/calendrier", tag = "planning", params(CalendrierQuery),
    responses((status = 200, body = Calendrier)))]
async fn read_calendar(
    who: Allowed<ReadCalendar>,
    Params(query): Params<CalendrierQuery>,
) -> Result<Response> {
    let language = who.context().language;
    let turn = TURNS.take().await?;
    let text = who
        .read(move |db| {
            // Kept by the work itself, until the entries are text and gone: who waits for it may leave before it ends.
            let _turn = turn;
            Ok(serde_json::to_vec(&commands::calendar(db, query, language)?)?)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Whether one has a link to one's own feed
#[utoipa::path(get, path = "/api/v1/planning/calendrier/jeton", tag = "planning",
    responses((status = 200, body = EtatLien)))]
async fn read_link(who: Allowed<ReadCalendar>) -> Result<Json<EtatLien>> {
    who.read(commands::link).await.map(Json)
}

/// Make a link to one's own feed, shown this once; it replaces the one before
#[utoipa::path(post, path = "/api/v1/planning/calendrier/jeton", tag = "planning",
    responses((status = 201, body = LienCalendrier)))]
async fn make_link(who: Allowed<ReadCalendar>) -> Result<Answer> {
    let app = who.app().clone();
    // A secret is not kept to be said again.
    who.write_unkept(move |tx| Answer::created(&commands::new_link(tx, &app.options().public_url)?)).await
}

/// Revoke the link to one's own feed
#[utoipa::path(delete, path = "/api/v1/planning/calendrier/jeton", tag = "planning",
    responses((status = 204), (status = 404, description = "There is none")))]
async fn revoke_link(who: Allowed<ReadCalendar>) -> Result<Answer> {
    who.write(|tx| commands::revoke_link(tx).map(|()| Answer::empty())).await
}

/// Read a feed by its secret link, as iCalendar
#[utoipa::path(get, path = "/api/v1/planning/calendrier.ics", tag = "planning", security(()), params(FluxQuery),
    responses(
        (status = 200, body = String, content_type = "text/calendar"),
        (status = 304, description = "As it was when last read"),
        (status = 404, description = "The link opens nothing, or no longer"),
        (status = 429, description = "Too many reads from one address"),
    ))]
async fn read_feed(who: Anyone, Params(query): Params<FluxQuery>) -> Result<Response> {
    if let Some(address) = who.context().address {
        who.app().link_throttle().take(address, who.now()).map_err(|wait| {
            let detail =
                phrase!("Trop de lectures ; réessayez plus tard.", "Too many reads; try again later.");
            Error::TooMany(wait, detail)
        })?;
    }
    let app = who.app().clone();
    let feed = who.read(move |db| commands::feed(db, query, app.tokens().installation())).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::ETAG, format!("\"{}\"", commands::tag(&feed))),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, feed).into_response())
}
