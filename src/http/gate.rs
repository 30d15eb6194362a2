//! What every request passes through before a handler sees it, in one order (`admit`), a function a step:
//!
//! route (404, 405) → rate by address (429) → whether a demo starts over (503) → token (401) → rate by caller (429) →
//! body size, media types (413, 415, 406) → JSON, query, headers (400) → role (403) → shape (422) → an idempotency
//! key's earlier answer → the handler: scope (404), separation of duties (403), state (409), version (412, 428), facts
//! (422).
//!
//! And what every answer passes through on the way back: errors get their one form and language, answers their
//! `X-Request-Id`, `Vary` and `Cache-Control`.

mod accept;
mod body;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use futures_util::FutureExt as _;
use serde_json::Value;
use tracing::Instrument as _;

use self::body::{parse_form, parse_json, read_body};
use super::answer::{self, Context};
use super::idempotency::{self, Ticket};
use super::locale::Locale;
use super::operations::{FORM, Found, Operation, ReadQuery, Served};
use super::rate_limit::{Allowance, Kind};
use super::{address, strict_json, traces};
use crate::app::App;
use crate::auth::{Caller, policy};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::openapi;
use crate::telemetry::AccessLine;

/// Operations that are answered while a demo starts over: they need no database, or say themselves how things stand.
const WITHOUT_DATABASE: [&str; 7] = [
    "get_health",
    "get_readiness_probe",
    "get_openapi",
    "list_errors",
    "get_error_page",
    "reset_sandbox",
    "set_sandbox_clock",
];

/// Bytes that a JSON body may have.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A body that was parsed and fits the document.
#[derive(Clone, Debug)]
pub struct ParsedBody(pub Value);

/// A form body as sent, for the operations that OAuth defines.
#[derive(Clone, Debug)]
pub struct RawBody {
    /// The media type without parameters.
    pub media_type: String,
    /// The bytes.
    pub bytes: web::Bytes,
}

/// A query that was read and fits the document.
#[derive(Clone, Debug)]
pub struct ParsedQuery(pub Value);

/// The id of a request, in `X-Request-Id`, in errors and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The gate.
///
/// # Errors
/// None: every error is rendered here.
pub async fn gate<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Err(actix_web::error::ErrorInternalServerError("no App"));
    };
    let began = Instant::now();
    let request_id = RequestId(request_id(&request, &app));
    let mut context = Context {
        locale: Locale::of(request.headers()),
        instance: request.uri().path().to_owned(),
        request_id: request_id.0.clone(),
        draining: app.traffic.is_draining(),
        allowance: Allowance::default(),
    };
    request.extensions_mut().insert(request_id);
    request.extensions_mut().insert(context.locale);
    // The operation stands in the access line; a path may hold what is no log's business, such as a receipt's code.
    let span = tracing::info_span!("request", id = %context.request_id);
    async move {
        let _busy = app.traffic.begin();
        let admitted = admit(&mut request, &app, &mut context.allowance).await;
        let line = AccessLine::of(&request);
        let response = match admitted {
            Err(error) => {
                let error = match request.extensions().get::<Served>() {
                    Some(served) if served.operation.takes_form() => error.in_oauth_terms(),
                    _ => error,
                };
                request
                    .into_response(answer::of_error(&error, &context))
                    .map_into_right_body()
            }
            Ok(Admitted::Answer(answer)) => request.into_response(answer).map_into_right_body(),
            Ok(Admitted::Handler) => {
                // HEAD is GET whose body the server does not send (RFC 9110, 9.3.2); the router knows GET only.
                if request.method() == Method::HEAD {
                    request.head_mut().method = Method::GET;
                }
                // A panic ends its request, not the connection, and not the worker.
                match AssertUnwindSafe(async { next.call(request).await })
                    .catch_unwind()
                    .await
                {
                    Ok(answered) => traces::left(&app, answered?, &context).await,
                    Err(_) => {
                        let error = ApiError::internal("the handler panicked");
                        let mut response = answer::of_error(&error, &context);
                        answer::finish(&mut response, &context);
                        line.write(response.status(), began.elapsed());
                        return Err(InternalError::from_response(error, response).into());
                    }
                }
            }
        };
        let mut response = response;
        answer::finish(response.response_mut(), &context);
        line.write(response.status(), began.elapsed());
        Ok(response)
    }
    .instrument(span)
    .await
}

enum Admitted {
    Handler,
    Answer(HttpResponse),
}

/// The steps of this module's rule, one after another.
async fn admit(request: &mut ServiceRequest, app: &App, allowance: &mut Allowance) -> ApiResult<Admitted> {
    let found = app.operations.find(request.method(), request.path());
    let is_counted = count_address(request, app, &found, allowance)?;
    let operation = match route(request, found)? {
        Routed::Operation(operation) => operation,
        Routed::Elsewhere(admitted) => return Ok(admitted),
    };
    request.extensions_mut().insert(Served { operation });
    if app.traffic.is_starting_over() && !WITHOUT_DATABASE.contains(&operation.id.as_str()) {
        return Err(ApiError::new(Code::Unavailable).with_member("reason", "starting_over"));
    }
    let caller = caller(request, app, operation)?;
    if let Some(caller) = caller.as_ref().filter(|_| is_counted) {
        app.rate_limits.count_caller(caller, allowance)?;
    }
    let sent = Sent::read(request, operation, app).await?;
    if let Some(caller) = &caller {
        require_role(caller, operation)?;
    }
    sent.require_shape(operation)?;
    if let Some(caller) = &caller
        && let Some(answer) = earlier_answer(request, app, caller, operation, &sent).await?
    {
        return Ok(Admitted::Answer(answer));
    }
    sent.hand_on(request);
    Ok(Admitted::Handler)
}

/// Counts a request by its address, whether it is refused later or not; whether it counts.
fn count_address(request: &ServiceRequest, app: &App, found: &Found, allowance: &mut Allowance) -> ApiResult<bool> {
    let kind = match found {
        Found::Operation(operation) => Kind::of(&operation.id, operation.rule.is_some()),
        Found::NoPath | Found::NoMethod(_) => Some(Kind::Other),
    };
    let counted = kind.zip(address::client_address(request.request(), &app.settings));
    if let Some((kind, address)) = counted {
        app.rate_limits.count_address(address, kind, allowance)?;
    }
    Ok(counted.is_some())
}

/// Where a request goes.
enum Routed {
    /// To an operation of the document.
    Operation(&'static Operation),
    /// To the browsable page, or nowhere: what a path may be asked is answered here.
    Elsewhere(Admitted),
}

/// 404 and 405.
fn route(request: &ServiceRequest, found: Found) -> ApiResult<Routed> {
    match found {
        Found::Operation(operation) => Ok(Routed::Operation(operation)),
        // What is not in the document is the browsable page's own files, or nothing.
        Found::NoPath if is_browsable(request.path()) => match *request.method() {
            Method::GET | Method::HEAD => Ok(Routed::Elsewhere(Admitted::Handler)),
            _ => Err(ApiError::new(Code::MethodNotAllowed).with_header("Allow", allow(&[Method::GET]))),
        },
        Found::NoPath => Err(ApiError::not_found()),
        Found::NoMethod(methods) if request.method() == Method::OPTIONS => {
            let mut answer = HttpResponse::NoContent();
            answer.insert_header(("Allow", allow(&methods)));
            Ok(Routed::Elsewhere(Admitted::Answer(answer.finish())))
        }
        Found::NoMethod(methods) => Err(ApiError::new(Code::MethodNotAllowed).with_header("Allow", allow(&methods))),
    }
}

/// Who asks, where the operation wants to know; handlers find him in the request.
fn caller(request: &ServiceRequest, app: &App, operation: &Operation) -> ApiResult<Option<Arc<Caller>>> {
    if operation.rule.is_none() {
        return Ok(None);
    }
    let caller = authenticate(request.headers(), app)?;
    request.extensions_mut().insert(Arc::clone(&caller));
    Ok(Some(caller))
}

/// What was sent, as far as it can be read.
struct Sent {
    body: Option<RawBody>,
    parsed: Option<Value>,
    query: ReadQuery,
}

impl Sent {
    /// Body, query and headers: 413, 415, 406, and 400 for what cannot be read.
    async fn read(request: &mut ServiceRequest, operation: &Operation, app: &App) -> ApiResult<Self> {
        let body = read_body(request, operation, app).await?;
        accept(request.headers(), operation)?;
        let parsed = match (&body, &operation.body) {
            (Some(raw), Some(_)) if raw.media_type.ends_with("json") => Some(parse_json(&raw.bytes)?),
            (Some(raw), Some(_)) if raw.media_type == FORM => Some(parse_form(&raw.bytes)?),
            _ => None,
        };
        let mut query = operation.read_query(request.query_string());
        let malformed = std::mem::take(&mut query.malformed);
        if !malformed.is_empty() {
            return Err(ApiError::new(Code::Malformed).with_faults(malformed));
        }
        check_headers(request.headers())?;
        Ok(Self { body, parsed, query })
    }

    /// 422 with every fault of body and query.
    fn require_shape(&self, operation: &Operation) -> ApiResult<()> {
        let mut faults = self.query.invalid.clone();
        if let (Some(value), Some(expected)) = (&self.parsed, &operation.body) {
            faults.extend(expected.faults(value));
            faults.extend(strict_json::nul_faults(value));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(faults))
        }
    }

    /// Where the handler finds it.
    fn hand_on(self, request: &ServiceRequest) {
        let mut extensions = request.extensions_mut();
        if let Some(value) = self.parsed {
            extensions.insert(ParsedBody(value));
        }
        if let Some(raw) = self.body {
            extensions.insert(raw);
        }
        extensions.insert(ParsedQuery(Value::Object(self.query.value)));
    }
}

/// 403 where none of the caller's roles has the permission, or his password is to be changed first.
fn require_role(caller: &Caller, operation: &Operation) -> ApiResult<()> {
    if let Some(rule) = operation.rule
        && !caller.may_call(rule, &operation.id)
    {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", rule.permission));
    }
    if caller.must_change && !policy::BEFORE_PASSWORD_CHANGE.contains(&operation.id.as_str()) {
        return Err(ApiError::new(Code::PasswordChangeRequired));
    }
    Ok(())
}

/// The answer that the same key has had before; where it has had none, the request holds the key from now on.
async fn earlier_answer(
    request: &ServiceRequest,
    app: &App,
    caller: &Caller,
    operation: &'static Operation,
    sent: &Sent,
) -> ApiResult<Option<HttpResponse>> {
    if !operation.idempotent {
        return Ok(None);
    }
    let Some(key) = idempotency::key_of(request.headers())? else {
        return Ok(None);
    };
    let bytes = sent.body.as_ref().map_or(&[][..], |raw| &raw.bytes);
    match Ticket::take(app, caller, operation, &key, request.path(), bytes).await? {
        idempotency::Taken::Replay(answer) => Ok(Some(answer)),
        idempotency::Taken::Ticket(ticket) => {
            request.extensions_mut().insert(Arc::new(ticket));
            Ok(None)
        }
    }
}

/// Whether a path is the browsable page's, or lies below it.
fn is_browsable(path: &str) -> bool {
    path.strip_prefix(openapi::PAGE)
        .is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// The caller of a bearer token.
///
/// # Errors
/// 401, each with its code.
pub fn authenticate(headers: &HeaderMap, app: &App) -> ApiResult<Arc<Caller>> {
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| ApiError::new(Code::TokenMissing))?;
    let value = value.to_str().map_err(|_| ApiError::new(Code::TokenInvalid))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::new(Code::TokenMissing));
    }
    let caller = app.tokens.verify(token.trim(), app.real_clock.now())?;
    app.rights.check(&caller)?;
    Ok(caller)
}

/// 406 where the caller accepts nothing that the operation can produce.
fn accept(headers: &HeaderMap, operation: &Operation) -> ApiResult<()> {
    let Some(wanted) = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let ok = operation.produces.is_empty()
        || operation
            .produces
            .iter()
            .any(|produced| accept::takes(wanted, produced));
    if ok {
        Ok(())
    } else {
        Err(ApiError::new(Code::NotAcceptable).with_member("available", operation.produces.clone()))
    }
}

fn check_headers(headers: &HeaderMap) -> ApiResult<()> {
    let mut faults = Vec::new();
    if super::etag::IfMatch::read(headers).is_err() {
        faults.push(Fault::new("If-Match", FaultCode::BadHeader));
    }
    if idempotency::key_of(headers).is_err() {
        faults.push(Fault::new("Idempotency-Key", FaultCode::BadHeader));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::new(Code::Malformed).with_faults(faults))
    }
}

/// The methods of a path, with those that every path has by them.
fn allow(methods: &[Method]) -> String {
    let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if methods.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.join(", ")
}

/// The caller's own `X-Request-Id` where it is short and plain, else a new one.
fn request_id(request: &ServiceRequest, app: &App) -> String {
    request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
        .map_or_else(|| app.ids.next().to_string(), ToOwned::to_owned)
}
