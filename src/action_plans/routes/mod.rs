//! The handlers.

mod measures;
mod moves;
mod plans;
mod read;
mod steps;

use crate::http::routing::ServiceConfig;
use actix_web::HttpRequest;
use uuid::Uuid;

use super::dto::ActionPlanView;
use super::presenting::Viewer;
use crate::auth::Can;
use crate::auth::policy::Permission;
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::Work;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(read::list_action_plans)
        .service(plans::create_action_plan)
        .service(read::get_action_plan)
        .service(plans::update_action_plan)
        .service(read::list_action_plan_events)
        .service(moves::submit_action_plan)
        .service(moves::approve_action_plan)
        .service(moves::send_back_action_plan)
        .service(moves::abandon_action_plan)
        .service(measures::create_measure)
        .service(measures::update_measure)
        .service(measures::delete_measure)
        .service(steps::create_plan_step)
        .service(steps::update_plan_step)
        .service(steps::delete_plan_step)
        .service(steps::complete_plan_step)
        .service(steps::waive_plan_step);
}

/// The id of a part of a plan in the path. What is no UUID is the id of nothing: 404.
fn part(request: &HttpRequest, name: &str) -> ApiResult<Uuid> {
    let text = request.match_info().get(name).unwrap_or_default();
    Uuid::try_parse(text).ok().or_not_found()
}

/// What the caller has just written, as it is stored.
async fn written<P: Permission>(work: &Work, tx: &mut Tx, who: &Can<P>, id: Uuid) -> ApiResult<ActionPlanView> {
    viewer(work, who).whole(tx, &who.scope_ids(), id).await
}

fn viewer<'a, P: Permission>(work: &Work, who: &'a Can<P>) -> Viewer<'a> {
    Viewer {
        who,
        locale: work.locale,
        now: work.now(),
    }
}
