//! Listing, adding and retiring terms.

use actix_web::{HttpResponse, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{NewTerm, TermFilters, TermPatch, TermView};
use super::{domain, store};
use crate::app::App;
use crate::auth::policy::{ManageDirectory, SignedIn};
use crate::auth::{Can, Role};
use crate::directory::listing;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on terms.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_terms)
        .service(create_term)
        .service(get_term)
        .service(update_term);
}

/// List the terms of the taxonomies
///
/// By kind, in the order in which they are shown, as of a day; whoever fills a form reads its choices here (S-10, S-15
/// to S-17). Headings are marked: they are not chosen.
#[utoipa::path(operation_id = "list_terms", tag = "directory", params(ListParams, TermFilters),
    responses((status = 200, description = "A page of terms", body = Page<TermView>)))]
#[get("/meta/terms")]
async fn list_terms(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    locale: Locale,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<TermFilters>,
) -> ApiResult<Page<TermView>> {
    let as_of = filters.0.as_of.unwrap_or_else(|| app.clock.today());
    let page = list.0.page(&("list_terms", &filters.0, as_of))?;
    store::list(&app.db, &filters.0, as_of, locale, &page).await
}

/// Add a term
///
/// It may be chosen at once, without a new release (S-10: 等方面 means that the lists are open). For the highest
/// administrators of the installation, whom the taxonomies belong to.
#[utoipa::path(operation_id = "create_term", tag = "directory", request_body = NewTerm,
    responses((status = 201, description = "Added", body = TermView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/terms")]
async fn create_term(who: Can<ManageDirectory>, work: Work, body: ValidJson<NewTerm>) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    listing::require_highest(&mut tx, &who, &[Role::Admin]).await?;
    let act = who.act(work.now());
    let heading = match &body.0.parent {
        None => None,
        Some(code) => Some(store::find_heading(&mut tx, body.0.kind, code).await?),
    };
    let valid = (
        body.0.valid_from.unwrap_or_else(|| act.at.shanghai_date()),
        body.0.valid_to,
    );
    let facts = heading.map(|heading| heading.map(|(_, facts)| facts));
    domain::check(body.0.kind, body.0.audience, facts, valid)?;
    let parent = heading.flatten().map(|(id, _)| id);
    let id = store::insert(&mut tx, &work.app.ids, &act, &body.0, parent).await?;
    let view = store::find_view(&mut tx, id, work.locale).await?;
    work.created(tx, format!("/api/v1/terms/{id}"), &view).await
}

/// Read a term
///
/// Retired or not.
#[utoipa::path(operation_id = "get_term", tag = "directory",
    params(("id" = Uuid, Path, description = "The term's id")),
    responses((status = 200, description = "The term", body = TermView)))]
#[get("/terms/{id}")]
async fn get_term(_who: Can<SignedIn>, app: web::Data<App>, locale: Locale, id: PathId) -> ApiResult<View<TermView>> {
    Ok(View(store::find_view(&app.db, id.0, locale).await?))
}

/// Change or retire a term
///
/// A merge patch (RFC 7396) of labels, order and `valid_to`. A retired term is refused on new rows and still shown on old
/// ones (S-10). For the highest administrators of the installation.
#[utoipa::path(operation_id = "update_term", tag = "directory", request_body = TermPatch,
    params(("id" = Uuid, Path, description = "The term's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Changed", body = TermView)))]
#[patch("/terms/{id}")]
async fn update_term(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<TermPatch>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (version, valid_from) = store::lock(&mut tx, id.0).await?.or_not_found()?;
    listing::require_highest(&mut tx, &who, &[Role::Admin]).await?;
    at.check(version)?;
    let act = who.act(work.now());
    if let Some(Some(valid_to)) = body.0.valid_to {
        domain::may_retire(valid_from, valid_to, act.at.shanghai_date())?;
    }
    store::update(&mut tx, &work.app.ids, &act, id.0, &body.0).await?;
    let view = store::find_view(&mut tx, id.0, work.locale).await?;
    work.ok(tx, &view).await
}
