//! Many transitions in one request.

use actix_web::{HttpResponse, post};

use crate::auth::Can;
use crate::auth::policy::BulkAct;
use crate::error::ApiResult;
use crate::http::Work;
use crate::http::body::PartedJson;
use crate::lifecycle::bulk;
use crate::lifecycle::bulk::dto::{BulkActions, BulkAnswers};

/// Carry out many transitions
///
/// In their order, up to 200, each with the version that was read and the body of the operation that carries it out by
/// itself; who may call that operation may do it here. By default each stands by itself: the answer is 200 with what
/// each operation would have answered, so that one refusal takes nothing from the others. With `atomic` all are done or
/// none: the first refusal is the answer to the whole request, with its status, its code, the `index` of its item (from
/// 0), and pointers into the request's body (`/items/3/body/…`).
///
/// What is wrong with the items themselves (an unknown action, no version) is 422 before any is carried out. A request
/// that was cut off may be sent again with its `Idempotency-Key`: an item that was done is then refused by its version
/// (409, 412).
#[utoipa::path(operation_id = "act_on_problems", tag = "problems", request_body = BulkActions,
    responses((status = 200, description = "What became of each, in the order of the request", body = BulkAnswers)),
    extensions(("x-error-codes" = json!(["not_found", "separation_of_duties", "already_disposed", "already_claimed",
        "transition_not_allowed", "merged", "not_ready", "open_duties", "no_face_to_face", "output_missing", "no_contact",
        "too_early", "too_late", "attempts_missing", "duplicate", "erased", "precondition_failed"]))))]
#[post("/problems/bulk-actions")]
pub async fn act_on_problems(who: Can<BulkAct>, work: Work, body: PartedJson<BulkActions>) -> ApiResult<HttpResponse> {
    bulk::carry_out(&work, &who, body.0).await
}
