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
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::actor::{Actor, Role, Who};
use super::{idempotency, store};
use crate::ids::UserId;
use crate::kernel::answer::Answer;
use crate::kernel::app::App;
use crate::kernel::clock::Instant;
use crate::kernel::context::{self, Idempotency, RequestContext};
use crate::kernel::db::{Change, Fact, Reader, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::files::Files;
use crate::phrase;

/// A right, declared in `permissions.rs` with the roles that have it.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
    const ROLES: &'static [Role];
    /// Whether somebody has it whose password was given them and who has not chosen their own yet.
    const BEFORE_PASSWORD: bool = false;
    /// Whether somebody has it who still owes a second factor.
    const BEFORE_SECOND_FACTOR: bool = false;
    /// Whether what it changes is bounded by something else, and costs nothing of a person's budget of changes.
    const IS_SPARED: bool = false;
}

/// One request: the server's parts and on whose behalf it runs. Only a guard has one.
pub struct Call {
    app: App,
    who: Arc<Who>,
    context: Arc<RequestContext>,
}

impl Call {
    fn new(app: &App, context: Arc<RequestContext>, actor: Actor) -> Self {
        let (address, request_id) = (context.address, Some(context.request_id.clone()));
        let who = Who { actor, now: app.now(), address, request_id };
        Self { app: app.clone(), who: Arc::new(who), context }
    }

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

    pub fn files(&self) -> &Files {
        self.app.files()
    }

    /// The operation that this request is, once a body that only its handler can read is known: `content` tells
    /// two of them apart.
    pub fn operation(&self, content: &[&[u8]]) -> Operation {
        Operation(self.context.idempotency(self.app.tokens(), content))
    }

    /// Takes one change of the budget of whoever calls: each may leave rows for ever, in the journal at least. Who runs
    /// the plant has none, for they may write as much as there is to write.
    fn spend(&self) -> Result<()> {
        let Some(id) = self.actor().user_id.filter(|_| !self.actor().runs_the_plant()) else { return Ok(()) };
        self.app.changes().take(id, self.now()).map_err(|wait| {
            let seconds = wait.as_secs();
            Error::TooMany(
                wait,
                phrase!(
                    "Vous avez fait trop de modifications à la suite ; réessayez dans {seconds} s.",
                    "You have made too many changes in a row; try again in {seconds} s.",
                    "تعديلات كثيرة متتالية؛ أعد المحاولة بعد \u{2068}{seconds} s\u{2069}."
                ),
            )
        })
    }

    /// Reads, in one snapshot.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read(self.who.clone(), work).await
    }

    /// Reads what takes long, in one snapshot, and takes none of the readers from others.
    ///
    /// # Errors
    /// 503 when too many take long already.
    pub async fn read_long<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().read_long(self.who.clone(), work).await
    }

    /// Writes something whose answer must not be kept, such as a token.
    pub async fn write_unkept<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write(self.who.clone(), work).await
    }

    /// The same for what lets people in and keeps them out (sign-in, refresh, sign-out), and for what helps an
    /// administrator out of a full disk: written also while the disk refuses everything else.
    pub async fn write_vital<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.db().write_vital(self.who.clone(), work).await
    }
}

/// A signed-in caller who has the right `P`, and with it the database.
pub struct Allowed<P: Permission> {
    call: Call,
    right: PhantomData<P>,
}

impl<P: Permission> Allowed<P> {
    /// Writes and answers, in one transaction. Under an `Idempotency-Key` the answer is kept with the change,
    /// and a repetition gets it again instead of a second change.
    pub async fn write(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        self.write_as(self.operation(&[]), work).await
    }

    /// The same, for an operation that the handler has told apart.
    pub async fn write_as(
        &self,
        Operation(key): Operation,
        work: impl FnOnce(&Tx<'_>) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        self.write_unkept(move |tx| idempotency::once(tx, key.as_ref(), work)).await
    }

    /// The answer that the operation got the first time, if this is a repetition.
    ///
    /// # Errors
    /// 422 when its key was used for another operation.
    pub async fn first_answer(&self, operation: &Operation) -> Result<Option<Answer>> {
        let Some(key) = operation.0.clone() else { return Ok(None) };
        self.read(move |db| idempotency::first(db, &key)).await
    }
}

impl<P: Permission> Allowed<P> {
    /// Reads later than the request, at the present time and as whom the session makes the caller now: what
    /// outlives its request asks again each time, in the snapshot of what it reads.
    ///
    /// # Errors
    /// 401 once the session has ended, the account is closed, or its role has the right no more.
    pub async fn read_anew<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let actor = self.actor();
        let (Some(session), Some(user)) = (actor.session_id, actor.user_id) else {
            return Err(Error::unauthenticated());
        };
        let now = self.app.now();
        let present = Who { actor: Actor::nobody(), now, address: None, request_id: None };
        self.app
            .db()
            .read(Arc::new(present), move |db| {
                let actor = store::actor_of_session(db, session, user)?
                    .filter(Actor::may::<P>)
                    .ok_or_else(Error::unauthenticated)?;
                let who = Who { actor, now, address: None, request_id: None };
                work(&db.on_behalf_of(&who))
            })
            .await
    }
}

/// What a request does, for those who may repeat it.
#[derive(Clone, Debug)]
pub struct Operation(Option<Idempotency>);

impl<P: Permission> Deref for Allowed<P> {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl<P: Permission> FromRequestParts<App> for Allowed<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Anyone(anyone) = Anyone::from_request_parts(parts, app).await?;
        let actor = sign_in(parts, &anyone).await?;
        if let Some(id) = actor.user_id {
            let _ = anyone.context.user.set(id);
        }
        let call = Call::new(app, anyone.context, actor);
        if !call.actor().may::<P>() {
            let user = call.actor().user_id;
            // It leaves a row too: the first of a minute, as long as their budget of changes lasts.
            let room = |id| app.changes().take(id, call.now()).is_ok();
            let count = user.map_or(Some(1), |id| app.refusals().count(id, P::NAME, call.now(), || room(id)));
            if let Some(count) = count {
                let refused = Refused {
                    right: P::NAME,
                    method: parts.method.as_str().chars().take(MAX_METHOD).collect(),
                    path: parts.uri.path().chars().take(MAX_PATH).collect(),
                    count: (count > 1).then_some(count),
                    user_id: None,
                };
                let noted =
                    call.write_unkept(move |tx| tx.record(&refused, Change::created(&refused)?)).await;
                // A refusal stands, also when it cannot be written down: nothing was shown and nothing done.
                if let Err(cause) = noted {
                    tracing::warn!(%cause, right = P::NAME, "a refusal could not be written in the journal");
                    if let Some(id) = user {
                        app.refusals().put_back(id, P::NAME, count);
                    }
                }
            }
            return Err(forbidden(call.actor()));
        }
        if !P::IS_SPARED && !parts.method.is_safe() {
            call.spend()?;
        }
        parts.extensions.insert(call.who.clone());
        Ok(Self { call, right: PhantomData })
    }
}

/// What somebody is told who has not the right: what they owe, if anything, for that they can mend.
fn forbidden(actor: &Actor) -> Error {
    if actor.owes_password {
        return Error::Owing(
            "mot_de_passe_a_changer",
            phrase!(
                "Votre mot de passe vous a été donné par quelqu’un d’autre : choisissez d’abord le vôtre.",
                "Your password was given to you by somebody else: choose your own first.",
                "كلمة سرّك أعطاك إياها غيرك: اختر أولًا كلمة سر جديدة."
            ),
        );
    }
    if actor.owes_second_factor {
        return Error::Owing(
            "double_a_configurer",
            phrase!(
                "La double authentification est exigée de votre rôle : mettez-la d’abord en place, dans votre compte.",
                "The second factor is required of your role: set it up first, in your account.",
                "دورك يفرض المصادقة الثنائية: فعّلها أولًا في حسابك."
            ),
        );
    }
    Error::Forbidden(phrase!(
        "Votre rôle ne permet pas cette action.",
        "Your role does not allow this action.",
        "دورك لا يسمح بهذه العملية."
    ))
}

/// Whoever calls, signed in or not: sign-in, health, set-up.
pub struct Anyone(Call);

impl Deref for Anyone {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.0
    }
}

impl FromRequestParts<App> for Anyone {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(Call::new(app, context::of(parts)?, Actor::nobody())))
    }
}

/// Reads the bearer token, then the person behind it as the database knows them now.
async fn sign_in(parts: &Parts, anyone: &Call) -> Result<Actor> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = token.ok_or_else(Error::unauthenticated)?;
    let claims = anyone.app.tokens().read_access(token, anyone.now()).ok_or_else(Error::unauthenticated)?;
    let (session, user) = (claims.session, claims.user);
    let known = anyone.who.clone();
    let found =
        anyone.app.db().look_up(known, user, move |db| store::actor_of_session(db, session, user)).await;
    found.map_err(unavailable)?.ok_or_else(Error::unauthenticated)
}

/// Nobody knows who calls while the look-up fails: that is never a reason to let them in, nor to send them away.
fn unavailable(error: Error) -> Error {
    if matches!(error, Error::TooMany(..)) {
        return error;
    }
    if let Error::Internal(cause) = &error {
        tracing::error!(cause = format_args!("{cause:#}"), "the signed-in person cannot be looked up");
    }
    Error::Busy(
        "indisponible",
        phrase!(
            "Le serveur ne peut pas vérifier qui vous êtes ; réessayez.",
            "The server cannot check who you are; try again.",
            "تعذّر على الخادم التحقق من هويتك؛ أعد المحاولة."
        ),
    )
}

/// The journal's entry for a 403.
#[derive(serde::Serialize)]
pub(super) struct Refused {
    right: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    method: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    path: String,
    /// How many refusals this entry stands for, when several.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// Who was refused, when the server writes it down later.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<UserId>,
}

impl Refused {
    /// Refusals that were counted only.
    pub(super) fn counted(right: &'static str, user_id: Option<UserId>, count: u64) -> Self {
        Self { right, method: String::new(), path: String::new(), count: Some(count), user_id }
    }
}

/// Characters of a refused request that its entry keeps.
pub const MAX_PATH: usize = 200;
const MAX_METHOD: usize = 16;

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
