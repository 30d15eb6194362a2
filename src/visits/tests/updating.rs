//! Changing visits.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{completed, enterprise, id, number, planned, under_way, uuid};
use crate::db::sql;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{DEQING, YIWU, member};
use crate::test_support::world::Answer;

async fn patch(world: &World, visit: &Value, body: Value) -> Answer {
    let path = format!("/visits/{}", id(visit));
    world
        .patch(&path)
        .by("officer")
        .at(&visit["version"])
        .json(body)
        .send()
        .await
}

on_both! {
    async fn a_patch_changes_what_it_names_and_empties_what_is_null(world: World) {
        let visit = planned(&world, json!({ "place_note": "第一车间", "heard": "缺人才" })).await;
        let changed = patch(&world, &visit, json!({ "mode": "symposium", "place_note": null })).await.expect(200);
        assert_eq!(changed["mode"]["code"], "symposium");
        assert_eq!(changed["place_note"], Value::Null);
        assert_eq!(changed["heard"], "缺人才");
        assert_eq!(changed["version"], 2);
        let nothing = patch(&world, &changed, json!({ "mode": "symposium" })).await.expect(200);
        assert_eq!(nothing, changed);
        assert_eq!(verify(&world.app.db, uuid(&visit)).await.expect("a chain"), None);
    }

    async fn a_stale_or_missing_version_changes_nothing(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}", id(&visit));
        let body = json!({ "mode": "remote" });
        world.patch(&path).by("officer").json(body.clone()).send().await.expect_error(428, "precondition_required");
        let stale = world.patch(&path).by("officer").at(&json!(7)).json(body).send().await;
        assert_eq!(stale.json()["version"], 1);
        stale.expect_error(412, "precondition_failed");
        assert_eq!(world.get(&path).by("officer").send().await.expect(200), visit);
    }

    async fn a_null_where_none_may_be_is_refused(world: World) {
        let visit = planned(&world, json!({})).await;
        let refused = patch(&world, &visit, json!({ "mode": null, "members": null, "leader_id": null })).await;
        let mut faults = refused.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/leader_id type", "/members type", "/mode type"]);
        let refused = patch(&world, &visit, json!({ "mode": "other" })).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/mode_note required"]);
        let refused = patch(&world, &visit, json!({ "state": "completed" })).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/state unknown_field"]);
    }

    async fn where_and_when_and_who_leads_are_settled_by_the_beginning(world: World) {
        let visit = under_way(&world, json!({})).await;
        let refused = patch(&world, &visit, json!({ "division": YIWU, "heard": "缺人才" })).await;
        assert_eq!(refused.json()["fields"], json!(["division"]));
        refused.expect_error(409, "immutable");
        let changed = patch(&world, &visit, json!({ "heard": "缺人才" })).await.expect(200);
        let done = completed(&world, &changed).await;
        let refused = patch(&world, &done, json!({ "heard": "不缺" })).await;
        assert_eq!(refused.json()["allowed"], json!([]));
        refused.expect_error(409, "transition_not_allowed");
    }

    async fn another_day_or_leader_is_looked_up_again(world: World) {
        let visit = planned(&world, json!({})).await;
        let refused = patch(&world, &visit, json!({ "planned_at": "2020-06-01T01:00:00Z" })).await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/planned_at no_open_campaign"]);
        let refused = patch(&world, &visit, json!({ "leader_id": member("officer").person, "division": DEQING })).await;
        assert_eq!(refused.expect_error(422, "invalid").len(), 2);
        let led = patch(&world, &visit, json!({ "leader_id": member("province-leader").person })).await.expect(200);
        assert_eq!(led["leader"]["id"], json!(member("province-leader").person));
        let members = led["members"].as_array().expect("a list");
        assert_eq!(members.len(), 1, "who no longer leads no longer goes: {members:?}");
    }

    async fn the_team_decides_who_sees_a_visit(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}", id(&visit));
        // Of another organisation: he sees it as one of the team only.
        world.get(&path).by("officer2").send().await.expect_error(404, "not_found");
        let joined = json!({ "members": [{ "person_id": member("officer2").person }] });
        let visit = patch(&world, &visit, joined).await.expect(200);
        world.get(&path).by("officer2").send().await.expect(200);
        patch(&world, &visit, json!({ "members": [] })).await.expect(200);
        world.get(&path).by("officer2").send().await.expect_error(404, "not_found");
    }

    async fn the_team_decides_who_sees_the_problems_of_a_visit(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let path = format!("/problems/{}", id(&problem));
        // Of another organisation: he sees it as one of the team only.
        world.get(&path).by("officer2").send().await.expect_error(404, "not_found");
        let team = json!({ "members": [{ "person_id": member("officer2").person }] });
        let visit = patch(&world, &visit, team).await.expect(200);
        world.get(&path).by("officer2").send().await.expect(200);
        let listed = world.get("/problems?scope=own").by("officer2").send().await.expect(200);
        assert_eq!(listed["items"][0]["id"], problem["id"]);
        patch(&world, &visit, json!({ "members": [] })).await.expect(200);
        world.get(&path).by("officer2").send().await.expect_error(404, "not_found");
        // Who recorded it goes on seeing it, though he left the team.
        let listed = world.get("/problems?scope=own").by("officer").send().await.expect(200);
        assert_eq!(listed["items"][0]["id"], problem["id"]);
    }

    async fn objects_are_replaced_and_old_ones_not_asked_again(world: World) {
        let (old, new) = (enterprise(&world, "甲", YIWU).await, enterprise(&world, "乙", YIWU).await);
        let visit = planned(&world, json!({ "object_ids": [old] })).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE service_object SET ended_at = created_at WHERE id = $1").bind(old).run(&mut tx).await.expect("an end");
        tx.commit().await.expect("a commit");
        let both = patch(&world, &visit, json!({ "object_ids": [old, new] })).await.expect(200);
        assert_eq!(both["objects"].as_array().map(Vec::len), Some(2));
        let one = patch(&world, &both, json!({ "object_ids": [new] })).await.expect(200);
        assert_eq!(one["objects"], json!([{ "id": new, "name": "乙" }]));
        let refused = patch(&world, &one, json!({ "object_ids": [old, new, Uuid::nil()] })).await;
        let faults = refused.expect_error(422, "invalid");
        assert_eq!(faults, ["/object_ids/0 unknown_reference", "/object_ids/2 unknown_reference"]);
    }

    async fn what_lies_out_of_scope_cannot_be_changed(world: World) {
        let visit = planned(&world, json!({})).await;
        let path = format!("/visits/{}", id(&visit));
        for who in ["deqing-officer", "deqing-leader", "officer2"] {
            let body = json!({ "mode": "remote" });
            world.patch(&path).by(who).at(&visit["version"]).json(body).send().await.expect_error(404, "not_found");
        }
        world.patch(&path).by("dispatcher").at(&visit["version"]).json(json!({})).send().await.expect_error(403, "forbidden");
        let states = sql("SELECT COUNT(*) FROM visit WHERE version = 1");
        assert_eq!(number(&world, states).await, 1);
    }
}
