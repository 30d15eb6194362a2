//! The handlers.

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, post, web};
use serde_json::json;

use super::dto::{NewProblemReply, ProblemReplyView};
use super::store::{self, ReplyRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ReadReplies, ReplyPublicly};
use crate::clock::Timestamp;
use crate::comments::finding::{ToRead, everybody, must_answer, must_name_nobody, reader, to_read};
use crate::contacts::domain::{LoggedPurpose, must_be_in_time};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{ListParams, Page, PathId, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::store::{change, cycle, facts_to_change, write};
use crate::public_view::refusing::Writer;
use crate::tasks::planning;

/// Reply publicly to the reporter
///
/// By the organisation that leads or studies the problem, or a dispatcher, while it is being handled. The reporter is
/// told, and everybody reads it where the problem is published: then it names nobody. The first by a person is the
/// first response of its cycle.
#[utoipa::path(operation_id = "create_problem_reply", tag = "replies", request_body = NewProblemReply,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Replied", body = ProblemReplyView)),
    extensions(("x-error-codes" = json!(["ended", "erased", "merged", "too_many_attempts", "transition_not_allowed"]))))]
#[post("/problems/{id}/replies")]
pub async fn create_problem_reply(
    who: Can<ReplyPublicly>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewProblemReply>,
) -> ApiResult<HttpResponse> {
    let (mut tx, ids, act) = (work.begin().await?, &work.app.ids, who.act(work.now()));
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    let person = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    must_answer(&who, &facts)?;
    facts.must_not_be_erased()?;
    must_be_in_time(facts.state, LoggedPurpose::Reply)?;
    must_name_nobody(
        &work,
        &mut tx,
        Writer::of(&who),
        facts.id,
        &[("/text", Some(&body.0.text))],
    )
    .await?;
    let reply = store::insert(&mut tx, ids, &act, (facts.id, facts.cycle_no), person, &body.0.text).await?;
    cycle::responded(&mut tx, &facts, act.at).await?;
    write::acted(&mut tx, ids, facts.id, &act, ProblemAct::Reply).await?;
    let event = NewEvent::of("problem", facts.id, "problem.replied")
        .public()
        .with(json!({ "reply": reply }));
    change::note(&mut tx, ids, &act, &facts, event).await?;
    planning::replan(&mut tx, ids, &work.app.calendar(), &act, facts.id).await?;
    let row: ReplyRow = store::one(reply).one(&mut tx).await?;
    let location = format!("/api/v1/problems/{}/replies", facts.id);
    work.created(tx, location, &row.view(reader(&who, &facts).is_some()))
        .await
}

/// The public replies to a problem
///
/// Oldest first; of a problem within the caller's scopes, or one that is published. Reporters and clients read no names
/// of people (S-59).
#[utoipa::path(operation_id = "list_problem_replies", tag = "replies",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<ProblemReplyView>)))]
#[get("/problems/{id}/replies")]
pub async fn list_problem_replies(
    who: Can<ReadReplies>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<ProblemReplyView>> {
    let read = to_read(&app.db, &who, &who.scope_ids(), &id, app.clock.now()).await?;
    page_of(&app, &read, &params.0).await
}

/// The public replies to a published problem
///
/// Oldest first, without a token.
#[utoipa::path(operation_id = "list_public_replies", tag = "replies",
    params(("id" = Uuid, Path, description = "The problem's id, as the public reads it"), ListParams),
    responses((status = 200, description = "A page; may be kept for a minute", body = Page<ProblemReplyView>)))]
#[get("/public/problems/{id}/replies")]
pub async fn list_public_replies(
    request: HttpRequest,
    app: web::Data<App>,
    id: PathId,
    params: ValidQuery<ListParams>,
) -> ApiResult<HttpResponse> {
    let read = everybody(&app.db, id.0, app.clock.now()).await?;
    let page = page_of(&app, &read, &params.0).await?;
    let mut answer = page.respond_to(&request);
    let cached = HeaderValue::from_static("public, max-age=60");
    answer.headers_mut().insert(CACHE_CONTROL, cached);
    Ok(answer)
}

async fn page_of(app: &App, read: &ToRead, params: &ListParams) -> ApiResult<Page<ProblemReplyView>> {
    let (problem, inside, guard) = (read.problem, read.reader().is_some(), read.guard());
    let page = params.page(&("replies", problem, inside))?;
    let rows: Vec<ReplyRow> = store::page(problem, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, problem)).await?;
    let place = |row: &ReplyRow| (row.at, row.id);
    Ok(page
        .page(rows, place, |row| row.guarded(guard).view(inside))
        .with_total(total))
}
