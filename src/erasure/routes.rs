//! The handlers.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, post};

use super::dto::{EraseProblem, NewRedaction, NewVisitRedaction};
use super::{erasing, redacting};
use crate::attachments::sweep;
use crate::auth::Can;
use crate::auth::policy::ErasePersonalData;
use crate::comments::judging::must_not_be_criticised;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, PathId, PathRef, ValidJson, Work};
use crate::problems::domain::must_not_be_erased;
use crate::problems::dto::ProblemView;
use crate::problems::store::facts_to_change;
use crate::problems::view::stored;
use crate::visits::changing::written;
use crate::visits::dto::VisitView;
use crate::visits::store as visits;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create_redaction)
        .service(create_visit_redaction)
        .service(erase_problem);
}

/// Blot a passage out of a text
///
/// Where somebody else's life was told along with a problem, or what law keeps secret: the passage is replaced by
/// （已隐去） wherever it stands in that text, and is gone. The one change that a statement bears (S-39). Texts of the
/// timeline that hold the passage are erased whole. The event says in which text, why, and by its hash what is left.
/// Never by whoever acted on the problem or belongs to an organisation that handles it, and never a whole text:
/// criticism stays.
#[utoipa::path(operation_id = "create_redaction", tag = "erasure", request_body = NewRedaction,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    responses((status = 200, description = "As it now stands", body = ProblemView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "erased"]))))]
#[post("/problems/{id}/redactions")]
pub async fn create_redaction(
    who: Can<ErasePersonalData>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<NewRedaction>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    must_not_be_criticised(&mut tx, &who, facts.id).await?;
    facts.must_not_be_erased()?;
    at.check(facts.version)?;
    redacting::carry_out(&work, &mut tx, &who, &facts, &body.0).await?;
    let view = stored(&work, &mut tx, &who, facts.id).await?;
    work.ok(tx, &view).await
}

/// Blot a passage out of a visit's text
///
/// The same of what was seen and heard at a visit, why it was cancelled, its notes, and promises made there about no
/// problem, in whatever state it is: the passage is gone, the visit is found by it no more, and texts of its timeline
/// that hold it are erased whole.
#[utoipa::path(operation_id = "create_visit_redaction", tag = "erasure", request_body = NewVisitRedaction,
    params(("id" = Uuid, Path, description = "The visit's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    responses((status = 200, description = "As it now stands", body = VisitView)),
    extensions(("x-error-codes" = json!(["erased"]))))]
#[post("/visits/{id}/redactions")]
pub async fn create_visit_redaction(
    who: Can<ErasePersonalData>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<NewVisitRedaction>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let visit = visits::find_to_change(&mut tx, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    must_not_be_erased(visit.erased_at)?;
    at.check(visit.version)?;
    redacting::carry_out_of_visit(&work, &mut tx, &who, &visit, &body.0).await?;
    let view = written(&mut tx, &work, &who, visit.id).await?;
    work.ok(tx, &view).await
}

/// Erase what is personal before the term
///
/// Because the reporter asked, of a problem that has ended and whose look-backs are over; 24 months after that it
/// happens by itself. Every word about it goes, its files, its receipts, and what says who raised it. States, times and
/// figures stay, and until the term what others commented. Never by whoever acted on the problem or belongs to an
/// organisation that handles it. It cannot be undone.
#[utoipa::path(operation_id = "erase_problem", tag = "erasure", request_body = EraseProblem,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    responses((status = 200, description = "As it now stands", body = ProblemView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "too_early", "erased"]))))]
#[post("/problems/{id}/erase")]
pub async fn erase_problem(
    who: Can<ErasePersonalData>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<EraseProblem>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    erasing::may_be_asked(&mut tx, &who, &facts).await?;
    at.check(facts.version)?;
    let ended = erasing::on_request(&work, &mut tx, &who, &facts, &body.0).await?;
    let view = stored(&work, &mut tx, &who, facts.id).await?;
    let answer = work.ok(tx, &view).await?;
    sweep::at_once(&work.app).await;
    for family in ended {
        work.app.rights.family_ended(family, work.app.real_clock.now());
    }
    Ok(answer)
}
