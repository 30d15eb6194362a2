//! An analysis on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::domain::{Dimension, Horizon, Nature};
use super::store::AnalysisRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef, TermColumn, TermRef};
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::http::{Locale, Versioned};

/// An analysis to be signed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = each_dimension_once))]
#[schema(example = json!({
    "horizon": "long", "nature": "institutional", "causes": ["schooling", "credential_recognition"],
    "findings": "随迁子女入学名额按户籍分配，引进人才两年内无法落户。", "key_factor": "高端人才留不住，研发项目停摆。"
}))]
pub struct NewAnalysis {
    /// Long- or short-term.
    pub horizon: Horizon,
    /// Institutional or operational. `institutional` lengthens the clock to 30 working days, once a cycle.
    pub nature: Nature,
    /// Codes of terms of kind `cause`.
    #[schema(min_items = 1, max_items = 10)]
    pub causes: Vec<String>,
    /// What was found.
    #[schema(min_length = 1, max_length = 8000)]
    pub findings: String,
    /// Of an enterprise's problem, and required there: what keeps it from growing.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub key_factor: Option<String>,
    /// Of a problem of the masses, and required there: which senses it holds back.
    #[serde(default)]
    #[schema(max_items = 3)]
    pub dimensions: Vec<Dimension>,
    /// Of a problem of the grassroots, and required there: what is lacking.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub shortfall: Option<String>,
    /// Why the analysis before is corrected; required where there is one.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    pub correction_reason: Option<String>,
}

fn each_dimension_once(new: &NewAnalysis) -> Result<(), ValidationError> {
    let mut dimensions = new.dimensions.clone();
    dimensions.sort_unstable();
    dimensions.dedup();
    if dimensions.len() < new.dimensions.len() {
        return Err(fault(FaultCode::Repeated, "/dimensions"));
    }
    Ok(())
}

/// An analysis.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnalysisView {
    /// Its id.
    pub id: Uuid,
    /// Its number among the problem's analyses, from 1: what a correction names in `If-Match`.
    #[schema(minimum = 1)]
    pub number: i64,
    /// Whether it is the current one.
    pub current: bool,
    /// In which round of handling it was signed.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Long- or short-term.
    pub horizon: Horizon,
    /// Institutional or operational.
    pub nature: Nature,
    /// Why the problem arose.
    pub causes: Vec<TermRef>,
    /// What was found.
    pub findings: String,
    /// What keeps the enterprise from growing.
    #[schema(required)]
    pub key_factor: Option<String>,
    /// Which senses of the masses it holds back.
    pub dimensions: Vec<Dimension>,
    /// What the grassroots lack.
    #[schema(required)]
    pub shortfall: Option<String>,
    /// Who signed.
    pub signed_by: PersonRef,
    /// For which organisation.
    #[schema(required)]
    pub signed_org: Option<OrgRef>,
    /// When.
    pub signed_at: Timestamp,
    /// Why the one before was corrected.
    #[schema(required)]
    pub correction_reason: Option<String>,
    /// When it was corrected; null: it is the current one.
    #[schema(required)]
    pub replaced_at: Option<Timestamp>,
}

impl Versioned for AnalysisView {
    fn version(&self) -> i64 {
        self.number
    }
}

impl AnalysisView {
    /// As it is sent.
    pub fn of(row: AnalysisRow, locale: Locale) -> Self {
        Self {
            id: row.id,
            number: row.number,
            current: row.replaced_at.is_none(),
            cycle_no: row.cycle_no,
            horizon: row.horizon,
            nature: row.nature,
            causes: TermColumn::all(row.causes.as_ref(), locale),
            findings: row.findings,
            key_factor: row.key_factor,
            dimensions: row.dimensions.0,
            shortfall: row.shortfall,
            signed_by: PersonRef {
                id: row.signed_by,
                name: row.signed_by_name,
            },
            signed_org: OrgRef::from_parts(row.signed_org_id, row.signed_org_name),
            signed_at: row.signed_at,
            correction_reason: row.correction_reason,
            replaced_at: row.replaced_at,
        }
    }
}
