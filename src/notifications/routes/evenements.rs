//! Live events over HTTP (server-sent events).
//!
//! A stream holds no connection to the database while it waits, and reads only when its turn comes. It is told
//! that something was written, never what: each time it reads as whom its session makes it now.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use serde::Serialize;
use tokio::select;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::kernel::app::App;
use crate::kernel::auth::Allowed;
use crate::kernel::error::{Error, Result};
use crate::kernel::problem::Problem;
use crate::kernel::server::LongLived;
use crate::kernel::streams::Place;
use crate::notifications::feed::{self, Cursor, News};
use crate::permissions::OwnNotifications;

/// Something is sent this often at least, or proxies and phones take the line for dead. It is also how long a
/// session that has run out may still listen.
const BEAT: Duration = Duration::from_secs(15);

/// How long changes may gather: one look for many.
const GATHER: Duration = Duration::from_millis(300);

/// How soon a client that lost its stream comes back.
const RETRY: Duration = Duration::from_secs(3);

/// Follow what changes, as server-sent events
///
/// `notification`: a new message of one's own, with the number of unread ones. `changement`: `{entite, id, action,
/// version?}` of something that the caller sees now. `recharger`: too much has happened since `Last-Event-ID`;
/// read again what is on the screen. The stream ends with the session, and when the server stops.
#[utoipa::path(get, path = "/api/v1/evenements", tag = "notifications",
    params(("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event received: what happened since is told first.")),
    responses((status = 200, description = "Events without end", content_type = "text/event-stream", body = String),
        (status = 429, description = "This person has enough streams open", body = Problem,
            content_type = "application/problem+json")))]
pub async fn follow(who: Allowed<OwnNotifications>, headers: HeaderMap) -> Result<Response> {
    let user = who.actor().user_id.ok_or_else(Error::unauthenticated)?;
    let place = who.app().streams().enter(user, who.context().address)?;
    let commits = who.app().commits();
    let (cursor, waiting) = match headers.get("last-event-id") {
        // Read at once: what happened meanwhile is told first.
        Some(id) => (id.to_str().ok().and_then(|id| id.parse().ok()), true),
        None => (Some(who.read(Cursor::now).await?), false),
    };
    let mut follower =
        Follower { who, place, commits, cursor, ready: VecDeque::new(), beat: Instant::now(), waiting };
    follower.greet();
    let mut response = Sse::new(events(follower)).into_response();
    response.extensions_mut().insert(LongLived);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would gather the events.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

struct Follower {
    who: Allowed<OwnNotifications>,
    place: Place,
    commits: watch::Receiver<u64>,
    /// How far it has read; `None` when the client came with something that is no cursor.
    cursor: Option<Cursor>,
    ready: VecDeque<Event>,
    /// When something was last sent.
    beat: Instant,
    /// Whether there may be something to read already.
    waiting: bool,
}

fn events(follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(follower, |mut follower| async move {
        loop {
            if let Some(event) = follower.ready.pop_front() {
                follower.beat = Instant::now();
                return Some((Ok(event), follower));
            }
            if !follower.wait().await {
                return None;
            }
            follower.look().await?;
        }
    })
}

impl Follower {
    /// The first words: where the stream begins, and when to come back to it.
    fn greet(&mut self) {
        let event = Event::default().retry(RETRY).comment("erp-interventions");
        self.ready.push_back(match self.cursor {
            Some(cursor) => event.id(cursor.to_string()),
            None => event,
        });
    }

    /// Waits until something was written, or nothing was said for long; `false` when the server stops.
    async fn wait(&mut self) -> bool {
        if std::mem::take(&mut self.waiting) {
            return true;
        }
        let app: App = self.who.app().clone();
        select! {
            () = app.stopping() => false,
            () = sleep_until(self.beat + BEAT) => true,
            changed = self.commits.changed() => {
                if changed.is_err() {
                    return false;
                }
                select! {
                    () = app.stopping() => false,
                    () = sleep(GATHER) => true,
                }
            }
        }
    }

    /// Reads what is new; `None` when its person may follow no more.
    async fn look(&mut self) -> Option<()> {
        let turn = self.place.turn().await;
        // What is written from here on is another wake-up.
        self.commits.mark_unchanged();
        let cursor = self.cursor;
        let news = self.who.read_anew(move |db| feed::news(db, cursor)).await;
        drop(turn);
        match news {
            Ok(news) => self.tell(news),
            Err(error) if feed::is_over(&error) => return None,
            // The server is busy: the cursor stays, the next look finds it all.
            Err(error) => tracing::debug!(%error, "a stream could not read"),
        }
        if self.ready.is_empty() && self.beat.elapsed() >= BEAT {
            self.ready.push_back(self.marked(Event::default().comment("")));
        }
        Some(())
    }

    fn tell(&mut self, news: News) {
        self.cursor = Some(news.cursor);
        if news.reload {
            self.ready.push_back(Event::default().event("recharger").data("{}"));
        }
        let notifications = news.notifications.iter().map(|it| event("notification", it));
        self.ready.extend(notifications.chain(news.changes.iter().map(|it| event("changement", it))));
        // Only the last carries the id: whoever is cut off in the middle gets all of it again.
        if let Some(last) = self.ready.pop_back() {
            self.ready.push_back(self.marked(last));
        }
    }

    fn marked(&self, event: Event) -> Event {
        match self.cursor {
            Some(cursor) => event.id(cursor.to_string()),
            None => event,
        }
    }
}

fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    event.json_data(data).unwrap_or_else(|_| Event::default().event("recharger").data("{}"))
}
