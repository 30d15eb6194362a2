//! Cases that others can learn from.

use actix_web::{get, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadOutputs;
use crate::error::ApiResult;
use crate::http::{ListParams, Locale, Page, ValidQuery};
use crate::outputs::dto::{CaseFilters, CaseView};
use crate::outputs::store::Cases;

/// Cases
///
/// Solved cases travel (举一反三): outputs of kind case, and those of any kind that came of a closed problem, for every
/// official whatever his scope, the latest first. Nothing tells whom they concerned. Looks at up to 5,000 outputs along
/// the order and then answers what it has: a short page with a `next_cursor` is not the last.
#[utoipa::path(operation_id = "list_cases", tag = "outputs", params(ListParams, CaseFilters),
    responses((status = 200, description = "A page", body = Page<CaseView>)))]
#[get("/cases")]
pub async fn list_cases(
    _who: Can<ReadOutputs>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<CaseFilters>,
    locale: Locale,
) -> ApiResult<Page<CaseView>> {
    let page = params.0.page(&("list_cases", &filters.0))?;
    page.windowed(&app.db, &Cases(&filters.0), |row| CaseView::of(row, locale))
        .await
}
