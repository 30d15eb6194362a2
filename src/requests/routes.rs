//! Asking, deciding, and what there is to decide.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{Decide, NewRequest, RequestFilters, RequestView};
use super::listing;
use super::presenting::Presenter;
use super::store::{self, Listed, RequestRow};
use super::{deciding, domain::RequestState};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{AskRequest, DecideRequest, ListRequests, ReadRequests};
use crate::clock::Timestamp;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, View, Work};
use crate::lifecycle::command::Command;
use crate::problems::store as problems;

/// Ask for a decision about a problem
///
/// To return it (退回), to escalate it (提级), to put it on hold (挂起), for a later date (延期), to decline it (不予办理), or, as
/// its reporter, against a refusal to act (申诉). What each kind must carry, from which states, by whom and for whom is
/// in `GET /meta/state-machine`; everything that is missing is named at once. One request of a problem is open: a
/// second is 409 `request_open` with the first.
#[utoipa::path(operation_id = "create_request", tag = "requests", request_body = NewRequest,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"),
        ("If-Match" = Option<String>, Header, description = "The problem's version that was read")),
    responses((status = 201, description = "Asked", body = RequestView)),
    extensions(("x-error-codes" = json!(["request_open", "adjudicated", "limit_reached", "too_late",
        "transition_not_allowed", "merged", "erased"]))))]
#[post("/problems/{id}/requests")]
pub async fn create_request(
    who: Can<AskRequest>,
    work: Work,
    id: PathRef,
    at: IfMatch,
    body: ValidJson<NewRequest>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let ask = Command::Ask(body.0);
    let problem = ask.carry_out(&work, &mut tx, &who, &id, Some(&at), "").await?;
    let row = store::open_of(&mut tx, problem).await?.or_not_found()?;
    let inside = who.memberships.iter().any(|held| held.role.is_inside());
    let presenter = Presenter::of(&mut tx, &who, work.locale, work.now(), std::slice::from_ref(&row)).await?;
    let view = presenter.view(row, inside);
    let location = format!("/api/v1/requests/{}", view.id);
    work.created(tx, location, &view).await
}

/// The requests of a problem
///
/// In the order in which they were asked. A reporter sees his appeals, and what was granted and concerns him: a hold, a
/// later date, a refusal to act; never a return or an escalation, never people (S-59).
#[utoipa::path(operation_id = "list_problem_requests", tag = "requests",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<RequestView>)))]
#[get("/problems/{id}/requests")]
pub async fn list_problem_requests(
    who: Can<ReadRequests>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<RequestView>> {
    let now = app.clock.now();
    let facts = problems::facts(&app.db, &who.scope_ids(), &id, &who, now)
        .await?
        .or_not_found()?;
    let inside = facts.is_seen_inside(&who);
    let page = params.0.page(&("list_problem_requests", facts.id))?;
    let rows: Vec<RequestRow> = store::of_problem(facts.id, inside, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count_of_problem(&app.db, facts.id, inside)).await?;
    let presenter = Presenter::of(&app.db, &who, locale, now, &rows).await?;
    let place = |row: &RequestRow| (row.asked_at, row.id);
    Ok(page
        .page(rows, place, |row| presenter.view(row, inside))
        .with_total(total))
}

/// What is to be decided
///
/// The requests of one scope by the time to decide them: by default those that the caller may decide now, those of the
/// level below whose time has passed among them. `decidable=false` lists all of the scope. Of the open ones up to 5,000
/// are looked at along that order: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_requests", tag = "requests", params(ListParams, RequestFilters),
    responses((status = 200, description = "A page", body = Page<RequestView>)))]
#[get("/requests")]
pub async fn list_requests(
    who: Can<ListRequests>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<RequestFilters>,
    locale: Locale,
) -> ApiResult<Page<RequestView>> {
    let (now, filters) = (app.clock.now(), filters.0);
    let scope = who.list_scope(filters.scope.as_deref())?.id();
    let page = params.0.page(&("list_requests", scope, &filters))?;
    let listed = Listed {
        scope,
        state: filters.state.unwrap_or(RequestState::Open),
        kinds: filters.kind,
        overdue_at: filters.overdue.unwrap_or(false).then_some(now),
    };
    let reader = (&*who, locale, now);
    if listed.state == RequestState::Open && filters.decidable.unwrap_or(true) {
        listing::decidable(&app.db, reader, &listed, &page).await
    } else {
        listing::all(&app.db, reader, &listed, &page).await
    }
}

/// One request
///
/// Within the scope of its problem.
#[utoipa::path(operation_id = "get_request", tag = "requests",
    params(("id" = Uuid, Path, description = "The request's id")),
    responses((status = 200, description = "The request", body = RequestView)))]
#[get("/requests/{id}")]
pub async fn get_request(
    who: Can<ReadRequests>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<RequestView>> {
    let now = app.clock.now();
    let row = store::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    let problem = PathRef::Id(row.problem_id);
    let facts = problems::facts(&app.db, &who.scope_ids(), &problem, &who, now)
        .await?
        .or_not_found()?;
    let inside = facts.is_seen_inside(&who);
    let row = Some(row)
        .filter(|row| inside || row.is_for_reporters())
        .or_not_found()?;
    let presenter = Presenter::of(&app.db, &who, locale, now, std::slice::from_ref(&row)).await?;
    Ok(View(presenter.view(row, inside)))
}

/// Decide a request
///
/// By whom it waits for, once: of two at the same time one decides, and the other gets 409 `already_decided` with the
/// decision. Whoever asked never decides, nor on an appeal who decided about the problem before (403
/// `separation_of_duties`). Where nobody here can decide, a decision taken outside is entered with its document.
#[utoipa::path(operation_id = "decide_request", tag = "requests", request_body = Decide,
    params(("id" = Uuid, Path, description = "The request's id"),
        ("If-Match" = Option<String>, Header, description = "The request's version that was read")),
    responses((status = 200, description = "Decided", body = RequestView)),
    extensions(("x-error-codes" = json!(["already_decided", "too_late", "separation_of_duties"]))))]
#[post("/requests/{id}/decide")]
pub async fn decide_request(
    who: Can<DecideRequest>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Decide>,
) -> ApiResult<HttpResponse> {
    deciding::decide(&work, &who, &who.scope_ids(), id.0, &at, &body.0).await
}
