//! Verifying chains: one aggregate's, or every one in the database, a thousand events at a time.
//!
//! A chain is whole where the places count from 1 without a gap, each event's hash covers the one before it, and each
//! text that has not been erased is the one whose salted hash its event carries. An aggregate that keeps the head of
//! its chain in its own row shows too whether the end was cut off.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::{Hashed, Head, text_hash};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, sql};

/// Events that are read at once.
const BATCH: i64 = 1_000;

/// A link of a chain.
#[derive(Debug, FromRow)]
struct Link {
    aggregate_kind: String,
    aggregate_id: Uuid,
    aggregate_seq: i64,
    problem_id: Option<Uuid>,
    r#type: String,
    from_state: Option<String>,
    to_state: Option<String>,
    actor_id: Option<Uuid>,
    actor_org_id: Option<Uuid>,
    actor_client_id: Option<Uuid>,
    on_behalf_of: Option<Uuid>,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    public: bool,
    reason_hash: Option<Vec<u8>>,
    payload: Value,
    prev_hash: Option<Vec<u8>>,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    text: Option<String>,
}

const LINKS: &str = "SELECT e.aggregate_kind, e.aggregate_id, e.aggregate_seq, e.problem_id, e.type, e.from_state, \
     e.to_state, e.actor_id, e.actor_org_id, e.actor_client_id, e.on_behalf_of, e.occurred_at, e.recorded_at, e.public, \
     e.reason_hash, e.payload, e.prev_hash, e.hash, t.salt, t.text \
     FROM event e LEFT JOIN event_text t ON t.event_id = e.id";

/// A place at which a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Whose chain.
    pub aggregate: Uuid,
    /// The place of the event that does not fit.
    pub seq: i64,
}

/// What a walk over every chain found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Chains walked.
    pub chains: u64,
    /// Events walked.
    pub events: u64,
    /// The first fault of each chain that has one; at most a hundred are kept.
    pub broken: Vec<Broken>,
    /// How many chains have one.
    pub broken_chains: u64,
}

/// The first place at which an aggregate's chain is broken; `None` where it is whole.
pub async fn verify(on: impl Into<On<'_>>, aggregate: Uuid) -> Result<Option<i64>, DbError> {
    let links: Vec<Link> = sql(LINKS)
        .push_bind(" WHERE e.aggregate_id = ", aggregate)
        .push(" ORDER BY e.aggregate_seq")
        .all(on)
        .await?;
    let mut head = Head::default();
    for link in links {
        match link.fits(&head) {
            Some(next) => head = next,
            None => return Ok(Some(link.aggregate_seq)),
        }
    }
    Ok(None)
}

/// Walks every chain in the database in the order of its index, with memory for one batch.
pub async fn verify_all(db: &Db) -> Result<Verified, DbError> {
    let mut verified = Verified::default();
    let mut chain: Option<(Uuid, Option<Head>)> = None;
    let mut last: Option<(Uuid, i64)> = None;
    loop {
        let batch = sql(LINKS);
        let batch = match last {
            None => batch,
            Some((aggregate, seq)) => batch
                .push_bind(" WHERE (e.aggregate_id, e.aggregate_seq) > (", aggregate)
                .push_bind(", ", seq)
                .push(")"),
        };
        let links: Vec<Link> = batch
            .push_bind(" ORDER BY e.aggregate_id, e.aggregate_seq LIMIT ", BATCH)
            .all(db)
            .await?;
        let Some(end) = links.last() else { break };
        last = Some((end.aggregate_id, end.aggregate_seq));
        for link in &links {
            verified.events += 1;
            let head = match chain.take() {
                Some((aggregate, head)) if aggregate == link.aggregate_id => head,
                _ => {
                    verified.chains += 1;
                    Some(Head::default())
                }
            };
            // Behind its first fault a chain proves nothing: it is walked and not judged.
            let next = head.as_ref().and_then(|head| link.fits(head));
            if head.is_some() && next.is_none() {
                verified.note(link.aggregate_id, link.aggregate_seq);
            }
            chain = Some((link.aggregate_id, next));
        }
    }
    for (aggregate, seq) in cut_off(db).await? {
        verified.note(aggregate, seq);
    }
    Ok(verified)
}

impl Verified {
    fn note(&mut self, aggregate: Uuid, seq: i64) {
        self.broken_chains += 1;
        if self.broken.len() < 100 {
            self.broken.push(Broken { aggregate, seq });
        }
    }
}

impl Link {
    /// The head after this link, where it fits behind `head`.
    fn fits(&self, head: &Head) -> Option<Head> {
        let hash = Hashed {
            prev_hash: head.hash.as_deref(),
            seq: head.seq + 1,
            what: super::what(
                &self.aggregate_kind,
                self.aggregate_id,
                self.problem_id,
                &self.r#type,
                self.from_state.as_deref(),
                self.to_state.as_deref(),
                self.public,
            ),
            who: [
                self.actor_id,
                self.actor_org_id,
                self.actor_client_id,
                self.on_behalf_of,
            ],
            when: [self.occurred_at.micros(), self.recorded_at.micros()],
            reason_hash: self.reason_hash.as_deref(),
            payload: &self.payload,
        }
        .hash();
        let text_fits = match (&self.reason_hash, &self.salt, &self.text) {
            (None, None, _) => true,
            (Some(hash), Some(salt), Some(text)) => hash[..] == text_hash(salt, text),
            (Some(_), Some(_), None) => true,
            (Some(_), None, _) | (None, Some(_), _) => false,
        };
        let whole = self.aggregate_seq == head.seq + 1 && self.prev_hash == head.hash && self.hash == hash && text_fits;
        whole.then(|| Head {
            seq: self.aggregate_seq,
            hash: Some(self.hash.clone()),
        })
    }
}

/// Aggregates whose row names a head that is not the end of their chain.
async fn cut_off(db: &Db) -> Result<Vec<(Uuid, i64)>, DbError> {
    sql(
        "SELECT a.id, a.event_seq FROM (SELECT id, event_seq, event_hash FROM problem \
         UNION ALL SELECT id, event_seq, event_hash FROM visit \
         UNION ALL SELECT id, event_seq, event_hash FROM theme \
         UNION ALL SELECT id, event_seq, event_hash FROM action_plan \
         UNION ALL SELECT id, event_seq, event_hash FROM request) a \
         WHERE a.event_seq > 0 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.aggregate_id = a.id \
         AND e.aggregate_seq = a.event_seq AND e.hash = a.event_hash) ORDER BY a.id LIMIT 1000",
    )
    .all(db)
    .await
}
