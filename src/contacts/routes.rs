//! The handlers.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{ContactView, LogContact};
use super::logging::log;
use super::store::{self, ContactRow};
use crate::app::App;
use crate::auth::policy::{LogContacts, ReadProblems};
use crate::auth::{Caller, Can};
use crate::clock::Timestamp;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Page, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store::{self as problems, ProblemFacts};

/// The contact log of a problem
///
/// In the order in which the contacts took place. A reporter sees the public ones, without the names of people (S-59).
#[utoipa::path(operation_id = "list_contacts", tag = "contacts",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<ContactView>)))]
#[get("/problems/{id}/contacts")]
pub async fn list_contacts(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<ContactView>> {
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let inside = is_inside(&facts, &who);
    let page = params.0.page(&("list_contacts", facts.id, inside))?;
    let rows: Vec<ContactRow> = store::page(facts.id, !inside, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, facts.id, !inside)).await?;
    let place = |row: &ContactRow| (row.at, row.id);
    Ok(page
        .page(rows, place, |row| ContactView::of(row, inside))
        .with_total(total))
}

/// Log a contact
///
/// By officers, handlers, heads and dispatchers of the problem, at the time or afterwards. The first contact or reply
/// with the reporter is the first response of its cycle. An `attempt` reached nobody. While a problem awaits
/// confirmation or is closed, there are contacts and attempts and no replies.
#[utoipa::path(operation_id = "create_contact", tag = "contacts", request_body = LogContact,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Logged", body = ContactView)),
    extensions(("x-error-codes" = json!(["merged", "ended", "erased", "transition_not_allowed"]))))]
#[post("/problems/{id}/contacts")]
pub async fn create_contact(
    who: Can<LogContacts>,
    work: Work,
    id: PathRef,
    body: ValidJson<LogContact>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = problems::facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    let contact = log(&work, &mut tx, &who, &facts, body.0).await?;
    let row: ContactRow = store::one(contact).one(&mut tx).await?;
    let location = format!("/api/v1/problems/{}/contacts", facts.id);
    work.created(tx, location, &ContactView::of(row, is_inside(&facts, &who)))
        .await
}

/// A reporter sees the public part, whatever he may be elsewhere.
fn is_inside(facts: &ProblemFacts, who: &Caller) -> bool {
    facts.is_seen_inside(who)
}
