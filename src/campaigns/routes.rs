//! Listing, reading and opening campaigns; adding and changing their years.

use actix_web::{HttpResponse, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{
    CampaignFilters, CampaignSummary, CampaignView, CampaignYearPatch, CampaignYearView, NewCampaign, NewCampaignYear,
};
use super::{domain, store};
use crate::app::App;
use crate::auth::policy::{ManageCampaigns, SignedIn};
use crate::auth::{Can, Role};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::listing::require_highest;
use crate::directory::terms::{self, TermRow};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathRef, ValidJson, ValidQuery, View, Work};

/// Who keeps campaigns, where nobody of the same role stands above him.
const KEEPERS: &[Role] = &[Role::Admin, Role::Dispatcher];

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_campaigns)
        .service(create_campaign)
        .service(get_campaign)
        .service(create_campaign_year)
        .service(update_campaign_year);
}

/// List campaigns
///
/// By slug.
#[utoipa::path(operation_id = "list_campaigns", tag = "campaigns", params(ListParams, CampaignFilters),
    responses((status = 200, description = "A page of campaigns", body = Page<CampaignSummary>)))]
#[get("/campaigns")]
async fn list_campaigns(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    locale: Locale,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<CampaignFilters>,
) -> ApiResult<Page<CampaignSummary>> {
    let page = list.0.page(&("list_campaigns", &filters.0))?;
    store::list(&app.db, &filters.0, locale, &page).await
}

/// Read a campaign
///
/// With its theme (S-09), its goals (S-11) and its years with their stages and documents (S-13).
#[utoipa::path(operation_id = "get_campaign", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's slug", example = "2019")),
    responses((status = 200, description = "The campaign", body = CampaignView)))]
#[get("/campaigns/{id}")]
async fn get_campaign(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    locale: Locale,
    id: PathRef,
) -> ApiResult<View<CampaignView>> {
    Ok(View(store::find_view(&app.db, &slug(id)?, locale).await?))
}

/// Open a campaign
///
/// With theme, goals and the campaign that it is part of; its years are added to it. For the highest administrators and
/// dispatchers of the installation. Refuses a slug that is taken (409 `duplicate`).
#[utoipa::path(operation_id = "create_campaign", tag = "campaigns", request_body = NewCampaign,
    responses((status = 201, description = "Opened", body = CampaignView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/campaigns")]
async fn create_campaign(
    who: Can<ManageCampaigns>,
    work: Work,
    body: ValidJson<NewCampaign>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    require_highest(&mut tx, &who, KEEPERS).await?;
    let act = who.act(work.now());
    let parent = look_up(&mut tx, &body.0, act.at).await?;
    let id = store::insert(&mut tx, &work.app.ids, &act, &body.0, parent).await?;
    let view = store::find_new(&mut tx, id, work.locale).await?;
    work.created(tx, format!("/api/v1/campaigns/{}", body.0.slug), &view)
        .await
}

/// Add a year to a campaign
///
/// It begins in the stage of deployment. Refuses a year that is there (409 `duplicate`), and campaigns that have ended
/// (409 `ended`).
#[utoipa::path(operation_id = "create_campaign_year", tag = "campaigns", request_body = NewCampaignYear,
    params(("id" = String, Path, description = "The campaign's slug", example = "2019")),
    responses((status = 201, description = "Added", body = CampaignYearView)),
    extensions(("x-error-codes" = json!(["duplicate", "ended"]))))]
#[post("/campaigns/{id}/years")]
async fn create_campaign_year(
    who: Can<ManageCampaigns>,
    work: Work,
    id: PathRef,
    body: ValidJson<NewCampaignYear>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let slug = slug(id)?;
    let (campaign, ended) = store::find_id(&mut tx, &slug).await?.or_not_found()?;
    require_highest(&mut tx, &who, KEEPERS).await?;
    if ended {
        return Err(ApiError::new(Code::Ended));
    }
    domain::check_period(body.0.year, body.0.opens_on, body.0.closes_on)?;
    let year = store::insert_year(&mut tx, &work.app.ids, &who.act(work.now()), campaign, &body.0).await?;
    let view = store::find_year(&mut tx, year).await?;
    work.created(tx, format!("/api/v1/campaigns/{slug}"), &view).await
}

/// Change a campaign's year
///
/// A merge patch (RFC 7396) of its period, focus, weights and documents; never of its stage. A closed year does not
/// change (409 `ended`).
#[utoipa::path(operation_id = "update_campaign_year", tag = "campaigns", request_body = CampaignYearPatch,
    params(("id" = String, Path, description = "The campaign's slug", example = "2019"),
        ("year" = i64, Path, description = "The calendar year", example = 2019),
        ("If-Match" = Option<String>, Header, description = "The version of the year that was read, such as `\"1\"`")),
    responses((status = 200, description = "Changed", body = CampaignYearView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[patch("/campaigns/{id}/years/{year}")]
async fn update_campaign_year(
    who: Can<ManageCampaigns>,
    work: Work,
    id: PathRef,
    path: web::Path<(String, String)>,
    at: IfMatch,
    body: ValidJson<CampaignYearPatch>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let year = path.1.parse().ok().or_not_found()?;
    let (id, before) = store::lock_year(&mut tx, &slug(id)?, year).await?;
    require_highest(&mut tx, &who, KEEPERS).await?;
    if before.closed_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(before.version)?;
    let opens_on = body.0.opens_on.unwrap_or(before.opens_on);
    domain::check_period(before.year, opens_on, body.0.closes_on.unwrap_or(before.closes_on))?;
    store::update_year(&mut tx, &work.app.ids, &who.act(work.now()), id, &body.0).await?;
    let view = store::find_year(&mut tx, id).await?;
    work.ok(tx, &view).await
}

/// Campaigns are addressed by slug; a UUID is none.
fn slug(id: PathRef) -> ApiResult<String> {
    match id {
        PathRef::Name(slug) => Ok(slug),
        PathRef::Id(_) => Err(ApiError::not_found()),
    }
}

/// The parent of a new campaign; tells every fault of what it names.
async fn look_up(tx: &mut Tx, body: &NewCampaign, now: Timestamp) -> ApiResult<Option<uuid::Uuid>> {
    let mut faults = Vec::new();
    let mut parent = None;
    if let Some(slug) = &body.parent {
        match store::find_id(&mut *tx, slug).await? {
            Some((id, false)) => parent = Some(id),
            _ => faults.push(Fault::new("/parent", FaultCode::UnknownReference)),
        }
    }
    for (index, code) in body.goals.iter().enumerate() {
        let pointer = format!("/goals/{index}");
        let term = terms::find(&mut *tx, "goal", code).await?;
        faults.extend(TermRow::fault(term.as_ref(), None, now.shanghai_date(), &pointer));
        if body.goals.iter().take(index).any(|earlier| earlier == code) {
            faults.push(Fault::new(pointer, FaultCode::Repeated));
        }
    }
    if faults.is_empty() {
        Ok(parent)
    } else {
        Err(ApiError::invalid(faults))
    }
}
