use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

use super::{LogFormat, Settings, sources};
use crate::auth::keys::Keys;

fn load(file: Option<&str>, environment: &[(&str, &str)], flags: Value) -> Result<Settings, Vec<String>> {
    let mut kept = tempfile::NamedTempFile::new().expect("a file");
    let file = file.map(|text| {
        kept.write_all(text.as_bytes()).expect("the file");
        kept.path().to_owned()
    });
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let flags: Map<String, Value> = serde_json::from_value(flags).expect("an object");
    sources::load(file, environment, &flags).map_err(|faults| faults.0)
}

#[test]
fn without_anything_the_defaults_hold() {
    let settings = load(None, &[], json!({})).expect("defaults");
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert!(settings.is_embedded());
    assert_eq!(settings.log_format, LogFormat::Text);
    assert!(!settings.demo);
}

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let file = "workers = 3\naudience = \"file\"\ndatabase_connections = 7\n";
    let environment = [("workers", "5"), ("audience", "environment")];
    let settings = load(Some(file), &environment, json!({ "workers": 9 })).expect("settings");
    assert_eq!(settings.workers, 9);
    assert_eq!(settings.audience, "environment");
    assert_eq!(settings.database_connections, 7);
}

#[test]
fn a_variable_is_read_as_the_kind_of_value_that_the_setting_has() {
    let environment = [
        ("cors_origins", "https://a.example, https://b.example"),
        ("trusted_proxies", "10.0.0.0/8,::1"),
        ("admin_password", "0001234567"),
        ("admin_username", "true"),
        ("log_format", "json"),
        ("metrics_listen", "127.0.0.1:9100"),
    ];
    let settings = load(None, &environment, json!({})).expect("settings");
    assert_eq!(settings.cors_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.admin_password.expect("set").expose_secret(), "0001234567");
    assert_eq!(settings.admin_username, "true");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert!(settings.metrics_listen.is_some());
}

#[test]
fn every_fault_is_reported_at_once_with_its_name_and_source() {
    let file = "listen = \"nowhere\"\ncolour = \"red\"\nadmin_password = 12345\nlog = \"a=b=c=d\"\n";
    let environment = [
        ("workers", "many"),
        ("trusted_proxies", "10.0.0.0/99"),
        ("data_base_url", "x"),
    ];
    let flags =
        json!({ "database_connections": 0, "public_url": "example.org/", "cors_origins": ["https://a.example/x"] });
    let faults = load(Some(file), &environment, flags).expect_err("faults");
    let named = |name: &str, source: &str| {
        assert!(
            faults
                .iter()
                .any(|fault| fault.starts_with(&format!("{name}: ")) && fault.contains(source)),
            "{name} in {faults:#?}"
        );
    };
    named("listen", "in the configuration file");
    named("colour", "no such setting (in the configuration file)");
    named("admin_password", "must be text");
    named("log", "not a filter");
    named("workers", "from SANFUWU_WORKERS");
    named("trusted_proxies", "from SANFUWU_TRUSTED_PROXIES");
    named("data_base_url", "no such setting (from SANFUWU_DATA_BASE_URL)");
    named("database_connections", "1 to 500");
    named("public_url", "must begin with");
    named("cors_origins", "without a path");
    assert!(
        faults.iter().all(|fault| !fault.contains("12345")),
        "a secret in {faults:#?}"
    );
}

#[test]
fn a_configuration_file_that_is_missing_or_broken_is_a_fault() {
    let missing = sources::load(Some(PathBuf::from("/nowhere/at.all")), BTreeMap::new(), &Map::new());
    assert!(missing.expect_err("missing").0[0].contains("is not a file"));
    assert_eq!(
        load(Some("workers = = 3"), &[], json!({})).expect_err("broken").len(),
        1
    );
    // It hides no fault of the others.
    let both = load(Some("workers = = 3"), &[("drain_seconds", "soon")], json!({})).expect_err("broken");
    assert!(both.len() == 2 && both[1].starts_with("drain_seconds: "), "{both:?}");
}

#[test]
fn the_embedded_database_is_chosen_by_the_absence_of_a_url() {
    let url = [("database_url", "postgres://sanfuwu:hunter2@db/sanfuwu")];
    assert!(!load(None, &url, json!({})).expect("settings").is_embedded());
    let faults = load(None, &[("database_url", "mysql://root:hunter2@db")], json!({})).expect_err("another database");
    assert!(faults[0].starts_with("database_url: must begin with postgres://"));
    assert!(!faults[0].contains("hunter2"));
}

#[test]
fn secrets_are_never_in_debug_output() {
    let keys = Keys::generate_text().expect("keys");
    let environment = [
        ("database_url", "postgres://sanfuwu:hunter2@db/sanfuwu"),
        ("keys", &keys),
        ("admin_password", "hunter2hunter2"),
        ("attachment_s3_endpoint", "https://s3.example.org"),
        ("attachment_s3_bucket", "sanfuwu"),
        ("attachment_s3_access_key", "id"),
        ("attachment_s3_secret_key", "hunter2"),
    ];
    let settings = load(None, &environment, json!({})).expect("settings");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("_key = "), "{shown}");
}

#[test]
fn a_bucket_is_said_whole_or_not_at_all() {
    let part = load(None, &[("attachment_s3_bucket", "sanfuwu")], json!({})).expect_err("half a bucket");
    assert!(
        part[0].contains("needs _endpoint, _bucket, _access_key and _secret_key"),
        "{part:?}"
    );
    let environment = [
        ("attachment_s3_endpoint", "s3.example.org"),
        ("attachment_s3_bucket", "sanfuwu"),
        ("attachment_s3_access_key", "id"),
        ("attachment_s3_secret_key", "secret"),
        ("attachment_max_bytes", "1"),
    ];
    let faults = load(None, &environment, json!({}))
        .expect_err("no scheme, and too small")
        .join("\n");
    assert!(faults.contains("must begin with http"), "{faults}");
    assert!(faults.contains("attachment_max_bytes: must be"), "{faults}");
}

#[test]
fn what_is_secret_is_looked_at_with_all_else_and_shown_in_no_fault() {
    let keys = Keys::generate_text().expect("keys");
    let secret = keys
        .lines()
        .next()
        .and_then(|line| line.split('"').nth(1))
        .expect("a key")
        .to_owned();
    let in_one_line = keys.replace('\n', " ");
    assert!(
        load(None, &[("keys", &in_one_line)], json!({})).is_ok(),
        "a file of variables has it so"
    );
    let broken = keys.replacen("\"\n", "\n", 1);
    let environment = [
        ("keys", broken.as_str()),
        ("admin_password", "secret"),
        ("workers", "2000"),
    ];
    let faults = load(None, &environment, json!({})).expect_err("three faults");
    assert_eq!(faults.len(), 3, "{faults:?}");
    let file = "workers = 1\ndatabase_url = \"postgres://u:SECRETPW@h/db\n";
    let of_file = load(Some(file), &[], json!({})).expect_err("no TOML");
    for fault in faults.iter().chain(&of_file) {
        assert!(
            !fault.contains(&secret) && !fault.contains("SECRETPW") && !fault.contains('\n'),
            "{fault}"
        );
    }
    assert!(of_file[0].contains("line 2"), "{of_file:?}");
}
