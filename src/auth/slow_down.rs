//! The slow-down after failures, for names that have no row to count in: unknown users and clients.
//!
//! A user's failures are counted in his credential, where every replica sees them. Here the same rule holds for names
//! that nobody bears, so that an answer never tells whether a name exists, and for clients, whose secrets nobody
//! guesses anyway. The map is bounded: a flood of names empties it, which costs nothing but the slow-down of names that
//! are nobody's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::domain::wait_after;
use super::keys::sha256;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};

/// Names remembered per process.
const REMEMBERED: usize = 10_000;

/// The failures of names without a row.
#[derive(Debug, Default)]
pub struct SlowDown(Mutex<HashMap<[u8; 32], Failures>>);

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: i64,
    next_try_at: Timestamp,
}

/// Whose failures: a kind and a name, of which only the hash is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// `Key::of("user", "li")`.
    pub fn of(kind: &str, name: &str) -> Self {
        Self(sha256(format!("{kind}:{name}").as_bytes()))
    }
}

impl SlowDown {
    /// Refuses an attempt that comes too early.
    ///
    /// # Errors
    /// 429 `too_many_attempts` with `Retry-After`.
    pub fn check(&self, key: Key, now: Timestamp) -> ApiResult<()> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        too_early(known.get(&key.0).map(|failures| failures.next_try_at), now)
    }

    /// Counts a failure.
    pub fn failed(&self, key: Key, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(&key.0) {
            known.clear();
        }
        let failures = known.entry(key.0).or_insert(Failures {
            count: 0,
            next_try_at: now,
        });
        failures.count += 1;
        failures.next_try_at = now.plus_seconds(wait_after(failures.count));
    }

    /// Forgets the failures after a success.
    pub fn forgive(&self, key: Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key.0);
    }
}

/// Refuses an attempt before its time.
///
/// # Errors
/// 429 `too_many_attempts` with `Retry-After`, in whole seconds.
pub fn too_early(next_try_at: Option<Timestamp>, now: Timestamp) -> ApiResult<()> {
    let Some(next) = next_try_at.filter(|next| *next > now) else {
        return Ok(());
    };
    let seconds = (next.micros() - now.micros() + 999_999) / 1_000_000;
    Err(ApiError::new(Code::TooManyAttempts).with_header("Retry-After", seconds.to_string()))
}
