//! Passwords: argon2id, with a cap on how many are computed at once.
//!
//! A hash works on 19 MiB. Each turn has such a block and uses it again, so that a thousand sign-ins take no more than
//! two; after a quiet while it is given back.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use zeroize::Zeroize;

use super::common::is_common;
use crate::kernel::error::{Error, Result};
use crate::kernel::page::fold;
use crate::kernel::party::{Crowd, Party};
use crate::phrase;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Two at a time: 38 MiB and 40 to 60 sign-ins a second, while the other routes keep a core.
pub const AT_ONCE: usize = 2;

/// Sign-ins that may wait for their turn, of strangers; one more is told to come back. Whoever is known (signed in, or on
/// a device where they were) still finds as many places again.
pub const WAITING: usize = 256;

/// Sign-ins from one address at once, waiting or being computed: a shift behind one router, not all places.
pub const FROM_ONE_ADDRESS: usize = 16;

const MIN_CHARS: usize = 12;
pub const MAX_CHARS: usize = 128;

/// Verified when the user is unknown, so that the answer takes as long: same parameters, a hash that no
/// password has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What a hash from elsewhere may ask for, in KiB: nothing of ours ever asked for more.
const MOST_MEMORY_KIB: u32 = 65_536;

/// A turn's memory that nobody used for this long is given back.
const QUIET: Duration = Duration::from_secs(10);

/// Computes and checks password hashes off the async threads.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    crowd: Crowd,
    memory: Arc<Mutex<Shelf>>,
}

/// The memory of the turns that nobody has at this moment.
#[derive(Default)]
struct Shelf {
    blocks: Vec<Vec<Block>>,
    used: Option<Instant>,
    /// Whether somebody will come to clear it.
    watched: bool,
}

/// For whom a password is computed.
#[derive(Clone, Copy, Debug)]
pub enum Asker {
    /// Signed in, or on a device where they signed in before.
    Known,
    /// Nobody knows who, from this address.
    Stranger(Option<IpAddr>),
}

/// In the place of a hash: no password is this account's.
pub const LOCKED: &str = "!";

impl Passwords {
    pub fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::default(),
            crowd: Crowd::of_at_most(FROM_ONE_ADDRESS),
            memory: Arc::default(),
        }
    }

    /// The PHC string of a new password, for somebody who may set one.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.in_turn(Asker::Known, move |memory| hash(&password, memory)).await?
    }

    /// Whether `password` is the one behind `hash`; without a hash, as slow and always no.
    ///
    /// # Errors
    /// 503 when too many wait already, all together or from where a stranger asks.
    pub async fn verify(&self, asker: Asker, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(asker, move |memory| {
            let hash = hash.filter(|hash| hash != LOCKED);
            let exists = hash.is_some();
            Ok(matches(&password, hash.as_deref().unwrap_or(NOBODY), memory)? && exists)
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        asker: Asker,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T> {
        let (party, places) = match asker {
            Asker::Known => (None, 2 * WAITING),
            Asker::Stranger(address) => (address.map(Party::at), WAITING),
        };
        let ticket = self.crowd.enter(party).ok_or_else(Error::overloaded)?;
        let place = Place::take(&self.waiting, places).ok_or_else(Error::overloaded)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Error::overloaded())?;
        drop(place);
        let memory = self.memory.clone();
        let outcome = tokio::task::spawn_blocking(move || {
            let (_ticket, _turn) = (ticket, turn);
            let mut blocks = shelf(&memory).blocks.pop().unwrap_or_default();
            let outcome = work(&mut blocks);
            // What was made of a password does not stay.
            blocks.iter_mut().for_each(Zeroize::zeroize);
            let mut shelf = shelf(&memory);
            shelf.blocks.push(blocks);
            shelf.used = Some(Instant::now());
            outcome
        })
        .await
        .map_err(|cause| Error::Internal(cause.into()));
        self.give_back_when_quiet();
        outcome
    }

    fn give_back_when_quiet(&self) {
        if std::mem::replace(&mut shelf(&self.memory).watched, true) {
            return;
        }
        let memory = self.memory.clone();
        tokio::spawn(async move {
            loop {
                sleep(QUIET).await;
                let mut shelf = shelf(&memory);
                if shelf.used.is_none_or(|used| used.elapsed() >= QUIET) {
                    *shelf = Shelf::default();
                    return;
                }
            }
        });
    }
}

fn shelf(memory: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

/// A place in the waiting room, given back however the wait ends.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, places: usize) -> Option<Self> {
        waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken < places + AT_ONCE).then_some(taken + 1)
            })
            .ok()
            .map(|_| Self(waiting.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Refuses a new password that is too short, too long, or among the first that anyone would try. There is no
/// rule of composition: such rules make passwords worse (NIST SP 800-63B, OWASP ASVS 5.0 6.2).
pub fn check_new_password(champ: &str, password: &str, of_whom: &[&str]) -> Result<()> {
    let length = password.chars().count();
    if !(MIN_CHARS..=MAX_CHARS).contains(&length) {
        let message =
            phrase!("de {MIN_CHARS} à {MAX_CHARS} caractères", "from {MIN_CHARS} to {MAX_CHARS} characters");
        return Err(Error::invalid(champ, "mot_de_passe_longueur", message));
    }
    let folded = fold(password);
    let names_its_owner = of_whom.iter().any(|name| !name.is_empty() && folded == fold(name));
    if is_common(&folded) || names_its_owner {
        return Err(Error::invalid(
            champ,
            "mot_de_passe_courant",
            phrase!("est trop facile à deviner ; essayez une phrase", "is too easy to guess; try a sentence"),
        ));
    }
    Ok(())
}

fn hash(password: &str, memory: &mut Vec<Block>) -> Result<String> {
    let (argon2, salt) = (argon2(), Salt::generate());
    let hash = output(&argon2, password, &salt, Params::DEFAULT_OUTPUT_LEN, memory)?;
    let params = ParamsString::try_from(argon2.params()).map_err(unusable)?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params,
        salt: Some(salt),
        hash: Some(hash),
    };
    Ok(phc.to_string())
}

/// Whether `phc` is the hash of `password`, compared in a time that tells nothing.
fn matches(password: &str, phc: &str, memory: &mut Vec<Block>) -> Result<bool> {
    let parsed = PasswordHash::new(phc).map_err(unusable)?;
    let (Some(salt), Some(expected)) = (&parsed.salt, &parsed.hash) else {
        return Err(unusable("without a salt or a hash"));
    };
    let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).map_err(unusable)?;
    let version = parsed.version.map_or(Ok(Version::V0x13), Version::try_from).map_err(unusable)?;
    let params = Params::try_from(&parsed).map_err(unusable)?;
    if params.m_cost() > MOST_MEMORY_KIB {
        return Err(unusable("more memory than any of ours"));
    }
    let argon2 = Argon2::new(algorithm, version, params);
    Ok(output(&argon2, password, salt, expected.len(), memory)? == *expected)
}

fn output(
    argon2: &Argon2<'_>,
    password: &str,
    salt: &Salt,
    length: usize,
    memory: &mut Vec<Block>,
) -> Result<Output> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        // To grow it would copy it, and need both at once.
        *memory = Vec::new();
        *memory = vec![Block::default(); blocks];
    }
    let mut out = [0; Output::MAX_LENGTH];
    let out = &mut out[..length];
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory[..blocks])
        .map_err(unusable)?;
    Output::new(out).map_err(unusable)
}

fn unusable(cause: impl std::fmt::Display) -> Error {
    Error::Internal(anyhow::anyhow!("password hash: {cause}"))
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants that argon2 accepts");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A6
    #[test]
    fn nobody_s_hash_costs_what_everybody_s_does() {
        let (nobody, real) =
            (PasswordHash::new(NOBODY).unwrap(), hash("une phrase de passe", &mut Vec::new()).unwrap());
        let real = PasswordHash::new(&real).unwrap();

        assert_eq!((nobody.algorithm, nobody.version), (real.algorithm, real.version));
        assert_eq!(nobody.params.to_string(), real.params.to_string());
        assert_eq!(
            nobody.hash.map(|hash| hash.as_bytes().len()),
            real.hash.map(|hash| hash.as_bytes().len())
        );
    }

    #[test]
    fn hashes_made_before_are_still_those_of_their_passwords() {
        // Made by the argon2 crate's own hasher, which an earlier version used.
        use argon2::password_hash::PasswordHasher;
        let before = argon2().hash_password(b"une phrase de passe").unwrap().to_string();
        let mut memory = Vec::new();

        assert!(matches("une phrase de passe", &before, &mut memory).unwrap());
        assert!(!matches("une autre phrase", &before, &mut memory).unwrap());
        assert!(
            matches("une autre phrase", &hash("une autre phrase", &mut memory).unwrap(), &mut memory)
                .unwrap()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn every_turn_uses_the_same_memory_which_is_given_back_when_nobody_signs_in() {
        let passwords = Passwords::new();
        let tries = (0..6).map(|_| passwords.verify(Asker::Known, "une phrase de passe".to_owned(), None));
        for refused in futures_util::future::join_all(tries).await {
            assert!(!refused.unwrap());
        }
        assert!((1..=AT_ONCE).contains(&shelf(&passwords.memory).blocks.len()));

        shelf(&passwords.memory).used = None;
        sleep(2 * QUIET).await;
        assert_eq!(shelf(&passwords.memory).blocks.len(), 0);
    }

    #[tokio::test]
    async fn strangers_of_one_address_leave_places_to_others_and_all_of_them_to_who_is_known() {
        let passwords = Passwords::new();
        let none = || "une phrase de passe".to_owned();
        let at = |number: u8| Asker::Stranger(Some([192, 0, 2, number].into()));
        // Nobody gets a turn, so that all wait.
        let turns = passwords.turns.clone().acquire_many_owned(AT_ONCE as u32).await.unwrap();
        let mut waiting = Vec::new();
        let mut ask = async |asker| {
            let mut asked = Box::pin(passwords.verify(asker, none(), None));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let is_waiting = asked.as_mut().poll(&mut context).is_pending();
            waiting.push(asked);
            is_waiting
        };

        for _ in 0..FROM_ONE_ADDRESS {
            assert!(ask(at(1)).await);
        }
        assert!(!ask(at(1)).await, "one address has all of its places");
        for number in 2..=(WAITING + AT_ONCE - FROM_ONE_ADDRESS + 1) as u8 {
            assert!(ask(at(number)).await);
        }
        assert!(!ask(at(200)).await, "strangers have all of theirs");
        assert!(ask(Asker::Known).await);
        drop(turns);
    }

    #[test]
    fn what_everyone_tries_first_is_refused_and_a_sentence_is_not() {
        for easy in [
            "motdepasse123",
            "Azertyuiop123",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcdefghijkl",
            "Youssef.Amrani",
            "motdepasse2026!",
            "Azertyuiop99",
        ] {
            assert!(check_new_password("password", easy, &["youssef.amrani"]).is_err(), "{easy}");
        }
        for (length, fits) in [(11, false), (12, true), (128, true), (129, false)] {
            let password: String = "le café est chaud ".chars().cycle().take(length).collect();
            assert_eq!(check_new_password("password", &password, &[]).is_ok(), fits, "{length}");
        }
    }
}
