//! What stands beside the table: what needs no token, and what is never left to another. Pure.

use super::{ManageDirectory, Permission as _, Role, rule_of};

/// What asks for one's own judgement: operations whose names begin so are never delegated (domain model, Roles).
const OWN_JUDGEMENT: &[&str] = &[
    "rate_",
    "look_back",
    "decide_",
    "create_rating",
    "create_look_back",
    "review_rating",
];

/// Whether somebody who holds these roles may let another carry this operation out for him. What is about the caller
/// himself would be about the secretary, and a second administrator gets a membership of his own.
pub fn may_be_delegated(operation: &str, roles: &[Role]) -> bool {
    let own = OWN_JUDGEMENT.iter().any(|begin| operation.starts_with(begin));
    let held = rule_of(operation).is_some_and(|rule| {
        let handed_on = !rule.is_about_oneself() && rule.permission != ManageDirectory::RULE.permission;
        handed_on && rule.roles.iter().any(|role| roles.contains(role))
    });
    held && !own
}

/// What a person whose password must be changed may do before that.
pub const BEFORE_PASSWORD_CHANGE: &[&str] = &["get_me", "change_password", "revoke_token"];

/// Operations that anyone may call without a token.
pub const OPEN_OPERATIONS: &[&str] = &[
    "create_token",
    "redeem_reset_code",
    "create_receipt_token",
    "get_jwks",
    "get_openapi",
    "get_health",
    "get_readiness_probe",
    "list_errors",
    "get_error_page",
    "set_sandbox_clock",
    "reset_sandbox",
    "get_sandbox_fixtures",
    "get_attachment_content",
    "list_public_comments",
    "list_public_replies",
    "list_public_problems",
    "get_public_problem",
    "get_public_overview",
    "list_public_outputs",
];
