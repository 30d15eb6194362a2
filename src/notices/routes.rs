//! One's own notices, and those to reporters.

use actix_web::{HttpResponse, get, post, web};
use serde_json::json;
use uuid::Uuid;

use super::dto::{DeliverNotice, MyNoticeFilters, NoticeFilters, NoticeView, NoticesRead, ReadNotices, ReporterNotice};
use super::store::mine::{self, MineRow};
use super::store::to_tell::{self, Asked};
use crate::app::App;
use crate::auth::policy::{Permission as _, SignedIn, TellReporters};
use crate::auth::{Can, Scope};
use crate::clock::Timestamp;
use crate::directory::words::Level;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{ListParams, Locale, Page, PathId, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store::{self as problems, change};
use crate::reporters::domain::KNOW_MASKED;

/// One's notices
///
/// What happened to problems that concern one, the latest first. Under a delegation they are those of the secretary
/// himself; a client has none.
#[utoipa::path(operation_id = "list_my_notices", tag = "notices", params(ListParams, MyNoticeFilters),
    responses((status = 200, description = "A page", body = Page<NoticeView>)))]
#[get("/me/notices")]
pub async fn list_my_notices(
    who: Can<SignedIn>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<MyNoticeFilters>,
    locale: Locale,
) -> ApiResult<Page<NoticeView>> {
    let unread = filters.0.unread == Some(true);
    let person = who.person().unwrap_or(Uuid::nil());
    let page = params.0.page(&("list_my_notices", person, unread))?;
    let after = page.after::<Timestamp>()?;
    let statement = mine::page(person, &who.every_scope(), unread, after, page.fetch());
    let rows: Vec<MineRow> = statement.all(&app.db).await?;
    let total = page.total(mine::count(&app.db, person, unread)).await?;
    let place = |row: &MineRow| (row.created_at, row.id);
    Ok(page
        .page(rows, place, |row| NoticeView::of(row, locale))
        .with_total(total))
}

/// Mark one's notices as read
///
/// Those with these ids, or all up to a time; another's are left alone.
#[utoipa::path(operation_id = "read_my_notices", tag = "notices", request_body = ReadNotices,
    responses((status = 200, description = "Read", body = NoticesRead)))]
#[post("/me/notices/read")]
pub async fn read_my_notices(who: Can<SignedIn>, work: Work, body: ValidJson<ReadNotices>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let person = who.person().unwrap_or(Uuid::nil());
    let read = mine::read(&mut tx, person, &body.0.which(), work.now()).await?;
    work.ok(tx, &NoticesRead { read }).await
}

/// Notices that reporters are still to be told
///
/// The list to be telephoned or printed where no gateway fetches it: of problems within the caller's scopes, the oldest
/// first, with the channel that the reporter prefers and his number with its middle hidden (`reveal_reporter_phone`
/// shows it, and is logged). Of a masked reporter only dispatchers learn more than that there is one. Looks at up to
/// 5,000 rows along the order and then answers what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_notices", tag = "notices", params(ListParams, NoticeFilters),
    responses((status = 200, description = "A page", body = Page<ReporterNotice>)))]
#[get("/notices")]
pub async fn list_notices(
    who: Can<TellReporters>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<NoticeFilters>,
    locale: Locale,
) -> ApiResult<Page<ReporterNotice>> {
    let page = params.0.page(&("list_notices", who.acting, &filters.0))?;
    let (scopes, calling_back) = (who.scope_ids(), calling_back(&who));
    let asked = Asked {
        scopes: &scopes,
        calling_back: &calling_back,
        county: county(&who, &app).await?,
        channel: filters.0.channel,
    };
    page.windowed(&app.db, &asked, |row| ReporterNotice::of(row, locale))
        .await
}

/// The one county whose office the caller is; `None` where he reaches further, or several.
async fn county(who: &Can<TellReporters>, app: &App) -> ApiResult<Option<Uuid>> {
    let held = who
        .memberships
        .iter()
        .filter(|held| TellReporters::RULE.roles.contains(&held.role));
    let mut divisions = Vec::new();
    for membership in held {
        match Level::of_code(&membership.division_code) {
            Some(Level::Province | Level::City) | None => return Ok(None),
            Some(_) => divisions.push(membership.division),
        }
    }
    let counties = to_tell::counties(&app.db, &divisions).await?;
    Ok(match counties.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}

/// The scopes of those memberships that may know a masked reporter.
fn calling_back(who: &Can<TellReporters>) -> Vec<Uuid> {
    let held = who.memberships.iter().filter(|held| KNOW_MASKED.contains(&held.role));
    held.flat_map(|held| Scope::of(who.own(), held))
        .map(|scope| scope.id())
        .collect()
}

/// Note that a reporter was told
///
/// Or, `failed`, that he could not be: such a one may be tried again. What he has read himself, or was told, is 409
/// `transition_not_allowed`.
#[utoipa::path(operation_id = "deliver_notice", tag = "notices", request_body = DeliverNotice,
    params(("id" = Uuid, Path, description = "The notice's id")),
    responses((status = 200, description = "Noted", body = ReporterNotice)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "erased"]))))]
#[post("/notices/{id}/delivered")]
pub async fn deliver_notice(
    who: Can<TellReporters>,
    work: Work,
    id: PathId,
    body: ValidJson<DeliverNotice>,
) -> ApiResult<HttpResponse> {
    let (mut tx, now, body) = (work.begin().await?, work.now(), body.0);
    let (scopes, calling_back) = (who.scope_ids(), calling_back(&who));
    let found = to_tell::find(&mut tx, &scopes, &calling_back, id.0)
        .await?
        .or_not_found()?;
    let problem = PathRef::Id(found.problem_id);
    let facts = problems::facts_to_change(&mut tx, &scopes, &problem, &who, now)
        .await?
        .or_not_found()?;
    let (act, told) = (who.act(now), (body.channel, body.at, body.failed));
    if !to_tell::delivered(&mut tx, &act, id.0, told).await? {
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", found.state.as_str()));
    }
    if body.at < found.created_at || body.at > now {
        return Err(ApiError::invalid_at("/at", FaultCode::NotWithin));
    }
    let payload = json!({ "notice": id.0, "kind": found.kind, "channel": body.channel, "failed": body.failed });
    let event = NewEvent::of("problem", facts.id, "notice.delivered").with(payload);
    change::note(&mut tx, &work.app.ids, &act, &facts, event).await?;
    let row = to_tell::find(&mut tx, &scopes, &calling_back, id.0)
        .await?
        .or_not_found()?;
    work.ok(tx, &ReporterNotice::of(row, work.locale)).await
}
