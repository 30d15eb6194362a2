//! Reading and keeping campaigns.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde_json::json;

use super::dto::{
    CampaignFilters, CampaignView, CampaignYearView, NewCampaign, NewCampaignYear, StageDocument, UpdateCampaignYear,
};
use super::store::{self, CampaignDetail, YearColumn};
use crate::app::App;
use crate::auth::policy::{ManageCampaigns, SignedIn};
use crate::auth::{Can, Role};
use crate::db::On;
use crate::directory::listing::require_highest;
use crate::directory::terms;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, ListParams, Page, PathRef, ValidJson, ValidQuery, View, Work};

/// Who keeps campaigns.
const KEEPERS: [Role; 2] = [Role::Admin, Role::Dispatcher];

async fn by_ref(on: impl Into<On<'_>>, reference: &PathRef) -> ApiResult<CampaignDetail> {
    match reference {
        PathRef::Name(slug) => store::by_slug(on, slug).await?.or_not_found(),
        PathRef::Id(_) => Err(ApiError::not_found()),
    }
}

/// Campaigns
///
/// In the order of their slugs, each with its years.
#[utoipa::path(operation_id = "list_campaigns", tag = "campaigns", params(ListParams, CampaignFilters),
    responses((status = 200, description = "A page", body = Page<CampaignView>)))]
#[get("/campaigns")]
pub async fn list_campaigns(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<CampaignFilters>,
) -> ApiResult<Page<CampaignView>> {
    let page = params.0.page(&("list_campaigns", &filters.0))?;
    let rows: Vec<CampaignDetail> = store::page(&filters.0, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &filters.0)).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let years = store::years(&app.db, &ids).await?;
    let view = |row: CampaignDetail| {
        let of_it = years
            .iter()
            .filter(|year| year.campaign_id == row.id)
            .cloned()
            .collect();
        CampaignView::of(row, of_it)
    };
    Ok(page
        .page(rows, |row| (row.slug.clone(), row.id), view)
        .with_total(total))
}

/// One campaign
///
/// By its slug: theme, parent, goals and years with their stages (S-09).
#[utoipa::path(operation_id = "get_campaign", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's slug")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
#[get("/campaigns/{id}")]
pub async fn get_campaign(_who: Can<SignedIn>, app: web::Data<App>, id: PathRef) -> ApiResult<View<CampaignView>> {
    let row = by_ref(&app.db, &id).await?;
    let years = store::years(&app.db, &[row.id]).await?;
    Ok(View(CampaignView::of(row, years)))
}

/// Add a campaign
///
/// Kept by the installation's highest administrators and dispatchers.
#[utoipa::path(operation_id = "create_campaign", tag = "campaigns", request_body = NewCampaign,
    responses((status = 201, description = "Added", body = CampaignView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/campaigns")]
pub async fn create_campaign(
    who: Can<ManageCampaigns>,
    work: Work,
    body: ValidJson<NewCampaign>,
) -> ApiResult<HttpResponse> {
    let (mut tx, new, act) = (work.begin().await?, body.0, who.act(work.now()));
    require_highest(&mut tx, &who, &KEEPERS).await?;
    let mut faults = Vec::new();
    let parent = match &new.parent {
        None => None,
        Some(slug) => {
            let parent = store::by_slug(&mut tx, slug).await?;
            if parent.is_none() {
                faults.push(Fault::new("/parent", FaultCode::UnknownReference));
            }
            parent.map(|parent| parent.id)
        }
    };
    for (index, code) in new.goals.iter().enumerate() {
        if terms::find(&mut tx, "goal", code).await?.is_none() {
            faults.push(Fault::new(format!("/goals/{index}"), FaultCode::UnknownReference));
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    if store::by_slug(&mut tx, &new.slug).await?.is_some() {
        return Err(ApiError::new(Code::Duplicate));
    }
    let id = work.app.ids.next();
    store::insert(&mut tx, id, &act, &new, parent, false).await?;
    let event = NewEvent::of("campaign", id, "campaign.created").with(json!({ "slug": new.slug }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let stored = store::by_slug(&mut tx, &new.slug).await?.or_not_found()?;
    work.created(
        tx,
        format!("/api/v1/campaigns/{}", new.slug),
        &CampaignView::of(stored, Vec::new()),
    )
    .await
}

/// Add a year to a campaign
///
/// It begins with its deployment. A year that is there already is 409.
#[utoipa::path(operation_id = "create_campaign_year", tag = "campaigns", request_body = NewCampaignYear,
    params(("id" = String, Path, description = "The campaign's slug")),
    responses((status = 201, description = "Added", body = CampaignYearView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/campaigns/{id}/years")]
pub async fn create_campaign_year(
    who: Can<ManageCampaigns>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewCampaignYear>,
) -> ApiResult<HttpResponse> {
    let (mut tx, new, act) = (work.begin().await?, body.0, who.act(work.now()));
    let campaign = by_ref(&mut tx, &id).await?;
    require_highest(&mut tx, &who, &KEEPERS).await?;
    if store::year(&mut tx, campaign.id, new.year).await?.is_some() {
        return Err(ApiError::new(Code::Duplicate));
    }
    store::insert_year(&mut tx, work.app.ids.next(), &act, campaign.id, &new).await?;
    let event = NewEvent::of("campaign", campaign.id, "campaign.year_added").with(json!({ "year": new.year }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let stored = store::year(&mut tx, campaign.id, new.year).await?.or_not_found()?;
    work.created(
        tx,
        format!("/api/v1/campaigns/{}", campaign.slug),
        &CampaignYearView::from(stored),
    )
    .await
}

/// Change a year of a campaign
///
/// Its stage, its last day, the documents of its stages. A closed year is 409 `ended`.
#[utoipa::path(operation_id = "update_campaign_year", tag = "campaigns", request_body = UpdateCampaignYear,
    params(("id" = String, Path, description = "The campaign's slug"),
        ("year" = i64, Path, description = "The calendar year"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "As it now stands", body = CampaignYearView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[patch("/campaigns/{id}/years/{year}")]
pub async fn update_campaign_year(
    who: Can<ManageCampaigns>,
    work: Work,
    id: PathRef,
    request: HttpRequest,
    at: IfMatch,
    body: ValidJson<UpdateCampaignYear>,
) -> ApiResult<HttpResponse> {
    let (mut tx, patch, act) = (work.begin().await?, body.0, who.act(work.now()));
    let campaign = by_ref(&mut tx, &id).await?;
    let year = request
        .match_info()
        .get("year")
        .and_then(|year| year.parse::<i64>().ok())
        .or_not_found()?;
    let mut row = store::year(&mut tx, campaign.id, year).await?.or_not_found()?;
    require_highest(&mut tx, &who, &KEEPERS).await?;
    if row.closed {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(row.version)?;
    merge(&mut row, patch);
    if row.closes_on < row.opens_on {
        return Err(ApiError::invalid_at("/closes_on", FaultCode::NotWithin));
    }
    if !store::update_year(&mut tx, &act, &row).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of("campaign", campaign.id, "campaign.year_changed")
        .with(json!({ "year": year, "stage": row.stage }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let stored = store::year(&mut tx, campaign.id, year).await?.or_not_found()?;
    work.ok(tx, &CampaignYearView::from(stored)).await
}

fn merge(row: &mut YearColumn, patch: UpdateCampaignYear) {
    row.stage = patch.stage.unwrap_or(row.stage);
    row.closes_on = patch.closes_on.unwrap_or(row.closes_on);
    let set = |document: Option<Option<StageDocument>>,
               title: &mut Option<String>,
               number: &mut Option<String>,
               on: &mut Option<chrono::NaiveDate>| {
        if let Some(document) = document {
            let document = document.unwrap_or_default();
            (*title, *number, *on) = (document.title, document.document_no, document.on);
        }
    };
    set(
        patch.deployment,
        &mut row.deployment_title,
        &mut row.deployment_document_no,
        &mut row.deployment_on,
    );
    set(
        patch.inspection,
        &mut row.inspection_title,
        &mut row.inspection_document_no,
        &mut row.inspection_on,
    );
    set(
        patch.summary,
        &mut row.summary_title,
        &mut row.summary_document_no,
        &mut row.summary_on,
    );
}
