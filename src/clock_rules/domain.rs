//! Terms and the rule of precedence among rules: pure.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::text_enum;

text_enum! {
    /// What a number of working days is for.
    pub enum Term {
        FirstResponse = "first_response" / "首次回应" / "first response to the reporter",
        /// Answered by the organisation that recorded it.
        SimpleOwn = "simple_own" / "简单事项由记录单位答复" / "simple matter answered by who recorded it",
        Simple = "simple" / "简单事项" / "simple matter",
        Complex = "complex" / "复杂事项" / "complex matter",
        Institutional = "institutional" / "制度性事项、带回典型" / "institutional or typical matter",
        Supporting = "supporting" / "协办" / "part of a supporting organisation",
        Confirmation = "confirmation" / "反映人确认" / "confirmation by the reporter",
        /// Until when a part may be refused.
        Acceptance = "acceptance" / "签收或退回" / "accepting or refusing a part",
    }
}

impl Term {
    /// Working days where no rule says otherwise (domain model, Clocks).
    pub const fn default_days(self) -> u32 {
        match self {
            Self::FirstResponse | Self::SimpleOwn | Self::Acceptance => 1,
            Self::Simple | Self::Supporting => 3,
            Self::Complex => 7,
            Self::Confirmation => 10,
            Self::Institutional => 30,
        }
    }
}

/// A rule that is in force in the chain of divisions from the top down to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInForce {
    /// Which rule.
    pub id: Uuid,
    /// For what.
    pub term: Term,
    /// Working days, from 1.
    pub days: u32,
    /// How far above the division its own lies: 0 is the same.
    pub above: i64,
    /// Whether nothing lies above its division.
    pub is_top: bool,
    /// Since when.
    pub valid_from: NaiveDate,
}

/// The days of a term, and the rule that they come from; `None`: the default in the code.
pub fn effective(term: Term, chain: &[RuleInForce]) -> (u32, Option<RuleInForce>) {
    let mut of_term: Vec<&RuleInForce> = chain.iter().filter(|rule| rule.term == term).collect();
    // From the top down, and within a division the one that began last.
    of_term.sort_by_key(|rule| (std::cmp::Reverse(rule.above), std::cmp::Reverse(rule.valid_from)));
    of_term.dedup_by_key(|rule| rule.above);
    let mut found = (term.default_days(), None);
    for rule in of_term {
        if rule.is_top || rule.days > found.0 {
            found = (rule.days, Some(*rule));
        }
    }
    found
}

/// The days of every term, somewhere on some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms([u32; Term::ALL.len()]);

impl Default for Terms {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Terms {
    /// Of the rules in force in a chain.
    pub fn of(chain: &[RuleInForce]) -> Self {
        let mut days = [0; Term::ALL.len()];
        for (place, term) in days.iter_mut().zip(Term::ALL) {
            *place = effective(*term, chain).0;
        }
        Self(days)
    }

    /// Working days of a term.
    pub fn days(&self, term: Term) -> u32 {
        let mut all = self.0.iter().zip(Term::ALL);
        all.find(|(_, of)| **of == term)
            .map_or_else(|| term.default_days(), |(days, _)| *days)
    }
}
