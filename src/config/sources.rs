//! Where settings come from, and what to say where a value does not fit.
//!
//! serde stops at the first fault; so a value that does not fit is noted, its default put in its place, and the reading
//! begun again, until every fault has shown.

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::error::Kind;
use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Provider as _};
use serde_json::Map;

use super::{ConfigFaults, DEFAULTS, SECRETS, Settings};

/// The `SANFUWU_*` variables, by the names of the settings.
pub(super) fn environment() -> BTreeMap<String, String> {
    Env::prefixed("SANFUWU_")
        .iter()
        .map(|(name, text)| (name.to_string(), text))
        .collect()
}

/// Reads all sources.
pub(super) fn load(
    file: Option<PathBuf>,
    mut environment: BTreeMap<String, String>,
    flags: &Map<String, serde_json::Value>,
) -> Result<Settings, ConfigFaults> {
    let told = |fault: figment::Error| -> Vec<String> {
        let each = fault.into_iter().map(|fault| without_excerpt(&fault.to_string()));
        each.collect()
    };
    let failed = |fault| ConfigFaults(told(fault));
    // A file that cannot be read hides no fault of the other sources.
    let mut of_file = Vec::new();
    let named = environment.remove("config").map(PathBuf::from);
    let defaults = dict(Figment::from(Serialized::defaults(DEFAULTS))).map_err(failed)?;
    let from_file = match file.or(named) {
        None => Dict::new(),
        Some(file) if file.is_file() => match Toml::file_exact(&file).data() {
            Ok(profiles) => profiles.into_values().next().unwrap_or_default(),
            Err(fault) => {
                of_file = told(fault);
                Dict::new()
            }
        },
        Some(file) => {
            of_file.push(format!("config: {} is not a file", file.display()));
            Dict::new()
        }
    };
    let from_environment: Dict = environment
        .into_iter()
        .map(|(name, text)| {
            let value = read_text(defaults.get(&name), text);
            (name, value)
        })
        .collect();
    let from_flags = dict(Figment::from(Serialized::defaults(flags))).map_err(failed)?;
    let layers = [
        (defaults, Source::Default),
        (from_file, Source::File),
        (from_environment, Source::Environment),
        (from_flags, Source::Flag),
    ];
    match read(layers) {
        Ok(settings) if of_file.is_empty() => Ok(settings),
        Ok(_) => Err(ConfigFaults(of_file)),
        Err(ConfigFaults(others)) => Err(ConfigFaults([of_file, others].concat())),
    }
}

/// A fault of TOML's form in one line, without the lines of the text that its library quotes: they may hold secrets.
pub fn without_excerpt(fault: &str) -> String {
    let is_quoted = |line: &str| {
        let line = line.trim_start().trim_start_matches(|char: char| char.is_ascii_digit());
        line.trim_start().starts_with('|')
    };
    let told: Vec<&str> = fault
        .lines()
        .filter(|line| !is_quoted(line))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    told.join(": ")
}

/// Which source a value came from, for its fault.
#[derive(Clone, Copy)]
enum Source {
    Default,
    File,
    Environment,
    Flag,
}

impl Source {
    fn of(self, name: &str) -> String {
        match self {
            Self::Default => "the default".to_owned(),
            Self::File => "in the configuration file".to_owned(),
            Self::Environment => format!("from SANFUWU_{}", name.to_uppercase()),
            Self::Flag => format!("from --{}", name.replace('_', "-")),
        }
    }
}

#[expect(clippy::result_large_err, reason = "the library's own error, at start only")]
fn dict(figment: Figment) -> Result<Dict, figment::Error> {
    figment.extract()
}

/// A variable's text as the kind of value that the setting's default is; what has none is text.
fn read_text(default: Option<&Value>, text: String) -> Value {
    match default {
        Some(Value::Num(..)) => text
            .trim()
            .parse::<u64>()
            .map_or_else(|_| Value::from(text), Value::from),
        Some(Value::Array(..)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(Value::from).collect::<Vec<_>>())
        }
        _ => Value::from(text),
    }
}

fn read(layers: [(Dict, Source); 4]) -> Result<Settings, ConfigFaults> {
    let defaults = layers[0].0.clone();
    let mut values = Dict::new();
    let mut sources = BTreeMap::new();
    for (layer, source) in layers {
        for (name, value) in layer {
            sources.insert(name.clone(), source);
            values.insert(name, value);
        }
    }
    let mut faults = Vec::new();
    let settings = loop {
        let fault = match Value::from(values.clone()).deserialize::<Settings>() {
            Ok(settings) => break settings,
            Err(fault) => fault,
        };
        let name = match (&fault.kind, fault.path.first()) {
            (Kind::UnknownField(name, _), _) => name.clone(),
            (_, Some(name)) => name.clone(),
            // Not about one setting: nothing can be put in its place.
            _ => {
                faults.push(fault.kind.to_string());
                return Err(ConfigFaults(faults));
            }
        };
        let source = sources.get(&name).map(|source| source.of(&name)).unwrap_or_default();
        faults.push(format!("{name}: {} ({source})", describe(&name, &fault.kind)));
        values.remove(&name);
        if let Some(default) = defaults.get(&name) {
            values.insert(name, default.clone());
        }
    };
    faults.extend(settings.faults());
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(ConfigFaults(faults))
    }
}

fn describe(name: &str, kind: &Kind) -> String {
    match kind {
        Kind::UnknownField(..) => "there is no such setting".to_owned(),
        _ if SECRETS.contains(&name) => "must be text".to_owned(),
        kind => kind.to_string(),
    }
}
