use serde_json::{Value, json};

use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{self, DEQING, YIWU};

fn of(who: &str) -> String {
    format!("/people/{}/memberships", seed::member(who).person)
}

async fn rights_of(world: &World, who: &str) -> i64 {
    let (rights,): (i64,) = sql("SELECT rights FROM person WHERE id = $1")
        .bind(seed::member(who).person)
        .one(&world.app.db)
        .await
        .expect("a row");
    rights
}

on_both! {
    async fn a_role_is_given_and_ended_and_tokens_feel_it_at_once(world: World) {
        let body = json!({ "role": "head", "org_id": seed::org("yiwu-finance") });
        let given = world.post(&of("handler")).by("admin").json(body.clone()).send().await;
        let location = given.headers["location"].clone();
        let given = given.expect(201);
        assert_eq!(given["division"]["code"], YIWU);
        assert_eq!(given["valid_from"], seed::NOW);
        assert_eq!(rights_of(&world, "handler").await, 2);
        world.get("/orgs").by("handler").send().await.expect_error(401, "token_stale");
        let read = world.get(location.strip_prefix("/api/v1").expect("a path")).by("admin").send().await.expect(200);
        assert_eq!(read, given);
        let again = world.post(&of("handler")).by("admin").json(body).send().await.expect(409);
        assert_eq!((&again["code"], &again["existing_id"]), (&json!("duplicate"), &given["id"]));

        let path = format!("/memberships/{}/end", given["id"].as_str().expect("an id"));
        let reason = json!({ "reason": "岗位调整" });
        world.post(&path).by("admin").json(reason.clone()).send().await.expect_error(428, "precondition_required");
        let ended = world.post(&path).by("admin").at(&json!(1)).json(reason.clone()).send().await.expect(200);
        assert_eq!((&ended["ended_at"], &ended["end_reason"]), (&json!(seed::NOW), &json!("岗位调整")));
        assert_eq!(rights_of(&world, "handler").await, 3);
        world.post(&path).by("admin").at(&json!(2)).json(reason).send().await.expect_error(409, "ended");
        assert_eq!(rights_of(&world, "handler").await, 3);
    }

    async fn ended_memberships_are_listed_only_when_asked_for(world: World) {
        let path = format!("/memberships/{}/end", seed::member("handler").membership);
        world.post(&path).by("admin").at(&json!(1)).json(json!({ "reason": "调离" })).send().await.expect(200);
        let shown = world.get(&of("handler")).by("admin").send().await.expect(200);
        assert_eq!(shown["items"], json!([]));
        let all = format!("{}?include_ended=true&with_total=true", of("handler"));
        assert_eq!(world.get(&all).by("admin").send().await.expect(200)["total"], 1);
        world.get(&of("handler")).by("deqing-admin").send().await.expect_error(404, "not_found");
        world.get(&of("handler")).by("officer").send().await.expect_error(403, "forbidden");
    }

    async fn nobody_gives_rights_beyond_his_own_division(world: World) {
        let refused = async |who: &str, body: Value| {
            world.post(&of(who)).by("admin").json(body).send().await.expect_error(422, "invalid")
        };
        let hr = seed::org("yiwu-hr");
        assert_eq!(
            refused("handler", json!({ "role": "supervisor", "org_id": hr, "division": "330000" })).await,
            ["/division unknown_reference"]
        );
        assert_eq!(
            refused("handler", json!({ "role": "officer", "org_id": seed::org("deqing-office") })).await,
            ["/org_id unknown_reference"]
        );
        assert_eq!(
            refused("handler", json!({ "role": "integrator", "org_id": hr, "valid_to": "2019-01-01T00:00:00Z" })).await,
            ["/role enum", "/valid_to not_within"]
        );
        let body = json!({ "role": "officer", "org_id": seed::org("deqing-office") });
        world.post(&of("deqing-leader")).by("admin").json(body.clone()).send().await.expect_error(404, "not_found");
        // A right is no wider than its organisation, whoever gives it.
        let wide = json!({ "role": "officer", "org_id": hr, "division": DEQING });
        let faults = world.post(&of("handler")).by("province-admin").json(wide).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/division conflict"]);
        world.post(&of("deqing-leader")).by("province-admin").json(body).send().await.expect(201);
        assert_eq!(rights_of(&world, "handler").await, 1);
    }

    async fn a_right_may_reach_less_than_its_organisation(world: World) {
        let body = json!({ "role": "officer", "org_id": seed::org("yiwu-hr"), "division": "330782001",
            "valid_to": "2019-12-31T16:00:00Z" });
        let given = world.post(&of("handler")).by("admin").json(body).send().await.expect(201);
        assert_eq!((&given["division"]["code"], &given["valid_to"]), (&json!("330782001"), &json!("2019-12-31T16:00:00Z")));
    }

    async fn rights_in_an_organisation_abroad_are_not_his_to_end(world: World) {
        let body = json!({ "role": "officer", "org_id": seed::org("province-hr") });
        let given = world.post(&of("handler")).by("province-admin").json(body).send().await.expect(201);
        let path = format!("/memberships/{}/end", given["id"].as_str().expect("an id"));
        world.post(&path).by("admin").at(&json!(1)).json(json!({ "reason": "调离" })).send().await
            .expect_error(404, "not_found");
    }

    async fn the_last_administrator_stays(world: World) {
        let end = async |by: &str, whose: &str| {
            let path = format!("/memberships/{}/end", seed::member(whose).membership);
            world.post(&path).by(by).at(&json!(1)).json(json!({ "reason": "调离" })).send().await
        };
        end("province-admin", "admin").await.expect(200);
        end("province-admin", "deqing-admin").await.expect(200);
        end("province-admin", "province-admin").await.expect_error(409, "last_administrator");
        assert_eq!(rights_of(&world, "province-admin").await, 1);
    }

    async fn two_administrators_cannot_end_each_other_at_once(world: World) {
        let end = async |by: &str, whose: &str| {
            let path = format!("/memberships/{}/end", seed::member(whose).membership);
            world.post(&path).by(by).at(&json!(1)).json(json!({ "reason": "调离" })).send().await.status
        };
        assert_eq!(end("province-admin", "deqing-admin").await, 200);
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE membership SET division_id = $1 WHERE id = $2").bind(seed::division(YIWU))
            .bind(seed::member("province-admin").membership).run(&mut tx).await.expect("changed");
        tx.commit().await.expect("committed");
        let both = futures_util::future::join(end("province-admin", "admin"), end("admin", "province-admin")).await;
        let mut both = [both.0, both.1];
        both.sort_unstable();
        assert!(matches!(both, [200, 409] | [200, 401]), "{both:?}");
    }
}
