//! Passwords: Argon2id (RFC 9106), two computations at a time at most.
//!
//! One computation takes 19 MiB and some 20 ms (OWASP's parameters); a flood of sign-ins queues here instead of eating
//! the machine. Who is to be verified takes his `turn` first and reads what is stored after it, so that of many guesses
//! at once the later ones meet the slow-down that the first have earned. An unknown user costs the same as a wrong
//! password, so the time tells nothing.
//!
//! A password is any text; it is compared in Unicode's form NFC (RFC 8265, OpaqueString), because keyboards differ in
//! how they compose. Nothing else is folded: case, width and spaces count.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization as _;

use crate::error::{ApiError, ApiResult};

/// Computations at a time.
const AT_A_TIME: usize = 2;
/// What an unknown user's password is compared with: a hash of nothing that anyone can type.
static NOBODY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
static TURNS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// The right to compute; the next in the queue has it when it falls. A computation keeps it to its end, even when the
/// caller that asked for it has hung up.
#[derive(Debug)]
pub struct Turn(Arc<SemaphorePermit<'static>>);

/// Waits for a turn.
pub async fn turn() -> ApiResult<Turn> {
    let permit = TURNS.acquire().await.map_err(ApiError::internal)?;
    Ok(Turn(Arc::new(permit)))
}

/// Hashes a password, in a turn of its own: not while a transaction is open, which would wait along.
pub async fn hash(password: &SecretString) -> ApiResult<String> {
    turn().await?.hash(password).await
}

/// Whether a password fits a stored hash, in a turn of its own.
pub async fn verify(password: &SecretString, stored: Option<String>) -> ApiResult<bool> {
    turn().await?.verify(password, stored).await
}

impl Turn {
    /// The PHC string of a password.
    pub async fn hash(&self, password: &SecretString) -> ApiResult<String> {
        let password = composed(password);
        self.compute(move || {
            Argon2::default()
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
        })
        .await?
        .map_err(|fault| ApiError::internal(fault.to_string()))
    }

    /// Whether a password fits a stored PHC string; `None` (no such user) takes as long and is false.
    pub async fn verify(&self, password: &SecretString, stored: Option<String>) -> ApiResult<bool> {
        let exists = stored.is_some();
        let stored = match (stored, NOBODY.get()) {
            (Some(stored), _) => stored,
            (None, Some(nobody)) => nobody.clone(),
            (None, None) => {
                let made = self.hash(&SecretString::from("\u{1}nobody")).await?;
                NOBODY.get_or_init(|| made).clone()
            }
        };
        let password = composed(password);
        let fits = self
            .compute(move || {
                PasswordHash::new(&stored).is_ok_and(|hash| {
                    Argon2::default()
                        .verify_password(password.expose_secret().as_bytes(), &hash)
                        .is_ok()
                })
            })
            .await?;
        Ok(fits && exists)
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let permit = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(ApiError::internal)
    }
}

fn composed(password: &SecretString) -> SecretString {
    SecretString::from(password.expose_secret().nfc().collect::<String>())
}

/// Why a new password is refused, if it is: under 10 characters or over 128, all of one to three characters, or holding
/// the user's own name (NIST SP 800-63B: length over composition).
pub fn is_weak(password: &str, username: &str) -> bool {
    let length = password.chars().count();
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let holds_name = username.chars().count() >= 3 && password.to_lowercase().contains(&username.to_lowercase());
    !(10..=128).contains(&length) || distinct.len() < 4 || holds_name
}
