//! Besides the vectors: the two properties for which a check character exists.

use proptest::prelude::*;

use super::*;

const VALID: [&str; 8] = [
    "91350100M000100Y43", // the standard's own example
    "91110000600037341L",
    "91110108551385082Q",
    "N2330102MF1234567T", // a village's collective
    "913301000000000170", // remainder 0
    "9133010229141777X3",
    "91330782631706691D",
    "9133060407439150XY",
];

#[test]
fn issued_codes_are_accepted() {
    for code in VALID {
        let parsed = Uscc::parse(code).unwrap();
        assert_eq!((parsed.as_str(), parsed.to_string().as_str()), (code, code));
        assert!(parsed.is_verified());
        assert_eq!(Uscc::complete(code.get(..17).unwrap()), Ok(parsed));
    }
}

#[test]
fn each_fault_is_named() {
    for (code, fault) in [
        ("91350100M000100Y4Z", UsccFault::Character { position: 18 }),
        ("9135010OM000100Y43", UsccFault::Character { position: 8 }),
        ("９1350100M000100Y43", UsccFault::Character { position: 1 }),
        ("91350100M000100Y44", UsccFault::CheckDigit { expected: '3' }),
        ("91350211M0000XUF46", UsccFault::CheckDigit { expected: 'R' }), // issued so
        ("91350100M000100Y4", UsccFault::Length),
        ("91350100M000100Y433", UsccFault::Length),
        ("", UsccFault::Length),
        ("B1350100M000100Y43", UsccFault::Registrar),
        ("01350100M000100Y43", UsccFault::Registrar),
        ("94350100M000100Y43", UsccFault::Character { position: 2 }),
        ("N4330102MF1234567T", UsccFault::Character { position: 2 }),
    ] {
        assert_eq!(Uscc::parse(code), Err(fault), "{code}");
    }
    assert_eq!(Uscc::complete("91350100M000100Y43"), Err(UsccFault::Length));
}

#[test]
fn a_code_issued_with_a_wrong_check_can_be_kept() {
    let code = Uscc::parse_unverified("91350211M0000XUF46").unwrap();
    assert!(!code.is_verified());
    assert_eq!(
        Uscc::parse_unverified("9135010OM000100Y43"),
        Err(UsccFault::Character { position: 8 })
    );
    assert_eq!(Uscc::parse_unverified("X1350100M000100Y43"), Err(UsccFault::Registrar));
}

#[test]
fn case_and_surrounding_space_do_not_matter() {
    assert_eq!(
        Uscc::parse(" 91350100m000100y43\n").unwrap().as_str(),
        "91350100M000100Y43"
    );
}

#[test]
fn json_takes_only_codes_whose_check_holds() {
    let code: Uscc = serde_json::from_str(r#""91350100m000100y43""#).unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), r#""91350100M000100Y43""#);
    assert!(serde_json::from_str::<Uscc>(r#""91350211M0000XUF46""#).is_err());
}

#[test]
fn no_weight_is_a_multiple_of_the_modulus() {
    // With a prime modulus this proves what the property below samples: (a − b)·w is 0 mod 31 only if a = b.
    assert_eq!(WEIGHTS[0], 1);
    assert!(WEIGHTS.windows(2).all(|pair| pair[1] == pair[0] * 3 % MODULUS));
    assert!(WEIGHTS.iter().all(|weight| weight % MODULUS != 0));
    assert!((2..MODULUS).all(|divisor| !MODULUS.is_multiple_of(divisor)));
    assert_eq!(ALPHABET.len(), MODULUS);
}

fn any_first_17() -> impl Strategy<Value = String> {
    "(1[0-9]|5[1-9]|9[123]|A1|N[123]|Y1)[0-9A-HJ-NPQRTUWXY]{15}"
}

proptest! {
    #[test]
    fn a_completed_code_is_accepted(first_17 in any_first_17()) {
        let code = Uscc::complete(&first_17).unwrap();
        prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code));
    }

    #[test]
    fn a_single_wrong_character_is_found(first_17 in any_first_17(), place in 0_usize..18, other in 0_usize..MODULUS) {
        let right = Uscc::complete(&first_17).unwrap().to_string();
        let mut wrong: Vec<char> = right.chars().collect();
        wrong[place] = ALPHABET.chars().nth(other).unwrap();
        let wrong: String = wrong.into_iter().collect();
        prop_assert_eq!(Uscc::parse(&wrong).is_ok(), wrong == right);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        prop_assert!(Uscc::parse(&text).is_err());
    }
}
