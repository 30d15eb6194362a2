//! Finds what a file of `src` refers to within the crate: `crate::…` and `super::…`, in `use` lines, groups and inline.
//! It reads text, not syntax trees, so it sees what the reader sees and needs no parser; macros are read as written.

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
    let code: Vec<&str> = text.lines().map(without_comment).collect();
    let code = code.join("\n");
    let own_module = module_of(file);
    let mut found = Vec::new();
    let mut position = 0;
    while let Some((start, keyword)) = next_anchor(&code, position) {
        let mut base: Vec<String> = Vec::new();
        let mut rest = start + keyword.len();
        if keyword == "super::" {
            base.clone_from(&own_module);
            base.pop();
            while let Some(after) = code[rest..].strip_prefix("super::") {
                base.pop();
                rest = code.len() - after.len();
            }
        }
        let line = code[..start].matches('\n').count() + 1;
        position = read_tree(&code, rest, &base, line, &mut found);
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

/// The next `crate::` or `super::` that begins a path.
fn next_anchor(code: &str, from: usize) -> Option<(usize, &'static str)> {
    let mut from = from;
    loop {
        let (start, keyword) = ["crate::", "super::"]
            .into_iter()
            .filter_map(|keyword| code[from..].find(keyword).map(|offset| (from + offset, keyword)))
            .min()?;
        let before = code[..start].chars().next_back();
        if !before.is_some_and(|character| is_name(character) || matches!(character, ':' | '$')) {
            return Some((start, keyword));
        }
        from = start + keyword.len();
    }
}

/// Reads `a::b`, `a::{b, c::d}` or `*` from `start`, adds what it names below `base`, and answers where it ends.
fn read_tree(code: &str, start: usize, base: &[String], line: usize, found: &mut Vec<Reference>) -> usize {
    let mut path = base.to_vec();
    let mut position = start;
    loop {
        let rest = &code[position..];
        if rest.starts_with('{') {
            return read_group(code, position + 1, &path, line, found);
        }
        let name: &str = &rest[..rest.find(|character: char| !is_name(character)).unwrap_or(rest.len())];
        if !name.is_empty() && name != "self" {
            path.push(name.to_owned());
        }
        position += name.len();
        if name.is_empty() || !code[position..].starts_with("::") {
            found.push(Reference {
                path: path.join("::"),
                line,
            });
            return position;
        }
        position += "::".len();
    }
}

/// Reads the comma-separated rest of a group, up to its closing brace.
fn read_group(code: &str, start: usize, base: &[String], line: usize, found: &mut Vec<Reference>) -> usize {
    let mut position = start;
    while let Some(character) = code[position..].chars().next() {
        if character == '}' {
            return position + 1;
        }
        if is_name(character) || character == '{' {
            position = read_tree(code, position, base, line, found);
            if let Some(after) = code[position..].strip_prefix(" as ") {
                position = code.len() - after.trim_start_matches(is_name).len();
            }
        } else {
            position += character.len_utf8();
        }
    }
    position
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[test]
fn references_are_found_in_every_form() {
    let text = "//! See [`crate::not::this`].
use crate::clock::Timestamp;
use crate::{error::{ApiError, self}, db::Tx as Transaction, events::store};
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
        ("visits::domain", 4),
        ("calendar::Day", 6),
        ("problems::domain::decide", 6),
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
