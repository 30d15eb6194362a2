//! What a handler gets of a body and a query: typed values that the gate has found to fit the document.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::gate::{ParsedBody, ParsedQuery, RawBody};
use super::operations::Served;
use super::strict_json::{escape, walk};
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::privacy::{find_id_number, holds_contact, holds_phone_number};

/// A JSON body: parsed, checked against the document, free of identity-card numbers, deserialised, and then checked by
/// `validator` for what a schema cannot say.
#[derive(Debug)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let body = request.extensions().get::<ParsedBody>().map(|body| body.0.clone());
        let operation = request.extensions().get::<Served>().map(|served| served.operation);
        let secrets = operation
            .and_then(|operation| operation.body.as_ref())
            .map(|body| &*body.secrets);
        // An operation whose body may be missing reads a missing one as `{}`.
        let body = body.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let read = read_with(body, secrets.unwrap_or_default());
        ready(read.map(Self).map_err(|error| match operation {
            Some(operation) if operation.takes_form() => error.in_oauth_terms(),
            _ => error,
        }))
    }
}

/// A JSON body whose parts its handler reads one by one with [`read`], so that what is wrong with one part is not the
/// others' affair: parsed, checked against the document, deserialised.
#[derive(Debug)]
pub struct PartedJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest for PartedJson<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let body = request.extensions().get::<ParsedBody>().map(|body| body.0.clone());
        ready(deserialised(body.unwrap_or_default()).map(Self))
    }
}

fn deserialised<T: DeserializeOwned>(body: Value) -> ApiResult<T> {
    serde_json::from_value::<T>(body).map_err(|fault| {
        // The document let it through and the type does not: the two differ in what a schema cannot say.
        tracing::debug!(%fault, "a body fits its schema and not its type");
        ApiError::invalid_at("", FaultCode::NoMatch)
    })
}

/// Reads a value that fits the document: as a body does, or a line of an import.
///
/// # Errors
/// 422 with what a schema cannot say: identity-card numbers, texts that say nothing, and `validator`'s rules.
pub fn read<T: DeserializeOwned + Validate>(body: Value) -> ApiResult<T> {
    read_with(body, &[])
}

/// The same, where some fields are secrets: what a password happens to hold is nobody's number.
fn read_with<T: DeserializeOwned + Validate>(body: Value, secrets: &[String]) -> ApiResult<T> {
    let (mut faults, mut empty) = (Vec::new(), Vec::new());
    walk(&body, &mut String::new(), &mut |pointer, text| {
        let is_secret = secrets.iter().any(|secret| pointer.strip_prefix('/') == Some(secret));
        if !is_secret && find_id_number(text).is_some() {
            faults.push(Fault::new(pointer, FaultCode::IdNumber));
        }
        if says_nothing(text) {
            empty.push(Fault::new(pointer, FaultCode::BadFormat));
        }
    });
    let value = deserialised::<T>(body)?;
    if let Err(errors) = value.validate() {
        collect(&errors, "", &mut faults);
    }
    // A rule that asks for the text has said so already.
    empty.retain(|fault| faults.iter().all(|told| told.pointer != fault.pointer));
    faults.append(&mut empty);
    if faults.is_empty() {
        Ok(value)
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Whether a text is there and consists of characters none of which can be seen: blanks, controls, joiners of no width.
/// An empty text is another thing: where it may be sent, it takes away what was there.
fn says_nothing(text: &str) -> bool {
    let shows_nothing = |character: char| {
        matches!(
            character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
        )
    };
    let cannot_be_seen =
        |character: char| character.is_whitespace() || character.is_control() || shows_nothing(character);
    !text.is_empty() && text.chars().all(cannot_be_seen)
}

/// `validator` reports by field name; a rule's `code` is one of our fault codes. Its own text is not used, because it
/// repeats the refused value.
fn collect(errors: &ValidationErrors, prefix: &str, faults: &mut Vec<Fault>) {
    for (field, kind) in errors.errors() {
        let at = if field == "__all__" {
            prefix.to_owned()
        } else {
            format!("{prefix}/{}", escape(field))
        };
        match kind {
            ValidationErrorsKind::Field(list) => {
                for error in list {
                    let known = FaultCode::ALL.iter().find(|code| code.as_str() == error.code);
                    let pointer = error.message.as_deref().filter(|message| message.starts_with('/'));
                    let at = pointer.map_or_else(|| at.clone(), |pointer| format!("{prefix}{pointer}"));
                    faults.push(Fault::new(at, known.copied().unwrap_or(FaultCode::NoMatch)));
                }
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, &at, faults),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(inner, &format!("{at}/{index}"), faults);
                }
            }
        }
    }
}

/// A `validator` error with one of our codes, at a pointer below the value that is being validated.
pub fn fault(code: FaultCode, pointer: &'static str) -> validator::ValidationError {
    let mut error = validator::ValidationError::new(code.as_str());
    error.message = Some(pointer.into());
    error
}

/// Adds the fault of a text that everybody will read and that holds a telephone number. Identity numbers are refused in
/// every text.
pub fn refuse_phone_number(errors: &mut ValidationErrors, pointer: &'static str, text: &str) {
    if holds_phone_number(text) {
        errors.add("__all__", fault(FaultCode::PhoneNumber, pointer));
    }
}

/// The same for what the people say to each other: it holds no other way to reach somebody either.
pub fn refuse_contact(errors: &mut ValidationErrors, pointer: &'static str, text: &str) {
    refuse_phone_number(errors, pointer, text);
    if holds_contact(text) {
        errors.add("__all__", fault(FaultCode::Contact, pointer));
    }
}

/// The query parameters, as far as `T` names them.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequest for ValidQuery<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request
            .extensions()
            .get::<ParsedQuery>()
            .map(|query| query.0.clone())
            .unwrap_or_default();
        ready(serde_json::from_value(query).map(Self).map_err(|fault| {
            tracing::debug!(%fault, "a query fits its schema and not its type");
            ApiError::invalid_at("?", FaultCode::NoMatch)
        }))
    }
}

/// The bytes of a body that is not JSON.
#[derive(Debug)]
pub struct RawForm(pub RawBody);

impl FromRequest for RawForm {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let body = request.extensions().get::<RawBody>().cloned();
        ready(
            body.map(Self)
                .ok_or_else(|| ApiError::new(crate::error::Code::Malformed)),
        )
    }
}

/// The `{id}` of a path. What is no UUID is the id of nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Uuid);

impl FromRequest for PathId {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|text| Uuid::try_parse(text).ok());
        ready(id.map(Self).ok_or_else(ApiError::not_found))
    }
}

/// The `{id}` of a problem: its UUID or its `tracking_no`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathRef {
    /// The row's id.
    Id(Uuid),
    /// Any other text, to be looked up as the number or slug that people quote.
    Name(String),
}

impl FromRequest for PathRef {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("id").unwrap_or_default();
        ready(Self::of(text).ok_or_else(ApiError::not_found))
    }
}

impl PathRef {
    /// What a text refers to; `None` for what is no name of anything: empty, longer than 64 bytes, or with a NUL.
    pub fn of(text: &str) -> Option<Self> {
        match Uuid::try_parse(text) {
            Ok(id) => Some(Self::Id(id)),
            Err(_) if text.is_empty() || text.len() > 64 || text.contains('\0') => None,
            Err(_) => Some(Self::Name(text.to_owned())),
        }
    }
}
