//! How callers say who they are, and what a client may be allowed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::auth::policy;

pub(super) fn schemes() -> Value {
    let mut permissions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in policy::RULES {
        permissions.entry(rule.scope).or_default().push(rule.permission);
    }
    let scopes: Map<String, Value> = permissions
        .into_iter()
        .map(|(scope, permissions)| {
            (
                scope.to_owned(),
                json!(format!("For clients: {}", permissions.join(", "))),
            )
        })
        .collect();
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token (RFC 9068) from `POST /api/v1/auth/token`.",
        },
        "oauth2": {
            "type": "oauth2",
            "description": "OAuth 2.0 (RFC 6749).",
            "flows": {
                "password": {
                    "tokenUrl": "/api/v1/auth/token", "refreshUrl": "/api/v1/auth/token", "scopes": scopes.clone(),
                },
                "clientCredentials": { "tokenUrl": "/api/v1/auth/token", "scopes": scopes },
            },
        },
    })
}
