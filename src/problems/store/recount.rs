//! Carrying a changed problem over to where figures count it now.

use chrono::{Days, NaiveDate};

use super::super::domain::ConfirmedVia;
use super::ProblemFacts;
use super::change::{Closing, FirstLead};
use super::write::rollup_key;
use crate::assignments::domain::AssignmentOrigin;
use crate::clock::Timestamp;
use crate::db::{DbError, Tx};
use crate::metrics::carry;
use crate::metrics::rollup::{self, Outcome, ProblemKey};

/// Calendar days after closing, when a confirmed closure counts as finally solved though nobody looked back.
const SOLVED_AFTER_DAYS: u64 = 90;

/// How a problem stands, as far as figures count what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// When it is due.
    pub due_at: Option<Timestamp>,
    /// How it is closed.
    pub closing: Closing,
    /// How it came to its first lead.
    pub first_lead: Option<FirstLead>,
}

impl Standing {
    /// As it was read.
    pub fn of(facts: &ProblemFacts) -> Self {
        Self {
            due_at: facts.due_at,
            closing: Closing::of(facts),
            first_lead: facts.first_lead(),
        }
    }
}

/// The days since which outcomes count: due or closed, closed, finally solved, how it was confirmed, and how it was
/// led.
fn since(stands: Standing) -> [(Outcome, Option<NaiveDate>); 12] {
    let closing = stands.closing;
    let (due, closed) = (
        stands.due_at.map(Timestamp::shanghai_date),
        closing.closed_at.map(Timestamp::shanghai_date),
    );
    let settled = [due, closed].into_iter().flatten().min();
    let solved = closed.filter(|_| closing.via.is_some()).map(|closed| {
        let by_itself = closed.checked_add_days(Days::new(SOLVED_AFTER_DAYS)).unwrap_or(closed);
        let looked_back = closing.looked_back_at.map(Timestamp::shanghai_date);
        looked_back.map_or(by_itself, |day| day.min(by_itself))
    });
    let led = |claimed: bool| {
        let is_it = |lead: &FirstLead| (lead.origin == AssignmentOrigin::Claimed) == claimed;
        stands.first_lead.filter(is_it).map(|lead| lead.at.shanghai_date())
    };
    let by = |via: Option<ConfirmedVia>| closed.filter(|_| closing.via == via);
    [
        (Outcome::Settled, settled),
        (Outcome::Closed, closed),
        (Outcome::Solved, solved),
        (Outcome::ConfirmedAccount, by(Some(ConfirmedVia::Account))),
        (Outcome::ConfirmedLink, by(Some(ConfirmedVia::Link))),
        (Outcome::ConfirmedPortal, by(Some(ConfirmedVia::Portal))),
        (Outcome::ConfirmedCallBack, by(Some(ConfirmedVia::CallBack))),
        (Outcome::Unconfirmed, by(None)),
        (Outcome::Claimed, led(true)),
        (Outcome::Assigned, led(false)),
        (Outcome::OwnLevel, solved.filter(|_| closing.own_level)),
        (Outcome::RunOnce, closed.filter(|_| closing.run_once)),
    ]
}

/// Moves the problem and its outcomes from where `facts` are counted to `counts`; `None`: it is counted no longer,
/// merged or withdrawn. Roll-ups are touched last and in the order of their keys.
pub async fn carry_over(
    tx: &mut Tx,
    facts: &ProblemFacts,
    counts: Option<&ProblemKey>,
    stands: Standing,
) -> Result<(), DbError> {
    let counted = rollup_key(facts);
    match counts {
        Some(counts) => rollup::move_problem(tx, &counted, counts).await?,
        None => rollup::problem(tx, &counted, -1).await?,
    }
    let before = since(Standing::of(facts));
    let after = since(stands);
    for ((outcome, was), (_, is)) in before.into_iter().zip(after) {
        rollup::move_outcome(tx, outcome, was.map(|day| (&counted, day)), counts.zip(is)).await?;
    }
    if counts != Some(&counted) {
        carry::feedback(tx, facts.id, Some(&counted), counts).await?;
    }
    Ok(())
}
