//! The rule book about itself: errors, permissions, the document, health.

pub mod health;

use crate::http::routing::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::app::{App, Document};
use crate::http::tagged;

pub mod errors;
pub mod permissions;

/// Below `/api/v1`.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(errors::list_errors)
        .service(permissions::list_permissions);
}

/// At the root.
pub fn root_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_openapi)
        .service(errors::get_error_page)
        .service(health::get_health)
        .service(health::get_readiness_probe);
}

/// The OpenAPI document
///
/// The same bytes as `openapi/openapi.json` of the release, with their entity tag.
#[utoipa::path(operation_id = "get_openapi", tag = "meta",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = serde_json::Value, content_type = "application/json",
            headers(("ETag" = String, description = "Changes with the release"))),
        (status = 304, description = "Unchanged: `If-None-Match` named it")))]
#[get("/openapi.json")]
async fn get_openapi(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    let Document { text, tag } = app.document.clone();
    tagged(&request, tag, text, None)
}

#[cfg(test)]
mod tests;
