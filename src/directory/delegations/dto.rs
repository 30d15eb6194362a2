//! Delegations on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::PersonRef;
use crate::http::Versioned;

/// A delegation to be given by the person in the path.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "to_person_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0",
    "actions": ["create_visit", "dispose_problem"], "valid_to": "2019-12-31T16:00:00Z" }))]
pub struct NewDelegation {
    /// Who acts, such as the secretary.
    pub to_person_id: Uuid,
    /// The `operationId`s that are delegated: operations that the person himself may carry out, never rating, look-back
    /// or deciding.
    #[schema(min_items = 1, max_items = 50)]
    pub actions: Vec<String>,
    /// From when; without it from now.
    pub valid_from: Option<Timestamp>,
    /// Until when, exclusive; at most a year.
    pub valid_to: Timestamp,
}

/// A delegation (授权代办).
#[derive(Debug, Serialize, ToSchema)]
pub struct DelegationView {
    /// Its id.
    pub id: Uuid,
    /// For whom is acted.
    pub from: PersonRef,
    /// Who acts.
    pub to: PersonRef,
    /// The `operationId`s that are delegated.
    pub actions: Vec<String>,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when, exclusive.
    pub valid_to: Timestamp,
    /// When it was ended; null: it is not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it was ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Versioned for DelegationView {
    fn version(&self) -> i64 {
        self.version
    }
}
