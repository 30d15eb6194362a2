//! Which test proves which requirement of the speech. The table is in `requirements/`; this file keeps it true:
//! a test that is named after a requirement stands in that requirement's row, and what a row claims is a test that
//! runs.

#![cfg(test)]

#[path = "requirements/duties.rs"]
mod duties;
mod source;
#[path = "requirements/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use table::Row;

/// The whole table.
fn requirements() -> impl Iterator<Item = &'static Row> + Clone {
    table::REQUIREMENTS.iter().chain(duties::REQUIREMENTS)
}

#[test]
fn the_table_has_each_number_of_the_speech_once_and_in_order() {
    let numbers: Vec<u8> = requirements().map(|(number, _, _)| *number).collect();
    assert_eq!(numbers, (1..=86).collect::<Vec<u8>>());
    let phrases: BTreeSet<&str> = requirements().map(|(_, phrase, _)| *phrase).collect();
    assert_eq!(
        phrases.len(),
        requirements().count(),
        "two requirements with one phrase"
    );
}

#[test]
fn every_claim_is_a_test_and_every_test_named_after_a_requirement_is_claimed() {
    let tests = tests_in_the_project();
    let mut faults = Vec::new();
    for (number, _, claims) in requirements() {
        for claim in *claims {
            if !tests.contains_key(*claim) {
                faults.push(format!("S-{number:02} claims {claim}, which is no test"));
            }
        }
    }
    for (name, path) in &tests {
        let Some(number) = number_in(name) else { continue };
        match requirements().find(|(known, _, _)| format!("{known:02}") == number) {
            None => faults.push(format!("{path}: {name} names a requirement that does not exist")),
            Some((_, _, claims)) if !claims.contains(&name.as_str()) => {
                faults.push(format!("{path}: {name} is missing in the row of S-{number}"));
            }
            Some(_) => {}
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Not a failure: it keeps in sight what is still to be done. It goes around the test runner's capture on purpose.
#[test]
fn what_is_not_yet_proved_is_said() {
    let open: Vec<String> = requirements()
        .filter(|(_, _, claims)| claims.is_empty())
        .map(|(number, _, _)| format!(" S-{number:02}"))
        .collect();
    let proved = requirements().count() - open.len();
    let report = format!(
        "{proved} of {} requirements proved; not yet proved:{}\n",
        requirements().count(),
        open.concat()
    );
    std::io::stderr()
        .write_all(report.as_bytes())
        .expect("standard error can be written");
}

/// The digits of a name like `s05_dispositions_partition_the_problems`.
fn number_in(name: &str) -> Option<&str> {
    let (digits, _) = name.strip_prefix('s')?.split_once('_')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Every test of the project with the file that it is in.
fn tests_in_the_project() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in source::rust_files(&["src", "tests"]) {
        for name in tests_in(&file.text) {
            found.insert(name, file.path.clone());
        }
    }
    found
}

/// The names of the functions below a `#[…test]` attribute, and of those within `on_both! { … }`, which makes of each a
/// test on SQLite and one on PostgreSQL.
fn tests_in(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut below_attribute = false;
    let mut closing_brace_of_on_both: Option<String> = None;
    for line in text.lines() {
        let code = line.trim_start();
        if closing_brace_of_on_both.as_deref() == Some(line) {
            closing_brace_of_on_both = None;
        } else if (code.starts_with("on_both!") || code.starts_with("on_both_empty!"))
            && !code.trim_end().ends_with('}')
        {
            let indentation = " ".repeat(line.len() - code.len());
            closing_brace_of_on_both = Some(indentation + "}");
        }
        if code.starts_with("#[") {
            below_attribute |= code.contains("test]") || code.contains("test(");
        } else if let Some(name) = function_name(code) {
            if below_attribute || closing_brace_of_on_both.is_some() {
                names.push(name.to_owned());
            }
            below_attribute = false;
        }
    }
    names
}

/// The name of the function whose definition begins in this line, at its start or after `on_both! {`.
fn function_name(code: &str) -> Option<&str> {
    let definition = code.strip_prefix("on_both! {").map_or(code, str::trim_start);
    let definition = definition.strip_prefix("pub ").unwrap_or(definition);
    let definition = definition.strip_prefix("async ").unwrap_or(definition);
    let rest = definition.strip_prefix("fn ")?;
    rest.split(|character: char| !character.is_alphanumeric() && character != '_')
        .next()
}

#[test]
fn tests_are_found_in_every_form_that_the_project_writes_them() {
    let text = "
#[test]
fn plain() {}
fn helper() {}
#[actix_web::test]
#[expect(clippy::panic, reason = \"…\")]
async fn asynchronous() {
    fn inner() {}
}
on_both! {
    /// What it shows.
    async fn on_both_databases(db: Db) {
        let nothing = {};
    }

    async fn on_both_databases_too(db: Db) {}
}
on_both! { async fn on_both_in_one_line(db: Db) {
    }
}
fn no_test() {}
mod tests {
    #[tokio::test(flavor = \"multi_thread\")]
    async fn attribute_with_arguments() {}
}
";
    let names = tests_in(text);
    assert_eq!(
        names,
        [
            "plain",
            "asynchronous",
            "on_both_databases",
            "on_both_databases_too",
            "on_both_in_one_line",
            "attribute_with_arguments"
        ]
    );
    assert_eq!(number_in("s05_dispositions"), Some("05"));
    assert_eq!(
        number_in("s5_dispositions"),
        Some("5"),
        "a number that no row has, so it is refused"
    );
    assert_eq!(number_in("scope_is_a_subtree"), None);
}
