//! What is said of a problem: recorded, disposed of, corrected, added to.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use crate::clock::Timestamp;
use crate::directory::words::Audience;
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::problems::domain::{Channel, Disposition, Matter, OnSiteKind, Urgency};
use crate::reporters::dto::NewReporter;

/// A problem to be recorded (S-42: one problem, one record).
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "has_a_place"))]
#[schema(example = json!({
    "audience": "enterprise", "category": "E01", "causes": ["schooling"], "division": "330782",
    "statement": "去年引进的两位博士，孩子上学一直落实不了，今年都在考虑离开。", "summary": "人才子女入学",
    "reporter": { "kind": "enterprise", "display_name": "浙江示例纺织有限公司", "phone": "13900000001", "anonymity": "named" }
}))]
pub struct NewProblem {
    /// An id that the client makes, so that a recording sent again after a lost connection is not made twice.
    #[serde(default)]
    pub client_ref: Option<Uuid>,
    /// The visit in which it was heard.
    #[serde(default)]
    pub visit_id: Option<Uuid>,
    /// The campaign's slug; by default the visit's, else the open one.
    #[serde(default)]
    #[schema(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// By which way it came; by default `visit` in a visit and `portal` outside.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// Whom it concerns.
    pub audience: Audience,
    /// Code of a category of that audience.
    #[schema(min_length = 1, max_length = 32, example = "E01")]
    pub category: String,
    /// Codes of causes, apart from the category (S-53).
    #[serde(default)]
    #[schema(max_items = 10)]
    pub causes: Vec<String>,
    /// The reporter's own words; never changed afterwards (S-39).
    #[schema(min_length = 1, max_length = 4000)]
    pub statement: String,
    /// The recorder's summary.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub summary: Option<String>,
    /// The enterprise, household or community that it is about.
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// Code of the division that it is about; by default the object's, else the visit's.
    #[serde(default)]
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// The place in words.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub place: Option<String>,
    /// How pressing it is; `normal` by default.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// How difficult the matter is; `complex` by default.
    #[serde(default)]
    pub matter: Option<Matter>,
    /// Codes of goals.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub goals: Vec<String>,
    /// When it was observed, where that was before it is recorded.
    #[serde(default)]
    pub observed_at: Option<Timestamp>,
    /// Who raised it. A reporter who records with his own account needs none.
    #[serde(default)]
    #[validate(nested)]
    pub reporter: Option<NewReporter>,
    /// Its disposition, where it is known already.
    #[serde(default)]
    #[validate(nested)]
    pub disposition: Option<Dispose>,
}

fn has_a_place(body: &NewProblem) -> Result<(), validator::ValidationError> {
    if body.object_id.is_none() && body.division.is_none() && body.visit_id.is_none() {
        return Err(fault(FaultCode::NotEmptyTogether, "/division"));
    }
    Ok(())
}

/// How a problem is disposed of, with all that the class must carry.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "disposition": "follow_up", "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000001", "due_on": "2019-01-21"
}))]
pub struct Dispose {
    /// Which of the three classes.
    pub disposition: Disposition,
    /// `resolved_on_site`: answered or coordinated.
    #[serde(default)]
    pub on_site_kind: Option<OnSiteKind>,
    /// `resolved_on_site`: the answer, or what was coordinated.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub text: Option<String>,
    /// `resolved_on_site`: the policy that the answer rests on.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub policy_ref: Option<String>,
    /// `resolved_on_site`: when; now by default. Within the visit or the day after it (S-06).
    #[serde(default)]
    pub resolved_at: Option<Timestamp>,
    /// `resolved_on_site`: the organisations that were present and what each agreed; two or more where coordinated
    /// (S-41). `follow_up`: the organisations proposed as supporting, and their part.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub organisations: Vec<DisposeOrg>,
    /// `follow_up`: the organisation that is to lead (S-07).
    #[serde(default)]
    pub lead_org_id: Option<Uuid>,
    /// `typical`: the organisation that is to study it (S-08).
    #[serde(default)]
    pub study_org_id: Option<Uuid>,
    /// `follow_up` and `typical`: the day by whose close of business it is due (Asia/Shanghai); never later than the
    /// rule for the matter allows.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// `follow_up`: assign it to the lead at once instead of proposing it; for the visit's leader and dispatchers.
    #[serde(default)]
    pub assign: bool,
}

/// An organisation's part in a disposition.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisposeOrg {
    /// Which organisation.
    pub org_id: Uuid,
    /// What it agreed to, or its part.
    #[schema(min_length = 1, max_length = 500)]
    pub agreed: String,
}

impl Validate for Dispose {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let class = self.disposition;
        let on_site = class == Disposition::ResolvedOnSite;
        let mut errors = ValidationErrors::new();
        let mut demand = |there: bool, wanted: bool, forbidden: bool, field: &'static str| {
            match () {
                () if wanted && !there => {
                    errors.add(field, validator::ValidationError::new(FaultCode::Required.as_str()));
                }
                () if forbidden && there => {
                    errors.add(field, validator::ValidationError::new(FaultCode::Conflict.as_str()));
                }
                () => {}
            };
        };
        demand(self.on_site_kind.is_some(), on_site, !on_site, "on_site_kind");
        demand(self.text.is_some(), on_site, !on_site, "text");
        demand(self.policy_ref.is_some(), false, !on_site, "policy_ref");
        demand(self.resolved_at.is_some(), false, !on_site, "resolved_at");
        demand(
            self.lead_org_id.is_some(),
            class == Disposition::FollowUp,
            class != Disposition::FollowUp,
            "lead_org_id",
        );
        demand(
            self.study_org_id.is_some(),
            class == Disposition::Typical,
            class != Disposition::Typical,
            "study_org_id",
        );
        demand(self.due_on.is_some(), !on_site, on_site, "due_on");
        demand(self.assign, false, class != Disposition::FollowUp, "assign");
        demand(
            !self.organisations.is_empty(),
            false,
            class == Disposition::Typical,
            "organisations",
        );
        let mut orgs: Vec<Uuid> = self.organisations.iter().map(|org| org.org_id).collect();
        orgs.sort_unstable();
        orgs.dedup();
        if self.on_site_kind == Some(OnSiteKind::Coordinated) && orgs.len() < 2 {
            errors.add(
                "organisations",
                validator::ValidationError::new(FaultCode::NeedsTwo.as_str()),
            );
        } else if orgs.len() < self.organisations.len() {
            errors.add(
                "organisations",
                validator::ValidationError::new(FaultCode::Repeated.as_str()),
            );
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// What of a problem may be corrected. A merge patch (RFC 7396): absent leaves, null empties.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "summary": "高层次人才子女入学" }))]
pub struct UpdateProblem {
    /// Never: the reporter's own words stay as they are (409 `immutable`, S-39). Add a supplement instead.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub statement: Option<String>,
    /// The recorder's summary.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    #[schema(max_length = 500)]
    pub summary: Option<Option<String>>,
    /// Code of a category of the problem's audience.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32)]
    pub category: Option<String>,
    /// The place in words.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    #[schema(max_length = 200)]
    pub place: Option<Option<String>>,
    /// Codes of causes; the whole set.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub causes: Option<Vec<String>>,
    /// Codes of goals; the whole set.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub goals: Option<Vec<String>>,
}

/// An addition to the reporter's own words.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "补充：两个孩子分别上小学三年级和幼儿园大班。" }))]
pub struct NewSupplement {
    /// The words.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    /// Whether the reporter had to come and bring it in person: a trip of his (S-60).
    #[serde(default)]
    pub in_person: bool,
}
