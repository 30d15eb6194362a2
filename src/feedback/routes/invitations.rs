//! Invitations to rate, and handing out their links.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{IssueInvitation, ListRatings};
use crate::error::{ApiResult, OrNotFound as _};
use crate::feedback::dto::{InvitationLink, InvitationView};
use crate::feedback::inviting;
use crate::feedback::store::invitations::{self as store, InvitationRow};
use crate::http::{ListParams, Page, PathRef, ValidQuery, Work};
use crate::problems::store::facts;
use crate::receipts::issuing;

/// The invitations to rate a problem
///
/// One for each round of handling that was said to be done, also by resolving on site (S-06): when the reporter was
/// invited, when the link was handed out last, and whether he has rated.
#[utoipa::path(operation_id = "list_invitations", tag = "feedback",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<InvitationView>)))]
#[get("/problems/{id}/invitations")]
pub async fn list_invitations(
    who: Can<ListRatings>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
) -> ApiResult<Page<InvitationView>> {
    let facts = facts(&app.db, &who.scope_ids(), &id, &who, app.clock.now())
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_invitations", facts.id))?;
    let rows: Vec<InvitationRow> = store::page(facts.id, page.after()?, page.fetch()).all(&app.db).await?;
    let total = page.total(store::total(&app.db, facts.id)).await?;
    let place = |row: &InvitationRow| (row.cycle_no, row.reporter_id);
    let reader = inviting::reader(&who, &facts);
    Ok(page
        .page(rows, place, |row| InvitationView::for_reader(row, reader))
        .with_total(total))
}

/// Hand out the link of an invitation
///
/// For whoever telephones, prints or sends it to the reporter when the work is said to be done: a new code by which he
/// confirms, rejects and rates without an account. It takes the place of the codes before it, whose tokens end at once;
/// it is shown this once and stored as a hash, and an `Idempotency-Key` has no effect. By a dispatcher, a supervisor,
/// or an officer of the organisation that recorded the problem; never by who handled it, nor by anybody of an
/// organisation that handles it, or did: they would speak for the reporter about their own work. Each time stands in
/// the access log.
#[utoipa::path(operation_id = "create_invitation", tag = "feedback",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`")),
    responses((status = 200, description = "The link", body = InvitationLink)),
    extensions(("x-secret-answer" = json!(true)), ("x-error-codes" = json!(["separation_of_duties", "merged",
        "transition_not_allowed", "no_contact", "duplicate", "ended", "erased"]))))]
#[post("/problems/{id}/invitations")]
pub async fn create_invitation(
    who: Can<IssueInvitation>,
    request: HttpRequest,
    work: Work,
    id: PathRef,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (link, ended) = inviting::hand_out(&work, &mut tx, &who, &request, &who.scope_ids(), &id).await?;
    let answer = work.secret(tx, &link).await?;
    issuing::end(&work.app, ended);
    Ok(answer)
}
