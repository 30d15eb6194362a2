//! Parts of the document that many operations point to.

use serde_json::{Value, json};

/// Headers of answers.
pub(super) fn headers() -> Value {
    json!({
        "RequestId": { "description": "The request's id, also in errors and in the log", "schema": { "type": "string" } },
        "ETag": { "description": "`\"<version>-<hash of the body>\"`", "schema": { "type": "string" } },
        "Location": { "description": "Where the new resource is", "schema": { "type": "string", "format": "uri-reference" } },
        "RetryAfter": { "description": "Seconds to wait", "schema": { "type": "integer", "minimum": 0 } },
        "RateLimit": { "description": "What is left of each quota and the seconds until it is whole, such as `\"caller\";r=1199;t=1`",
            "schema": { "type": "string" } },
        "RateLimitPolicy": { "description": "The quotas in which the request was counted, such as `\"caller\";q=1200;w=60`",
            "schema": { "type": "string" } },
        "WwwAuthenticate": { "description": "RFC 6750", "schema": { "type": "string" } },
        "Allow": { "description": "The methods that the path has", "schema": { "type": "string" } },
    })
}

/// Parameters of requests.
pub(super) fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A key of the caller's own (quoted or bare): the same key and body get the committed answer \
                            for 24 hours, on any replica.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        },
        "AcceptLanguage": {
            "name": "Accept-Language", "in": "header", "required": false,
            "description": "The language of labels and messages: zh-CN (default) or en.",
            "schema": { "type": "string", "default": "zh-CN" },
        },
    })
}
