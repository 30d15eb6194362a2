//! Ids of what every installation ships with, the same everywhere.
//!
//! A shipped division or term is the same thing in every installation and every test, so its id is computed from what
//! it is, not drawn. It has the shape of any other id (`UUIDv7`, RFC 9562): the time is that of the campaign's first
//! day, and the 74 bits that are elsewhere random are the beginning of a SHA-256. These ids stand in databases and in
//! clients: the computation never changes.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// 2019-01-01T00:00:00Z in milliseconds since 1970.
const TIME: u64 = 1_546_300_800_000;

/// The id of the shipped thing of this kind with this key, as in `stable_id("division", "330100")`.
pub fn stable_id(kind: &str, key: &str) -> Uuid {
    let hash = digest(&SHA256, format!("{kind}:{key}").as_bytes());
    let mut tail = [0; 10];
    for (byte, hashed) in tail.iter_mut().zip(hash.as_ref()) {
        *byte = *hashed;
    }
    Builder::from_unix_timestamp_millis(TIME, &tail).into_uuid()
}
