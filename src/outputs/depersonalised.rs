//! That an output names nobody: neither the objects nor the reporters of its problems.

use uuid::Uuid;

use super::store;
use crate::db::Tx;
use crate::error::{ApiResult, Fault, FaultCode};

/// The faults of texts that hold a name of an object or a reporter of one of these problems, each at its pointer.
///
/// # Errors
/// Where the database does not answer.
pub async fn names_nobody(tx: &mut Tx, problems: &[Uuid], texts: &[(&str, &str)]) -> ApiResult<Vec<Fault>> {
    if problems.is_empty() {
        return Ok(Vec::new());
    }
    let names = store::names_of(tx, problems).await?;
    let named = |text: &str| names.iter().any(|name| is_telling(name) && text.contains(name.trim()));
    let faults = texts.iter().filter(|(_, text)| named(text));
    Ok(faults
        .map(|(pointer, _)| Fault::new(*pointer, FaultCode::NamesSomebody))
        .collect())
}

/// A name of one character would be found in any text.
fn is_telling(name: &str) -> bool {
    name.trim().chars().count() >= 2
}
