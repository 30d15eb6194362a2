//! The pure function: what is typed is met by what was written.

use proptest::prelude::*;

use crate::full_text::domain::{Document, Gram, MOST_GRAMS, Query, signature, similarity};

fn words(text: &str) -> Vec<String> {
    let document = Document::default().text(text);
    document.grams().iter().map(|gram| gram.as_str().to_owned()).collect()
}

#[test]
fn a_text_is_its_pairs_its_last_characters_and_its_words() {
    assert_eq!(
        words("纾困，A股 ２０１９年iPhone！"),
        [
            "c07ebe056f0",
            "c056f0", // 纾困, and 困 where the run ends
            "wa",
            "c080a1", // A股: a word, and a run of one
            "w2019",
            "c05e74",
            "wiphone", // full-width digits are digits, capitals small letters
        ]
    );
    assert_eq!(words("纾困纾困"), ["c07ebe056f0", "c056f007ebe", "c056f0"], "each once");
    assert_eq!(
        words("𠮷野家 コンビニ ｺﾝﾋﾞﾆ"),
        words("𠮷野家 コンビニ"),
        "half-width is full-width"
    );
    assert_eq!(
        words("Ёлка"),
        ["xd191d0bbd0bad0b0"],
        "letters that are not Latin, by their bytes"
    );
    assert_eq!(words("，。！？😀\0"), Vec::<String>::new());
    assert!(words(&"a".repeat(5_000))[0].len() < 100, "a word has an end");
    let endless: String = (0..60_000_u32)
        .filter_map(|n| char::from_u32(0x4E00 + n % 20_000 + n / 20_000))
        .collect();
    assert!(words(&endless).len() <= MOST_GRAMS, "so has what a row is found by");
}

#[test]
fn numbers_by_which_a_person_could_be_looked_for_are_not_written() {
    for text in [
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "（138）0013－8000",
        "１３８００１３８０００",
        "tel13800138000",
        "87654321",
        "6222020200112233445",
    ] {
        assert_eq!(words(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        words("2019-01-14 138号 0579"),
        ["w2019", "w01", "w14", "w138", "c053f7", "w0579"]
    );
    let number = Document::default().number("SFW-2019-330782-1000123");
    assert!(
        Query::of("SFW-2019-330782-1000123").is_met_by(&number),
        "the number of a case is public"
    );
    assert!(!Query::of("13800138000").is_met_by(&Document::of([Some("请打13800138000")])));
}

#[test]
fn alike_is_a_measure() {
    let (one, same, other) = (
        signature("老旧小区加装电梯"),
        signature("老旧小区，加装电梯！"),
        signature("异地就医结算"),
    );
    assert!((similarity(&one, &one) - 1.0).abs() < 1e-9);
    assert!(similarity(&one, &same) > 0.8);
    assert!(similarity(&one, &other) < 1e-9);
    assert!(similarity(&one, &signature("😀")) < 1e-9);
}

/// Runs of Han, with what stands between them.
fn text() -> impl Strategy<Value = Vec<String>> {
    let part = prop_oneof![
        4 => "[一-龥𠀀-𠀟]{1,12}",
        1 => "[a-zA-Z0-9]{1,6}",
        1 => "[，。、！ 　\u{0}😀\"*()-]{1,3}",
    ];
    proptest::collection::vec(part, 1..12)
}

proptest! {
    #[test]
    fn every_part_of_a_run_finds_its_text(parts in text(), pick in any::<prop::sample::Index>(), ends in any::<(prop::sample::Index, prop::sample::Index)>()) {
        let document = Document::default().text(&parts.concat());
        let part: Vec<char> = parts[pick.index(parts.len())].chars().collect();
        let (one, other) = (ends.0.index(part.len()), ends.1.index(part.len()));
        let substring: String = part[one.min(other)..=one.max(other)].iter().collect();
        let query = Query::of(&substring);
        let of_han = substring.chars().all(|character| u32::from(character) >= 0x4E00 && character.is_alphabetic());
        if of_han {
            prop_assert!(query.is_met_by(&document), "{substring} in {}", parts.concat());
            if substring.chars().count() > 1 {
                let known: Vec<&Gram> = document.grams().iter().collect();
                prop_assert!(query.whole().iter().all(|gram| known.contains(&gram)));
            }
        }
    }

    #[test]
    fn nothing_that_is_typed_means_anything_to_a_database(typed in any::<String>()) {
        let query = Query::of(&typed);
        for gram in query.whole().iter().chain(query.beginnings()) {
            prop_assert!(gram.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
            prop_assert!(gram.as_str().len() < 600);
        }
    }

    #[test]
    fn likeness_lies_between_0_and_1_and_is_mutual(one in "\\PC{0,60}", other in "\\PC{0,60}") {
        let (one, other) = (signature(&one), signature(&other));
        let value = similarity(&one, &other);
        prop_assert!((0.0..=1.0).contains(&value));
        prop_assert!((value - similarity(&other, &one)).abs() < 1e-12);
    }
}
