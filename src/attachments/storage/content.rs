//! Bytes on their way out, checked against the hash that they are kept under.

use std::io;
use std::pin::Pin;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::auth::keys::Sha256;
use crate::events::domain::hex;

/// Bytes as a store hands them out.
pub(super) type Raw = Pin<Box<dyn Stream<Item = io::Result<Bytes>>>>;

/// The bytes of an attachment. The last of them are given only when all were what they should be, so whoever gets every
/// byte has got the right ones; otherwise the transfer breaks off.
pub struct Content(Raw);

impl std::fmt::Debug for Content {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Content")
    }
}

/// How far the check has come.
struct Check {
    bytes: Raw,
    hash: Sha256,
    seen: u64,
    held: Option<Bytes>,
    done: bool,
}

impl Content {
    pub(super) fn checked(bytes: Raw, sha256: [u8; 32], size: u64) -> Self {
        let check = Check {
            bytes,
            hash: Sha256::default(),
            seen: 0,
            held: None,
            done: false,
        };
        Self(Box::pin(stream::try_unfold(check, move |check| {
            next(check, sha256, size)
        })))
    }

    /// The stream, for a body.
    pub fn into_stream(self) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>>>> {
        self.0
    }
}

async fn next(mut check: Check, sha256: [u8; 32], size: u64) -> io::Result<Option<(Bytes, Check)>> {
    while let Some(chunk) = check.bytes.next().await.transpose()? {
        check.hash.update(&chunk);
        check.seen = check
            .seen
            .saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if let Some(given) = check.held.replace(chunk) {
            return Ok(Some((given, check)));
        }
    }
    if check.done {
        return Ok(None);
    }
    check.done = true;
    if check.hash.clone().finish() != sha256 || check.seen != size {
        tracing::error!(
            sha256 = hex(&sha256),
            size,
            seen = check.seen,
            "stored bytes are not what they were"
        );
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "stored bytes are not what they were",
        ));
    }
    Ok(check.held.take().map(|last| (last, check)))
}
