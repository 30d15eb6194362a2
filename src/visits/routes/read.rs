//! Reading visits.

use actix_web::{get, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadVisits;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::dto::EventView;
use crate::events::store::{EventRow, timeline};
use crate::full_text::store::{Kind, search};
use crate::http::{ListParams, Locale, Page, PathId, ValidQuery, View};
use crate::visits::dto::{VisitFilters, VisitSummary, VisitView};
use crate::visits::references::reader;
use crate::visits::store;
use crate::visits::store::list::VisitQuery;
use crate::visits::store::view::{Dialect, view};

/// A visit
///
/// With its team, what it goes to, what was seen and heard, and what this caller may do now. What lies outside the
/// caller's scope does not exist.
#[utoipa::path(operation_id = "get_visit", tag = "visits",
    params(("id" = Uuid, Path, description = "The visit's id")),
    responses((status = 200, description = "The visit", body = VisitView)))]
#[get("/visits/{id}")]
pub async fn get_visit(
    who: Can<ReadVisits>,
    app: web::Data<App>,
    locale: Locale,
    id: PathId,
) -> ApiResult<View<VisitView>> {
    let scopes = who.scope_ids();
    let reader = reader(&who, app.clock.now());
    let row = view(&app.db, Dialect::of(&app.db), Some(&scopes), &reader, id.0).await?;
    Ok(View(VisitView::new(row.or_not_found()?, &who, locale)))
}

/// Visits
///
/// In one of the caller's scopes, latest first unless `sort` says otherwise. A page costs the same at any depth along
/// scope, state, time and order; other filters look at no more than 5,000 visits a page, so that a page may be short,
/// or empty, and still have a next one.
#[utoipa::path(operation_id = "list_visits", tag = "visits", params(ListParams, VisitFilters),
    responses((status = 200, description = "A page of visits", body = Page<VisitSummary>)))]
#[get("/visits")]
pub async fn list_visits(
    who: Can<ReadVisits>,
    app: web::Data<App>,
    locale: Locale,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<VisitFilters>,
) -> ApiResult<Page<VisitSummary>> {
    let scope = who.list_scope(filters.0.scope.as_deref())?;
    let page = params.0.page(&("list_visits", &scope, &filters.0))?;
    let words = match &filters.0.q {
        Some(typed) => Some(search(&app.db, Kind::Visit, typed).await?),
        None => None,
    };
    let query = VisitQuery {
        words: words.as_ref(),
        scope: scope.id(),
        reader: &reader(&who, app.clock.now()),
        filters: &filters.0,
    };
    page.windowed(&app.db, &query, |row| VisitSummary::new(row, &who, locale))
        .await
}

/// What happened to a visit
///
/// Its events, the first one first.
#[utoipa::path(operation_id = "list_visit_events", tag = "visits",
    params(("id" = Uuid, Path, description = "The visit's id"), ListParams),
    responses((status = 200, description = "A page of events", body = Page<EventView>)))]
#[get("/visits/{id}/events")]
pub async fn list_visit_events(
    who: Can<ReadVisits>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<EventView>> {
    let visit = store::find(&app.db, &who.scope_ids(), id.0).await?.or_not_found()?;
    let request = params.0.page(&("list_visit_events", visit.id))?;
    let after = request.after::<i64>()?.map(|(seq, _)| seq);
    let rows: Vec<EventRow> = timeline(visit.id, false, after, request.fetch()).all(&app.db).await?;
    let total = request.with_total.then(|| visit.event_seq.into());
    let page = request.page(rows, |row| (row.aggregate_seq, row.id), EventView::from);
    Ok(page.with_total(total))
}
