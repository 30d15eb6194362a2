//! What a list of plans is asked for by.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::action_plans::domain::{PlanKind, PlanState};

/// What a list of plans is narrowed by.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanFilters {
    /// One of the caller's scopes (`GET /me`): `division:330782`, `org:<id>`, `own`; by default the widest.
    #[param(max_length = 64)]
    pub scope: Option<String>,
    /// States.
    #[serde(default)]
    #[param(max_items = 6)]
    pub state: Vec<PlanState>,
    /// The kind.
    #[param(inline)]
    pub kind: Option<PlanKind>,
    /// The organisation that worked it out.
    pub org_id: Option<Uuid>,
    /// Plans for problems of this enterprise, household or community.
    pub object_id: Option<Uuid>,
    /// Plans for this problem, those that it left too.
    pub problem_id: Option<Uuid>,
    /// Abandoned ones too, where no `state` is named.
    pub include_ended: Option<bool>,
    /// Words that the title, need, blockage, pain point, conclusion or measures hold (全文检索): all of them, in any order;
    /// Chinese by every two neighbouring characters. For a reporter: of plans that are approved.
    #[param(min_length = 1, max_length = 100, example = "入学 名额")]
    pub q: Option<String>,
}
