//! Appending events, reading timelines, verifying chains.

mod chains;

use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

pub use chains::{Broken, Verified, verify, verify_all};

use super::domain::{Act, Hashed, Head, NewEvent, text_hash};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::http::total;

/// Appends an event behind `head` and returns the new head, which aggregates with a head of their own (problems,
/// visits) store with their row.
pub async fn append(tx: &mut Tx, ids: &Ids, act: &Act, head: &Head, event: NewEvent) -> Result<Head, DbError> {
    let id = ids.next();
    let seq = head.seq + 1;
    // The salt keeps a short text from being guessed by its hash once it is erased; an id is random enough for that.
    let salt = ids.next().as_bytes().to_vec();
    let reason_hash = event.text.as_ref().map(|text| text_hash(&salt, text));
    let hash = Hashed {
        prev_hash: head.hash.as_deref(),
        seq,
        what: what(
            event.aggregate_kind,
            event.aggregate_id,
            event.problem_id,
            event.kind,
            event.from_state,
            event.to_state,
            event.public,
        ),
        who: [act.person, act.org, act.client, act.on_behalf_of],
        when: [act.at.micros(), act.at.micros()],
        reason_hash: reason_hash.as_ref().map(|hash| &hash[..]),
        payload: &event.payload,
    }
    .hash();
    sql("INSERT INTO event (id, aggregate_kind, aggregate_id, aggregate_seq, problem_id, type, from_state, to_state, \
         actor_id, actor_org_id, actor_client_id, on_behalf_of, occurred_at, recorded_at, public, reason_hash, payload, \
         prev_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)")
    .bind(id)
    .bind(event.aggregate_kind)
    .bind(event.aggregate_id)
    .bind(seq)
    .bind(event.problem_id)
    .bind(event.kind)
    .bind(event.from_state)
    .bind(event.to_state)
    .bind(act.person)
    .bind(act.org)
    .bind(act.client)
    .bind(act.on_behalf_of)
    .bind(act.at)
    .bind(act.at)
    .bind(event.public)
    .bind(reason_hash.map(|hash| hash.to_vec()))
    .bind(event.payload)
    .bind(head.hash.clone())
    .bind(&hash[..])
    .run(tx)
    .await?;
    if let Some(text) = event.text {
        sql("INSERT INTO event_text (event_id, salt, text) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(salt)
            .bind(text)
            .run(tx)
            .await?;
    }
    Ok(Head {
        seq,
        hash: Some(hash.to_vec()),
    })
}

/// Appends to the chain of an aggregate that keeps no head of its own: the directory, campaigns, service objects.
pub async fn append_to(tx: &mut Tx, ids: &Ids, act: &Act, event: NewEvent) -> Result<Head, DbError> {
    let head: Option<(i64, Option<Vec<u8>>)> =
        sql("SELECT aggregate_seq, hash FROM event WHERE aggregate_id = $1 ORDER BY aggregate_seq DESC LIMIT 1")
            .bind(event.aggregate_id)
            .optional(&mut *tx)
            .await?;
    let head = head.map(|(seq, hash)| Head { seq, hash }).unwrap_or_default();
    append(tx, ids, act, &head, event).await
}

fn what(
    aggregate_kind: &str,
    aggregate_id: Uuid,
    problem_id: Option<Uuid>,
    kind: &str,
    from_state: Option<&str>,
    to_state: Option<&str>,
    public: bool,
) -> [Value; 7] {
    [
        json!(aggregate_kind),
        json!(aggregate_id),
        json!(problem_id),
        json!(kind),
        json!(from_state),
        json!(to_state),
        json!(public),
    ]
}

/// An event as it is stored, with the names that a timeline shows.
#[derive(Debug, FromRow)]
pub struct EventRow {
    /// Row id.
    pub id: Uuid,
    /// What it is an event of: `problem`, `request`, …
    pub aggregate_kind: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// Place in the aggregate's chain, from 1.
    pub aggregate_seq: i64,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// `problem.recorded`, …
    pub r#type: String,
    /// The state before.
    pub from_state: Option<String>,
    /// The state after.
    pub to_state: Option<String>,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// His name.
    pub actor_name: Option<String>,
    /// For which organisation.
    pub actor_org_id: Option<Uuid>,
    /// Its name.
    pub actor_org_name: Option<String>,
    /// What the public calls it.
    pub actor_org_public_name: Option<String>,
    /// For whom.
    pub on_behalf_of: Option<Uuid>,
    /// His name.
    pub on_behalf_of_name: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Whether the reporter sees it.
    pub public: bool,
    /// Codes, ids and numbers.
    pub payload: Value,
    /// Free text; null where there was none or it was erased.
    pub text: Option<String>,
}

const TIMELINE: &str = "SELECT e.id, e.aggregate_kind, e.aggregate_id, e.aggregate_seq, e.recorded_at, e.type, e.from_state, e.to_state, e.actor_id, p.name AS actor_name, \
     e.actor_org_id, o.name AS actor_org_name, o.public_name AS actor_org_public_name, e.on_behalf_of, \
     b.name AS on_behalf_of_name, e.occurred_at, e.public, e.payload, t.text \
     FROM event e LEFT JOIN person p ON p.id = e.actor_id LEFT JOIN org o ON o.id = e.actor_org_id \
     LEFT JOIN person b ON b.id = e.on_behalf_of LEFT JOIN event_text t ON t.event_id = e.id WHERE ";

/// A page of an aggregate's events, oldest first, after a place in the chain.
pub fn timeline(aggregate: Uuid, only_public: bool, after: Option<i64>, fetch: i64) -> Sql {
    sql(TIMELINE)
        .push_bind("e.aggregate_id = ", aggregate)
        .and_opt("e.public = ", only_public.then_some(true))
        .and_opt("e.aggregate_seq > ", after)
        .push_bind(" ORDER BY e.aggregate_seq LIMIT ", fetch)
}

/// A page of what happened to a problem, oldest first: its own events and those of its requests, along `event_problem`.
pub fn problem_timeline(problem: Uuid, only_public: bool, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql(TIMELINE).push_bind("e.problem_id = ", problem);
    let statement = statement.and_opt("e.public = ", only_public.then_some(true));
    let statement = statement.behind(" AND (e.recorded_at, e.id) > (", after);
    statement.push_bind(" ORDER BY e.recorded_at, e.id LIMIT ", fetch)
}

/// How many events there are of what happened to a problem; counted to one more than lists do.
pub async fn count_of_problem(db: &Db, problem: Uuid, only_public: bool) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM event WHERE problem_id = $1").bind(problem);
    total::count(db, rows.and_opt("public = ", only_public.then_some(true))).await
}

/// How many events an aggregate has; counted to one more than lists do.
pub async fn count(db: &Db, aggregate: Uuid, only_public: bool) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM event WHERE aggregate_id = $1").bind(aggregate);
    total::count(db, rows.and_opt("public = ", only_public.then_some(true))).await
}
