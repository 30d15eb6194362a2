//! Service objects as they are shown and listed.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::http::Versioned;
use crate::service_objects::domain::{Community, Enterprise, Household};
use crate::service_objects::words::{ObjectType, Ownership};
use crate::text_enum;

text_enum! {
    /// The orders in which service objects are listed.
    pub enum ObjectSort {
        Name = "name" / "按名称" / "by name",
        Updated = "-updated_at" / "最近更改的在前" / "last changed first",
    }
}

/// Which service objects a list shows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObjectFilters {
    /// Which of the caller's divisions the list runs in, `division:330782`; the widest where it is left out.
    #[param(max_length = 60)]
    pub scope: Option<String>,
    /// The order: `name` (default) or `-updated_at`.
    #[param(inline)]
    pub sort: Option<ObjectSort>,
    /// Of these types.
    #[serde(rename = "type", default)]
    #[param(rename = "type")]
    pub kind: Vec<ObjectType>,
    /// In the subtree of the division with this code.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// Part of the name (or of a household's alias), or the beginning of a credit code, 1 to 100 characters.
    #[param(min_length = 1, max_length = 100)]
    pub q: Option<String>,
    /// Enterprises of this section of GB/T 4754-2017.
    #[param(pattern = "^[A-T]$")]
    pub industry_section: Option<String>,
    /// Enterprises of these owners.
    #[serde(default)]
    pub ownership: Vec<Ownership>,
    /// At least so hard off, 0 to 3.
    #[param(minimum = 0, maximum = 3)]
    pub hardship_min: Option<i64>,
    /// Show those that have ended too.
    pub include_ended: Option<bool>,
}

/// A service object.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceObjectView {
    /// Its id.
    pub id: Uuid,
    /// What it is; the part of that name is not null.
    #[serde(rename = "type")]
    pub kind: ObjectType,
    /// Its name.
    pub name: String,
    /// The division in which it lies.
    pub division: DivisionRef,
    /// Address in words.
    #[schema(required)]
    pub address: Option<String>,
    /// Degrees north, WGS-84.
    #[schema(required)]
    pub latitude: Option<f64>,
    /// Degrees east, WGS-84.
    #[schema(required)]
    pub longitude: Option<f64>,
    /// How hard it has it: 0 none to 3 severe.
    #[schema(minimum = 0, maximum = 3)]
    pub hardship: i64,
    /// Planned interval between contacts, calendar days.
    #[schema(required)]
    pub contact_cadence_days: Option<i64>,
    /// End of the last completed visit; null: never visited.
    #[schema(required)]
    pub last_visit_at: Option<Timestamp>,
    /// Who looks after it.
    #[schema(required)]
    pub owner_org: Option<OrgRef>,
    /// Of an enterprise.
    #[schema(required)]
    pub enterprise: Option<Enterprise>,
    /// Of a household.
    #[schema(required)]
    pub household: Option<Household>,
    /// Of a community.
    #[schema(required)]
    pub community: Option<Community>,
    /// What clients call it, by client and system.
    pub external_ids: Vec<ExternalIdView>,
    /// When it ended; null: it has not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// When the name and address of a household were erased, with the last that was kept about it; null: they were not.
    #[schema(required)]
    pub erased_at: Option<Timestamp>,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a client's system calls an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ExternalIdView {
    /// The client.
    #[schema(example = "integrator")]
    pub client_id: String,
    /// Its name for its system or table.
    pub system: String,
    /// The key there.
    pub value: String,
}

impl Versioned for ServiceObjectView {
    fn version(&self) -> i64 {
        self.version
    }
}
