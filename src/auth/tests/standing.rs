//! What one acts with: memberships and delegations, and when they end.

use serde_json::{Value, json};

use super::{
    PASSWORD, add_membership, claims, delegate, give_passwords, me, refresh, sign_in, token_request, try_sign_in, with,
};
use crate::auth::accounts::bump_rights;
use crate::db::sql;
use crate::on_both;
use crate::test_support::{World, seed};

async fn sign_in_with(world: &World, who: &str, more: Value) -> Value {
    try_sign_in(world, who, PASSWORD, more).await.expect(200)
}

async fn refresh_with(world: &World, answer: &Value, more: Value) -> Value {
    let mut body = json!({ "grant_type": "refresh_token", "refresh_token": answer["refresh_token"] });
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    token_request(world, body).send().await.expect(200)
}

async fn end(world: &World, table: &'static str, id: uuid::Uuid) {
    let text = match table {
        "membership" => "UPDATE membership SET ended_at = $2 WHERE id = $1",
        _ => "UPDATE delegation SET ended_at = $2 WHERE id = $1",
    };
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql(text)
        .bind(id)
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

/// Business and real time pass together.
fn wait(world: &World, seconds: i64) {
    world.app.clock.set(world.app.clock.now().plus_seconds(seconds));
    super::wait(world, seconds);
}

on_both! {
    async fn one_acts_with_the_widest_membership_or_the_one_that_is_asked_for(world: World) {
        give_passwords(&world, &["officer"]).await;
        let officer = seed::member("officer").membership;
        let supervisor = add_membership(&world, "officer", "supervisor", "yiwu-supervision", "330782", None).await;
        let dispatcher = add_membership(&world, "officer", "dispatcher", "yiwu-office", "330782", None).await;
        let leader = add_membership(&world, "officer", "leader", "province-government", "330000", None).await;
        let widest = sign_in(&world, "officer").await;
        assert_eq!(widest["membership"]["id"], json!(leader));
        assert_eq!(claims(&widest)["memberships"].as_array().map(Vec::len), Some(4));
        assert_eq!(claims(&widest)["roles"], json!(["officer", "leader", "dispatcher", "supervisor"]));
        let asked = sign_in_with(&world, "officer", json!({ "membership": officer })).await;
        assert_eq!(asked["membership"]["id"], json!(officer));
        let me = me(&world, &asked).await.expect(200);
        let acting = me["memberships"].as_array().into_iter().flatten().find(|membership| membership["acting"] == true);
        assert_eq!(acting.map(|membership| &membership["id"]), Some(&json!(officer)));
        // The session keeps the choice, and a refresh may change it.
        let kept = refresh(&world, &asked).await.expect(200);
        assert_eq!(kept["membership"]["id"], json!(officer));
        let changed = refresh_with(&world, &kept, json!({ "membership": supervisor })).await;
        assert_eq!(changed["membership"]["id"], json!(supervisor));
        // When the chosen one ends, the widest of the rest steps in.
        end(&world, "membership", supervisor).await;
        end(&world, "membership", leader).await;
        let rest = refresh(&world, &changed).await.expect(200);
        assert_eq!(rest["membership"]["id"], json!(dispatcher));
    }

    async fn a_membership_that_is_not_ones_own_is_no_choice(world: World) {
        give_passwords(&world, &["officer"]).await;
        let theirs = json!({ "membership": seed::member("handler").membership });
        let answer = try_sign_in(&world, "officer", PASSWORD, theirs.clone()).await;
        assert_eq!(answer.expect_error(400, "invalid_request"), ["/membership unknown_reference"]);
        // A refused wish leaves the refresh token good.
        let answer = sign_in(&world, "officer").await;
        let mut body = json!({ "grant_type": "refresh_token", "refresh_token": answer["refresh_token"] });
        body["membership"] = theirs["membership"].clone();
        token_request(&world, body).send().await.expect_error(400, "invalid_request");
        refresh(&world, &answer).await.expect(200);
    }

    async fn a_person_without_a_membership_can_look_after_his_account_only(world: World) {
        give_passwords(&world, &["officer"]).await;
        end(&world, "membership", seed::member("officer").membership).await;
        let answer = sign_in(&world, "officer").await;
        assert_eq!(answer["membership"], Value::Null);
        assert_eq!(me(&world, &answer).await.expect(200)["permissions"], json!(["SignedIn"]));
        with(world.get("/problems"), &answer).send().await.expect_error(403, "forbidden");
    }

    async fn no_token_outlives_a_membership_that_it_carries(world: World) {
        give_passwords(&world, &["officer"]).await;
        let ends = world.app.clock.now().plus_seconds(100);
        add_membership(&world, "officer", "leader", "yiwu-government", "330782", Some(ends)).await;
        let answer = sign_in(&world, "officer").await;
        assert_eq!((&answer["expires_in"], &answer["membership"]["role"]), (&json!(100), &json!("leader")));
        wait(&world, 100);
        me(&world, &answer).await.expect(200);
        wait(&world, 1);
        me(&world, &answer).await.expect_error(401, "token_expired");
        let rest = refresh(&world, &answer).await.expect(200);
        assert_eq!((&rest["expires_in"], &rest["membership"]["role"]), (&json!(900), &json!("officer")));
        let begins_later = add_membership(&world, "officer", "leader", "yiwu-government", "330782", None).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE membership SET valid_from = $2 WHERE id = $1")
            .bind(begins_later)
            .bind(world.app.clock.now().plus_seconds(60))
            .run(&mut tx)
            .await
            .expect("an update");
        tx.commit().await.expect("a commit");
        assert_eq!(refresh(&world, &rest).await.expect(200)["membership"]["role"], "officer");
    }

    async fn a_secretary_acts_for_a_leader_as_far_as_he_has_handed_on(world: World) {
        give_passwords(&world, &["officer"]).await;
        let (leader, officer) = (seed::member("leader"), seed::member("officer"));
        add_membership(&world, "leader", "admin", "yiwu-office", "330782", None).await;
        let handed = ["list_problems", "create_visit", "create_reset_code", "claim_problem"];
        delegate(&world, "leader", "officer", &handed, 500).await;
        let own = sign_in(&world, "officer").await;
        let received = &me(&world, &own).await.expect(200)["delegations"][0];
        assert_eq!(received["from"]["name"], "示例带队领导");
        let answer = sign_in_with(&world, "officer", json!({ "act_for": leader.person })).await;
        assert_eq!(answer["expires_in"], 500);
        let said = claims(&answer);
        assert_eq!(said["sub"], json!(leader.person));
        assert_eq!(said["act"]["sub"], json!(officer.person));
        assert_eq!(said["delegated"], json!(["create_visit", "list_problems"]));
        assert_eq!(said["scope"], "me problems:read visits:write");
        assert_eq!(said["roles"], json!(["leader"]), "only what the delegation needs");
        let me = me(&world, &answer).await.expect(200);
        assert_eq!(me["person"]["id"], json!(officer.person));
        assert_eq!(me["on_behalf_of"]["id"], json!(leader.person));
        assert_eq!(me["permissions"], json!(["SignedIn", "WriteVisits", "ReadProblems"]));
        assert_eq!(me["delegated"], json!(["create_visit", "list_problems"]));
        with(world.get("/problems"), &answer).send().await.expect(200);
        // Of one permission, what was delegated and nothing else.
        let start = format!("/visits/{}/start", leader.person);
        with(world.post(&start), &answer).json(json!({})).send().await.expect_error(403, "forbidden");
        let plan = with(world.post("/visits"), &answer).json(json!({}));
        plan.send().await.expect_error(422, "invalid");
        let record = with(world.post("/problems"), &answer).json(json!({}));
        record.send().await.expect_error(403, "forbidden");
        with(world.post(&format!("/people/{}/reset-code", officer.person)), &answer)
            .json(json!({}))
            .send()
            .await
            .expect_error(403, "forbidden");
    }

    async fn acting_for_another_ends_with_the_delegation(world: World) {
        give_passwords(&world, &["officer", "handler"]).await;
        let leader = json!({ "act_for": seed::member("leader").person });
        let nobodys = try_sign_in(&world, "officer", PASSWORD, leader.clone()).await;
        assert_eq!(nobodys.expect_error(400, "invalid_request"), ["/act_for unknown_reference"]);
        let delegation = delegate(&world, "leader", "officer", &["create_visit"], 3600).await;
        try_sign_in(&world, "handler", PASSWORD, leader.clone()).await.expect_error(400, "invalid_request");
        // A session may begin and end to act for another.
        let own = sign_in(&world, "officer").await;
        let acting = refresh_with(&world, &own, leader.clone()).await;
        assert_eq!(claims(&acting)["sub"], json!(seed::member("leader").person));
        let acting = refresh(&world, &acting).await.expect(200);
        assert_eq!(claims(&acting)["act"]["sub"], json!(seed::member("officer").person));
        let own = refresh_with(&world, &acting, json!({ "act_for": seed::member("officer").person })).await;
        assert_eq!(claims(&own)["sub"], json!(seed::member("officer").person));
        let acting = refresh_with(&world, &own, leader).await;
        end(&world, "delegation", delegation).await;
        refresh(&world, &acting).await.expect_error(400, "invalid_grant");
    }

    async fn a_token_is_stale_when_the_rights_of_leader_or_secretary_change(world: World) {
        give_passwords(&world, &["officer"]).await;
        delegate(&world, "leader", "officer", &["create_visit"], 3600).await;
        let mut answer = sign_in_with(&world, "officer", json!({ "act_for": seed::member("leader").person })).await;
        for who in ["leader", "officer", "officer", "leader"] {
            me(&world, &answer).await.expect(200);
            let person = seed::member(who).person;
            let mut tx = world.app.db.begin().await.expect("a transaction");
            let rights = bump_rights(&mut tx, person, world.app.real_clock.now()).await.expect("a number");
            tx.commit().await.expect("a commit");
            world.app.rights.rights_changed(person, rights);
            me(&world, &answer).await.expect_error(401, "token_stale");
            world.look_at_rights().await.expect("a look");
            me(&world, &answer).await.expect_error(401, "token_stale");
            answer = refresh(&world, &answer).await.expect(200);
        }
    }
}
