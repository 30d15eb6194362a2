//! The token of a receipt: for one problem, for half an hour, for what its reporter may do there, and for nothing else.
//!
//! No person and no organisation stands behind it. Its session family is the code's own, so that it ends with the code;
//! there is no refresh token, and nothing that is about the caller himself.

use uuid::Uuid;

use super::caller::TokenMembership;
use super::policy::{RULES, Role};
use super::standing::claims;
use super::token::{CASE_SECONDS, Claims};
use crate::app::App;
use crate::clock::Timestamp;
use crate::error::ApiResult;

/// What the code of a receipt opens.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The problem.
    pub problem: Uuid,
    /// The reporter's row.
    pub reporter: Uuid,
    /// The code's family (`family_of`).
    pub family: Uuid,
    /// When the code ends, in business time; `None`: not known yet.
    pub ends_at: Option<Timestamp>,
}

/// The family of the tokens that a code is exchanged for: the first 16 bytes of its SHA-256.
pub fn family_of(code_hash: &[u8]) -> Uuid {
    Uuid::from_bytes(code_hash.first_chunk::<16>().copied().unwrap_or_default())
}

/// Signs a token that may call `operations` for the problem; the token, and after how many seconds it ends: 1800, or
/// less where the code ends before.
pub fn token(app: &App, case: &Case, operations: &[&str]) -> ApiResult<(String, i64)> {
    let left = case.ends_at.map(|end| end.seconds() - app.clock.now().seconds());
    let lifetime = left.map_or(CASE_SECONDS, |left| left.clamp(0, CASE_SECONDS));
    let membership = TokenMembership {
        id: Uuid::nil(),
        role: Role::Reporter,
        org: Uuid::nil(),
        division: Uuid::nil(),
        division_code: String::new(),
    };
    let claims = Claims {
        scope: scopes(operations).join(" "),
        roles: vec![Role::Reporter.as_str().to_owned()],
        membership: Some(membership.id),
        memberships: vec![membership],
        delegated: Some(operations.iter().map(|operation| (*operation).to_owned()).collect()),
        case: Some(case.problem),
        ..claims(app, case.reporter, case.family, &[], lifetime)
    };
    Ok((app.tokens.sign(&claims)?, lifetime))
}

/// The scopes of what such a token may call.
fn scopes(operations: &[&str]) -> Vec<&'static str> {
    let guarded = RULES.iter().filter(|rule| {
        rule.roles.contains(&Role::Reporter) && rule.operations.iter().any(|operation| operations.contains(operation))
    });
    let mut scopes: Vec<&str> = guarded.map(|rule| rule.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
