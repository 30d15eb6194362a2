//! What auditors read.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::store::{AuditedEventRow, LoggedRow};
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::events::domain::hex;
use crate::http::Versioned;

/// Which entries.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccessLogFilters {
    /// What this person did.
    pub person_id: Option<Uuid>,
    /// What was done to this (a reporter, a person, a problem, …).
    pub subject_id: Option<Uuid>,
    /// Of this kind: `login`, `login_refused`, `reveal_phone`, `search_phone`, `read_own_data`, …
    #[param(max_length = 60)]
    pub kind: Option<String>,
    /// From this instant, of real time.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub to: Option<Timestamp>,
}

/// An entry of the access log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessLogEntry {
    /// Its id.
    pub id: Uuid,
    /// When, in real time, whatever the demo's clock says.
    pub at: Timestamp,
    /// What was done; grows with the code.
    #[schema(example = "reveal_phone")]
    pub kind: String,
    /// Who did it; null for a client, the bearer of a receipt, and where nobody signed in.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// The client that authenticated.
    #[schema(required)]
    pub client_id: Option<Uuid>,
    /// The leader for whom a secretary did it.
    #[schema(required)]
    pub on_behalf_of: Option<Uuid>,
    /// What it was done to: `reporter`, `person`, `problem`, …
    #[schema(required, example = "reporter")]
    pub subject_kind: Option<String>,
    /// Which one.
    #[schema(required)]
    pub subject_id: Option<Uuid>,
    /// The sender's address.
    #[schema(required, example = "203.0.113.9")]
    pub address: Option<String>,
    /// The request's id.
    #[schema(required)]
    pub request_id: Option<String>,
    /// Codes, ids and numbers that go with the kind.
    #[schema(value_type = Object)]
    pub detail: Value,
}

impl From<LoggedRow> for AccessLogEntry {
    fn from(row: LoggedRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind,
            person: PersonRef::from_parts(row.person_id, row.person_name),
            client_id: row.client_app_id,
            on_behalf_of: row.on_behalf_of,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            address: row.address,
            request_id: row.request_id,
            detail: row.detail,
        }
    }
}

/// Whose events.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditedChain {
    /// The thing whose chain it is: a problem's, visit's, request's, plan's, organisation's, … id.
    pub about_id: Uuid,
}

/// An event as an auditor reads it: without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditedEvent {
    /// Its id.
    pub id: Uuid,
    /// What it is an event of.
    #[schema(example = "problem")]
    pub about: String,
    /// The id of that.
    pub about_id: Uuid,
    /// Its place in the chain, from 1 without gaps.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// What happened.
    #[schema(example = "problem.recorded")]
    pub r#type: String,
    /// The state before, of a transition.
    #[schema(required)]
    pub from: Option<String>,
    /// The state after.
    #[schema(required)]
    pub to: Option<String>,
    /// Who did it; null for the service itself, a client, or a reporter.
    #[schema(required)]
    pub actor: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub actor_org: Option<OrgRef>,
    /// The leader for whom a secretary did it.
    #[schema(required)]
    pub on_behalf_of: Option<Uuid>,
    /// When, in business time.
    pub occurred_at: Timestamp,
    /// Whether the reporter sees it.
    pub public: bool,
    /// Codes, ids and numbers.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// When its text was erased; null where there is none, or it is kept.
    #[schema(required)]
    pub text_erased_at: Option<Timestamp>,
    /// The salted SHA-256 of its text, in hexadecimal; null where there was none.
    #[schema(required)]
    pub text_hash: Option<String>,
    /// The hash of the event before it.
    #[schema(required)]
    pub prev_hash: Option<String>,
    /// Its own hash, which covers all of this and the one before.
    pub hash: String,
}

impl From<AuditedEventRow> for AuditedEvent {
    fn from(row: AuditedEventRow) -> Self {
        Self {
            id: row.id,
            about: row.aggregate_kind,
            about_id: row.aggregate_id,
            seq: row.aggregate_seq,
            r#type: row.r#type,
            from: row.from_state,
            to: row.to_state,
            actor: PersonRef::from_parts(row.actor_id, row.actor_name),
            actor_org: OrgRef::from_parts(row.actor_org_id, row.actor_org_name),
            on_behalf_of: row.on_behalf_of,
            occurred_at: row.occurred_at,
            public: row.public,
            payload: row.payload,
            text_erased_at: row.text_erased_at,
            text_hash: row.reason_hash.as_deref().map(hex),
            prev_hash: row.prev_hash.as_deref().map(hex),
            hash: hex(&row.hash),
        }
    }
}

/// Which chain is to be verified.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "about_id": "019fb0c5-3f8e-7000-8000-0000000000ff" }))]
pub struct VerifyEvents {
    /// The thing whose chain it is.
    pub about_id: Uuid,
}

/// What verifying found.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedChain {
    /// The thing whose chain it is.
    pub about_id: Uuid,
    /// How many events it has.
    #[schema(minimum = 1)]
    pub events: i64,
    /// Whether every hash covers the one before it, and every text that is kept is the one that was said.
    pub whole: bool,
    /// The first place that does not fit; null where the chain is whole.
    #[schema(required)]
    pub broken_at: Option<i64>,
}

impl Versioned for VerifiedChain {}
