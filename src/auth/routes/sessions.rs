//! Where one is signed in.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::dto::me::{SessionFilters, SessionView};
use crate::auth::policy::SignedIn;
use crate::auth::store::sessions::{self, Owner, SessionRow};
use crate::auth::{Caller, Can};
use crate::error::{ApiError, ApiResult};
use crate::events::access_log::{self, Entry};
use crate::http::{ListParams, Page, PathId, ValidQuery, Work};

/// Whose sessions the caller's own are: under a delegation those of the secretary.
fn owner(who: &Caller) -> Owner {
    who.person().map_or(Owner::Client(who.subject), Owner::Person)
}

/// Where am I signed in
///
/// The caller's own sessions, newest first; those that have ended with `include_ended=true`.
#[utoipa::path(operation_id = "list_my_sessions", tag = "auth", params(ListParams, SessionFilters),
    responses((status = 200, description = "Sessions", body = Page<SessionView>)))]
#[get("/me/sessions")]
pub async fn list_my_sessions(
    who: Can<SignedIn>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<SessionFilters>,
) -> ApiResult<Page<SessionView>> {
    let owner = owner(&who);
    let page = list.0.page(&("list_my_sessions", owner, &filters.0))?;
    let include_ended = filters.0.include_ended.unwrap_or(false);
    let alive_at = (!include_ended).then(|| app.real_clock.now());
    let rows: Vec<SessionRow> = sessions::list(owner, alive_at, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(sessions::count(&app.db, owner, alive_at)).await?;
    let views = page.page(
        rows,
        |row| (row.created_at, row.id),
        |row| SessionView::of(row, who.family),
    );
    Ok(views.with_total(total))
}

/// Sign out elsewhere
///
/// Ends one of the caller's own sessions; one that has ended already stays so.
#[utoipa::path(operation_id = "end_my_session", tag = "auth",
    params(("id" = Uuid, Path, description = "The session's id")), responses((status = 204, description = "Ended")))]
#[post("/me/sessions/{id}/end")]
pub async fn end_my_session(
    who: Can<SignedIn>,
    request: HttpRequest,
    work: Work,
    id: PathId,
) -> ApiResult<HttpResponse> {
    let real_now = work.app.real_clock.now();
    let mut tx = work.begin().await?;
    if !sessions::belongs_to(&mut tx, id.0, owner(&who)).await? {
        return Err(ApiError::not_found());
    }
    if sessions::end(&mut tx, id.0, "ended_by_owner", real_now).await? {
        let entry = Entry::of("session_ended", real_now)
            .by(&who.act(work.now()))
            .from(&request);
        access_log::append(&mut tx, &work.app.ids, entry.on("session_family", id.0)).await?;
    }
    let answer = work.empty(tx).await?;
    work.app.rights.family_ended(id.0, real_now);
    Ok(answer)
}
