//! Merge patches (RFC 7396): a field that is absent stays as it is, one that is `null` is emptied.

use serde::{Deserialize, Deserializer};

/// Reads a field of a patch that may be emptied: `None` absent, `Some(None)` null, `Some(Some(…))` a value.
///
/// `#[serde(default, deserialize_with = "nullable")] #[schema(value_type = Option<String>)]`
pub fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
