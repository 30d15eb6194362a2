//! What the API answers instead of what was asked: RFC 9457 problem details.
//!
//! The catalogue is one line per code: status, title in zh-CN and en. `GET /meta/errors`, the pages at
//! `/errors/{code}`, the document's `x-error-codes` and the answers themselves are all read from it; a code that
//! nothing uses fails a test. In this code base a *problem* is the thing a visit found, so the type here is `ApiError`.
//!
//! A handler returns `Err(ApiError)`; the language, `instance` and `request_id` are filled in by
//! `http::gate::render_errors`, the one place that writes an error body. A 5xx is logged there, once, with its cause,
//! which is never shown.

mod catalogue;

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value as Json};

use crate::db::DbError;
use crate::events::access_log::Entry;
use crate::http::locale::Locale;

/// The result of anything a request can ask for.
pub type ApiResult<T> = Result<T, ApiError>;

pub use catalogue::{Code, FaultCode};

/// A text in both languages.
#[derive(Clone, Debug)]
pub struct Text {
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    /// The same thing said in Chinese and in English.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The text in one of them.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Zh => &self.zh,
            Locale::En => &self.en,
        }
    }
}

/// One fault of an input: where (a JSON pointer into the body, or `?name` for a query parameter, or a header's name),
/// which, and in words.
#[derive(Clone, Debug)]
pub struct Fault {
    /// RFC 6901 pointer into the body; `?limit` for a query parameter; `If-Match` for a header.
    pub pointer: String,
    /// Which fault it is.
    pub code: FaultCode,
    /// More than the code says by itself.
    pub detail: Option<Text>,
}

impl Fault {
    /// A fault that its code describes well enough.
    pub fn new(pointer: impl Into<String>, code: FaultCode) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: None,
        }
    }

    /// A fault with words of its own.
    pub fn because(pointer: impl Into<String>, code: FaultCode, detail: Text) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: Some(detail),
        }
    }

    fn to_json(&self, locale: Locale) -> Json {
        let detail = self
            .detail
            .as_ref()
            .map_or(self.code.text(locale), |text| text.get(locale));
        serde_json::json!({ "pointer": self.pointer, "code": self.code.as_str(), "detail": detail })
    }
}

/// An answer that is an error.
#[derive(Debug)]
pub struct ApiError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    detail: Option<Text>,
    faults: Vec<Fault>,
    members: Map<String, Json>,
    headers: Vec<(&'static str, String)>,
    traces: Vec<Entry>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// An error that its code describes.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner {
            code,
            detail: None,
            faults: Vec::new(),
            members: Map::new(),
            headers: Vec::new(),
            traces: Vec::new(),
            cause: None,
        }))
    }

    /// 404: it does not exist, or lies outside the caller's scope; the bytes are the same.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// 422 with every fault found.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self::new(Code::Invalid).with_faults(faults)
    }

    /// 422 with one fault.
    pub fn invalid_at(pointer: impl Into<String>, code: FaultCode) -> Self {
        Self::invalid(vec![Fault::new(pointer, code)])
    }

    /// A bug of ours: 500, its cause logged and not shown.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(Code::Internal);
        error.0.cause = Some(cause.into());
        error
    }

    /// Keeps what led to it, for the log; it is not shown.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Says more than the title.
    #[must_use]
    pub fn with_detail(mut self, detail: Text) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// Names the faults.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults.extend(faults);
        self
    }

    /// Adds an extension member (RFC 9457, 3.2), such as `allowed` or `winner`.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Says what is to stand in the access log of this refusal. It is written when the error is answered, in a
    /// transaction of its own: that of the request is undone.
    #[must_use]
    pub fn with_traces(mut self, traces: Vec<Entry>) -> Self {
        self.0.traces.extend(traces);
        self
    }

    /// What is to stand in the access log.
    pub fn traces(&self) -> &[Entry] {
        &self.0.traces
    }

    /// The same in the words of OAuth, which has one code for every request that cannot be read (RFC 6749, 5.2).
    #[must_use]
    pub fn in_oauth_terms(mut self) -> Self {
        if matches!(self.0.code, Code::Malformed | Code::Invalid) {
            self.0.code = Code::InvalidRequest;
        }
        self
    }

    /// Which error it is.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The faults it names.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// What lies behind it, for the log.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.0.cause.as_deref()
    }

    /// Moves its pointers below a place of the body: those of an item's own body to where the item stands.
    #[must_use]
    pub fn under(mut self, place: &str) -> Self {
        for fault in &mut self.0.faults {
            if fault.pointer.is_empty() || fault.pointer.starts_with('/') {
                fault.pointer.insert_str(0, place);
            }
        }
        self
    }

    /// The problem details in a language, for the request at `instance`.
    pub fn to_json(&self, locale: Locale, instance: &str, request_id: &str) -> Json {
        let Inner {
            code,
            detail,
            faults,
            members,
            ..
        } = &*self.0;
        let mut body = serde_json::json!({
            "type": format!("/errors/{}", code.as_str()),
            "title": code.title(locale),
            "status": code.status(),
            "detail": detail.as_ref().map(|text| text.get(locale)),
            "instance": instance,
            "code": code.as_str(),
            "request_id": request_id,
            "errors": faults.iter().map(|fault| fault.to_json(locale)).collect::<Vec<_>>(),
        });
        if let Json::Object(fields) = &mut body {
            if let Some(error) = code.oauth_error() {
                fields.insert("error".to_owned(), error.into());
                // OAuth allows ASCII only here.
                fields.insert("error_description".to_owned(), code.title(Locale::En).into());
            }
            fields.extend(members.clone());
        }
        body
    }

    /// The whole answer in a language, for the request at `instance`.
    pub fn render(&self, locale: Locale, instance: &str, request_id: &str) -> HttpResponse {
        let Inner { code, headers, .. } = &*self.0;
        let body = self.to_json(locale, instance, request_id);
        let mut answer = HttpResponse::build(self.status_code());
        answer.content_type("application/problem+json");
        if *code == Code::InvalidClient {
            answer.insert_header(("WWW-Authenticate", "Basic realm=\"sanfuwu\", charset=\"UTF-8\""));
        } else if code.status() == 401 {
            let reason = if *code == Code::TokenMissing {
                String::new()
            } else {
                format!(", error=\"invalid_token\", error_description=\"{}\"", code.as_str())
            };
            answer.insert_header(("WWW-Authenticate", format!("Bearer realm=\"sanfuwu\"{reason}")));
        }
        if code.status() == 503 {
            answer.insert_header(("Retry-After", "5"));
        }
        for (name, value) in headers {
            answer.insert_header((*name, value.as_str()));
        }
        answer.body(body.to_string())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.code.as_str())?;
        for fault in &self.0.faults {
            write!(out, " {}:{}", fault.pointer, fault.code.as_str())?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        let code = match &error {
            DbError::Unique(_) => Code::Duplicate,
            DbError::StorageFull(_) => Code::StorageFull,
            DbError::Unavailable(_) | DbError::Contention(_) => Code::Unavailable,
            DbError::ForeignKey(_) | DbError::Other(_) => Code::Internal,
        };
        let mut answer = Self::new(code);
        answer.0.cause = Some(Box::new(error));
        answer
    }
}

/// Turns a missing row into 404.
pub trait OrNotFound<T> {
    /// The row, or 404 `not_found`.
    fn or_not_found(self) -> ApiResult<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self) -> ApiResult<T> {
        self.ok_or_else(ApiError::not_found)
    }
}
