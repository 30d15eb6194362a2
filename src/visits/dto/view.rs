//! A visit as it is answered.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::directory::refs::{CampaignYearRef, DivisionRef, ObjectRef, OrgRef, PersonRef, TermRef};
use crate::directory::words::{LeadingBody, Level};
use crate::http::{AllowedAction, Locale, Versioned};
use crate::visits::domain::{Origin, ProblemCounts, VisitAction, VisitState};
use crate::visits::store::view::{MemberPart, ObjectPart, ViewRow};

/// A visit without its long texts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitSummary {
    /// Its id.
    pub id: Uuid,
    /// What the client that recorded it calls it.
    #[schema(required)]
    pub client_ref: Option<Uuid>,
    /// The campaign and the year that it belongs to (S-09).
    pub campaign: CampaignYearRef,
    /// Where it stands.
    pub state: VisitState,
    /// The form (S-04).
    pub mode: TermRef,
    /// What `other` means.
    #[schema(required)]
    pub mode_note: Option<String>,
    /// Who wanted it (S-62).
    pub origin: Origin,
    /// The kind of place (S-61).
    pub place_kind: TermRef,
    /// The place in words.
    #[schema(required)]
    pub place_note: Option<String>,
    /// Where it goes.
    pub division: DivisionRef,
    /// How far down that is (S-63).
    pub place_level: Level,
    /// When it is to begin; for one entered afterwards, when it began.
    pub planned_at: Timestamp,
    /// When it began; null: it has not.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When it ended; null: it has not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Who leads it (S-02).
    pub leader: PersonRef,
    /// The leader's body.
    pub leading_body: LeadingBody,
    /// The organisation that visits.
    pub org: OrgRef,
    /// Who entered it; null: a client.
    #[schema(required)]
    pub recorded_by: Option<PersonRef>,
    /// Everybody on it, the leader first.
    pub members: Vec<VisitMember>,
    /// What is visited; without what would tell the caller who raised a problem there, where he may not know.
    pub objects: Vec<ObjectRef>,
    /// Why it was not held.
    #[schema(required)]
    pub cancel_reason: Option<String>,
    /// When its texts were erased, with the last of its problems; null: they were not.
    #[schema(required)]
    pub erased_at: Option<Timestamp>,
    /// What was recorded in it.
    pub counts: VisitCounts,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Grows with every change of the visit; its problems have versions of their own.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

/// A visit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitView {
    #[serde(flatten)]
    #[expect(missing_docs, reason = "its text would describe the composition, not a field")]
    pub summary: VisitSummary,
    /// What was seen (S-39).
    #[schema(required)]
    pub observations: Option<String>,
    /// What was heard (S-39).
    #[schema(required)]
    pub heard: Option<String>,
}

/// One of those who go along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitMember {
    /// Who.
    pub person: PersonRef,
    /// Whether in person; before the visit, whether that is the plan. It counts for nobody who sent another (S-65).
    pub attended: bool,
}

/// How many problems a visit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct VisitCounts {
    /// Recorded in it.
    #[schema(minimum = 0)]
    pub problems: i64,
    /// Of these, without a disposition: with one of them left the visit cannot be completed (S-42).
    #[schema(minimum = 0)]
    pub undisposed: i64,
}

impl Versioned for VisitView {
    fn version(&self) -> i64 {
        self.summary.version
    }
}

impl VisitSummary {
    /// What a row says to this caller.
    pub fn new(row: ViewRow, who: &Caller, locale: Locale) -> Self {
        let allowed_actions = allowed_actions(&row, who, locale);
        let (members, objects) = (members(row.members.0, row.leader_id), objects(row.objects.0));
        Self {
            id: row.id,
            client_ref: row.client_ref,
            campaign: CampaignYearRef {
                slug: row.campaign_slug,
                name: row.campaign_name,
                year: row.campaign_year,
            },
            state: row.state,
            mode: TermRef::new(row.mode, row.mode_zh, row.mode_en, locale),
            mode_note: row.mode_note,
            origin: row.origin,
            place_kind: TermRef::new(row.place_kind, row.place_zh, row.place_en, locale),
            place_note: row.place_note,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            place_level: row.place_level,
            planned_at: row.planned_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            leader: PersonRef {
                id: row.leader_id,
                name: row.leader_name,
            },
            leading_body: row.leading_body,
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            recorded_by: PersonRef::from_parts(row.recorded_by, row.recorded_by_name),
            members,
            objects,
            cancel_reason: row.cancel_reason,
            erased_at: row.erased_at,
            counts: VisitCounts {
                problems: row.problems,
                undisposed: row.undisposed,
            },
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
            allowed_actions,
        }
    }
}

impl VisitView {
    /// What a row says to this caller.
    pub fn new(mut row: ViewRow, who: &Caller, locale: Locale) -> Self {
        Self {
            observations: row.observations.take(),
            heard: row.heard.take(),
            summary: VisitSummary::new(row, who, locale),
        }
    }
}

fn allowed_actions(row: &ViewRow, who: &Caller, locale: Locale) -> Vec<AllowedAction> {
    if !row.may_change {
        return Vec::new();
    }
    let counts = ProblemCounts {
        problems: row.problems,
        undisposed: row.undisposed,
    };
    let mut allowed = row.state.allowed(|role| who.has(role), counts);
    allowed.retain(|action| *action != VisitAction::Update || row.erased_at.is_none());
    let href = format!("/api/v1/visits/{}", row.id);
    let listed = allowed.into_iter().map(|action| AllowedAction {
        action: action.as_str(),
        label: action.label(locale),
        href: action
            .path()
            .map_or_else(|| href.clone(), |path| format!("{href}/{path}")),
    });
    listed.collect()
}

fn members(parts: Vec<MemberPart>, leader: Uuid) -> Vec<VisitMember> {
    let member = |part: MemberPart| VisitMember {
        person: PersonRef {
            id: part.id,
            name: part.name,
        },
        attended: part.attended,
    };
    let mut members: Vec<VisitMember> = parts.into_iter().map(member).collect();
    members.sort_by_key(|member| (member.person.id != leader, member.person.id));
    members
}

fn objects(parts: Vec<ObjectPart>) -> Vec<ObjectRef> {
    let object = |part: ObjectPart| ObjectRef {
        id: part.id,
        name: part.name,
    };
    let mut objects: Vec<ObjectRef> = parts.into_iter().map(object).collect();
    objects.sort_by_key(|object| object.id);
    objects
}
