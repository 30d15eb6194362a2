//! Which counties were reached (S-03), against the list of counties that exist on the day asked.

use std::collections::{BTreeSet, HashMap};

/// A county of the scope, whether it exists on the day asked or not.
#[derive(Clone, Debug)]
pub struct County {
    /// Tells it from another county of the same code.
    pub key: String,
    /// Its code.
    pub code: String,
    /// Whether it exists on the day asked.
    pub exists: bool,
    /// The key of the county that most of it went to.
    pub main_successor: Option<String>,
    /// Whether a completed visit took place in it.
    pub visited: bool,
}

/// How many of the counties were reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The codes of those reached, ascending.
    pub codes: Vec<String>,
    /// How many exist.
    pub total: i64,
}

/// A county that exists was reached where a visit took place in it, or in one that it replaced by main share, over any
/// number of such steps.
pub fn coverage(counties: &[County]) -> Coverage {
    let by_key: HashMap<&str, &County> = counties.iter().map(|county| (county.key.as_str(), county)).collect();
    let reached = counties.iter().filter(|county| county.visited);
    let codes: BTreeSet<&str> = reached
        .filter_map(|county| today(county, &by_key))
        .map(|county| county.code.as_str())
        .collect();
    Coverage {
        codes: codes.into_iter().map(ToOwned::to_owned).collect(),
        total: i64::try_from(counties.iter().filter(|county| county.exists).count()).unwrap_or(i64::MAX),
    }
}

/// The county itself, or the one that exists in its place.
fn today<'c>(mut county: &'c County, by_key: &HashMap<&str, &'c County>) -> Option<&'c County> {
    // As many steps as there are counties: a circle of successors, which nobody should enter, ends too.
    for _ in 0..=by_key.len() {
        if county.exists {
            return Some(county);
        }
        county = by_key.get(county.main_successor.as_deref()?)?;
    }
    None
}
