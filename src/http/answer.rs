//! What every answer passes through on its way out: errors get their one form and language, and are logged once where
//! they are ours; every answer gets its `X-Request-Id`, `Vary` and `Cache-Control`.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpResponse, ResponseError as _};

use super::locale::Locale;
use super::rate_limit::Allowance;
use crate::error::{ApiError, Code};

/// What an answer must know of its request.
#[derive(Clone, Debug)]
pub(super) struct Context {
    /// The caller's language.
    pub(super) locale: Locale,
    /// The path that was asked for.
    pub(super) instance: String,
    /// The request's id.
    pub(super) request_id: String,
    /// Whether the server is about to stop, so that the connection should be closed.
    pub(super) draining: bool,
    /// The quotas in which the request was counted.
    pub(super) allowance: Allowance,
}

/// An error's answer. A failure of ours is logged here, once, with its cause.
pub(super) fn of_error(error: &ApiError, context: &Context) -> HttpResponse {
    log(error);
    error.render(context.locale, &context.instance, &context.request_id)
}

/// Logs a failure of ours with its cause, and what was refused where somebody looks closely.
pub(super) fn log(error: &ApiError) {
    let code = error.code().as_str();
    let cause = || error.cause().map(ToString::to_string).unwrap_or_default();
    match error.status_code().as_u16() {
        503 => tracing::warn!(code, cause = cause(), "not available"),
        500.. => tracing::error!(code, cause = cause(), "request failed"),
        _ => tracing::debug!(code, "request refused"),
    }
}

/// Gives a handler's error, or the framework's own, its form and language.
pub(super) fn render_errors<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    context: &Context,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let Some(error) = response.response().error() else {
        // The browsable page says nothing about a file that it does not have.
        if response.status() == StatusCode::NOT_FOUND && !response.headers().contains_key(header::CONTENT_TYPE) {
            let (request, _) = response.into_parts();
            let rendered = of_error(&ApiError::not_found(), context);
            return ServiceResponse::new(request, rendered).map_into_right_body();
        }
        return response.map_into_left_body();
    };
    let rendered = match error.as_error::<ApiError>() {
        Some(error) => of_error(error, context),
        None => {
            let error = match error.as_response_error().status_code().as_u16() {
                404 => ApiError::not_found(),
                405 => ApiError::new(Code::MethodNotAllowed),
                413 => ApiError::new(Code::PayloadTooLarge),
                400..=499 => ApiError::new(Code::Malformed),
                _ => ApiError::internal(error.to_string()),
            };
            of_error(&error, context)
        }
    };
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, rendered).map_into_right_body()
}

/// Adds the headers that every answer has.
pub(super) fn finish<B>(response: &mut HttpResponse<B>, context: &Context) {
    if context.draining {
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    context.allowance.write(headers);
    // What everybody may keep is the same for everybody, whatever token comes along.
    let is_public = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"public"));
    let vary = if is_public {
        "Accept-Language"
    } else {
        "Authorization, Accept-Language"
    };
    headers.append(header::VARY, HeaderValue::from_static(vary));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(context.locale.tag()));
    headers.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}
