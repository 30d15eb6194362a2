//! A passage about a third person is gone from what was seen and heard at a visit too.

use serde_json::{Value, json};

use super::{past_every_rule, searched, where_it_says};
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::visit_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;

const PASSAGE: &str = "邻居李某患病";

/// What no operation writes yet, or would take many steps; past every rule.
const WRITTEN: &[&str] = &[
    "UPDATE visit_member SET note = '邻居李某患病，由他陪同' WHERE visit_id = $1",
    "INSERT INTO attachment (id, owner_kind, owner_id, file_name, media_type, size, sha256, end_reason, created_at) \
     SELECT v.id, 'visit', v.id, '邻居李某患病.jpg', 'image/jpeg', 1, v.event_hash, '邻居李某患病，误传', v.created_at \
     FROM visit v WHERE v.id = $1",
];

async fn found(world: &World) -> usize {
    let path = format!("/visits?{}", searched(PASSAGE));
    let list = world.get(&path).by("dispatcher").send().await.expect(200);
    list["items"].as_array().expect("items").len()
}

async fn redact(world: &World, who: &str, visit: &Value, field: &str, passage: &str) -> Answer {
    let body = json!({ "field": field, "passage": passage, "ground": "third_person" });
    let path = format!("/visits/{}/redactions", id_of(visit));
    world.post(&path).by(who).at(&visit["version"]).json(body).send().await
}

/// A visit at which much was said of a neighbour.
async fn told(world: &World) -> Value {
    let mut body = visit_body();
    for field in ["heard", "observations", "place_note", "mode_note"] {
        body[field] = json!(format!("孩子上学难，{PASSAGE}，{PASSAGE}的事请保密。"));
    }
    body["mode"] = json!("other");
    let planned = world.post("/visits").by("officer").json(body).send().await.expect(201);
    let path = format!("/visits/{}/start", id_of(&planned));
    world
        .post(&path)
        .by("officer")
        .at(&planned["version"])
        .send()
        .await
        .expect(200)
}

on_both! {
    async fn s39_a_passage_about_a_third_person_is_blotted_out_of_what_was_heard_at_a_visit(world: World) {
        let visit = told(&world).await;
        assert_eq!(found(&world).await, 1);
        redact(&world, "handler", &visit, "heard", PASSAGE).await.expect_error(403, "forbidden");
        redact(&world, "officer", &visit, "heard", PASSAGE).await.expect_error(403, "forbidden");
        redact(&world, "deqing-dispatcher", &visit, "heard", PASSAGE).await.expect_error(404, "not_found");
        for (field, passage, fault) in [
            ("heard", "张某", "/passage passage_missing"), ("cancel_reason", PASSAGE, "/passage passage_missing"),
            ("heard", "隐去", "/passage invalid"), ("statement", PASSAGE, "/field enum"),
        ] {
            let faults = redact(&world, "dispatcher", &visit, field, passage).await;
            assert_eq!(faults.expect_error(422, "invalid"), [fault], "{field}");
        }
        let path = format!("/visits/{}/redactions", id_of(&visit));
        let bare = json!({ "field": "heard", "passage": PASSAGE, "ground": "third_person" });
        world.post(&path).by("dispatcher").json(bare).send().await.expect_error(428, "precondition_required");

        let blotted = redact(&world, "dispatcher", &visit, "heard", PASSAGE).await.expect(200);
        let left = json!("孩子上学难，（已隐去），（已隐去）的事请保密。");
        assert_eq!((&blotted["heard"], &blotted["observations"]), (&left, &visit["observations"]));
        assert_eq!(blotted["version"].as_i64().unwrap(), visit["version"].as_i64().unwrap() + 1);
        redact(&world, "dispatcher", &visit, "place", PASSAGE).await.expect_error(412, "precondition_failed");
        assert_eq!(found(&world).await, 1, "it stands in the others still");
        let events = world.get(&format!("/visits/{}/events", id_of(&visit))).by("dispatcher").send().await.expect(200);
        let event = events["items"].as_array().unwrap().last().unwrap();
        assert_eq!((&event["type"], &event["text"], &event["payload"]["field"]), (&json!("visit.redacted"), &left, &json!("heard")));

        let promise = json!({ "text": format!("{PASSAGE}，下周再来。"), "due_on": "2019-01-18" });
        world.post(&format!("/visits/{}/commitments", id_of(&visit))).by("leader").json(promise).send().await.expect(201);
        for statement in WRITTEN {
            past_every_rule(&world, statement, id_of(&visit)).await;
        }
        let mut now = blotted;
        for (field, who) in [("observations", "dispatcher"), ("place", "supervisor"), ("mode", "supervisor"), ("member", "dispatcher"),
            ("attachment", "dispatcher"), ("commitment", "dispatcher")] {
            now = redact(&world, who, &now, field, PASSAGE).await.expect(200);
        }
        assert_eq!((&now["observations"], &now["place_note"], &now["mode_note"]), (&left, &left, &left));
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new(), "the timeline that told of the promise is erased too");
        assert_eq!(found(&world).await, 0);
        // It is changed and completed as before.
        let path = format!("/visits/{}", id_of(&visit));
        world.patch(&path).by("officer").at(&now["version"]).json(json!({ "heard": "另有一事。" })).send().await.expect(200);
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn it_is_blotted_out_of_why_a_visit_was_cancelled_and_of_its_timeline(world: World) {
        let planned = world.post("/visits").by("officer").json(visit_body()).send().await.expect(201);
        let reason = json!({ "reason": format!("{PASSAGE}，改期。") });
        let path = format!("/visits/{}", id_of(&planned));
        let cancelled = world.post(&format!("{path}/cancel")).by("officer").at(&planned["version"]).json(reason).send().await.expect(200);
        let now = redact(&world, "dispatcher", &cancelled, "cancel_reason", PASSAGE).await.expect(200);
        assert_eq!((&now["cancel_reason"], &now["state"]), (&json!("（已隐去），改期。"), &json!("cancelled")));
        assert_eq!(where_it_says(&world, PASSAGE).await, Vec::<String>::new());
        // A problem of the visit keeps its own words: they are blotted out where they stand.
        let visit = told(&world).await;
        let problem = world.problem_of(&visit).await;
        let other = json!({ "field": "statement", "passage": PASSAGE, "ground": "third_person" });
        let path = format!("/problems/{}/redactions", id_of(&problem));
        let faults = world.post(&path).by("dispatcher").at(&problem["version"]).json(other).send().await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/passage passage_missing"]);
        past_every_rule(&world, "UPDATE visit SET erased_at = created_at WHERE id = $1", id_of(&visit)).await;
        redact(&world, "dispatcher", &visit, "heard", PASSAGE).await.expect_error(409, "erased");
    }
}
