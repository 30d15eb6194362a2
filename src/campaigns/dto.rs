//! Campaigns on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::store::{CampaignDetail, YearColumn};
use crate::error::FaultCode;
use crate::http::Versioned;
use crate::http::body::fault;
use crate::text_enum;

text_enum! {
    /// Where a year stands: deployment at its beginning, inspection in its middle, summary at its end (S-13).
    pub enum Stage {
        Deployment = "deployment" / "部署" / "deployment",
        Inspection = "inspection" / "督查" / "inspection",
        Summary = "summary" / "总结" / "summary",
    }
}

/// A campaign to be added.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "slug": "2020", "name": "“三服务”活动", "theme": "“八八战略”再深化、改革开放再出发", "goals": ["stabilise_enterprises"]
}))]
pub struct NewCampaign {
    /// What stands in addresses; never changed.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9-]*$")]
    pub slug: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its theme (主题主线).
    #[serde(default)]
    #[schema(max_length = 200)]
    pub theme: Option<String>,
    /// Slug of the campaign that it is a part of.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub parent: Option<String>,
    /// Codes of goals.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub goals: Vec<String>,
}

/// A year to be added to a campaign.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "period_is_in_order"))]
#[schema(example = json!({ "year": 2020, "opens_on": "2020-01-02", "closes_on": "2020-12-31" }))]
pub struct NewCampaignYear {
    /// The calendar year.
    #[schema(minimum = 2004, maximum = 2100)]
    pub year: i64,
    /// Its first day.
    pub opens_on: NaiveDate,
    /// Its last day.
    pub closes_on: NaiveDate,
}

fn period_is_in_order(body: &NewCampaignYear) -> Result<(), validator::ValidationError> {
    if body.opens_on > body.closes_on {
        Err(fault(FaultCode::NotWithin, "/closes_on"))
    } else {
        Ok(())
    }
}

/// What of a year may be changed: a merge patch.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "stage": "inspection", "inspection": { "title": "年中督查", "on": "2019-07-01" } }))]
pub struct UpdateCampaignYear {
    /// Where it stands.
    #[serde(default)]
    #[schema(nullable = false)]
    pub stage: Option<Stage>,
    /// Its last day.
    #[serde(default)]
    #[schema(nullable = false)]
    pub closes_on: Option<NaiveDate>,
    /// The deployment's document.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    pub deployment: Option<Option<StageDocument>>,
    /// The inspection's document.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    pub inspection: Option<Option<StageDocument>>,
    /// The summary's document.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    pub summary: Option<Option<StageDocument>>,
}

/// A stage's document.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageDocument {
    /// Its title.
    #[schema(required, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// Its number (文号).
    #[serde(default)]
    #[schema(max_length = 100)]
    pub document_no: Option<String>,
    /// Its date.
    #[serde(default)]
    pub on: Option<NaiveDate>,
}

/// A campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignView {
    /// Its id.
    pub id: Uuid,
    /// What stands in addresses.
    #[schema(example = "2019")]
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its theme.
    #[schema(required)]
    pub theme: Option<String>,
    /// The campaign that it is a part of.
    #[schema(required)]
    pub parent: Option<CampaignRef>,
    /// Codes of goals.
    #[schema(value_type = Vec<String>)]
    pub goals: Value,
    /// Whether its data is made up to show how things look.
    pub illustrative: bool,
    /// Its years, the latest first.
    pub years: Vec<CampaignYearView>,
    /// Grows with every change.
    pub version: i64,
}

/// A campaign as others refer to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignRef {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A year of a campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignYearView {
    /// Its id.
    pub id: Uuid,
    /// The calendar year.
    pub year: i64,
    /// Where it stands.
    pub stage: Stage,
    /// Its first day.
    pub opens_on: NaiveDate,
    /// Its last day.
    pub closes_on: NaiveDate,
    /// Whether it is closed, so that its figures are final.
    pub closed: bool,
    /// The deployment's document.
    #[schema(required)]
    pub deployment: Option<StageDocument>,
    /// The inspection's document.
    #[schema(required)]
    pub inspection: Option<StageDocument>,
    /// The summary's document.
    #[schema(required)]
    pub summary: Option<StageDocument>,
    /// Grows with every change.
    pub version: i64,
}

impl Versioned for CampaignView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for CampaignYearView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<YearColumn> for CampaignYearView {
    fn from(row: YearColumn) -> Self {
        let document = |title: Option<String>, document_no, on| {
            title.is_some().then_some(StageDocument { title, document_no, on })
        };
        Self {
            id: row.id,
            year: row.year,
            stage: row.stage,
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            closed: row.closed,
            deployment: document(row.deployment_title, row.deployment_document_no, row.deployment_on),
            inspection: document(row.inspection_title, row.inspection_document_no, row.inspection_on),
            summary: document(row.summary_title, row.summary_document_no, row.summary_on),
            version: row.version,
        }
    }
}

impl CampaignView {
    /// As it is sent.
    pub fn of(row: CampaignDetail, years: Vec<YearColumn>) -> Self {
        let parent = row
            .parent_slug
            .zip(row.parent_name)
            .map(|(slug, name)| CampaignRef { slug, name });
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            theme: row.theme,
            parent,
            goals: row.goals,
            illustrative: row.illustrative,
            years: years.into_iter().map(CampaignYearView::from).collect(),
            version: row.version,
        }
    }
}

/// Which campaigns.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignFilters {
    /// Those that are open on this day.
    pub open_on: Option<NaiveDate>,
}
