//! Questions, what answers them, and what an answer counts for. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::directory::words::Audience;
use crate::error::{Fault, FaultCode};
use crate::service_objects::words::ObjectType;
use crate::text_enum;

text_enum! {
    /// When a survey is answered, relative to what is done.
    pub enum Moment {
        Before = "before" / "服务前" / "before",
        After = "after" / "服务后" / "after",
        Once = "once" / "单次" / "once",
    }
}

text_enum! {
    /// By which way a survey was answered.
    pub enum SurveyVia {
        Visit = "visit" / "走访时记录" / "written down at a visit",
        Account = "account" / "账号" / "the reporter's account, or one that the enterprise authorised",
        Link = "link" / "回执" / "the code of the receipt",
        Portal = "portal" / "门户" / "the system through which the reporter came",
    }
}

text_enum! {
    /// What the roll-up counts, by item.
    pub enum Measure {
        Before = "before" / "服务前答卷数" / "answers before",
        BeforePoints = "before_points" / "服务前分数合计" / "their sum",
        After = "after" / "服务后答卷数" / "answers after",
        AfterPoints = "after_points" / "服务后分数合计" / "their sum",
        Once = "once" / "单次答卷数" / "answers given once",
        OncePoints = "once_points" / "单次分数合计" / "their sum",
        Pairs = "pairs" / "前后配对数" / "pairs",
        PairsBefore = "pairs_before" / "配对中服务前分数合计" / "the sum of the pairs' answers before",
        PairsAfter = "pairs_after" / "配对中服务后分数合计" / "the sum of the pairs' answers after",
        Risen = "risen" / "上升" / "pairs that rose",
        Fallen = "fallen" / "下降" / "pairs that fell",
    }
}

/// What every survey of enterprises asks (S-79).
pub const CONFIDENCE: &[&str] = &["invest_confidence", "tech_reno_confidence"];

/// The best answer; 1 is the worst.
pub const SCALE: i64 = 5;

/// An item as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// The best answer.
    pub scale: i64,
}

/// Answers by item.
pub type Answers = BTreeMap<String, i64>;

/// The audience of an object.
pub const fn audience_of(kind: ObjectType) -> Audience {
    match kind {
        ObjectType::Enterprise => Audience::Enterprise,
        ObjectType::Household => Audience::Masses,
        ObjectType::Community => Audience::Grassroots,
    }
}

/// What is wrong with the items of a new template for an audience, each at its place below `/items`.
pub fn item_faults(audience: Audience, codes: &[&str]) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let repeated = codes.iter().enumerate().filter(|(_, code)| !seen.insert(**code));
    let mut faults: Vec<Fault> = repeated
        .map(|(index, _)| Fault::new(format!("/items/{index}/code"), FaultCode::Repeated))
        .collect();
    let lacks = CONFIDENCE.iter().any(|code| !codes.contains(code));
    if audience == Audience::Enterprise && lacks {
        faults.push(Fault::new("/items", FaultCode::Required));
    }
    faults
}

/// Everything that is wrong with answers: items that are missing, that there are not, that are out of the scale.
pub fn answer_faults(items: &[Item], answers: &Answers) -> Vec<Fault> {
    let mut faults = Vec::new();
    for item in items {
        match answers.get(&item.code) {
            None => faults.push(Fault::new(at(&item.code), FaultCode::Required)),
            Some(value) if *value < 1 || *value > item.scale => {
                faults.push(Fault::new(at(&item.code), FaultCode::OutOfRange));
            }
            Some(_) => {}
        }
    }
    let unknown = answers
        .keys()
        .filter(|code| !items.iter().any(|item| item.code == **code));
    faults.extend(unknown.map(|code| Fault::new(at(code), FaultCode::UnknownField)));
    faults
}

fn at(code: &str) -> String {
    format!("/answers/{}", code.replace('~', "~0").replace('/', "~1"))
}

/// What an answer adds to the roll-up, in the order of its keys; `before`: that of its pair.
pub fn counted(moment: Moment, answers: &Answers, before: Option<&Answers>) -> Vec<(String, Measure, i64)> {
    let (number, points) = match moment {
        Moment::Before => (Measure::Before, Measure::BeforePoints),
        Moment::After => (Measure::After, Measure::AfterPoints),
        Moment::Once => (Measure::Once, Measure::OncePoints),
    };
    let mut counted = Vec::new();
    for (item, value) in answers {
        let mut add = |measure, amount| counted.push((item.clone(), measure, amount));
        add(number, 1);
        add(points, *value);
        if let Some(earlier) = before.and_then(|before| before.get(item)) {
            add(Measure::Pairs, 1);
            add(Measure::PairsBefore, *earlier);
            add(Measure::PairsAfter, *value);
            add(Measure::Risen, i64::from(value > earlier));
            add(Measure::Fallen, i64::from(value < earlier));
        }
    }
    counted.retain(|(_, _, amount)| *amount > 0);
    counted.sort_by(|one, other| (&one.0, one.1.as_str()).cmp(&(&other.0, other.1.as_str())));
    counted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Answers, Item, Measure, Moment, answer_faults, counted, item_faults};
    use crate::directory::words::Audience;

    fn items() -> Vec<Item> {
        ["a", "b", "c"]
            .map(|code| Item {
                code: code.to_owned(),
                zh: "问".to_owned(),
                en: "?".to_owned(),
                scale: 5,
            })
            .into()
    }

    proptest! {
        #[test]
        fn every_fault_of_an_answer_is_named_once_and_only_a_whole_one_has_none(
            answers in prop::collection::btree_map("[a-e]", -1_i64..8, 0..6),
        ) {
            let answers: Answers = answers;
            let faults = answer_faults(&items(), &answers);
            let missing = ["a", "b", "c"].iter().filter(|code| !answers.contains_key(**code)).count();
            let unknown = answers.keys().filter(|code| code.as_str() > "c").count();
            let out = answers.iter().filter(|(code, value)| code.as_str() <= "c" && !(1..=5).contains(*value)).count();
            prop_assert_eq!(faults.len(), missing + unknown + out);
        }

        #[test]
        fn a_pair_counts_what_both_answered_and_rises_or_falls_at_most_once(
            before in prop::collection::btree_map("[a-c]", 1_i64..6, 0..4),
            after in prop::collection::btree_map("[a-c]", 1_i64..6, 1..4),
        ) {
            let counted = counted(Moment::After, &after, Some(&before));
            let sum = |measure| -> i64 { counted.iter().filter(|row| row.1 == measure).map(|row| row.2).sum() };
            let both: Vec<&String> = after.keys().filter(|code| before.contains_key(*code)).collect();
            let change: i64 = both.iter().map(|code| after[*code] - before[*code]).sum();
            prop_assert_eq!(usize::try_from(sum(Measure::Pairs)).unwrap(), both.len());
            prop_assert_eq!(sum(Measure::PairsAfter) - sum(Measure::PairsBefore), change);
            prop_assert!(sum(Measure::Risen) + sum(Measure::Fallen) <= sum(Measure::Pairs));
            prop_assert_eq!(sum(Measure::AfterPoints), after.values().sum::<i64>());
        }
    }

    #[test]
    fn s79_enterprises_are_always_asked_for_their_confidence() {
        let faults = |audience, codes: &[&str]| item_faults(audience, codes).len();
        assert_eq!(
            faults(Audience::Enterprise, &["invest_confidence", "tech_reno_confidence"]),
            0
        );
        assert_eq!(faults(Audience::Enterprise, &["invest_confidence", "burden_relief"]), 1);
        assert_eq!(faults(Audience::Masses, &["gain"]), 0);
        assert_eq!(faults(Audience::Masses, &["gain", "trust", "gain", "gain"]), 2);
    }
}
