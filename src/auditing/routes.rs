//! The handlers.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use uuid::Uuid;

use super::dto::{AccessLogEntry, AccessLogFilters, AuditedChain, AuditedEvent, VerifiedChain, VerifyEvents};
use super::store::{self, Asked, AuditedEventRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::Audit;
use crate::db::On;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events;
use crate::events::access_log::{self, Entry};
use crate::http::{ListParams, Page, ValidJson, ValidQuery, Work};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_access_log)
        .service(list_events)
        .service(verify_events);
}

/// The access log
///
/// Who signed in or was refused, who revealed or searched a telephone number, who read whose data: newest first, as far
/// as the people and clients belong to the auditor's division, or what it was done to does. Nothing here can be changed
/// or removed. A filtered page looks at no more than 5,000 entries and then answers what it has, with a cursor to go
/// on.
#[utoipa::path(operation_id = "list_access_log", tag = "auditing", params(AccessLogFilters, ListParams),
    responses((status = 200, description = "A page", body = Page<AccessLogEntry>)))]
#[get("/access-log")]
async fn list_access_log(
    who: Can<Audit>,
    app: web::Data<App>,
    filters: ValidQuery<AccessLogFilters>,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<AccessLogEntry>> {
    let (divisions, filters) = (who.scope_ids(), filters.0);
    let is_top = store::is_top(&app.db, &divisions).await?;
    let scope = Some(divisions.as_slice()).filter(|_| !is_top);
    let page = params.0.page(&("list_access_log", &divisions, &filters))?;
    let asked = Asked {
        scope,
        filters: &filters,
    };
    page.windowed(&app.db, &asked, Into::into).await
}

/// The events of one thing
///
/// Its chain in order, with hashes and without texts. What lies outside the auditor's division does not exist.
#[utoipa::path(operation_id = "list_events", tag = "auditing", params(AuditedChain, ListParams),
    responses((status = 200, description = "A page", body = Page<AuditedEvent>)),
    extensions(("x-error-codes" = json!(["not_found"]))))]
#[get("/events")]
async fn list_events(
    who: Can<Audit>,
    app: web::Data<App>,
    chain: ValidQuery<AuditedChain>,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<AuditedEvent>> {
    let about = chain.0.about_id;
    may_audit(&app.db, &who, about).await?;
    let page = params.0.page(&("list_events", about))?;
    let after = page.after::<i64>()?.map(|(seq, _)| seq);
    let rows: Vec<AuditedEventRow> = store::events(about, after, page.fetch()).all(&app.db).await?;
    let total = page.total(events::store::count(&app.db, about, false)).await?;
    Ok(page
        .page(rows, |row| (row.aggregate_seq, row.id), Into::into)
        .with_total(total))
}

/// Verify a chain
///
/// Whether the places count from 1 without a gap, each hash covers the event before it, and each text that is kept is
/// the one whose salted hash its event carries. It stands in the access log. Every chain at once: the command `doctor`.
#[utoipa::path(operation_id = "verify_events", tag = "auditing", request_body = VerifyEvents,
    responses((status = 200, description = "What was found", body = VerifiedChain)),
    extensions(("x-error-codes" = json!(["not_found"]))))]
#[post("/events/verify")]
async fn verify_events(
    who: Can<Audit>,
    work: Work,
    request: HttpRequest,
    body: ValidJson<VerifyEvents>,
) -> ApiResult<HttpResponse> {
    let (mut tx, about) = (work.begin().await?, body.0.about_id);
    may_audit(&mut tx, &who, about).await?;
    let broken_at = events::store::verify(&mut tx, about).await?;
    let view = VerifiedChain {
        about_id: about,
        events: events::store::count(&work.app.db, about, false).await?,
        whole: broken_at.is_none(),
        broken_at,
    };
    let entry = Entry::of("verify_chain", work.app.real_clock.now())
        .by(&who.act(work.now()))
        .on("chain", about)
        .from(&request);
    access_log::append(&mut tx, &work.app.ids, entry).await?;
    work.ok(tx, &view).await
}

/// 404 for what lies outside the auditor's division.
async fn may_audit(on: impl Into<On<'_>>, who: &Can<Audit>, about: Uuid) -> ApiResult<()> {
    let mut on = on.into();
    let divisions = who.scope_ids();
    let is_top = store::is_top(&mut on, &divisions).await?;
    let scope = Some(divisions.as_slice()).filter(|_| !is_top);
    let found = store::may_audit(on, scope, about).await?;
    found.then_some(()).or_not_found()
}
