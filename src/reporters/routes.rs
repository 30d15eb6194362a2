//! The operation on reporters.

use actix_web::{HttpRequest, HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::dto::{CALL_BACK, ClearPhone};
use super::store;
use crate::auth::policy::RevealPhone;
use crate::auth::{Can, Scope};
use crate::error::{ApiError, ApiResult, OrNotFound as _};
use crate::events::access_log::{self, Entry};
use crate::http::{PathId, Work};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(reveal_reporter_phone);
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
    work.ok(tx, &ClearPhone { phone }).await
}

/// The scopes of those memberships that may know a masked reporter.
fn scopes_that_call_back(who: &Can<RevealPhone>) -> Vec<Uuid> {
    let memberships = who
        .memberships
        .iter()
        .filter(|membership| CALL_BACK.contains(&membership.role));
    memberships
        .flat_map(|membership| Scope::of(who.subject, membership))
        .map(|scope| scope.id())
        .collect()
}
