//! A test mail with the settings in force, told step by step: whoever sets up mail reads here what is wrong.

use super::both;
use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::auth::Tokens;
use crate::kernel::clock::Clock;
use crate::kernel::mail::{self, Mail, Mailbox, Outgoing, Security, Step, Trial};
use crate::kernel::phrase::{Language, Phrase};
use crate::terminal::say;
use crate::{phrase, start};

/// Sends it; touches no data, so that it works beside a running server and without one.
pub fn run(settings: &Settings, address: String, language: Language) -> Result<(), Failure> {
    let options = settings.options(settings.listen.value);
    let Some(smtp) = options.smtp.clone() else {
        return Err(Failure::Refused(mail::not_configured()));
    };
    let mail = Mail::open(&options, Clock::system())?;
    let (host, port, security) = (&smtp.host, smtp.port, smtp.security);
    let trial = Trial { serveur: format!("{host}:{port} ({security})"), expediteur: smtp.from.to_string() };
    let rendered = mail.templates().render("essai", language, &trial)?;
    let domain = smtp.from.address.rsplit('@').next().unwrap_or_default();
    let message = Outgoing {
        message_id: format!("essai.{}@{domain}", Tokens::random()),
        to: Mailbox::new("", address),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    };
    let runtime = start::runtime()?;
    let outcome = runtime.block_on(mail.send_telling(&message, &mut |step| say(both(&words(&step)))));
    runtime.shutdown_background();
    outcome.map_err(|trouble| Failure::Refused(trouble.what))?;
    say(both(&phrase!(
        "S’il n’arrive pas : voyez les indésirables, puis le journal du serveur d’e-mails",
        "If it does not arrive: look among the junk, then in the mail server's log"
    )));
    Ok(())
}

fn words(step: &Step) -> Phrase {
    match step {
        Step::Connecting(host, port, security) => {
            phrase!("Connexion à {host}:{port} ({security}) …", "Connecting to {host}:{port} ({security}) …")
        }
        Step::Connected(Security::None) => {
            phrase!("Connecté, en clair : c’est cette machine.", "Connected, in clear: it is this machine.")
        }
        Step::Connected(_) => {
            phrase!("Connecté en TLS, certificat vérifié.", "Connected over TLS, certificate verified.")
        }
        Step::SignedIn(user) => phrase!("Identifié : {user}.", "Signed in: {user}."),
        Step::RecipientAccepted => phrase!("Destinataire accepté.", "Recipient accepted."),
        Step::Taken(reply) => {
            phrase!("Le serveur a pris le message : {reply}", "The server has taken the message: {reply}")
        }
    }
}
