//! Fills the patterns: takes turns among those of a category and never says the same sentence twice.

use super::patterns::{self, Ending, Pattern};
use super::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// Names that a text may repeat, from the speaker's context and from what was drawn before.
pub(super) type Slots = BTreeMap<&'static str, String>;

/// A problem in words.
pub(super) struct Written {
    pub(super) pattern: Pattern,
    pub(super) statement: String,
    pub(super) summary: String,
    pub(super) answer: String,
    pub(super) policy: String,
    /// Slug of the organisation, what it agreed.
    pub(super) agreed: Vec<(&'static str, String)>,
}

pub(super) struct Author {
    patterns: Vec<Pattern>,
    turns: BTreeMap<(&'static str, Ending), usize>,
    said: BTreeSet<String>,
}

impl Author {
    pub(super) fn new() -> Self {
        Self {
            patterns: patterns::read().0,
            turns: BTreeMap::new(),
            said: BTreeSet::new(),
        }
    }

    /// The next pattern of this category and ending, filled so that its statement is new. `None` where the texts hold
    /// no such pattern.
    pub(super) fn write(
        &mut self,
        random: &mut Random,
        category: &'static str,
        ending: Ending,
        context: &Slots,
    ) -> Option<Written> {
        let fitting = self
            .patterns
            .iter()
            .filter(|pattern| pattern.category == category && pattern.ending == ending);
        let fitting: Vec<&Pattern> = fitting.collect();
        let turn = self
            .turns
            .entry((category, ending))
            .or_insert_with(|| random.index(fitting.len()));
        *turn += 1;
        let pattern = (*fitting.get(*turn % fitting.len().max(1))?).clone();
        let mut slots = context.clone();
        let mut statement = fill(random, pattern.statement, &mut slots);
        // Each pattern can say hundreds of sentences, so a few further draws find a new one.
        for _ in 0..100 {
            if self.said.insert(statement.clone()) {
                break;
            }
            slots = context.clone();
            statement = fill(random, pattern.statement, &mut slots);
        }
        let mut say = |text| fill(random, text, &mut slots);
        Some(Written {
            statement,
            summary: say(pattern.summary),
            answer: say(pattern.answer),
            policy: say(pattern.policy),
            agreed: pattern
                .agreed
                .iter()
                .map(|(organisation, text)| (*organisation, say(text)))
                .collect(),
            pattern,
        })
    }
}

/// Replaces every slot of a text, as `patterns.rs` describes them. A name that nobody gave stays as it stands.
pub(super) fn fill(random: &mut Random, text: &'static str, slots: &mut Slots) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, slot, after)) = rest
        .split_once('{')
        .and_then(|(before, tail)| tail.split_once('}').map(|(slot, after)| (before, slot, after)))
    {
        filled.push_str(before);
        filled.push_str(&draw(random, slot, slots));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn draw(random: &mut Random, slot: &'static str, slots: &mut Slots) -> String {
    if let Some((name, choices)) = slot.split_once('=') {
        let drawn = choose(random, choices);
        slots.insert(name, drawn.clone());
        return drawn;
    }
    match slots.get(slot) {
        Some(known) => known.clone(),
        None if slot.contains('|') || slot.contains("..") => choose(random, slot),
        None => format!("{{{slot}}}"),
    }
}

fn choose(random: &mut Random, choices: &'static str) -> String {
    match number(random, choices) {
        Some(number) => number.to_string(),
        None => (*random.pick(&choices.split('|').collect::<Vec<_>>())).to_owned(),
    }
}

/// `low..high` or `low..high/step`.
fn number(random: &mut Random, range: &str) -> Option<u64> {
    let (low, high) = range.split_once("..")?;
    let (high, step) = high.split_once('/').unwrap_or((high, "1"));
    let (low, high, step): (u64, u64, u64) = (low.parse().ok()?, high.parse().ok()?, step.parse().ok()?);
    Some(low + step * random.between(0, (high - low).checked_div(step)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_a_choice_a_number_or_a_name() {
        let mut slots = Slots::from([("village", "鲁雅村".to_owned())]);
        let text = "{village}有{count=3..3}户{trade=茶叶}，{count}户都种{trade}，{无名}";
        assert_eq!(
            fill(&mut Random::new(1), text, &mut slots),
            "鲁雅村有3户茶叶，3户都种茶叶，{无名}"
        );
        let number: u64 = fill(&mut Random::new(1), "{300..900/50}", &mut slots).parse().unwrap();
        assert!((300..=900).contains(&number) && number.is_multiple_of(50));
    }
}
