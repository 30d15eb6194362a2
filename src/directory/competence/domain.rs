//! The rule of choice: pure.

use uuid::Uuid;

use crate::text_enum;

text_enum! {
    /// Why an organisation is competent.
    pub enum Ground {
        /// Who disposed of the problem proposed it as the lead.
        Proposed = "proposed" / "处置时提出" / "proposed when it was disposed of",
        Category = "category" / "按问题分类" / "for the category",
        Audience = "audience" / "按服务对象" / "for the audience",
        Division = "division" / "按地域" / "for the division",
        /// Nobody is: the dispatch office sees to it.
        DispatchOffice = "dispatch_office" / "由“三服务”办公室分流" / "nobody is: left to the dispatch office",
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

/// An organisation that is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Which organisation.
    pub org: Uuid,
    /// On which ground.
    pub ground: Ground,
    /// As in `Fit`; `None` for one that was proposed and is not competent.
    pub distance: Option<i64>,
    /// Likewise; `None` for a dispatch office too.
    pub priority: Option<i64>,
}

/// The proposed lead first, then the competent ones in their order.
pub fn suggested(proposed: Option<Uuid>, fits: &[Fit]) -> Vec<Suggestion> {
    let of = |fit: &Fit| Suggestion {
        org: fit.org,
        ground: fit.ground,
        distance: Some(fit.distance),
        priority: Some(fit.priority),
    };
    let first = proposed.map(|org| {
        let its = fits.iter().find(|fit| fit.org == org);
        Suggestion {
            org,
            ground: Ground::Proposed,
            distance: its.map(|fit| fit.distance),
            priority: its.map(|fit| fit.priority),
        }
    });
    let others = fits.iter().filter(|fit| Some(fit.org) != proposed).map(of);
    first.into_iter().chain(others).collect()
}

/// Puts the most competent first, each organisation once.
pub fn ranked(mut fits: Vec<Fit>) -> Vec<Fit> {
    fits.sort_by_key(|fit| (fit.distance, fit.ground, std::cmp::Reverse(fit.priority), fit.org));
    let mut seen = std::collections::BTreeSet::new();
    fits.retain(|fit| seen.insert(fit.org));
    fits
}
