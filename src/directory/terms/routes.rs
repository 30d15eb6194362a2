//! Reading and keeping terms.

use actix_web::{HttpResponse, get, patch, post, web};
use serde_json::json;
use uuid::Uuid;

use super::dto::{NewTerm, TermFilters, TermView, UpdateTerm};
use super::store::{self, TermDetail};
use crate::app::App;
use crate::auth::policy::{ManageDirectory, SignedIn};
use crate::auth::{Can, Role};
use crate::comments::domain::HIDE;
use crate::directory::listing::require_highest;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The terms
///
/// Every taxonomy is data (S-10): what an administrator adds is usable at once. Retired terms are hidden unless asked
/// for.
#[utoipa::path(operation_id = "list_terms", tag = "meta", params(ListParams, TermFilters),
    responses((status = 200, description = "A page", body = Page<TermView>)))]
#[get("/meta/terms")]
pub async fn list_terms(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<TermFilters>,
    locale: Locale,
) -> ApiResult<Page<TermView>> {
    let (filters, today) = (filters.0, app.clock.today());
    let page = params.0.page(&("list_terms", &filters))?;
    let rows: Vec<TermDetail> = store::page(&filters, today, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &filters, today)).await?;
    let place = |row: &TermDetail| (format!("{}:{}", row.kind, row.code), row.id);
    Ok(page
        .page(rows, place, |row| TermView::of(row, locale))
        .with_total(total))
}

/// Add a term
///
/// Usable at once, without a release (S-10). Terms belong to the whole installation: its highest administrators keep
/// them. The reasons to hide a comment are a closed set.
#[utoipa::path(operation_id = "create_term", tag = "directory", request_body = NewTerm,
    responses((status = 201, description = "Added", body = TermView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/terms")]
pub async fn create_term(who: Can<ManageDirectory>, work: Work, body: ValidJson<NewTerm>) -> ApiResult<HttpResponse> {
    let (mut tx, new, act) = (work.begin().await?, body.0, who.act(work.now()));
    require_highest(&mut tx, &who, &[Role::Admin]).await?;
    let parent = match &new.parent {
        None => None,
        Some(code) => Some(
            store::find(&mut tx, new.kind.as_str(), code)
                .await?
                .ok_or_else(unknown_parent)?
                .id,
        ),
    };
    if store::find(&mut tx, new.kind.as_str(), &new.code).await?.is_some() {
        return Err(ApiError::new(Code::Duplicate));
    }
    if is_closed(new.kind.as_str(), new.parent.as_deref()) {
        return Err(ApiError::invalid_at("/parent", FaultCode::ClosedSet));
    }
    let id = work.app.ids.next();
    let valid_from = new.valid_from.unwrap_or_else(|| work.app.clock.today());
    store::insert(&mut tx, id, &act, &new, parent, valid_from).await?;
    let event = NewEvent::of("term", id, "term.created").with(json!({ "kind": new.kind, "code": new.code }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = stored(&work, &mut tx, id).await?;
    work.created(tx, format!("/api/v1/terms/{id}"), &view).await
}

/// Whether what stands below a heading is a closed set. Comments are hidden for the law and privacy alone (S-81): no
/// administrator makes a reason of criticism, neither as a new one nor under an old one's name.
fn is_closed(kind: &str, parent: Option<&str>) -> bool {
    kind == "reason" && parent == Some(HIDE)
}

fn unknown_parent() -> ApiError {
    ApiError::invalid(vec![Fault::new("/parent", FaultCode::UnknownReference)])
}

async fn stored(work: &Work, tx: &mut crate::db::Tx, id: Uuid) -> ApiResult<TermView> {
    let row = store::detail(id).one(&mut *tx).await?;
    Ok(TermView::of(row, work.locale))
}

/// One term
///
/// With its validity, whether it is retired or not.
#[utoipa::path(operation_id = "get_term", tag = "directory",
    params(("id" = Uuid, Path, description = "The term's id")),
    responses((status = 200, description = "The term", body = TermView)))]
#[get("/terms/{id}")]
pub async fn get_term(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<TermView>> {
    let row: Option<TermDetail> = store::detail(id.0).optional(&app.db).await?;
    Ok(View(TermView::of(row.or_not_found()?, locale)))
}

/// Change or retire a term
///
/// Labels, place, and `valid_to`: from that day it is refused on new rows and still shown on old ones (S-10).
#[utoipa::path(operation_id = "update_term", tag = "directory", request_body = UpdateTerm,
    params(("id" = Uuid, Path, description = "The term's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = TermView)))]
#[patch("/terms/{id}")]
pub async fn update_term(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UpdateTerm>,
) -> ApiResult<HttpResponse> {
    let (mut tx, patch, act) = (work.begin().await?, body.0, who.act(work.now()));
    let row: Option<TermDetail> = store::detail(id.0).optional(&mut tx).await?;
    let mut row = row.or_not_found()?;
    require_highest(&mut tx, &who, &[Role::Admin]).await?;
    at.check(row.version)?;
    if is_closed(row.kind.as_str(), row.parent_code.as_deref()) {
        let renamed = [("/zh", patch.zh.is_some()), ("/en", patch.en.is_some())];
        let faults: Vec<Fault> = renamed
            .iter()
            .filter(|(_, is)| *is)
            .map(|(at, _)| Fault::new(*at, FaultCode::ClosedSet))
            .collect();
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
    }
    row.zh = patch.zh.unwrap_or(row.zh);
    row.en = patch.en.unwrap_or(row.en);
    row.sort_order = patch.sort_order.unwrap_or(row.sort_order);
    row.valid_to = patch.valid_to.unwrap_or(row.valid_to);
    if row.valid_to.zip(row.valid_from).is_some_and(|(to, from)| to < from) {
        return Err(ApiError::invalid_at("/valid_to", FaultCode::NotWithin));
    }
    if !store::update(&mut tx, id.0, row.version, &act, &row).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of("term", id.0, "term.changed").with(json!({ "valid_to": row.valid_to }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = stored(&work, &mut tx, id.0).await?;
    work.ok(tx, &view).await
}
