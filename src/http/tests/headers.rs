//! Headers of ours: versions, idempotency keys, languages.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use crate::http::etag::{self, IfMatch};
use crate::http::idempotency::key_of;
use crate::http::locale::Locale;

fn with(name: HeaderName, value: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(name, HeaderValue::from_bytes(value).expect("a header value"));
    headers
}

#[test]
fn if_match_takes_versions_with_or_without_the_hash() {
    let read = |value: &str| IfMatch::read(&with(IF_MATCH, value.as_bytes())).ok();
    assert_eq!(IfMatch::read(&HeaderMap::new()).ok(), Some(IfMatch::Missing));
    assert_eq!(read("*"), Some(IfMatch::Any));
    assert_eq!(read("\"7\""), Some(IfMatch::Versions(vec![7])));
    assert_eq!(
        read("\"7-00ff00ff00ff00ff\", \"8\""),
        Some(IfMatch::Versions(vec![7, 8]))
    );
}

#[test]
fn if_match_that_is_no_tag_of_ours_is_refused() {
    for bad in [
        "7",
        "\"\"",
        "\"seven\"",
        "W/7",
        "\"7",
        "\"7\",",
        "\"7\" \"8\"",
        "",
        "\"99999999999999999999\"",
    ] {
        assert_eq!(IfMatch::read(&with(IF_MATCH, bad.as_bytes())).ok(), None, "{bad}");
    }
    assert_eq!(IfMatch::read(&with(IF_MATCH, b"\"\xff\"")).ok(), None);
}

#[test]
fn a_weak_tag_never_matches() {
    let read = |value: &str| IfMatch::read(&with(IF_MATCH, value.as_bytes())).ok();
    assert_eq!(read("W/\"7-00ff00ff00ff00ff\""), Some(IfMatch::Versions(Vec::new())));
    assert_eq!(read("W/\"7\", \"8\""), Some(IfMatch::Versions(vec![8])));
}

#[test]
fn a_version_is_missing_fresh_or_stale() {
    let code = |given: IfMatch| given.check(7).map_err(|error| error.code().status());
    assert_eq!(code(IfMatch::Missing), Err(428));
    assert_eq!(code(IfMatch::Versions(vec![6, 8])), Err(412));
    assert_eq!(code(IfMatch::Versions(Vec::new())), Err(412));
    assert_eq!(code(IfMatch::Versions(vec![6, 7])), Ok(()));
    assert_eq!(code(IfMatch::Any), Ok(()));
}

#[test]
fn if_none_match_compares_the_whole_tag() {
    let tag = etag::of(7, b"{}");
    assert!(tag.starts_with("\"7-") && tag.ends_with('"'));
    assert_ne!(tag, etag::of(7, b"{ }"));
    let known = |value: String| etag::is_known(&with(IF_NONE_MATCH, value.as_bytes()), &tag);
    assert!(known(tag.clone()) && known(format!("W/{tag}")) && known(format!("\"1\", {tag}")) && known("*".to_owned()));
    assert!(!known("\"7\"".to_owned()) && !known(String::new()));
}

#[test]
fn an_idempotency_key_is_quoted_or_bare() {
    let name = || HeaderName::from_static("idempotency-key");
    let read = |value: &[u8]| key_of(&with(name(), value)).map_err(|error| error.code().status());
    assert_eq!(
        read(b"\"8e03978e-40d5-43e8\""),
        Ok(Some("8e03978e-40d5-43e8".to_owned()))
    );
    assert_eq!(read(b"8e03978e-40d5-43e8"), read(b"\"8e03978e-40d5-43e8\""));
    assert_eq!(read("k".repeat(255).as_bytes()), Ok(Some("k".repeat(255))));
    assert_eq!(key_of(&HeaderMap::new()).expect("none"), None);
    for bad in [
        &b""[..],
        b"\"\"",
        b"\"open",
        b"a\"b",
        b"\"a\"b\"",
        "键".as_bytes(),
        "k".repeat(256).as_bytes(),
    ] {
        assert_eq!(read(bad), Err(400), "{}", String::from_utf8_lossy(bad));
    }
    let mut two = with(name(), b"one");
    two.append(name(), "another".parse().expect("a value"));
    assert_eq!(key_of(&two).map_err(|error| error.code().status()), Err(400));
}

#[test]
fn the_language_is_the_one_that_weighs_more() {
    let of = |value: &str| Locale::of(&with(ACCEPT_LANGUAGE, value.as_bytes()));
    assert_eq!(Locale::of(&HeaderMap::new()), Locale::Zh);
    for english in [
        "en",
        "en-GB",
        "EN-us,en;q=0.9",
        "fr, en;q=0.5",
        "zh;q=0.3,en;q=0.8",
        "en;q=0.7, zh;q=0.7",
    ] {
        assert_eq!(of(english), Locale::En, "{english}");
    }
    for chinese in [
        "zh-CN",
        "zh-Hans-CN, en;q=0.9",
        "fr",
        "*",
        "en;q=0",
        "en;q=high",
        "en;q=NaN",
        ";;,q=",
        "english",
    ] {
        assert_eq!(of(chinese), Locale::Zh, "{chinese}");
    }
}
