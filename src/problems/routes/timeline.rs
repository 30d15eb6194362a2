//! What happened to a problem, and what was added to its statement.

use actix_web::{HttpResponse, get, post, web};
use serde_json::json;

use crate::app::App;
use crate::auth::policy::{ReadProblems, SupplementProblem};
use crate::auth::{Caller, Can};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::dto::EventView;
use crate::events::store::EventRow;
use crate::events::{self, NewEvent};
use crate::http::{ListParams, Page, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::dto::{NewSupplement, SupplementView};
use crate::problems::store::{self, ProblemFacts, change, course, supplements};
use crate::reporters;

/// The timeline of a problem
///
/// Oldest first, what was asked and decided about it among it. A reporter sees the public part, with organisations and
/// without the names of people (S-59).
#[utoipa::path(operation_id = "list_problem_events", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<EventView>)))]
#[get("/problems/{id}/events")]
pub async fn list_problem_events(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<EventView>> {
    let facts = store::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_problem_events", facts.id))?;
    let after = page.after::<Timestamp>()?;
    let inside = facts.is_seen_inside(&who);
    let rows: Vec<EventRow> = events::store::problem_timeline(facts.id, !inside, after, page.fetch())
        .all(&app.db)
        .await?;
    let total = page
        .total(events::store::count_of_problem(&app.db, facts.id, !inside))
        .await?;
    Ok(page
        .page(rows, |row| (row.recorded_at, row.id), |row| EventView::of(row, inside))
        .with_total(total))
}

/// The supplements of a problem
///
/// What was added to the reporter's own words, oldest first.
#[utoipa::path(operation_id = "list_supplements", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<SupplementView>)))]
#[get("/problems/{id}/supplements")]
pub async fn list_supplements(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<SupplementView>> {
    let facts = store::facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_supplements", facts.id))?;
    let rows = supplements::page(facts.id, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let inside = facts.is_seen_inside(&who);
    let total = page.total(supplements::count(&app.db, facts.id)).await?;
    let place = |row: &supplements::SupplementRow| (row.at, row.id);
    Ok(page.page(rows, place, |row| row.view(inside)).with_total(total))
}

/// Add to the statement
///
/// The statement itself never changes (S-39); what the reporter adds is kept beside it. By whoever speaks for the
/// reporter, who recorded the problem, or handles it. The problem's version stays.
#[utoipa::path(operation_id = "create_supplement", tag = "problems", request_body = NewSupplement,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Added", body = SupplementView)),
    extensions(("x-error-codes" = json!(["merged", "ended"]))))]
#[post("/problems/{id}/supplements")]
pub async fn create_supplement(
    who: Can<SupplementProblem>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewSupplement>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = store::facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    let inside = facts.is_seen_inside(&who);
    let spoken = reporters::store::spoken(&mut tx, &who, facts.id, work.now()).await?;
    if spoken.is_none() && !has_recorded(&who, &facts) && !handles(&who, &facts) {
        return Err(ApiError::new(Code::Forbidden));
    }
    facts.state.must_not_have_ended()?;
    let act = spoken.map_or_else(|| who.act(work.now()), |spoken| spoken.act(&who, work.now()));
    let reporter = spoken.map(|spoken| spoken.reporter_id);
    let new = supplements::New {
        problem: facts.id,
        reporter,
        text: &body.0.text,
        in_person: body.0.in_person,
        answers: false,
    };
    let supplement = supplements::insert(&mut tx, &work.app.ids, &act, new).await?;
    let event = NewEvent::of("problem", facts.id, "problem.supplemented")
        .public()
        .with(json!({ "supplement": supplement }));
    change::note(&mut tx, &work.app.ids, &act, &facts, event).await?;
    if body.0.in_person {
        course::count_trip(&mut tx, &facts).await?;
    }
    let row = supplements::one(supplement)
        .one::<supplements::SupplementRow>(&mut tx)
        .await?;
    work.created(
        tx,
        format!("/api/v1/problems/{}/supplements", facts.id),
        &row.view(inside),
    )
    .await
}

fn handles(who: &Caller, facts: &ProblemFacts) -> bool {
    let responsible = facts.responsible();
    responsible.is_some_and(|org| who.works_for(org))
}

fn has_recorded(who: &Caller, facts: &ProblemFacts) -> bool {
    facts.recorded_by.is_some() && facts.recorded_by == who.person()
}
