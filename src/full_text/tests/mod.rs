//! What is found, and what must not be.

mod filling;
mod index;
mod lists;
mod pairs;
mod plans;

use serde_json::{Value, json};

use crate::test_support::World;
use crate::test_support::builders::problem_body;

impl World {
    /// A problem with these texts, recorded by somebody.
    async fn recorded_as(&self, who: &str, summary: &str, statement: &str) -> Value {
        let mut body = problem_body();
        (body["summary"], body["statement"]) = (json!(summary), json!(statement));
        self.post("/problems").by(who).json(body).send().await.expect(201)
    }

    /// The ids that somebody finds in a list.
    async fn found(&self, who: &str, list: &str, q: &str, more: &str) -> Vec<Value> {
        let answer = self.get(&searched(list, q, more)).by(who).send().await.expect(200);
        let items = answer["items"].as_array().expect("items");
        assert_eq!(answer["total"], json!(items.len()), "{list} {q}: {answer}");
        items.iter().map(|item| item["id"].clone()).collect()
    }
}

fn searched(list: &str, q: &str, more: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("with_total", "true")
        .finish();
    format!("/{list}?{query}{more}")
}

/// What somebody types who means harm, or has a strange keyboard.
const ODD: &[&str] = &[
    "\"",
    "'",
    "*",
    "-",
    "(",
    ")",
    "((",
    "a AND",
    "OR",
    "NOT a",
    "NEAR(a b)",
    "a NEAR b",
    "\"人才",
    "人才*",
    "-人才",
    "人才\"",
    "grams:人才",
    "{人才}",
    "^人才",
    "人才 + 入学",
    "a & b",
    "a | b",
    "!a",
    "a <-> b",
    ":*",
    "'a':B",
    "\\",
    "%",
    "_",
    "\0",
    "人\0才",
    "😀",
    "👨‍👩‍👧",
    "\u{200D}",
    "\u{FEFF}",
    "\u{FFFF}",
    "\u{10FFFF}",
    "𠮷",
    "𠮷田",
    "ﬁ",
    "㈱",
    "İ",
    "ß",
    "e\u{301}",
    "か\u{3099}",
    "'; DROP TABLE full_text; --",
    "kp",
    "kp kv",
    "w1",
    "c04eba",
    " ",
    "　",
    "人",
    "才 人",
];
