//! The operation on reporters.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, post};
use uuid::Uuid;

use super::domain::KNOW_MASKED;
use super::dto::{ClearPhone, FoundReporters, PhoneSearch};
use super::store;
use crate::auth::policy::{RevealPhone, SearchReporters};
use crate::auth::{Caller, Can};
use crate::error::{ApiError, ApiResult, OrNotFound as _};
use crate::events::access_log::{self, Entry};
use crate::http::{PathId, ValidJson, Work};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(search_reporters).service(reveal_reporter_phone);
}

/// Reveal a reporter's telephone number
///
/// The number in clear, for whoever may read a problem that the reporter raised or follows, and of a `masked` reporter
/// for its dispatchers and supervisors only; for all others the reporter does not exist. Each call stands in the access
/// log (PIPL), so it is a POST; its answer is kept nowhere, and an `Idempotency-Key` has no effect.
#[utoipa::path(operation_id = "reveal_reporter_phone", tag = "service_objects",
    params(("id" = Uuid, Path, description = "The reporter's id")),
    responses((status = 200, description = "The number", body = ClearPhone)),
    extensions(("x-secret-answer" = json!(true))))]
#[post("/reporters/{id}/reveal-phone")]
async fn reveal_reporter_phone(
    who: Can<RevealPhone>,
    work: Work,
    request: HttpRequest,
    id: PathId,
) -> ApiResult<HttpResponse> {
    let (app, mut tx) = (&work.app, work.begin().await?);
    let sealed = store::find_sealed_phone(&mut tx, &who.scope_ids(), &scopes_that_call_back(&who), id.0).await?;
    let phone = match sealed.or_not_found()? {
        None => None,
        Some(sealed) => Some(app.keys.decrypt(id.0, &sealed).ok_or_else(|| {
            ApiError::internal(format!(
                "the number of reporter {} was not sealed with the data key",
                id.0
            ))
        })?),
    };
    let entry = Entry::of("reveal_phone", app.real_clock.now());
    let entry = entry.by(&who.act(work.now())).on("reporter", id.0).from(&request);
    access_log::append(&mut tx, &app.ids, entry).await?;
    work.secret(tx, &ClearPhone { phone }).await
}

/// Find reporters by telephone number
///
/// The whole number, in any way of writing it; parts of numbers find nothing. Finds who raised or follows a problem in
/// the caller's scope, and a `masked` reporter for its dispatchers and supervisors only; for all others there is none.
/// The number stands in the body, so that no address and no log holds it. Each call stands in the access log, for each
/// reporter that it found (PIPL); its answer is kept nowhere, and an `Idempotency-Key` has no effect.
#[utoipa::path(operation_id = "search_reporters", tag = "service_objects", request_body = PhoneSearch,
    responses((status = 200, description = "Those with this number, the newest problem first", body = FoundReporters)),
    extensions(("x-secret-answer" = json!(true))))]
#[post("/reporters/search")]
async fn search_reporters(
    who: Can<SearchReporters>,
    work: Work,
    request: HttpRequest,
    body: ValidJson<PhoneSearch>,
) -> ApiResult<HttpResponse> {
    let (app, mut tx) = (&work.app, work.begin().await?);
    let index = app.keys.blind_index(&body.0.normalised()?);
    let rows = store::by_phone(&mut tx, &index, &who.scope_ids(), &scopes_that_call_back(&who)).await?;
    let found = FoundReporters::of(rows);
    let entry = Entry::of("search_phone", app.real_clock.now())
        .by(&who.act(work.now()))
        .from(&request);
    for reporter in &found.items {
        access_log::append(&mut tx, &app.ids, entry.clone().on("reporter", reporter.reporter.id)).await?;
    }
    if found.items.is_empty() {
        access_log::append(&mut tx, &app.ids, entry).await?;
    }
    work.secret(tx, &found).await
}

/// The scopes of those memberships that may know a masked reporter.
fn scopes_that_call_back(who: &Caller) -> Vec<Uuid> {
    who.scopes_of(|role| KNOW_MASKED.contains(&role))
}
