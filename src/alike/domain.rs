//! How alike two problems are, 0 to 1: pure.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::full_text::domain::{Gram, similarity};
use crate::text_enum;

text_enum! {
    /// Why something is alike.
    pub enum Likeness {
        Object = "object" / "同一服务对象" / "the same service object",
        Category = "category" / "同一类别" / "the same category",
        Cause = "cause" / "同样的原因" / "a shared cause",
        Words = "words" / "表述相近" / "similar words",
    }
}

/// Texts that share less are not alike: as much share two that have nothing to do with each other.
pub const LEAST_WORDS: f64 = 0.1;
/// The parts of a similarity to which words, category and object count.
const OF_SIMILAR: [f64; 3] = [0.6, 0.2, 0.2];
/// The parts to which category, causes and words count in a precedent.
const OF_PRECEDENT: [f64; 3] = [0.5, 0.3, 0.2];

/// How alike, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// 0 to 1, rounded to two digits.
    pub value: f64,
    /// Why.
    pub reasons: Vec<Likeness>,
}

/// What is looked for, or what is compared with it.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// Its words.
    pub words: BTreeSet<Gram>,
    /// Its category.
    pub category: Option<Uuid>,
    /// What it is about.
    pub object: Option<Uuid>,
    /// Its causes.
    pub causes: BTreeSet<Uuid>,
}

/// How like what is asked for a problem is; `None` where neither its words nor its object are. What was not asked for
/// does not count.
pub fn similar(asked: &Traits, other: &Traits) -> Option<Score> {
    let [of_words, of_category, of_object] = OF_SIMILAR;
    let words = similarity(&asked.words, &other.words);
    let category = asked.category.map(|category| other.category == Some(category));
    let object = asked.object.map(|object| other.object == Some(object));
    if words < LEAST_WORDS && object != Some(true) {
        return None;
    }
    let parts = [
        (Some(words), of_words, Likeness::Words, LEAST_WORDS),
        (category.map(one_or_none), of_category, Likeness::Category, 1.0),
        (object.map(one_or_none), of_object, Likeness::Object, 1.0),
    ];
    Some(weighed(&parts))
}

/// How like a problem a solved case is; `words` are those of the case's outputs. `None` where it shares neither
/// category nor cause.
pub fn precedent(problem: &Traits, case: &Traits) -> Option<Score> {
    let [of_category, of_causes, of_words] = OF_PRECEDENT;
    let category = problem.category.is_some() && problem.category == case.category;
    let shared = problem.causes.intersection(&case.causes).count();
    let all = problem.causes.union(&case.causes).count();
    if !category && shared == 0 {
        return None;
    }
    let count = |size: usize| u32::try_from(size).map_or(f64::INFINITY, f64::from);
    let causes = if all == 0 { 0.0 } else { count(shared) / count(all) };
    let words = similarity(&problem.words, &case.words);
    let parts = [
        (Some(one_or_none(category)), of_category, Likeness::Category, 1.0),
        (Some(causes), of_causes, Likeness::Cause, f64::MIN_POSITIVE),
        (Some(words), of_words, Likeness::Words, LEAST_WORDS),
    ];
    Some(weighed(&parts))
}

const fn one_or_none(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

/// The weighed mean of the parts that there are; a part from its own limit on is a reason.
fn weighed(parts: &[(Option<f64>, f64, Likeness, f64)]) -> Score {
    let (mut sum, mut weights, mut reasons) = (0.0, 0.0, Vec::new());
    for (value, weight, reason, limit) in parts {
        let Some(value) = value else { continue };
        sum += value * weight;
        weights += weight;
        if value >= limit {
            reasons.push(*reason);
        }
    }
    let value = if weights > 0.0 { sum / weights } else { 0.0 };
    reasons.sort_unstable();
    Score {
        value: (value * 100.0).round() / 100.0,
        reasons,
    }
}
