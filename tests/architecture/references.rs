//! Finds what a file of `src` refers to within the crate: `crate::…` and `super::…`, in `use` lines, groups and inline.
//! It reads text, not syntax trees, so it sees what the reader sees and needs no parser; macros are read as written.

use std::iter::Peekable;

/// Where a file stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The folder or file directly below `src`, without `.rs`.
    pub feature: &'a str,
    /// `domain`, `dto`, `store` or `routes`, where the file is one of them or lies in a folder of that name.
    pub layer: Option<&'a str>,
    /// Test code: a file `tests.rs`, a folder `tests`, or what only tests use.
    pub is_test: bool,
}

impl<'a> Place<'a> {
    /// Reads a path such as `src/problems/store/list.rs`.
    pub fn of(path: &'a str) -> Self {
        let below_src = path.strip_prefix("src/").unwrap_or(path);
        let mut names = below_src
            .split('/')
            .map(|name| name.strip_suffix(".rs").unwrap_or(name));
        let feature = names.next().unwrap_or_default();
        let rest: Vec<&str> = names.collect();
        Self {
            feature,
            layer: rest
                .iter()
                .copied()
                .find(|name| matches!(*name, "domain" | "dto" | "store" | "routes")),
            is_test: matches!(feature, "test_support" | "tests") || rest.contains(&"tests"),
        }
    }
}

/// One thing referred to: its path from the root of the crate, without `crate::`, and the line that it stands in.
#[derive(Debug, PartialEq, Eq)]
pub struct Reference {
    pub path: String,
    pub line: usize,
}

/// Everything of this crate that the file names by a path.
pub fn references(file: &str, text: &str) -> Vec<Reference> {
    let tokens = tokens_of(text);
    let mut left = tokens.iter().peekable();
    let mut found = Vec::new();
    let mut within_a_path = false;
    while let Some(token) = left.next() {
        let base = match token.text.as_str() {
            "crate" => Some(Vec::new()),
            "super" => Some(parent_of(module_of(file))),
            _ => None,
        };
        if let Some(base) = base
            && !within_a_path
            && left.next_if(|token| token.text == "::").is_some()
        {
            read_path(&mut left, base, token.line, &mut found);
        }
        within_a_path = token.text == "::";
    }
    found
}

/// The code of a line, without the comment that it is or ends with.
pub fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with("//") {
        return "";
    }
    line.split_once(" // ").map_or(line, |(code, _)| code)
}

/// The module that a file is: `src/problems/store/list.rs` is `problems::store::list`, `mod.rs` its folder.
fn module_of(file: &str) -> Vec<String> {
    let below_src = file.strip_prefix("src/").unwrap_or(file);
    let mut names: Vec<String> = below_src
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if names
        .last()
        .is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main"))
    {
        names.pop();
    }
    names
}

fn parent_of(mut module: Vec<String>) -> Vec<String> {
    module.pop();
    module
}

/// A name, `::`, or one other character.
struct Token {
    text: String,
    line: usize,
}

fn tokens_of(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut goes_on = false;
        for character in without_comment(line).chars() {
            let joins = |last: &Token| match character {
                ':' => last.text == ":",
                other => is_name(other) && last.text.chars().all(is_name),
            };
            match tokens.last_mut() {
                Some(last) if goes_on && joins(last) => last.text.push(character),
                _ if !character.is_whitespace() => tokens.push(Token {
                    text: character.into(),
                    line: index + 1,
                }),
                _ => {}
            }
            goes_on = !character.is_whitespace();
        }
    }
    tokens
}

/// Reads `a::b`, `a::{b, c::d}`, `a::*` or `self`, and adds what it names below `base`.
fn read_path<'a>(
    left: &mut Peekable<impl Iterator<Item = &'a Token>>,
    mut base: Vec<String>,
    line: usize,
    found: &mut Vec<Reference>,
) {
    loop {
        if left.next_if(|token| token.text == "{").is_some() {
            return read_group(left, &base, line, found);
        }
        match left
            .next_if(|token| token.text.chars().all(is_name))
            .map(|token| token.text.as_str())
        {
            Some("super") => base = parent_of(base),
            Some("self") | None => {}
            Some(name) => base.push(name.to_owned()),
        }
        if left.next_if(|token| token.text == "::").is_none() {
            return found.push(Reference {
                path: base.join("::"),
                line,
            });
        }
    }
}

/// Reads the comma-separated rest of a group, up to its closing brace.
fn read_group<'a>(
    left: &mut Peekable<impl Iterator<Item = &'a Token>>,
    base: &[String],
    line: usize,
    found: &mut Vec<Reference>,
) {
    while let Some(token) = left.peek() {
        match token.text.as_str() {
            "as" => {
                left.next();
                left.next();
            }
            name if name.chars().all(is_name) => read_path(&mut *left, base.to_vec(), line, found),
            _ => {
                if left.next().is_some_and(|token| token.text == "}") {
                    return;
                }
            }
        }
    }
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[test]
fn references_are_found_in_every_form() {
    let text = "//! See [`crate::not::this`].
use crate::clock::Timestamp;
use crate::{
    error::{ApiError, self},
    db::Tx as Transaction, events::store,
};
use super::super::visits::domain::*;
// use crate::commented::out;
fn f(when: crate::calendar::Day) { super::domain::decide(); other::super_::x(); } // crate::and::this
";
    let found: Vec<(String, usize)> = references("src/problems/store.rs", text)
        .into_iter()
        .map(|reference| (reference.path, reference.line))
        .collect();
    let expected = [
        ("clock::Timestamp", 2),
        ("error::ApiError", 3),
        ("error", 3),
        ("db::Tx", 3),
        ("events::store", 3),
        ("visits::domain", 7),
        ("calendar::Day", 9),
        ("problems::domain::decide", 9),
    ];
    assert_eq!(found, expected.map(|(path, line)| (path.to_owned(), line)));
}

#[test]
fn a_place_is_a_feature_and_a_layer() {
    let place = |feature, layer, is_test| Place {
        feature,
        layer,
        is_test,
    };
    assert_eq!(
        Place::of("src/problems/store/list.rs"),
        place("problems", Some("store"), false)
    );
    assert_eq!(
        Place::of("src/problems/domain.rs"),
        place("problems", Some("domain"), false)
    );
    assert_eq!(Place::of("src/lifecycle/claim.rs"), place("lifecycle", None, false));
    assert_eq!(Place::of("src/config.rs"), place("config", None, false));
    assert_eq!(Place::of("src/visits/tests/plan.rs"), place("visits", None, true));
    assert_eq!(Place::of("src/test_support/mod.rs"), place("test_support", None, true));
}
