//! What a list of problems is asked for by.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::directory::words::{Audience, Level};
use crate::problems::domain::{Disposition, State, Urgency};
use crate::problems::store::late::Late;

/// What a list of problems is filtered and sorted by.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProblemFilters {
    /// One of the caller's scopes (`GET /me`): `division:330782`, `org:<id>`, `own`; by default the widest.
    #[param(max_length = 64)]
    pub scope: Option<String>,
    /// The order; by default `-urgency,due_at`, and along what is asked for with `overdue`, `breached` or `stalled`.
    /// Missing due times come last.
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
    /// Levels that received them: of a typical problem that of the organisation that studies it, of another that of the
    /// one that leads it, or, before there is one, that of its division (S-08).
    #[serde(default)]
    #[param(max_items = 5)]
    pub level: Vec<Level>,
    /// The theme in which they stand.
    pub theme_id: Option<Uuid>,
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
    /// Those that are being handled and past their due time, or the others. Ordered by `due_at` unless told otherwise.
    pub overdue: Option<bool>,
    /// Those that are being handled and past one of their times. Ordered by that time unless told otherwise.
    #[param(inline)]
    pub breached: Option<Breach>,
    /// Those that are being handled and that no step, plan or transition has moved for 10 working days, or the others
    /// (S-34). Ordered by `last_progress_at` unless told otherwise.
    pub stalled: Option<bool>,
    /// A goal's code.
    #[param(max_length = 32)]
    pub goal: Option<String>,
    /// A cause's code.
    #[param(max_length = 32)]
    pub cause: Option<String>,
    /// Words that the number, summary, statement, supplements or place hold (全文检索): all of them, in any order; Chinese
    /// by every two neighbouring characters.
    #[param(min_length = 1, max_length = 100, example = "人才 入学")]
    pub q: Option<String>,
}

crate::text_enum! {
    /// The orders in which problems are listed.
    pub enum ProblemSort {
        UrgencyDue = "-urgency,due_at" / "紧急优先，其次到期时间" / "most urgent first, then by due time",
        RecordedDesc = "-recorded_at" / "最近记录在前" / "latest recorded first",
        Due = "due_at" / "到期时间" / "by due time",
        UpdatedDesc = "-updated_at" / "最近更新在前" / "latest changed first",
        /// Lists only what is being handled and had no first response yet.
        ResponseDue = "first_response_due" / "办理中尚未首次回应的，按其时限" / "what is being handled without a first response, by when it is due",
        /// Lists what is being handled only.
        Progress = "last_progress_at" / "办理中的，最久无进展在前" / "what is being handled, longest without progress first",
    }
}

crate::text_enum! {
    /// A time that was not kept.
    pub enum Breach {
        FirstResponse = "first_response" / "首次回应" / "first response",
        Resolution = "resolution" / "办结" / "resolution",
    }
}

impl ProblemFilters {
    /// The order that is asked for, or the one that goes with the filters.
    pub fn order(&self) -> ProblemSort {
        let along = || Late::asked(self).first().map(|late| late.order());
        self.sort.or_else(along).unwrap_or(ProblemSort::UrgencyDue)
    }
}
