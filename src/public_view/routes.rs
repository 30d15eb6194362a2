//! The handlers.

mod publish;
mod read;

use crate::http::routing::ServiceConfig;
use actix_web::body::BoxBody;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read::list_public_problems)
        .service(read::get_public_problem)
        .service(read::get_public_overview)
        .service(read::list_public_outputs)
        .service(publish::publish_problem)
        .service(publish::unpublish_problem)
        .service(publish::list_publications)
        .service(publish::support_problem);
}

/// An answer that is the same for everybody: any cache may keep it for so many seconds, and then asks again by its
/// `ETag`. A minute at most, so that what is withdrawn is soon gone everywhere.
#[derive(Debug)]
pub(super) struct Shared<R, const SECONDS: u8>(pub(super) R);

impl<R: Responder<Body = BoxBody>, const SECONDS: u8> Responder for Shared<R, SECONDS> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut answer = self.0.respond_to(request);
        let keeps = !answer.status().is_client_error() && !answer.status().is_server_error();
        if keeps && let Ok(value) = HeaderValue::from_str(&format!("public, max-age={SECONDS}")) {
            answer.headers_mut().insert(CACHE_CONTROL, value);
        }
        answer
    }
}
