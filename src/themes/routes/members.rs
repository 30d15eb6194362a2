//! The problems of a theme.

use actix_web::{HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{KeepThemes, ReadThemes};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, Work};
use crate::themes::dto::{LeavingProblems, ThemeMember, ThemeProblems, ThemeView};
use crate::themes::members;
use crate::themes::store::{self, MemberRow};

/// Add problems to a theme
///
/// All that are named or none. A problem outside the caller's scope is 404, as one that does not exist; one that stands
/// in a theme is 409 `duplicate`; one of another audience, or outside the theme's division, is 422, and so is one whose
/// reporter, object or people are named by an output of the theme that everybody reads (`outputs` names it).
#[utoipa::path(operation_id = "add_theme_problems", tag = "themes", request_body = ThemeProblems,
    params(("id" = Uuid, Path, description = "The theme's id")),
    responses((status = 200, description = "Added", body = ThemeView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "duplicate", "too_many_attempts"]))))]
#[post("/themes/{id}/problems")]
pub async fn add_theme_problems(
    who: Can<KeepThemes>,
    work: Work,
    id: PathId,
    body: ValidJson<ThemeProblems>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    members::add(&work, &mut tx, &who, id.0, &body.0.problem_ids).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale);
    work.ok(tx, &view).await
}

/// The problems of a theme
///
/// As far as the caller sees them, in the order in which they came.
#[utoipa::path(operation_id = "list_theme_problems", tag = "themes",
    params(("id" = Uuid, Path, description = "The theme's id"), ListParams),
    responses((status = 200, description = "A page", body = Page<ThemeMember>)))]
#[get("/themes/{id}/problems")]
pub async fn list_theme_problems(
    who: Can<ReadThemes>,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<ThemeMember>> {
    let scopes = who.scope_ids();
    store::find(&app.db, &who, &scopes, id.0).await?.or_not_found()?;
    let page = params.0.page(&("list_theme_problems", id.0))?;
    let statement = store::members(&scopes, id.0, page.after()?, page.fetch());
    let rows: Vec<MemberRow> = statement.all(&app.db).await?;
    let total = page.total(store::count_members(&app.db, &scopes, id.0)).await?;
    Ok(page.page(rows, MemberRow::place, ThemeMember::from).with_total(total))
}

/// Take problems out of a theme
///
/// All that are named or none, with the reason. An institutional problem that was reported done stays while it has no
/// output of its own: 409 `output_missing`, with a fault at each. Of an erased one no reason is kept.
#[utoipa::path(operation_id = "remove_theme_problems", tag = "themes", request_body = LeavingProblems,
    params(("id" = Uuid, Path, description = "The theme's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Taken out", body = ThemeView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "output_missing"]))))]
#[post("/themes/{id}/problems/remove")]
pub async fn remove_theme_problems(
    who: Can<KeepThemes>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<LeavingProblems>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let LeavingProblems { problem_ids, reason } = body.0;
    members::remove(&work, &mut tx, &who, id.0, &at, &problem_ids, &reason).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale);
    work.ok(tx, &view).await
}
