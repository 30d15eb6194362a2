//! Who follows a problem that his own was merged into: he keeps his own number's view, and reads nothing of another's
//! case.

use serde_json::{Value, json};

use crate::auth::Role;
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// What the migration that took followers' rows away says of them.
const MIGRATED: [&str; 2] = [
    include_str!("../../../migrations/sqlite/0035_followers.sql"),
    include_str!("../../../migrations/postgres/0035_followers.sql"),
];

async fn of_firm(world: &World, firm: &Value, statement: &str) -> Value {
    let mut body = problem_body();
    (body["statement"], body["summary"]) = (json!(statement), json!("用工"));
    body["reporter"] = json!({
        "kind": "enterprise", "display_name": firm["name"], "anonymity": "named", "object_id": firm["id"],
    });
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn authorise(world: &World, firm: &Value, who: &str) -> Value {
    let path = format!("/service-objects/{}/authorisations", id_of(firm));
    let body = json!({ "person_id": seed::member(who).person });
    world.post(&path).by("officer").json(body).send().await.expect(201)
}

/// That this bearer reads nothing of a problem, by whatever it is called, and reads his own.
async fn reads_only_his_own(world: &World, token: &str, own: &Value, target: &Value) {
    let get = |path: String| world.get(&path).header("Authorization", token).send();
    for name in [&target["id"], &target["tracking_no"]] {
        let name = name.as_str().unwrap();
        for end in ["", "/events", "/supplements", "/ratings", "/replies"] {
            get(format!("/problems/{name}{end}"))
                .await
                .expect_error(404, "not_found");
        }
    }
    let read = get(format!("/problems/{}", own["tracking_no"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(
        (&read["statement"], &read["merged_into"]),
        (&own["statement"], &target["id"])
    );
    assert_eq!(read["allowed_actions"], json!([]));
}

/// The problems that this bearer finds.
async fn listed(world: &World, token: &str, query: &str) -> Vec<Value> {
    let list = world
        .get(&format!("/problems{query}"))
        .header("Authorization", token)
        .send()
        .await
        .expect(200);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect()
}

fn searched(words: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", words)
        .finish();
    format!("?{query}")
}

/// Whether a person's account is one of the problem's scopes.
async fn has_scope(world: &World, who: &str, problem: &Value) -> bool {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM problem_scope WHERE scope_id = $1 AND problem_id = $2")
        .bind(seed::member(who).person)
        .bind(id_of(problem))
        .one(&world.app.db)
        .await
        .unwrap();
    count == 1
}

on_both! {
    async fn a_follower_reads_nothing_of_the_case_that_his_own_was_merged_into(world: World) {
        let (first, second) = (world.enterprise("示例甲厂").await, world.enterprise("示例乙厂").await);
        authorise(&world, &first, "reporter").await;
        authorise(&world, &second, "auditor").await;
        let target = of_firm(&world, &first, "甲厂招工难，正在裁员。").await;
        let of_second = of_firm(&world, &second, "乙厂招工难。").await;
        let receipt = format!("Bearer {}", world.receipt_token(&of_second).await);
        let mut body = problem_body();
        (body["statement"], body["summary"]) = (json!("工友找不到工作。"), json!("用工"));
        body["reporter"] = json!({
            "kind": "person", "display_name": "示例工友", "anonymity": "named", "person_id": seed::member("leader").person,
        });
        let of_person = world.post("/problems").by("officer").json(body).send().await.expect(201);
        for merged in [&of_second, &of_person] {
            let into = json!({ "target_id": target["id"], "reason": "同类问题" });
            world.act("dispatcher", merged, "merge", into).await.expect(200);
        }
        let now = world.get(&format!("/problems/{}", id_of(&target))).by("dispatcher").send().await.expect(200);
        // Every write gives a problem its scopes anew.
        let now = world.act("dispatcher", &now, "assign", json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" })).await.expect(200);
        let now = world.act("handler", &now, "accept", json!({})).await.expect(200);
        world.act("handler", &now, "ask_reporter", json!({ "question": "缺哪些工种？" })).await.expect(200);

        let [firm, person] = ["auditor", "leader"].map(|who| world.as_other(who, Role::Reporter, "yiwu-hr"));
        for (token, own) in [(&firm, &of_second), (&person, &of_person)] {
            reads_only_his_own(&world, token, own, &target).await;
            assert_eq!(listed(&world, token, "").await, [own["id"].clone()]);
            for guess in ["裁员", "甲厂", target["tracking_no"].as_str().unwrap()] {
                assert_eq!(listed(&world, token, &searched(guess)).await, Vec::<Value>::new(), "{guess}");
            }
        }
        reads_only_his_own(&world, &receipt, &of_second, &target).await;
        assert!(!has_scope(&world, "leader", &target).await && !has_scope(&world, "auditor", &target).await);
        // The one whose case it is reads on, and sees none of theirs.
        let theirs = world.as_other("reporter", Role::Reporter, "yiwu-hr");
        assert_eq!(listed(&world, &theirs, "").await, [target["id"].clone()]);
        // Followers are told how it goes on, by the number that is theirs; what it is about is not told along.
        let notices = world.get("/me/notices").header("Authorization", &person).send().await.expect(200);
        let told = notices["items"].as_array().unwrap();
        assert!(told.iter().any(|notice| notice["kind"] == "problem.reporter_asked"), "{notices}");
        assert!(told.iter().all(|notice| notice["problem"]["tracking_no"] == of_person["tracking_no"]), "{notices}");
        assert!(!notices.to_string().contains(target["tracking_no"].as_str().unwrap()), "{notices}");
        // Whoever tells him says it by his number, and hands him no link to the other's case.
        let to_tell = world.get("/notices").by("dispatcher").send().await.expect(200);
        let to_him: Vec<&Value> = to_tell["items"].as_array().unwrap().iter()
            .filter(|notice| notice["reporter"]["display_name"] == "示例工友" && notice["problem"]["id"] == target["id"]).collect();
        assert!(!to_him.is_empty() && to_him.iter().all(|notice| {
            notice["own_tracking_no"] == of_person["tracking_no"] && notice["invitation_href"].is_null()
        }), "{to_tell}");
    }

    async fn s60_the_view_of_a_merged_problem_tells_where_the_other_stands(world: World) {
        let (merged, between, target) = (world.open_problem().await, world.open_problem().await, world.accepted().await);
        let token = world.receipt_token(&merged).await;
        let now = world.act("dispatcher", &merged, "merge", json!({ "target_id": between["id"] })).await.expect(200);
        assert_eq!(now["target"], json!({ "id": between["id"], "state": "received", "result": null, "closed_at": null }));
        // Merged again: it tells of where it came to in the end.
        let between = world.get(&format!("/problems/{}", id_of(&between))).by("dispatcher").send().await.expect(200);
        world.act("dispatcher", &between, "merge", json!({ "target_id": target["id"] })).await.expect(200);
        let path = format!("/problems/{}", id_of(&merged));
        let read = async || world.get(&path).bearer(&token).send().await.expect(200)["target"].clone();
        assert_eq!(read().await, json!({ "id": target["id"], "state": "handling", "result": null, "closed_at": null }));
        for (result, shown) in [("两个孩子已入学。", json!("两个孩子已入学。")), ("示例纺织的两个孩子已入学。", Value::Null)] {
            let mut tx = world.app.db.begin().await.unwrap();
            sql("UPDATE cycle SET result = $1, closed_at = $2 WHERE problem_id = $3")
                .bind(result).bind(world.app.clock.now()).bind(id_of(&target)).run(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            world.put_into(&target, "closed").await;
            let stands = read().await;
            assert_eq!((&stands["state"], &stands["result"]), (&json!("closed"), &shown), "what names somebody is not told along");
            assert!(!stands["closed_at"].is_null());
        }
        assert_eq!(world.get(&format!("/problems/{}", id_of(&target))).by("dispatcher").send().await.expect(200)["target"], Value::Null);
    }

    async fn who_follows_and_is_authorised_sees_it_only_while_he_is(world: World) {
        let (first, second) = (world.enterprise("示例甲厂").await, world.enterprise("示例乙厂").await);
        let authorisation = authorise(&world, &first, "reporter").await;
        let target = of_firm(&world, &first, "甲厂招工难，正在裁员。").await;
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        let own = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        let recorded = of_firm(&world, &second, "乙厂招工难。").await;
        let merge = async |merged: &Value, target: &Value| {
            world.act("dispatcher", merged, "merge", json!({ "target_id": target["id"] })).await.expect(200)
        };
        merge(&own, &target).await;
        let path = format!("/problems/{}", id_of(&target));
        assert_eq!(world.get(&path).by("reporter").send().await.expect(200)["statement"], target["statement"]);

        // What older versions kept: a row for who follows. It goes, and no other does.
        let mut followed = problem_body();
        followed["reporter"] = json!({
            "kind": "person", "display_name": "示例干部", "anonymity": "named", "person_id": seed::member("officer").person,
        });
        let of_officer = world.post("/problems").by("officer").json(followed).send().await.expect(201);
        merge(&of_officer, &recorded).await;
        let forget: &'static str = MIGRATED[usize::from(world.app.db.pick(false, true))].split(";\n").next().unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        for problem in [&recorded, &own] {
            sql("INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key) \
                 SELECT $1, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key FROM problem p \
                 WHERE p.id = $2 ON CONFLICT (scope_id, problem_id) DO NOTHING")
                .bind(seed::member("reporter").person).bind(id_of(problem)).run(&mut tx).await.unwrap();
        }
        sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, came_with_id, since) \
             SELECT $1, x.reporter_id, 'follower', x.problem_id, x.since FROM problem_reporter x WHERE x.problem_id = $2")
            .bind(id_of(&recorded)).bind(id_of(&own)).run(&mut tx).await.unwrap();
        let (before,): (i64,) = sql("SELECT COUNT(*) FROM problem_scope").one(&mut tx).await.unwrap();
        sql(forget).run(&mut tx).await.unwrap();
        let (after,): (i64,) = sql("SELECT COUNT(*) FROM problem_scope").one(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(before - after, 1);
        assert!(!has_scope(&world, "reporter", &recorded).await, "he only follows it");
        assert!(has_scope(&world, "reporter", &own).await && has_scope(&world, "reporter", &target).await);
        assert!(has_scope(&world, "officer", &recorded).await, "he recorded it");

        // Once the firm authorises him no more, following alone shows him nothing.
        let end = format!("/authorisations/{}/end", id_of(&authorisation));
        let call = world.post(&end).by("officer").at(&authorisation["version"]);
        call.json(json!({ "reason": "人员离职" })).send().await.expect(200);
        world.get(&path).by("reporter").send().await.expect_error(404, "not_found");
        let read = world.get(&format!("/problems/{}", id_of(&own))).by("reporter").send().await.expect(200);
        assert_eq!(read["merged_into"], target["id"]);
    }
}
