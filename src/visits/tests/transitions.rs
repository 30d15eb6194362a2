//! Starting, completing and calling off visits, and what then counts.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{act, actions, completed, dispose, enterprise, id, number, planned, problem, under_way, uuid};
use crate::db::sql;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{YIWU, member};
use crate::visits::domain::{VisitAction, VisitState, WORKFLOW};

/// A visit in a state.
async fn in_state(world: &World, state: VisitState) -> Value {
    match state {
        VisitState::Planned => planned(world, json!({})).await,
        VisitState::InProgress => under_way(world, json!({})).await,
        VisitState::Completed => completed(world, &under_way(world, json!({})).await).await,
        VisitState::Cancelled => {
            let visit = planned(world, json!({})).await;
            cancel(world, &visit).await.expect(200)
        }
    }
}

async fn cancel(world: &World, visit: &Value) -> crate::test_support::world::Answer {
    let path = format!("/visits/{}/cancel", id(visit));
    let call = world.post(&path).by("officer").at(&visit["version"]);
    call.json(json!({ "reason": "台风" })).send().await
}

async fn complete_with(world: &World, visit: &Value, body: Value) -> crate::test_support::world::Answer {
    let path = format!("/visits/{}/complete", id(visit));
    world
        .post(&path)
        .by("officer")
        .at(&visit["version"])
        .json(body)
        .send()
        .await
}

on_both! {
    async fn every_action_in_every_state_does_what_the_table_says(world: World) {
        for state in VisitState::ALL.iter().copied() {
            for action in VisitAction::ALL.iter().copied() {
                let visit = in_state(&world, state).await;
                assert_eq!(visit["state"], state.as_str());
                let answer = match action {
                    VisitAction::Update => {
                        let path = format!("/visits/{}", id(&visit));
                        world.patch(&path).by("officer").at(&visit["version"]).json(json!({ "heard": "缺人才" })).send().await
                    }
                    VisitAction::Cancel => cancel(&world, &visit).await,
                    VisitAction::Start | VisitAction::Complete => act(&world, &visit, action.as_str()).await,
                };
                let row = WORKFLOW.iter().find(|row| row.from == state && row.action == action);
                assert_eq!(actions(&visit).contains(&action.as_str()), row.is_some(), "{state} {action}");
                match row {
                    Some(row) => assert_eq!(answer.expect(200)["state"], row.to.as_str(), "{state} {action}"),
                    None => {
                        let allowed: Vec<&str> =
                            WORKFLOW.iter().filter(|row| row.from == state).map(|row| row.action.as_str()).collect();
                        assert_eq!(answer.json()["allowed"], json!(allowed), "{state} {action}");
                        answer.expect_error(409, "transition_not_allowed");
                    }
                }
            }
        }
    }

    async fn s42_a_visit_is_not_completed_over_an_undisposed_problem(world: World) {
        let visit = under_way(&world, json!({})).await;
        let recorded = problem(&world, &visit, 1, "recorded", None).await;
        let open = problem(&world, &visit, 2, "open", None).await;
        problem(&world, &visit, 3, "open", Some("follow_up")).await;
        problem(&world, &visit, 4, "merged", None).await;
        let refused = act(&world, &visit, "complete").await;
        let mut named: Vec<Value> = refused.json()["problems"].as_array().cloned().unwrap_or_default();
        named.sort_by_key(|one| one["tracking_no"].to_string());
        assert_eq!(named, [
            json!({ "id": recorded, "tracking_no": "SFW-2019-330782-000001" }),
            json!({ "id": open, "tracking_no": "SFW-2019-330782-000002" }),
        ]);
        refused.expect_error(409, "undisposed_problems");
        // The rule book comes before the version: a stale writer learns what is wrong, not that he is late.
        let stale = world.post(&format!("/visits/{}/complete", id(&visit))).by("officer").at(&json!(9)).json(json!({}));
        stale.send().await.expect_error(409, "undisposed_problems");
        let read = world.get(&format!("/visits/{}", id(&visit))).by("officer").send().await.expect(200);
        assert_eq!(read["counts"], json!({ "problems": 4, "undisposed": 2 }));
        assert_eq!(actions(&read), ["update"]);
        dispose(&world, recorded).await;
        dispose(&world, open).await;
        assert_eq!(completed(&world, &visit).await["state"], "completed");
    }

    async fn s39_what_was_heard_and_seen_is_kept_at_the_end(world: World) {
        let visit = under_way(&world, json!({ "heard": "缺人才" })).await;
        let body = json!({ "ended_at": "2019-01-10T01:30:00Z", "observations": "车间开工不足" });
        let done = complete_with(&world, &visit, body).await.expect(200);
        assert_eq!(done["heard"], "缺人才");
        assert_eq!(done["observations"], "车间开工不足");
        assert_eq!(done["ended_at"], "2019-01-10T01:30:00Z");
    }

    async fn s65_who_sent_another_did_not_visit(world: World) {
        let visit = under_way(&world, json!({ "members": [{ "person_id": member("officer2").person }] })).await;
        let absent = json!({ "attended": [{ "person_id": member("leader").person, "attended": false }] });
        let done = complete_with(&world, &visit, absent).await.expect(200);
        assert_eq!(done["members"][0]["attended"], false);
        let counted = |who: &str| {
            let path = format!("/visits?state=completed&with_total=true&attended_by={}", member(who).person);
            let world = world.clone();
            async move { world.get(&path).by("officer").send().await.expect(200)["total"].clone() }
        };
        assert_eq!(counted("leader").await, 0);
        assert_eq!(counted("officer2").await, 1);
    }

    async fn s65_a_visit_that_nobody_attended_is_none(world: World) {
        let visit = under_way(&world, json!({})).await;
        let nobody = json!({ "attended": [{ "person_id": member("leader").person, "attended": false }] });
        assert_eq!(complete_with(&world, &visit, nobody).await.expect_error(422, "invalid"), ["/attended needs_one_of"]);
        let stranger = json!({ "attended": [{ "person_id": Uuid::nil(), "attended": true }] });
        let refused = complete_with(&world, &visit, stranger).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/attended/0/person_id unknown_reference"]);
    }

    async fn s24_five_visits_to_one_enterprise_are_five_visits_and_one_enterprise(world: World) {
        let firm = enterprise(&world, "示例制造有限公司", YIWU).await;
        for hour in 1..=5 {
            let started = format!("2019-01-0{hour}T20:00:00Z");
            let held = json!({ "planned_at": null, "started_at": started, "object_ids": [firm] });
            let visit = planned(&world, held).await;
            let done = complete_with(&world, &visit, json!({ "ended_at": "2019-01-09T01:00:00Z" })).await.expect(200);
            assert_eq!(done["state"], "completed");
        }
        // Planned, under way and cancelled visits do not count.
        planned(&world, json!({ "object_ids": [firm] })).await;
        under_way(&world, json!({ "object_ids": [firm] })).await;
        cancel(&world, &planned(&world, json!({ "object_ids": [firm] })).await).await.expect(200);
        assert_eq!(number(&world, sql("SELECT COUNT(DISTINCT object_id) FROM visit_fact")).await, 1);
        assert_eq!(number(&world, sql("SELECT COUNT(*) FROM visit_fact")).await, 5);
        assert_eq!(number(&world, sql("SELECT CAST(SUM(visits) AS bigint) FROM visit_rollup")).await, 5);
        let (last,): (Option<crate::clock::Timestamp>,) = sql("SELECT last_visit_at FROM service_object WHERE id = $1")
            .bind(firm).one(&world.app.db).await.expect("the firm");
        assert_eq!(last, Some(super::at("2019-01-05T20:00:00Z")));
    }

    async fn s61_s62_s63_place_origin_and_level_are_counted(world: World) {
        let visit = under_way(&world, json!({
            "mode": "household_visit", "place_kind": "household", "origin": "requested", "division": "330782001001",
        })).await;
        completed(&world, &visit).await;
        let rows: Vec<(String, String, String, String, chrono::NaiveDate, i64)> =
            sql("SELECT r.mode, r.origin, r.place_kind, d.level, r.day, r.visits FROM visit_rollup r \
                 JOIN division d ON d.id = r.division_id").all(&world.app.db).await.expect("rows");
        let day = chrono::NaiveDate::from_ymd_opt(2019, 1, 10).expect("a day");
        let words = ["household_visit", "requested", "household", "village"].map(str::to_owned);
        let [mode, origin, place, level] = words;
        assert_eq!(rows, [(mode, origin, place, level, day, 1)]);
    }

    async fn a_visit_ends_after_it_began_and_not_in_the_future(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}/start", id(&visit));
        let start = |body: Value| world.post(&path).by("officer").at(&visit["version"]).json(body).send();
        let refused = start(json!({ "started_at": "2019-01-10T02:00:01Z" })).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/started_at not_within"]);
        let refused = start(json!({ "started_at": "2018-12-31T02:00:00Z" })).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/started_at no_open_campaign"]);
        let visit = start(json!({ "started_at": "2019-01-10T01:00:00Z" })).await.expect(200);
        for ended in ["2019-01-10T00:59:59Z", "2019-01-10T02:00:01Z"] {
            let refused = complete_with(&world, &visit, json!({ "ended_at": ended })).await;
            assert_eq!(refused.expect_error(422, "invalid"), ["/ended_at not_within"]);
        }
        assert_eq!(completed(&world, &visit).await["ended_at"], "2019-01-10T02:00:00Z");
    }

    async fn a_visit_starts_now_without_a_body(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}/start", id(&visit));
        let started = world.post(&path).by("leader").at(&visit["version"]).send().await.expect(200);
        assert_eq!(started["started_at"], "2019-01-10T02:00:00Z");
    }

    async fn a_visit_with_problems_is_not_cancelled(world: World) {
        let visit = planned(&world, json!({})).await;
        problem(&world, &visit, 1, "open", Some("follow_up")).await;
        cancel(&world, &visit).await.expect_error(409, "has_open_work");
        let other = planned(&world, json!({})).await;
        let cancelled = cancel(&world, &other).await.expect(200);
        assert_eq!(cancelled["cancel_reason"], "台风");
        let reasonless = planned(&world, json!({})).await;
        let refused = act(&world, &reasonless, "cancel").await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/reason required"]);
    }

    async fn transitions_ask_for_the_version(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}/start", id(&visit));
        world.post(&path).by("officer").send().await.expect_error(428, "precondition_required");
        world.post(&path).by("officer").at(&json!(2)).send().await.expect_error(412, "precondition_failed");
        world.post(&path).by("deqing-officer").at(&json!(1)).send().await.expect_error(404, "not_found");
        world.post(&path).by("dispatcher").at(&json!(1)).send().await.expect_error(403, "forbidden");
    }

    async fn of_two_who_start_at_once_one_does(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}/start", id(&visit));
        let start = || async { world.post(&path).by("officer").at(&visit["version"]).send().await.status };
        let (a, b, c) = tokio::join!(start(), start(), start());
        let mut statuses = [a, b, c];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
    }

    async fn a_timeline_tells_what_happened(world: World) {
        let visit = planned(&world, json!({})).await;
        let visit = act(&world, &visit, "start").await.expect(200);
        completed(&world, &visit).await;
        let path = format!("/visits/{}/events", id(&visit));
        let page = world.get(&format!("{path}?limit=2&with_total=true")).by("officer").send().await.expect(200);
        assert_eq!(page["total"], 3);
        let types = |page: &Value| -> Vec<String> {
            page["items"].as_array().expect("a list").iter().map(|event| event["type"].as_str().unwrap_or("").to_owned()).collect()
        };
        assert_eq!(types(&page), ["visit.planned", "visit.started"]);
        assert_eq!(page["items"][1]["from"], "planned");
        assert_eq!(page["items"][1]["actor"]["name"], "示例走访干部");
        let cursor = page["next_cursor"].as_str().expect("a cursor");
        let rest = world.get(&format!("{path}?limit=2&cursor={cursor}")).by("officer").send().await.expect(200);
        assert_eq!(types(&rest), ["visit.completed"]);
        assert_eq!(rest["next_cursor"], Value::Null);
        assert_eq!(verify(&world.app.db, uuid(&visit)).await.expect("a chain"), None);
        world.get(&path).by("deqing-leader").send().await.expect_error(404, "not_found");
    }
}
