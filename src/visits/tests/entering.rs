//! Planning visits and entering those that were held.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{actions, enterprise, id, number, plan, planned, uuid};
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{DEQING, YIWU, member, org};

async fn refused(world: &World, changes: Value) -> Vec<String> {
    let answer = world.post("/visits").by("officer").json(plan(changes)).send().await;
    let mut faults = answer.expect_error(422, "invalid");
    faults.sort();
    faults
}

on_both! {
    async fn a_planned_visit_is_answered_as_it_is_stored(world: World) {
        let firm = enterprise(&world, "示例制造有限公司", YIWU).await;
        let body = plan(json!({ "members": [{ "person_id": member("officer").person }], "object_ids": [firm] }));
        let answer = world.post("/visits").by("officer").json(body).send().await;
        let location = answer.headers["location"].clone();
        assert!(answer.headers["etag"].starts_with("\"1-"));
        let visit = answer.expect(201);
        assert_eq!(location, format!("/api/v1/visits/{}", id(&visit)));
        let read = world.get(&format!("/visits/{}", id(&visit))).by("officer").send().await.expect(200);
        assert_eq!(read, visit);
        assert_eq!(visit["state"], "planned");
        assert_eq!(visit["campaign"], json!({ "slug": "2019", "name": "“三服务”活动", "year": 2019 }));
        assert_eq!(visit["mode"], json!({ "code": "site_visit", "label": "实地走访" }));
        assert_eq!(visit["place_kind"], json!({ "code": "factory", "label": "厂矿车间" }));
        assert_eq!(visit["division"]["full_name"], "浙江省金华市义乌市");
        assert_eq!(visit["place_level"], "county");
        assert_eq!(visit["leader"]["name"], "示例带队领导");
        assert_eq!(visit["org"], json!({ "id": org("yiwu-government"), "name": "义乌市人民政府" }));
        assert_eq!(visit["members"][0]["person"]["id"], json!(member("leader").person));
        assert_eq!(visit["members"][1], json!({
            "person": { "id": member("officer").person, "name": "示例走访干部" }, "attended": true,
        }));
        assert_eq!(visit["objects"], json!([{ "id": firm, "name": "示例制造有限公司" }]));
        assert_eq!(visit["counts"], json!({ "problems": 0, "undisposed": 0 }));
        assert_eq!(actions(&visit), ["update", "start", "cancel"]);
        assert_eq!(visit["allowed_actions"][1]["href"], format!("/api/v1/visits/{}/start", id(&visit)));
        assert_eq!(visit["observations"], Value::Null);
        let english = world.get(&format!("/visits/{}", id(&visit))).by("officer").header("Accept-Language", "en");
        assert_eq!(english.send().await.expect(200)["mode"]["label"], "Site visit");
    }

    async fn s02_a_visit_has_one_leader_and_his_body(world: World) {
        assert_eq!(refused(&world, json!({ "leader_id": null })).await, ["/leader_id required"]);
        // An officer leads nothing, a leader only where he leads, and nobody before his membership begins.
        for who in ["officer", "deqing-leader", "handler"] {
            let faults = refused(&world, json!({ "leader_id": member(who).person })).await;
            assert_eq!(faults, ["/leader_id unknown_reference"], "{who}");
        }
        let visit = planned(&world, json!({})).await;
        assert_eq!(visit["leading_body"], "government");
        let visit = planned(&world, json!({ "leader_id": member("province-leader").person, "leading_body": "cppcc" })).await;
        assert_eq!(visit["leading_body"], "cppcc");
    }

    async fn s02_a_body_that_cannot_be_derived_is_asked_for(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE org SET leading_body = NULL").run(&mut tx).await.expect("an update");
        tx.commit().await.expect("a commit");
        assert_eq!(refused(&world, json!({})).await, ["/leading_body required"]);
        assert_eq!(planned(&world, json!({ "leading_body": "government" })).await["leading_body"], "government");
    }

    async fn s04_another_mode_says_which(world: World) {
        assert_eq!(refused(&world, json!({ "mode": "other" })).await, ["/mode_note required"]);
        assert_eq!(refused(&world, json!({ "mode": "other", "mode_note": "  " })).await, ["/mode_note required"]);
        assert_eq!(refused(&world, json!({ "mode": "banquet" })).await, ["/mode unknown_reference"]);
        let visit = planned(&world, json!({ "mode": "other", "mode_note": "云端连线" })).await;
        assert_eq!(visit["mode_note"], "云端连线");
    }

    async fn s09_a_visit_lies_within_an_open_campaign(world: World) {
        // The year opens on 2 January in Shanghai.
        let before = refused(&world, json!({ "planned_at": "2019-01-01T15:59:59Z" })).await;
        assert_eq!(before, ["/planned_at no_open_campaign"]);
        planned(&world, json!({ "planned_at": "2019-01-01T16:00:00Z" })).await;
        let after = refused(&world, json!({ "planned_at": "2019-12-31T16:00:00Z" })).await;
        assert_eq!(after, ["/planned_at no_open_campaign"]);
        let other = refused(&world, json!({ "campaign": "2018" })).await;
        assert_eq!(other, ["/planned_at no_open_campaign"]);
        let entered = refused(&world, json!({ "planned_at": null, "started_at": "2019-01-01T01:00:00Z" })).await;
        assert_eq!(entered, ["/started_at no_open_campaign"]);
    }

    async fn s86_a_visit_goes_where_its_planner_reaches(world: World) {
        let faults = refused(&world, json!({ "division": DEQING })).await;
        assert_eq!(faults, ["/division unknown_reference"]);
        let body = plan(json!({ "division": DEQING, "leader_id": member("province-leader").person }));
        world.post("/visits").by("province-leader").json(body).send().await.expect(201);
        // A village of his county is within an officer's reach, a firm of another county is not.
        let village = planned(&world, json!({ "division": "330782001001" })).await;
        assert_eq!(village["place_level"], "village");
        let foreign = enterprise(&world, "德清示例有限公司", DEQING).await;
        let faults = refused(&world, json!({ "object_ids": [foreign, Uuid::nil()] })).await;
        assert_eq!(faults, ["/object_ids/0 unknown_reference", "/object_ids/1 unknown_reference"]);
    }

    async fn every_fault_of_a_body_is_named_at_once(world: World) {
        let faults = refused(&world, json!({
            "mode": "banquet", "place_kind": "palace", "division": "999999",
            "members": [{ "person_id": member("officer").person }, { "person_id": Uuid::nil() }],
        })).await;
        assert_eq!(faults, [
            "/division unknown_reference", "/members/1/person_id unknown_reference", "/mode unknown_reference",
            "/place_kind unknown_reference",
        ]);
        let twice = json!({ "person_id": member("officer").person });
        let faults = refused(&world, json!({
            "planned_at": null, "ended_at": "2019-01-10T01:00:00Z", "members": [twice, twice],
            "object_ids": [Uuid::nil(), Uuid::nil()],
        })).await;
        assert_eq!(faults, [
            "/members repeated", "/object_ids repeated", "/planned_at required", "/started_at required",
        ]);
        let faults = refused(&world, json!({ "state": "completed", "heard": "", "origin": "ordered" })).await;
        assert_eq!(faults, ["/heard too_short", "/origin enum", "/state unknown_field"]);
    }

    async fn a_visit_entered_afterwards_is_in_progress_until_it_is_completed(world: World) {
        let held = json!({
            "planned_at": null, "started_at": "2019-01-08T01:00:00Z", "ended_at": "2019-01-08T04:00:00Z",
            "heard": "缺人才",
        });
        let visit = planned(&world, held).await;
        assert_eq!(visit["state"], "in_progress");
        assert_eq!(visit["planned_at"], "2019-01-08T01:00:00Z");
        assert_eq!(visit["ended_at"], "2019-01-08T04:00:00Z");
        assert_eq!(visit["heard"], "缺人才");
        // The business clock stands at 02:00 on the 10th.
        let future = json!({ "started_at": "2019-01-10T02:00:01Z", "ended_at": "2019-01-10T02:00:02Z" });
        assert_eq!(refused(&world, future).await, ["/ended_at not_within", "/started_at not_within"]);
        let backwards = json!({ "started_at": "2019-01-08T04:00:00Z", "ended_at": "2019-01-08T03:00:00Z" });
        assert_eq!(refused(&world, backwards).await, ["/ended_at not_within"]);
    }

    async fn the_same_client_ref_answers_what_was_stored_first(world: World) {
        let reference = Uuid::from_u128(7);
        let first = planned(&world, json!({ "client_ref": reference })).await;
        let again = world.post("/visits").by("officer").json(plan(json!({ "client_ref": reference, "mode": "remote" })));
        assert_eq!(again.send().await.expect(200), first);
        let count = sql("SELECT COUNT(*) FROM visit");
        assert_eq!(number(&world, count).await, 1);
        // Another person's reference tells him nothing but that it is used.
        for who in ["officer2", "leader", "deqing-officer"] {
            let body = plan(json!({ "client_ref": reference }));
            let answer = world.post("/visits").by(who).json(body).send().await;
            assert!(!String::from_utf8_lossy(&answer.bytes).contains(id(&first)), "{who}");
            answer.expect_error(409, "duplicate");
        }
    }

    async fn the_same_client_ref_twice_at_once_makes_one_visit(world: World) {
        let body = plan(json!({ "client_ref": Uuid::from_u128(8) }));
        let one = || async { world.post("/visits").by("officer").json(body.clone()).send().await };
        let (a, b, c) = tokio::join!(one(), one(), one());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 201]);
        let first = a.json();
        assert_eq!((b.json(), c.json()), (first.clone(), first.clone()));
        let events = sql("SELECT COUNT(*) FROM event WHERE aggregate_id = ").push_bind("", uuid(&first));
        assert_eq!(number(&world, events).await, 1);
    }

    async fn an_idempotency_key_repeats_the_answer(world: World) {
        let send = |body: Value| world.post("/visits").by("officer").header("Idempotency-Key", "k1").json(body).send();
        let first = send(plan(json!({}))).await.expect(201);
        assert_eq!(send(plan(json!({}))).await.expect(201), first);
        send(plan(json!({ "mode": "remote" }))).await.expect_error(422, "idempotency_key_reused");
    }

    async fn roles_that_hold_no_visits_are_refused(world: World) {
        for who in ["reporter", "handler", "head", "dispatcher", "supervisor", "assessor", "integrator", "admin", "auditor"] {
            world.post("/visits").by(who).json(plan(json!({}))).send().await.expect_error(403, "forbidden");
        }
        world.post("/visits").json(plan(json!({}))).send().await.expect_error(401, "token_missing");
    }
}
