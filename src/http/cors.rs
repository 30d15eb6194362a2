//! Which web pages may call this API from a browser (Fetch standard, CORS): those of the origins that the installation
//! names, and none by default. Stands outside the gate, so that a page can read a refusal of the gate's too.

use actix_cors::{Cors, CorsError};
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use super::answer::{self, Context};
use super::locale::Locale;
use super::rate_limit::Allowance;
use crate::app::App;
use crate::config::Settings;

/// Methods that the API has.
const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];
/// Headers that a page may send.
const MAY_SEND: [&str; 8] = [
    "Accept",
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Request-Id",
];
/// Headers that a page may read.
const MAY_READ: [&str; 8] = [
    "ETag",
    "Location",
    "Link",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "WWW-Authenticate",
];
/// How long a browser may remember a preflight's answer, in seconds; Chromium keeps none longer than two hours.
const REMEMBERED_SECONDS: usize = 7200;

/// The rules for the origins of the configuration.
pub fn rules(settings: &Settings) -> Cors {
    let rules = Cors::default()
        .allowed_methods(METHODS)
        .allowed_headers(MAY_SEND)
        .expose_headers(MAY_READ)
        .max_age(REMEMBERED_SECONDS)
        // A request from elsewhere is answered without leave to read: the browser, not the server, keeps it from the
        // page.
        .block_on_origin_mismatch(false);
    if settings.cors_origins.iter().any(|origin| origin == "*") {
        return rules.allow_any_origin().send_wildcard();
    }
    settings
        .cors_origins
        .iter()
        .fold(rules, |rules, origin| rules.allowed_origin(origin))
}

/// Gives a refused preflight the form of every other error.
///
/// # Errors
/// Those of the service within.
pub async fn render_refusals<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let locale = Locale::of(request.headers());
    let instance = request.uri().path().to_owned();
    let response = next.call(request).await?;
    let refused = response
        .response()
        .error()
        .is_some_and(|error| error.as_error::<CorsError>().is_some());
    let Some(app) = app.filter(|_| refused) else {
        return Ok(response.map_into_left_body());
    };
    let context = Context {
        locale,
        instance,
        request_id: app.ids.next().to_string(),
        draining: app.traffic.is_draining(),
        allowance: Allowance::default(),
    };
    let mut response = answer::render_errors(response, &context);
    answer::finish(response.response_mut(), &context);
    Ok(response)
}
