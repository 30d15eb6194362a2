use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::seed;

fn of(who: &str) -> String {
    format!("/people/{}/delegations", seed::member(who).person)
}

fn new(to: &str, actions: &[&str]) -> Value {
    json!({ "to_person_id": seed::member(to).person, "actions": actions, "valid_to": "2019-12-31T16:00:00Z" })
}

on_both! {
    async fn a_secretary_acts_for_a_leader_until_it_ends(world: World) {
        let body = new("officer", &["create_visit", "dispose_problem"]);
        let answer = world.post(&of("leader")).by("admin").json(body).send().await;
        let location = answer.headers["location"].clone();
        let given = answer.expect(201);
        assert_eq!(given["from"]["name"], "示例带队领导");
        assert_eq!(given["to"]["name"], "示例走访干部");
        assert_eq!(given["actions"], json!(["create_visit", "dispose_problem"]));
        for who in ["leader", "officer"] {
            world.get("/orgs").by(who).send().await.expect_error(401, "token_stale");
            let listed = world.get(&of(who)).by("admin").send().await.expect(200);
            assert_eq!(listed["items"], json!([given]), "{who}");
        }
        let read = world.get(location.strip_prefix("/api/v1").expect("a path")).by("admin").send().await.expect(200);
        assert_eq!(read, given);
        let path = format!("/delegations/{}/end", given["id"].as_str().expect("an id"));
        let reason = json!({ "reason": "调离" });
        world.post(&path).by("deqing-admin").at(&json!(1)).json(reason.clone()).send().await
            .expect_error(404, "not_found");
        world.post(&path).by("admin").at(&json!(7)).json(reason.clone()).send().await
            .expect_error(412, "precondition_failed");
        world.post(&path).by("admin").at(&json!(1)).json(reason.clone()).send().await.expect(200);
        world.post(&path).by("admin").at(&json!(2)).json(reason).send().await.expect_error(409, "ended");
        let shown = world.get(&of("leader")).by("admin").send().await.expect(200);
        assert_eq!(shown["items"], json!([]));
        let (rights,): (i64,) = sql("SELECT rights FROM person WHERE id = $1").bind(seed::member("leader").person)
            .one(&world.app.db).await.expect("a row");
        assert_eq!(rights, 3);
    }

    async fn ones_own_judgement_is_not_delegated(world: World) {
        let refused = async |body: Value| {
            world.post(&of("leader")).by("admin").json(body).send().await.expect_error(422, "invalid")
        };
        let actions = ["rate_problem", "create_visit", "create_visit", "create_org"];
        assert_eq!(
            refused(new("officer", &actions)).await,
            ["/actions/0 enum", "/actions/2 repeated", "/actions/3 enum"]
        );
        assert_eq!(refused(new("leader", &["create_visit"])).await, ["/to_person_id conflict"]);
        assert_eq!(refused(new("deqing-officer", &["create_visit"])).await, ["/to_person_id unknown_reference"]);
        assert_eq!(refused(new("officer", &[])).await, ["/actions too_short"]);
        let mut body = new("officer", &["create_visit"]);
        body["valid_to"] = json!("2021-01-01T00:00:00Z");
        assert_eq!(refused(body).await, ["/valid_to not_within"]);
        let body = new("officer", &["create_visit"]);
        world.post(&of("deqing-leader")).by("admin").json(body).send().await.expect_error(404, "not_found");
    }
}
