//! The unified social credit code (统一社会信用代码) of GB 32100-2015: who an enterprise is.
//!
//! Eighteen characters of an alphabet of 31 (digits and capitals without I, O, S, V and Z; a character's value is its
//! place in the alphabet): the registrar, the category, six of the division, nine of the body, and a check character
//! `(31 − Σ cᵢ·wᵢ mod 31) mod 31` with weights `wᵢ = 3^(i−1) mod 31`. The last `mod` matters: a remainder of 0 gives
//! `0`. As 31 is a prime and no weight is a multiple of it, the check finds every single wrong character.
//!
//! The registrars are those of the standard and its amendments, so a village's collective (`N2`) is accepted, which
//! common libraries refuse. Codes that fail their own check have been issued; a caller may take one with
//! [`Uscc::parse_unverified`] and must store that it did, and why (`uscc_unverified`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// The characters of a code, each at the index that is its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Size of the alphabet and modulus of the check: a prime.
const MODULUS: usize = 31;

/// The weights of the first 17 characters: powers of 3, mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// How many characters a code has, the last of them the check character.
pub const USCC_LENGTH: usize = 18;

/// Registrars (first character) and, where the registrar has a closed list, its categories (second character).
/// An empty list: the standard lets the registrar number its categories, and none is refused.
const REGISTRARS: &[(char, &str)] = &[
    ('1', ""),    // 机构编制
    ('2', ""),    // 外交
    ('3', ""),    // 司法行政
    ('4', ""),    // 文化
    ('5', ""),    // 民政
    ('6', ""),    // 旅游
    ('7', ""),    // 宗教
    ('8', ""),    // 工会
    ('9', "123"), // 工商: 企业, 个体工商户, 农民专业合作社
    ('A', ""),    // 中央军委改革和编制办公室
    ('N', "123"), // 农业: 组级, 村级, 乡镇级集体经济组织
    ('Y', ""),    // 其他
];

/// A unified social credit code, in capitals.
///
/// From JSON only a code whose check holds is taken; one taken unverified goes out as any other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Uscc(String);

/// The first thing found wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsccFault {
    /// Not 18 characters.
    #[error("a unified social credit code has 18 characters")]
    Length,
    /// The character at this position, 1 to 18, cannot stand there: it is not of the alphabet, or at position 2 it is
    /// no category of this registrar.
    #[error("the character at position {position} cannot stand there")]
    Character {
        /// Position of the character, 1 to 18.
        position: usize,
    },
    /// The first character names no registering authority.
    #[error("the first character names no registering authority")]
    Registrar,
    /// The last character is not the one the others call for.
    #[error("the check character should be {expected}")]
    CheckDigit {
        /// The character that would be right.
        expected: char,
    },
}

impl Uscc {
    /// A code whose form and check character are right. Lower-case letters and space around it are put right.
    pub fn parse(text: &str) -> Result<Self, UsccFault> {
        let code = Self::parse_unverified(text)?;
        let expected = check_character(code.0.chars());
        if code.0.ends_with(expected) {
            Ok(code)
        } else {
            Err(UsccFault::CheckDigit { expected })
        }
    }

    /// A code whose form is right, whatever its check character: for codes that were issued wrong.
    pub fn parse_unverified(text: &str) -> Result<Self, UsccFault> {
        let code = text.trim().to_ascii_uppercase();
        if code.chars().count() != USCC_LENGTH {
            return Err(UsccFault::Length);
        }
        check_form(&code)?;
        Ok(Self(code))
    }

    /// The code that begins with these 17 characters, its check character added.
    pub fn complete(first_17: &str) -> Result<Self, UsccFault> {
        let mut code = first_17.trim().to_ascii_uppercase();
        if code.chars().count() != USCC_LENGTH - 1 {
            return Err(UsccFault::Length);
        }
        check_form(&code)?;
        code.push(check_character(code.chars()));
        Ok(Self(code))
    }

    /// Whether the check character is right; not always so for a code taken with
    /// [`parse_unverified`](Self::parse_unverified).
    pub fn is_verified(&self) -> bool {
        self.0.ends_with(check_character(self.0.chars()))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uscc {
    type Err = UsccFault;

    fn from_str(text: &str) -> Result<Self, UsccFault> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccFault;

    fn try_from(text: String) -> Result<Self, UsccFault> {
        Self::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

/// Alphabet, registrar and category of a code or of its beginning.
fn check_form(code: &str) -> Result<(), UsccFault> {
    if let Some(place) = code.chars().position(|character| value(character).is_none()) {
        return Err(UsccFault::Character { position: place + 1 });
    }
    let mut characters = code.chars();
    let (first, second) = (characters.next(), characters.next());
    let registrar = REGISTRARS.iter().find(|(registrar, _)| first == Some(*registrar));
    let (_, categories) = registrar.ok_or(UsccFault::Registrar)?;
    let category_stands = categories.is_empty() || second.is_some_and(|category| categories.contains(category));
    if category_stands {
        Ok(())
    } else {
        Err(UsccFault::Character { position: 2 })
    }
}

/// The check character for the first 17 of these characters, all of the alphabet.
fn check_character(code: impl Iterator<Item = char>) -> char {
    let products = code
        .filter_map(value)
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight);
    let remainder = products.sum::<usize>() % MODULUS;
    ALPHABET.chars().nth((MODULUS - remainder) % MODULUS).unwrap_or('0')
}

/// The value of a character, 0 to 30.
fn value(character: char) -> Option<usize> {
    ALPHABET.chars().position(|each| each == character)
}
