//! Exchanging a receipt's code, and replacing a receipt.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, post, web};

use super::dto::{ReceiptCode, ReceiptToken};
use super::{exchange, issuing};
use crate::app::App;
use crate::auth::policy::ReplaceReceipt;
use crate::auth::{Caller, Can, Role};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::events::NewEvent;
use crate::http::{PathRef, ValidJson, Work};
use crate::problems::domain::{ProblemAct, State};
use crate::problems::dto::Receipt;
use crate::problems::store::{ProblemFacts, change, facts_to_change, write};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(create_receipt_token).service(replace_receipt);
}

/// Exchange the code of a receipt for a token
///
/// For a reporter without an account: the token is good for half an hour, for the one problem of the receipt, and for
/// the operations that it lists. A code that is unknown, replaced by a newer one, or expired (30 days after the last
/// closure) is refused alike; after five failures in a row an address has to wait.
#[utoipa::path(operation_id = "create_receipt_token", tag = "receipts", request_body = ReceiptCode,
    responses((status = 200, description = "Exchanged; nothing keeps the answer", body = ReceiptToken)),
    extensions(("x-error-codes" = json!(["invalid_grant", "too_many_attempts", "storage_full"]))))]
#[post("/public/receipts/token")]
async fn create_receipt_token(
    request: HttpRequest,
    app: web::Data<App>,
    body: ValidJson<ReceiptCode>,
) -> ApiResult<HttpResponse> {
    let token = exchange::carry_out(&app, &request, &body.0.code).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .json(token))
}

/// Replace the receipt of a problem
///
/// For a reporter who has lost his: by whoever recorded the problem, an officer of the organisation that did, or a
/// dispatcher. The earlier code and its tokens end at once; the new code is shown this once, kept nowhere, and an
/// `Idempotency-Key` has no effect. It expires when the earlier one would have. Never by who handled the problem, nor
/// by anybody of an organisation that handles it, or did: they would speak for the reporter about their own work. Each
/// time stands in the access log.
#[utoipa::path(operation_id = "replace_receipt", tag = "receipts",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 200, description = "The new receipt", body = Receipt)),
    extensions(("x-secret-answer" = json!(true)), ("x-error-codes" = json!(["separation_of_duties", "merged", "ended", "erased"]))))]
#[post("/problems/{id}/receipt")]
async fn replace_receipt(
    who: Can<ReplaceReceipt>,
    request: HttpRequest,
    work: Work,
    id: PathRef,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    check(&mut tx, &who, &facts).await?;
    let issued = issuing::issue(&work, &mut tx, &who, &request, &facts).await?;
    record(&mut tx, &work, &who, &facts).await?;
    let answer = work.secret(tx, &issued.receipt).await?;
    issuing::end(&work.app, issued.ended);
    Ok(answer)
}

/// Whether the caller may have a new receipt of this problem.
///
/// # Errors
/// 403 for an officer elsewhere, and for whoever handled it or is of who does; 409 for what was merged, which nobody
/// changes any more.
async fn check(tx: &mut Tx, who: &Caller, facts: &ProblemFacts) -> ApiResult<()> {
    if !may_replace(who, facts) {
        return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "回执由记录人、记录单位的走访干部或交办员补发",
            "A receipt is replaced by who recorded the problem, an officer of that organisation, or a dispatcher",
        )));
    }
    issuing::must_be_apart(tx, who, facts.id).await?;
    match facts.state {
        State::Merged => facts.state.must_not_have_ended(),
        _ => facts.must_not_be_erased(),
    }
}

fn may_replace(who: &Caller, facts: &ProblemFacts) -> bool {
    let of_recorder = who
        .memberships
        .iter()
        .any(|membership| membership.role == Role::Officer && facts.recorder_org_id == Some(membership.org));
    let recorded_it = facts.recorded_by.is_some() && facts.recorded_by == who.person();
    of_recorder || recorded_it || facts.roles_of(who).contains(&Role::Dispatcher)
}

async fn record(tx: &mut Tx, work: &Work, who: &Caller, facts: &ProblemFacts) -> ApiResult<()> {
    let (act, ids) = (who.act(work.now()), &work.app.ids);
    write::acted(tx, ids, facts.id, &act, ProblemAct::ReplaceReceipt).await?;
    let event = NewEvent::of("problem", facts.id, "problem.receipt_replaced").public();
    change::note(tx, ids, &act, facts, event).await
}
