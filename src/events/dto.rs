//! An event on the wire.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::EventRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};

/// The event whose text is what a redaction has left of a text, be it the reporter's to read or not.
const REDACTED: &str = "problem.redacted";

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its id.
    pub id: Uuid,
    /// What it is an event of: in the timeline of a problem `problem`, or `request` for what was asked and decided.
    #[schema(example = "problem")]
    pub about: String,
    /// The id of that.
    pub about_id: Uuid,
    /// Its place among the events of the same thing, from 1 without gaps.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// What happened: `problem.recorded`, `visit.started`, …
    #[schema(example = "problem.recorded")]
    pub r#type: String,
    /// The state before, of a transition.
    #[schema(required)]
    pub from: Option<String>,
    /// The state after.
    #[schema(required)]
    pub to: Option<String>,
    /// Who did it; null for the service itself, a client, and where the caller may not know.
    #[schema(required)]
    pub actor: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub actor_org: Option<OrgRef>,
    /// The leader for whom a secretary did it.
    #[schema(required)]
    pub on_behalf_of: Option<PersonRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Whether the reporter sees it.
    pub public: bool,
    /// What was said; null where nothing was, once it is erased, and to reporters of what was blotted out.
    #[schema(required)]
    pub text: Option<String>,
    /// Codes, ids and numbers that go with the type; empty for reporters.
    #[schema(value_type = Object)]
    pub payload: Value,
}

impl EventView {
    /// As it is sent: inside the administration with names and payload, outside with what the public calls things.
    pub fn of(row: EventRow, inside: bool) -> Self {
        let org_name = if inside {
            row.actor_org_name
        } else {
            row.actor_org_public_name.or(row.actor_org_name)
        };
        Self {
            id: row.id,
            about: row.aggregate_kind,
            about_id: row.aggregate_id,
            seq: row.aggregate_seq,
            r#type: row.r#type.clone(),
            from: row.from_state,
            to: row.to_state,
            actor: PersonRef::from_parts(row.actor_id, row.actor_name).filter(|_| inside),
            actor_org: OrgRef::from_parts(row.actor_org_id, org_name),
            on_behalf_of: PersonRef::from_parts(row.on_behalf_of, row.on_behalf_of_name).filter(|_| inside),
            occurred_at: row.occurred_at,
            public: row.public,
            text: row.text.filter(|_| inside || row.r#type != REDACTED),
            payload: if inside { row.payload } else { serde_json::json!({}) },
        }
    }
}

impl From<EventRow> for EventView {
    fn from(row: EventRow) -> Self {
        Self::of(row, true)
    }
}
