//! Handing messages over. Nobody waits for it: deliveries are taken a few at a time under a lease, handed over side
//! by side, and marked as they end, many in one transaction. A process that dies in between leaves them taken; the
//! next one takes them again, under the same Message-ID.

use std::future::Future;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use jiff::tz::TimeZone;
use tokio::select;
use tokio::time::sleep;

use super::model::{Canal, StatutEnvoi};
use super::rules::after_failure;
use super::sentences::{reason, written_day};
use super::store::{self, Content, Item, Letter, Outcome};
use crate::clients::plant_zone;
use crate::ids::EnvoiId;
use crate::kernel::app::{App, System};
use crate::kernel::clock::Instant;
use crate::kernel::db::Tx;
use crate::kernel::error::{Error, Result};
use crate::kernel::mail::{self, Digest, DigestEntry, Mail, Mailbox, Notice, Outgoing, Rendered, SendError};
use crate::kernel::phrase::Language;
use crate::phrase;

/// Deliveries taken at once.
const BATCH: usize = 32;

/// Handed over side by side: enough to keep every connection of the mailer busy.
const AT_ONCE: usize = 2 * mail::CONNECTIONS;

/// Whoever took a delivery this long ago will not come back. Far longer than the slowest batch.
const LEASE: Duration = Duration::from_secs(3600);

/// How long messages may gather before they are looked for.
const GATHER: Duration = Duration::from_millis(50);

/// After a fault (a full disk, a full queue) the loop goes on this much later.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// The wall clock may jump, and what was far off be due: it is looked at this often at least.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Characters of an error that are kept.
const KEPT: usize = 500;

/// How the log and the journal name it.
const NAME: &str = "envois";

/// Whoever takes messages and carries them away.
pub trait Mailer: Sync {
    /// Whether there is anywhere to carry them to.
    fn is_configured(&self) -> bool;

    /// Returns once somebody else has taken responsibility for the message.
    fn send(&self, message: &Outgoing) -> impl Future<Output = Result<(), SendError>> + Send;
}

impl Mailer for Mail {
    fn is_configured(&self) -> bool {
        Mail::is_configured(self)
    }

    fn send(&self, message: &Outgoing) -> impl Future<Output = Result<(), SendError>> + Send {
        Mail::send(self, message)
    }
}

/// Hands over what is due, as long as the server runs.
pub async fn deliver(app: App) {
    let system = System::new(&app, NAME);
    let mut commits = app.commits();
    let mut is_first = true;
    while !app.is_stopping() {
        commits.mark_unchanged();
        let pass = async {
            if is_first {
                // Vital, as all of it: mail tells an administrator that the disk is full.
                // Whoever took them went down with the process before.
                system.write_vital(|tx| unrecorded(tx, |tx| store::release(tx).map(drop))).await?;
            }
            deliver_due(&system, app.mail()).await
        };
        let pause = match pass.await {
            Ok(next) => {
                is_first = false;
                let seconds = next.map(|next| next.as_second() - app.now().as_second());
                seconds.map_or(LONGEST_SLEEP, |seconds| Duration::from_secs(seconds.max(1).unsigned_abs()))
            }
            Err(error) => {
                tracing::error!(%error, "deliveries could not be made");
                sleep(AFTER_FAULT).await;
                continue;
            }
        };
        select! {
            changed = commits.changed() => match changed {
                Ok(()) => sleep(GATHER).await,
                Err(_) => return,
            },
            () = sleep(pause.min(LONGEST_SLEEP)) => {}
            () = app.stopping() => {}
        }
    }
}

/// Hands over all that is due now, and returns when the next is.
///
/// # Errors
/// Those of the database. What a mailer cannot carry is marked and tried again, or given up.
pub async fn deliver_due(system: &System, mailer: &impl Mailer) -> Result<Option<Instant>> {
    loop {
        let now = system.app().now();
        let next = system.read(store::outlook).await?;
        if next.is_none_or(|next| next > now) || system.app().is_stopping() {
            return Ok(next);
        }
        let letters = system
            .write_vital(move |tx| unrecorded(tx, |tx| store::claim(tx, BATCH, now.plus(LEASE))))
            .await?;
        let handed = stream::iter(letters).map(|letter| hand_over(system, mailer, letter));
        // What ends together is marked together, and nothing that has ended waits for what hangs.
        let mut ended = handed.buffer_unordered(AT_ONCE).ready_chunks(BATCH);
        while let Some(ended) = ended.next().await {
            let mark =
                move |tx: &Tx<'_>| ended.iter().try_for_each(|(id, outcome)| store::mark(tx, *id, outcome));
            system.write_vital(move |tx| unrecorded(tx, mark)).await?;
        }
    }
}

fn unrecorded<T>(tx: &Tx<'_>, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    tx.unrecorded("what becomes of a delivery is told by its own row");
    work(tx)
}

/// One letter by its channel, and what became of it.
async fn hand_over(system: &System, mailer: &impl Mailer, letter: Letter) -> (EnvoiId, Outcome) {
    let (id, attempts) = (letter.id, letter.essais);
    let outcome = match by_channel(system, mailer, letter).await {
        Ok(()) => Outcome { statut: StatutEnvoi::Envoye, prochain_essai: None, derniere_erreur: None },
        Err(Held::Unsent(why)) => {
            Outcome { statut: StatutEnvoi::NonEnvoye, prochain_essai: None, derniere_erreur: Some(why) }
        }
        Err(Held::Failed(why, permanent)) => {
            let (statut, prochain_essai) = after_failure(attempts, permanent, system.app().now());
            if statut == StatutEnvoi::Echec {
                tracing::warn!(envoi = id.0, attempts, why, "a delivery is given up");
            }
            Outcome { statut, prochain_essai, derniere_erreur: Some(why.chars().take(KEPT).collect()) }
        }
    };
    (id, outcome)
}

/// Why a letter was not handed over.
enum Held {
    /// There was nobody to hand it to.
    Unsent(String),
    /// What went wrong, and whether it would again.
    Failed(String, bool),
}

async fn by_channel(system: &System, mailer: &impl Mailer, letter: Letter) -> Result<(), Held> {
    if !letter.is_active {
        return Err(Held::Unsent("Le compte du destinataire est désactivé.".to_owned()));
    }
    if letter.canal == Canal::Log {
        log(&letter);
        return Ok(());
    }
    if matches!(letter.content, Content::Digest(_, 0)) {
        return Err(Held::Unsent("Tous les messages du résumé ont été supprimés.".to_owned()));
    }
    if !mailer.is_configured() {
        // Never an error: a plant may well do without.
        tracing::info!(
            envoi = letter.id.0,
            user = letter.user_id.0,
            "an e-mail is not sent: no server is set"
        );
        return Err(Held::Unsent(mail::not_configured().text(Language::French).to_owned()));
    }
    let message = compose(system, letter).await.map_err(|error| Held::Failed(error.to_string(), false))?;
    mailer.send(&message).await.map_err(|error| match error {
        SendError::Transient(why) => Held::Failed(why, false),
        SendError::Permanent(why) => Held::Failed(why, true),
    })
}

/// The `log` channel: one line, with everything.
fn log(letter: &Letter) {
    if let Content::Message(Item { r#type, titre, contenu, lien, .. }) = &letter.content {
        let (envoi, user) = (letter.id.0, letter.user_id.0);
        tracing::info!(envoi, user, %r#type, titre, contenu, lien, "notification");
    }
}

/// The e-mail of a letter, from its template.
async fn compose(system: &System, letter: Letter) -> Result<Outgoing> {
    let zone = system.read(plant_zone).await?;
    let app = system.app().clone();
    // Templates may be files.
    let rendered = tokio::task::spawn_blocking(move || {
        let url = &app.options().public_url;
        let Rendered { subject, text, html } = render(&app, &letter, &zone)?;
        Ok(Outgoing {
            message_id: format!("{}@{}", letter.message_id, host(url)),
            to: Mailbox { name: letter.full_name, address: letter.email },
            subject,
            text,
            html,
        })
    });
    rendered.await.map_err(|cause| Error::Internal(cause.into()))?
}

fn render(app: &App, letter: &Letter, zone: &TimeZone) -> Result<Rendered> {
    let url = &app.options().public_url;
    let absolute = |path: &Option<String>| path.as_ref().map(|path| format!("{url}{path}"));
    let (language, preferences) = (letter.langue.spoken(), format!("{url}/notifications/preferences"));
    let (destinataire, templates) = (letter.full_name.clone(), app.mail().templates());
    match &letter.content {
        Content::Message(item) => {
            let notice = Notice {
                destinataire,
                titre: item.titre.clone(),
                contenu: item.contenu.clone(),
                details: Vec::new(),
                lien: absolute(&item.lien),
                motif: reason(item.r#type).text(language).to_owned(),
                preferences,
            };
            templates.render("notification", language, &notice)
        }
        Content::Digest(items, total) => {
            let entry = |item: &Item| DigestEntry {
                heure: item.date.in_zone(zone).strftime("%H:%M").to_string(),
                titre: item.titre.clone(),
                contenu: item.contenu.clone(),
                lien: absolute(&item.lien),
            };
            let mut messages: Vec<_> = items.iter().map(entry).collect();
            let left = total - items.len();
            if left > 0 {
                let more = phrase!("… et {left} autres", "… and {left} more", "رسائل أخرى: {left}");
                messages.push(DigestEntry {
                    heure: String::new(),
                    titre: more.text(language).to_owned(),
                    contenu: String::new(),
                    lien: Some(format!("{url}/notifications")),
                });
            }
            let jour = written_day(app.now().in_zone(zone).date(), language);
            templates.render(
                "resume",
                language,
                &Digest { destinataire, jour, nombre: *total, messages, preferences },
            )
        }
    }
}

/// The second half of a Message-ID: the name under which people reach the server.
fn host(url: &str) -> &str {
    let authority = url.rsplit("://").next().unwrap_or(url);
    let host = authority.split(['/', ':']).next().unwrap_or_default();
    let is_name = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
    };
    if is_name(host) { host } else { "erp-interventions" }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_message_id_ends_with_the_server_s_own_name() {
        assert_eq!(host("https://gmao.usine.ma/erp"), "gmao.usine.ma");
        assert_eq!(host("http://127.0.0.1:8000"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8000"), "erp-interventions");
    }
}
