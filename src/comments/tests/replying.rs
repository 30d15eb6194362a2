//! A reply is due: who gives it, once, by when, and who is told.

use super::*;

async fn awaiting(world: &World, who: &str, query: &str) -> Vec<Value> {
    let page = world
        .get(&format!("/comments?{query}"))
        .by(who)
        .send()
        .await
        .expect(200);
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["id"].clone())
        .collect()
}

async fn kinds(world: &World, who: &str) -> Vec<String> {
    let page = world.get("/me/notices").by(who).send().await.expect(200);
    let items = page["items"].as_array().expect("items").iter();
    items
        .map(|item| item["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

on_both! {
    async fn s84_a_reply_is_due_and_given_once_by_who_answers_for_the_problem(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        assert_eq!(comment["reply_due_at"], "2019-01-17T09:00:00Z", "five working days, 17:00 in Asia/Shanghai");
        assert_eq!(kinds(&world, "handler").await[0], "problem.commented");
        assert_eq!(kinds(&world, "reporter").await, Vec::<String>::new());
        let anonymous = with(words(), json!({ "author_name": null, "anonymous": true }));
        let second = world.comment("reporter", &problem, anonymous).await.expect(201);
        assert_eq!(awaiting(&world, "handler", "awaiting_reply=true").await, [comment["id"].clone(), second["id"].clone()]);
        assert_eq!(awaiting(&world, "handler", "overdue=true").await, Vec::<Value>::new());
        world.app.clock.set("2019-01-17T09:00:01Z".parse().unwrap());
        assert_eq!(awaiting(&world, "supervisor", "overdue=true").await.len(), 2);
        let text = json!({ "text": "感谢建议，分配办法将于4月30日前公布。" });
        let reply = async |who: &str, body: Value| world.moderate(who, &comment, "reply", body).await;
        for who in ["reporter", "integrator", "supervisor", "leader"] {
            reply(who, text.clone()).await.expect_error(403, "forbidden");
        }
        // An officer who recorded it answers for nothing; another organisation does not see it.
        reply("officer", text.clone()).await.expect_error(403, "forbidden");
        reply("finance-handler", text.clone()).await.expect_error(404, "not_found");
        let faults = reply("handler", json!({ "text": "请打13812345678" })).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/text phone_number_not_accepted"]);
        let path = format!("/comments/{}/reply", id_of(&comment));
        world.post(&path).by("handler").json(text.clone()).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("handler").at(&json!(9)).json(text.clone()).send().await.expect_error(412, "precondition_failed");
        let replied = reply("handler", text.clone()).await.expect(200);
        assert_eq!((&replied["reply"]["text"], &replied["version"], &replied["replied_by"]["name"]), (&text["text"], &json!(2), &json!("示例承办人")));
        world.moderate("dispatcher", &replied, "reply", text.clone()).await.expect_error(409, "duplicate");
        let public = world.public_comments(&problem).await[0].clone();
        assert_eq!(public["reply"], json!({ "text": text["text"], "at": "2019-01-17T09:00:01Z", "org": { "id": seed::org("yiwu-hr"), "name": "义乌市人力资源和社会保障局" } }));
        assert_eq!(awaiting(&world, "handler", "awaiting_reply=true").await, [second["id"].clone()]);
        world.moderate("dispatcher", &second, "reply", text).await.expect(200);
        // The author is told; of one who wished not to be known no list says so.
        assert_eq!(kinds(&world, "reporter").await, ["problem.comment_replied", "problem.comment_replied"]);
        let rows: Vec<(Option<Uuid>,)> = sql("SELECT reporter_id FROM notice WHERE kind = 'problem.comment_replied' AND person_id = $1")
            .bind(seed::member("reporter").person).all(&world.app.db).await.unwrap();
        assert_eq!(rows.iter().filter(|(reporter,)| reporter.is_some()).count(), 1);
        // It was no word to the problem's reporter, so nobody has responded to him.
        let read = world.get(&format!("/problems/{}", id_of(&problem))).by("handler").send().await.expect(200);
        assert_eq!((&read["clock"]["first_response_at"], &read["version"]), (&Value::Null, &problem["version"]));
    }

    async fn s84_a_reply_that_is_due_is_a_to_do_of_whoever_answers_for_the_problem(world: World) {
        let problem = world.published_problem().await;
        let to_dos = async |who: &str, state: &str| {
            let path = format!("/tasks?kind=reply_comment&mine=true&state={state}");
            let page = world.get(&path).by(who).send().await.expect(200);
            page["items"].as_array().expect("items").clone()
        };
        let work = async |who: &str| {
            let page = world.get("/me/work").by(who).send().await.expect(200);
            let items = page["items"].as_array().expect("items").iter();
            items.filter(|item| item["why"] == "to_reply_comment").count()
        };
        let comment = world.commented(&problem).await;
        let open = to_dos("handler", "open").await;
        assert_eq!((open.len(), &open[0]["due_at"], &open[0]["label"]), (1, &comment["reply_due_at"], &json!("回复评论")));
        let badges = world.get("/me/work/summary").by("handler").send().await.expect(200);
        assert_eq!(badges["to_dos"]["count"], 1);
        assert_eq!(to_dos("dispatcher", "open").await.len(), 0);
        let by_hand = world.post(&format!("/tasks/{}/done", open[0]["id"].as_str().unwrap())).by("handler").json(json!({ "note": "已阅" })).send().await;
        assert_eq!(by_hand.expect(409)["done_by"], "reply_comment");
        // What is hidden waits for nobody; shown again, it waits as before.
        let hidden = world.moderate("province-dispatcher", &comment, "hide", json!({ "reason": "personal_privacy", "note": "含他人住址。" })).await.expect(200);
        assert_eq!((to_dos("handler", "open").await.len(), to_dos("handler", "lapsed").await.len()), (0, 1));
        let shown = world.moderate("province-dispatcher", &hidden, "unhide", json!({ "note": "已隐去。" })).await.expect(200);
        assert_eq!(to_dos("handler", "open").await.len(), 1);
        // Whoever leads next has it.
        let now = world.get(&format!("/problems/{}", id_of(&problem))).by("dispatcher").send().await.expect(200);
        let transfer = json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-14", "reason": "事权不同" });
        world.post(&format!("/problems/{}/transfer", id_of(&problem))).by("dispatcher").at(&now["version"]).json(transfer).send().await.expect(200);
        assert_eq!((to_dos("handler", "open").await.len(), to_dos("finance-handler", "open").await.len()), (0, 1));
        // A problem is listed for its first reason: once nothing else of it waits for them, for the comment.
        assert_eq!(work("finance-handler").await, 0);
        world.put_into(&problem, "closed").await;
        assert_eq!(work("finance-handler").await, 1);
        let badges = world.get("/me/work/summary").by("finance-handler").send().await.expect(200);
        let badge = badges["work"].as_array().expect("work").iter().find(|one| one["why"] == "to_reply_comment").expect("a badge");
        assert_eq!(badge["problems"]["count"], 1);
        world.moderate("finance-handler", &shown, "reply", json!({ "text": "已采纳。" })).await.expect(200);
        assert_eq!((to_dos("finance-handler", "open").await.len(), to_dos("finance-handler", "done").await.len(), work("finance-handler").await), (0, 1, 0));
        // What readers say to each other is nobody's to-do.
        world.comment("reporter", &problem, with(words(), json!({ "parent_id": comment["id"] }))).await.expect(201);
        assert_eq!(to_dos("finance-handler", "open").await.len(), 0);
    }

    async fn a_reply_to_the_problems_reporter_is_the_first_response_to_him(world: World) {
        let problem = world.published_problem().await;
        let recorded = world.open_problem().await;
        world.made_public(&recorded).await;
        let token = world.receipt_token(&recorded).await;
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        world.post(&format!("/problems/{}/assign", id_of(&recorded))).by("dispatcher").at(&recorded["version"]).json(assign).send().await.expect(200);
        let own = world.post(&path_of(&recorded)).bearer(&token).json(words()).send().await.expect(201);
        let strange = world.post(&path_of(&problem)).bearer(&token).json(words()).send().await.expect(201);
        world.app.clock.set("2019-01-10T03:00:00Z".parse().unwrap());
        let text = json!({ "text": "已收悉。" });
        for (comment, problem, at) in [(&strange, &problem, Value::Null), (&own, &recorded, json!("2019-01-10T03:00:00Z"))] {
            world.moderate("head", comment, "reply", text.clone()).await.expect(200);
            let read = world.get(&format!("/problems/{}", id_of(problem))).by("handler").send().await.expect(200);
            assert_eq!(read["clock"]["first_response_at"], at);
        }
    }
}
