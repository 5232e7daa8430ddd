//! Data to try the product with: a believable plant of two years (`demo`), or any number of interventions to
//! measure with (`volume`). Both fill an empty database only, and say so in the journal.

mod asking;
mod crew;
mod demo;
mod drawing;
mod floor;
mod gammes;
mod job;
mod meters;
mod papers;
mod past;
mod pdf;
mod people;
mod plans;
mod plant;
mod present;
mod random;
mod store;
mod storeroom;
mod stories;
mod teller;
mod told;
mod volume;

use std::fmt;

pub use demo::demo;
pub use people::ACCOUNTS;
pub use store::{has_known_passwords, is_demo, is_empty};
pub use volume::volume;

use crate::kernel::auth::{Passwords, Role, Tokens};
use crate::kernel::db::Reader;
use crate::kernel::error::{Error, Result};
use crate::phrase;

/// The password of every [`Account`]; the only one written in the sources.
pub const DEMO_PASSWORD: &str = "Demo-2026!";

/// Somebody one can sign in as, with [`DEMO_PASSWORD`].
#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub username: &'static str,
    pub email: &'static str,
    pub full_name: &'static str,
    pub role: Role,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { username, email, full_name, role } = self;
        write!(f, "{email:<20}  {username:<12}  {DEMO_PASSWORD}  {:<11}  {full_name}", role.word())
    }
}

/// The hashes of the passwords, made before the transaction: that takes longer than all the rest.
struct Hashes {
    /// Of [`DEMO_PASSWORD`].
    demo: String,
    /// Of a random password that nobody knows.
    unknown: String,
}

impl Hashes {
    async fn make(passwords: &Passwords) -> Result<Self> {
        let demo = passwords.hash(DEMO_PASSWORD.to_owned()).await?;
        let unknown = passwords.hash(Tokens::random()).await?;
        Ok(Self { demo, unknown })
    }
}

/// 409: somebody already works with this database.
fn refuse_unless_empty(db: &Reader<'_>) -> Result<()> {
    if is_empty(db)? {
        return Ok(());
    }
    Err(Error::conflict(
        "base_non_vide",
        phrase!(
            "La base contient déjà des données ; les données d’exemple demandent une base vide.",
            "The database already holds data; sample data needs an empty one."
        ),
    ))
}
