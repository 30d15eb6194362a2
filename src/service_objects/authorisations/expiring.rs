//! Authorisations that have expired are ended by the service itself, and what they let a person see goes out of sight.
//! The right to speak was gone at their very date.

use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::problems;
use crate::service_objects::words::KIND;

/// Why the service ends one.
const EXPIRED: &str = "expired";

/// Ends those that have expired, at most a hundred; how many. Replicas may do it together.
pub async fn end_expired(app: &App) -> ApiResult<u64> {
    let act = Act::of_the_service(app.clock.now());
    let mut ended = 0;
    for (id, person, enterprise) in store::expired(&app.db, act.at).await? {
        let mut tx = app.db.begin().await?;
        store::lock_enterprise(&mut tx, enterprise).await?;
        if end(&mut tx, app, &act, (id, person, enterprise), EXPIRED).await? {
            tx.commit().await?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// Ends one (its id, its person, its enterprise), which its enterprise tells; false where it had ended.
pub async fn end(
    tx: &mut Tx,
    app: &App,
    act: &Act,
    (id, person, enterprise): (Uuid, Uuid, Uuid),
    reason: &str,
) -> ApiResult<bool> {
    if !store::end(tx, id, act, reason).await? {
        return Ok(false);
    }
    problems::store::authorised::lose(tx, person, enterprise, act.at).await?;
    let event = NewEvent::of(KIND, enterprise, "authorisation.ended")
        .with(json!({ "authorisation": id, "person": person }))
        .with_text(Some(reason.to_owned()));
    append_to(tx, &app.ids, act, event).await?;
    Ok(true)
}
