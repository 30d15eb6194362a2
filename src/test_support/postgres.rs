//! A PostgreSQL server for the tests: the one at `TEST_POSTGRES_URL`, else a throw-away one from the installed
//! binaries.
//!
//! The server is started under the uid of user `postgres` where the tests run as root (PostgreSQL refuses root),
//! listens on a Unix socket only, and ends with the test process, however that ends: it hangs on a pipe that the kernel
//! closes. Where there are no binaries the tests on PostgreSQL say so loudly and pass; `TEST_POSTGRES_REQUIRED=1`, as
//! CI has it, makes that an error.

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A server that tests may make databases on.
#[derive(Debug)]
pub struct Server {
    /// Its URL without a database: `/<name>` is added.
    base: String,
    _guard: Option<Child>,
}

static SERVER: OnceLock<Option<Server>> = OnceLock::new();

impl Server {
    /// The process's server; `None` where there is none and none is required.
    pub fn get() -> Option<&'static Self> {
        SERVER.get_or_init(Self::start).as_ref()
    }

    /// The URL of a database on it.
    pub fn url(&self, database: &str) -> String {
        match self.base.split_once('?') {
            Some((base, parameters)) => format!("{base}/{database}?{parameters}"),
            None => format!("{}/{database}", self.base),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_macros,
        reason = "test configuration, and a loud warning"
    )]
    fn start() -> Option<Self> {
        if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
            return Some(Self {
                base: url.trim_end_matches('/').to_owned(),
                _guard: None,
            });
        }
        match binaries() {
            Some(binaries) => Some(Self::throw_away(&binaries)),
            None if std::env::var("TEST_POSTGRES_REQUIRED").is_ok() => {
                panic!(
                    "TEST_POSTGRES_REQUIRED is set and neither TEST_POSTGRES_URL nor PostgreSQL's binaries are there"
                )
            }
            None => {
                eprintln!("\n*** PostgreSQL WAS NOT TESTED: no TEST_POSTGRES_URL, and no initdb was found ***\n");
                None
            }
        }
    }

    fn throw_away(binaries: &Path) -> Self {
        // A copy of a database is a thousand small files, which a disk's file system makes slowly.
        let folder = tempfile::Builder::new()
            .prefix("sanfuwu-pg")
            .tempdir_in(super::databases::folder())
            .expect("a temporary folder")
            .keep();
        let user = owner();
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("chown");
        }
        let data = folder.join("data");
        let run = |command: &mut Command| {
            if let Some((uid, gid)) = user {
                command.uid(uid).gid(gid);
            }
            command.current_dir(&folder).env_remove("PGDATA");
        };
        let mut initdb = Command::new(binaries.join("initdb"));
        initdb
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&data);
        run(&mut initdb);
        let made = initdb.output().expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        // The shell ends the server and takes the folder away when its standard input closes, which is when this
        // process is gone.
        let script = r#""$1" -D "$2" -k "$3" -c listen_addresses='' -c fsync=off -c full_page_writes=off \
            -c synchronous_commit=off -c max_connections=300 -c shared_buffers=128MB >"$3/log" 2>&1 &
            server=$!; echo started; read -r _; kill -INT $server; wait $server; rm -rf "$3""#;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "sh"])
            .arg(binaries.join("postgres"))
            .arg(&data)
            .arg(&folder);
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own: an interrupt at the terminal must not reach it before us.
        shell.process_group(0);
        run(&mut shell);
        let mut guard = shell.spawn().expect("sh runs");
        let mut started = [0_u8; 8];
        guard
            .stdout
            .as_mut()
            .expect("a pipe")
            .read_exact(&mut started)
            .expect("the shell speaks");
        // The server writes its state into the last line of this file.
        let state = data.join("postmaster.pid");
        for _ in 0..600 {
            if std::fs::read_to_string(&state).is_ok_and(|text| text.trim_end().ends_with("ready")) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let host = folder.to_string_lossy().replace('/', "%2F");
        Self {
            base: format!("postgres://postgres@{host}"),
            _guard: Some(guard),
        }
    }
}

/// The folder of `initdb` and `postgres`: on the path, or the newest of Debian's.
fn binaries() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    let on_path = Command::new("sh")
        .args(["-c", "command -v initdb"])
        .output()
        .ok()?
        .stdout;
    let on_path = PathBuf::from(String::from_utf8_lossy(&on_path).trim());
    versions.extend(on_path.parent().map(Path::to_path_buf));
    versions
        .into_iter()
        .rev()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// User and group to run the server as, where we are root.
fn owner() -> Option<(u32, u32)> {
    let number = |arguments: [&str; 2]| -> Option<u32> {
        let out = Command::new("id").args(arguments).output().ok()?.stdout;
        String::from_utf8_lossy(&out).trim().parse().ok()
    };
    let me: String = String::from_utf8_lossy(&Command::new("id").arg("-u").output().ok()?.stdout)
        .trim()
        .to_owned();
    (me == "0")
        .then(|| Some((number(["-u", "postgres"])?, number(["-g", "postgres"])?)))
        .flatten()
}
