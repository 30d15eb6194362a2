//! Rating, and reading ratings; reviews in `reviews`, invitations in `invitations`.

mod invitations;
mod reviews;

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};
use uuid::Uuid;

use super::dto::{NewRating, RatingView};
use super::rate;
use super::store::read::{self, RatingRow, Sight};
use crate::app::App;
use crate::auth::policy::{RateProblem, ReadProblems};
use crate::auth::{Caller, Can};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{ListParams, Locale, Page, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store::{ProblemFacts, facts, facts_to_change};
use crate::reporters::domain::Reader;
use crate::reporters::store::spoken;
use crate::reporters::voice::{Spoken, Voice};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_ratings)
        .service(create_rating)
        .service(reviews::list_all_ratings)
        .service(reviews::get_rating)
        .service(reviews::review_rating)
        .service(invitations::list_invitations)
        .service(invitations::create_invitation);
}

/// Rate how a problem was handled
///
/// By whoever speaks for the reporter: with his account or one that his enterprise authorised, with his receipt, or
/// through the client that knows him (scope `reporters:act`); never by call-back, and never by who handled or headed
/// the problem or recorded it for another. Once per round of handling, when it awaits confirmation or is closed; a
/// problem that comes back may be rated anew. It never changes and is never removed. With 2 or less in any part it is
/// reviewed by somebody whom it does not criticise (S-84).
#[utoipa::path(operation_id = "create_rating", tag = "feedback", request_body = NewRating,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Rated", body = RatingView)),
    extensions(("x-error-codes" = json!(["separation_of_duties", "transition_not_allowed", "duplicate", "erased"]))))]
#[post("/problems/{id}/ratings")]
async fn create_rating(
    who: Can<RateProblem>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewRating>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    let rating = rate::carry_out(&work, &mut tx, &who, &facts, &body.0).await?;
    let row: RatingRow = read::one(&who, rating).one(&mut tx).await?;
    let spoken = spoken(&mut tx, &who, facts.id, work.now()).await?;
    let (reader, _) = reader(&who, &facts, spoken);
    let location = format!("/api/v1/problems/{}/ratings", facts.id);
    let calendar = work.app.calendar();
    let sight = Sight {
        calendar: &calendar,
        locale: work.locale,
    };
    work.created(tx, location, &row.view(reader, &sight)).await
}

/// The ratings of a problem
///
/// By round of handling. Inside the administration all of them, but who gave them only where the caller may know: of
/// who is masked or rated anonymously, dispatchers and supervisors. A reporter reads his own.
#[utoipa::path(operation_id = "list_ratings", tag = "feedback",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<RatingView>)))]
#[get("/problems/{id}/ratings")]
async fn list_ratings(
    who: Can<ReadProblems>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<RatingView>> {
    let facts = facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_ratings", facts.id))?;
    let spoken = spoken(&app.db, &who, facts.id, app.clock.now()).await?;
    let (reader, only) = reader(&who, &facts, spoken);
    let rows: Vec<RatingRow> = read::page(&who, facts.id, only, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(read::total(&app.db, facts.id, only)).await?;
    let (place, calendar) = (|row: &RatingRow| (row.cycle_no, row.id), app.calendar());
    let sight = Sight {
        calendar: &calendar,
        locale,
    };
    Ok(page.page(rows, place, |row| row.view(reader, &sight)).with_total(total))
}

/// In which capacity the caller reads ratings, and whose alone, where not all.
fn reader(who: &Caller, facts: &ProblemFacts, spoken: Option<Spoken>) -> (Reader, Option<Uuid>) {
    if let Some(reader) = Reader::inside(&facts.roles_of(who)) {
        return (reader, None);
    }
    match spoken {
        // A receipt may have passed through other hands: it tells nobody whose it is.
        Some(spoken) if spoken.voice == Voice::Link => (Reader::Follower, Some(spoken.reporter_id)),
        Some(spoken) => (Reader::Himself, Some(spoken.reporter_id)),
        None => (Reader::Follower, Some(Uuid::nil())),
    }
}
