//! Reporters on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use super::domain::{Anonymity, PreferredChannel, Reader, Reporter, ReporterKind, may_know};
use super::store::{FOUND_AT_MOST, FoundRow};
use crate::clock::Timestamp;
use crate::error::FaultCode;
use crate::error::{ApiError, ApiResult};
use crate::http::body::fault;
use crate::privacy::normalise_phone;
use crate::problems::domain::State;
use crate::service_objects::dto::ExternalName;

/// A reporter as it comes with a recording, in the field `reporter`. The recording's type bears `#[validate(nested)]`
/// on it, so that faults point into it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "person", "display_name": "王女士", "phone": "138 0000 1234", "preferred_channel": "phone",
    "anonymity": "named",
}))]
pub struct NewReporter {
    /// Who raises it.
    pub kind: ReporterKind,
    /// What to call the reporter, 1 to 100 characters: required unless `anonymity` is `unknown`, refused then.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub display_name: Option<String>,
    /// A telephone number, 5 to 20 digits, spaces and hyphens allowed. Stored encrypted, shown masked; refused where
    /// `anonymity` is `unknown`.
    #[schema(min_length = 1, max_length = 40)]
    pub phone: Option<String>,
    /// How the reporter wants to be reached; null: not asked.
    pub preferred_channel: Option<PreferredChannel>,
    /// The reporter's account, where there is one. Refused where `anonymity` is `unknown`.
    pub person_id: Option<Uuid>,
    /// The enterprise or household that the reporter speaks for. Refused where `anonymity` is `unknown`.
    pub object_id: Option<Uuid>,
    /// How far the reporter lets itself be known.
    pub anonymity: Anonymity,
    /// What the calling client calls the reporter, by which it may act for him later (scope `reporters:act`). The same
    /// name again means the same reporter, with what is said of him now; once masked he stays so. Refused from callers
    /// that are no clients, and where `anonymity` is `unknown`.
    pub external_id: Option<ExternalName>,
}

/// Every fault at once, which `validator`'s derive (one error a schema function) cannot say.
impl Validate for NewReporter {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        let mut refuse = |code, pointer: &'static str| add(&mut errors, fault(code, pointer));
        if self.anonymity == Anonymity::Unknown {
            let known = [
                (self.display_name.is_some(), "/display_name"),
                (self.phone.is_some(), "/phone"),
                (self.person_id.is_some(), "/person_id"),
                (self.object_id.is_some(), "/object_id"),
                (self.external_id.is_some(), "/external_id"),
            ];
            for (_, pointer) in known.iter().filter(|(is_known, _)| *is_known) {
                refuse(FaultCode::Conflict, pointer);
            }
        } else if self.display_name.is_none() {
            refuse(FaultCode::Required, "/display_name");
        }
        if self
            .phone
            .as_deref()
            .is_some_and(|phone| normalise_phone(phone).is_err())
        {
            refuse(FaultCode::Phone, "/phone");
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

fn add(errors: &mut ValidationErrors, error: ValidationError) {
    errors.add("__all__", error);
}

/// A reporter as the reader of its problem may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReporterView {
    /// Its id.
    pub id: Uuid,
    /// Who raised it.
    pub kind: ReporterKind,
    /// What to call the reporter; null where the caller may not know, nobody knows, or it was erased.
    #[schema(required)]
    pub display_name: Option<String>,
    /// The telephone number with its middle hidden; null likewise, or where there is none.
    #[schema(required, example = "138****1234")]
    pub phone_masked: Option<String>,
    /// How the reporter wants to be reached; null likewise, or where it was not asked.
    #[schema(required)]
    pub preferred_channel: Option<PreferredChannel>,
    /// How far the reporter lets itself be known.
    pub anonymity: Anonymity,
}

impl ReporterView {
    /// The reporter as somebody in this capacity may see it.
    pub fn for_reader(reporter: Reporter, reader: Reader) -> Self {
        let known = may_know(reporter.anonymity, reader);
        Self {
            id: reporter.id,
            kind: reporter.kind,
            display_name: reporter.display_name.filter(|_| known),
            phone_masked: reporter.phone_masked.filter(|_| known),
            preferred_channel: reporter.preferred_channel.filter(|_| known),
            anonymity: reporter.anonymity,
        }
    }
}

/// A telephone number in clear.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearPhone {
    /// Digits alone for a number of the mainland, `+` and the country code for any other; null: none is known.
    #[schema(required, example = "13800001234")]
    pub phone: Option<String>,
}

/// A telephone number to find reporters by.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "phone": "138 0000 1234" }))]
pub struct PhoneSearch {
    /// A whole telephone number, 5 to 20 digits, spaces and hyphens allowed.
    #[schema(min_length = 1, max_length = 40)]
    pub phone: String,
}

impl PhoneSearch {
    /// The number in its one written form.
    ///
    /// # Errors
    /// 422 `phone` at `/phone`.
    pub fn normalised(&self) -> ApiResult<String> {
        normalise_phone(&self.phone).map_err(|_| ApiError::invalid_at("/phone", FaultCode::Phone))
    }
}

/// Reporters with a telephone number.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundReporters {
    /// Each once, with problems in the caller's scope: whose newest problem is the newest stands first.
    pub items: Vec<FoundReporter>,
    /// Whether there are more than 200 problems: then the older ones are left out.
    pub more: bool,
}

/// A reporter who was found by his number.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundReporter {
    /// Who it is; the number stays masked.
    pub reporter: ReporterView,
    /// The problems in the caller's scope that he raised or follows, newest first.
    pub problems: Vec<FoundProblem>,
}

/// A problem of a reporter who was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundProblem {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// Where it stands.
    pub state: State,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl FoundReporters {
    /// As it is sent to who may know them all.
    pub fn of(mut rows: Vec<FoundRow>) -> Self {
        let more = rows.len() > FOUND_AT_MOST;
        rows.truncate(FOUND_AT_MOST);
        let mut items: Vec<FoundReporter> = Vec::new();
        for (reporter, problem) in rows.into_iter().map(FoundRow::split) {
            match items.iter_mut().find(|item| item.reporter.id == reporter.id) {
                Some(item) => item.problems.push(problem),
                None => items.push(FoundReporter {
                    reporter: ReporterView::for_reader(reporter, Reader::CallsBack),
                    problems: vec![problem],
                }),
            }
        }
        Self { items, more }
    }
}
