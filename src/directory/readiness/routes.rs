//! Reading what cannot be decided the usual way.

use crate::http::routing::ServiceConfig;
use actix_web::{get, web};
use uuid::Uuid;

use super::domain::{Decided, Decision};
use super::dto::Unready;
use super::store;
use crate::app::App;
use crate::auth::policy::ReadDirectory;
use crate::auth::{Can, Role};
use crate::error::ApiResult;
use crate::http::{ListParams, Page, ValidQuery};
use crate::lifecycle::workflow::asking::RULES;
use crate::requests::domain::RequestKind;

/// The one operation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_readiness);
}

/// List what cannot be decided the usual way
///
/// Within the divisions of the caller's memberships: each division with organisations for which a role is missing there
/// or one level up, what that role would decide, and who decides instead; or in which and above which there is no
/// dispatch office for what nobody is competent for. An empty list: ready. It is not counted: `total` is null.
#[utoipa::path(operation_id = "get_readiness", tag = "meta", params(ListParams),
    responses((status = 200, description = "A page of divisions with gaps", body = Page<Unready>)))]
#[get("/meta/readiness")]
async fn get_readiness(
    who: Can<ReadDirectory>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
) -> ApiResult<Page<Unready>> {
    let divisions: Vec<Uuid> = who.memberships.iter().map(|membership| membership.division).collect();
    let page = list.0.page(&("get_readiness", &divisions))?;
    store::list(&app.db, &divisions, app.clock.now(), &decisions(), &page).await
}

/// Every decision that somebody must be there for: those of the table of requests, and two that are no requests.
pub(super) fn decisions() -> Vec<Decided> {
    let others: [(Decision, &'static [Role]); 2] = [
        (Decision::Assign, &[Role::Dispatcher]),
        (Decision::LookBack, &[Role::Supervisor]),
    ];
    let others = others.map(|(decision, roles)| Decided {
        decision,
        roles,
        one_level_up: false,
    });
    let asked = RULES.iter().map(|rule| Decided {
        decision: match rule.kind {
            RequestKind::Return => Decision::RuleReturn,
            RequestKind::Escalate => Decision::Escalate,
            RequestKind::Hold => Decision::Hold,
            RequestKind::Extend => Decision::Extend,
            RequestKind::Decline => Decision::Decline,
            RequestKind::Appeal => Decision::Appeal,
        },
        roles: rule.decided_by,
        one_level_up: rule.one_level_up,
    });
    let mut all: Vec<Decided> = others.into_iter().chain(asked).collect();
    all.sort_by_key(|decided| decided.decision);
    all
}
