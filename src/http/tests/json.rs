//! Bodies that are no JSON of ours.

use serde_json::{Value, json};

use crate::http::strict_json::{nul_faults, parse};

fn refused(text: &[u8]) -> String {
    parse(text).expect_err(&String::from_utf8_lossy(text).chars().take(40).collect::<String>())
}

#[test]
fn what_json_is_comes_back_as_it_is() {
    let text = r#"{"文": ["a", 1, -2.5, true, null, {"b": {}}], "n": 18446744073709551615}"#;
    assert_eq!(
        parse(text.as_bytes()),
        Ok(serde_json::from_str::<Value>(text).expect("JSON"))
    );
    assert_eq!(parse(b"  3 \n"), Ok(json!(3)));
}

#[test]
fn truncated_and_trailing_text_is_refused() {
    for text in ["", "{", "{\"a\": 1", "[1, 2", "\"half", "{\"a\"}", "tru"] {
        refused(text.as_bytes());
    }
    for text in ["{} {}", "{}x", "1 2", "[]]", "{\"a\": 1},", "null\0"] {
        refused(text.as_bytes());
    }
}

#[test]
fn json_with_liberties_is_refused() {
    for text in [
        "{'a': 1}",
        "{a: 1}",
        "[1,]",
        "{\"a\": 1,}",
        "// x\n1",
        "NaN",
        "Infinity",
        "01",
        "+1",
        "\"\t\"",
        "1e999",
    ] {
        refused(text.as_bytes());
    }
    // A byte order mark, and bytes that are no UTF-8.
    refused(b"\xef\xbb\xbf{}");
    refused(b"\"\xff\xfe\"");
    refused(
        "{\"a\": 1}"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<_>>()
            .as_slice(),
    );
}

#[test]
fn a_duplicate_key_is_refused_at_any_depth_and_however_it_is_written() {
    assert!(refused(br#"{"a": 1, "a": 1}"#).contains("duplicate key"));
    assert!(refused(br#"[{"x": {"a": 1, "b": 2, "a": 3}}]"#).contains("duplicate key"));
    assert!(refused(br#"{"a": 1, "\u0061": 2}"#).contains("duplicate key"));
}

#[test]
fn lone_surrogates_are_refused_and_pairs_are_not() {
    for text in [r#""\ud800""#, r#""\udc00""#, r#""\udc00\ud800""#, r#"{"\ud800": 1}"#] {
        refused(text.as_bytes());
    }
    assert_eq!(parse(br#""\ud83d\ude00""#), Ok(json!("😀")));
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(100).as_bytes()).is_ok());
    refused(nested(10_000).as_bytes());
    refused("[".repeat(1_000_000).as_bytes());
    refused("{\"a\":".repeat(10_000).as_bytes());
}

#[test]
fn the_reason_names_a_place_and_never_a_value() {
    let reason = refused(b"{\"password\": \"hunter2\" oops}");
    assert!(
        reason.contains("line 1 column") && !reason.contains("hunter2"),
        "{reason}"
    );
}

#[test]
fn nul_is_found_in_values_and_in_keys_with_its_pointer() {
    let value = json!({ "a/b": ["x", "y\0"], "c": { "d\0": 1 }, "fine": "文" });
    let pointers: Vec<String> = nul_faults(&value).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(pointers, ["/a~1b/1", "/c"]);
}
