//! What an institutional finding does to the clock.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::on_both;
use crate::problems::store::lengthen::CycleClock;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{analysis_body, id_of};

/// 30 working days after 2019-01-10: the Spring Festival lies between.
const THIRTY: &str = "2019-02-26T09:00:00Z";

async fn sign(world: &World, problem: &Value, number: i64, nature: &str) {
    let mut body = analysis_body();
    body["nature"] = json!(nature);
    let mut call = world.post(&format!("/problems/{}/analyses", id_of(problem))).by("head");
    if number > 0 {
        body["correction_reason"] = json!("改判");
        call = call.at(&json!(number));
    }
    call.json(body).send().await.expect(201);
}

async fn read(world: &World, problem: &Value) -> Value {
    world
        .get(&format!("/problems/{}", id_of(problem)))
        .by("dispatcher")
        .send()
        .await
        .expect(200)
}

/// Every row of the outcomes, as they are kept and as their definition says.
async fn outcomes(world: &World) -> Vec<(String, chrono::NaiveDate, i64)> {
    let rows = "SELECT outcome, since, amount FROM outcome_rollup WHERE amount > 0 ORDER BY outcome, since";
    sql(rows).all(&world.app.db).await.unwrap()
}

on_both! {
    async fn an_institutional_finding_lengthens_the_clock_once(world: World) {
        let problem = world.assigned(problem_body()).await;
        assert_eq!(problem["clock"]["due_at"], "2019-01-21T09:00:00Z");
        sign(&world, &problem, 0, "operational").await;
        assert_eq!(read(&world, &problem).await["version"], problem["version"], "an operational finding changes nothing");
        sign(&world, &problem, 1, "institutional").await;
        let longer = read(&world, &problem).await;
        assert_eq!((&longer["matter"], &longer["clock"]["due_at"]), (&json!("institutional"), &json!(THIRTY)));
        assert_eq!(longer["version"].as_i64().unwrap(), problem["version"].as_i64().unwrap() + 1);
        // Again, and again after a correction: once is once.
        sign(&world, &problem, 2, "operational").await;
        sign(&world, &problem, 3, "institutional").await;
        assert_eq!(read(&world, &problem).await["version"], longer["version"]);
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types.iter().filter(|kind| *kind == "problem.lengthened").count(), 1);
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("dispatcher").send().await.expect(200);
        let event = events["items"].as_array().unwrap().iter().find(|event| event["type"] == "problem.lengthened").unwrap().clone();
        assert_eq!(event["payload"], json!({ "due_at": THIRTY, "working_days": 30 }));
        assert_eq!(event["public"], true);
        let (days, lengthened): (i64, bool) = sql("SELECT resolution_days, lengthened FROM cycle").one(&world.app.db).await.unwrap();
        assert_eq!((days, lengthened), (30, true));
    }

    async fn lists_and_figures_follow_the_longer_clock(world: World) {
        let problem = world.assigned(problem_body()).await;
        sign(&world, &problem, 0, "institutional").await;
        let due: Timestamp = THIRTY.parse().unwrap();
        let keys: Vec<(i64, i64)> = sql("SELECT DISTINCT due_key, urgency_due_key FROM problem_scope").all(&world.app.db).await.unwrap();
        assert_eq!(keys, [(due.micros(), due.micros() + (2_i64 << 58))]);
        let kept = outcomes(&world).await;
        let expected = [("assigned", "2019-01-10"), ("settled", "2019-02-26")].map(|(what, day)| (what.to_owned(), day.parse().unwrap(), 1));
        assert_eq!(kept, expected);
        let mut tx = world.app.db.begin().await.unwrap();
        crate::metrics::rebuild::rebuild(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(outcomes(&world).await, kept);
    }

    async fn a_critical_matter_has_half_of_the_longer_time_too(world: World) {
        let mut body = problem_body();
        body["urgency"] = json!("critical");
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let assign = json!({ "disposition": "follow_up", "lead_org_id": crate::test_support::seed::org("yiwu-hr"), "due_on": "2019-01-16", "assign": true });
        let problem = world.dispose("dispatcher", &problem, assign).await.expect(200);
        sign(&world, &problem, 0, "institutional").await;
        assert_eq!(read(&world, &problem).await["clock"]["due_at"], "2019-01-31T09:00:00Z");
    }

    async fn a_paused_clock_resumes_with_the_longer_time(world: World) {
        let problem = world.assigned(problem_body()).await;
        let now = world.app.clock.now();
        let mut tx = world.app.db.begin().await.unwrap();
        for statement in [
            "UPDATE cycle SET pause_began = $1, paused_due = resolution_due, resolution_due = NULL WHERE problem_id = $2",
            "UPDATE problem SET state = 'on_hold', due_at = NULL, updated_at = $1 WHERE id = $2",
            "DELETE FROM outcome_rollup WHERE since > '2000-01-01' AND $1 = $1 AND $2 = $2",
        ] {
            sql(statement).bind(now).bind(id_of(&problem)).run(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        sign(&world, &problem, 0, "institutional").await;
        let paused = read(&world, &problem).await;
        assert_eq!((&paused["clock"]["status"], &paused["clock"]["due_at"]), (&json!("paused"), &Value::Null));
        let (due, paused_due): (Option<Timestamp>, Option<Timestamp>) = sql("SELECT resolution_due, paused_due FROM cycle").one(&world.app.db).await.unwrap();
        assert_eq!((due, paused_due), (None, THIRTY.parse().ok()));
        assert_eq!(outcomes(&world).await, []);
    }

    async fn what_has_as_long_already_is_only_named_institutional(world: World) {
        let problem = world.assigned(problem_body()).await;
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE cycle SET resolution_days = 30").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        sign(&world, &problem, 0, "institutional").await;
        let read = read(&world, &problem).await;
        assert_eq!((&read["matter"], &read["clock"]["due_at"]), (&json!("institutional"), &problem["clock"]["due_at"]));
        assert_eq!(world.event_types(id_of(&problem)).await.last().map(String::as_str), Some("problem.found_institutional"));
    }
}

/// A clock that began so many minutes after 2019-01-02 and was given `chosen` working days.
fn running(minutes: i64, chosen: u32) -> CycleClock {
    let start = "2019-01-02T00:00:00Z"
        .parse::<Timestamp>()
        .unwrap()
        .plus_seconds(minutes * 60);
    let (due, provisional) = Calendar::shipped().due_at(start.utc(), chosen);
    CycleClock {
        started_at: start,
        resolution_days: Some(i64::from(chosen)),
        resolution_due: Some(due.into()),
        paused_due: None,
        pause_began: None,
        provisional,
        lengthened: false,
    }
}

proptest! {
    #[test]
    fn a_longer_clock_is_the_one_that_would_have_been_chosen(minutes in 0_i64..3_000_000, chosen in 1_u32..30, days in 1_u32..40) {
        let (calendar, clock) = (Calendar::shipped(), running(minutes, chosen));
        let longer = clock.with_days(calendar, days);
        let (due, _) = calendar.due_at(clock.started_at.utc(), chosen.max(days));
        prop_assert_eq!(longer.resolution_due, Some(due.into()));
        prop_assert!(longer.resolution_due >= clock.resolution_due);
        prop_assert_eq!(longer.with_days(calendar, 60).resolution_due, if longer.lengthened { longer.resolution_due } else {
            clock.with_days(calendar, 60).resolution_due
        });
    }

    #[test]
    fn what_a_pause_added_stays_added(minutes in 0_i64..3_000_000, chosen in 1_u32..30, pause in 0_u32..20) {
        let (calendar, mut clock) = (Calendar::shipped(), running(minutes, chosen));
        let day = clock.started_at.shanghai_date();
        let at = |days: u32| calendar.add_working_days(day, days).date;
        clock.resolution_due = clock.resolution_due.map(|due| due.plus_seconds((at(chosen + pause) - at(chosen)).num_seconds()));
        let longer = clock.with_days(calendar, 30);
        prop_assert_eq!(longer.resolution_due.map(Timestamp::shanghai_date), Some(at(30 + pause)));
        clock.paused_due = clock.resolution_due.take();
        let paused = clock.with_days(calendar, 30);
        prop_assert_eq!((paused.resolution_due, paused.paused_due), (None, longer.resolution_due));
    }
}
