//! HTTP of the jobs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands;
use super::model::{ExecutionFilters, HeureConfirmee, Horloge, Tache, Taches};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::input::{Id, Valid};
use crate::kernel::page::{Lister, Page};
use crate::kernel::scheduler;
use crate::permissions::{ManageTaches, ReadTaches};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_jobs)).routes(routes!(confirm_clock)).routes(routes!(launch))
}

/// List what the server does by itself: each job, when it is due, and the runs, newest first
#[utoipa::path(get, path = "/api/v1/planning/taches", tag = "planning", params(ExecutionFilters, Page),
    responses((status = 200, body = Taches)))]
async fn list_jobs(
    who: Allowed<ReadTaches>,
    Lister { filters, page }: Lister<ExecutionFilters>,
) -> Result<Json<Taches>> {
    let (app, language) = (who.app().clone(), who.context().language);
    who.read(move |db| commands::read(db, app.scheduler(), &filters, &page, language)).await.map(Json)
}

/// Run a job now, beside its times; its run shows in the list when it has ended
#[utoipa::path(post, path = "/api/v1/planning/taches/{nom}/lancer", tag = "planning",
    params(("nom" = String, Path, example = "purge-sessions")),
    responses((status = 202, body = Tache, description = "It begins")))]
async fn launch(who: Allowed<ManageTaches>, Id(nom): Id<String>) -> Result<Answer> {
    let (app, language) = (who.app().clone(), who.context().language);
    let job = app.scheduler().job(&nom).ok_or(Error::NotFound)?;
    // A request that repeats itself gets the first answer again, and begins no second run.
    let is_first = Arc::new(AtomicBool::new(false));
    let (asked, shared) = (is_first.clone(), app.clone());
    let answer = who
        .write(move |tx| {
            asked.store(true, Ordering::Relaxed);
            Answer::accepted(&commands::launch(tx, shared.scheduler(), &nom, language)?)
        })
        .await?;
    if is_first.load(Ordering::Relaxed) {
        app.scheduler().launch(job);
    }
    Ok(answer)
}

/// Vouch for the server's clock after it was set, with the time read on another one: jobs that wait for it go on
#[utoipa::path(post, path = "/api/v1/planning/taches/horloge", tag = "planning", request_body = HeureConfirmee,
    responses((status = 200, body = Horloge)))]
async fn confirm_clock(
    who: Allowed<ManageTaches>,
    Valid(HeureConfirmee { maintenant }): Valid<HeureConfirmee>,
) -> Result<Answer> {
    let (app, language) = (who.app().clone(), who.context().language);
    let shared = app.clone();
    let answer = who
        .write(move |tx| Answer::ok(&commands::confirm_clock(tx, shared.scheduler(), maintenant, language)?))
        .await?;
    scheduler::nudge(&app);
    Ok(answer)
}
