//! Embedded files as they are without Brotli, for clients that do not take it, as every browser on a network without
//! HTTPS.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::Bytes;

use crate::kernel::error::{Error, Result};
use crate::kernel::turns::Turns;

/// Files that are unpacked at once: each takes some milliseconds, and the memory of its window.
pub const AT_ONCE: usize = 2;

/// Those that wait for it.
pub const WAITING: usize = 256;

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(AT_ONCE, WAITING));

/// One copy of each file that is being sent, by its digest, however many take it and however slowly.
type ByDigest = HashMap<[u8; 32], Weak<Vec<u8>>>;

static SHARED: LazyLock<Mutex<ByDigest>> = LazyLock::new(Mutex::default);

/// What a packed file was.
///
/// # Errors
/// 503 when too many files wait to be unpacked.
pub async fn unpacked(digest: [u8; 32], packed: Cow<'static, [u8]>) -> Result<Bytes> {
    if let Some(plain) = sent_now(&digest) {
        return Ok(plain);
    }
    let turn = TURNS.take().await?;
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        // Whoever had a turn before may have made it.
        if let Some(plain) = sent_now(&digest) {
            return Ok(plain);
        }
        let mut plain = Vec::new();
        brotli_decompressor::BrotliDecompress(&mut packed.as_ref(), &mut plain)?;
        plain.shrink_to_fit();
        let plain = Arc::new(plain);
        let mut shared = shared();
        shared.retain(|_, sent| sent.strong_count() > 0);
        shared.insert(digest, Arc::downgrade(&plain));
        Ok::<_, std::io::Error>(Bytes::from_owner(Held(plain)))
    });
    made.await.map_err(|cause| Error::Internal(cause.into()))?.map_err(|cause| Error::Internal(cause.into()))
}

fn sent_now(digest: &[u8; 32]) -> Option<Bytes> {
    let plain = shared().get(digest).and_then(Weak::upgrade)?;
    Some(Bytes::from_owner(Held(plain)))
}

fn shared() -> MutexGuard<'static, ByDigest> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a file for as long as its bytes are sent.
struct Held(Arc<Vec<u8>>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_who_are_sent_a_file_share_one_copy_which_goes_with_the_last() {
        // A Brotli stream of one uncompressed stretch, « page », made by hand (RFC 7932, 9.2).
        let packed: &[u8] = &[0x8b, 0x01, 0x80, b'p', b'a', b'g', b'e', 0x03];
        let digest = [7; 32];

        let first = unpacked(digest, Cow::Borrowed(packed)).await.unwrap();
        let second = unpacked(digest, Cow::Borrowed(packed)).await.unwrap();

        assert_eq!(first, b"page".as_slice());
        assert_eq!(first.as_ptr(), second.as_ptr());
        drop((first, second));
        assert!(sent_now(&digest).is_none());
    }
}
