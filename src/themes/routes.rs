//! Themes: opened, read, changed.

pub mod members;
pub mod moves;

use actix_web::{HttpResponse, get, patch, post, web};

use super::changing;
use super::domain::{ThemeAction, ThemeState};
use super::dto::{NewTheme, ThemeDetail, ThemeFilters, ThemeView, UpdateTheme};
use super::store::{self, Asked};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{KeepThemes, ReadThemes};
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::dto::EventView;
use crate::events::store::{EventRow, count, timeline};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// Open a theme
///
/// Problems with one cause, to be studied by an organisation and to end in a policy, rule or case (S-22, S-47). By a
/// dispatcher for any organisation, by handlers and heads for their own. Each problem stands in one theme at a time:
/// 409 `duplicate`.
#[utoipa::path(operation_id = "create_theme", tag = "themes", request_body = NewTheme,
    responses((status = 201, description = "Opened", body = ThemeView)),
    extensions(("x-error-codes" = json!(["duplicate", "too_many_attempts"]))))]
#[post("/themes")]
pub async fn create_theme(who: Can<KeepThemes>, work: Work, body: ValidJson<NewTheme>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let id = changing::open(&work, &mut tx, &who, body.0).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id).await?, &who, work.locale);
    work.created(tx, format!("/api/v1/themes/{id}"), &view).await
}

/// Themes of one scope
///
/// Those of the scope's division or organisation, and those with a problem in it; the latest first. Looks at up to
/// 5,000 themes along the order and then answers what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_themes", tag = "themes", params(ListParams, ThemeFilters),
    responses((status = 200, description = "A page", body = Page<ThemeView>)))]
#[get("/themes")]
pub async fn list_themes(
    who: Can<ReadThemes>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ThemeFilters>,
    locale: Locale,
) -> ApiResult<Page<ThemeView>> {
    let scope = who.list_scope(filters.0.scope.as_deref())?.id();
    let page = params.0.page(&("list_themes", scope, &filters.0))?;
    let asked = Asked {
        who: &who,
        scope,
        filters: &filters.0,
    };
    page.windowed(&app.db, &asked, |row| ThemeView::of(row, &who, locale))
        .await
}

/// A theme
///
/// With how many of its problems stand where, those that the caller does not see too; once it is closed, with where
/// each of those that he sees stood then.
#[utoipa::path(operation_id = "get_theme", tag = "themes",
    params(("id" = Uuid, Path, description = "The theme's id")),
    responses((status = 200, description = "The theme", body = ThemeDetail)))]
#[get("/themes/{id}")]
pub async fn get_theme(
    who: Can<ReadThemes>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<ThemeDetail>> {
    let scopes = who.scope_ids();
    let row = store::find(&app.db, &who, &scopes, id.0).await?.or_not_found()?;
    let at_closing = match row.standing().state {
        ThemeState::Closed => store::at_closing(&app.db, &scopes, row.id).await?,
        ThemeState::Open | ThemeState::Ended => Vec::new(),
    };
    Ok(View(ThemeDetail {
        theme: ThemeView::of(row, &who, locale),
        at_closing,
    }))
}

/// Change a theme
///
/// A merge patch of an open theme. Division, organisation and audience stay.
#[utoipa::path(operation_id = "update_theme", tag = "themes", request_body = UpdateTheme,
    params(("id" = Uuid, Path, description = "The theme's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = ThemeView)),
    extensions(("x-error-codes" = json!(["too_many_attempts", "transition_not_allowed"]))))]
#[patch("/themes/{id}")]
pub async fn update_theme(
    who: Can<KeepThemes>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<UpdateTheme>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = changing::take(&mut tx, &who, id.0, ThemeAction::Update, &at).await?;
    changing::update(&work, &mut tx, &who, &row, body.0).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale);
    work.ok(tx, &view).await
}

/// What happened to a theme
///
/// Its events, the first one first. They tell of those problems alone that the caller sees: which came, which left, and
/// where each stood at the closing.
#[utoipa::path(operation_id = "list_theme_events", tag = "themes",
    params(("id" = Uuid, Path, description = "The theme's id"), ListParams),
    responses((status = 200, description = "A page of events", body = Page<EventView>)))]
#[get("/themes/{id}/events")]
pub async fn list_theme_events(
    who: Can<ReadThemes>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<EventView>> {
    let scopes = who.scope_ids();
    let row = store::find(&app.db, &who, &scopes, id.0).await?.or_not_found()?;
    let page = params.0.page(&("list_theme_events", row.id))?;
    let after = page.after::<i64>()?.map(|(seq, _)| seq);
    let mut rows: Vec<EventRow> = timeline(row.id, false, after, page.fetch()).all(&app.db).await?;
    store::narrow(&app.db, &scopes, &mut rows).await?;
    let total = page.total(count(&app.db, row.id, false)).await?;
    let place = |row: &EventRow| (row.aggregate_seq, row.id);
    Ok(page.page(rows, place, EventView::from).with_total(total))
}
