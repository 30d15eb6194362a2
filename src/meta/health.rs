//! Whether the process lives, and whether it should be sent requests: two questions with two answers, because a process
//! whose database is away must not be killed for it.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::{ApiError, ApiResult, Code};

/// How long the database may take to answer a probe, in seconds.
const PATIENCE_SECONDS: u64 = 2;

/// A process that lives.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "status": "alive", "version": "0.1.0" }))]
pub struct Health {
    /// Always `alive`.
    pub status: &'static str,
    /// The version that runs.
    pub version: &'static str,
}

/// A process that may be sent requests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "status": "ready", "migration": 18 }))]
pub struct Readiness {
    /// Always `ready`.
    pub status: &'static str,
    /// The newest migration of the database.
    #[schema(minimum = 0)]
    pub migration: i64,
}

/// Is the process alive
///
/// 200 as long as the process can answer at all, whatever its database does. For a container's health check.
#[utoipa::path(operation_id = "get_health", tag = "meta",
    responses((status = 200, description = "Alive", body = Health)))]
#[get("/healthz")]
pub async fn get_health() -> HttpResponse {
    HttpResponse::Ok().json(Health {
        status: "alive",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Should the process be sent requests
///
/// 200 while the database answers, its schema is this version's, and the process is not about to stop; else 503 with
/// `reason`: `database`, `schema`, `draining`, or `starting_over` of a demo. For a load balancer.
#[utoipa::path(operation_id = "get_readiness_probe", tag = "meta",
    responses((status = 200, description = "Ready", body = Readiness)))]
#[get("/readyz")]
pub async fn get_readiness_probe(app: web::Data<App>) -> ApiResult<HttpResponse> {
    if app.traffic.is_draining() {
        return Err(not_ready("draining"));
    }
    if app.traffic.is_starting_over() {
        return Err(not_ready("starting_over"));
    }
    let patience = Duration::from_secs(PATIENCE_SECONDS);
    let schema = match tokio::time::timeout(patience, app.db.schema_state()).await {
        Ok(Ok(schema)) => schema,
        Ok(Err(fault)) => return Err(ApiError::from(fault).with_member("reason", "database")),
        Err(_) => return Err(not_ready("database")),
    };
    if !schema.pending.is_empty() || !schema.unknown.is_empty() {
        return Err(not_ready("schema"));
    }
    Ok(HttpResponse::Ok().json(Readiness {
        status: "ready",
        migration: schema.applied.last().copied().unwrap_or(0),
    }))
}

fn not_ready(reason: &str) -> ApiError {
    ApiError::new(Code::Unavailable).with_member("reason", reason)
}
