//! Urging.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

impl World {
    async fn urge(&self, who: &str, problem: &Value) -> crate::test_support::world::Answer {
        let path = format!("/problems/{}/urge", id_of(problem));
        self.post(&path)
            .by(who)
            .json(json!({ "note": "请尽快办理。" }))
            .send()
            .await
    }
}

fn may_urge(problem: &Value) -> bool {
    problem["allowed_actions"]
        .as_array()
        .expect("actions")
        .iter()
        .any(|one| one["action"] == "urge")
}

on_both! {
    async fn s58_urging_moves_nothing_and_is_counted(world: World) {
        let problem = world.accepted().await;
        let urged = world.urge("dispatcher", &problem).await.expect(200);
        assert_eq!((urged["version"].clone(), urged["state"].clone()), (problem["version"].clone(), problem["state"].clone()));
        assert_eq!(urged["counts"]["urges"], 1);
        assert!(may_urge(&urged));
        // One that is sent is compared.
        let path = format!("/problems/{}/urge", id_of(&problem));
        let stale = world.post(&path).by("supervisor").at(&json!(1)).json(json!({ "note": "督办" })).send().await;
        stale.expect_error(412, "precondition_failed");
        let again = world.urge("supervisor", &problem).await.expect(200);
        assert_eq!(again["counts"]["urges"], 2);
        assert_eq!(world.event_types(id_of(&problem)).await[3..], ["problem.urged", "problem.urged"]);
        // Neither who handles, nor who is elsewhere.
        world.urge("handler", &problem).await.expect_error(403, "forbidden");
        world.urge("deqing-dispatcher", &problem).await.expect_error(404, "not_found");
        world.urge("assessor", &problem).await.expect_error(403, "forbidden");
    }

    async fn each_urges_once_in_five_working_days(world: World) {
        let problem = world.accepted().await;
        world.urge("dispatcher", &problem).await.expect(200);
        // Thursday; the fifth working day after it is the Thursday after.
        let early = world.urge("dispatcher", &problem).await;
        assert_eq!(early.json()["next_at"], "2019-01-16T16:00:00Z");
        early.expect_error(409, "too_early");
        world.app.clock.set("2019-01-16T15:59:59Z".parse().unwrap());
        world.urge("dispatcher", &problem).await.expect_error(409, "too_early");
        world.app.clock.set("2019-01-16T16:00:00Z".parse().unwrap());
        assert_eq!(world.urge("dispatcher", &problem).await.expect(200)["counts"]["urges"], 2);
    }

    async fn the_reporter_urges_by_each_of_his_voices_and_once(world: World) {
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        assert_eq!(world.urge("reporter", &problem).await.expect(200)["counts"]["urges"], 1);
        // The same reporter by another voice: his receipt.
        let receipt = world.receipt_token(&problem).await;
        let path = format!("/problems/{}/urge", id_of(&problem));
        let body = json!({ "note": "再催一次" });
        world.post(&path).bearer(&receipt).json(body.clone()).send().await.expect_error(409, "too_early");
        world.app.clock.set("2019-01-18T02:00:00Z".parse().unwrap());
        let receipt = world.receipt_token(&problem).await;
        let urged = world.post(&path).bearer(&receipt).json(body.clone()).send().await.expect(200);
        assert!(may_urge(&urged));
        // What the administration urges is its own affair (S-59).
        world.urge("dispatcher", &problem).await.expect(200);
        let seen = world.get(&format!("/problems/{}", id_of(&problem))).by("reporter").send().await.expect(200);
        assert_eq!(seen["counts"]["urges"], 2);
        let timeline = world.get(&format!("/problems/{}/events", id_of(&problem))).by("reporter").send().await.expect(200);
        let urges = timeline["items"].as_array().unwrap().iter().filter(|event| event["type"] == "problem.urged").count();
        assert_eq!(urges, 2);
        // A portal for its own reporter, and for nobody else's.
        let mut brought = problem_body();
        brought["reporter"]["external_id"] = json!({ "system": "portal", "value": "u-1" });
        let theirs = world.post("/problems").by(seed::CLIENT).json(brought).send().await.expect(201);
        assert_eq!(world.urge(seed::CLIENT, &theirs).await.expect(200)["counts"]["urges"], 1);
        world.urge(seed::CLIENT, &world.accepted().await).await.expect_error(403, "forbidden");
        world.urge("reporter", &theirs).await.expect_error(404, "not_found");
    }

    async fn what_has_ended_is_not_urged(world: World) {
        let problem = world.accepted().await;
        for state in crate::problems::domain::State::ALL {
            world.force(&problem, *state).await;
            let answer = world.urge("supervisor", &problem).await;
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            match (state.has_ended(), *state) {
                (true, crate::problems::domain::State::Merged) => assert_eq!((answer.status, &*code), (409, "merged")),
                (true, _) => assert_eq!((answer.status, &*code), (409, "transition_not_allowed")),
                (false, _) => assert!(answer.status == 200 || code == "too_early", "{state}: {code}"),
            }
        }
    }

    async fn many_are_urged_in_one_request(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let item = |problem: &Value| json!({ "id": problem["id"], "action": "urge", "version": problem["version"], "body": { "note": "请认领" } });
        let body = json!({ "items": [item(&one), item(&two), item(&one)] });
        let done = world.post("/problems/bulk-actions").by("dispatcher").json(body).send().await.expect(200);
        let statuses: Vec<u64> = done["items"].as_array().unwrap().iter().filter_map(|item| item["status"].as_u64()).collect();
        assert_eq!(statuses, [200, 200, 409]);
        assert_eq!(done["items"][2]["error"]["code"], "too_early");
    }
}
