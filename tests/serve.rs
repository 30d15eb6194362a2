//! The binary as those who run it see it: commands, exit codes, signals.

#![cfg(test)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use sanfuwu::auth::keys::sha256;
use sanfuwu::clock::{Clock, Ids};
use sanfuwu::db::{Db, sql};
use sanfuwu::directory::seed::{Extent, ensure};
use sanfuwu::events::domain::hex;

/// A folder with a database in it that knows the towns of one county: all of Zhejiang takes a debug build a minute.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sanfuwu.db");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db = Db::sqlite(&file).await.expect("a database");
        db.migrate(Some(&file)).await.expect("migrations");
        ensure(&db, Clock::real().now(), Extent::TownsOf("330521"))
            .await
            .expect("divisions");
        db.close().await;
    });
    folder
}

/// Puts an attachment beside a running server; where its file is within the folder of attachments.
fn attach(folder: &Path, bytes: &[u8]) -> String {
    let hash = sha256(bytes);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db = Db::sqlite(&folder.join("sanfuwu.db")).await.expect("the database");
        let (id, now) = (Ids::random().next(), Clock::real().now());
        let mut tx = db.begin().await.expect("a transaction");
        sql(
            "INSERT INTO attachment (id, owner_kind, owner_id, file_name, media_type, size, sha256, created_at) \
             VALUES ($1, 'problem', $1, 'a.txt', 'text/plain', $2, $3, $4)",
        )
        .bind(id)
        .bind(i64::try_from(bytes.len()).expect("short"))
        .bind(&hash[..])
        .bind(now)
        .run(&mut tx)
        .await
        .expect("a row");
        tx.commit().await.expect("commit");
        db.close().await;
    });
    let place = format!("{:02x}/{}", hash[0], hex(&hash));
    let file = folder.join("sanfuwu-files").join(&place);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, bytes).expect("a file");
    place
}

/// The binary in a folder, with nothing from outside.
fn sanfuwu(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanfuwu"));
    command.args(arguments).current_dir(folder).env_clear();
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    sanfuwu(folder, arguments).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stderr)
}

/// A server that runs.
struct Server {
    child: Child,
    address: String,
    /// What it says behind its first line.
    said: BufReader<ChildStdout>,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = sanfuwu(folder, &["serve", "--listen", "127.0.0.1:0", "--workers", "1"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        said.read_line(&mut line).expect("a line");
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .map(ToOwned::to_owned);
        match address {
            Some(address) => Self { child, address, said },
            None => {
                let output = child.wait_with_output().expect("it ended");
                panic!("it does not listen: {}", text(&output.stderr))
            }
        }
    }

    /// The answer to a GET, head and body.
    fn get(&self, path: &str) -> String {
        let mut connection = TcpStream::connect(&self.address).expect("it listens");
        write!(
            connection,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .expect("a request");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill").success());
    }

    /// Exit code, what it logged, and how long it took.
    fn wait(mut self) -> (Option<i32>, String, Duration) {
        let began = Instant::now();
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .expect("a pipe")
            .read_to_string(&mut log)
            .expect("the log");
        let status = self.child.wait().expect("it ends");
        (status.code(), log, began.elapsed())
    }
}

#[test]
fn a_server_is_asked_copied_examined_and_stopped() {
    let folder = folder();
    let here = folder.path();
    let server = Server::start(here, &["--drain-seconds", "2", "--log-format", "json"]);
    let address = server.address.clone();
    let listen = ["--listen", address.as_str()];
    assert!(done(&run(here, &[&["healthcheck"], &listen[..]].concat())).contains("lives"));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200 "));
    let document = server.get("/openapi.json");
    assert!(document.ends_with(&done(&run(here, &["openapi"]))));
    assert!(document.contains("\r\ndate: "), "{document}");

    // One server a database; a copy while it runs; no restore while it runs.
    assert!(refused(&run(here, &["serve", "--listen", "127.0.0.1:0"]), 1).contains("in use by a running server"));
    assert!(done(&run(here, &["backup", "copy.db"])).contains("sound"));
    assert!(refused(&run(here, &["backup", "copy.db"]), 1).contains("copy.db"));
    assert!(refused(&run(here, &["restore", "copy.db"]), 1).contains("--force"));
    assert!(refused(&run(here, &["restore", "copy.db", "--force"]), 1).contains("in use"));
    let report = done(&run(here, &["doctor"]));
    for check in ["schema", "database", "events", "keys", "files", "clock", "disk"] {
        assert!(
            report.lines().any(|line| line.starts_with(&format!("ok   {check}"))),
            "{report}"
        );
    }

    // With a file of an attachment the backup is a file and a folder; a lost one is told.
    let place = attach(here, b"a report");
    let both = done(&run(here, &["backup", "both.db"]));
    assert!(
        both.contains("both.db.attachments: 1 files, 1 KiB, each as its hash says"),
        "{both}"
    );
    assert!(
        done(&run(here, &["doctor", "--read-files"])).contains("ok   files     1 files, 1 KiB, are in sanfuwu-files")
    );
    std::fs::remove_file(here.join("sanfuwu-files").join(&place)).expect("the file");
    assert!(refused(&run(here, &["doctor"]), 1).contains("1 check failed"));
    let lacking = run(here, &["backup", "lacking.db"]);
    assert!(refused(&lacking, 1).contains(": missing") && text(&lacking.stdout).contains("sound"));

    // Told to stop, it says so to whoever balances the load, and still answers.
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    let ready = server.get("/readyz");
    assert!(
        ready.starts_with("HTTP/1.1 503 ") && ready.contains("draining") && ready.contains("retry-after"),
        "{ready}"
    );
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    let (code, log, took) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(log.lines().all(|line| line.starts_with('{')), "{log}");
    assert!(TcpStream::connect(&address).is_err());

    assert!(done(&run(here, &["restore", "copy.db", "--force"])).contains("replaced-1"));
    assert!(refused(&run(here, &["restore", "lacking.db", "--force"]), 1).contains("--incomplete"));
    let told = done(&run(here, &["restore", "lacking.db", "--force", "--incomplete"]));
    assert!(told.contains("without 1 that are nowhere"), "{told}");
    let back = done(&run(here, &["restore", "both.db", "--force"]));
    assert!(
        back.contains("sanfuwu-files: 1 files, 1 KiB, each as its hash says; put back: 1 files, 1 KiB"),
        "{back}"
    );
    assert_eq!(
        std::fs::read(here.join("sanfuwu-files").join(&place)).expect("the file"),
        b"a report"
    );
    assert!(refused(&run(here, &[&["healthcheck"], &listen[..]].concat()), 1).contains("does not answer"));
}

#[test]
fn a_start_that_finds_its_port_taken_makes_no_administrator_whose_password_nobody_sees() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let lost = run(folder.path(), &["serve", "--listen", &address]);
    assert!(refused(&lost, 1).contains("another process listens there"));
    assert!(!text(&lost.stdout).contains("one-time password"));

    let mut server = Server::start(folder.path(), &[]);
    server.signal("INT");
    let mut told = String::new();
    server.said.read_to_string(&mut told).expect("what it said");
    assert!(told.contains("one-time password"), "{told}");
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_person_at_the_keyboard_does_not_wait() {
    let folder = folder();
    let server = Server::start(folder.path(), &["--drain-seconds", "60"]);
    // An idle connection does not keep it.
    let _idle = TcpStream::connect(&server.address).expect("it listens");
    server.signal("INT");
    let (code, log, took) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn told_twice_it_stops_at_once() {
    let folder = folder();
    let server = Server::start(folder.path(), &["--drain-seconds", "60"]);
    server.signal("TERM");
    // Two signals at once would be heard as one.
    while !server.get("/readyz").starts_with("HTTP/1.1 503 ") {
        std::thread::sleep(Duration::from_millis(20));
    }
    server.signal("TERM");
    let (code, log, took) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        took < Duration::from_secs(5) && log.contains("told to stop twice"),
        "{took:?} {log}"
    );
}

#[test]
fn figures_have_an_address_of_their_own() {
    let folder = folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let server = Server::start(folder.path(), &["--metrics-listen", &port.to_string()]);
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    assert!(server.get("/metrics").starts_with("HTTP/1.1 404 "));
    let figures = Server {
        address: port.to_string(),
        ..server
    };
    let text = figures.get("/metrics");
    assert!(
        text.contains(r#"sanfuwu_http_requests_total{operation="get_health",method="GET",status="200"} 1"#),
        "{text}"
    );
    figures.signal("INT");
    assert_eq!(figures.wait().0, Some(0));
}

#[test]
fn a_configuration_is_refused_with_every_fault_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = sanfuwu(folder.path(), &["serve", "--database-connections", "0"]);
    command
        .env("SANFUWU_WORKERS", "many")
        .env("SANFUWU_COLOUR", "red")
        .env("SANFUWU_ADMIN_PASSWORD", "hunter2");
    let said = refused(&command.output().expect("it runs"), 2);
    for fault in [
        "workers: ",
        "SANFUWU_WORKERS",
        "colour: there is no such setting",
        "database_connections: must be",
    ] {
        assert!(said.contains(fault), "{said}");
    }
    assert!(!said.contains("hunter2"));
    assert!(refused(&run(folder.path(), &["serve", "--wrokers", "3"]), 2).contains("--workers"));
}

#[test]
fn what_a_command_needs_must_be_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    for arguments in [&["backup", "copy.db"][..], &["doctor"], &["restore", "none.db"]] {
        assert!(
            refused(&run(here, arguments), 1).contains("does not exist"),
            "{arguments:?}"
        );
    }
    assert!(!here.join("sanfuwu.db").exists());
    let url = ["--database-url", "postgres://nobody@127.0.0.1:1/none"];
    assert!(refused(&run(here, &[&["backup", "copy.db"], &url[..]].concat()), 2).contains("pg_dump"));
    assert!(refused(&run(here, &[&["restore", "copy.db"], &url[..]].concat()), 2).contains("pg_restore"));
    let keys = done(&run(here, &["keygen"]));
    assert!(keys.starts_with("signing_key = ") && keys.contains("\ndata_key = "));
    assert_ne!(keys, done(&run(here, &["keygen"])));
}

#[test]
fn a_roster_is_tried_and_then_imported_beside_a_running_server() {
    let folder = folder();
    let here = folder.path();
    let server = Server::start(here, &[]);
    let file = "communities.csv";
    std::fs::write(here.join(file), "division,kind,name\n330521001,town,示例街道\n").expect("a file");
    let tried = done(&run(here, &["import", file, "--dry-run"]));
    assert!(
        tried.starts_with("1 lines: 1 created") && tried.contains("nothing was kept"),
        "{tried}"
    );
    assert!(done(&run(here, &["import", file])).starts_with("1 lines: 1 created"));
    assert!(done(&run(here, &["import", file])).starts_with("1 lines: 0 created"));
    std::fs::write(
        here.join(file),
        "division,kind,name,colour\n330521001,town,示例街道,red\n",
    )
    .expect("a file");
    assert!(refused(&run(here, &["import", file]), 1).contains("nothing was imported"));
    std::fs::write(here.join("roster.csv"), "").expect("a file");
    assert!(refused(&run(here, &["import", "roster.csv"]), 2).contains("--as"));
    server.signal("INT");
    assert_eq!(server.wait().0, Some(0));
}
