//! Passwords: Argon2id (RFC 9106), two computations at a time at most.
//!
//! One computation takes 19 MiB and some 20 ms (OWASP's parameters); a flood of sign-ins queues here instead of eating
//! the machine. An unknown user costs the same as a wrong password, so the time tells nothing.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::error::{ApiError, ApiResult};

/// Computations at a time.
const AT_A_TIME: usize = 2;
/// What an unknown user's password is compared with: a hash of nothing that anyone can type.
static NOBODY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
static TURNS: Semaphore = Semaphore::const_new(AT_A_TIME);

/// Hashes a password.
pub async fn hash(password: &SecretString) -> ApiResult<String> {
    let password = password.clone();
    in_turn(move || {
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes())
            .map(|hash| hash.to_string())
    })
    .await?
    .map_err(|fault| ApiError::internal(fault.to_string()))
}

/// Whether a password fits a stored hash; `None` (no such user) takes as long and is false.
pub async fn verify(password: &SecretString, stored: Option<String>) -> ApiResult<bool> {
    let exists = stored.is_some();
    let stored = match stored {
        Some(stored) => stored,
        None => match NOBODY.get() {
            Some(nobody) => nobody.clone(),
            None => {
                let made = hash(&SecretString::from("\u{1}nobody")).await?;
                NOBODY.get_or_init(|| made).clone()
            }
        },
    };
    let password = password.clone();
    let fits = in_turn(move || {
        PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.expose_secret().as_bytes(), &hash)
                .is_ok()
        })
    })
    .await?;
    Ok(fits && exists)
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    let _turn = TURNS.acquire().await.map_err(ApiError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}

/// Why a new password is refused, if it is: under 10 characters or over 128, all of one or two characters, or holding
/// the user's own name (NIST SP 800-63B: length over composition).
pub fn is_weak(password: &str, username: &str) -> bool {
    let length = password.chars().count();
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let holds_name = username.chars().count() >= 3 && password.to_lowercase().contains(&username.to_lowercase());
    !(10..=128).contains(&length) || distinct.len() < 4 || holds_name
}
