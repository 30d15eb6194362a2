//! The only reader of the environment.
//!
//! Settings come from a TOML file (`--config` or `SANFUWU_CONFIG`), then from `SANFUWU_*` variables, then from the
//! command line, the later winning. All faults are reported at once, and secrets are wrapped so that nothing prints
//! them.

use std::net::SocketAddr;
use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// What an installation can set; each field is `SANFUWU_<FIELD>` in the environment and `<field>` in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the API listens.
    pub listen: SocketAddr,
    /// Where Prometheus may read figures (`/metrics`); unset: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The URL under which callers know this installation; issuer of its tokens and base of receipts' links.
    pub public_url: String,
    /// The page on which a reporter uses his receipt, with `{code}` in it; unset: receipts carry no link.
    pub receipt_url: Option<String>,
    /// The audience of access tokens.
    pub audience: String,
    /// `postgres://…`, or unset for the embedded database.
    pub database_url: Option<SecretString>,
    /// The embedded database's file.
    pub sqlite_file: PathBuf,
    /// Connections to PostgreSQL, 1 to 500.
    pub database_connections: u32,
    /// The text that `sanfuwu keygen` prints; unset: `key_file`.
    pub keys: Option<SecretString>,
    /// Where the keys are; the embedded database makes it (0600) when it is missing.
    pub key_file: PathBuf,
    /// Worker threads, 0: one per core.
    pub workers: usize,
    /// Origins that browsers may call from; `*` for any.
    pub cors_origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// How long a stopping server finishes what it has begun, in seconds.
    pub shutdown_seconds: u64,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What is logged (the syntax of `RUST_LOG`).
    pub log: String,
    /// User name of the first administrator.
    pub admin_username: String,
    /// The first administrator's password; unset: a one-time password is printed once.
    pub admin_password: Option<SecretString>,
    /// Whether this is a demo; set by `serve --demo` only.
    #[serde(skip)]
    pub demo: bool,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The settings that have a default.
#[derive(Serialize)]
struct Defaults {
    listen: &'static str,
    public_url: &'static str,
    audience: &'static str,
    sqlite_file: &'static str,
    database_connections: u32,
    key_file: &'static str,
    workers: usize,
    cors_origins: [String; 0],
    trusted_proxies: [String; 0],
    shutdown_seconds: u64,
    log_format: LogFormat,
    log: &'static str,
    admin_username: &'static str,
}

const DEFAULTS: Defaults = Defaults {
    listen: "127.0.0.1:8080",
    public_url: "http://127.0.0.1:8080",
    audience: "sanfuwu",
    sqlite_file: "sanfuwu.db",
    database_connections: 16,
    key_file: "sanfuwu.key",
    workers: 0,
    cors_origins: [],
    trusted_proxies: [],
    shutdown_seconds: 20,
    log_format: LogFormat::Text,
    log: "info",
    admin_username: "admin",
};

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigFaults(pub Vec<String>);

impl Settings {
    /// Reads file and environment; `overrides` are the command line's.
    ///
    /// # Errors
    /// Every fault at once, each a line that names the setting.
    pub fn load(
        file: Option<PathBuf>,
        overrides: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, ConfigFaults> {
        let file = file.or_else(|| Env::var("SANFUWU_CONFIG").map(PathBuf::from));
        let mut figment = Figment::from(Serialized::defaults(DEFAULTS));
        if let Some(file) = &file {
            if !file.is_file() {
                return Err(ConfigFaults(vec![format!("config: {} is not a file", file.display())]));
            }
            figment = figment.merge(Toml::file(file));
        }
        figment = figment
            .merge(Env::prefixed("SANFUWU_").ignore(&["config"]))
            .merge(Serialized::defaults(overrides));
        let settings: Self = figment
            .extract()
            .map_err(|faults| ConfigFaults(faults.into_iter().map(|fault| fault.to_string()).collect()))?;
        let faults = settings.faults();
        if faults.is_empty() {
            Ok(settings)
        } else {
            Err(ConfigFaults(faults))
        }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=500).contains(&self.database_connections) {
            faults.push("database_connections: must be 1 to 500".to_owned());
        }
        if !self.public_url.starts_with("http://") && !self.public_url.starts_with("https://") {
            faults.push("public_url: must begin with http:// or https://".to_owned());
        }
        if self.public_url.ends_with('/') {
            faults.push("public_url: must not end with /".to_owned());
        }
        if self.metrics_listen == Some(self.listen) {
            faults.push("metrics_listen: must differ from listen".to_owned());
        }
        if self
            .receipt_url
            .as_ref()
            .is_some_and(|template| !template.contains("{code}"))
        {
            faults.push("receipt_url: must hold {code}".to_owned());
        }
        if self.audience.is_empty() {
            faults.push("audience: must not be empty".to_owned());
        }
        faults
    }

    /// The link of a receipt with this code.
    pub fn receipt_url(&self, code: &str) -> Option<String> {
        self.receipt_url
            .as_ref()
            .map(|template| template.replace("{code}", code))
    }

    /// Whether the database is the embedded one.
    pub fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }
}
