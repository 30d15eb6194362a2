//! What a text is found by, and how alike two texts are: pure functions.
//!
//! [`similarity`] is about what texts speak of: of pairs of characters, and a short text within a long one is like it.
//! Whether a plan was copied is another question, of wording and of the whole: `action_plans::domain::likeness`.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

/// Different pairs and words of one text at most; what comes after them is not found. PostgreSQL ends at a megabyte.
pub const MOST_GRAMS: usize = 30_000;
/// Letters of a single character, as it is written.
const SINGLE_LENGTH: usize = 6;
/// Characters of a word that tell it from others.
const LONGEST_WORD: usize = 64;
/// So many digits in a row are a telephone number, an account or the like, by which nobody is to be looked for.
const PERSONAL_DIGITS: usize = 7;

/// Something that a text is found by, written in ASCII letters and digits so that no query language means anything by
/// it: a pair of neighbouring characters, a run's last character, a word or a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gram(String);

impl Gram {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is more than the beginning of others.
    pub fn is_whole(&self) -> bool {
        !self.0.starts_with('c') || self.0.len() > SINGLE_LENGTH
    }

    fn pair(first: char, second: char) -> Self {
        Self(format!("c{:05x}{:05x}", u32::from(first), u32::from(second)))
    }

    /// What every pair that begins with it begins with.
    fn single(character: char) -> Self {
        Self(format!("c{:05x}", u32::from(character)))
    }

    fn word(word: &str) -> Self {
        let kept: String = word.chars().take(LONGEST_WORD).collect();
        if kept.is_ascii() {
            return Self(format!("w{kept}"));
        }
        let bytes = kept.bytes().map(|byte| format!("{byte:02x}"));
        Self(std::iter::once("x".to_owned()).chain(bytes).collect())
    }
}

/// Neighbouring characters of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    /// Of a script that is written without spaces.
    Ideographs(Vec<char>),
    /// A word or a number.
    Word(String),
}

/// A text in one form: full-width, half-width and ligatures are the same character, and capitals small letters.
pub fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfkc().flat_map(char::to_lowercase)
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut within = false;
    for character in folded(text) {
        let ideograph = is_ideograph(character);
        if !ideograph && !character.is_alphanumeric() {
            within = false;
            continue;
        }
        match runs.last_mut() {
            Some(Run::Ideographs(run)) if within && ideograph => run.push(character),
            Some(Run::Word(word)) if within && !ideograph => word.push(character),
            _ if ideograph => runs.push(Run::Ideographs(vec![character])),
            _ => runs.push(Run::Word(character.to_string())),
        }
        within = true;
    }
    runs
}

/// Han, kana, bopomofo, hangul: written without spaces between words.
fn is_ideograph(character: char) -> bool {
    match character {
        '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => true,
        '\u{2E80}'..='\u{33FF}' => character.is_alphanumeric(),
        _ => false,
    }
}

/// The pairs of a run; of a run of one character that one.
fn pairs(run: &[char]) -> impl Iterator<Item = Gram> {
    run.windows(2).filter_map(|pair| match pair {
        [first, second] => Some(Gram::pair(*first, *second)),
        _ => None,
    })
}

/// What a row is found by: its texts, taken together.
#[derive(Clone, Debug, Default)]
pub struct Document {
    grams: Vec<Gram>,
    known: BTreeSet<Gram>,
}

impl Document {
    /// Of these texts; what is missing adds nothing.
    pub fn of<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Self {
        let texts = texts.into_iter().flatten();
        texts.fold(Self::default(), Self::text)
    }

    /// Adds a text. Numbers by which a person could be looked for are left out.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let runs = runs(text);
        for (index, run) in runs.iter().enumerate() {
            match run {
                Run::Ideographs(run) => {
                    self.extend(pairs(run));
                    self.extend(run.last().copied().map(Gram::single));
                }
                Run::Word(word) if is_personal(word) || is_part_of_mobile(&runs, index) => {}
                Run::Word(word) => self.extend([Gram::word(word)]),
            }
        }
        self
    }

    /// Adds a number that the row bears in public, such as its `tracking_no`.
    #[must_use]
    pub fn number(mut self, number: &str) -> Self {
        for run in runs(number) {
            if let Run::Word(word) = run {
                self.extend([Gram::word(&word)]);
            }
        }
        self
    }

    /// What it is found by, each once, in the order in which the texts have it.
    pub fn grams(&self) -> &[Gram] {
        &self.grams
    }

    fn extend(&mut self, grams: impl IntoIterator<Item = Gram>) {
        for gram in grams {
            if self.grams.len() < MOST_GRAMS && self.known.insert(gram.clone()) {
                self.grams.push(gram);
            }
        }
    }
}

fn is_personal(word: &str) -> bool {
    let mut digits = 0;
    word.chars().any(|character| {
        digits = if character.is_numeric() { digits + 1 } else { 0 };
        digits >= PERSONAL_DIGITS
    })
}

/// Whether a number is one of the three parts in which mobile numbers are written: 138 0013 8000.
fn is_part_of_mobile(runs: &[Run], index: usize) -> bool {
    let parts = |from: usize| -> Option<bool> {
        let part = |offset: usize| match runs.get(from + offset) {
            Some(Run::Word(word)) if word.bytes().all(|byte| byte.is_ascii_digit()) => Some(word.as_bytes()),
            _ => None,
        };
        let (first, second, third) = (part(0)?, part(1)?, part(2)?);
        let begins = matches!(first, [b'1', b'3'..=b'9', _]);
        Some(begins && second.len() == 4 && third.len() == 4)
    };
    (0..3).any(|back| index.checked_sub(back).and_then(parts) == Some(true))
}

/// What a query asks for: all of its terms, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    whole: Vec<Gram>,
    beginnings: Vec<Gram>,
}

impl Query {
    /// Of what somebody typed. One character by itself asks for what begins with it; signs ask for nothing.
    pub fn of(text: &str) -> Self {
        let (mut whole, mut beginnings) = (Vec::new(), Vec::new());
        for run in runs(text) {
            match run {
                Run::Ideographs(run) => match run.as_slice() {
                    [only] => beginnings.push(Gram::single(*only)),
                    run => whole.extend(pairs(run)),
                },
                Run::Word(word) => whole.push(Gram::word(&word)),
            }
        }
        let once = |grams: Vec<Gram>| -> Vec<Gram> {
            let known: BTreeSet<Gram> = grams.into_iter().collect();
            known.into_iter().collect()
        };
        Self {
            whole: once(whole),
            beginnings: once(beginnings),
        }
    }

    /// Whether it asks for nothing, so that nothing is found.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.beginnings.is_empty()
    }

    /// What must be there as it is.
    pub fn whole(&self) -> &[Gram] {
        &self.whole
    }

    /// What something must begin with.
    pub fn beginnings(&self) -> &[Gram] {
        &self.beginnings
    }

    /// Whether a document has all that it asks for: what the databases must answer, by the definition.
    #[cfg(test)]
    pub fn is_met_by(&self, document: &Document) -> bool {
        let begins = |beginning: &Gram| {
            let mut from = document.known.range(beginning.clone()..);
            from.next().is_some_and(|gram| gram.0.starts_with(&beginning.0))
        };
        !self.is_empty()
            && self.whole.iter().all(|gram| document.known.contains(gram))
            && self.beginnings.iter().all(begins)
    }
}

/// What a text is compared by: its pairs, words and numbers, each once.
pub fn signature(text: &str) -> BTreeSet<Gram> {
    let query = Query::of(text);
    query.whole.into_iter().chain(query.beginnings).collect()
}

/// How alike two texts are, 0 to 1: what they share against the geometric mean of what they have (Ochiai's measure, so
/// that a short text within a long one counts).
pub fn similarity(one: &BTreeSet<Gram>, other: &BTreeSet<Gram>) -> f64 {
    let count = |size: usize| u32::try_from(size).map_or(f64::INFINITY, f64::from);
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let shared = count(one.intersection(other).count());
    (shared / (count(one.len()) * count(other.len())).sqrt()).clamp(0.0, 1.0)
}
