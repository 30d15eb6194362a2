//! The command line as it is typed.

use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Cli;
use super::import::Kind;
use crate::config::Settings;

/// Learns the names of a struct's fields from its `Deserialize`.
struct FieldNames<'n>(&'n mut Vec<String>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("a struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields.iter().map(|field| (*field).to_owned()));
        Err(de::Error::custom("names are enough"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn every_setting_is_a_flag_of_serve() {
    let mut names = Vec::new();
    let _ = Settings::deserialize(FieldNames(&mut names));
    assert!(names.len() > 15, "{names:?}");
    let command = Cli::command();
    let serve = command.find_subcommand("serve").expect("serve");
    for name in names {
        let flag = name.replace('_', "-");
        let is_there = serve.get_arguments().any(|argument| argument.get_long() == Some(&flag));
        assert!(is_there, "--{flag}");
    }
}

#[test]
fn a_flag_becomes_a_setting() {
    let typed = [
        "sanfuwu",
        "migrate",
        "--sqlite-file",
        "/data/x.db",
        "--cors-origins",
        "https://a.example,https://b.example",
        "--trusted-proxies",
        "10.0.0.0/8",
        "--log-format",
        "json",
        "--workers",
        "3",
    ];
    let cli = Cli::try_parse_from(typed).expect("well typed");
    let super::Command::Migrate(flags) = cli.command else {
        panic!("migrate")
    };
    let settings = flags.settings().expect("settings");
    assert_eq!(settings.sqlite_file.to_str(), Some("/data/x.db"));
    assert_eq!(settings.cors_origins, ["https://a.example", "https://b.example"]);
    assert_eq!((settings.workers, settings.trusted_proxies.len()), (3, 1));
}

#[test]
fn what_is_mistyped_is_refused() {
    for typed in [
        &["sanfuwu"][..],
        &["sanfuwu", "sevre"],
        &["sanfuwu", "backup"],
        &["sanfuwu", "serve", "--clock", "yesterday"],
        &["sanfuwu", "serve", "--listen", "8080"],
        &["sanfuwu", "serve", "--trusted-proxies", "10.0.0.0/99"],
    ] {
        assert!(Cli::try_parse_from(typed).is_err(), "{typed:?}");
    }
    assert!(Cli::try_parse_from(["sanfuwu", "serve", "--clock", "2019-01-14T17:00:00+08:00"]).is_ok());
}

#[test]
fn a_rosters_name_says_what_is_in_it() {
    let of = |name: &str| Kind::of(Path::new(name));
    assert_eq!(of("enterprises.csv"), Some(Kind::Enterprises));
    assert_eq!(of("/data/义乌-Communities.csv"), Some(Kind::Communities));
    assert_eq!(of("roster.csv"), None);
}
