//! How long problems stay where.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::calendar::Calendar;
use crate::db::sql;
use crate::metrics::bottlenecks::lines;
use crate::metrics::store::dwell::{OpenRow, StayRow};
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn stays(world: &World) -> Vec<(String, i64, i64, i64, bool)> {
    sql("SELECT stage, left_seq, cycle_no, minutes, org_id IS NULL AS nobody FROM stay ORDER BY problem_id, left_seq")
        .all(&world.app.db)
        .await
        .expect("stays")
}

fn line<'v>(answer: &'v Value, stage: &str) -> &'v Value {
    let mut lines = answer["lines"].as_array().expect("lines").iter();
    lines.find(|line| line["stage"] == stage).expect("a line")
}

on_both! {
    async fn s69_the_stay_in_each_stage_is_kept_with_who_had_it(world: World) {
        let set = |text: &str| world.app.clock.set(text.parse().unwrap());
        // Thursday 10:00 in Shanghai.
        let problem = world.open_problem().await;
        set("2019-01-10T03:00:00Z");
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let problem = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        // Over the weekend: Friday's eight hours, what was left of Thursday, and an hour of Monday.
        set("2019-01-14T02:00:00Z");
        let problem = world.act("handler", &problem, "accept", json!({})).await.expect(200);
        let hand_over = json!({ "person_id": seed::member("head").person });
        let problem = world.act("head", &problem, "hand_over", hand_over).await.expect(200);
        set("2019-01-14T03:00:00Z");
        let transfer = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "reason": "事权不同" });
        let problem = world.act("dispatcher", &problem, "transfer", transfer).await.expect(200);
        let kept = [
            ("open".to_owned(), 2, 1, 60, true),
            ("assigned".to_owned(), 3, 1, 360 + 480 + 60, false),
            ("accepted".to_owned(), 5, 1, 60, false),
        ];
        assert_eq!(stays(&world).await, kept);
        let answer = world.get("/metrics/bottlenecks").by("supervisor").send().await.expect(200);
        let assigned = answer["lines"].as_array().unwrap().iter().find(|line| line["org"]["id"] == json!(seed::org("yiwu-hr")) && line["stage"] == "assigned").unwrap();
        assert_eq!((assigned["minutes"].as_i64(), assigned["stays"].as_i64(), assigned["total_working_days"].as_f64()), (Some(900), Some(1), Some(1.875)));
        assert_eq!((assigned["p50_minutes"].clone(), assigned["suppressed"].as_bool()), (Value::Null, Some(true)));
        assert_eq!(answer["lines"][0], *assigned, "the longest waiting first");
        let waiting = answer["lines"].as_array().unwrap().iter().find(|line| line["org"]["id"] == json!(seed::org("yiwu-finance"))).unwrap();
        assert_eq!((waiting["stage"].as_str(), waiting["open"].as_i64(), waiting["open_working_days"].as_i64()), (Some("assigned"), Some(1), Some(0)));
        assert_eq!(line(&answer, "open")["org"], Value::Null);
        // Three working days later, it still waits there.
        set("2019-01-17T03:00:00Z");
        let answer = world.get("/metrics/bottlenecks?from=2019-01-14&limit=1").by("supervisor").send().await.expect(200);
        assert_eq!((answer["lines"][0]["open_working_days"].as_i64(), answer["lines"].as_array().map(Vec::len)), (Some(3), Some(1)));
        assert_eq!(answer["total_lines"], 3, "what was left before the period counts no more");
        // A rebuild finds the same.
        world.rebuild_rollups().await;
        assert_eq!(stays(&world).await, kept);
        let again = world.get("/metrics/bottlenecks?from=2019-01-14&limit=1").by("supervisor").send().await.expect(200);
        assert_eq!(again, answer);
        assert_eq!(problem["state"], "assigned");
    }

    async fn s69_only_the_callers_division_is_counted(world: World) {
        let problem = world.accepted().await;
        let foreign = world.get("/metrics/bottlenecks").by("deqing-dispatcher").send().await.expect(200);
        assert_eq!((foreign["lines"].clone(), foreign["total_lines"].as_i64()), (json!([]), Some(0)));
        world.get("/metrics/bottlenecks?division=330782").by("deqing-dispatcher").send().await.expect_error(422, "invalid");
        world.get("/metrics/bottlenecks").by("reporter").send().await.expect_error(403, "forbidden");
        let other = world.get("/metrics/bottlenecks?audience=masses").by("province-dispatcher").send().await.expect(200);
        assert_eq!(other["lines"], json!([]));
        let whole = world.get("/metrics/bottlenecks?campaign=2019&audience=enterprise").by("province-dispatcher").send().await.expect(200);
        assert_eq!(line(&whole, "accepted")["open"], 1);
        assert_eq!(problem["state"], "accepted");
    }

    async fn what_ended_waits_for_nobody_and_a_next_cycle_begins_anew(world: World) {
        let closed = world.completed().await;
        let closed = world.called_back(&closed).await;
        let before = stays(&world).await.len();
        world.app.clock.set("2019-02-20T02:00:00Z".parse().unwrap());
        let anew = world.act("supervisor", &closed, "reopen", json!({ "reason": "又有反复" })).await.expect(200);
        assert_eq!(stays(&world).await.len(), before, "closed is no stage to wait in");
        world.app.clock.set("2019-02-20T03:00:00Z".parse().unwrap());
        world.act("handler", &anew, "accept", json!({})).await.expect(200);
        let last = stays(&world).await.last().cloned().unwrap();
        assert_eq!((last.0.as_str(), last.2, last.3), ("assigned", 2, 60));
        world.rebuild_rollups().await;
        assert_eq!(stays(&world).await.last(), Some(&last));
        let (since,): (crate::clock::Timestamp,) = sql("SELECT stage_entered_at FROM problem WHERE id = $1").bind(id_of(&closed)).one(&world.app.db).await.unwrap();
        assert_eq!(since.to_string(), "2019-02-20T03:00:00Z");
    }

    async fn percentiles_are_stays_that_so_many_did_not_exceed(world: World) {
        let problem = world.open_problem().await;
        let now = world.app.clock.now();
        let mut tx = world.app.db.begin().await.unwrap();
        for (seq, minutes) in [(11, 10_i64), (12, 20), (13, 30), (14, 40), (15, 1000)] {
            sql("INSERT INTO stay (problem_id, left_seq, cycle_no, stage, org_id, division_id, campaign_year_id, audience, entered_at, \
                 left_at, left_on, minutes) SELECT p.id, $1, 1, 'accepted', $2, p.division_id, p.campaign_year_id, p.audience, $3, $3, $4, $5 \
                 FROM problem p WHERE p.id = $6")
                .bind(i64::from(seq)).bind(seed::org("yiwu-hr")).bind(now).bind(now.shanghai_date()).bind(minutes).bind(id_of(&problem))
                .run(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let answer = world.get("/metrics/bottlenecks").by("supervisor").send().await.expect(200);
        let accepted = line(&answer, "accepted");
        let figures = ["stays", "minutes", "p50_minutes", "p90_minutes"].map(|figure| accepted[figure].as_i64());
        assert_eq!(figures, [Some(5), Some(1100), Some(30), Some(1000)]);
        assert_eq!(accepted["suppressed"], false);
    }
}

proptest! {
    #[test]
    fn lines_are_in_the_order_of_waiting_and_lose_nothing(rows in proptest::collection::vec((0_usize..5, 1_i64..9, 0_i64..5000), 0..8)) {
        let today = chrono::NaiveDate::from_ymd_opt(2019, 3, 1).expect("a date");
        let stays: Vec<StayRow> = rows.iter().enumerate().map(|(index, (_, n, minutes))| StayRow {
            stage: State::NOT_ENDED[index % 11], org_id: None, org_name: None, n: *n, minutes: *minutes, p50: 1, p90: 2,
        }).collect();
        let open: Vec<OpenRow> = rows.iter().map(|(stage, n, _)| OpenRow {
            stage: State::NOT_ENDED[*stage], org_id: None, org_name: None, since: today - chrono::Days::new(30), n: *n,
        }).collect();
        let (minutes, backlog): (i64, i64) = (stays.iter().map(|row| row.minutes).sum(), open.iter().map(|row| row.n).sum());
        let lines = lines(stays, open, today, Calendar::shipped());
        prop_assert_eq!(lines.iter().map(|line| line.minutes).sum::<i64>(), minutes);
        prop_assert_eq!(lines.iter().map(|line| line.open).sum::<i64>(), backlog);
        let waiting: Vec<i64> = lines.iter().map(|line| line.minutes + line.open_working_days * 480).collect();
        prop_assert!(waiting.is_sorted_by(|one, next| one >= next));
        prop_assert!(lines.iter().all(|line| line.suppressed == (line.stays > 0 && line.stays < 5) && line.p50_minutes.is_some() == (line.stays >= 5)));
    }
}
