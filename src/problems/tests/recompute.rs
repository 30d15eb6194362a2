//! What was counted over days that nobody had published yet, once they are.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::sql;
use crate::on_both;
use crate::problems::recompute::recompute_batch;
use crate::tasks::engine::Engine;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// Monday 28 December 2026, ten in the morning: the next year's notice is not known.
const BEFORE: &str = "2026-12-28T02:00:00Z";

async fn run(world: &World, statement: &'static str) {
    let mut tx = world.app.db.begin().await.unwrap();
    sql(statement).run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// A problem that is due in seven working days from then on, and the version that it was left at.
async fn provisional(world: &World) -> Value {
    world.app.clock.set(BEFORE.parse().unwrap());
    run(world, "UPDATE campaign_year SET closes_on = '2030-12-31'").await;
    let mut body = problem_body();
    body.as_object_mut().unwrap().remove("reporter");
    let problem = world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2027-01-06" });
    act(world, "dispatcher", &problem, "assign", assign).await
}

async fn act(world: &World, who: &str, problem: &Value, action: &str, body: Value) -> Value {
    let path = format!("/problems/{}/{action}", id_of(problem));
    world
        .post(&path)
        .by(who)
        .at(&problem["version"])
        .json(body)
        .send()
        .await
        .expect(200)
}

async fn give(world: &World, days_off: &[&str]) {
    let body = json!({
        "year": 2027, "document_no": "国办发明电〔2026〕7号", "published_on": "2026-12-28", "days_off": days_off, "make_up_days": [],
    });
    world
        .post("/calendar/years")
        .by("province-admin")
        .json(body)
        .send()
        .await
        .expect(201);
}

async fn read(world: &World, problem: &Value) -> Value {
    world
        .get(&format!("/problems/{}", id_of(problem)))
        .by("dispatcher")
        .send()
        .await
        .expect(200)
}

async fn recomputed(world: &World, problem: Uuid) -> usize {
    counted(world, problem, "problem.due_recomputed").await
}

async fn counted(world: &World, problem: Uuid, event: &str) -> usize {
    let types = world.event_types(problem).await;
    types.iter().filter(|kind| *kind == event).count()
}

/// Lets happen by itself what is due by then.
async fn happen_by(world: &World, time: &str) {
    world.app.clock.set(time.parse().unwrap());
    Engine::new(world.app.clone()).work_off(100).await.unwrap();
}

/// An extension that its head asks for.
async fn asked(world: &World, problem: &Value, due_on: &str) -> Value {
    let body = json!({ "kind": "extend", "reason": "部门会签未完成。", "due_on": due_on });
    world.ask("head", problem, body).await.expect(201)
}

async fn grant(world: &World, request: &Value) {
    let body = json!({ "decision": "granted", "ruling": "同意。" });
    world.decide("dispatcher", request, body).await.expect(200);
}

on_both! {
    async fn what_was_provisional_is_computed_anew_once_and_everything_follows(world: World) {
        let problem = provisional(&world).await;
        let clock = &problem["clock"];
        assert_eq!((&clock["due_at"], &clock["provisional"]), (&json!("2027-01-06T09:00:00Z"), &json!(true)));
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0, "nothing is known yet");
        // New Year's Day, and, as the notices do, a day of the December before.
        give(&world, &["2026-12-29", "2027-01-01"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        let after = read(&world, &problem).await;
        let clock = &after["clock"];
        assert_eq!((&clock["due_at"], &clock["provisional"]), (&json!("2027-01-08T09:00:00Z"), &json!(false)));
        assert_eq!(clock["first_response_due"], "2026-12-30T09:00:00Z");
        assert_eq!(after["version"].as_i64().unwrap(), problem["version"].as_i64().unwrap() + 1);
        let path = format!("/problems/{}/events", id_of(&problem));
        let told = world.get(&path).by("reporter").send().await.expect(200);
        assert_eq!(told["items"].as_array().unwrap().last().unwrap()["type"], "problem.due_recomputed");
        let events = world.get(&path).by("dispatcher").send().await.expect(200);
        let event = events["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&event["type"], &event["public"]), (&json!("problem.due_recomputed"), &json!(true)));
        assert_eq!(event["payload"]["due_at"], json!({ "from": "2027-01-06T09:00:00Z", "to": "2027-01-08T09:00:00Z" }));
        // Sort keys and roll-ups are those that would have been counted so at once.
        let due: Timestamp = "2027-01-08T09:00:00Z".parse().unwrap();
        let keys: Vec<(i64, i64, i64)> = sql("SELECT DISTINCT due_key, urgency_due_key, response_due_key FROM problem_scope")
            .all(&world.app.db).await.unwrap();
        let response: Timestamp = "2026-12-30T09:00:00Z".parse().unwrap();
        assert_eq!(keys, [(due.micros(), due.micros() + (2_i64 << 58), response.micros())]);
        let kept = world.rollups().await;
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, kept);
        // Again it finds nothing to do.
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0);
        assert_eq!(recomputed(&world, id_of(&problem)).await, 1);
    }

    async fn two_replicas_at_once_do_it_once(world: World) {
        let problem = provisional(&world).await;
        give(&world, &["2027-01-01"]).await;
        let other = world.with_settings(|_| ()).await;
        let both = futures_util::join!(recompute_batch(&world.app), recompute_batch(&other.app));
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
        assert_eq!(recomputed(&world, id_of(&problem)).await, 1);
        assert_eq!(read(&world, &problem).await["clock"]["due_at"], "2027-01-07T09:00:00Z");
        assert_eq!(other.app.calendar().version(), "2027.1", "the other has read the calendar");
    }

    async fn a_paused_clock_resumes_with_the_time_that_was_computed_anew(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        let asked = act(&world, "handler", &accepted, "ask_reporter", json!({ "question": "请补充学籍情况。" })).await;
        give(&world, &["2027-01-01"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        let paused = read(&world, &problem).await;
        assert_eq!((&paused["clock"]["due_at"], &paused["version"]), (&Value::Null, &asked["version"]));
        world.app.clock.set("2026-12-28T04:00:00Z".parse().unwrap());
        let supplied = act(&world, "reporter", &paused, "supply", json!({ "answer": "三年级。" })).await;
        assert_eq!(supplied["clock"]["due_at"], "2027-01-08T03:00:00Z", "seven working days and two hours");
        assert_eq!(supplied["clock"]["provisional"], false);
    }

    async fn what_is_done_keeps_the_time_that_it_was_done_by(world: World) {
        let problem = provisional(&world).await;
        world.put_into(&problem, "pending_confirmation").await;
        run(&world, "UPDATE cycle SET resolution_at = started_at, first_response_at = started_at").await;
        give(&world, &["2027-01-01"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        let after = read(&world, &problem).await;
        assert_eq!((&after["clock"]["due_at"], &after["clock"]["provisional"]), (&json!("2027-01-06T09:00:00Z"), &json!(false)));
        assert_eq!(recomputed(&world, id_of(&problem)).await, 0);
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0);
    }

    async fn what_is_chosen_in_between_is_not_moved_twice(world: World) {
        let problem = provisional(&world).await;
        give(&world, &["2027-01-01"]).await;
        // By the new calendar, before the batch came: the 6 January is the sixth working day.
        let transfer = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2027-01-05", "reason": "补贴由财政拨付" });
        act(&world, "dispatcher", &problem, "transfer", transfer).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        assert_eq!(read(&world, &problem).await["clock"]["due_at"], "2027-01-05T09:00:00Z");
    }

    async fn what_is_told_of_a_clock_moves_with_it(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        give(&world, &["2026-12-29", "2027-01-01"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        // Who handles it is told, and its reporter may read it; nobody telephones for it.
        let told = world.get("/me/notices").by("handler").send().await.expect(200);
        let mut items = told["items"].as_array().unwrap().iter();
        assert!(items.any(|item| item["kind"] == "problem.due_recomputed"), "{told}");
        let of_reporters: Vec<(String,)> = sql("SELECT kind FROM notice WHERE reporter_id IS NOT NULL").all(&world.app.db).await.unwrap();
        assert_eq!(of_reporters, []);
        happen_by(&world, "2027-01-06T09:00:00Z").await;
        assert_eq!(counted(&world, id_of(&accepted), "problem.overdue").await, 0, "it is due two days later");
        assert_eq!(counted(&world, id_of(&accepted), "problem.due_soon").await, 0);
        happen_by(&world, "2027-01-07T01:00:00Z").await;
        assert_eq!(counted(&world, id_of(&accepted), "problem.due_soon").await, 1);
        happen_by(&world, "2027-01-08T09:00:00Z").await;
        assert_eq!(counted(&world, id_of(&accepted), "problem.overdue").await, 1);
    }

    async fn an_alarm_that_was_planned_for_an_earlier_time_says_nothing(world: World) {
        let problem = provisional(&world).await;
        let later: Timestamp = "2027-01-08T09:00:00Z".parse().unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE problem SET due_at = $1").bind(later).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        happen_by(&world, "2027-01-06T09:00:00Z").await;
        assert_eq!(counted(&world, id_of(&problem), "problem.overdue").await, 0);
    }

    async fn what_waits_for_a_reporter_waits_by_the_new_calendar(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        act(&world, "handler", &accepted, "ask_reporter", json!({ "question": "请补充学籍情况。" })).await;
        give(&world, &["2027-01-01", "2027-01-04"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        // Five working days after Monday 28 December: the 4 January as it was counted, the 6 as it turns out.
        happen_by(&world, "2027-01-05T09:00:00Z").await;
        assert_eq!(read(&world, &problem).await["state"], "awaiting_reporter");
        happen_by(&world, "2027-01-06T09:00:00Z").await;
        assert_eq!(read(&world, &problem).await["state"], "accepted");
    }

    async fn the_days_of_an_extension_are_kept_over_a_holiday_that_nobody_had_published(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        grant(&world, &asked(&world, &accepted, "2027-01-13").await).await;
        assert_eq!(read(&world, &problem).await["clock"]["due_at"], "2027-01-13T09:00:00Z");
        // As many days off as it was extended by: up to the 13 January there are seven working days again.
        give(&world, &["2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        assert_eq!(read(&world, &problem).await["clock"]["due_at"], "2027-01-20T09:00:00Z");
        let (extended,): (i64,) = sql("SELECT extended_days FROM cycle").one(&world.app.db).await.unwrap();
        assert_eq!(extended, 5);
    }

    async fn an_extension_that_is_granted_before_the_batch_comes_is_computed_anew_with_the_rest(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        let asked = asked(&world, &accepted, "2027-01-13").await;
        give(&world, &["2027-01-01"]).await;
        grant(&world, &asked).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 1);
        let after = read(&world, &problem).await;
        assert_eq!((&after["clock"]["due_at"], &after["clock"]["provisional"]), (&json!("2027-01-14T09:00:00Z"), &json!(false)));
        let (due_on,): (chrono::NaiveDate,) = sql("SELECT due_on FROM assignment WHERE role = 'lead' AND ended_at IS NULL").one(&world.app.db).await.unwrap();
        assert_eq!(due_on.to_string(), "2027-01-14", "its assignment follows");
    }

    async fn a_look_back_moves_off_a_day_that_turns_out_to_be_off(world: World) {
        let problem = provisional(&world).await;
        let mut tx = world.app.db.begin().await.unwrap();
        // Planned when the problem was closed, 30 calendar days before Monday 4 January.
        sql("INSERT INTO look_back (id, problem_id, cycle_no, interval_days, due_on, provisional, calendar_version, created_at, \
             updated_at) VALUES ($1, $2, 1, 30, '2027-01-04', $3, '2026.1', $4, $4)")
            .bind(world.app.ids.next()).bind(id_of(&problem)).bind(true).bind("2026-12-05T02:00:00Z".parse::<Timestamp>().unwrap())
            .run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        give(&world, &["2027-01-01", "2027-01-04"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 2);
        let (due_on, provisional): (chrono::NaiveDate, bool) = sql("SELECT due_on, provisional FROM look_back").one(&world.app.db).await.unwrap();
        assert_eq!((due_on.to_string().as_str(), provisional), ("2027-01-05", false));
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types.last().map(String::as_str), Some("look_back.due_recomputed"));
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0);
    }

    async fn s84_the_day_of_a_reply_is_counted_anew_when_the_year_is_published(world: World) {
        let problem = provisional(&world).await;
        let accepted = act(&world, "handler", &problem, "accept", json!({})).await;
        let words = json!({ "title": "入学难", "summary": "子女入学难。", "reason": "同类问题较多" });
        act(&world, "dispatcher", &accepted, "publish", words).await;
        let path = format!("/problems/{}/comments", id_of(&problem));
        let comment = async |text: &str| world.post(&path).by("reporter").json(json!({ "kind": "suggestion", "text": text })).send().await.expect(201);
        let (first, second) = (comment("建议公布名额。").await, comment("建议公布时间。").await);
        assert_eq!(first["reply_due_at"], "2027-01-04T09:00:00Z", "five working days, as far as it is known");
        let of = async |comment: &Value| world.get(&format!("/comments/{}", id_of(comment))).by("handler").send().await.expect(200);
        let reply = json!({ "text": "感谢建议。" });
        world.post(&format!("/comments/{}/reply", id_of(&second))).by("handler").at(&second["version"]).json(reply).send().await.expect(200);
        give(&world, &["2026-12-29", "2027-01-01"]).await;
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 2, "the round, and what waits for its reply");
        assert_eq!(of(&first).await["reply_due_at"], "2027-01-06T09:00:00Z");
        assert_eq!((&of(&second).await["reply_due_at"], &of(&first).await["version"]), (&json!("2027-01-04T09:00:00Z"), &json!(2)), "what is done stays");
        let to_dos = world.get("/tasks?kind=reply_comment&mine=true").by("handler").send().await.expect(200);
        assert_eq!((&to_dos["items"][0]["due_at"], to_dos["items"].as_array().unwrap().len()), (&json!("2027-01-06T09:00:00Z"), 1));
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("dispatcher").send().await.expect(200);
        let event = events["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&event["type"], &event["payload"]["comment"]), (&json!("problem.reply_due_recomputed"), &first["id"]));
        assert_eq!((&event["payload"]["from"], &event["payload"]["to"]), (&json!("2027-01-04T09:00:00Z"), &json!("2027-01-06T09:00:00Z")));
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0);
        // A year that is corrected leaves what is settled as it is.
        let corrected = json!({ "days_off": ["2027-01-01", "2027-01-04", "2027-01-05"] });
        world.patch("/calendar/years/2027").by("province-admin").at(&json!(1)).json(corrected).send().await.expect(200);
        assert_eq!(recompute_batch(&world.app).await.unwrap(), 0);
        assert_eq!(of(&first).await["reply_due_at"], "2027-01-06T09:00:00Z");
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn looking_for_what_is_provisional_reads_an_index(world: World) {
        let plan = world.plan_of(sql(crate::comments::store::provisional::SOME).bind("2026.1").bind(100_i64)).await;
        assert_eq!(plan.matches("comment_reply_provisional").count(), 2, "{plan}");
        let plan = world.plan_of(sql(crate::problems::store::provisional::SOME).bind("2026.1").bind(100_i64)).await;
        assert_eq!(plan.matches("cycle_provisional").count(), 2, "{plan}");
    }
}
