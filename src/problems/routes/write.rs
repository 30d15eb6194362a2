//! Recording and correcting.

use actix_web::{HttpResponse, patch, post};
use serde_json::json;

use crate::auth::keys::{random_secret, sha256};
use crate::auth::policy::{ReadVisits, RecordProblem, UpdateProblem as MayUpdate};
use crate::auth::{Caller, Can, Role};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::{Act, NewEvent};
use crate::http::{IfMatch, PathRef, ValidJson, Work};
use crate::lifecycle::command::Command;
use crate::problems::dto::{NewProblem, ProblemView, Receipt, RecordedProblem, UpdateProblem};
use crate::problems::record;
use crate::problems::store::{self, change, write};
use crate::problems::view::stored;
use crate::reporters::domain::Anonymity;
use crate::reporters::voice::nobody;
use crate::{receipts, reporters};

/// Record a problem
///
/// Within a visit or directly (S-42), with its disposition or without (S-05). The answer's receipt is for the reporter:
/// its code is shown once. A recording sent again with its `client_ref` is answered 200 with what was stored.
#[utoipa::path(operation_id = "create_problem", tag = "problems", request_body = NewProblem,
    responses(
        (status = 201, description = "Recorded", body = RecordedProblem),
        (status = 200, description = "The same client recorded it before with this `client_ref`", body = RecordedProblem),
    ),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "duplicate", "forbidden"]))))]
#[post("/problems")]
pub async fn create_problem(
    who: Can<RecordProblem>,
    work: Work,
    body: ValidJson<NewProblem>,
) -> ApiResult<HttpResponse> {
    let (mut tx, body) = (work.begin().await?, body.0);
    if let Some(earlier) = earlier(&work, &mut tx, &who, &body).await? {
        return work
            .ok(
                tx,
                &RecordedProblem {
                    problem: earlier,
                    receipt: None,
                },
            )
            .await;
    }
    let scopes = who.scopes_for(<ReadVisits as crate::auth::policy::Permission>::RULE);
    let scopes: Vec<_> = scopes.iter().map(crate::auth::Scope::id).collect();
    let mut insert = record::look_up(&work.app, &mut tx, &who, &scopes, &body, work.now()).await?;
    insert.reporter_id = Some(match &body.reporter {
        Some(reporter) => reporters::store::create(&mut tx, &work.app, &who.act(work.now()), reporter).await?,
        None => reporters::store::of_person(&mut tx, &work.app, &who.act(work.now()), who.subject).await?,
    });
    let act = recorder(&who, &body, insert.self_reported, work.now());
    let tracking_no = write::insert(&mut tx, &work.app.ids, &work.app.calendar(), &act, &insert).await?;
    if let Some(disposition) = &body.disposition {
        let reference = PathRef::Id(insert.id);
        let dispose = Command::Dispose(disposition.clone());
        dispose
            .carry_out(&work, &mut tx, &who, &reference, None, "/disposition")
            .await?;
    }
    let code = random_secret().map_err(ApiError::internal)?;
    receipts::store::issue(&mut tx, insert.id, &sha256(code.as_bytes()), work.now()).await?;
    let receipt = Receipt {
        tracking_no,
        url: work.app.settings.receipt_url(&code),
        code,
    };
    let problem = stored(&work, &mut tx, &who, insert.id).await?;
    let location = format!("/api/v1/problems/{}", insert.id);
    work.created(
        tx,
        location,
        &RecordedProblem {
            problem,
            receipt: Some(receipt),
        },
    )
    .await
}

/// Who records, as the problem tells it: a reporter who is not to be known is nobody there, since whoever handles the
/// problem reads who recorded it.
fn recorder(who: &Caller, body: &NewProblem, self_reported: bool, now: Timestamp) -> Act {
    let act = who.act(now);
    let is_outside = who.acting().is_ok_and(|membership| membership.role == Role::Reporter);
    match &body.reporter {
        Some(reporter) if reporter.anonymity != Anonymity::Named && (self_reported || is_outside) => nobody(act),
        _ => act,
    }
}

/// What the same client recorded before under the same `client_ref`.
async fn earlier(
    work: &Work,
    tx: &mut Tx,
    who: &Can<RecordProblem>,
    body: &NewProblem,
) -> ApiResult<Option<ProblemView>> {
    let Some(client_ref) = body.client_ref else {
        return Ok(None);
    };
    let Some(id) = store::by_client_ref(&mut *tx, client_ref, who.client).await? else {
        return Ok(None);
    };
    let facts = store::facts(&mut *tx, &who.scope_ids(), &PathRef::Id(id), who, work.now()).await?;
    // Somebody else's: that it exists is all that may be said.
    let facts = facts.ok_or_else(|| ApiError::new(Code::Duplicate))?;
    Ok(Some(stored(work, tx, who, facts.id).await?))
}

/// Correct a problem
///
/// Summary, category, place, causes, goals: a merge patch. The statement is the reporter's and stays (S-39); the state
/// moves by transitions only.
#[utoipa::path(operation_id = "update_problem", tag = "problems", request_body = UpdateProblem,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = ProblemView)),
    extensions(("x-error-codes" = json!(["immutable", "merged", "ended"]))))]
#[patch("/problems/{id}")]
pub async fn update_problem(
    who: Can<MayUpdate>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<UpdateProblem>,
) -> ApiResult<HttpResponse> {
    let (mut tx, body, now) = (work.begin().await?, body.0, work.now());
    let facts = store::facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    if body.statement.is_some() {
        return Err(ApiError::new(Code::Immutable).with_member("pointer", "/statement"));
    }
    facts.state.must_not_have_ended()?;
    at.check(facts.version)?;
    let mut faults = Vec::new();
    let category_id = match &body.category {
        Some(code) => record::category(&mut tx, facts.audience, code, now, &mut faults).await?,
        None => None,
    };
    let causes = match &body.causes {
        Some(codes) => Some(record::term_ids(&mut tx, "cause", "/causes", codes, now, &mut faults).await?),
        None => None,
    };
    let goals = match &body.goals {
        Some(codes) => Some(record::term_ids(&mut tx, "goal", "/goals", codes, now, &mut faults).await?),
        None => None,
    };
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    write::replace_terms(&mut tx, facts.id, causes.as_deref(), goals.as_deref()).await?;
    let changed: Vec<&str> = [
        ("summary", body.summary.is_some()),
        ("category", category_id.is_some()),
        ("place", body.place.is_some()),
        ("causes", causes.is_some()),
        ("goals", goals.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, changed)| changed.then_some(name))
    .collect();
    let event = NewEvent::of("problem", facts.id, "problem.corrected").with(json!({ "changed": changed }));
    let change = change::Correction {
        summary: body.summary,
        category_id,
        place: body.place,
        event,
    };
    change::correct(
        &mut tx,
        &work.app.ids,
        &work.app.calendar(),
        &who.act(now),
        &facts,
        change,
    )
    .await?;
    let view = stored(&work, &mut tx, &who, facts.id).await?;
    work.ok(tx, &view).await
}
