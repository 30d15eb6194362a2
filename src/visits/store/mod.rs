//! Every statement on `visit`, `visit_member`, `visit_object` and `visit_scope`.

pub mod list;
pub mod references;
pub mod texts;
pub mod view;
pub mod write;

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Origin, VisitState};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, Tx, sql};
use crate::directory::orgs::tree::STEADY;
use crate::directory::words::LeadingBody;
use crate::events::Head;

/// A visit as it is stored, without what it refers to: what a change decides on.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct VisitRow {
    /// Its id.
    pub id: Uuid,
    /// The campaign-year that it belongs to.
    pub campaign_year_id: Uuid,
    /// The slug of that year's campaign.
    pub campaign_slug: String,
    /// The client through which it was recorded; `None`: one of the installation's own.
    pub client_app_id: Option<Uuid>,
    /// Code of the term of kind `visit_mode`.
    pub mode: String,
    /// What `other` means.
    pub mode_note: Option<String>,
    /// Who wanted it.
    pub origin: Origin,
    /// Code of the term of kind `place_kind`.
    pub place_kind: String,
    /// The place in words.
    pub place_note: Option<String>,
    /// Where it goes.
    pub division_id: Uuid,
    /// When it is to begin; for one recorded afterwards, when it began.
    pub planned_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who leads it.
    pub leader_id: Uuid,
    /// The leader's body.
    pub leading_body: LeadingBody,
    /// The organisation that visits.
    pub org_id: Uuid,
    /// Who entered it; `None`: a client.
    pub recorded_by: Option<Uuid>,
    /// What was seen.
    pub observations: Option<String>,
    /// What was heard.
    pub heard: Option<String>,
    /// Where it stands.
    pub state: VisitState,
    /// When its texts were erased, with the last of its problems.
    pub erased_at: Option<Timestamp>,
    /// `aggregate_seq` of its last event.
    pub event_seq: i64,
    /// That event's hash.
    pub event_hash: Option<Vec<u8>>,
    /// The row's version.
    pub version: i64,
}

impl VisitRow {
    /// The end of its chain of events.
    pub fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }
}

const VISIT: &str = "SELECT v.id, v.campaign_year_id, c.slug AS campaign_slug, v.client_app_id, v.mode, v.mode_note, \
     v.origin, v.place_kind, v.place_note, v.division_id, v.planned_at, v.started_at, v.ended_at, v.leader_id, \
     v.leading_body, v.org_id, v.recorded_by, v.observations, v.heard, v.state, v.erased_at, v.event_seq, v.event_hash, v.version \
     FROM visit v JOIN campaign_year y ON y.id = v.campaign_year_id JOIN campaign c ON c.id = y.campaign_id ";

fn in_scope(scope_ids: &[Uuid], id: Uuid) -> Sql {
    sql(VISIT)
        .push("WHERE EXISTS (SELECT 1 FROM visit_scope s WHERE s.visit_id = v.id AND s.scope_id")
        .in_list(scope_ids)
        .push(")")
        .and("v.id = ", id)
}

/// The visit, where one of the scopes holds it.
pub async fn find(on: impl Into<On<'_>>, scope_ids: &[Uuid], id: Uuid) -> Result<Option<VisitRow>, DbError> {
    in_scope(scope_ids, id).optional(on).await
}

/// The same for a transaction that is about to change the visit, or to record a problem in it: on PostgreSQL its row
/// stays locked until the transaction ends, so that no visit is completed over a problem that is just being recorded.
/// The tree of organisations stays as it is for as long.
pub async fn find_to_change(tx: &mut Tx, scope_ids: &[Uuid], id: Uuid) -> Result<Option<VisitRow>, DbError> {
    let (steady, lock) = (tx.lock_clause(STEADY), tx.lock_clause(" FOR UPDATE OF v"));
    in_scope(scope_ids, id).push(steady).push(lock).optional(tx).await
}

/// The same, whatever the scope: for what was promised there and is settled by an organisation that does not see the
/// visit.
pub async fn find_anywhere_to_change(tx: &mut Tx, id: Uuid) -> Result<Option<VisitRow>, DbError> {
    let (steady, lock) = (tx.lock_clause(STEADY), tx.lock_clause(" FOR UPDATE OF v"));
    let visit = sql(VISIT).push_bind("WHERE v.id = ", id);
    visit.push(steady).push(lock).optional(tx).await
}
