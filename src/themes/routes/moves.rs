//! Themes: closed, reopened, ended.

use actix_web::{HttpResponse, post};

use crate::auth::Can;
use crate::auth::policy::DecideThemes;
use crate::error::ApiResult;
use crate::http::{IfMatch, PathId, ValidJson, Work};
use crate::themes::changing;
use crate::themes::domain::{MOST, ThemeAction};
use crate::themes::dto::{CloseTheme, EndTheme, ReopenTheme, ThemeMember, ThemeReport, ThemeView};
use crate::themes::store::{self, MemberRow};

/// Close a theme
///
/// With what it came to, and where each of its problems stands; none of them moves by it. It needs two problems at
/// least (409 `members_missing`) and an output that was entered for it (409 `output_missing`).
#[utoipa::path(operation_id = "close_theme", tag = "themes", request_body = CloseTheme,
    params(("id" = Uuid, Path, description = "The theme's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Closed, with each of its problems", body = ThemeReport)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "members_missing", "output_missing"]))))]
#[post("/themes/{id}/close")]
pub async fn close_theme(
    who: Can<DecideThemes>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<CloseTheme>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = changing::take(&mut tx, &who, id.0, ThemeAction::Close, &at).await?;
    changing::close(&work, &mut tx, &who, &row, body.0.note).await?;
    let members: Vec<MemberRow> = store::members(&who.scope_ids(), id.0, None, MOST).all(&mut tx).await?;
    let view = ThemeReport {
        theme: ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale),
        members: members.into_iter().map(ThemeMember::from).collect(),
    };
    work.ok(tx, &view).await
}

/// Take a closed theme up again
///
/// With the reason: it gathers problems again, and is closed anew.
#[utoipa::path(operation_id = "reopen_theme", tag = "themes", request_body = ReopenTheme,
    params(("id" = Uuid, Path, description = "The theme's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Open again", body = ThemeView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/themes/{id}/reopen")]
pub async fn reopen_theme(
    who: Can<DecideThemes>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<ReopenTheme>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = changing::take(&mut tx, &who, id.0, ThemeAction::Reopen, &at).await?;
    changing::reopen(&work, &mut tx, &who, &row, body.0.reason).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale);
    work.ok(tx, &view).await
}

/// End a theme that is none
///
/// With the reason, once its problems were taken out: 409 `has_open_work` before.
#[utoipa::path(operation_id = "end_theme", tag = "themes", request_body = EndTheme,
    params(("id" = Uuid, Path, description = "The theme's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = ThemeView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed", "has_open_work"]))))]
#[post("/themes/{id}/end")]
pub async fn end_theme(
    who: Can<DecideThemes>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndTheme>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = changing::take(&mut tx, &who, id.0, ThemeAction::End, &at).await?;
    changing::end(&work, &mut tx, &who, &row, body.0.reason).await?;
    let view = ThemeView::of(store::one(&mut tx, &who, id.0).await?, &who, work.locale);
    work.ok(tx, &view).await
}
