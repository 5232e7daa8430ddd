//! HTTPS without internet: an authority of the plant's own.

use clap::Subcommand;

use super::both;
use crate::config::Settings;
use crate::failure::Failure;
use crate::kernel::clock::Clock;
use crate::kernel::data_dir::private_folder;
use crate::kernel::tls::authority::{Authority, State, is_name, own_names, with_loopback};
use crate::phrase;
use crate::terminal::say;

/// What is proposed for a plant's network: no privilege is needed to listen on it.
const HTTPS_PORT: u16 = 8443;

#[derive(Debug, Subcommand)]
pub enum Tls {
    /// Make a local authority and a certificate for this server; again, a certificate for other names
    Init {
        /// Name or address by which people reach the server; the first goes into links [default: this machine's]
        #[arg(long = "nom", value_name = "NAME")]
        names: Vec<String>,
    },
    /// Print the authority's fingerprint, the names and the last day of the certificate
    Show,
}

pub fn run(settings: &Settings, command: Tls) -> Result<(), Failure> {
    let data_dir = &settings.data_dir.value;
    match command {
        Tls::Init { names } => {
            if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
                return Err(Failure::Usage(vec![phrase!(
                    "« {wrong} » n’est ni un nom de machine ni une adresse : dites par exemple --nom gmao.usine.ma.",
                    "\"{wrong}\" is neither a host name nor an address: say for example --nom gmao.usine.ma."
                )]));
            }
            let names = if names.is_empty() { own_names() } else { names };
            private_folder(data_dir)?;
            let (authority, state) = Authority::make(data_dir, &with_loopback(names), Clock::system().now())?;
            tell(&authority, &state)?;
            let (listen, first) = (settings.listen.value, &state.noms[0]);
            let port = if listen.ip().is_loopback() { HTTPS_PORT } else { listen.port() };
            if listen.ip().is_loopback() {
                say(both(&phrase!(
                    "le serveur n’écoute que cette machine ({listen}) : pour l’usine, --listen 0.0.0.0:{port} ou ERP_LISTEN",
                    "the server listens to this machine only ({listen}): for the plant, --listen 0.0.0.0:{port} or ERP_LISTEN"
                )));
            }
            say(both(&phrase!(
                "redémarrez le serveur, puis ouvrez http://{first}:{port}/autorite sur chaque téléphone, une fois",
                "restart the server, then open http://{first}:{port}/autorite on each phone, once"
            )));
            Ok(())
        }
        Tls::Show => match Authority::of(data_dir) {
            Some(authority) => {
                let state = authority.state().map_err(super::fault)?;
                tell(&authority, &state)
            }
            None => Err(Failure::Refused(phrase!(
                "Il n’y a pas d’autorité locale ici : faites-en une avec « tls init ».",
                "There is no local authority here: make one with \"tls init\"."
            ))),
        },
    }
}

fn tell(authority: &Authority, State { autorite, noms, expire }: &State) -> Result<(), Failure> {
    let (_, fingerprint) = authority.to_trust().map_err(super::fault)?;
    say(both(&phrase!("autorité : {autorite}", "authority: {autorite}")));
    say(format_args!("SHA-256 : {fingerprint}"));
    let names = noms.join(", ");
    say(both(&phrase!("le serveur est : {names}", "the server is: {names}")));
    say(both(&phrase!(
        "certificat jusqu’au {expire}, renouvelé par le serveur lui-même",
        "certificate until {expire}, renewed by the server itself"
    )));
    Ok(())
}
