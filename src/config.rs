//! What an installation can set, and the only reader of the environment.
//!
//! Settings come from a TOML file (`--config` or `SANFUWU_CONFIG`), then from `SANFUWU_*` variables, then from the
//! command line, the later winning (`sources.rs`). All faults are reported at once, each with the setting's name and
//! where its value came from; secrets are wrapped, so that neither a fault nor `Debug` prints them.

mod network;
mod sources;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use crate::auth::accounts::FirstAdministratorError;
use crate::auth::keys::Keys;
use crate::auth::password::is_weak;
pub use network::Network;
pub(crate) use sources::without_excerpt;

/// What an installation can set; each field is `SANFUWU_<FIELD>` in the environment, `<field>` in the file and
/// `--<field>` with hyphens on the command line.
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
    /// Connections to PostgreSQL, 1 to 500: half of them write, half read.
    pub database_connections: u32,
    /// The text that `sanfuwu keygen` prints; unset: `key_file`.
    pub keys: Option<SecretString>,
    /// Where the keys are; the embedded database makes it (0600) when it is missing.
    pub key_file: PathBuf,
    /// The largest file that may be attached, in bytes: 1 KiB to 4 GiB.
    pub attachment_max_bytes: u64,
    /// Where attachments are kept, or, with a bucket, where they wait until they are whole; made with mode 0700.
    pub attachment_folder: PathBuf,
    /// Where an S3-compatible store answers, such as `https://s3.example.org`; unset: attachments stay in the folder.
    pub attachment_s3_endpoint: Option<String>,
    /// The bucket, which must be there.
    pub attachment_s3_bucket: Option<String>,
    /// The region that requests are signed for.
    pub attachment_s3_region: String,
    /// The id of the key that signs requests.
    pub attachment_s3_access_key: Option<String>,
    /// The key itself.
    pub attachment_s3_secret_key: Option<SecretString>,
    /// Worker threads, at most 1024; 0: one per core.
    pub workers: usize,
    /// Origins that browsers may call from; `*` for any.
    pub cors_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed: addresses, or networks such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<Network>,
    /// Requests a minute that one address may send, whatever they are (of IPv6 one /64); as many at once; 0: no limit.
    pub rate_limit_address: u32,
    /// Of these, requests that need no token.
    pub rate_limit_public: u32,
    /// Of these, requests for tokens.
    pub rate_limit_token: u32,
    /// Requests a minute that one person may send through one client; as many at once; 0: no limit. A client can have a
    /// rate of its own (`rate_policy`). Each replica counts by itself.
    pub rate_limit_caller: u32,
    /// How long a server that is told to stop (SIGTERM) still takes requests while `/readyz` says 503, in seconds, at
    /// most 300; Ctrl-C does not wait.
    pub drain_seconds: u64,
    /// How long a stopping server finishes what it has begun, in seconds, at most 3600.
    pub shutdown_seconds: u64,
    /// How often this replica looks for what is due by itself, in seconds, at most 3600; 0: it leaves that to others.
    pub tasks_seconds: u64,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
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
    attachment_max_bytes: u64,
    attachment_folder: &'static str,
    attachment_s3_region: &'static str,
    workers: usize,
    cors_origins: [String; 0],
    trusted_proxies: [String; 0],
    rate_limit_address: u32,
    rate_limit_public: u32,
    rate_limit_token: u32,
    rate_limit_caller: u32,
    drain_seconds: u64,
    shutdown_seconds: u64,
    tasks_seconds: u64,
    log_format: LogFormat,
    log: &'static str,
    admin_username: &'static str,
}

const DEFAULTS: Defaults = Defaults {
    listen: "127.0.0.1:8080",
    public_url: "http://127.0.0.1:8080",
    audience: "sanfuwu",
    sqlite_file: "sanfuwu.db",
    database_connections: 32,
    key_file: "sanfuwu.key",
    attachment_max_bytes: 20 * 1024 * 1024,
    attachment_folder: "sanfuwu-files",
    attachment_s3_region: "us-east-1",
    workers: 0,
    cors_origins: [],
    trusted_proxies: [],
    rate_limit_address: 6000,
    rate_limit_public: 600,
    rate_limit_token: 120,
    rate_limit_caller: 1200,
    drain_seconds: 3,
    shutdown_seconds: 20,
    tasks_seconds: 3,
    log_format: LogFormat::Text,
    log: "info,actix_server=warn",
    admin_username: "admin",
};

/// The settings whose value must never be shown.
const SECRETS: [&str; 4] = ["database_url", "keys", "admin_password", "attachment_s3_secret_key"];

/// Everything that is wrong with a configuration, a line each.
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
        sources::load(file, sources::environment(), overrides)
    }

    /// What is wrong beyond the types, a line each.
    fn faults(&self) -> Vec<String> {
        let scheme = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        let is_postgres = |url: &SecretString| {
            ["postgres://", "postgresql://"]
                .iter()
                .any(|scheme| url.expose_secret().starts_with(scheme))
        };
        let is_origin = |origin: &String| {
            origin == "*" || (scheme(origin) && origin.matches('/').count() == 2 && !origin.ends_with('/'))
        };
        let checks = [
            (
                (1..=500).contains(&self.database_connections),
                "database_connections: must be 1 to 500",
            ),
            (self.workers <= 1024, "workers: must be 0 to 1024"),
            (self.drain_seconds <= 300, "drain_seconds: must be 0 to 300"),
            (self.shutdown_seconds <= 3600, "shutdown_seconds: must be 0 to 3600"),
            (self.tasks_seconds <= 3600, "tasks_seconds: must be 0 to 3600"),
            (
                scheme(&self.public_url),
                "public_url: must begin with http:// or https://",
            ),
            (!self.public_url.ends_with('/'), "public_url: must not end with /"),
            (
                self.database_url.as_ref().is_none_or(is_postgres),
                "database_url: must begin with postgres:// (leave it unset for the embedded database)",
            ),
            (
                self.cors_origins.iter().all(is_origin),
                "cors_origins: each must be `*` or a scheme and a host such as https://example.org, without a path",
            ),
            (
                self.metrics_listen != Some(self.listen) || self.listen.port() == 0,
                "metrics_listen: must differ from listen",
            ),
            (
                self.receipt_url
                    .as_ref()
                    .is_none_or(|template| template.contains("{code}")),
                "receipt_url: must hold {code}",
            ),
            (
                (1024..=4 << 30).contains(&self.attachment_max_bytes),
                "attachment_max_bytes: must be 1024 (1 KiB) to 4294967296 (4 GiB)",
            ),
            (
                self.attachment_s3_endpoint.as_deref().is_none_or(scheme),
                "attachment_s3_endpoint: must begin with http:// or https://",
            ),
            (
                self.bucket_is_whole(),
                "attachment_s3_endpoint: a bucket needs _endpoint, _bucket, _access_key and _secret_key together",
            ),
            (!self.audience.is_empty(), "audience: must not be empty"),
            (
                !self.admin_username.trim().is_empty(),
                "admin_username: must not be empty",
            ),
            (
                EnvFilter::try_new(&self.log).is_ok(),
                "log: not a filter such as `info` or `info,sanfuwu=debug`",
            ),
        ];
        let mut faults: Vec<String> = checks
            .into_iter()
            .filter(|(holds, _)| !holds)
            .map(|(_, fault)| fault.to_owned())
            .collect();
        faults.extend(self.secret_faults());
        faults
    }

    /// What is wrong with what nobody may read: said before a database is touched.
    fn secret_faults(&self) -> Vec<String> {
        let keys = self
            .keys
            .as_ref()
            .and_then(|text| Keys::parse(text.expose_secret()).err());
        let keys = keys.map(|fault| format!("keys: {fault}"));
        let password = self.admin_password.as_ref();
        let weak = password.filter(|password| is_weak(password.expose_secret(), &self.admin_username));
        keys.into_iter()
            .chain(weak.map(|_| FirstAdministratorError::Weak.to_string()))
            .collect()
    }

    /// The link of a receipt with this code.
    pub fn receipt_url(&self, code: &str) -> Option<String> {
        self.receipt_url
            .as_ref()
            .map(|template| template.replace("{code}", code))
    }

    /// Whether everything about a bucket is said, or nothing.
    fn bucket_is_whole(&self) -> bool {
        let said = [
            self.attachment_s3_endpoint.is_some(),
            self.attachment_s3_bucket.as_ref().is_some_and(|name| !name.is_empty()),
            self.attachment_s3_access_key.is_some(),
            self.attachment_s3_secret_key.is_some(),
        ];
        said.iter().all(|part| *part) || said.iter().all(|part| !part)
    }

    /// How many threads answer requests.
    pub fn serving_threads(&self) -> u32 {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1)),
            workers => u32::try_from(workers).unwrap_or(1),
        }
    }

    /// Whether the database is the embedded one.
    pub fn is_embedded(&self) -> bool {
        self.database_url.is_none()
    }
}
