//! What waits for whom, and what problems are counted by. Pure.

use uuid::Uuid;

use crate::assignments::domain::AssignmentState;
use crate::auth::policy::Role;
use crate::problems::domain::State;
use crate::text_enum;

text_enum! {
    /// Why a problem waits for somebody, in the order in which the reasons count.
    pub enum Why {
        ToSupply = "to_supply" / "待补充材料" / "to answer what was asked",
        ToConfirm = "to_confirm" / "待确认结果" / "to confirm the result",
        ToDispose = "to_dispose" / "待现场处置" / "to be disposed of by who led the visit",
        ToAccept = "to_accept" / "待签收" / "assigned to one's organisation, to be accepted",
        ToHandle = "to_handle" / "待办理" / "one is the person responsible",
        ToSupport = "to_support" / "待协办" / "one's organisation has a part in it that is open",
        ToReply = "to_reply" / "待书面答复" / "one's organisation was asked to study a question of it",
        ToReplyComment = "to_reply_comment" / "待回复评论" / "a comment waits for the reply of one's organisation",
        ToStudy = "to_study" / "待研究" / "one's organisation studies it",
        ToOversee = "to_oversee" / "本单位在办" / "handled by an organisation that one heads",
        ToClaim = "to_claim" / "可认领" / "open, and one's organisation is competent",
        ToAssign = "to_assign" / "待交办" / "open, to be assigned",
    }
}

impl Why {
    /// Its place among the reasons, from 0.
    pub fn rank(self) -> i64 {
        let place = Self::ALL.iter().position(|why| *why == self);
        place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
    }
}

text_enum! {
    /// What problems are counted by.
    pub enum CountBy {
        State = "state" / "状态" / "where they stand",
        Disposition = "disposition" / "处置方式" / "how they were disposed of",
        Category = "category" / "问题分类" / "what they are about",
        Audience = "audience" / "服务对象类别" / "whom they concern",
        /// The divisions right below the one that is counted; for an organisation's or one's own problems, the
        /// counties.
        Division = "division" / "行政区划" / "where they lie",
        LeadOrg = "lead_org" / "主办单位" / "who leads",
        Urgency = "urgency" / "紧急程度" / "how pressing they are",
        Status = "status" / "时限状态" / "how their clocks stand",
    }
}

/// Along which index problems are found, and in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Those in a scope.
    Scope(Uuid, State),
    /// Those that an organisation leads.
    Lead(Uuid, State),
    /// Those that a person is responsible for.
    Person(Uuid, State),
    /// Those in which an organisation has a supporting part that stands so; 5,000 parts at most are looked at.
    Part(Uuid, AssignmentState),
    /// Those of which an organisation was asked a question that is open; likewise.
    Referral(Uuid),
    /// Those on which a comment waits for the reply of an organisation; likewise.
    Comment(Uuid),
}

/// Which of them wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// All.
    All,
    /// Those that lie within the caller's scopes.
    Seen,
    /// Those that this organisation may claim.
    CompetentIs(Uuid),
    /// Those that this organisation studies.
    StudiedBy(Uuid),
    /// Those that this organisation or one below it studies.
    StudiedBelow(Uuid),
    /// Those that this organisation or one below it leads.
    LedBelow(Uuid),
    /// Undisposed ones of visits that this person led.
    HeardBy(Uuid),
    /// Those for whose primary reporter this person speaks.
    RaisedBy(Uuid),
}

/// A branch of somebody's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Why they wait.
    pub why: Why,
    /// Where they are found.
    pub along: Along,
    /// Which of them.
    pub only: Only,
}

/// What of a caller decides what waits for him.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Whose work it is; `None` for a client, which has none.
    pub person: Option<Uuid>,
    /// His memberships: role, organisation, division.
    pub memberships: Vec<(Role, Uuid, Uuid)>,
}

/// What waits for somebody, each branch once.
pub fn branches(worker: &Worker) -> Vec<Branch> {
    let Some(person) = worker.person else { return Vec::new() };
    let mut branches = Vec::new();
    let mut add = |why, along, only| {
        let branch = Branch { why, along, only };
        if !branches.contains(&branch) {
            branches.push(branch);
        }
    };
    for (role, org, division) in worker.memberships.iter().copied() {
        match role {
            Role::Reporter => {
                let raised = Only::RaisedBy(person);
                add(Why::ToSupply, Along::Scope(person, State::AwaitingReporter), raised);
                add(Why::ToConfirm, Along::Scope(person, State::PendingConfirmation), raised);
            }
            Role::Leader => {
                for state in [State::Recorded, State::Open] {
                    add(Why::ToDispose, Along::Scope(person, state), Only::HeardBy(person));
                }
            }
            Role::Officer => add(Why::ToClaim, Along::Scope(org, State::Open), Only::CompetentIs(org)),
            Role::Handler => {
                add(Why::ToAccept, Along::Lead(org, State::Assigned), Only::All);
                add(Why::ToStudy, Along::Scope(org, State::Studying), Only::StudiedBy(org));
                add(Why::ToClaim, Along::Scope(org, State::Open), Only::CompetentIs(org));
                for state in [AssignmentState::Pending, AssignmentState::Accepted] {
                    add(Why::ToSupport, Along::Part(org, state), Only::All);
                }
                add(Why::ToReply, Along::Referral(org), Only::All);
                add(Why::ToReplyComment, Along::Comment(org), Only::All);
            }
            Role::Head => {
                for state in [State::Accepted, State::InProgress] {
                    add(Why::ToOversee, Along::Scope(org, state), Only::LedBelow(org));
                }
                add(
                    Why::ToStudy,
                    Along::Scope(org, State::Studying),
                    Only::StudiedBelow(org),
                );
            }
            Role::Dispatcher => {
                add(Why::ToReplyComment, Along::Comment(org), Only::Seen);
                add(Why::ToAssign, Along::Scope(division, State::Open), Only::All);
            }
            Role::Supervisor | Role::Assessor | Role::Integrator | Role::Admin | Role::Auditor => {}
        }
        if matches!(role, Role::Officer | Role::Handler | Role::Head) {
            for state in [State::Accepted, State::InProgress] {
                add(Why::ToHandle, Along::Person(person, state), Only::Seen);
            }
        }
    }
    branches
}

/// A place along the urgency: the sort key and the id.
pub type Place = (i64, Uuid);

/// A problem that was found along a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands in the order.
    pub place: Place,
    /// Why it waits.
    pub why: Why,
}

/// What one branch found, up to where it looked.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What was found, in order.
    pub found: Vec<Found>,
    /// Where it stopped, if it did not see the end.
    pub stopped: Option<Place>,
}

/// A page of `limit` problems at most, each once and with its first reason, and where the next one begins. Nothing is
/// passed over: a page ends where any branch stopped looking.
pub fn merge(branches: Vec<Looked>, limit: usize) -> (Vec<Found>, Option<Place>) {
    let end = branches.iter().filter_map(|branch| branch.stopped).min();
    let mut found: Vec<Found> = branches.into_iter().flat_map(|branch| branch.found).collect();
    found.retain(|one| end.is_none_or(|end| one.place <= end));
    found.sort_by_key(|one| (one.place, one.why.rank()));
    found.dedup_by_key(|one| one.place.1);
    if found.len() > limit {
        found.truncate(limit);
        return (found.clone(), found.last().map(|one| one.place));
    }
    (found, end)
}
