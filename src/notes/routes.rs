//! The handlers.

use actix_web::{HttpResponse, get, post, web};

use super::dto::{NewProblemNote, ProblemNoteView};
use super::store::{self, NoteRow};
use crate::app::App;
use crate::auth::policy::{ReadNotes, WriteNotes};
use crate::auth::{Caller, Can};
use crate::clock::Timestamp;
use crate::db::On;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::events::{self, NewEvent};
use crate::http::{ListParams, Page, PathRef, ValidJson, ValidQuery, Work};
use crate::problems::store::{ProblemFacts, facts, facts_to_change};
use crate::reporters::store::spoken;

/// The internal notes on a problem
///
/// Oldest first; inside the administration only. Nobody who speaks for the problem's reporter reads them, whatever else
/// he is (S-59).
#[utoipa::path(operation_id = "list_problem_notes", tag = "notes",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<ProblemNoteView>)))]
#[get("/problems/{id}/notes")]
pub async fn list_problem_notes(
    who: Can<ReadNotes>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<ProblemNoteView>> {
    let now = app.clock.now();
    let facts = facts(&app.db, &who.scope_ids(), &id, &who, now).await?.or_not_found()?;
    must_be_inside(&app.db, &who, &facts, now).await?;
    let page = params.0.page(&("list_problem_notes", facts.id))?;
    let rows: Vec<NoteRow> = store::page(facts.id, page.after::<Timestamp>()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, facts.id)).await?;
    let place = |row: &NoteRow| (row.at, row.id);
    Ok(page.page(rows, place, NoteRow::view).with_total(total))
}

/// Write an internal note
///
/// By whoever deals with the problem, at any time until it is merged. It is no progress and no new version, and nobody
/// outside learns that there is one (S-59, S-34).
#[utoipa::path(operation_id = "create_problem_note", tag = "notes", request_body = NewProblemNote,
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 201, description = "Written", body = ProblemNoteView)),
    extensions(("x-error-codes" = json!(["merged", "erased"]))))]
#[post("/problems/{id}/notes")]
pub async fn create_problem_note(
    who: Can<WriteNotes>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewProblemNote>,
) -> ApiResult<HttpResponse> {
    let (mut tx, ids, act) = (work.begin().await?, &work.app.ids, who.act(work.now()));
    let facts = facts_to_change(&mut tx, &who.scope_ids(), &id, &who, work.now())
        .await?
        .or_not_found()?;
    must_be_inside(&mut tx, &who, &facts, work.now()).await?;
    let person = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    facts.state.must_not_be_merged()?;
    facts.must_not_be_erased()?;
    let note = store::insert(&mut tx, ids, &act, facts.id, person, &body.0.text).await?;
    // A chain of its own: in the problem's, a number that is missing would tell the reporter of it.
    let event = NewEvent::of("note", note, "note.written");
    events::store::append_to(&mut tx, ids, &act, event).await?;
    let row: NoteRow = store::one(note).one(&mut tx).await?;
    let location = format!("/api/v1/problems/{}/notes", facts.id);
    work.created(tx, location, &row.view()).await
}

/// Refuses whoever speaks for the reporter.
async fn must_be_inside(on: impl Into<On<'_>>, who: &Caller, facts: &ProblemFacts, now: Timestamp) -> ApiResult<()> {
    match spoken(on, who, facts.id, now).await? {
        None => Ok(()),
        Some(_) => Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "内部备注不向反映人及其代理人公开",
            "Internal notes are not for whoever speaks for the reporter",
        ))),
    }
}
