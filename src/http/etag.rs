//! Versions on the wire (RFC 9110, 8.8.3 and 13.1).
//!
//! `ETag: "<version>-<hash of the body>"`: `If-None-Match` compares all of it, `If-Match` the version only, so `"7"`
//! alone will do and a list's link text may change without breaking a writer.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};

use crate::auth::keys::sha256;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::domain::hex;

/// The version that a writer has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// No header.
    Missing,
    /// `*`: whatever is there.
    Any,
    /// One of these versions; none of them where only weak tags were named, which never match (RFC 9110, 13.1.1).
    Versions(Vec<i64>),
}

impl IfMatch {
    /// Reads the header.
    ///
    /// # Errors
    /// 400 where it is not a list of entity tags, or a strong one is none of ours.
    pub fn read(headers: &HeaderMap) -> ApiResult<Self> {
        let malformed =
            || ApiError::new(Code::Malformed).with_faults(vec![Fault::new("If-Match", FaultCode::BadHeader)]);
        let Some(value) = headers.get(IF_MATCH) else {
            return Ok(Self::Missing);
        };
        let text = value.to_str().map_err(|_| malformed())?.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let versions = text.split(',').map(str::trim).filter(|tag| !is_weak(tag)).map(|tag| {
            let number = opaque(tag)
                .and_then(|inner| inner.split('-').next())
                .unwrap_or_default();
            number.parse::<i64>().map_err(|_| malformed())
        });
        versions.collect::<ApiResult<_>>().map(Self::Versions)
    }

    /// Refuses a write that did not name the version that is there.
    ///
    /// # Errors
    /// 428 without the header, 412 with another version.
    pub fn check(&self, version: i64) -> ApiResult<()> {
        match self {
            Self::Missing => Err(ApiError::new(Code::PreconditionRequired)),
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&version) => Ok(()),
            Self::Versions(_) => Err(ApiError::new(Code::PreconditionFailed).with_member("version", version)),
        }
    }
}

/// What stands between the quotation marks of a strong tag.
fn opaque(tag: &str) -> Option<&str> {
    tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'))
}

fn is_weak(tag: &str) -> bool {
    tag.strip_prefix("W/")
        .and_then(opaque)
        .is_some_and(|inner| !inner.contains('"'))
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // The gate has refused a malformed header already.
        ready(Ok(Self::read(request.headers()).unwrap_or(Self::Missing)))
    }
}

/// The entity tag of a representation.
pub fn of(version: i64, body: &[u8]) -> String {
    let hash = sha256(body);
    format!("\"{version}-{}\"", hex(&hash[..8]))
}

/// Whether `If-None-Match` names this tag, so that 304 will do.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value.trim() == "*"
                || value
                    .split(',')
                    .any(|known| known.trim().trim_start_matches("W/") == tag)
        })
}
