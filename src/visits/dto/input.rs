//! The bodies. Their limits stand in the schema; what fields say to one another is checked here.

use std::collections::HashSet;

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

use crate::clock::Timestamp;
use crate::directory::words::LeadingBody;
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::http::patch::nullable;
use crate::visits::domain::{Member, Origin, Times};

/// A visit to be planned, or one that was held and is entered afterwards (`started_at`, `ended_at`).
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = noted), schema(function = timed), schema(function = ordered))]
#[validate(schema(function = each_member_once), schema(function = each_object_once))]
#[schema(example = json!({
    "mode": "symposium", "origin": "proactive", "place_kind": "factory", "division": "330782",
    "planned_at": "2019-01-11T01:00:00Z", "leader_id": "0168341f-0000-7000-8000-000000000001",
    "members": [{ "person_id": "0168341f-0000-7000-8000-000000000002" }],
}))]
pub struct NewVisit {
    /// Made by the client before it is online: the same one sent again answers what was stored the first time.
    pub client_ref: Option<Uuid>,
    /// Slug of the campaign; absent: the newest one without a parent that is open on that day (S-09).
    #[schema(min_length = 1, max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// The form: code of a term of kind `visit_mode` (S-04).
    #[schema(min_length = 1, max_length = 64, example = "site_visit")]
    pub mode: String,
    /// What `other` means; required with it.
    #[schema(min_length = 1, max_length = 200)]
    pub mode_note: Option<String>,
    /// Who wanted it (S-62).
    pub origin: Origin,
    /// The kind of place: code of a term of kind `place_kind` (S-61).
    #[schema(min_length = 1, max_length = 64, example = "factory")]
    pub place_kind: String,
    /// The place in words.
    #[schema(min_length = 1, max_length = 200)]
    pub place_note: Option<String>,
    /// Code of the division that it goes to, within the caller's.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: String,
    /// When it is to begin; may be absent where `started_at` says when it began.
    pub planned_at: Option<Timestamp>,
    /// When it began, for a visit entered afterwards; not in the future.
    pub started_at: Option<Timestamp>,
    /// When it ended, likewise; not before it began.
    pub ended_at: Option<Timestamp>,
    /// The one person who leads it (S-02): somebody with the role `leader` over this division on that day.
    pub leader_id: Uuid,
    /// The leader's body (四套班子); absent: that of the leader's organisation, or of the nearest above it.
    pub leading_body: Option<LeadingBody>,
    /// Who else goes along. The leader is always one of them, and attends unless he is named here with
    /// `attended: false`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub members: Vec<MemberInput>,
    /// Ids of the service objects that are visited.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub object_ids: Vec<Uuid>,
    /// What was seen (S-39).
    #[schema(min_length = 1, max_length = 20_000)]
    pub observations: Option<String>,
    /// What was heard (S-39).
    #[schema(min_length = 1, max_length = 20_000)]
    pub heard: Option<String>,
}

/// One of those who go along.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberInput {
    /// Who.
    pub person_id: Uuid,
    /// Whether in person: a visit counts for a person only then (S-65).
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub attended: bool,
}

/// A merge patch (RFC 7396). Division, time and leader change only while the visit is planned.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = each_member_of_patch_once), schema(function = each_object_of_patch_once))]
#[schema(example = json!({ "heard": "企业反映高端人才引不进、留不住。", "place_note": "第二车间" }))]
pub struct UpdateVisit {
    /// The form: code of a term of kind `visit_mode`.
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "symposium")]
    pub mode: Option<String>,
    /// What `other` means.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub mode_note: Option<Option<String>>,
    /// Who wanted it.
    #[schema(nullable = false)]
    pub origin: Option<Origin>,
    /// The kind of place: code of a term of kind `place_kind`.
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "village")]
    pub place_kind: Option<String>,
    /// The place in words.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub place_note: Option<Option<String>>,
    /// Code of the division that it goes to.
    #[schema(nullable = false, pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// When it is to begin.
    #[schema(nullable = false)]
    pub planned_at: Option<Timestamp>,
    /// Who leads it.
    #[schema(nullable = false)]
    pub leader_id: Option<Uuid>,
    /// The leader's body.
    #[schema(nullable = false)]
    pub leading_body: Option<LeadingBody>,
    /// Who else goes along: replaces them all.
    #[schema(nullable = false, max_items = 100)]
    pub members: Option<Vec<MemberInput>>,
    /// Ids of the service objects that are visited: replaces them all.
    #[schema(nullable = false, max_items = 200)]
    pub object_ids: Option<Vec<Uuid>>,
    /// What was seen.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20_000)]
    pub observations: Option<Option<String>>,
    /// What was heard.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20_000)]
    pub heard: Option<Option<String>>,
}

/// The beginning of a visit.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "started_at": "2019-01-10T01:00:00Z" }))]
pub struct StartVisit {
    /// When it began; absent: now. Not in the future.
    pub started_at: Option<Timestamp>,
}

/// The end of a visit.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "heard": "企业反映高端人才引不进、留不住。" }))]
pub struct CompleteVisit {
    /// When it ended; absent: as entered before, else now. Not before it began, not in the future.
    pub ended_at: Option<Timestamp>,
    /// What was seen; absent: as entered before.
    #[schema(min_length = 1, max_length = 20_000)]
    pub observations: Option<String>,
    /// What was heard; absent: as entered before.
    #[schema(min_length = 1, max_length = 20_000)]
    pub heard: Option<String>,
    /// Who of the team was there in person and who was not, as far as it differs from what was entered before.
    #[serde(default)]
    #[schema(max_items = 101)]
    pub attended: Vec<Attendance>,
}

/// Whether one of the team was there in person (S-65).
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Who.
    pub person_id: Uuid,
    /// Whether in person.
    pub attended: bool,
}

/// Why a visit is not held.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "台风，改期" }))]
pub struct CancelVisit {
    /// The reason.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

impl From<MemberInput> for Member {
    fn from(input: MemberInput) -> Self {
        Self {
            person_id: input.person_id,
            attended: input.attended,
        }
    }
}

impl NewVisit {
    /// The times; `None` where neither beginning is there, which `timed` has refused.
    pub fn times(&self) -> Option<Times> {
        Some(Times {
            planned_at: self.planned_at.or(self.started_at)?,
            started_at: self.started_at,
            ended_at: self.ended_at,
        })
    }
}

/// What the field that gives the day is called, for faults of the day.
pub const fn day_pointer(new: &NewVisit) -> &'static str {
    match (new.planned_at, new.started_at) {
        (None, Some(_)) => "/started_at",
        _ => "/planned_at",
    }
}

const fn yes() -> bool {
    true
}

/// Whether a mode lacks its note.
pub fn lacks_note(mode: &str, note: Option<&str>) -> bool {
    mode == "other" && note.is_none_or(|note| note.trim().is_empty())
}

fn noted(new: &NewVisit) -> Result<(), ValidationError> {
    refuse_if(
        lacks_note(&new.mode, new.mode_note.as_deref()),
        FaultCode::Required,
        "/mode_note",
    )
}

fn timed(new: &NewVisit) -> Result<(), ValidationError> {
    let (planned, started) = (new.planned_at.is_some(), new.started_at.is_some());
    refuse_if(!planned && !started, FaultCode::Required, "/planned_at")
}

fn ordered(new: &NewVisit) -> Result<(), ValidationError> {
    match (new.started_at, new.ended_at) {
        (None, Some(_)) => Err(fault(FaultCode::Required, "/started_at")),
        (Some(started), Some(ended)) => refuse_if(ended < started, FaultCode::NotWithin, "/ended_at"),
        (_, None) => Ok(()),
    }
}

fn each_member_once(new: &NewVisit) -> Result<(), ValidationError> {
    members_once(&new.members)
}

fn each_object_once(new: &NewVisit) -> Result<(), ValidationError> {
    objects_once(&new.object_ids)
}

fn each_member_of_patch_once(patch: &UpdateVisit) -> Result<(), ValidationError> {
    members_once(patch.members.as_deref().unwrap_or_default())
}

fn each_object_of_patch_once(patch: &UpdateVisit) -> Result<(), ValidationError> {
    objects_once(patch.object_ids.as_deref().unwrap_or_default())
}

fn members_once(members: &[MemberInput]) -> Result<(), ValidationError> {
    let mut seen = HashSet::new();
    let repeated = members.iter().any(|member| !seen.insert(member.person_id));
    refuse_if(repeated, FaultCode::Repeated, "/members")
}

fn objects_once(ids: &[Uuid]) -> Result<(), ValidationError> {
    let mut seen = HashSet::new();
    refuse_if(
        ids.iter().any(|id| !seen.insert(*id)),
        FaultCode::Repeated,
        "/object_ids",
    )
}

fn refuse_if(refused: bool, code: FaultCode, pointer: &'static str) -> Result<(), ValidationError> {
    if refused { Err(fault(code, pointer)) } else { Ok(()) }
}
