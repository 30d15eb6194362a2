//! The directions that dependencies may take, read from the source. Each test is one rule, and begins with it.
//! A feature is a folder of `src`; its layers are `domain`, `dto`, `store` and `routes`, each a file or a folder.
//! Test code is judged only where a rule says so: a test may arrange its world through any door.

#![cfg(test)]

#[path = "architecture/references.rs"]
mod references;
mod source;

use references::{Place, references};
use source::{SourceFile, rust_files};

/// What the domain of any feature may use besides its own folder and other features' `domain`, and why.
const DOMAIN_MAY_USE: &[(&str, &str)] = &[
    (
        "auth::keys::sha256",
        "a pure function of bytes: events are chained by it",
    ),
    ("auth::policy", "the role table: pure data"),
    ("calendar", "working days: pure functions and data"),
    ("clock", "time and ids come in as values of its types"),
    ("directory::words", "levels, audiences, leading bodies: pure data"),
    (
        "service_objects::words",
        "kinds of service objects and what they are called: pure data",
    ),
    ("error", "a rule that says no says it as an ApiError"),
    ("privacy", "identity numbers and telephone numbers: pure functions"),
    (
        "service_objects::industry",
        "the industry sectors: pure functions and data",
    ),
    ("service_objects::uscc", "the credit-code rule: pure functions"),
    ("terms", "the kinds of taxonomy: pure data"),
    (
        "text_enum",
        "the macro that gives an enum its names on the wire and in the database",
    ),
];

/// Whose `store` another feature's `store` may call, and why. `*` is every feature.
const STORE_MAY_CALL: &[(&str, &str, &str)] = &[
    (
        "*",
        "events",
        "a change and its event are written in one transaction, by the one append of `events`",
    ),
    (
        "*",
        "full_text",
        "a text and what it is found by are written in one transaction, and a list joins what was found",
    ),
    (
        "reporters",
        "problems",
        "whoever becomes masked hides where his problems are, and they are indexed anew in the same transaction",
    ),
];

/// Libraries that would make the domain do more than decide.
const OUTSIDE_WORLD: &[&str] = &["actix_web", "reqwest", "sqlx", "tokio"];

/// The features that `lifecycle` moves problems through, and stands above.
const BELOW_LIFECYCLE: &[&str] = &["visits", "problems", "action_plans", "assignments"];

/// As `rustfmt.toml` has it for code.
const MOST_COLUMNS: usize = 120;

/// A file of more lines is split by endpoint or by concept.
const MOST_LINES: usize = 400;

/// Every reference from non-test code to another part of the crate, as `judge` sees it: the file, where it stands, and
/// the path without `crate::`. `judge` answers with what is wrong.
fn check(judge: impl Fn(&Place, &[&str]) -> Option<&'static str>) {
    let mut faults = Vec::new();
    for file in code() {
        let place = Place::of(&file.path);
        for reference in references(&file.path, &file.text) {
            let segments: Vec<&str> = reference.path.split("::").collect();
            if let Some(fault) = judge(&place, &segments) {
                faults.push(format!(
                    "{}:{}: crate::{}: {fault}",
                    file.path, reference.line, reference.path
                ));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The same for single lines of the source, `text` being the code of a line without its comment.
fn check_lines(judge: impl Fn(&SourceFile, &str) -> Option<&'static str>) {
    let mut faults = Vec::new();
    for file in code() {
        for (index, line) in file.text.lines().enumerate() {
            let text = references::without_comment(line);
            if let Some(fault) = judge(&file, text) {
                faults.push(format!("{}:{}: {fault}", file.path, index + 1));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The files of `src` that are not tests.
fn code() -> Vec<SourceFile> {
    let mut files = rust_files(&["src"]);
    files.retain(|file| !Place::of(&file.path).is_test);
    for file in &mut files {
        if let Some((before, _)) = file.text.split_once("#[cfg(test)]\nmod tests {") {
            file.text = before.to_owned();
        }
    }
    files
}

/// A domain uses clock, error, pure modules, its own folder and other features' domains. Callers pass facts, not who
/// asks.
#[test]
fn domain_uses_clock_error_pure_modules_and_other_domains_only() {
    check(|place, path| {
        if place.layer != Some("domain") {
            return None;
        }
        let own_folder = path.first() == Some(&place.feature);
        let layer = path.get(1).copied().unwrap_or_default();
        let permitted = match layer {
            "domain" => true,
            "dto" | "store" | "routes" => false,
            _ => own_folder || DOMAIN_MAY_USE.iter().any(|(allowed, _)| begins_with(path, allowed)),
        };
        (!permitted).then_some("the domain decides from facts that its callers pass; it neither loads nor answers")
    });
}

/// A domain names no library that speaks to the outside: time, ids and rows come in as arguments.
#[test]
fn domain_is_pure() {
    check_lines(|file, line| {
        let reaches_out = OUTSIDE_WORLD
            .iter()
            .any(|library| line.contains(&format!("{library}::")));
        (Place::of(&file.path).layer == Some("domain") && reaches_out)
            .then_some("the domain knows nothing of HTTP, the database or the runtime")
    });
}

/// Handlers never call another feature's handlers; the one list of routes is in `app`.
#[test]
fn routes_use_no_other_routes() {
    check(|place, path| {
        let foreign = path.first() != Some(&place.feature);
        (place.layer == Some("routes") && foreign && path.get(1) == Some(&"routes"))
            .then_some("what two features' handlers share belongs in a domain or a store")
    });
}

/// A store holds every statement on its own tables, and only those; it knows no handlers.
#[test]
fn store_uses_no_routes_and_no_other_store() {
    check(|place, path| {
        let (Some(&feature), Some(&layer), Some("store")) = (path.first(), path.get(1), place.layer) else {
            return None;
        };
        let excepted = feature == place.feature
            || STORE_MAY_CALL
                .iter()
                .any(|(from, to, _)| (*from == "*" || *from == place.feature) && *to == feature);
        match layer {
            "routes" => Some("a store answers rows, not requests"),
            "store" if !excepted => {
                Some("the caller combines two stores, or an exception with its reason is added here")
            }
            _ => None,
        }
    });
}

/// `lifecycle` moves a problem across visits, problems, plans and assignments, so none of them knows it.
#[test]
fn lifecycle_stands_above_what_it_moves() {
    check(|place, path| {
        let below = BELOW_LIFECYCLE.contains(&place.feature) && matches!(place.layer, Some("domain" | "store"));
        (below && path.first() == Some(&"lifecycle")).then_some("lifecycle uses this feature, not the other way round")
    });
}

/// main → cli → app → routes: the command line is used by main alone.
#[test]
fn nothing_but_main_uses_the_command_line() {
    check(|place, path| {
        let command_line = matches!(place.feature, "cli" | "main");
        (!command_line && path.first() == Some(&"cli")).then_some("main calls cli, cli calls the rest")
    });
}

/// The environment is read in `config` alone, so that every fault is reported at once, at the start.
#[test]
fn the_environment_is_read_in_config_only() {
    check_lines(|file, line| {
        let reads = line.contains("std::env") || line.contains("env::var");
        (reads && file.path != "src/config.rs" && !file.path.starts_with("src/config/"))
            .then_some("config reads the environment, and reports every fault at once")
    });
}

/// SQL text is made in `db` alone: elsewhere it is `&'static str`, which no input can reach.
#[test]
fn sql_text_is_vouched_for_in_db_only() {
    check_lines(|file, line| {
        (line.contains("AssertSqlSafe") && !file.path.starts_with("src/db/"))
            .then_some("SQL grows by `&'static str` only, through `db::sql`")
    });
}

/// A file has at most 400 lines, tests included.
#[test]
fn no_file_is_too_long_to_read() {
    let long: Vec<String> = rust_files(&["src", "tests"])
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines, at most {MOST_LINES}: split it by endpoint or by concept"))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

/// rustfmt leaves comments as they are; they are as wide as code.
#[test]
fn no_line_of_a_comment_is_too_wide_to_read() {
    let wide = |file: &SourceFile| {
        let lines = file
            .text
            .lines()
            .zip(1..)
            .filter(|(line, _)| line.trim_start().starts_with("//"));
        let wide = lines.filter(|(line, _)| line.chars().count() > MOST_COLUMNS);
        wide.map(|(_, number)| format!("{}:{number}", file.path))
            .collect::<Vec<_>>()
    };
    let wide: Vec<String> = rust_files(&["src", "tests"]).iter().flat_map(wide).collect();
    assert!(
        wide.is_empty(),
        "more than {MOST_COLUMNS} columns:\n{}",
        wide.join("\n")
    );
}

/// Does the path lie at or below `prefix`, which is written with `::`?
fn begins_with(path: &[&str], prefix: &str) -> bool {
    let wanted: Vec<&str> = prefix.split("::").collect();
    path.starts_with(&wanted)
}
