//! Listing and reading divisions.

use crate::http::routing::ServiceConfig;
use actix_web::{get, web};

use super::dto::{AsOf, DivisionFilters, DivisionSummary, DivisionView};
use super::store;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::SignedIn;
use crate::error::{ApiError, ApiResult, OrNotFound as _};
use crate::http::{ListParams, Page, PathRef, ValidQuery, View};

/// The operations on divisions.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_divisions).service(get_division);
}

/// List divisions
///
/// As of a day, by code, so that each stands before those that lie in it. A code that is not known as `parent` or
/// `within` finds nothing.
#[utoipa::path(operation_id = "list_divisions", tag = "directory", params(ListParams, DivisionFilters),
    responses((status = 200, description = "A page of divisions", body = Page<DivisionSummary>)))]
#[get("/divisions")]
async fn list_divisions(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<DivisionFilters>,
) -> ApiResult<Page<DivisionSummary>> {
    let as_of = filters.0.as_of.unwrap_or_else(|| app.clock.today());
    let page = list.0.page(&("list_divisions", &filters.0, as_of))?;
    store::list(&app.db, &filters.0, as_of, &page).await
}

/// Read a division
///
/// The division that the code stood for on a day, with the divisions that took its area or gave it theirs.
#[utoipa::path(operation_id = "get_division", tag = "directory",
    params(("id" = String, Path, description = "The division's code", example = "330782"), AsOf),
    responses((status = 200, description = "The division", body = DivisionView)))]
#[get("/divisions/{id}")]
async fn get_division(
    _who: Can<SignedIn>,
    app: web::Data<App>,
    id: PathRef,
    query: ValidQuery<AsOf>,
) -> ApiResult<View<DivisionView>> {
    let PathRef::Name(code) = id else {
        return Err(ApiError::not_found());
    };
    let as_of = query.0.as_of.unwrap_or_else(|| app.clock.today());
    Ok(View(store::find_view(&app.db, &code, as_of).await?.or_not_found()?))
}
