//! The script holds what the speech says, whatever the seed; and for the demo's own seed, the same bytes for ever.

mod acts;
mod figures;
mod references;
mod texts;

use super::*;
use super::{objects::reporter_of, record::allowed_days, time};
use std::collections::HashMap;
use std::fmt::Debug;

const SEEDS: [u64; 4] = [SPEECH_SEED, 0, 1, u64::MAX];

fn of_the_speech(script: &Script) -> impl Iterator<Item = &Problem> {
    script.problems.iter().filter(|problem| problem.layer == Layer::Speech)
}

fn visits_of_the_speech(script: &Script) -> impl Iterator<Item = &Visit> {
    script.visits.iter().filter(|visit| visit.layer == Layer::Speech)
}

fn class_of(problem: &Problem) -> &'static str {
    problem
        .disposition
        .as_ref()
        .map_or("undisposed", |disposition| disposition.how.class())
}

fn count_by<'a, T: 'a, K: Ord>(rows: impl Iterator<Item = &'a T>, key: impl Fn(&T) -> K) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(key(row)).or_insert(0) += 1;
    }
    counts
}

fn digest(script: &Script) -> String {
    let bytes = format!("{script:?}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
