//! What the lists of the directory share: reach, text search.

use uuid::Uuid;

use crate::auth::{Caller, Role};
use crate::db::{On, Sql, sql};
use crate::error::{ApiError, ApiResult, Code, Text};

/// Adds that something's division lies under one of these; `exists` names the division, as in
/// [`DIVISION_OF_ORG`].
pub fn within(statement: Sql, exists: &'static str, scopes: &[Uuid]) -> Sql {
    statement.push(exists).in_list(scopes).push(")")
}

/// For [`within`]: of the organisation `o`.
pub const DIVISION_OF_ORG: &str =
    " AND EXISTS (SELECT 1 FROM division_ancestor r WHERE r.descendant_id = o.division_id AND r.ancestor_id";

/// The pattern that finds a text anywhere in lower-cased text, with `ESCAPE '\'`.
pub fn anywhere(text: &str) -> String {
    format!("%{}%", escaped(text))
}

/// The pattern that finds a text at the beginning, with `ESCAPE '\'`.
pub fn at_the_beginning(text: &str) -> String {
    format!("{}%", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// What belongs to the whole installation (terms, campaigns) is kept by those of a role whose division has nobody of
/// that role above it.
///
/// # Errors
/// 403 for everyone else.
pub async fn require_highest(on: impl Into<On<'_>>, who: &Caller, roles: &[Role]) -> ApiResult<()> {
    let divisions: Vec<Uuid> = who
        .memberships
        .iter()
        .filter(|membership| roles.contains(&membership.role))
        .map(|membership| membership.division)
        .collect();
    let highest: Option<(i64,)> = sql("SELECT CAST(1 AS bigint) FROM division d WHERE d.id")
        .in_list(&divisions)
        .push(
            " AND NOT EXISTS (SELECT 1 FROM division_ancestor a JOIN membership m ON m.division_id = a.ancestor_id \
             WHERE a.descendant_id = d.id AND a.depth > 0 AND m.ended_at IS NULL AND m.role",
        )
        .in_list(roles)
        .push(") LIMIT 1")
        .optional(on)
        .await?;
    if highest.is_some() {
        return Ok(());
    }
    Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
        "此数据属于整个平台，由最高一级的管理者维护",
        "This belongs to the whole installation: its highest administrators keep it",
    )))
}

#[cfg(test)]
mod tests {
    use super::{anywhere, at_the_beginning};

    #[test]
    fn what_a_pattern_means_is_escaped() {
        assert_eq!(anywhere(" 100%_A\\ "), r"%100\%\_a\\%");
        assert_eq!(at_the_beginning("3307"), "3307%");
    }
}
