//! The keys of an installation: one that signs tokens (and the one before it, so that rotation has an overlap), one
//! that encrypts personal data at rest, one for the blind index that finds a telephone number without decrypting any,
//! one that signs links to downloads.
//!
//! They come as one small TOML text, from the configuration or, for an embedded database, from a file that is made with
//! mode 0600. aws-lc is the crypto library of the whole tree. Nothing here is ever printed: `Debug` shows the `kid`
//! only.

use std::borrow::Cow;
use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use aws_lc_rs::{constant_time, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};

use crate::config::without_excerpt;

/// Why a key text is refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not TOML, or a field is missing.
    #[error("the key text is not of the form that `sanfuwu keygen` prints: {0}")]
    Form(String),
    /// A field holds no key.
    #[error("`{0}` holds no key: make one with `sanfuwu keygen`")]
    NoKey(&'static str),
    /// The crypto library refused (no randomness).
    #[error("the crypto library failed")]
    Crypto,
}

/// The text form of the keys: base64 of PKCS#8 (signing) and of 32 bytes (data).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    signing_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous_signing_key: Option<String>,
    data_key: String,
}

/// An installation's keys.
pub struct Keys {
    kid: String,
    signing: EncodingKey,
    /// Public keys that tokens may be signed with: the current one first.
    verifying: Vec<PublicKey>,
    data: RandomizedNonceKey,
    index: hmac::Key,
    links: hmac::Key,
}

/// A public key under its thumbprint.
pub struct PublicKey {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// The `x` of its JWK.
    pub x: String,
    pub(super) key: DecodingKey,
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keys({})", self.kid)
    }
}

impl Keys {
    /// A new text of random keys, for `sanfuwu keygen` and for an embedded database's key file.
    pub fn generate_text() -> Result<String, KeyError> {
        let system = rand::SystemRandom::new();
        let signing = Ed25519KeyPair::generate_pkcs8(&system).map_err(|_| KeyError::Crypto)?;
        let mut data = [0_u8; 32];
        rand::fill(&mut data).map_err(|_| KeyError::Crypto)?;
        Ok(format!(
            "signing_key = \"{}\"\ndata_key = \"{}\"\n",
            STANDARD.encode(signing.as_ref()),
            STANDARD.encode(data)
        ))
    }

    /// Reads a text that `generate_text` made, perhaps with `previous_signing_key` added at a rotation.
    ///
    /// Its lines may stand in one, as a file of variables makes of them.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let lines = if text.contains('\n') {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.replace("\" ", "\"\n"))
        };
        let text: KeyText =
            figment::Figment::from(<figment::providers::Toml as figment::providers::Format>::string(&lines))
                .extract()
                .map_err(|fault| KeyError::Form(without_excerpt(&fault.kind.to_string())))?;
        let (signing, public) = signing_pair("signing_key", &text.signing_key)?;
        let mut verifying = vec![public];
        if let Some(previous) = &text.previous_signing_key {
            verifying.push(signing_pair("previous_signing_key", previous)?.1);
        }
        let data = decode("data_key", &text.data_key)?;
        Ok(Self {
            kid: verifying.first().map(|key| key.kid.clone()).unwrap_or_default(),
            signing,
            verifying,
            data: RandomizedNonceKey::new(&AES_256_GCM, &data).map_err(|_| KeyError::NoKey("data_key"))?,
            index: derived(&data, b"sanfuwu blind index"),
            links: derived(&data, b"sanfuwu download link"),
        })
    }

    /// The `kid` that new tokens carry.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(super) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    /// Every public key that a token may be signed with.
    pub fn public_keys(&self) -> &[PublicKey] {
        &self.verifying
    }

    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.verifying
            .iter()
            .find(|public| public.kid == kid)
            .map(|public| &public.key)
    }

    /// Encrypts personal data (AES-256-GCM): 12 bytes of nonce, the ciphertext, 16 bytes of tag. `row` binds it to the
    /// row it belongs to, so that it cannot be moved to another.
    pub fn encrypt(&self, row: uuid::Uuid, clear: &str) -> Result<Vec<u8>, KeyError> {
        let mut buffer = clear.as_bytes().to_vec();
        let nonce = self
            .data
            .seal_in_place_append_tag(Aad::from(row.as_bytes()), &mut buffer)
            .map_err(|_| KeyError::Crypto)?;
        Ok([nonce.as_ref().as_slice(), &buffer].concat())
    }

    /// The clear text of what `encrypt` made for the same row; `None` where it was altered or another key made it.
    pub fn decrypt(&self, row: uuid::Uuid, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_at_checked(12)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut buffer = sealed.to_vec();
        let clear = self
            .data
            .open_in_place(nonce, Aad::from(row.as_bytes()), &mut buffer)
            .ok()?;
        String::from_utf8(clear.to_vec()).ok()
    }

    /// HMAC-SHA256 under the index key: equal texts, equal bytes, and no way back.
    pub fn blind_index(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.index, text.as_bytes()).as_ref().to_vec()
    }

    /// The signature of a link's text: HMAC-SHA256 in base64url (43 characters), the same on every replica.
    pub fn sign_link(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.links, text.as_bytes()))
    }

    /// Whether `sign_link` made this signature of the text; the time it takes does not tell how far they agree.
    pub fn has_signed_link(&self, text: &str, signature: &str) -> bool {
        URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|tag| hmac::verify(&self.links, text.as_bytes(), &tag).is_ok())
    }
}

/// A key of its own for each purpose: none shares one with the cipher.
fn derived(data: &[u8], purpose: &[u8]) -> hmac::Key {
    let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, data), purpose);
    hmac::Key::new(hmac::HMAC_SHA256, made.as_ref())
}

fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, KeyError> {
    STANDARD.decode(text.trim()).map_err(|_| KeyError::NoKey(field))
}

fn signing_pair(field: &'static str, text: &str) -> Result<(EncodingKey, PublicKey), KeyError> {
    let der = decode(field, text)?;
    let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_| KeyError::NoKey(field))?;
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    // RFC 7638: the required members in lexical order (RFC 8037 for OKP keys).
    let kid = URL_SAFE_NO_PAD.encode(digest(
        &SHA256,
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes(),
    ));
    let key = DecodingKey::from_ed_components(&x).map_err(|_| KeyError::NoKey(field))?;
    Ok((EncodingKey::from_ed_der(&der), PublicKey { kid, x, key }))
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// SHA-256 of what comes in pieces.
#[derive(Clone)]
pub struct Sha256(Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sha256")
    }
}

impl Sha256 {
    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces.
    pub fn finish(self) -> [u8; 32] {
        let mut out = [0_u8; 32];
        out.copy_from_slice(self.0.finish().as_ref());
        out
    }
}

/// A secret that nobody can guess: 32 random bytes in base64url (43 characters).
pub fn random_secret() -> Result<String, KeyError> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| KeyError::Crypto)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A one-time code that people can read out: 20 characters of base32 in groups (100 bits).
pub fn random_code() -> Result<String, KeyError> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0_u8; 20];
    rand::fill(&mut bytes).map_err(|_| KeyError::Crypto)?;
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)).map(|letter| char::from(*letter)))
        .collect();
    Ok(letters
        .chunks(5)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-"))
}

/// Compares secrets without telling by the time it takes how far they agree.
pub fn equal_secrets(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}
