//! One test's world: its database, its application behind the real router, and a client to call it with.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::body::MessageBody as _;
use actix_web::http::Method;
use actix_web::web;
use serde_json::Value;
use uuid::Uuid;

use super::databases::{drop_database, empty, postgres_copy, sqlite_copy};
use super::postgres::Server;
use super::seed::{self, Member};
use crate::app::App;
use crate::auth::caller::TokenMembership;
use crate::auth::keys::Keys;
use crate::auth::token::Claims;
use crate::clock::{Clock, Ids, Timestamp};
use crate::config::Settings;
use crate::db::Db;
use crate::http::in_process::InProcess;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file of its own.
    Sqlite,
    /// A database of its own on the tests' server.
    Postgres,
}

/// A test's world.
#[derive(Clone, Debug)]
pub struct World {
    /// The application.
    pub app: web::Data<App>,
    /// Which database it stands on.
    pub kind: Kind,
    router: InProcess,
}

static COUNT: AtomicU64 = AtomicU64::new(1);
static KEYS: OnceLock<String> = OnceLock::new();

/// An answer, read to the end.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers by lower-case name.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The body as it came.
    pub bytes: web::Bytes,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// Asserts the status and gives the JSON body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// Asserts an error's status and code; gives the `pointer code` of its faults.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Vec<String> {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        let faults = body["errors"].as_array().cloned().unwrap_or_default();
        faults
            .iter()
            .map(|fault| {
                format!(
                    "{} {}",
                    fault["pointer"].as_str().unwrap_or(""),
                    fault["code"].as_str().unwrap_or("")
                )
            })
            .collect()
    }
}

/// A request being written.
pub struct Call<'w> {
    world: &'w World,
    request: actix_web::test::TestRequest,
}

impl<'w> Call<'w> {
    /// As a person of the world (`seed.rs`).
    pub fn by(self, who: &str) -> Self {
        let token = self.world.token(who);
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// From a network address, such as `203.0.113.9`.
    pub fn sent_from(mut self, address: &str) -> Self {
        let peer = std::net::SocketAddr::new(address.parse().expect("an address"), 4711);
        self.request = self.request.peer_addr(peer);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.insert_header((name, value));
        self
    }

    /// With `If-Match: "<version>"`.
    pub fn at(self, version: &Value) -> Self {
        self.header("If-Match", &format!("\"{version}\""))
    }

    /// With a JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.request = self
            .request
            .insert_header(("Content-Type", "application/json"))
            .set_payload(body.to_string());
        self
    }

    /// With any body.
    pub fn body(mut self, media_type: &str, body: impl Into<web::Bytes>) -> Self {
        self.request = self
            .request
            .insert_header(("Content-Type", media_type))
            .set_payload(body);
        self
    }

    /// Sends it through the real router.
    pub async fn send(self) -> Answer {
        let response = self.world.router.call(self.request).await.expect("an answer");
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        let bytes = actix_web::body::to_bytes(response.into_body().boxed())
            .await
            .unwrap_or_default();
        Answer { status, headers, bytes }
    }
}

impl World {
    /// Makes a world, runs a test in it, and takes it down. Says loudly where PostgreSQL is not there.
    pub fn run<F: Future<Output = ()>>(kind: Kind, test: impl FnOnce(World) -> F) {
        Self::run_in(kind, true, test);
    }

    /// The same in a world that holds nothing but what ships, whole.
    pub fn run_empty<F: Future<Output = ()>>(kind: Kind, test: impl FnOnce(World) -> F) {
        Self::run_in(kind, false, test);
    }

    fn run_in<F: Future<Output = ()>>(kind: Kind, filled: bool, test: impl FnOnce(World) -> F) {
        if kind == Kind::Postgres && Server::get().is_none() {
            return;
        }
        // The cause of a 500 is logged, never answered: a failing test shows it.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::ERROR)
            .with_test_writer()
            .try_init();
        actix_web::rt::System::new().block_on(async move {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let (db, name) = match (kind, filled) {
                (Kind::Sqlite, true) => sqlite_copy(number).await,
                (Kind::Postgres, true) => postgres_copy(number).await,
                (kind, false) => empty(kind, number).await,
            };
            let files = files_of(number);
            let app = web::Data::new(new_app(db, files.clone()));
            let world = World {
                router: InProcess::new(app.clone()).await,
                app,
                kind,
            };
            test(world.clone()).await;
            world.app.db.close().await;
            drop_database(kind, &name).await;
            let _ = std::fs::remove_dir_all(files);
        });
    }

    /// The same world behind an application with other settings.
    pub async fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> World {
        let mut settings = self.app.settings.clone();
        change(&mut settings);
        let App {
            db,
            clock,
            real_clock,
            ids,
            ..
        } = &**self.app;
        let app = App::new(
            settings,
            db.clone(),
            keys(),
            clock.clone(),
            real_clock.clone(),
            ids.clone(),
        );
        let app = web::Data::new(app.expect("an application"));
        World {
            router: InProcess::new(app.clone()).await,
            app,
            kind: self.kind,
        }
    }

    /// A request.
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        let request = actix_web::test::TestRequest::with_uri(path).method(method);
        Call { world: self, request }
    }

    /// Looks, as every process does every two seconds, which tokens are behind the times.
    pub async fn look_at_rights(&self) -> Result<(), crate::db::DbError> {
        let (now, business_now) = (self.app.real_clock.now(), self.app.clock.now());
        self.app.rights.refresh(&self.app.db, now, business_now).await
    }

    /// Signs a demo account in; its access token.
    pub async fn sign_in(&self, username: &str) -> String {
        let body = serde_json::json!({
            "grant_type": "password", "username": username, "password": format!("sanfuwu-demo-{username}"),
        });
        let answer = self.post("/auth/token").json(body).send().await.expect(200);
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// `GET /api/v1<path>`.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, &format!("/api/v1{path}"))
    }

    /// `POST /api/v1<path>`.
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, &format!("/api/v1{path}"))
    }

    /// `PATCH /api/v1<path>`.
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, &format!("/api/v1{path}"))
    }

    /// How the database would run a statement. PostgreSQL is kept from scanning tables that are small only in a test.
    pub async fn plan_of(&self, statement: crate::db::Sql) -> String {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        if self.kind == Kind::Postgres {
            for setting in [
                "SET LOCAL enable_seqscan = off",
                "SET LOCAL enable_bitmapscan = off",
                "SET LOCAL enable_sort = off",
            ] {
                crate::db::sql(setting).run(&mut tx).await.expect("a setting");
            }
            let lines: Vec<(String,)> = statement.led_by("EXPLAIN ").all(&mut tx).await.expect("a plan");
            lines.into_iter().map(|(line,)| line).collect::<Vec<_>>().join("\n")
        } else {
            let lines: Vec<(i64, i64, i64, String)> = statement
                .led_by("EXPLAIN QUERY PLAN ")
                .all(&mut tx)
                .await
                .expect("a plan");
            lines
                .into_iter()
                .map(|(_, _, _, line)| line)
                .collect::<Vec<_>>()
                .join("\n")
        }
    }

    /// An access token for a person of the world.
    pub fn token(&self, who: &str) -> String {
        let claims = self.claims(&seed::member(who), who == seed::CLIENT);
        self.app.tokens.sign(&claims).expect("a signature")
    }

    /// The claims of such a token, to be bent by tests.
    pub fn claims(&self, member: &Member, is_client: bool) -> Claims {
        let held = TokenMembership {
            id: member.membership,
            role: member.role,
            org: member.org,
            division: member.division.0,
            division_code: member.division.1.to_owned(),
        };
        let app = &self.app;
        let no_session = Uuid::nil();
        let claims = app.tokens.claims(
            &app.ids,
            (member.person, no_session),
            vec![held],
            (app.real_clock.now(), 900),
        );
        Claims {
            client: is_client.then_some(member.person),
            scope: if is_client {
                seed::every_scope().join(" ")
            } else {
                String::new()
            },
            membership: Some(member.membership),
            rights: 1,
            // A session of its own, so that signing out with one token leaves the others alone.
            sid: claims.jti,
            ..claims
        }
    }
}

/// The keys of every test: made once, they cost a signature each.
pub fn keys() -> Keys {
    Keys::parse(KEYS.get_or_init(|| Keys::generate_text().expect("keys"))).expect("keys")
}

/// A folder for the attachments of a test's world.
fn files_of(number: u64) -> PathBuf {
    super::databases::folder().join(format!("sanfuwu-test-{}-{number}-files", std::process::id()))
}

fn new_app(db: Db, files: PathBuf) -> App {
    let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    settings.attachment_folder = files;
    let at = |text: &str| text.parse::<Timestamp>().expect("a literal");
    let clocks = (Clock::frozen(at(seed::NOW)), Clock::frozen(at(seed::REAL_NOW)));
    App::new(settings, db, keys(), clocks.0, clocks.1, Ids::counted(7)).expect("the document compiles")
}
