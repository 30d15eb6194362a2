//! Urging.

use actix_web::{HttpResponse, post};

use crate::auth::Can;
use crate::auth::policy::UrgeProblem;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathRef, ValidJson, Work};
use crate::lifecycle::command::Command;
use crate::lifecycle::dto::Urge;
use crate::problems::dto::ProblemView;
use crate::problems::view::stored;

/// Urge a problem (催办)
///
/// By a dispatcher, a supervisor, whoever watches it, or the reporter by any of his voices, while it has not ended.
/// Each of them once in five working days: before that 409 `too_early` with `next_at`. It changes no state and no
/// version, so `If-Match` is not needed; one that is sent is compared. Whoever is responsible is told.
#[utoipa::path(operation_id = "urge_problem", tag = "problems", request_body = Urge,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; may be left out")),
    responses((status = 200, description = "Urged", body = ProblemView)),
    extensions(("x-if-match" = json!("optional")), ("x-error-codes" = json!(["too_early", "transition_not_allowed", "merged"]))))]
#[post("/problems/{id}/urge")]
pub async fn urge_problem(
    who: Can<UrgeProblem>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<Urge>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let at = Some(&at).filter(|at| **at != IfMatch::Missing);
    let urge = Command::Urge(body.0);
    let id = urge.carry_out(&work, &mut tx, &who, &id, at, "").await?;
    let view = stored(&work, &mut tx, &who, id).await?;
    work.ok(tx, &view).await
}
