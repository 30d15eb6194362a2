//! What no public text may hold.
//!
//! Texts are compared without space and in one width, so that neither hides a name. A firm is known by its whole name and
//! by what is left of it without its place and its legal form. An address is known by any four of its characters
//! with a digit among them, such as a street's last word and its number: a number leads to a door, a street does not.

use crate::error::FaultCode;
use crate::full_text::domain::folded;
use crate::privacy::{find_id_number, holds_phone_number};
use crate::service_objects::uscc::{USCC_LENGTH, Uscc};

/// The shortest name that is looked for: a surname alone is in half of all texts.
const SHORTEST_NAME: usize = 2;
/// The shortest core of a firm's name that is looked for.
const SHORTEST_CORE: usize = 3;
/// Characters of an address that lead to it.
const ADDRESS_PART: usize = 4;

/// What a firm's name ends in; the longer ones first.
const LEGAL_FORMS: &[&str] = &[
    "集团股份有限公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "专业合作社",
    "有限公司",
    "合作社",
    "集团",
    "公司",
];
/// What a name of a place may end in.
const PLACE_ENDS: &[char] = &['省', '市', '县', '区', '镇', '乡'];

/// A firm that the problem is about or comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firm {
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub uscc: Option<String>,
    /// Whether it may be named: it consented, and the problem is closed.
    pub may_be_named: bool,
}

/// What is known of the people and firms behind a problem.
#[derive(Clone, Debug, Default)]
pub struct Guarded {
    /// Names of persons and households: reporters, whoever handles.
    pub people: Vec<String>,
    /// Firms.
    pub firms: Vec<Firm>,
    /// Addresses of people.
    pub addresses: Vec<String>,
    /// Names of the divisions that the problem lies in, which firms' names begin with.
    pub places: Vec<String>,
}

impl Guarded {
    /// Whether a text may be shown.
    pub fn allows(&self, text: &str) -> bool {
        self.faults(text).is_empty()
    }

    /// Everything that keeps a text from being shown.
    pub fn faults(&self, text: &str) -> Vec<FaultCode> {
        let plain = squeezed(text);
        let checks = [
            (find_id_number(text).is_some(), FaultCode::IdNumber),
            (holds_phone_number(text), FaultCode::PhoneNumber),
            (self.names_a_person(&plain), FaultCode::PersonalName),
            (self.holds_an_address(&plain), FaultCode::PersonalAddress),
            (
                self.firms
                    .iter()
                    .any(|firm| !firm.may_be_named && self.names(firm, &plain)),
                FaultCode::FirmNamed,
            ),
            (self.holds_a_code(&plain), FaultCode::CreditCodeInText),
        ];
        checks
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, code)| code)
            .collect()
    }

    /// Whether a text names a firm, allowed or not.
    pub fn names_a_firm(&self, text: &str) -> bool {
        let plain = squeezed(text);
        self.firms
            .iter()
            .any(|firm| self.names(firm, &plain) || codes(&plain).any(|code| firm.has_code(&code)))
    }

    fn names_a_person(&self, plain: &str) -> bool {
        let names = self.people.iter().map(|name| squeezed(name));
        names
            .filter(|name| name.chars().count() >= SHORTEST_NAME)
            .any(|name| plain.contains(&name))
    }

    fn holds_an_address(&self, plain: &str) -> bool {
        self.addresses.iter().any(|address| {
            let characters: Vec<char> = squeezed(address).chars().collect();
            characters
                .windows(ADDRESS_PART.min(characters.len().max(1)))
                .any(|part| is_of_a_door(part) && plain.contains(&part.iter().collect::<String>()))
        })
    }

    fn names(&self, firm: &Firm, plain: &str) -> bool {
        let name = squeezed(&firm.name);
        let core = self.core(&name);
        (name.chars().count() >= SHORTEST_NAME && plain.contains(&name))
            || (core.chars().count() >= SHORTEST_CORE && plain.contains(core))
    }

    /// A firm's name without the place that it begins with and its legal form.
    fn core<'n>(&self, name: &'n str) -> &'n str {
        let mut core = LEGAL_FORMS
            .iter()
            .find_map(|form| name.strip_suffix(form))
            .unwrap_or(name);
        for place in &self.places {
            let bare = place.trim_end_matches(PLACE_ENDS);
            let bare = if bare.chars().count() < SHORTEST_NAME {
                place.as_str()
            } else {
                bare
            };
            if let Some(rest) = core.strip_prefix(bare) {
                core = rest.strip_prefix(PLACE_ENDS).unwrap_or(rest);
            }
        }
        core
    }

    /// A credit code of any firm but one that may be named; the firms' own whether their check digit holds or not.
    fn holds_a_code(&self, plain: &str) -> bool {
        codes(plain).any(|code| {
            let own = self.firms.iter().find(|firm| firm.has_code(&code));
            own.map_or_else(|| Uscc::parse(&code).is_ok(), |firm| !firm.may_be_named)
        })
    }
}

impl Firm {
    fn has_code(&self, code: &str) -> bool {
        self.uscc.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(code))
    }
}

/// Whether there are words and a number, or the whole of an address that is shorter.
fn is_of_a_door(part: &[char]) -> bool {
    let digits = part.iter().filter(|character| character.is_ascii_digit()).count();
    digits > 0 && (part.len() < ADDRESS_PART || part.len() - digits >= 2)
}

/// Without space and what shows nothing, in one width and case.
fn squeezed(text: &str) -> String {
    let shown = |character: &char| {
        !character.is_whitespace()
            && !matches!(
                character,
                '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}'
            )
    };
    folded(text).filter(shown).collect()
}

/// Whatever has the length and the letters of a credit code.
fn codes(plain: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = plain.chars().collect();
    let windows: Vec<String> = characters
        .windows(USCC_LENGTH)
        .filter(|part| part.iter().all(char::is_ascii_alphanumeric))
        .map(|part| part.iter().collect::<String>().to_ascii_uppercase())
        .collect();
    windows.into_iter()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Firm, Guarded};
    use crate::error::FaultCode;
    use crate::service_objects::uscc::Uscc;

    fn code() -> String {
        Uscc::complete("91330782MA28XXXX1")
            .map(|code| code.to_string())
            .expect("a code")
    }

    fn guarded(may_be_named: bool) -> Guarded {
        let firm = Firm {
            name: "浙江示例纺织有限公司".to_owned(),
            uscc: Some(code()),
            may_be_named,
        };
        Guarded {
            people: vec!["王女士".to_owned(), "李".to_owned()],
            firms: vec![firm],
            addresses: vec!["义乌市佛堂镇示例村１２号".to_owned()],
            places: vec!["浙江省".to_owned(), "义乌市".to_owned()],
        }
    }

    #[test]
    fn each_thing_is_found_however_it_is_written() {
        for (text, fault) in [
            ("由王 女士反映", FaultCode::PersonalName),
            ("家住示例村12号的居民", FaultCode::PersonalAddress),
            ("示例纺织的困难", FaultCode::FirmNamed),
            ("浙江 示例纺织 有限公司", FaultCode::FirmNamed),
            ("联系13800001234", FaultCode::PhoneNumber),
            ("身份证 11010519491231002X", FaultCode::IdNumber),
        ] {
            assert_eq!(guarded(false).faults(text), [fault], "{text}");
        }
        let text = format!("代码 {}", code().to_ascii_lowercase());
        assert_eq!(guarded(false).faults(&text), [FaultCode::CreditCodeInText]);
        for text in ["李子成熟了", "佛堂镇示例村的道路", "一家纺织企业", "2019年12号台风"] {
            assert!(guarded(false).allows(text), "{text}");
        }
    }

    #[test]
    fn a_firm_that_may_be_named_is_and_no_other() {
        let text = format!("示例纺织（{}）已复工", code());
        assert!(guarded(true).allows(&text) && guarded(true).names_a_firm(&text));
        assert!(!guarded(true).names_a_firm("一家企业已复工"));
        let other = Uscc::complete("91330782MA28YYYY1").expect("a code");
        assert_eq!(
            guarded(true).faults(&format!("另一家 {other}")),
            [FaultCode::CreditCodeInText]
        );
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let text = format!(
            "王女士 13800001234 示例村12号 浙江示例纺织有限公司 {} 11010519491231002X",
            code()
        );
        assert_eq!(guarded(false).faults(&text).len(), 6);
    }

    proptest! {
        #[test]
        fn a_name_is_found_wherever_it_stands(before in ".{0,20}", after in ".{0,20}", gap in "[ \t\u{3000}\u{200B}]{0,2}") {
            let text = format!("{before}王{gap}女士{after}");
            prop_assert!(!guarded(false).allows(&text));
            let firm = format!("{before}示例{gap}纺织{after}");
            prop_assert!(guarded(false).faults(&firm).contains(&FaultCode::FirmNamed));
        }
    }
}
