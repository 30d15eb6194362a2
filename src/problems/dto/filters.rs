//! What a list of problems is asked for by.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::directory::words::Audience;
use crate::problems::domain::{Disposition, State, Urgency};

/// What a list of problems is filtered and sorted by.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProblemFilters {
    /// One of the caller's scopes (`GET /me`): `division:330782`, `org:<id>`, `own`; by default the widest.
    #[param(max_length = 64)]
    pub scope: Option<String>,
    /// The order; `-urgency,due_at` by default. Missing due times come last.
    #[param(inline)]
    pub sort: Option<ProblemSort>,
    /// States.
    #[serde(default)]
    #[param(max_items = 20)]
    pub state: Vec<State>,
    /// Dispositions.
    #[serde(default)]
    #[param(max_items = 3)]
    pub disposition: Vec<Disposition>,
    /// Those without a disposition, or those with one.
    pub undisposed: Option<bool>,
    /// Whom they concern.
    #[serde(default)]
    #[param(max_items = 3)]
    pub audience: Vec<Audience>,
    /// Codes of categories.
    #[serde(default)]
    #[param(max_items = 50)]
    pub category: Vec<String>,
    /// Urgencies.
    #[serde(default)]
    #[param(max_items = 3)]
    pub urgency: Vec<Urgency>,
    /// Slug of a campaign.
    #[param(max_length = 64)]
    pub campaign: Option<String>,
    /// Code of a division: its whole subtree.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// A visit.
    pub visit_id: Option<Uuid>,
    /// A service object.
    pub object_id: Option<Uuid>,
    /// The organisation that leads.
    pub lead_org_id: Option<Uuid>,
    /// Recorded at or after.
    pub recorded_from: Option<Timestamp>,
    /// Recorded before.
    pub recorded_to: Option<Timestamp>,
    /// A goal's code.
    #[param(max_length = 32)]
    pub goal: Option<String>,
    /// A cause's code.
    #[param(max_length = 32)]
    pub cause: Option<String>,
}

crate::text_enum! {
    /// The orders in which problems are listed.
    pub enum ProblemSort {
        UrgencyDue = "-urgency,due_at" / "紧急优先，其次到期时间" / "most urgent first, then by due time",
        RecordedDesc = "-recorded_at" / "最近记录在前" / "latest recorded first",
        Due = "due_at" / "到期时间" / "by due time",
        UpdatedDesc = "-updated_at" / "最近更新在前" / "latest changed first",
    }
}
