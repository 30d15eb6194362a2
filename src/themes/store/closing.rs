//! Where each member of a theme stood when it was closed: kept in the event of the closing. No event of a theme tells
//! of members whom its reader does not see.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::dto::ClosingState;
use crate::db::{Db, DbError, Tx, sql};
use crate::events::store::EventRow;
use crate::problems::domain::State;
use crate::problems::refs::ProblemRef;

/// The type of the event.
pub const CLOSED: &str = "theme.closed";

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Stood {
    /// Which.
    pub problem: Uuid,
    /// Where.
    pub state: State,
}

/// Where each member of a theme stands now, the first to come first.
pub async fn standing_of(tx: &mut Tx, theme: Uuid) -> Result<Vec<Stood>, DbError> {
    sql(
        "SELECT p.id AS problem, p.state FROM theme_problem x JOIN problem p ON p.id = x.problem_id \
         WHERE x.left_at IS NULL AND x.theme_id = $1 ORDER BY x.since, x.problem_id",
    )
    .bind(theme)
    .all(tx)
    .await
}

/// What the payload of a closing says of members.
fn told(payload: &Value) -> Vec<Stood> {
    let members = payload.get("members").cloned().unwrap_or_default();
    serde_json::from_value(members).unwrap_or_default()
}

/// Where those members of a closed theme that lie in these scopes stood when it was closed last.
pub async fn at_closing(db: &Db, scopes: &[Uuid], theme: Uuid) -> Result<Vec<ClosingState>, DbError> {
    let last: Option<(Value,)> = sql("SELECT e.payload FROM event e WHERE e.aggregate_id = $1")
        .bind(theme)
        .and("e.type = ", CLOSED)
        .push(" ORDER BY e.aggregate_seq DESC LIMIT 1")
        .optional(db)
        .await?;
    let stood = last.map_or_else(Vec::new, |(payload,)| told(&payload));
    let ids: Vec<Uuid> = stood.iter().map(|of| of.problem).collect();
    let seen = seen(db, scopes, &ids).await?;
    let state = |of: Stood| {
        let (id, tracking_no) = seen.iter().find(|(id, _)| *id == of.problem)?.clone();
        let problem = ProblemRef { id, tracking_no };
        Some(ClosingState {
            problem,
            state: of.state,
        })
    };
    Ok(stood.into_iter().filter_map(state).collect())
}

/// The problems that came in or left, where an event of a theme tells of some.
fn came_or_left(payload: &Value) -> Vec<Uuid> {
    let problems = payload.get("problems").cloned().unwrap_or_default();
    serde_json::from_value(problems).unwrap_or_default()
}

/// Takes out of a theme's events what they say of problems outside these scopes: which came, which left, and where they
/// stood at a closing.
pub async fn narrow(db: &Db, scopes: &[Uuid], events: &mut [EventRow]) -> Result<(), DbError> {
    let mut named: Vec<Uuid> = events.iter().flat_map(|event| came_or_left(&event.payload)).collect();
    let stood = events.iter().flat_map(|event| told(&event.payload));
    named.extend(stood.map(|of| of.problem));
    named.sort_unstable();
    named.dedup();
    let seen = seen(db, scopes, &named).await?;
    let seen: HashSet<Uuid> = seen.into_iter().map(|(id, _)| id).collect();
    for event in events {
        let mut problems = came_or_left(&event.payload);
        problems.retain(|problem| seen.contains(problem));
        let mut members = told(&event.payload);
        members.retain(|of| seen.contains(&of.problem));
        for (name, left) in [("problems", json!(problems)), ("members", json!(members))] {
            if let Some(said) = event.payload.get_mut(name) {
                *said = left;
            }
        }
    }
    Ok(())
}

async fn seen(db: &Db, scopes: &[Uuid], ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    sql("SELECT p.id, p.tracking_no FROM problem p WHERE p.id")
        .in_list(ids)
        .push(" AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = p.id AND z.scope_id")
        .in_list(scopes)
        .push(")")
        .all(db)
        .await
}
