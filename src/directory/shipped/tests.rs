use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn counties_on(day: &str) -> BTreeSet<&'static str> {
    let counties = province_cities_counties().filter(|each| each.level == Level::County);
    counties
        .filter(|each| each.is_valid_on(date(day)))
        .map(|each| each.code)
        .collect()
}

fn everything() -> impl Iterator<Item = ShippedDivision> {
    province_cities_counties().chain(towns()).chain(villages())
}

fn named(code: &str) -> ShippedDivision {
    everything().find(|each| each.code == code).unwrap()
}

/// S-03: 52 of 89 counties on the day of the speech, of 90 four years later.
#[test]
fn s03_the_number_of_counties_is_that_of_the_day() {
    let (then, now) = (counties_on("2019-01-14"), counties_on("2023-07-01"));
    assert_eq!((then.len(), now.len(), then.intersection(&now).count()), (89, 90, 87));
    assert_eq!(then.difference(&now).copied().collect::<Vec<_>>(), ["330103", "330104"]);
    assert_eq!(
        now.difference(&then).copied().collect::<Vec<_>>(),
        ["330113", "330114", "330383"]
    );
    assert_eq!(
        (counties_on("2019-09-24").len(), counties_on("2019-09-25").len()),
        (89, 90)
    );
    assert_eq!(
        (counties_on("2021-04-08").len(), counties_on("2021-04-09").len()),
        (90, 90)
    );
}

#[test]
fn the_files_are_read_whole() {
    let counts = everything().fold(BTreeMap::new(), |mut counts, division| {
        *counts.entry(division.level).or_insert(0) += 1;
        counts
    });
    let expected = [
        (Level::Province, 1),
        (Level::City, 11),
        (Level::County, 92),
        (Level::Town, 1387),
        (Level::Village, 25547),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    for (file, level) in [(TOWNS, Level::Town), (VILLAGES, Level::Village)] {
        assert!(rows(file).all(|row| Level::of_code(row.code) == Some(level) && !row.name.is_empty()));
    }
    let dated = COUNTIES
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains("\t20"))
        .count();
    let read = province_cities_counties()
        .filter(|each| each.valid_from.is_some() || each.valid_to.is_some())
        .count();
    assert_eq!((dated, read), (5, 5));
}

#[test]
fn the_cities_have_their_counties_of_today() {
    let today = counties_on("2023-07-01");
    let counts = today.iter().fold(BTreeMap::new(), |mut counts, code| {
        *counts.entry(code.get(..4).unwrap_or_default()).or_insert(0) += 1;
        counts
    });
    assert_eq!(
        counts.into_values().collect::<Vec<_>>(),
        [13, 10, 12, 7, 5, 6, 9, 6, 4, 9, 9]
    );
}

#[test]
fn no_division_is_an_orphan_and_none_is_valid_without_its_parent() {
    let by_code: HashMap<_, _> = province_cities_counties()
        .chain(towns())
        .map(|each| (each.code, each))
        .collect();
    for division in everything().filter(|each| each.level != Level::Province) {
        let parent = &by_code[division.parent_code.unwrap()];
        assert!(parent.level < division.level, "{}", division.code);
        assert!(parent.is_valid_on(date("2023-06-30")) || !division.is_valid_on(date("2023-06-30")));
        assert!(division.full_name.ends_with(division.name));
    }
    assert_eq!(named("330000").parent_code, None);
}

#[test]
fn full_names_read_from_the_province_down() {
    for (code, full_name) in [
        ("330000", "浙江省"),
        ("330100", "浙江省杭州市"),
        ("330103", "浙江省杭州市下城区"),
        ("330102001", "浙江省杭州市上城区清波街道"),
        ("330102001051", "浙江省杭州市上城区清波街道清波门社区"),
        ("330383198", "浙江省温州市龙港市龙港县直辖村级区划"),
    ] {
        assert_eq!(named(code).full_name, full_name);
    }
    let of_longgang = villages().find(|each| each.parent_code == Some("330383198")).unwrap();
    assert_eq!(of_longgang.full_name, format!("浙江省温州市龙港市{}", of_longgang.name));
}

#[test]
fn every_ended_county_has_one_main_successor() {
    let counties: HashMap<_, _> = province_cities_counties().map(|each| (each.code, each)).collect();
    for succession in successors() {
        let (old, new) = (&counties[succession.old_code], &counties[succession.new_code]);
        assert!(new.is_valid_on(date("2023-07-01")));
        assert_eq!(old.parent_code, new.parent_code);
    }
    for ended in counties.values().filter(|each| each.valid_to.is_some()) {
        let mains = successors()
            .iter()
            .filter(|each| each.old_code == ended.code && each.share == Share::Main);
        assert_eq!(mains.count(), 1, "{}", ended.name);
    }
    for new in counties.values().filter(|each| each.valid_from.is_some()) {
        assert!(
            successors().iter().any(|each| each.new_code == new.code),
            "{}",
            new.name
        );
    }
}

#[test]
fn ids_are_unique_uuids_of_version_7() {
    let ids: HashSet<_> = everything().map(|each| each.id()).collect();
    assert_eq!(ids.len(), everything().count());
    assert!(
        ids.iter()
            .all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122)
    );
}

#[test]
fn ids_never_change() {
    assert_eq!(named("330000").id().to_string(), "016806b5-bc00-7bc2-abfd-1297567551fa");
    assert_eq!(named("330383").id().to_string(), "016806b5-bc00-72d3-84ac-af348bc90048");
    assert_ne!(division_id("330383", None), named("330383").id());
}

#[test]
fn a_code_tells_its_level() {
    for text in [
        "",
        "33",
        "33010",
        "3301021",
        "33010200",
        "33010a",
        "３３０１０２",
        "3301020010510",
    ] {
        assert_eq!(Level::of_code(text), None, "{text}");
    }
    assert_eq!(
        serde_json::to_string(&Level::County).unwrap(),
        format!("\"{}\"", Level::County)
    );
}
