//! What everybody reads.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, web};

use crate::app::App;
use crate::clock::Timestamp;
use crate::comments::dto::PublicCommentView;
use crate::comments::finding::everybody;
use crate::comments::store::{self, CommentRow};
use crate::error::ApiResult;
use crate::http::{ListParams, Locale, Page, PathId, ValidQuery};

/// The comments on a published problem
///
/// Oldest first, without a token. A hidden one leaves its stub: that it is hidden, why, and since when (S-81). Nobody's
/// name but the one that an author gave; of words that name somebody there is the stub.
#[utoipa::path(operation_id = "list_public_comments", tag = "comments",
    params(("id" = Uuid, Path, description = "The problem's id, as the public reads it"), ListParams),
    responses((status = 200, description = "A page; may be kept for a minute", body = Page<PublicCommentView>)))]
#[get("/public/problems/{id}/comments")]
pub async fn list_public_comments(
    request: HttpRequest,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<HttpResponse> {
    let read = everybody(&app.db, id.0, app.clock.now()).await?;
    let problem = read.problem;
    let page = params.0.page(&("list_public_comments", problem))?;
    let rows: Vec<CommentRow> = store::page(problem, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, problem)).await?;
    let place = |row: &CommentRow| (row.at, row.id);
    let page = page
        .page(rows, place, |row| row.guarded(read.guard()).public(locale))
        .with_total(total);
    let mut answer = page.respond_to(&request);
    let cached = HeaderValue::from_static("public, max-age=60");
    answer.headers_mut().insert(CACHE_CONTROL, cached);
    Ok(answer)
}
