//! Publishing, withdrawing, supporting.

use actix_web::{HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{PublishProblems, ReadProblems, SupportPublicProblem};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::body::PartedJson;
use crate::http::{IfMatch, ListParams, Page, PathId, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store as problems;
use crate::public_view::dto::{PublicSupport, PublicationView, PublishProblem, SupportProblem, UnpublishProblem};
use crate::public_view::store::publications::{self, PublicationRow};
use crate::public_view::{publishing, supporting};

/// Publish a problem
///
/// With words of their own, in the place of an earlier edition. Every text is compared with what is known of whoever
/// raised and handles the problem; all faults are told at once. A firm may be named once it has consented and its
/// problem is closed; where the problem is begun anew, what names it is not shown until it is closed again. What was
/// merged, withdrawn or erased is not published, and vanishes by itself where it was. The problem's version stays.
#[utoipa::path(operation_id = "publish_problem", tag = "public_view", request_body = PublishProblem,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The problem's version that was read")),
    responses((status = 200, description = "Published", body = PublicationView)),
    extensions(("x-error-codes" = json!(["merged", "ended", "erased", "transition_not_allowed"]))))]
#[post("/problems/{id}/publish")]
pub async fn publish_problem(
    who: Can<PublishProblems>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: PartedJson<PublishProblem>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = problems::facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    let view = publishing::publish(&work, &mut tx, &who, &facts, &at, body.0).await?;
    work.ok(tx, &view).await
}

/// Withdraw what is published of a problem
///
/// At once: `/public` does not know it any more, and no cache keeps it for longer than a minute. 409 `ended` where
/// nothing is published.
#[utoipa::path(operation_id = "unpublish_problem", tag = "public_view", request_body = UnpublishProblem,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The problem's version that was read")),
    responses((status = 204, description = "Withdrawn")),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/problems/{id}/unpublish")]
pub async fn unpublish_problem(
    who: Can<PublishProblems>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<UnpublishProblem>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = problems::facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    publishing::unpublish(&work, &mut tx, &who, &facts, &at, body.0).await?;
    work.empty(tx).await
}

/// The publications of a problem
///
/// Every edition, the latest first: what everybody reads of it, and what everybody could read before.
#[utoipa::path(operation_id = "list_publications", tag = "public_view",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<PublicationView>)))]
#[get("/problems/{id}/publications")]
pub async fn list_publications(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<PublicationView>> {
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let inside = facts.is_seen_inside(&who);
    let page = params.0.page(&("list_publications", facts.id, inside))?;
    let rows: Vec<PublicationRow> = publications::page(facts.id, page.after::<i64>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(publications::count(&app.db, facts.id)).await?;
    let view = |row| PublicationView::of(row, facts.version, inside);
    Ok(page.page(rows, |row| (row.edition, row.id), view).with_total(total))
}

/// Support a published problem
///
/// By whoever is identified: a reporter's account, the bearer of a receipt (for any published problem), or a client for
/// a reporter whom it knows. Each person counts once, 409 `duplicate` from then on; who raised the problem does not
/// count. A problem that is not published is 404, and so is a `tracking_no`.
#[utoipa::path(operation_id = "support_problem", tag = "public_view", request_body = Option<SupportProblem>,
    params(("id" = Uuid, Path, description = "The problem's id, as the public reads it")),
    responses((status = 200, description = "Counted", body = PublicSupport)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/problems/{id}/support")]
pub async fn support_problem(
    who: Can<SupportPublicProblem>,
    work: Work,
    id: PathId,
    body: ValidJson<SupportProblem>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let view = supporting::carry_out(&work, &mut tx, &who, id.0, &body.0).await?;
    work.ok(tx, &view).await
}
