//! Ratings across problems, and the review of low ones.

use actix_web::{HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ListRatings, ReviewRating};
use crate::error::{ApiResult, OrNotFound as _};
use crate::feedback::dto::{NewReview, RatingFilters, RatingView};
use crate::feedback::review;
use crate::feedback::store::read::{self, Asked, RatingRow, Sight};
use crate::http::{ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// Ratings
///
/// Of the problems within the caller's scopes, the oldest first; `review=open` are the low ones that nobody has
/// reviewed yet. Looks at up to 5,000 rows along the order and then answers what it has: a short page with a
/// `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_all_ratings", tag = "feedback", params(ListParams, RatingFilters),
    responses((status = 200, description = "A page", body = Page<RatingView>)))]
#[get("/ratings")]
pub async fn list_all_ratings(
    who: Can<ListRatings>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<RatingFilters>,
    locale: Locale,
) -> ApiResult<Page<RatingView>> {
    let page = params.0.page(&("list_all_ratings", &filters.0))?;
    let (scopes, calendar) = (who.scope_ids(), app.calendar());
    let asked = Asked {
        who: &who,
        scopes: &scopes,
        review: filters.0.review,
    };
    let sight = Sight {
        calendar: &calendar,
        locale,
    };
    let view = |row: RatingRow| {
        let reader = row.reader();
        row.view(reader, &sight)
    };
    page.windowed(&app.db, &asked, view).await
}

/// One rating
///
/// Within the scope of its problem.
#[utoipa::path(operation_id = "get_rating", tag = "feedback",
    params(("id" = Uuid, Path, description = "The rating's id")),
    responses((status = 200, description = "The rating", body = RatingView)))]
#[get("/ratings/{id}")]
pub async fn get_rating(
    who: Can<ListRatings>,
    app: web::Data<App>,
    id: PathId,
    locale: Locale,
) -> ApiResult<View<RatingView>> {
    let row = read::find(&app.db, &who, &who.scope_ids(), id.0)
        .await?
        .or_not_found()?;
    let (reader, calendar) = (row.reader(), app.calendar());
    let sight = Sight {
        calendar: &calendar,
        locale,
    };
    Ok(View(row.view(reader, &sight)))
}

/// Review a low rating
///
/// One with 2 or less in any part, within five working days (S-84): by a dispatcher, a supervisor, or the head of an
/// organisation, none of which it criticises (it led, studied or supported, or recorded what was resolved on site);
/// never by who handled the problem. The rating stays as it is; the reporter is told and reads the answer. Once: a
/// second review is 409 `transition_not_allowed` with `review`, so there is no version to name.
#[utoipa::path(operation_id = "review_rating", tag = "feedback", request_body = NewReview,
    params(("id" = Uuid, Path, description = "The rating's id")),
    responses((status = 200, description = "Reviewed", body = RatingView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "erased"]))))]
#[post("/ratings/{id}/review")]
pub async fn review_rating(
    who: Can<ReviewRating>,
    work: Work,
    id: PathId,
    body: ValidJson<NewReview>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let row = review::carry_out(&work, &mut tx, &who, &who.scope_ids(), id.0, &body.0).await?;
    let (reader, calendar) = (row.reader(), work.app.calendar());
    let sight = Sight {
        calendar: &calendar,
        locale: work.locale,
    };
    work.ok(tx, &row.view(reader, &sight)).await
}
