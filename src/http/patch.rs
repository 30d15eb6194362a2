//! Merge patches (RFC 7396): a field that is absent stays, `null` empties it, a value replaces it.

use serde::{Deserialize, Deserializer};

/// For a field that may be emptied: `None` absent, `Some(None)` null, `Some(Some(_))` a value. Goes with
/// `#[serde(default, deserialize_with = "nullable")]`; a field that may not be emptied is a plain `Option` with
/// `#[schema(nullable = false)]`, so that the document refuses the null.
///
/// # Errors
/// Those of the value.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(input).map(Some)
}
