//! Hiding for law and privacy; never by who is criticised.

use actix_web::http::Method;

use super::*;
use crate::test_support::handling::problem_of;

fn privacy() -> Value {
    json!({ "reason": "personal_privacy", "note": "写有邻居的家庭住址。" })
}

/// The groups of a count: key, label, number.
async fn counted(world: &World, query: &str) -> (Vec<(String, String, i64)>, i64) {
    let counts = world
        .get(&format!("/comments/counts?{query}"))
        .by("supervisor")
        .send()
        .await
        .expect(200);
    let groups = counts["groups"].as_array().expect("groups").iter().map(|group| {
        let text = |name: &str| group[name].as_str().expect("a text").to_owned();
        (
            text("key"),
            text("label"),
            group["comments"].as_i64().expect("a number"),
        )
    });
    (groups.collect(), counts["total"].as_i64().expect("a total"))
}

on_both! {
    async fn s84_who_is_criticised_neither_hides_nor_changes_nor_deletes(world: World) {
        let problem = world.published_problem().await;
        let comment = world.comment("reporter", &problem, with(words(), json!({ "kind": "criticism" }))).await.expect(201);
        let path = format!("/api/v1/comments/{}", id_of(&comment));
        for method in [Method::DELETE, Method::PATCH, Method::PUT] {
            for who in ["handler", "head", "dispatcher", "reporter"] {
                let answer = world.call(method.clone(), &path).by(who).json(json!({ "text": "很满意" })).send().await;
                assert_eq!(answer.headers["allow"], "GET, HEAD, OPTIONS");
                answer.expect_error(405, "method_not_allowed");
            }
        }
        for who in ["handler", "head", "officer", "leader", "reporter", "integrator"] {
            world.moderate(who, &comment, "hide", privacy()).await.expect_error(403, "forbidden");
        }
        // The dispatcher assigned it: his act may be what is criticised.
        let refused = world.moderate("dispatcher", &comment, "hide", privacy()).await;
        assert_eq!(refused.json()["earlier_act"]["act"], "dispose_follow_up");
        refused.expect_error(403, "separation_of_duties");
        world.moderate("deqing-dispatcher", &comment, "hide", privacy()).await.expect_error(404, "not_found");
        // One who did nothing, of an office that handles another problem.
        let led = world.post("/problems").by("officer").json(problem_of("masses", "M02")).send().await.expect(201);
        world.made_public(&led).await;
        for (part, allowed) in [("lead", false), ("former_lead", false), ("supporting", false), ("study", false), ("recorder", true)] {
            let said = world.commented(&led).await;
            let mut tx = world.app.db.begin().await.unwrap();
            sql("DELETE FROM problem_org WHERE problem_id = $1").bind(id_of(&led)).run(&mut tx).await.unwrap();
            sql("DELETE FROM problem_actor WHERE problem_id = $1").bind(id_of(&led)).run(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            world.take_part(&led, "yiwu-office", part).await;
            let answer = world.moderate("dispatcher", &said, "hide", privacy()).await;
            if allowed { answer.expect(200); } else { answer.expect_error(403, "separation_of_duties"); }
        }
        // The database itself refuses.
        for statement in ["DELETE FROM comment", "UPDATE comment SET text = '很满意'", "UPDATE comment SET text = ''"] {
            let mut tx = world.app.db.begin().await.unwrap();
            assert!(sql(statement).run(&mut tx).await.is_err(), "{statement}");
        }
        assert_eq!(world.public_comments(&problem).await[0]["text"], comment["text"]);
    }

    async fn s81_a_supervisor_hides_what_is_private_where_every_dispatcher_is_criticised(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        world.moderate("dispatcher", &comment, "hide", privacy()).await.expect_error(403, "separation_of_duties");
        let hidden = world.moderate("supervisor", &comment, "hide", privacy()).await.expect(200);
        assert_eq!((&hidden["state"], &hidden["hidden_by"]["name"]), (&json!("hidden"), &json!("示例督查员")));
        assert_eq!(world.public_comments(&problem).await[0]["text"], Value::Null);
        let shown = world.moderate("supervisor", &hidden, "unhide", json!({ "note": "住址为企业公开的经营场所。" })).await.expect(200);
        // Never whom it criticises.
        world.take_part(&problem, "yiwu-supervision", "supporting").await;
        world.moderate("supervisor", &shown, "hide", privacy()).await.expect_error(403, "separation_of_duties");
    }

    async fn s81_a_hidden_comment_leaves_its_stub_and_its_reason_is_counted(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        let hide = async |comment: &Value, body: Value| world.moderate("province-dispatcher", comment, "hide", body).await;
        for (body, expected) in [
            (json!({ "note": "不好听" }), "/reason required"),
            (json!({ "reason": "personal_privacy" }), "/note required"),
            (json!({ "reason": "personal_privacy", "note": " " }), "/note format"),
            // A reason of another kind of decision, a heading, and none at all.
            (json!({ "reason": "legal", "note": "不好听" }), "/reason unknown_reference"),
            (json!({ "reason": "hide", "note": "不好听" }), "/reason unknown_reference"),
            (json!({ "reason": "impolite", "note": "不好听" }), "/reason unknown_reference"),
        ] {
            assert_eq!(hide(&comment, body).await.expect_error(422, "invalid"), [expected]);
        }
        let path = format!("/comments/{}/hide", id_of(&comment));
        world.post(&path).by("province-dispatcher").json(privacy()).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("province-dispatcher").at(&json!(7)).json(privacy()).send().await.expect_error(412, "precondition_failed");
        let hidden = hide(&comment, privacy()).await.expect(200);
        assert_eq!((&hidden["state"], &hidden["version"], &hidden["text"]), (&json!("hidden"), &json!(2), &comment["text"]));
        assert_eq!((&hidden["hidden_by"]["name"], &hidden["hidden_note"]), (&json!("示例省交办员"), &json!("写有邻居的家庭住址。")));
        // Everybody sees the stub, in its place.
        let stub = world.public_comments(&problem).await[0].clone();
        assert_eq!((&stub["id"], &stub["hidden"], &stub["text"], &stub["author_name"], &stub["reply"]), (&comment["id"], &json!(true), &Value::Null, &Value::Null, &Value::Null));
        assert_eq!(stub["hidden_reason"], json!({ "code": "personal_privacy", "label": "泄露个人隐私" }));
        assert_eq!(stub["hidden_at"], seed::NOW);
        let english = world.get(&format!("/public{}", path_of(&problem))).header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(english["items"][0]["hidden_reason"]["label"], "It discloses what is private");
        for who in ["handler", "officer", "reporter", "integrator"] {
            let read = world.get(&format!("/comments/{}", id_of(&comment))).by(who).send().await.expect(200);
            assert_eq!((&read["text"], &read["hidden_note"]), (&Value::Null, &Value::Null), "{who}");
        }
        // Nothing is said to what is hidden.
        world.moderate("handler", &hidden, "reply", json!({ "text": "感谢" })).await.expect_error(409, "transition_not_allowed");
        hide(&hidden, privacy()).await.expect_error(409, "transition_not_allowed");
        world.comment("reporter", &problem, with(words(), json!({ "parent_id": comment["id"] }))).await.expect_error(409, "transition_not_allowed");
        let support = json!({ "supporter": portal_user("u-2") });
        world.post(&format!("/comments/{}/support", id_of(&comment))).by("integrator").json(support).send().await.expect_error(409, "transition_not_allowed");
        // Counted, listed, logged.
        let second = world.commented(&problem).await;
        world.commented(&problem).await;
        hide(&second, json!({ "reason": "secrecy", "note": "泄露商业秘密" })).await.expect(200);
        let expected = |key: &str, label: &str, n| (key.to_owned(), label.to_owned(), n);
        let (groups, total) = counted(&world, "group_by=hidden_reason").await;
        assert_eq!((groups, total), (vec![expected("personal_privacy", "泄露个人隐私", 1), expected("secrecy", "泄露国家秘密、商业秘密", 1)], 2));
        assert_eq!(counted(&world, "group_by=state").await.0, [expected("hidden", "已隐藏", 2), expected("visible", "公开", 1)]);
        assert_eq!(counted(&world, "group_by=reply").await.0, [expected("none", "无须回复", 2), expected("waiting", "待回复", 1)]);
        assert_eq!(counted(&world, "group_by=kind&hidden_reason=secrecy").await.0, [expected("suggestion", "意见建议", 1)]);
        let filtered = world.get("/comments?hidden_reason=personal_privacy").by("supervisor").send().await.expect(200);
        assert_eq!(filtered["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(filtered["items"][0]["id"], comment["id"]);
        assert_eq!(world.get("/comments").by("deqing-dispatcher").send().await.expect(200)["items"], json!([]));
        let again = world.moderate("province-dispatcher", &hidden, "unhide", json!({ "note": "住址为企业公开的经营场所。" })).await.expect(200);
        assert_eq!((&again["state"], &again["version"], &again["hidden_reason"]), (&json!("visible"), &json!(3), &Value::Null));
        world.moderate("province-dispatcher", &again, "unhide", json!({ "note": "再" })).await.expect_error(409, "transition_not_allowed");
        assert_eq!(world.public_comments(&problem).await[0]["text"], comment["text"]);
        let log = world.get(&format!("/comment-moderations?comment_id={}&with_total=true", id_of(&comment))).by("supervisor").send().await.expect(200);
        let acts: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| (entry["act"].as_str().unwrap(), entry["reason"]["code"].as_str())).collect();
        assert_eq!((acts, &log["total"]), (vec![("unhide", None), ("hide", Some("personal_privacy"))], &json!(2)));
        assert_eq!(world.get("/comment-moderations").by("deqing-dispatcher").send().await.expect(200)["items"], json!([]));
        world.get("/comment-moderations").by("handler").send().await.expect_error(403, "forbidden");
        // The supervisors are told, and the chain is whole.
        let kinds = |page: Value| page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let told = kinds(world.get("/me/notices").by("supervisor").send().await.expect(200));
        assert_eq!(told.iter().filter(|kind| *kind == "problem.comment_hidden").count(), 2);
        assert!(world.event_types(id_of(&problem)).await.ends_with(&["problem.comment_unhidden".to_owned()]));
    }
}
