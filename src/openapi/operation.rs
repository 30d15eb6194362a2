//! One operation of the document, completed by what the gate and the answer do for every operation.
//!
//! A handler declares what only it knows by an extension: `x-error-codes`, the codes of its own; `x-secret-answer`, an
//! answer that is not tagged; `x-if-match` = `optional`, that the version may be left out. The last one is said by
//! `required` in the end, and is not in the document.

use serde_json::{Value, json};

use super::MERGE_PATCH;
use crate::auth::policy::{self, Rule};
use crate::error::Code;
use crate::http::operations::{FORM, MULTIPART};
use crate::http::rate_limit::Kind;

/// The part of an operation on which hangs what is added to it.
struct Facts<'d> {
    id: String,
    path: &'d str,
    method: &'d str,
    /// The permission that guards it; `None`: no token needed.
    rule: Option<&'static Rule>,
    /// Whether its calls are counted.
    is_counted: bool,
    has_body: bool,
    /// Whether its answers bear an `ETag`.
    is_tagged: bool,
    /// Whether `Idempotency-Key` is honoured.
    is_kept: bool,
}

/// Completes an operation.
pub(super) fn complete(path: &str, method: &str, operation: &mut Value) {
    let facts = Facts::of(path, method, operation);
    say_who_may(operation, &facts);
    if method == "patch" {
        // RFC 7396 has a media type of its own.
        let content = &mut operation["requestBody"]["content"];
        content[MERGE_PATCH] = content["application/json"].clone();
    }
    complete_parameters(operation, &facts);
    let codes = codes(operation, &facts);
    operation["x-error-codes"] = codes.iter().map(|code| code.as_str()).collect();
    // A handler's extensions come in no order: where there are two, the other one goes last.
    if let Some(secret) = taken_out(operation, "x-secret-answer") {
        operation["x-secret-answer"] = secret;
    }
    complete_responses(operation, &facts, &codes);
}

impl<'d> Facts<'d> {
    fn of(path: &'d str, method: &'d str, operation: &Value) -> Self {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let rule = policy::rule_of(&id);
        // Tokens are neither kept for a key nor tagged; an upload is not kept to be compared with another.
        let is_auth = path.starts_with("/api/v1/auth/");
        let is_upload = operation["requestBody"]["content"][MULTIPART].is_object();
        Self {
            is_counted: Kind::of(&id, rule.is_some()).is_some(),
            has_body: operation["requestBody"].is_object(),
            is_tagged: !is_auth && path != "/api/v1/public/receipts/token" && operation["x-secret-answer"] != true,
            is_kept: method == "post" && rule.is_some() && !is_auth && !is_upload,
            id,
            path,
            method,
            rule,
        }
    }
}

/// The role table, and what stands for it in OpenAPI.
fn say_who_may(operation: &mut Value, facts: &Facts<'_>) {
    let Some(rule) = facts.rule else {
        operation["security"] = json!([]);
        return;
    };
    operation["security"] = json!([{ "bearer": [] }, { "oauth2": [] }]);
    operation["x-roles"] = rule.roles.iter().map(|role| role.as_str()).collect();
    operation["x-permission"] = json!(rule.permission);
    operation["x-scope"] = json!(rule.scope);
}

/// Whether `If-Match` is required, and the headers that the gate reads.
fn complete_parameters(operation: &mut Value, facts: &Facts<'_>) {
    let is_required = taken_out(operation, "x-if-match").is_none_or(|said| said != "optional");
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        if parameter["name"] == "If-Match" {
            parameter["required"] = json!(is_required);
        }
    }
    if facts.is_kept {
        add_parameter(operation, "IdempotencyKey");
    }
    add_parameter(operation, "AcceptLanguage");
}

fn add_parameter(operation: &mut Value, name: &str) {
    if !operation["parameters"].is_array() {
        operation["parameters"] = json!([]);
    }
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
    }
}

fn taken_out(operation: &mut Value, extension: &str) -> Option<Value> {
    operation.as_object_mut()?.shift_remove(extension)
}

/// The codes that the gate can answer with, and the handler's own.
fn codes(operation: &Value, facts: &Facts<'_>) -> Vec<Code> {
    let mut codes = vec![Code::Malformed, Code::NotAcceptable, Code::Internal, Code::Unavailable];
    if facts.is_counted {
        codes.push(Code::RateLimited);
    }
    if facts.rule.is_some() {
        codes.extend(codes_of_a_guard(facts));
    }
    let has = |field: &str, value: &str| {
        let parameters = operation["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|parameter| parameter[field] == value))
    };
    if facts.has_body {
        codes.extend([Code::PayloadTooLarge, Code::UnsupportedMediaType]);
    }
    if facts.has_body || has("in", "query") {
        codes.push(Code::Invalid);
    }
    if facts.path.contains('{') {
        codes.push(Code::NotFound);
    }
    if has("name", "If-Match") {
        codes.extend([Code::PreconditionFailed, Code::PreconditionRequired]);
    }
    if facts.is_kept {
        codes.extend([Code::InProgress, Code::AnswerGone, Code::KeyReused]);
    }
    let own: Vec<&str> = operation["x-error-codes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    codes.extend(Code::ALL.iter().filter(|code| own.contains(&code.as_str())));
    if operation["requestBody"]["content"][FORM].is_object() {
        // OAuth has one code for every request that cannot be read.
        codes.retain(|code| !matches!(code, Code::Malformed | Code::Invalid));
        codes.push(Code::InvalidRequest);
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn codes_of_a_guard(facts: &Facts<'_>) -> Vec<Code> {
    let mut codes = vec![
        Code::TokenMissing,
        Code::TokenExpired,
        Code::TokenStale,
        Code::TokenInvalid,
        Code::Forbidden,
    ];
    if !policy::BEFORE_PASSWORD_CHANGE.contains(&facts.id.as_str()) {
        codes.push(Code::PasswordChangeRequired);
    }
    if facts.method != "get" {
        codes.push(Code::StorageFull);
    }
    codes
}

/// The headers of good answers, and an answer for each status that an error has.
fn complete_responses(operation: &mut Value, facts: &Facts<'_>, codes: &[Code]) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        if status.starts_with('2') {
            add_headers(response, status, facts);
        }
    }
    for code in codes {
        let status = code.status().to_string();
        responses
            .entry(status.clone())
            .or_insert_with(|| json!({ "$ref": format!("#/components/responses/Error{status}") }));
    }
    if facts.method == "get" && facts.rule.is_some() {
        responses
            .entry("304")
            .or_insert_with(|| json!({ "description": "Unchanged: `If-None-Match` named it" }));
    }
    responses.sort_keys();
}

fn add_headers(response: &mut Value, status: &str, facts: &Facts<'_>) {
    if !response["headers"].is_object() {
        response["headers"] = json!({});
    }
    response["headers"]["X-Request-Id"] = json!({ "$ref": "#/components/headers/RequestId" });
    if response["content"]["application/json"].is_object() && facts.is_tagged {
        response["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
    }
    if status == "201" {
        response["headers"]["Location"] = json!({ "$ref": "#/components/headers/Location" });
    }
    if facts.is_counted {
        response["headers"]["RateLimit"] = json!({ "$ref": "#/components/headers/RateLimit" });
        response["headers"]["RateLimit-Policy"] = json!({ "$ref": "#/components/headers/RateLimitPolicy" });
    }
}
