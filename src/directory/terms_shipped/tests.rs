use std::collections::{BTreeMap, HashSet};

use super::*;

fn of_kind(kind: &str) -> impl Iterator<Item = &'static ShippedTerm> {
    SHIPPED_TERMS.iter().filter(move |term| term.kind == kind)
}

/// S-15 to S-17: 16 categories of the speech and one "other" for each audience; the heading is not chosen.
#[test]
fn s15_to_s17_the_categories_are_those_of_the_speech() {
    let chosen: Vec<_> = of_kind("category").filter(|term| !term.is_heading()).collect();
    assert_eq!(chosen.len(), 16 + 3);
    for (audience, letter, number) in [("enterprise", 'E', 8), ("masses", 'M', 5), ("grassroots", 'G', 6)] {
        let codes: Vec<_> = chosen
            .iter()
            .filter(|term| term.audience == Some(audience))
            .map(|term| term.code)
            .collect();
        assert_eq!(codes.len(), number);
        assert!(codes.iter().all(|code| code.starts_with(letter)));
        assert!(codes.last().unwrap().ends_with("99"));
    }
    let under_cost: Vec<_> = chosen
        .iter()
        .filter(|term| term.parent == Some("cost"))
        .map(|term| term.code)
        .collect();
    assert_eq!(under_cost, ["E03", "E04"]);
}

#[test]
fn every_kind_has_its_terms() {
    let counts = SHIPPED_TERMS.iter().fold(BTreeMap::new(), |mut counts, term| {
        *counts.entry(term.kind).or_insert(0) += 1;
        counts
    });
    let expected = [
        ("category", 20),
        ("cause", 4),
        ("visit_mode", 6),
        ("place_kind", 7),
        ("measure_type", 4),
        ("reason", 19),
        ("goal", 3),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn a_hold_has_four_reasons_and_no_other() {
    let reasons: Vec<_> = of_kind("reason")
        .filter(|term| term.parent == Some("hold"))
        .map(|term| term.code)
        .collect();
    assert_eq!(reasons, ["legal", "external", "season", "funding"]);
}

#[test]
fn terms_are_unique_ordered_and_labelled_in_both_languages() {
    let ids: HashSet<_> = SHIPPED_TERMS.iter().map(ShippedTerm::id).collect();
    assert_eq!(ids.len(), SHIPPED_TERMS.len());
    for pair in SHIPPED_TERMS.windows(2).filter(|pair| pair[0].kind == pair[1].kind) {
        assert!(pair[0].sort_order < pair[1].sort_order, "{}", pair[1].code);
    }
    for term in SHIPPED_TERMS {
        assert!(!term.zh.is_ascii() && !term.en.is_empty(), "{}", term.code);
        assert!(term.audience.is_none() || term.kind == "category");
    }
}

#[test]
fn a_heading_comes_first_and_has_no_heading() {
    for term in SHIPPED_TERMS {
        let Some(parent) = term.parent else { continue };
        let heading = of_kind(term.kind).find(|other| other.code == parent).unwrap();
        assert!(heading.sort_order < term.sort_order && heading.parent.is_none());
        assert_eq!(heading.audience, term.audience);
    }
}

#[test]
fn ids_never_change() {
    assert_eq!(
        term_id("category", "E01").to_string(),
        "016806b5-bc00-7bc0-8907-87f52567c6f1"
    );
    assert_eq!(VALID_FROM.to_string(), "2019-01-01");
}

/// An installation that began before these shipped gets them by a migration, under the same ids.
#[test]
fn the_reasons_to_hide_are_those_of_the_migration() {
    let migration = include_str!("../../../migrations/sqlite/0029_comments.sql");
    let reasons: Vec<_> = of_kind("reason")
        .filter(|term| term.code == "hide" || term.parent == Some("hide"))
        .collect();
    assert_eq!(reasons.len(), 4);
    for term in reasons {
        assert!(
            migration.contains(&format!("x'{}'", term.id().simple())),
            "{}",
            term.code
        );
        assert!(migration.contains(&format!("'{}'", term.code)));
        assert!(
            migration.contains(term.zh) && migration.contains(term.en),
            "{}",
            term.code
        );
    }
}
