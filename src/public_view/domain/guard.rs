//! What no public text may hold.
//!
//! Texts are compared by their letters and digits in one width, so that nothing put between them hides a name. People,
//! households and firms are known by what they may be called (`people.rs`, `firms.rs`); words that name nobody, such as
//! 群众, and names of one character are not looked for. An address is known by any four of its characters with a digit
//! among them, such as a street's last word and its number, in whichever numerals: a number leads to a door, a street
//! does not.

mod firms;
mod forms;
mod people;
mod words;

use crate::error::FaultCode;
use crate::privacy::{find_id_number, holds_phone_number};
use crate::service_objects::uscc::{USCC_LENGTH, Uscc};
use firms::Named;
use forms::Squeezed;
use people::Called;

/// Characters of an address that lead to it.
const ADDRESS_PART: usize = 4;

/// A firm that the problem is about or comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firm {
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub uscc: Option<String>,
    /// Whether it may be named: it consented, and the problem is closed.
    pub may_be_named: bool,
    /// Whether it may never be: it raised the problem and does not let itself be known, or is another than the
    /// problem's.
    pub is_hidden: bool,
}

/// What is known of the people and firms behind a problem.
#[derive(Clone, Debug, Default)]
pub struct Guarded {
    /// Names of persons and households behind it.
    pub people: Vec<String>,
    /// Names of organisations that raised it: known by the whole of them alone, for their words are everybody's.
    pub organisations: Vec<String>,
    /// Names of whoever handles it.
    pub handlers: Vec<String>,
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
        let plain = Squeezed::of(text);
        let checks = [
            (find_id_number(text).is_some(), FaultCode::IdNumber),
            (holds_phone_number(text), FaultCode::PhoneNumber),
            (
                self.names_who_raised(&plain) || self.names_a_handler(&plain),
                FaultCode::PersonalName,
            ),
            (self.holds_an_address(&plain), FaultCode::PersonalAddress),
            (self.names_firms(&plain, |_| true), FaultCode::FirmNamed),
            (self.holds_a_code(&plain.letters), FaultCode::CreditCodeInText),
        ];
        those_that_hold(checks)
    }

    /// What of it somebody may be told who may not know who raised the problem: what is known by its form, whoever
    /// handles it, and a firm that the problem shows.
    pub fn open_faults(&self, text: &str) -> Vec<FaultCode> {
        let plain = Squeezed::of(text);
        those_that_hold([
            (find_id_number(text).is_some(), FaultCode::IdNumber),
            (holds_phone_number(text), FaultCode::PhoneNumber),
            (self.names_a_handler(&plain), FaultCode::PersonalName),
            (self.names_firms(&plain, |firm| !firm.is_hidden), FaultCode::FirmNamed),
            (self.holds_a_code(&plain.letters), FaultCode::CreditCodeInText),
        ])
    }

    /// Whether a text tells what he may not know.
    pub fn tells_a_secret(&self, text: &str) -> bool {
        let plain = Squeezed::of(text);
        self.names_who_raised(&plain)
            || self.holds_an_address(&plain)
            || self.names_firms(&plain, |firm| firm.is_hidden)
    }

    /// Whether a text names a firm, allowed or not.
    pub fn names_a_firm(&self, text: &str) -> bool {
        let plain = Squeezed::of(text);
        self.firms
            .iter()
            .any(|firm| self.names(firm, &plain) || codes(&plain.letters).any(|code| firm.has_code(&code)))
    }

    fn names_who_raised(&self, text: &Squeezed) -> bool {
        self.people.iter().any(|name| Called::of(name).is_in(text))
            || self.organisations.iter().any(|name| Called::wholly(name).is_in(text))
    }

    fn names_a_handler(&self, text: &Squeezed) -> bool {
        self.handlers.iter().any(|name| Called::of(name).is_in(text))
    }

    fn names_firms(&self, text: &Squeezed, of: impl Fn(&Firm) -> bool) -> bool {
        let mut firms = self.firms.iter().filter(|firm| !firm.may_be_named && of(firm));
        firms.any(|firm| self.names(firm, text))
    }

    fn holds_an_address(&self, text: &Squeezed) -> bool {
        self.addresses.iter().any(|address| {
            let characters: Vec<char> = Squeezed::of(address).doors.chars().collect();
            characters
                .windows(ADDRESS_PART.min(characters.len().max(1)))
                .any(|part| is_of_a_door(part) && text.doors.contains(&part.iter().collect::<String>()))
        })
    }

    fn names(&self, firm: &Firm, text: &Squeezed) -> bool {
        Named::of(&firm.name, &self.places).is_in(text)
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

fn those_that_hold<const N: usize>(checks: [(bool, FaultCode); N]) -> Vec<FaultCode> {
    let held = checks.into_iter().filter(|(holds, _)| *holds);
    held.map(|(_, code)| code).collect()
}

/// Whether there are words and a number, or the whole of an address that is shorter.
fn is_of_a_door(part: &[char]) -> bool {
    let digits = part.iter().filter(|character| character.is_ascii_digit()).count();
    digits > 0 && (part.len() < ADDRESS_PART || part.len() - digits >= 2)
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
            is_hidden: false,
        };
        Guarded {
            people: vec!["王女士".to_owned(), "李".to_owned()],
            organisations: vec!["田心村村民委员会".to_owned()],
            handlers: vec!["周建国".to_owned()],
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
    fn who_may_not_know_who_raised_it_is_told_of_all_else() {
        let guarded = guarded(false);
        assert_eq!(guarded.faults("周建国"), [FaultCode::PersonalName]);
        assert_eq!(guarded.open_faults("周建国"), [FaultCode::PersonalName]);
        assert!(!guarded.tells_a_secret("周建国和示例纺织"));
        for secret in ["王女士", "示例村12号", "田心村村民委员会反映"] {
            assert!(
                guarded.open_faults(secret).is_empty() && guarded.tells_a_secret(secret),
                "{secret}"
            );
        }
        assert!(guarded.allows("居民委员会已答复，村民委员会正在落实"));
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
