//! How far the filler has come: a setting, and the rows that come next.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Kind;
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, setting, sql};

/// The setting.
const SETTING: &str = "full_text_filled";

/// What is filled in, in this order.
pub const KINDS: [Kind; 4] = [Kind::Problem, Kind::Visit, Kind::ActionPlan, Kind::PublicProblem];

/// How far it has come: through so many kinds, and in the next one up to an id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Kinds that are whole.
    pub kinds: usize,
    /// The last id of the next kind; `None`: none yet.
    pub after: Option<Uuid>,
}

/// How far it has come, for who goes on; on PostgreSQL one replica at a time.
pub async fn read(tx: &mut Tx, now: Timestamp) -> Result<Filled, DbError> {
    let kept = setting::hold(tx, SETTING, value(Filled::default()), now).await?;
    Ok(Filled {
        kinds: kept["kinds"]
            .as_u64()
            .and_then(|kinds| usize::try_from(kinds).ok())
            .unwrap_or(0),
        after: kept["after"].as_str().and_then(|id| Uuid::try_parse(id).ok()),
    })
}

/// Keeps how far it has come.
pub async fn keep(tx: &mut Tx, filled: Filled, now: Timestamp) -> Result<(), DbError> {
    setting::put(tx, SETTING, value(filled), now).await
}

fn value(filled: Filled) -> Value {
    json!({ "kinds": filled.kinds, "after": filled.after })
}

/// The next ids of a kind's rows, whether they are indexed or not.
pub async fn next(tx: &mut Tx, kind: Kind, after: Option<Uuid>, most: i64) -> Result<Vec<(Uuid, bool)>, DbError> {
    let select = match kind {
        Kind::Problem => {
            "SELECT r.id, EXISTS (SELECT 1 FROM full_text f WHERE f.kind = 'problem' AND f.id = r.id) FROM problem r WHERE 1 = 1"
        }
        Kind::Visit => {
            "SELECT r.id, EXISTS (SELECT 1 FROM full_text f WHERE f.kind = 'visit' AND f.id = r.id) FROM visit r WHERE 1 = 1"
        }
        Kind::ActionPlan => {
            "SELECT r.id, EXISTS (SELECT 1 FROM full_text f WHERE f.kind = 'action_plan' AND f.id = r.id) \
             FROM action_plan r WHERE 1 = 1"
        }
        Kind::PublicProblem => {
            "SELECT r.id, EXISTS (SELECT 1 FROM full_text f WHERE f.kind = 'public_problem' AND f.id = r.id) \
             FROM (SELECT b.problem_id AS id FROM publication b WHERE b.ended_at IS NULL) r WHERE 1 = 1"
        }
    };
    sql(select)
        .and_opt("r.id > ", after)
        .push_bind(" ORDER BY r.id LIMIT ", most)
        .all(tx)
        .await
}
