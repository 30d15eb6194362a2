//! Listing, entering and ending competences.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::dto::{CompetenceFilters, CompetenceView, NewCompetence};
use super::store::{self, NewRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ManageDirectory, ReadDirectory};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::ending::Ending;
use crate::directory::terms::{self, TermRow};
use crate::directory::{divisions, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on competences.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_competences)
        .service(create_competence)
        .service(get_competence)
        .service(end_competence);
}

/// List who is competent for what
///
/// In the order of their entry.
#[utoipa::path(operation_id = "list_competences", tag = "directory", params(ListParams, CompetenceFilters),
    responses((status = 200, description = "A page of competences", body = Page<CompetenceView>)))]
#[get("/competences")]
async fn list_competences(
    _who: Can<ReadDirectory>,
    app: web::Data<App>,
    locale: Locale,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<CompetenceFilters>,
) -> ApiResult<Page<CompetenceView>> {
    let page = list.0.page(&("list_competences", &filters.0))?;
    store::list(&app.db, &filters.0, app.clock.now(), locale, &page).await
}

/// Enter that an organisation is competent
///
/// For a category, for everything of an audience, or for anything, in a division that is no wider than the
/// organisation's. A retired category is refused (S-10).
#[utoipa::path(operation_id = "create_competence", tag = "directory", request_body = NewCompetence,
    responses((status = 201, description = "Entered", body = CompetenceView)))]
#[post("/competences")]
async fn create_competence(
    who: Can<ManageDirectory>,
    work: Work,
    body: ValidJson<NewCompetence>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let act = who.act(work.now());
    let row = look_up(&mut tx, &who.scope_ids(), &body.0, act.at).await?;
    let id = store::insert(&mut tx, &work.app.ids, &act, &row).await?;
    let view = store::find_view(&mut tx, id, work.locale).await?;
    work.created(tx, format!("/api/v1/competences/{id}"), &view).await
}

/// Read a competence
///
/// Ended or not.
#[utoipa::path(operation_id = "get_competence", tag = "directory",
    params(("id" = Uuid, Path, description = "The competence's id")),
    responses((status = 200, description = "The competence", body = CompetenceView)))]
#[get("/competences/{id}")]
async fn get_competence(
    _who: Can<ReadDirectory>,
    app: web::Data<App>,
    locale: Locale,
    id: PathId,
) -> ApiResult<View<CompetenceView>> {
    Ok(View(store::find_view(&app.db, id.0, locale).await?))
}

/// End a competence
///
/// With a reason. What was assigned by it stays where it is.
#[utoipa::path(operation_id = "end_competence", tag = "directory", request_body = Ending,
    params(("id" = Uuid, Path, description = "The competence's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Ended", body = CompetenceView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/competences/{id}/end")]
async fn end_competence(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Ending>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (version, ended) = store::lock(&mut tx, &who.scope_ids(), id.0).await?.or_not_found()?;
    if ended {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(version)?;
    store::end(&mut tx, &work.app.ids, &who.act(work.now()), id.0, &body.0.reason).await?;
    let view = store::find_view(&mut tx, id.0, work.locale).await?;
    work.ok(tx, &view).await
}

/// Looks up what a new competence names, and tells every fault.
async fn look_up(tx: &mut Tx, scopes: &[Uuid], body: &NewCompetence, now: Timestamp) -> ApiResult<NewRow> {
    let mut faults = Vec::new();
    let org = orgs::store::find_within(&mut *tx, scopes, body.org_id).await?;
    let org = org.filter(|org| !org.ended);
    if org.is_none() {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    let category = match &body.category {
        None => None,
        Some(code) => {
            let term = terms::find(&mut *tx, "category", code).await?;
            faults.extend(TermRow::fault(
                term.as_ref(),
                body.audience,
                now.shanghai_date(),
                "/category",
            ));
            term
        }
    };
    let division = match (&body.division, &org) {
        (None, Some(org)) => Some(org.division_id),
        (None, None) => None,
        (Some(code), _) => {
            let found = divisions::find_by_code(&mut *tx, code, now.shanghai_date()).await?;
            let fault = match (&found, &org) {
                (None, _) => Some(FaultCode::UnknownReference),
                (Some(found), Some(org)) if !divisions::is_within(&mut *tx, org.division_id, found.id).await? => {
                    Some(FaultCode::Conflict)
                }
                _ => None,
            };
            faults.extend(fault.map(|code| Fault::new("/division", code)));
            found.map(|found| found.id)
        }
    };
    let valid_from = body.valid_from.unwrap_or(now);
    if body.valid_to.is_some_and(|to| to <= valid_from || to <= now) {
        faults.push(Fault::new("/valid_to", FaultCode::NotWithin));
    }
    match division {
        Some(division) if faults.is_empty() => Ok(NewRow {
            org: body.org_id,
            category: category.map(|term| term.id),
            audience: body.audience,
            division,
            priority: body.priority.unwrap_or(0),
            valid_from,
            valid_to: body.valid_to,
        }),
        _ => Err(ApiError::invalid(faults)),
    }
}
