//! Who could take a problem.

use actix_web::{get, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::SuggestOrgs;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::total::Total;
use crate::http::{ListParams, Locale, Page, PathRef, ValidQuery};
use crate::lifecycle::suggestions::{self, SuggestedOrg};
use crate::problems::store;

/// Organisations that could take a problem
///
/// Best first: the lead that was proposed when it was disposed of, then who is competent by category, audience or
/// division (the nearest division wins). Where there are none, the dispatch office of the nearest division that has
/// one, with `unrouted`. The same rule decides who may claim.
#[utoipa::path(operation_id = "list_suggested_orgs", tag = "problems",
    params(("id" = String, Path, description = "The problem's id or `tracking_no`"), ListParams),
    responses((status = 200, description = "A page", body = Page<SuggestedOrg>)))]
#[get("/problems/{id}/suggested-orgs")]
pub async fn list_suggested_orgs(
    who: Can<SuggestOrgs>,
    app: web::Data<App>,
    id: PathRef,
    params: ValidQuery<ListParams>,
    locale: Locale,
) -> ApiResult<Page<SuggestedOrg>> {
    let now = app.clock.now();
    let facts = store::facts(&app.db, &who.scope_ids(), &id, &who, now)
        .await?
        .or_not_found()?;
    let page = params.0.page(&("list_suggested_orgs", facts.id))?;
    let all: Vec<(i64, SuggestedOrg)> = (0..)
        .zip(suggestions::of(&app.db, &facts, now, locale).await?)
        .collect();
    let total = page.with_total.then(|| Total::of(all.len()));
    // The order is a rule, not a column: a cursor is a place in it.
    let after = page.after::<i64>()?.map_or(-1, |(place, _)| place);
    let fetch = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let rows: Vec<_> = all
        .into_iter()
        .filter(|(place, _)| *place > after)
        .take(fetch)
        .collect();
    Ok(page
        .page(rows, |(place, one)| (*place, one.org.id), |(_, one)| one)
        .with_total(total))
}
