//! What a list of visits may be narrowed to.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::directory::words::LeadingBody;
use crate::text_enum;
use crate::visits::domain::{Origin, VisitState};

text_enum! {
    /// The order of a list of visits.
    pub enum VisitSort {
        Latest = "-planned_at" / "按时间倒序" / "latest first",
        Earliest = "planned_at" / "按时间顺序" / "earliest first",
    }
}

/// The filters of a list of visits.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VisitFilters {
    /// One of the caller's scopes: `division:<code>`, `org:<id>` or `own`; absent: the widest.
    #[param(max_length = 64)]
    pub scope: Option<String>,
    /// The order; absent: latest first.
    #[param(inline)]
    pub sort: Option<VisitSort>,
    /// The states; repeatable.
    pub state: Option<Vec<VisitState>>,
    /// Planned on this day (Asia/Shanghai) or later.
    pub from: Option<NaiveDate>,
    /// Planned before this day (Asia/Shanghai).
    pub to: Option<NaiveDate>,
    /// Slug of the campaign.
    #[param(max_length = 64)]
    pub campaign: Option<String>,
    /// Code of the form (S-04).
    #[param(max_length = 64)]
    pub mode: Option<String>,
    /// Who wanted it.
    pub origin: Option<Origin>,
    /// Code of the kind of place.
    #[param(max_length = 64)]
    pub place_kind: Option<String>,
    /// Code of a division: its whole subtree.
    #[param(max_length = 12)]
    pub division: Option<String>,
    /// Id of the person who leads.
    pub leader: Option<Uuid>,
    /// The leader's body.
    pub leading_body: Option<LeadingBody>,
    /// Id of a service object that is visited.
    pub object: Option<Uuid>,
    /// Id of a person who goes or went in person: the visits that count for him (S-65).
    pub attended_by: Option<Uuid>,
    /// Words that what was seen or heard, or the place, holds (全文检索): all of them, in any order; Chinese by every two
    /// neighbouring characters.
    #[param(min_length = 1, max_length = 100, example = "用工 短缺")]
    pub q: Option<String>,
}

impl VisitFilters {
    /// Whether anything narrows the list besides scope, order, state and time, along which an index leads.
    pub fn narrows(&self) -> bool {
        self.campaign.is_some()
            || self.mode.is_some()
            || self.origin.is_some()
            || self.place_kind.is_some()
            || self.division.is_some()
            || self.leader.is_some()
            || self.leading_body.is_some()
            || self.object.is_some()
            || self.attended_by.is_some()
    }
}
