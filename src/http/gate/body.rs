//! How a body comes in: whole, within its limit and time, of a media type that its operation takes, as JSON or as a
//! form.

use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage as _, web};
use futures_util::StreamExt as _;
use serde_json::Value;

use super::{BODY_LIMIT, RawBody};
use crate::app::App;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::http::operations::Operation;
use crate::http::{strict_json, upload};

/// How long a client may take to send its body.
const BODY_SECONDS: u64 = 30;

/// The body that an operation takes, whole; `None` where none was sent, or its handler reads it as it comes.
///
/// # Errors
/// 400, 413 and 415.
pub(super) async fn read_body(
    request: &mut ServiceRequest,
    operation: &Operation,
    app: &App,
) -> ApiResult<Option<RawBody>> {
    let Some(expected) = &operation.body else {
        return Ok(None);
    };
    if expected.is_upload() {
        upload::admit(request.headers(), request.content_type(), &app.settings)?;
        return Ok(None);
    }
    let too_large = || ApiError::new(Code::PayloadTooLarge).with_member("limit_bytes", BODY_LIMIT);
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if declared
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > BODY_LIMIT)
    {
        return Err(too_large());
    }
    let mut payload = request.take_payload();
    let mut bytes = web::BytesMut::new();
    let reading = async {
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| ApiError::new(Code::Malformed))?;
            if bytes.len() + chunk.len() > BODY_LIMIT {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(BODY_SECONDS), reading)
        .await
        .map_err(|_| ApiError::new(Code::Malformed))??;
    let media_type = request.content_type().trim().to_ascii_lowercase();
    let is_known = expected.media_types.contains(&media_type);
    // Clients name a media type though they send nothing: where nothing is needed, nothing was sent.
    if bytes.is_empty() && !expected.required && (is_known || media_type.is_empty() || expected.nothing) {
        return Ok(None);
    }
    if !is_known || is_coded(request.headers()) {
        return Err(ApiError::new(Code::UnsupportedMediaType).with_member("accepted", expected.media_types.clone()));
    }
    Ok(Some(RawBody {
        media_type,
        bytes: bytes.freeze(),
    }))
}

/// Whether a body is compressed, or its text is another than UTF-8: neither is read here.
fn is_coded(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let encoding = text(header::CONTENT_ENCODING).trim();
    let parameters = text(header::CONTENT_TYPE).split(';').skip(1);
    let mut charsets = parameters.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"'))
    });
    !(encoding.is_empty() || encoding.eq_ignore_ascii_case("identity"))
        || charsets.any(|charset| !charset.eq_ignore_ascii_case("utf-8"))
}

/// A body as JSON.
///
/// # Errors
/// 400 where it is none.
pub(super) fn parse_json(bytes: &[u8]) -> ApiResult<Value> {
    strict_json::parse(bytes).map_err(|reason| {
        let detail = crate::error::Text::new(
            format!("请求体不是合格的 JSON：{reason}"),
            format!("The body is not JSON: {reason}"),
        );
        ApiError::new(Code::Malformed).with_detail(detail)
    })
}

/// A form as an object of texts, so that one schema serves both media types of a token request. A field without a value
/// counts as missing, a repeated one is refused (RFC 6749, 3.2).
pub(super) fn parse_form(bytes: &[u8]) -> ApiResult<Value> {
    let mut fields = serde_json::Map::new();
    let mut faults = Vec::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        if value.is_empty() {
            continue;
        }
        if fields
            .insert(name.clone().into_owned(), Value::String(value.into_owned()))
            .is_some()
        {
            faults.push(Fault::new(
                format!("/{}", strict_json::escape(&name)),
                FaultCode::Repeated,
            ));
        }
    }
    if faults.is_empty() {
        Ok(Value::Object(fields))
    } else {
        Err(ApiError::new(Code::Malformed).with_faults(faults))
    }
}
