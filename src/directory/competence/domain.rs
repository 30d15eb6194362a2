//! The rule of choice: pure.

use uuid::Uuid;

use crate::text_enum;

text_enum! {
    /// Why an organisation is competent.
    pub enum Ground {
        Category = "category" / "按问题分类" / "for the category",
        Audience = "audience" / "按服务对象" / "for the audience",
        Division = "division" / "按地域" / "for the division",
    }
}

/// A competence that fits a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Which organisation.
    pub org: Uuid,
    /// On which ground.
    pub ground: Ground,
    /// How far above the problem's division the competence's lies: 0 is the same.
    pub distance: i64,
    /// Higher wins.
    pub priority: i64,
}

/// Puts the most competent first, each organisation once.
pub fn ranked(mut fits: Vec<Fit>) -> Vec<Fit> {
    fits.sort_by_key(|fit| (fit.distance, fit.ground, std::cmp::Reverse(fit.priority), fit.org));
    let mut seen = std::collections::BTreeSet::new();
    fits.retain(|fit| seen.insert(fit.org));
    fits
}
