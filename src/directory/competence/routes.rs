//! Reading and keeping competence.

use actix_web::{HttpResponse, get, post, web};
use serde_json::json;

use super::dto::{CompetenceFilters, CompetenceView, NewCompetence};
use super::store::{self, CompetenceRow, Insert};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ManageDirectory, ReadDirectory};
use crate::directory::clients::dto::EndReason;
use crate::directory::{divisions, orgs, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, Work};

/// Who is competent for what
///
/// The longest division match wins, then category over audience over none, then priority.
#[utoipa::path(operation_id = "list_competences", tag = "directory", params(ListParams, CompetenceFilters),
    responses((status = 200, description = "A page", body = Page<CompetenceView>)))]
#[get("/competences")]
pub async fn list_competences(
    _who: Can<ReadDirectory>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<CompetenceFilters>,
    locale: Locale,
) -> ApiResult<Page<CompetenceView>> {
    let page = params.0.page(&("list_competences", &filters.0))?;
    let division = match &filters.0.division {
        Some(code) => {
            let found = divisions::find_by_code(&app.db, code, app.clock.today()).await?;
            Some(
                found
                    .ok_or_else(|| ApiError::invalid_at("?division", FaultCode::UnknownReference))?
                    .id,
            )
        }
        None => None,
    };
    let after = page.after::<i64>()?.map(|(_, id)| id);
    let rows: Vec<CompetenceRow> = store::page(&filters.0, division, after, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &filters.0, division)).await?;
    let view = |row| CompetenceView::of(row, locale);
    Ok(page.page(rows, |row| (0_i64, row.id), view).with_total(total))
}

/// Add a competence
///
/// Within the administrator's division.
#[utoipa::path(operation_id = "create_competence", tag = "directory", request_body = NewCompetence,
    responses((status = 201, description = "Added", body = CompetenceView)))]
#[post("/competences")]
pub async fn create_competence(
    who: Can<ManageDirectory>,
    work: Work,
    body: ValidJson<NewCompetence>,
) -> ApiResult<HttpResponse> {
    let (mut tx, new, act) = (work.begin().await?, body.0, who.act(work.now()));
    // No problem is recorded or moved while the open ones are shown to whoever becomes competent.
    orgs::tree::hold(&mut tx).await?;
    let mut faults = Vec::new();
    if orgs::find_ref(&mut tx, new.org_id).await?.is_none_or(|org| org.ended) {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    let division = divisions::find_by_code(&mut tx, &new.division, work.app.clock.today()).await?;
    let mut within = false;
    for scope in who.scope_ids() {
        within |= match &division {
            Some(division) => divisions::is_within(&mut tx, scope, division.id).await?,
            None => false,
        };
    }
    let division = division.filter(|_| within);
    if division.is_none() {
        faults.push(Fault::new("/division", FaultCode::UnknownReference));
    }
    let category = match &new.category {
        Some(code) => terms::find(&mut tx, "category", code).await?,
        None => None,
    };
    if new.category.is_some() && category.is_none() {
        faults.push(Fault::new("/category", FaultCode::UnknownReference));
    }
    let of_other = category
        .as_ref()
        .and_then(|term| term.audience)
        .zip(new.audience)
        .is_some_and(|(its, named)| its != named);
    if of_other {
        faults.push(Fault::new("/category", FaultCode::OtherAudience));
    }
    let (Some(division), []) = (division, faults.as_slice()) else {
        return Err(ApiError::invalid(faults));
    };
    let insert = Insert {
        id: work.app.ids.next(),
        org_id: new.org_id,
        category_id: category.map(|term| term.id),
        audience: new.audience,
        division_id: division.id,
        priority: new.priority,
    };
    store::insert(&mut tx, &act, &insert).await?;
    store::show_open_problems(&mut tx, &insert).await?;
    let event = NewEvent::of("competence", insert.id, "competence.created")
        .with(json!({ "org": new.org_id, "category": new.category }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let row: CompetenceRow = store::one(&who.scope_ids(), insert.id).one(&mut tx).await?;
    work.created(
        tx,
        format!("/api/v1/competences/{}", insert.id),
        &CompetenceView::of(row, work.locale),
    )
    .await
}

/// End a competence
///
/// It stays on record; what it once decided keeps.
#[utoipa::path(operation_id = "end_competence", tag = "directory", request_body = EndReason,
    params(("id" = Uuid, Path, description = "The competence's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = CompetenceView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/competences/{id}/end")]
pub async fn end_competence(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndReason>,
) -> ApiResult<HttpResponse> {
    let (mut tx, act) = (work.begin().await?, who.act(work.now()));
    let row: Option<CompetenceRow> = store::one(&who.scope_ids(), id.0).optional(&mut tx).await?;
    let row = row.or_not_found()?;
    if row.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(row.version)?;
    if !store::end(&mut tx, id.0, row.version, &act, &body.0.reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of("competence", id.0, "competence.ended").with_text(Some(body.0.reason));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let row: CompetenceRow = store::one(&who.scope_ids(), id.0).one(&mut tx).await?;
    work.ok(tx, &CompetenceView::of(row, work.locale)).await
}
