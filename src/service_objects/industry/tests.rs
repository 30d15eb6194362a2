use super::*;

#[test]
fn the_sections_run_from_a_to_t_and_share_out_all_97_divisions() {
    let letters: String = SECTIONS.iter().map(|section| section.code).collect();
    assert_eq!(letters, "ABCDEFGHIJKLMNOPQRST");
    let divisions: Vec<u8> = SECTIONS.iter().flat_map(Section::divisions).collect();
    assert_eq!(divisions, (1..=97).collect::<Vec<_>>());
}

#[test]
fn a_division_belongs_to_one_section() {
    let manufacturing = Section::parse("C").unwrap();
    assert_eq!(manufacturing.name, "制造业");
    assert!(manufacturing.contains("13") && manufacturing.contains("43"));
    assert!(!manufacturing.contains("12") && !manufacturing.contains("44"));
    assert_eq!(Section::of_division("05").map(|section| section.code), Some('A'));
    assert_eq!(Section::of_division("97").map(|section| section.code), Some('T'));
}

#[test]
fn what_is_not_in_the_standard_is_refused() {
    for text in ["", "U", "c", "AB", "Ａ", "1"] {
        assert_eq!(Section::parse(text), None, "{text}");
    }
    for text in ["", "00", "98", "1", "001", "+1", " 1", "１"] {
        assert_eq!(Section::of_division(text), None, "{text}");
    }
}
