//! A timeline as it goes over the wire.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::EventRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};

/// Something that happened (事件).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its id.
    pub id: Uuid,
    /// Place in the history of the resource, from 1 without gaps.
    #[schema(minimum = 1, example = 1)]
    pub seq: i64,
    /// What happened; more kinds may come.
    #[schema(example = "visit.started")]
    pub r#type: String,
    /// The state before, of a transition.
    #[schema(required, example = "planned")]
    pub from_state: Option<String>,
    /// The state after, of a transition.
    #[schema(required, example = "in_progress")]
    pub to_state: Option<String>,
    /// Who did it; null: the service itself, a client, or a reporter by link.
    #[schema(required)]
    pub actor: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub actor_org: Option<OrgRef>,
    /// The leader for whom a secretary acted.
    #[schema(required)]
    pub on_behalf_of: Option<PersonRef>,
    /// When.
    pub occurred_at: Timestamp,
    /// Whether the reporter sees it.
    pub public: bool,
    /// What free text went with it; null where there was none, or it was erased.
    #[schema(required)]
    pub text: Option<String>,
    /// Codes, ids and numbers.
    #[schema(value_type = Object)]
    pub payload: Value,
}

impl From<EventRow> for EventView {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            seq: row.aggregate_seq,
            r#type: row.r#type,
            from_state: row.from_state,
            to_state: row.to_state,
            actor: PersonRef::from_parts(row.actor_id, row.actor_name),
            actor_org: OrgRef::from_parts(row.actor_org_id, row.actor_org_name),
            on_behalf_of: PersonRef::from_parts(row.on_behalf_of, row.on_behalf_of_name),
            occurred_at: row.occurred_at,
            public: row.public,
            text: row.text,
            payload: row.payload,
        }
    }
}
