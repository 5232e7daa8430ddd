//! HTTP of signatures.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::model::{NewSignature, Signature};
use super::{commands, store};
use crate::ids::InterventionId;
use crate::interventions::{Readable, Workable};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::Result;
use crate::kernel::input::{Id, Valid};
use crate::permissions::{ReadInterventions, WorkOnInterventions};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_signature, sign)).routes(routes!(read_image))
}

/// Read who acknowledged an intervention last, and whether that still covers it; nothing (204) when nobody has
#[utoipa::path(get, path = "/api/v1/interventions/{id}/signature", tag = "interventions",
    params(("id" = InterventionId, Path)), responses((status = 200, body = Signature), (status = 204)))]
async fn read_signature(who: Allowed<ReadInterventions>, Id(id): Id<InterventionId>) -> Result<Response> {
    let last = who.read(move |db| commands::signature(db, &Readable::of(db, id)?)).await?;
    Ok(last.map_or_else(|| StatusCode::NO_CONTENT.into_response(), |last| Json(last).into_response()))
}

/// Have an intervention acknowledged by whoever answers for the machine
#[utoipa::path(post, path = "/api/v1/interventions/{id}/signature", tag = "interventions",
    params(("id" = InterventionId, Path)), request_body = NewSignature,
    responses((status = 201, body = Signature)))]
async fn sign(
    who: Allowed<WorkOnInterventions>,
    Id(id): Id<InterventionId>,
    Valid(new): Valid<NewSignature>,
) -> Result<Answer> {
    who.write(move |tx| Answer::created(&commands::sign(tx, Workable::of(tx, id)?, &new)?)).await
}

/// Show the last signature of an intervention
#[utoipa::path(get, path = "/api/v1/interventions/{id}/signature/image", tag = "interventions",
    params(("id" = InterventionId, Path)),
    responses((status = 200, content((Vec<u8> = "image/png"), (String = "image/svg+xml")))))]
async fn read_image(
    who: Allowed<ReadInterventions>,
    Id(id): Id<InterventionId>,
) -> Result<impl IntoResponse> {
    let (type_mime, bytes) =
        who.read(move |db| store::image(db, Readable::of(db, id)?.intervention().id)).await?;
    let headers = [
        (header::CONTENT_TYPE, type_mime),
        // Whatever the image is opened with, it runs nothing and loads nothing.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes))
}
