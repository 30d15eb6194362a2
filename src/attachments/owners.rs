//! What attachments belong to, within a caller's reach, and the event that an owner's chain gets.

use serde_json::json;
use uuid::Uuid;

use super::domain::OwnerKind;
use super::store::owners::{problem_of_look_back, problems_of_plan};
use super::store::write::Place;
use super::store::{Author, Reach};
use crate::app::App;
use crate::auth::policy::Rule;
use crate::auth::{Caller, Role, Scope};
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx};
use crate::error::{ApiError, ApiResult, Code};
use crate::events::{self, Act, NewEvent};
use crate::http::PathRef;
use crate::problems::domain::must_not_be_erased;
use crate::problems::store::{self as problems, ProblemFacts, change};
use crate::reporters::domain::KNOW_MASKED;
use crate::visits::domain::VisitState;
use crate::visits::store::{self as visits, VisitRow};

/// How far a caller sees by a rule: as a reporter his own problems, else from inside.
pub fn reach(app: &App, who: &Caller, rule: &Rule) -> Reach {
    let scopes = |reporter: bool| {
        let memberships = who
            .memberships
            .iter()
            .filter(|membership| rule.roles.contains(&membership.role));
        let mut scopes: Vec<Uuid> = memberships
            .filter(|membership| (membership.role == Role::Reporter) == reporter)
            .flat_map(|membership| Scope::of(who.own(), membership))
            .map(|scope| scope.id())
            .collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    };
    Reach {
        inside: scopes(false),
        own: scopes(true),
        call_back: who.scopes_of(|role| KNOW_MASKED.contains(&role)),
        author: Author::of(who),
        now: app.real_clock.now(),
    }
}

impl Reach {
    /// Every scope, whatever is seen in it.
    pub fn every_scope(&self) -> Vec<Uuid> {
        self.inside.iter().chain(&self.own).copied().collect()
    }

    /// The reach of the caller's memberships as a dispatcher alone, and without what is his own.
    pub fn of_dispatcher(app: &App, who: &Caller) -> Self {
        let memberships = who
            .memberships
            .iter()
            .filter(|membership| membership.role == Role::Dispatcher);
        Self {
            inside: memberships
                .flat_map(|membership| Scope::of(who.own(), membership))
                .map(|scope| scope.id())
                .collect(),
            own: Vec::new(),
            call_back: Vec::new(),
            author: Author::Nobody,
            now: app.real_clock.now(),
        }
    }
}

/// An owner, locked until the end of the transaction.
#[derive(Debug)]
pub enum Owner {
    /// A problem.
    Problem(Box<ProblemFacts>),
    /// A look-back, and its problem.
    LookBack(Uuid, Box<ProblemFacts>),
    /// A plan, and those of its problems that the caller sees.
    ActionPlan(Uuid, Vec<ProblemFacts>),
    /// A visit.
    Visit(Box<VisitRow>),
}

/// The owner, where the caller reaches it. A reporter reaches problems only.
pub async fn find_to_change(
    tx: &mut Tx,
    who: &Caller,
    reach: &Reach,
    (kind, id): (OwnerKind, Uuid),
    now: Timestamp,
) -> Result<Option<Owner>, DbError> {
    Ok(match kind {
        OwnerKind::Problem => {
            let facts = problems::facts_to_change(tx, &reach.every_scope(), &PathRef::Id(id), who, now).await?;
            facts.map(|facts| Owner::Problem(Box::new(facts)))
        }
        OwnerKind::LookBack => {
            let Some(problem) = problem_of_look_back(&mut *tx, id).await? else {
                return Ok(None);
            };
            let facts = problems::facts_to_change(tx, &reach.inside, &PathRef::Id(problem), who, now).await?;
            facts.map(|facts| Owner::LookBack(id, Box::new(facts)))
        }
        OwnerKind::ActionPlan => {
            let mut seen = Vec::new();
            for problem in problems_of_plan(&mut *tx, id).await? {
                seen.extend(problems::facts_to_change(tx, &reach.inside, &PathRef::Id(problem), who, now).await?);
            }
            (!seen.is_empty()).then_some(Owner::ActionPlan(id, seen))
        }
        OwnerKind::Visit => {
            let visit = visits::find_to_change(tx, &reach.inside, id).await?;
            visit.map(|visit| Owner::Visit(Box::new(visit)))
        }
    })
}

impl Owner {
    /// Where its attachments stand.
    pub fn place(&self) -> Place {
        let (kind, id, problem_id) = match self {
            Self::Problem(facts) => (OwnerKind::Problem, facts.id, Some(facts.id)),
            Self::LookBack(id, facts) => (OwnerKind::LookBack, *id, Some(facts.id)),
            Self::ActionPlan(id, _) => (OwnerKind::ActionPlan, *id, None),
            Self::Visit(visit) => (OwnerKind::Visit, visit.id, None),
        };
        Place {
            kind: kind.as_str(),
            id,
            problem_id,
        }
    }

    /// Refuses attachments to what is over: an ended problem, a cancelled visit, what was erased. A look-back is made
    /// after the end.
    ///
    /// # Errors
    /// 409 `ended`, `erased`.
    pub fn must_take_more(&self) -> ApiResult<()> {
        match self {
            Self::Problem(facts) => facts.state.must_not_have_ended(),
            Self::LookBack(_, facts) => facts.must_not_be_erased(),
            Self::ActionPlan(..) => Ok(()),
            Self::Visit(visit) if visit.state == VisitState::Cancelled => {
                Err(ApiError::new(Code::Ended).with_member("state", visit.state.as_str()))
            }
            Self::Visit(visit) => must_not_be_erased(visit.erased_at),
        }
    }

    /// Refuses a change to what stands at a problem that was merged.
    ///
    /// # Errors
    /// 409 `merged`.
    pub fn must_not_be_merged(&self) -> ApiResult<()> {
        match self {
            Self::Problem(facts) | Self::LookBack(_, facts) => facts.state.must_not_be_merged(),
            Self::ActionPlan(..) | Self::Visit(_) => Ok(()),
        }
    }

    /// Appends the event to the chain of the visit or of each problem; their versions stay. A plan that goes on for
    /// others is not told of in the chain of one that was erased.
    ///
    /// # Errors
    /// 409 `erased`.
    pub async fn note(&self, tx: &mut Tx, ids: &Ids, act: &Act, said: &Said<'_>) -> ApiResult<()> {
        match self {
            Self::Problem(facts) | Self::LookBack(_, facts) => {
                change::note(tx, ids, act, facts, said.of("problem", facts.id)).await
            }
            Self::ActionPlan(_, problems) => {
                for facts in problems.iter().filter(|facts| facts.erased_at.is_none()) {
                    change::note(tx, ids, act, facts, said.of("problem", facts.id)).await?;
                }
                Ok(())
            }
            Self::Visit(visit) => Ok(visits::write::note(tx, ids, act, visit, said.of("visit", visit.id)).await?),
        }
    }
}

/// What an event says of an attachment.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// `attachment.added`, …
    pub kind: &'static str,
    /// Which attachment.
    pub attachment: Uuid,
    /// The hash of its bytes, in hexadecimal.
    pub sha256: &'a str,
    /// Where it stands.
    pub place: Place,
    /// Whether the reporter sees it.
    pub public: bool,
    /// A reason in words.
    pub text: Option<&'a str>,
}

impl Said<'_> {
    fn of(&self, aggregate_kind: &'static str, aggregate: Uuid) -> NewEvent {
        let payload = json!({
            "attachment": self.attachment, "sha256": self.sha256,
            "owner_kind": self.place.kind, "owner": self.place.id,
        });
        let event = NewEvent::of(aggregate_kind, aggregate, self.kind)
            .with(payload)
            .with_text(self.text.map(ToOwned::to_owned));
        if self.public { event.public() } else { event }
    }

    /// The event of an attachment that has no owner, in a chain of its own.
    pub async fn note_alone(&self, tx: &mut Tx, ids: &Ids, act: &Act) -> Result<(), DbError> {
        events::store::append_to(tx, ids, act, self.of("attachment", self.attachment)).await?;
        Ok(())
    }
}
