//! A form with a file in it (`multipart/form-data`), read as it arrives.
//!
//! The parser would take all that comes before it looks at any of it, so it is fed a little at a time and may
//! hold only a little that it has handed on to nobody. A slow sender is waited for as long as it goes on
//! sending; one that is refused early is still listened to for a moment, or it would never read why.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header;
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::error::{Error, Result};
use super::input::require_type;
use crate::phrase;

/// Bytes that the rest of a form may have beside its file.
pub const AROUND: u64 = 64 * 1024;

/// Bytes given to the parser at once.
const MOUTHFUL: usize = 16 * 1024;

/// Bytes that the parser may hold: the heads of a part, and a mouthful.
const HELD: usize = 48 * 1024;

/// How slow a sender may be.
#[derive(Clone, Copy)]
struct Pace {
    /// The longest silence.
    silence: Duration,
    /// Bytes that this much waiting must bring.
    least: usize,
}

/// 1 KiB a second, silences of 15 s at most.
const PACE: Pace = Pace { silence: Duration::from_secs(15), least: 15 * 1024 };

/// What is read and thrown away after an early refusal, at most.
const LINGER: (Duration, usize) = (Duration::from_secs(10), 32 * 1024 * 1024);

/// A form under way.
pub struct Upload {
    parts: Multipart,
    progress: Arc<Progress>,
    most: u64,
}

/// One field of the form.
pub struct Part<'u> {
    field: Field<'u>,
    progress: &'u Progress,
    most: u64,
}

impl Upload {
    /// Begins to read a form whose file has `largest` bytes at most.
    ///
    /// # Errors
    /// 415 for another content type, 413 when the announced length is too large already.
    pub async fn begin(request: Request, largest: u64) -> Result<Self> {
        require_type(request.headers(), "multipart/form-data")?;
        let (head, body) = request.into_parts();
        let most = largest.saturating_add(AROUND);
        let announced = body.size_hint().lower();
        let progress = Arc::new(Progress::default());
        // Who waits to be asked for the body is not asked for it only to be refused.
        let lingers = !head.headers.contains_key(header::EXPECT);
        let body = Paced::new(body, most, PACE, lingers, progress.clone());
        if announced > most {
            return Err(too_large(largest));
        }
        let mut form = Request::new(Body::from_stream(body));
        form.headers_mut()
            .extend(head.headers.get(header::CONTENT_TYPE).map(|kind| (header::CONTENT_TYPE, kind.clone())));
        // Ours counts already.
        DefaultBodyLimit::disable().apply(&mut form);
        let parts = Multipart::from_request(form, &()).await.map_err(|_| {
            Error::Unreadable(phrase!(
                "Content-Type: multipart/form-data sans « boundary » lisible.",
                "Content-Type: multipart/form-data without a readable \"boundary\"."
            ))
        })?;
        Ok(Self { parts, progress, most: largest })
    }

    /// The next field, if there is one; what was not read of the last is skipped.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        let (progress, most) = (&self.progress, self.most);
        let field = self.parts.next_field().await.map_err(|error| progress.refusal(&error, most))?;
        progress.held.store(0, Relaxed);
        Ok(field.map(|field| Part { field, progress, most }))
    }
}

impl Part<'_> {
    pub fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    /// What the sender calls the file.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The next bytes, if there are more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let chunk = self.field.chunk().await.map_err(|error| self.progress.refusal(&error, self.most))?;
        self.progress.held.store(0, Relaxed);
        Ok(chunk)
    }

    /// A short text.
    ///
    /// # Errors
    /// 422 when it is longer than `most` bytes, or no text.
    pub async fn text(mut self, most: usize) -> Result<String> {
        let name = self.name().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                return Err(Error::invalid(name, "trop_long", phrase!("est trop long", "is too long")));
            }
        }
        String::from_utf8(bytes).map_err(|_| {
            let message = phrase!("un texte en UTF-8 est attendu", "a text in UTF-8 is expected");
            Error::invalid(name, "valeur_invalide", message)
        })
    }
}

/// What the body's reader and the form's reader tell one another.
#[derive(Default)]
struct Progress {
    /// Bytes given to the parser since it last handed anything on.
    held: AtomicUsize,
    fault: AtomicU8,
}

const TOO_LARGE: u8 = 1;
const TOO_SLOW: u8 = 2;
const TOO_LONG_HEADS: u8 = 3;

impl Progress {
    fn fault(&self, fault: u8) -> io::Error {
        self.fault.store(fault, Relaxed);
        io::Error::other("the form is refused")
    }

    /// Why reading failed.
    fn refusal(&self, error: &MultipartError, most: u64) -> Error {
        Error::Unreadable(match self.fault.load(Relaxed) {
            TOO_LARGE => return too_large(most),
            TOO_SLOW => phrase!(
                "L’envoi n’avance plus : moins de 1 Kio par seconde. Réessayez avec une meilleure connexion.",
                "The body no longer progresses: less than 1 KiB a second. Try again with a better connection."
            ),
            TOO_LONG_HEADS => {
                phrase!("Le formulaire a des en-têtes trop longs.", "The form has heads that are too long.")
            }
            _ => {
                tracing::debug!(error = error.body_text(), "a form cannot be read");
                phrase!(
                    "Le formulaire est mal formé, ou l’envoi s’est interrompu.",
                    "The form is malformed, or was cut short."
                )
            }
        })
    }
}

fn too_large(most: u64) -> Error {
    Error::TooLarge(usize::try_from(most).unwrap_or(usize::MAX))
}

/// A body that arrives: counted, paced, and given on in mouthfuls.
struct Paced {
    body: Option<BodyDataStream>,
    rest: Bytes,
    /// One mouthful was just given: the parser must look at it before it gets more.
    given: bool,
    left: u64,
    pace: Pace,
    silence: Pin<Box<Sleep>>,
    /// Since when nothing came, and how long nothing came in all, since so many bytes were last there.
    waiting: Option<Instant>,
    waited: Duration,
    arrived: usize,
    lingers: bool,
    progress: Arc<Progress>,
}

impl Paced {
    fn new(body: Body, most: u64, pace: Pace, lingers: bool, progress: Arc<Progress>) -> Self {
        Self {
            body: Some(body.into_data_stream()),
            rest: Bytes::new(),
            given: false,
            left: most,
            pace,
            silence: Box::pin(sleep(pace.silence)),
            waiting: None,
            waited: Duration::ZERO,
            arrived: 0,
            lingers,
            progress,
        }
    }

    /// Counts the time that the sender took, not the time that we took.
    fn is_too_slow(&mut self, bytes: usize) -> bool {
        self.waited += self.waiting.take().map(|since| since.elapsed()).unwrap_or_default();
        self.arrived += bytes;
        if self.waited < self.pace.silence {
            return false;
        }
        let too_slow = self.arrived < self.pace.least;
        (self.waited, self.arrived) = (Duration::ZERO, 0);
        too_slow
    }
}

impl Stream for Paced {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let this = &mut *self;
        this.lingers = true;
        if std::mem::take(&mut this.given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if this.rest.is_empty() {
            let Some(body) = &mut this.body else { return Poll::Ready(None) };
            match body.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(bytes))) => {
                    if bytes.len() as u64 > this.left {
                        return Poll::Ready(Some(Err(this.progress.fault(TOO_LARGE))));
                    }
                    this.left -= bytes.len() as u64;
                    if this.is_too_slow(bytes.len()) {
                        return Poll::Ready(Some(Err(this.progress.fault(TOO_SLOW))));
                    }
                    this.rest = bytes;
                }
                Poll::Ready(end) => {
                    this.body = None;
                    return Poll::Ready(end.map(|error| error.map_err(io::Error::other)));
                }
                Poll::Pending => {
                    if this.waiting.is_none() {
                        let now = Instant::now();
                        this.waiting = Some(now);
                        this.silence.as_mut().reset(now + this.pace.silence);
                    }
                    if this.silence.as_mut().poll(context).is_ready() {
                        return Poll::Ready(Some(Err(this.progress.fault(TOO_SLOW))));
                    }
                    return Poll::Pending;
                }
            }
        }
        let mouthful = this.rest.split_to(this.rest.len().min(MOUTHFUL));
        if this.progress.held.fetch_add(mouthful.len(), Relaxed) + mouthful.len() > HELD {
            return Poll::Ready(Some(Err(this.progress.fault(TOO_LONG_HEADS))));
        }
        this.given = true;
        Poll::Ready(Some(Ok(mouthful)))
    }
}

impl Drop for Paced {
    /// A connection that closes on unread bytes is reset, and the answer with it.
    fn drop(&mut self) {
        let Some(mut body) = self.body.take().filter(|_| self.lingers) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (time, most) = LINGER;
        runtime.spawn(timeout(time, async move {
            let mut left = most;
            while let Some(Ok(bytes)) = body.next().await {
                left = left.saturating_sub(bytes.len());
                if left == 0 {
                    break;
                }
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::body::{Body, Bytes};
    use futures_util::{Stream, StreamExt, stream};

    use super::*;

    const QUICK: Pace = Pace { silence: Duration::from_millis(40), least: 100 };

    fn arriving(
        body: impl Stream<Item = std::io::Result<Bytes>> + Send + 'static,
        most: u64,
    ) -> (Paced, Arc<Progress>) {
        let progress = Arc::new(Progress::default());
        (Paced::new(Body::from_stream(body), most, QUICK, false, progress.clone()), progress)
    }

    fn every(
        pause: Duration,
        bytes: &'static [u8],
        times: usize,
    ) -> impl Stream<Item = std::io::Result<Bytes>> {
        stream::iter(0..times).then(move |_| async move {
            sleep(pause).await;
            Ok(Bytes::from_static(bytes))
        })
    }

    /// How many bytes came through, and what stopped them.
    async fn taken((paced, progress): (Paced, Arc<Progress>)) -> (usize, u8) {
        let mut bytes = 0;
        let mut paced = std::pin::pin!(paced);
        while let Some(Ok(chunk)) = paced.next().await {
            bytes += chunk.len();
            progress.held.store(0, Relaxed);
        }
        (bytes, progress.fault.load(Relaxed))
    }

    #[tokio::test]
    async fn a_slow_sender_that_goes_on_is_waited_for_and_one_that_trickles_is_not() {
        let steady = every(Duration::from_millis(10), &[0; 60], 30);
        let trickle = every(Duration::from_millis(10), &[0; 2], 300);
        let silent = every(Duration::from_secs(60), &[0; 60], 1);

        assert_eq!(taken(arriving(steady, 10_000)).await, (1800, 0));
        assert_eq!(taken(arriving(trickle, 10_000)).await.1, TOO_SLOW);
        assert_eq!(taken(arriving(silent, 10_000)).await, (0, TOO_SLOW));
    }

    #[tokio::test]
    async fn the_byte_too_many_is_refused_and_no_mouthful_is_larger_than_it_should() {
        let whole = |bytes: usize| stream::iter([Ok(Bytes::from(vec![0; bytes]))]);

        assert_eq!(taken(arriving(whole(100_000), 100_000)).await, (100_000, 0));
        assert_eq!(taken(arriving(whole(100_001), 100_000)).await, (0, TOO_LARGE));
    }

    #[tokio::test]
    async fn a_parser_that_hands_nothing_on_is_given_no_more() {
        let (paced, progress) = arriving(stream::iter([Ok(Bytes::from(vec![0; 1 << 20]))]), 1 << 21);
        let mut paced = std::pin::pin!(paced);
        let mut held = 0;

        while let Some(Ok(chunk)) = paced.next().await {
            held += chunk.len();
        }

        assert!(held <= HELD, "{held}");
        assert_eq!(progress.fault.load(Relaxed), TOO_LONG_HEADS);
    }
}
