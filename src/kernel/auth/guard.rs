//! The guards: the only way from a handler to the database.
//!
//! A handler that reads or writes names its right in its signature, as [`Allowed<P>`]; one that is open to
//! all says [`Anyone`], which a reviewer sees. There is no third way: the handle is private to the kernel.
//!
//! ```
//! use axum::extract::State;
//! use erp_interventions::kernel::app::App;
//! async fn handler(State(app): State<App>) {
//!     app.now(); // without a guard, the time of day and the like
//! }
//! ```
//!
//! ```compile_fail,E0624
//! use axum::extract::State;
//! use erp_interventions::kernel::app::App;
//! async fn handler(State(app): State<App>) {
//!     app.db(); // error: this method is private to the kernel
//! }
//! ```

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::actor::{Actor, Role, Who};
use super::{idempotency, store};
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::clock::Instant;
use crate::kernel::context::{self, RequestContext};
use crate::kernel::db::{Change, Fact, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// A right, declared in `permissions.rs` with the roles that have it.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
    const ROLES: &'static [Role];
}

/// A signed-in caller who has the right `P`, and with it the database.
pub struct Allowed<P: Permission> {
    app: App,
    who: Arc<Who>,
    context: Arc<RequestContext>,
    right: PhantomData<P>,
}

impl<P: Permission> Allowed<P> {
    pub fn actor(&self) -> &Actor {
        &self.who.actor
    }

    /// The present, the same for the whole request.
    pub fn now(&self) -> Instant {
        self.who.now
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// Where and with what the request came.
    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    /// Reads, in one snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read(self.who.clone(), work).await
    }

    /// Writes and answers, in one transaction. Under an `Idempotency-Key` the answer is kept with the change,
    /// and a repetition gets it again instead of a second change.
    pub async fn write(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let key = self.context.idempotency.clone();
        self.app.db().write(self.who.clone(), move |tx| idempotency::once(tx, key.as_ref(), work)).await
    }

    /// Writes something whose answer must not be kept, such as a token.
    pub async fn write_unkept<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write(self.who.clone(), work).await
    }
}

impl<P: Permission> FromRequestParts<App> for Allowed<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let context = context::of(parts)?;
        let actor = sign_in(parts, app, &context).await?;
        if let Some(id) = actor.user_id {
            let _ = context.user.set(id);
        }
        let permitted = actor.may::<P>();
        let who = Arc::new(who(app, &context, actor));
        if !permitted {
            let refused = Refused {
                right: P::NAME,
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
            };
            app.db().write(who, move |tx| tx.record(&refused, Change::created(&refused)?)).await?;
            return Err(Error::Forbidden(phrase!(
                "Votre rôle ne permet pas cette action.",
                "Your role does not allow this action."
            )));
        }
        Ok(Self { app: app.clone(), who, context, right: PhantomData })
    }
}

/// Whoever calls, signed in or not: sign-in, health, set-up.
pub struct Anyone {
    app: App,
    who: Arc<Who>,
    context: Arc<RequestContext>,
}

impl Anyone {
    pub fn now(&self) -> Instant {
        self.who.now
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read(self.who.clone(), work).await
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write(self.who.clone(), work).await
    }
}

impl FromRequestParts<App> for Anyone {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let context = context::of(parts)?;
        let who = Arc::new(who(app, &context, Actor::nobody()));
        Ok(Self { app: app.clone(), who, context })
    }
}

/// Reads the bearer token, then the person behind it as the database knows them now.
async fn sign_in(parts: &Parts, app: &App, context: &RequestContext) -> Result<Actor> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = token.ok_or_else(Error::unauthenticated)?;
    let claims = app.tokens().read_access(token, app.now()).ok_or_else(Error::unauthenticated)?;
    let nobody = Arc::new(who(app, context, Actor::nobody()));
    let found =
        app.db().read(nobody, move |db| store::actor_of_session(db, claims.session, claims.user)).await;
    found.map_err(unavailable)?.ok_or_else(Error::unauthenticated)
}

/// Nobody knows who calls while the look-up fails: that is never a reason to let them in, nor to send them away.
fn unavailable(error: Error) -> Error {
    if let Error::Internal(cause) = &error {
        tracing::error!(cause = format_args!("{cause:#}"), "the signed-in person cannot be looked up");
    }
    Error::Busy(
        "indisponible",
        phrase!(
            "Le serveur ne peut pas vérifier qui vous êtes ; réessayez.",
            "The server cannot check who you are; try again."
        ),
    )
}

fn who(app: &App, context: &RequestContext, actor: Actor) -> Who {
    Who { actor, now: app.now(), address: context.address, request_id: Some(context.request_id.clone()) }
}

/// The journal's entry for a 403.
#[derive(serde::Serialize)]
struct Refused {
    right: &'static str,
    method: String,
    path: String,
}

impl Fact for &Refused {
    fn action(&self) -> &'static str {
        "acces.refuse"
    }

    fn entite(&self) -> &'static str {
        "acces"
    }

    fn entite_id(&self) -> Option<i64> {
        None
    }
}
