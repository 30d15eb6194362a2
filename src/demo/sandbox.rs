//! What exists in demo mode only: its clock, its reset, its fixtures. Elsewhere these paths are 404, as if they were
//! not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::script::{SPEECH_SEED, Script};
use super::{Holds, clock, holds, load};
use crate::app::App;
use crate::attachments;
use crate::auth::keys::Keys;
use crate::clock::Timestamp;
use crate::config::Settings;
use crate::db::{Db, sql};
use crate::directory::seed::{Extent, ensure};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::{ValidJson, Versioned, View};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(set_sandbox_clock)
        .service(reset_sandbox)
        .service(get_sandbox_fixtures);
}

fn only_in_a_demo(app: &App) -> ApiResult<()> {
    if app.settings.demo {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

/// Where the clock is to stand.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "now": "2019-01-15T12:00:00+08:00" }))]
pub struct SetClock {
    /// The instant from which it ticks on.
    pub now: Timestamp,
}

/// What time it is in the demo.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockNow {
    /// Business time.
    pub now: Timestamp,
    /// How many tasks happened by themselves on the way: openings, assignments, alarms of the clock.
    #[schema(minimum = 0)]
    pub happened: usize,
}

/// Set the demo's clock
///
/// Business time goes on from there, also after a restart; tokens, logs and the `Date` header keep real time. Set
/// forward, everything that is due by then has happened when the answer comes, each at its own time: recorded problems
/// were opened, open ones assigned, clocks ran out. Set back, nothing is undone. Demo mode only.
#[utoipa::path(operation_id = "set_sandbox_clock", tag = "demo", request_body = SetClock,
    responses((status = 200, description = "What time it is now", body = ClockNow)),
    extensions(("x-error-codes" = json!(["not_found", "in_progress"]))))]
#[post("/sandbox/clock")]
pub async fn set_sandbox_clock(app: web::Data<App>, body: ValidJson<SetClock>) -> ApiResult<HttpResponse> {
    only_in_a_demo(&app)?;
    let _turn = MOVING.try_lock().map_err(|_| ApiError::new(Code::InProgress))?;
    let happened = clock::move_to(&app, body.0.now).await?;
    let mut tx = app.db.begin().await?;
    clock::keep(&mut tx, body.0.now).await?;
    tx.commit().await?;
    let now = app.clock.now();
    Ok(HttpResponse::Ok().json(ClockNow { now, happened }))
}

/// Start the demo over
///
/// Everything that was done in it is gone; the speech's data set is loaded again and the clock stands at its evening.
/// Takes some seconds, in which everything else is 503. Sign in again afterwards. Demo mode only.
#[utoipa::path(operation_id = "reset_sandbox", tag = "demo",
    responses((status = 204, description = "As at the beginning")),
    extensions(("x-error-codes" = json!(["not_found", "in_progress"]))))]
#[post("/sandbox/reset")]
pub async fn reset_sandbox(app: web::Data<App>) -> ApiResult<HttpResponse> {
    only_in_a_demo(&app)?;
    let turn = MOVING.try_lock().map_err(|_| ApiError::new(Code::InProgress))?;
    // On a task of its own: a caller who goes away must not leave half a demo.
    let task = actix_web::rt::spawn(async move {
        let _turn = turn;
        let _closed = app.traffic.start_over();
        others_are_answered(&app).await;
        start_over(&app).await?;
        app.rights
            .refresh(&app.db, app.real_clock.now(), app.clock.now())
            .await?;
        Ok::<_, ApiError>(())
    });
    task.await.map_err(ApiError::internal)??;
    Ok(HttpResponse::NoContent().finish())
}

/// Waits, for a while, until no other request is being answered: those that come now are refused.
async fn others_are_answered(app: &App) {
    for _ in 0..PATIENCE {
        if app.traffic.in_flight() <= 1 {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How often that is looked at: ten seconds long.
const PATIENCE: usize = 500;

/// Well before the first thing that the script does, in seconds: 30 days before its end.
const BEFORE_IT_ALL: i64 = 30 * 24 * 3600;

/// One at a time resets the demo or moves its clock.
static MOVING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Empties the demo's database and loads the speech again.
///
/// # Errors
/// 404 where the database is no demo's: it is never emptied then.
pub async fn start_over(app: &App) -> ApiResult<()> {
    if !matches!(holds(&app.db).await?, Holds::Demo(_)) {
        return Err(ApiError::not_found());
    }
    attachments::sweep::everything(app).await.map_err(ApiError::internal)?;
    let begins: Timestamp = Script::speech(SPEECH_SEED).clock_starts_at.into();
    // The engine of a server that goes on must leave alone what the script has still to do: by this clock nothing is
    // due.
    app.clock.set(begins.plus_seconds(-BEFORE_IT_ALL));
    let loaded = load_again(&app.db, &app.settings, Arc::clone(&app.keys)).await;
    app.clock.set(begins);
    loaded
}

/// Empties a database that is known to be a demo's, and loads the speech.
pub(super) async fn load_again(db: &Db, settings: &Settings, keys: Arc<Keys>) -> ApiResult<()> {
    db.wipe().await?;
    db.migrate(None).await.map_err(ApiError::internal)?;
    let script = Script::speech(SPEECH_SEED);
    ensure(db, script.clock_starts_at.into(), Extent::Everything).await?;
    load::load(db, settings, keys, &script)
        .await
        .map_err(ApiError::internal)
}

/// Rows of the demo that are worth trying things on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxFixtures {
    /// Business time.
    pub now: Timestamp,
    /// One account per role.
    pub accounts: Vec<DemoAccount>,
    /// One problem per state that acts reach.
    pub problems: Vec<DemoProblem>,
    /// Further problems, by what they show: `rated`, `looked_back`, `published`, `commented`, `replied`, `in_theme`, …
    #[schema(value_type = Object, example = json!({ "rated": "01900000-0000-7000-8000-000000000001" }))]
    pub shows: Value,
    /// One action plan per state: its id.
    #[schema(value_type = Object, example = json!({ "draft": "01900000-0000-7000-8000-000000000002" }))]
    pub plans: Value,
    /// One assignment per state: its id.
    #[schema(value_type = Object, example = json!({ "pending": "01900000-0000-7000-8000-000000000003" }))]
    pub assignments: Value,
    /// One visit per state: its id.
    #[schema(value_type = Object, example = json!({ "planned": "01900000-0000-7000-8000-000000000004" }))]
    pub visits: Value,
    /// Other rows, by what they show: `theme`, `output`, `case`, `plan_template`, `referral`, `commitment_due`,
    /// `comment_hidden`, `survey_answer`, …: their ids.
    #[schema(value_type = Object, example = json!({ "theme": "01900000-0000-7000-8000-000000000005" }))]
    pub further: Value,
    /// A receipt whose reporter has yet to confirm; null in a database of generated rows.
    #[schema(required)]
    pub receipt: Option<DemoReceipt>,
}

impl Versioned for SandboxFixtures {}

/// A way in.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemoAccount {
    /// Its role.
    #[schema(value_type = String)]
    pub role: &'static str,
    /// User name, or client id for the role integrator.
    pub username: String,
    /// Password or client secret; public on purpose.
    pub password: String,
}

/// A problem in some state.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemoProblem {
    /// The state that it was put in; it may have moved since.
    pub state: String,
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub tracking_no: String,
}

/// A receipt that everybody may know, because its reporter is invented.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DemoReceipt {
    /// The problem that it is of.
    pub problem: Uuid,
    /// The code, for `POST /public/receipts/token`; public on purpose.
    pub code: String,
}

/// The demo's fixtures
///
/// One problem, visit, action plan and assignment per state, rows of what else there is, one account per role with its
/// password, and a receipt's code. Demo mode only.
#[utoipa::path(operation_id = "get_sandbox_fixtures", tag = "demo",
    responses((status = 200, description = "The fixtures", body = SandboxFixtures)),
    extensions(("x-error-codes" = json!(["not_found"]))))]
#[get("/sandbox/fixtures")]
pub async fn get_sandbox_fixtures(app: web::Data<App>) -> ApiResult<View<SandboxFixtures>> {
    only_in_a_demo(&app)?;
    let Holds::Demo(mut mark) = holds(&app.db).await? else {
        return Err(ApiError::not_found());
    };
    let mut told = |name: &str| match mark[name].take() {
        Value::Null => Value::Object(serde_json::Map::new()),
        rows => rows,
    };
    let problems = problems(&app.db, told("problems")).await?;
    let (shows, plans, assignments) = (told("shows"), told("plans"), told("assignments"));
    let (visits, further) = (told("visits"), told("further"));
    Ok(View(SandboxFixtures {
        now: app.clock.now(),
        accounts: accounts(),
        problems,
        shows,
        plans,
        assignments,
        visits,
        further,
        receipt: serde_json::from_value(mark["receipt"].take()).map_err(ApiError::internal)?,
    }))
}

/// The problems of the fixtures, with their numbers.
async fn problems(db: &Db, states: Value) -> ApiResult<Vec<DemoProblem>> {
    let states: BTreeMap<String, Uuid> = serde_json::from_value(states).map_err(ApiError::internal)?;
    let ids: Vec<Uuid> = states.values().copied().collect();
    let numbers: Vec<(Uuid, String)> = sql("SELECT id, tracking_no FROM problem WHERE id")
        .in_list(&ids)
        .all(db)
        .await?;
    let numbers: BTreeMap<Uuid, String> = numbers.into_iter().collect();
    let problem = |(state, id): (String, Uuid)| DemoProblem {
        state,
        id,
        tracking_no: numbers.get(&id).cloned().unwrap_or_default(),
    };
    Ok(states.into_iter().map(problem).collect())
}

/// The ways into the demo, one per role.
pub fn accounts() -> Vec<DemoAccount> {
    let script = Script::speech(SPEECH_SEED);
    let people = script.accounts.into_iter().map(|account| DemoAccount {
        role: account.role,
        username: account.username,
        password: account.password,
    });
    let clients = script.clients.into_iter().map(|client| DemoAccount {
        role: "integrator",
        username: client.client_id.to_owned(),
        password: client.secret.to_owned(),
    });
    people.chain(clients).collect()
}
