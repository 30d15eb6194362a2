//! Every setting as a flag. A flag wins over the environment, and that over the file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::{ConfigFaults, LogFormat, Network, Settings};

const NETWORK: &str = "Network";
const DATABASE: &str = "Database";
const ATTACHMENTS: &str = "Attachments";
const LOG: &str = "Log and figures";
const START: &str = "Start and end";

/// The settings as flags; what is not given is left to the environment, the file and the defaults.
#[derive(Debug, Default, Args, Serialize)]
#[command(after_help = "\
Every setting can also be given as a variable, SANFUWU_LISTEN for --listen and so on, or in a TOML file, `listen = \"…\"`. \
Lists are separated by commas. Secrets are better given as variables or in the file: other users of the machine can see \
a command line.")]
pub(super) struct Flags {
    /// A TOML file with settings (SANFUWU_CONFIG)
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,

    /// Where the API listens [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", help_heading = NETWORK)]
    listen: Option<SocketAddr>,
    /// The URL under which callers know this installation [default: http://127.0.0.1:8080]
    #[arg(long, value_name = "URL", help_heading = NETWORK)]
    public_url: Option<String>,
    /// The page on which a reporter uses his receipt, with {code} in it [default: receipts carry no link]
    #[arg(long, value_name = "URL", help_heading = NETWORK)]
    receipt_url: Option<String>,
    /// The audience of access tokens [default: sanfuwu]
    #[arg(long, value_name = "WORD", help_heading = NETWORK)]
    audience: Option<String>,
    /// Web pages of these origins may call the API; `*` for any [default: none]
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',', help_heading = NETWORK)]
    cors_origins: Option<Vec<String>>,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks [default: none]
    #[arg(long, value_name = "NETWORK,…", value_delimiter = ',', help_heading = NETWORK)]
    trusted_proxies: Option<Vec<Network>>,
    /// Requests a minute from one address; 0: no limit [default: 6000]
    #[arg(long, value_name = "NUMBER", help_heading = NETWORK)]
    rate_limit_address: Option<u32>,
    /// Of these, requests that need no token [default: 600]
    #[arg(long, value_name = "NUMBER", help_heading = NETWORK)]
    rate_limit_public: Option<u32>,
    /// Of these, requests for tokens [default: 120]
    #[arg(long, value_name = "NUMBER", help_heading = NETWORK)]
    rate_limit_token: Option<u32>,
    /// Requests a minute of one person through one client; 0: no limit [default: 1200]
    #[arg(long, value_name = "NUMBER", help_heading = NETWORK)]
    rate_limit_caller: Option<u32>,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "NUMBER", help_heading = NETWORK)]
    workers: Option<usize>,

    /// The embedded database's file [default: sanfuwu.db]
    #[arg(long, value_name = "FILE", help_heading = DATABASE)]
    sqlite_file: Option<PathBuf>,
    /// PostgreSQL 15 or later instead of the embedded database: postgres://user:password@host/database
    #[arg(long, value_name = "URL", help_heading = DATABASE)]
    database_url: Option<String>,
    /// Connections to PostgreSQL, 1 to 500: half write, half read [default: 32]
    #[arg(long, value_name = "NUMBER", help_heading = DATABASE)]
    database_connections: Option<u32>,
    /// The file with the keys; the embedded database makes it [default: sanfuwu.key]
    #[arg(long, value_name = "FILE", help_heading = DATABASE)]
    key_file: Option<PathBuf>,
    /// The keys themselves, as `sanfuwu keygen` prints them
    #[arg(long, value_name = "TEXT", help_heading = DATABASE)]
    keys: Option<String>,

    /// The largest file that may be attached, in bytes [default: 20971520]
    #[arg(long, value_name = "BYTES", help_heading = ATTACHMENTS)]
    attachment_max_bytes: Option<u64>,
    /// Where attached files are kept; replicas share it, or a bucket [default: sanfuwu-files]
    #[arg(long, value_name = "FOLDER", help_heading = ATTACHMENTS)]
    attachment_folder: Option<PathBuf>,
    /// An S3-compatible store for them instead, by its URL
    #[arg(long, value_name = "URL", help_heading = ATTACHMENTS)]
    attachment_s3_endpoint: Option<String>,
    /// Its bucket
    #[arg(long, value_name = "NAME", help_heading = ATTACHMENTS)]
    attachment_s3_bucket: Option<String>,
    /// Its region [default: us-east-1]
    #[arg(long, value_name = "NAME", help_heading = ATTACHMENTS)]
    attachment_s3_region: Option<String>,
    /// The id of the key to it
    #[arg(long, value_name = "ID", help_heading = ATTACHMENTS)]
    attachment_s3_access_key: Option<String>,
    /// The key to it
    #[arg(long, value_name = "TEXT", help_heading = ATTACHMENTS)]
    attachment_s3_secret_key: Option<String>,

    /// `text` or `json` [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = LOG)]
    log_format: Option<LogFormat>,
    /// What is logged, as in `info,sanfuwu=debug` [default: info,actix_server=warn]
    #[arg(long, value_name = "FILTER", help_heading = LOG)]
    log: Option<String>,
    /// Where Prometheus may read figures, at /metrics [default: nowhere]
    #[arg(long, value_name = "ADDRESS", help_heading = LOG)]
    metrics_listen: Option<SocketAddr>,

    /// The first administrator's user name [default: admin]
    #[arg(long, value_name = "NAME", help_heading = START)]
    admin_username: Option<String>,
    /// The first administrator's password [default: a one-time password is printed]
    #[arg(long, value_name = "PASSWORD", help_heading = START)]
    admin_password: Option<String>,
    /// After SIGTERM, take requests for so long while /readyz says 503 [default: 3]
    #[arg(long, value_name = "SECONDS", help_heading = START)]
    drain_seconds: Option<u64>,
    /// Then finish what was begun for at most so long [default: 20]
    #[arg(long, value_name = "SECONDS", help_heading = START)]
    shutdown_seconds: Option<u64>,
    /// How often to look for what is due by itself; 0 leaves that to other replicas [default: 3]
    #[arg(long, value_name = "SECONDS", help_heading = START)]
    tasks_seconds: Option<u64>,
}

impl Flags {
    /// The settings of flags, environment and file.
    pub(super) fn settings(&self) -> Result<Settings, ConfigFaults> {
        Settings::load(self.config.clone(), &self.given())
    }

    /// The flags that are given, by the names of the settings.
    fn given(&self) -> Map<String, Value> {
        let Ok(Value::Object(mut all)) = serde_json::to_value(self) else {
            return Map::new();
        };
        all.retain(|_, value| !value.is_null());
        all
    }
}
