//! Carrying a changed problem over to where figures count it now.

use chrono::{Days, NaiveDate};

use super::super::domain::ConfirmedVia;
use super::ProblemFacts;
use super::change::Closing;
use super::write::rollup_key;
use crate::clock::Timestamp;
use crate::db::{DbError, Tx};
use crate::metrics::carry;
use crate::metrics::rollup::{self, Outcome, ProblemKey};

/// Calendar days after closing, when a confirmed closure counts as finally solved though nobody looked back.
const SOLVED_AFTER_DAYS: u64 = 90;

/// The days since which outcomes count: due or closed, closed, finally solved, and how it was confirmed.
fn since(due_at: Option<Timestamp>, closing: Closing) -> [(Outcome, Option<NaiveDate>); 8] {
    let (due, closed) = (
        due_at.map(Timestamp::shanghai_date),
        closing.closed_at.map(Timestamp::shanghai_date),
    );
    let settled = [due, closed].into_iter().flatten().min();
    let solved = closed.filter(|_| closing.via.is_some()).map(|closed| {
        let by_itself = closed.checked_add_days(Days::new(SOLVED_AFTER_DAYS)).unwrap_or(closed);
        let looked_back = closing.looked_back_at.map(Timestamp::shanghai_date);
        looked_back.map_or(by_itself, |day| day.min(by_itself))
    });
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
    ]
}

/// Moves the problem and its outcomes from where `facts` are counted to `counts`; `None`: it is counted no longer, merged
/// or withdrawn. Roll-ups are touched last and in the order of their keys.
pub async fn carry_over(
    tx: &mut Tx,
    facts: &ProblemFacts,
    counts: Option<&ProblemKey>,
    due_at: Option<Timestamp>,
    closing: Closing,
) -> Result<(), DbError> {
    let counted = rollup_key(facts);
    match counts {
        Some(counts) => rollup::move_problem(tx, &counted, counts).await?,
        None => rollup::problem(tx, &counted, -1).await?,
    }
    let before = since(facts.due_at, Closing::of(facts));
    let after = since(due_at, closing);
    for ((outcome, was), (_, is)) in before.into_iter().zip(after) {
        rollup::move_outcome(tx, outcome, was.map(|day| (&counted, day)), counts.zip(is)).await?;
    }
    if counts != Some(&counted) {
        carry::feedback(tx, facts.id, Some(&counted), counts).await?;
    }
    Ok(())
}
