//! The measures themselves.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use crate::alike::domain::{Likeness, Traits, precedent, similar};
use crate::full_text::domain::signature;

fn traits(text: &str, category: Option<u8>, object: Option<u8>, causes: &[u8]) -> Traits {
    let id = |number: u8| Uuid::from_u128(u128::from(number));
    Traits {
        words: signature(text),
        category: category.map(id),
        object: object.map(id),
        causes: causes.iter().copied().map(id).collect::<BTreeSet<_>>(),
    }
}

#[test]
fn words_count_most_and_what_was_not_asked_for_not_at_all() {
    let text = "引进的博士，孩子上学落实不了";
    let same = similar(&traits(text, None, None, &[]), &traits(text, Some(1), Some(1), &[])).unwrap();
    assert_eq!(
        (same.value, same.reasons.as_slice()),
        (1.0, [Likeness::Words].as_slice())
    );
    let elsewhere = similar(
        &traits(text, Some(1), Some(1), &[]),
        &traits(text, Some(2), Some(2), &[]),
    )
    .unwrap();
    assert_eq!(
        (elsewhere.value, elsewhere.reasons.as_slice()),
        (0.6, [Likeness::Words].as_slice())
    );
    let all = similar(
        &traits(text, Some(1), Some(1), &[]),
        &traits(text, Some(1), Some(1), &[]),
    )
    .unwrap();
    assert_eq!(
        (all.value, all.reasons.as_slice()),
        (1.0, [Likeness::Object, Likeness::Category, Likeness::Words].as_slice())
    );
    let of_object = similar(
        &traits("停车", Some(1), Some(1), &[]),
        &traits(text, Some(2), Some(1), &[]),
    )
    .unwrap();
    assert_eq!(
        (of_object.value, of_object.reasons.as_slice()),
        (0.2, [Likeness::Object].as_slice())
    );
    assert_eq!(
        similar(&traits("停车", Some(1), None, &[]), &traits(text, Some(1), None, &[])),
        None,
        "a category alone is no likeness"
    );
}

#[test]
fn a_precedent_shares_its_category_or_a_cause() {
    let problem = traits("孩子上学", Some(1), None, &[1, 2]);
    assert_eq!(precedent(&problem, &traits("孩子上学", Some(2), None, &[3])), None);
    let by_category = precedent(&problem, &traits("", Some(1), None, &[])).unwrap();
    assert_eq!(
        (by_category.value, by_category.reasons.as_slice()),
        (0.5, [Likeness::Category].as_slice())
    );
    let by_cause = precedent(&problem, &traits("", Some(2), None, &[2])).unwrap();
    assert_eq!(
        (by_cause.value, by_cause.reasons.as_slice()),
        (0.15, [Likeness::Cause].as_slice())
    );
    let all = precedent(&problem, &traits("孩子上学", Some(1), None, &[1, 2])).unwrap();
    assert_eq!((all.value, all.reasons.len()), (1.0, 3));
}

proptest! {
    #[test]
    fn a_score_lies_between_0_and_1_and_has_a_reason(
        one in "[一丁七万丈三上下]{0,12}", other in "[一丁七万丈三上下]{0,12}",
        ids in any::<(Option<bool>, Option<bool>, Option<bool>, Option<bool>)>(), causes in any::<(Vec<bool>, Vec<bool>)>(),
    ) {
        let number = |id: Option<bool>| id.map(u8::from);
        let many = |causes: &[bool]| causes.iter().map(|cause| u8::from(*cause)).collect::<Vec<_>>();
        let one = traits(&one, number(ids.0), number(ids.1), &many(&causes.0));
        let other = traits(&other, number(ids.2), number(ids.3), &many(&causes.1));
        for score in [similar(&one, &other), precedent(&one, &other)].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&score.value), "{score:?}");
            prop_assert!(!score.reasons.is_empty(), "{score:?}");
        }
    }
}
