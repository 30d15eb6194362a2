//! Campaigns on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::domain::Stage;
use crate::clock::Timestamp;
use crate::directory::refs::TermRef;
use crate::directory::words::Audience;
use crate::http::Versioned;
use crate::http::patch::nullable;

/// What narrows a list of campaigns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignFilters {
    /// Only those under the campaign of this slug.
    #[param(min_length = 1, max_length = 50)]
    pub parent: Option<String>,
    /// Text within the name.
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// Also those that have ended.
    pub include_ended: Option<bool>,
}

/// A campaign to be opened.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "slug": "2020", "name": "“三服务”活动（2020）", "theme": "“八八战略”再深化、改革开放再出发",
    "goals": ["stabilise_enterprises"] }))]
pub struct NewCampaign {
    /// Stands in addresses; never changes.
    #[schema(min_length = 1, max_length = 50, pattern = "^[a-z0-9][a-z0-9-]*$", example = "2020")]
    pub slug: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Its theme (主题主线).
    #[schema(min_length = 1, max_length = 500)]
    pub theme: Option<String>,
    /// The slug of the campaign that it is part of.
    #[schema(min_length = 1, max_length = 50)]
    pub parent: Option<String>,
    /// The codes of its goals (terms of kind `goal`, S-11).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub goals: Vec<String>,
}

/// A group of service objects that a year looks at first (S-77); what is absent is not narrowed.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "audience": "enterprise", "ownership": "private" }))]
pub struct Focus {
    /// Whom.
    pub audience: Audience,
    /// Of which ownership, for enterprises: a word of `Enterprise.ownership`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50, nullable = false)]
    pub ownership: Option<String>,
    /// Of which size, for enterprises: a word of `Enterprise.size`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 50, nullable = false)]
    pub size: Option<String>,
}

/// The document of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "关于开展“三服务”活动的通知", "document_no": "示例〔2019〕1号", "on": "2019-01-02" }))]
pub struct StageDocument {
    /// Its title.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Its number; null: it has none.
    #[schema(min_length = 1, max_length = 100, required)]
    pub document_no: Option<String>,
    /// Its date.
    pub on: NaiveDate,
}

/// A year to be added to a campaign.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "year": 2020, "opens_on": "2020-01-02", "closes_on": "2020-12-31" }))]
pub struct NewCampaignYear {
    /// The calendar year.
    #[schema(minimum = 2000, maximum = 2100, example = 2020)]
    pub year: i64,
    /// Its first day, within the year (Asia/Shanghai).
    pub opens_on: NaiveDate,
    /// Its last day.
    pub closes_on: NaiveDate,
    /// What it looks at first.
    #[serde(default)]
    #[validate(nested)]
    #[schema(max_items = 20)]
    pub focus: Vec<Focus>,
    /// Weights of its evaluation, by metric.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub weights: Map<String, Value>,
    /// The document that deployed it.
    #[validate(nested)]
    pub deployment: Option<StageDocument>,
}

/// A change of a campaign's year (RFC 7396): what is absent stays, null empties. The stage is not changed here.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "closes_on": "2020-12-31" }))]
pub struct CampaignYearPatch {
    /// Its first day, within the year (Asia/Shanghai).
    #[schema(nullable = false)]
    pub opens_on: Option<NaiveDate>,
    /// Its last day.
    #[schema(nullable = false)]
    pub closes_on: Option<NaiveDate>,
    /// What it looks at first; replaces the list.
    #[schema(max_items = 20, nullable = false)]
    pub focus: Option<Vec<Focus>>,
    /// Weights of its evaluation, by metric; replaces them all.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub weights: Option<Map<String, Value>>,
    /// The document that deployed it; replaces the whole.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<StageDocument>)]
    pub deployment: Option<Option<StageDocument>>,
    /// The document of its inspection; replaces the whole.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<StageDocument>)]
    pub inspection: Option<Option<StageDocument>>,
    /// The document of its summary; replaces the whole.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<StageDocument>)]
    pub summary: Option<Option<StageDocument>>,
}

/// A campaign, as others refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignRef {
    /// Its slug.
    #[schema(example = "2019")]
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A campaign in a list (活动).
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignSummary {
    /// Stands in addresses.
    #[schema(example = "2019")]
    pub slug: String,
    /// Its name.
    #[schema(example = "“三服务”活动")]
    pub name: String,
    /// Its theme (主题主线, S-09).
    #[schema(required)]
    pub theme: Option<String>,
    /// The campaign that it is part of.
    #[schema(required)]
    pub parent: Option<CampaignRef>,
    /// Its goals (S-11).
    pub goals: Vec<TermRef>,
    /// Whether its records are invented: demonstration data.
    pub illustrative: bool,
    /// When it ended; null: it has not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// A campaign with its years (活动).
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignView {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: CampaignSummary,
    /// Its years, oldest first.
    pub years: Vec<CampaignYearView>,
}

/// A year of a campaign (年度).
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignYearView {
    /// The campaign.
    pub campaign: CampaignRef,
    /// The calendar year.
    #[schema(example = 2019)]
    pub year: i64,
    /// Where it stands (S-13).
    pub stage: Stage,
    /// Its first day (Asia/Shanghai).
    pub opens_on: NaiveDate,
    /// Its last day.
    pub closes_on: NaiveDate,
    /// What it looks at first.
    pub focus: Vec<Focus>,
    /// Weights of its evaluation, by metric.
    #[schema(value_type = Object)]
    pub weights: Map<String, Value>,
    /// The document that deployed it; null: none yet.
    #[schema(required)]
    pub deployment: Option<StageDocument>,
    /// The document of its inspection; null: none yet.
    #[schema(required)]
    pub inspection: Option<StageDocument>,
    /// The document of its summary; null: none yet.
    #[schema(required)]
    pub summary: Option<StageDocument>,
    /// When it was closed and its figures became final; null: it is open.
    #[schema(required)]
    pub closed_at: Option<Timestamp>,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Versioned for CampaignView {
    /// The campaign's and its years' together: a change of either makes another representation.
    fn version(&self) -> i64 {
        self.campaign.version + self.years.iter().map(|year| year.version).sum::<i64>()
    }
}

impl Versioned for CampaignYearView {
    fn version(&self) -> i64 {
        self.version
    }
}
