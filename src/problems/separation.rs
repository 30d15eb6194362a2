//! Separation of duties is between acts on one problem, not between memberships: whoever did one thing to a problem may
//! not do another. Every rule reads `problem_actor` (`store::acts_of`) and decides here; pure.

use serde_json::json;

use super::domain::ProblemAct;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};

/// The acts of whoever handled or headed a problem, or was responsible for it: they neither rate nor look back nor call
/// back.
pub const HANDLED: &[ProblemAct] = &[
    ProblemAct::Claim,
    ProblemAct::Accept,
    ProblemAct::Answer,
    ProblemAct::Reply,
    ProblemAct::Analyse,
    ProblemAct::Plan,
    ProblemAct::ApprovePlan,
    ProblemAct::SendBackPlan,
    ProblemAct::AbandonPlan,
    ProblemAct::Start,
    ProblemAct::DoStep,
    ProblemAct::Support,
    ProblemAct::Waive,
    ProblemAct::Complete,
    ProblemAct::HandOver,
    ProblemAct::Conclude,
    ProblemAct::AskReporter,
    ProblemAct::AskReturn,
    ProblemAct::AskEscalate,
    ProblemAct::AskHold,
    ProblemAct::AskExtend,
    ProblemAct::AskDecline,
    ProblemAct::AnswerReferral,
    ProblemAct::Responsible,
    ProblemAct::DisposeResolvedOnSite,
];

/// An act that forbids another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Which act it was.
    pub act: ProblemAct,
    /// When.
    pub at: Timestamp,
}

/// The first of a person's acts that is a forbidden one.
pub fn earlier_act(acts: &[(ProblemAct, Timestamp)], forbidden: &[ProblemAct]) -> Option<Earlier> {
    acts.iter()
        .filter(|(act, _)| forbidden.contains(act))
        .min_by_key(|(_, at)| *at)
        .map(|(act, at)| Earlier { act: *act, at: *at })
}

/// Refuses whoever did one of the forbidden acts.
///
/// # Errors
/// 403 `separation_of_duties` with `earlier_act` {act, at}.
pub fn keep_apart(acts: &[(ProblemAct, Timestamp)], forbidden: &[ProblemAct]) -> ApiResult<()> {
    match earlier_act(acts, forbidden) {
        None => Ok(()),
        Some(Earlier { act, at }) => {
            Err(ApiError::new(Code::SeparationOfDuties).with_member("earlier_act", json!({ "act": act, "at": at })))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Earlier, HANDLED, earlier_act, keep_apart};
    use crate::clock::Timestamp;
    use crate::problems::domain::ProblemAct;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000).expect("an instant")
    }

    proptest! {
        #[test]
        fn the_first_forbidden_act_is_named_and_nothing_else_forbids(
            drawn in prop::collection::vec(
                (prop::sample::select(ProblemAct::ALL), 0_i64..1000),
                0..8,
            ),
            forbidden in prop::sample::subsequence(ProblemAct::ALL, 0..=20),
        ) {
            let acts: Vec<(ProblemAct, Timestamp)> =
                drawn.iter().map(|(act, second)| (*act, at(*second))).collect();
            let first = drawn.iter().filter(|(act, _)| forbidden.contains(act)).map(|(_, second)| *second).min();
            let found = earlier_act(&acts, &forbidden);
            prop_assert_eq!(found.as_ref().map(|earlier| earlier.at), first.map(at));
            prop_assert!(found.iter().all(|earlier| forbidden.contains(&earlier.act)));
            prop_assert_eq!(keep_apart(&acts, &forbidden).is_err(), first.is_some());
        }
    }

    #[test]
    fn whoever_handled_it_is_told_what_he_did_and_when() {
        let acts = [(ProblemAct::Accept, at(7)), (ProblemAct::Claim, at(3))];
        let earlier = earlier_act(&acts, HANDLED);
        assert_eq!(
            earlier,
            Some(Earlier {
                act: ProblemAct::Claim,
                at: at(3)
            })
        );
        let refused = keep_apart(&acts, HANDLED).expect_err("refused");
        assert_eq!(refused.to_string(), "separation_of_duties");
        keep_apart(&acts, &[ProblemAct::RecordedForOther]).expect("he did not record it");
    }
}
