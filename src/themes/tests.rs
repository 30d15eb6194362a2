//! Themes, through the router.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{id_of, problem_of};
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn theme_body(problems: &[&Value]) -> Value {
    let ids: Vec<&Value> = problems.iter().map(|problem| &problem["id"]).collect();
    json!({
        "title": "引进人才子女入学难", "description": "名额按户籍分配。", "org_id": seed::org("yiwu-hr"), "audience": "enterprise",
        "category": "E01", "problem_ids": ids,
    })
}

fn path_of(theme: &Value) -> String {
    format!("/themes/{}", id_of(theme))
}

/// Where the members of a theme stood when it was closed, as far as somebody may know.
async fn theme_closing(world: &World, who: &str, theme: &Value) -> Value {
    let read = world.get(&path_of(theme)).by(who).send().await.expect(200);
    read["at_closing"].clone()
}

impl World {
    async fn theme(&self, problems: &[&Value]) -> Value {
        let call = self.post("/themes").by("dispatcher").json(theme_body(problems));
        call.send().await.expect(201)
    }

    async fn theme_now(&self, theme: &Value) -> Value {
        self.get(&path_of(theme)).by("dispatcher").send().await.expect(200)
    }

    async fn add(&self, who: &str, theme: &Value, ids: &[&Value]) -> Answer {
        let path = format!("{}/problems", path_of(theme));
        self.post(&path)
            .by(who)
            .json(json!({ "problem_ids": ids }))
            .send()
            .await
    }

    async fn move_theme(&self, who: &str, theme: &Value, action: &str, body: Value) -> Answer {
        let now = self.theme_now(theme).await;
        let path = format!("{}/{action}", path_of(theme));
        self.post(&path).by(who).at(&now["version"]).json(body).send().await
    }

    /// The theme that a problem's row names.
    async fn theme_on_row(&self, problem: &Value) -> Option<Uuid> {
        let (theme,): (Option<Uuid>,) = sql("SELECT theme_id FROM problem WHERE id = $1")
            .bind(id_of(problem))
            .one(&self.app.db)
            .await
            .expect("a problem");
        theme
    }
}

on_both! {
    async fn s22_s47_a_theme_gathers_problems_and_ends_in_an_output(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let answer = world.post("/themes").by("dispatcher").json(theme_body(&[&one])).send().await;
        assert!(answer.headers["location"].starts_with("/api/v1/themes/") && answer.headers["etag"].starts_with("\"1-"));
        let theme = answer.expect(201);
        assert_eq!((&theme["state"], &theme["counts"]), (&json!("open"), &json!({ "problems": 1, "outputs": 0 })));
        assert_eq!((&theme["org"]["name"], &theme["division"]["code"]), (&json!("义乌市人力资源和社会保障局"), &json!("330782")));
        assert_eq!(world.theme_on_row(&one).await, Some(id_of(&theme)));
        let mut read = world.theme_now(&theme).await;
        assert_eq!(read.as_object_mut().unwrap().remove("at_closing"), Some(json!([])));
        assert_eq!(read, theme);
        // The problem names its theme to who may see it.
        let of = async |who: &str| world.get(&format!("/problems/{}", id_of(&one))).by(who).send().await.expect(200)["theme"].clone();
        assert_eq!(of("dispatcher").await, json!({ "id": theme["id"], "title": theme["title"] }));
        let listed = world.get("/problems").by("dispatcher").send().await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|item| item["theme"]["id"] == theme["id"]));
        let actions: Vec<&str> = theme["allowed_actions"].as_array().unwrap().iter().map(|action| action["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["update", "add_problems", "remove_problems", "close", "end"]);
        // One problem is no common one; two without a change are not closed either.
        let close = json!({ "note": "新办法三月起施行。" });
        let refused = world.move_theme("dispatcher", &theme, "close", close.clone()).await;
        assert_eq!(refused.json()["problems"], 1);
        refused.expect_error(409, "members_missing");
        let added = world.add("dispatcher", &theme, &[&two["id"]]).await.expect(200);
        assert_eq!((&added["counts"]["problems"], &added["version"], &added["member_states"]), (&json!(2), &json!(2), &json!([{ "state": "open", "problems": 2 }])));
        world.move_theme("dispatcher", &theme, "close", close.clone()).await.expect_error(409, "output_missing");
        let output = json!({ "kind": "policy", "title": "入学办法", "document_no": "示例〔2019〕3号", "effective_on": "2019-03-01", "summary": "统一受理。", "theme_id": theme["id"] });
        let output = world.post("/outputs").by("handler").json(output).send().await.expect(201);
        assert_eq!((&output["theme"]["id"], &output["audience"], &output["category"]["code"]), (&theme["id"], &json!("enterprise"), &json!("E01")));
        // Handlers gather, heads and dispatchers close, at the version that they read.
        world.move_theme("handler", &theme, "close", close.clone()).await.expect_error(403, "forbidden");
        let path = format!("{}/close", path_of(&theme));
        world.post(&path).by("head").json(close.clone()).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("head").at(&json!(1)).json(close.clone()).send().await.expect_error(412, "precondition_failed");
        // What is withdrawn counts no longer.
        let three = world.open_problem().await;
        world.add("dispatcher", &theme, &[&three["id"]]).await.expect(200);
        world.put_into(&three, "withdrawn").await;
        let closed = world.move_theme("dispatcher", &theme, "close", close.clone()).await.expect(200);
        assert_eq!((&closed["state"], &closed["closing_note"], &closed["counts"]), (&json!("closed"), &close["note"], &json!({ "problems": 2, "outputs": 1 })));
        let states: Vec<&Value> = closed["members"].as_array().unwrap().iter().map(|member| &member["state"]).collect();
        assert_eq!(states, ["open", "open", "withdrawn"]);
        // Closed: nothing comes in, and its last output stays; until it is reopened.
        let refused = world.add("dispatcher", &theme, &[&one["id"]]).await;
        assert_eq!(refused.json()["allowed"], json!(["reopen"]));
        refused.expect_error(409, "transition_not_allowed");
        let end = |body: Value| world.post(&format!("/outputs/{}/end", id_of(&output))).by("handler").at(&output["version"]).json(body);
        end(json!({ "reason": "取代" })).send().await.expect_error(409, "output_missing");
        let opened = world.move_theme("dispatcher", &theme, "reopen", json!({ "reason": "未覆盖民办学校。" })).await.expect(200);
        assert_eq!((&opened["state"], &opened["closed_at"], &opened["closing_note"]), (&json!("open"), &Value::Null, &Value::Null));
        end(json!({ "reason": "取代" })).send().await.expect(200);
        world.move_theme("dispatcher", &theme, "close", close).await.expect_error(409, "output_missing");
        let expected = ["theme.opened", "theme.problems_added", "theme.problems_added", "theme.closed", "theme.reopened"];
        assert_eq!(world.event_types(id_of(&theme)).await, expected);
        let timeline = world.get(&format!("{}/events?with_total=true", path_of(&theme))).by("supervisor").send().await.expect(200);
        assert_eq!((&timeline["total"], &timeline["items"][3]["payload"]["member_states"]), (&json!(5), &json!({ "open": 2, "withdrawn": 1 })));
        assert_eq!(world.event_types(id_of(&one)).await, ["problem.recorded", "problem.theme_joined"]);
    }

    async fn problems_come_in_and_leave_all_or_none(world: World) {
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let theme = world.theme(&[&one]).await;
        let foreign = { let mut body = problem_body(); body["division"] = json!("330521"); body };
        let foreign = world.post("/problems").by("deqing-officer").json(foreign).send().await.expect(201);
        let nobody = json!(seed::org("yiwu-hr"));
        // Outside the scope is what does not exist; the one that is there does not come in either.
        let outside = world.add("dispatcher", &theme, &[&two["id"], &foreign["id"]]).await;
        assert_eq!(outside.expect_error(404, "not_found"), ["/problem_ids/1 unknown_reference"]);
        assert_eq!(world.add("dispatcher", &theme, &[&two["id"], &nobody]).await.expect_error(404, "not_found"), ["/problem_ids/1 unknown_reference"]);
        assert_eq!((world.theme_on_row(&two).await, world.theme_on_row(&foreign).await), (None, None));
        // Who sees both is told that it lies elsewhere.
        assert_eq!(world.add("province-dispatcher", &theme, &[&foreign["id"]]).await.expect_error(422, "invalid"), ["/problem_ids/0 conflict"]);
        let masses = world.post("/problems").by("officer").json(problem_of("masses", "M02")).send().await.expect(201);
        let gone = world.open_problem().await;
        world.put_into(&gone, "merged").await;
        let mut faults = world.add("dispatcher", &theme, &[&masses["id"], &two["id"], &gone["id"], &two["id"]]).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/problem_ids repeated", "/problem_ids/0 other_audience", "/problem_ids/2 ended_reference"]);
        let refused = world.add("dispatcher", &theme, &[&one["id"], &two["id"]]).await;
        assert_eq!((&refused.json()["problem"], &refused.json()["theme"]), (&one["id"], &theme["id"]));
        refused.expect_error(409, "duplicate");
        assert_eq!(world.theme_on_row(&two).await, None);
        // They leave with a reason; what is not in it cannot.
        let leave = |ids: Vec<&Value>| json!({ "problem_ids": ids, "reason": "成因不同。" });
        let refused = world.move_theme("dispatcher", &theme, "problems/remove", leave(vec![&one["id"], &two["id"]])).await;
        assert_eq!(refused.expect_error(404, "not_found"), ["/problem_ids/1 unknown_reference"]);
        world.move_theme("dispatcher", &theme, "end", json!({ "reason": "并无共同成因。" })).await.expect_error(409, "has_open_work");
        let left = world.move_theme("dispatcher", &theme, "problems/remove", leave(vec![&one["id"]])).await.expect(200);
        assert_eq!((&left["counts"]["problems"], world.theme_on_row(&one).await), (&json!(0), None));
        assert_eq!(world.event_types(id_of(&one)).await, ["problem.recorded", "problem.theme_joined", "problem.theme_left"]);
        // It may come again, also to another theme.
        world.add("dispatcher", &theme, &[&one["id"]]).await.expect(200);
        world.move_theme("dispatcher", &theme, "problems/remove", leave(vec![&one["id"]])).await.expect(200);
        let ended = world.move_theme("dispatcher", &theme, "end", json!({ "reason": "并无共同成因。" })).await.expect(200);
        assert_eq!((&ended["state"], &ended["allowed_actions"]), (&json!("ended"), &json!([])));
        world.add("dispatcher", &theme, &[&one["id"]]).await.expect_error(409, "transition_not_allowed");
        let next = world.theme(&[&one]).await;
        assert_eq!(world.theme_on_row(&one).await, Some(id_of(&next)));
    }

    async fn s47_what_was_let_through_by_its_theme_stays_in_it_until_it_has_an_output_of_its_own(world: World) {
        let (one, two) = (world.assigned(problem_body()).await, world.assigned(problem_body()).await);
        let theme = world.theme(&[&one, &two]).await;
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE problem SET matter = 'institutional'").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let leave = json!({ "problem_ids": [two["id"], one["id"]], "reason": "成因不同。" });
        for state in ["pending_confirmation", "closed"] {
            world.put_into(&one, state).await;
            let refused = world.move_theme("dispatcher", &theme, "problems/remove", leave.clone()).await;
            assert_eq!(refused.expect_error(409, "output_missing"), ["/problem_ids/1 conflict"]);
        }
        assert_eq!(world.theme_on_row(&two).await, Some(id_of(&theme)), "all or none");
        let output = json!({ "kind": "case", "title": "入学一次办结", "summary": "联审联办。", "problem_ids": [one["id"]] });
        world.post("/outputs").by("handler").json(output).send().await.expect(201);
        world.move_theme("dispatcher", &theme, "problems/remove", leave).await.expect(200);
    }

    async fn s47_a_closed_theme_says_where_each_member_stood(world: World) {
        let (one, two) = (world.open_problem().await, world.assigned(problem_body()).await);
        let theme = world.theme(&[&one, &two]).await;
        assert_eq!(theme_closing(&world, "dispatcher", &theme).await, json!([]));
        let output = json!({ "kind": "case", "title": "入学办法", "summary": "统一受理。", "theme_id": theme["id"] });
        world.post("/outputs").by("handler").json(output).send().await.expect(201);
        world.move_theme("dispatcher", &theme, "close", json!({ "note": "新办法三月起施行。" })).await.expect(200);
        // They go on; what is kept is where they stood.
        for problem in [&one, &two] {
            world.put_into(problem, "closed").await;
        }
        let stood = |problem: &Value, state: &str| json!({ "problem": { "id": problem["id"], "tracking_no": problem["tracking_no"] }, "state": state });
        let both = json!([stood(&one, "open"), stood(&two, "assigned")]);
        assert_eq!(theme_closing(&world, "dispatcher", &theme).await, both);
        // One by one only to who sees them, by whichever way.
        assert_eq!(theme_closing(&world, "handler", &theme).await, json!([stood(&two, "assigned")]));
        let events = async |who: &str| world.get(&format!("{}/events", path_of(&theme))).by(who).send().await.expect(200);
        let closing = &events("handler").await["items"][1];
        assert_eq!((&closing["type"], &closing["payload"]["members"]), (&json!("theme.closed"), &json!([{ "problem": two["id"], "state": "assigned" }])));
        let kept: (Value,) = sql("SELECT payload FROM event WHERE type = 'theme.closed'").one(&world.app.db).await.unwrap();
        assert_eq!(kept.0["members"], json!([{ "problem": one["id"], "state": "open" }, { "problem": two["id"], "state": "assigned" }]));
        world.move_theme("dispatcher", &theme, "reopen", json!({ "reason": "未覆盖民办学校。" })).await.expect(200);
        assert_eq!(theme_closing(&world, "dispatcher", &theme).await, json!([]));
    }

    async fn the_timeline_of_a_theme_names_only_problems_that_its_reader_sees(world: World) {
        let (one, two) = (world.open_problem().await, world.assigned(problem_body()).await);
        let theme = world.theme(&[&one, &two]).await;
        let (three, four) = (world.open_problem().await, world.assigned(problem_body()).await);
        world.add("dispatcher", &theme, &[&three["id"], &four["id"]]).await.expect(200);
        let leave = json!({ "problem_ids": [three["id"], two["id"]], "reason": "成因不同。" });
        world.move_theme("dispatcher", &theme, "problems/remove", leave).await.expect(200);
        let named = async |who: &str| -> Vec<Vec<String>> {
            let events = world.get(&format!("{}/events", path_of(&theme))).by(who).send().await.expect(200);
            let ids = |event: &Value| {
                let ids = event["payload"]["problems"].as_array().expect("ids").iter();
                let mut ids: Vec<String> = ids.map(|id| id.as_str().expect("an id").to_owned()).collect();
                ids.sort();
                ids
            };
            events["items"].as_array().expect("items").iter().map(ids).collect()
        };
        let ids = |problems: &[&Value]| {
            let mut ids: Vec<String> = problems.iter().map(|problem| id_of(problem).to_string()).collect();
            ids.sort();
            ids
        };
        // As in the list of its problems: who sees both is told of both, who sees one of one.
        assert_eq!(named("dispatcher").await, [ids(&[&one, &two]), ids(&[&three, &four]), ids(&[&two, &three])]);
        assert_eq!(named("handler").await, [ids(&[&two]), ids(&[&four]), ids(&[&two])]);
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn a_problem_stands_in_one_theme_at_a_time_also_at_once(world: World) {
        let problem = world.open_problem().await;
        let (a, b) = (world.theme(&[]).await, world.theme(&[]).await);
        let ids = [&problem["id"]];
        let answers = futures_util::future::join_all([world.add("dispatcher", &a, &ids), world.add("dispatcher", &b, &ids)]).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let winner = if answers[0].status == 200 { &a } else { &b };
        let loser = if answers[0].status == 200 { &b } else { &a };
        assert_eq!(world.theme_on_row(&problem).await, Some(id_of(winner)));
        assert_eq!(world.theme_now(loser).await["counts"]["problems"], 0);
        // The database itself refuses the second.
        let mut tx = world.app.db.begin().await.unwrap();
        let act = crate::events::Act::of_the_service(world.app.clock.now());
        let refused = super::store::join(&mut tx, &act, id_of(loser), id_of(&problem)).await;
        assert!(refused.as_ref().is_err_and(|fault| fault.is_unique("theme_problem")), "{refused:?}");
    }

    async fn who_sees_a_theme_and_who_keeps_it(world: World) {
        let (one, two) = (world.open_problem().await, world.assigned(problem_body()).await);
        let theme = world.theme(&[&one, &two]).await;
        let other = world.theme(&[]).await;
        let see = |who: &'static str| { let call = world.get(&path_of(&theme)).by(who); async move { call.send().await } };
        for who in ["deqing-dispatcher", "finance-handler", "study-handler"] {
            see(who).await.expect_error(404, "not_found");
        }
        for who in ["reporter", "admin", "auditor"] {
            see(who).await.expect_error(403, "forbidden");
        }
        for who in ["province-dispatcher", "supervisor", "head", "officer", "leader", "assessor", "integrator"] {
            see(who).await.expect(200);
        }
        // All are counted, one by one only those in scope are shown.
        let seen = see("handler").await.expect(200);
        assert_eq!(seen["counts"]["problems"], 2);
        let members = world.get(&format!("{}/problems?with_total=true", path_of(&theme))).by("handler").send().await.expect(200);
        assert_eq!((&members["total"], &members["items"][0]["id"]), (&json!(1), &two["id"]));
        let first = world.get(&format!("{}/problems?limit=1", path_of(&theme))).by("dispatcher").send().await.expect(200);
        let rest = format!("{}/problems?limit=1&cursor={}", path_of(&theme), first["next_cursor"].as_str().unwrap());
        let rest = world.get(&rest).by("dispatcher").send().await.expect(200);
        let mut ids = vec![first["items"][0]["id"].clone(), rest["items"][0]["id"].clone()];
        ids.sort_by_key(ToString::to_string);
        let mut both = vec![one["id"].clone(), two["id"].clone()];
        both.sort_by_key(ToString::to_string);
        assert_eq!((ids, &rest["next_cursor"]), (both, &Value::Null));
        // Whose organisation sees it by being above keeps nothing; a handler elsewhere does not find it.
        assert_eq!(see("officer").await.expect(200)["allowed_actions"], json!([]));
        world.add("officer", &theme, &[&one["id"]]).await.expect_error(403, "forbidden");
        world.add("finance-handler", &theme, &[&one["id"]]).await.expect_error(404, "not_found");
        let patch = |who: &str, body: Value| world.patch(&path_of(&theme)).by(who).at(&theme["version"]).json(body);
        assert_eq!(patch("handler", json!({ "category": "M02" })).send().await.expect_error(422, "invalid"), ["/category other_audience"]);
        let same = patch("handler", json!({ "title": theme["title"] })).send().await.expect(200);
        assert_eq!(same["version"], theme["version"]);
        let changed = patch("handler", json!({ "title": "高层次人才子女入学难", "description": null, "category": null })).send().await.expect(200);
        assert_eq!((&changed["title"], &changed["description"], &changed["category"]), (&json!("高层次人才子女入学难"), &Value::Null, &Value::Null));
        // Lists: one scope, the latest first, page by page.
        let list = |who: &'static str, query: &str| { let call = world.get(&format!("/themes?{query}")).by(who); async move { call.send().await.expect(200) } };
        let all = list("dispatcher", "with_total=true").await;
        assert_eq!((&all["total"], &all["items"][0]["id"], &all["items"][1]["id"]), (&json!(2), &other["id"], &theme["id"]));
        let page = list("dispatcher", "limit=1").await;
        let page = list("dispatcher", &format!("limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!((&page["items"][0]["id"], &page["next_cursor"]), (&theme["id"], &Value::Null));
        let of = list("dispatcher", &format!("problem_id={}&audience=enterprise&state=open&org_id={}", id_of(&one), seed::org("yiwu-hr"))).await;
        assert_eq!((of["items"].as_array().unwrap().len(), &of["items"][0]["id"]), (1, &theme["id"]));
        assert_eq!(list("dispatcher", "category=E01").await["items"].as_array().unwrap().len(), 1);
        assert_eq!(list("deqing-dispatcher", "").await["items"], json!([]));
        world.move_theme("dispatcher", &other, "end", json!({ "reason": "误建" })).await.expect(200);
        assert_eq!(list("dispatcher", "with_total=true").await["total"], 1);
        assert_eq!(list("dispatcher", "state=ended").await["items"][0]["id"], other["id"]);
        assert_eq!(list("dispatcher", "include_ended=true&with_total=true").await["total"], 2);
    }

    async fn whoever_opens_a_theme_names_what_is_his(world: World) {
        let send = |who: &'static str, body: Value| { let call = world.post("/themes").by(who).json(body); async move { call.send().await } };
        let bare = json!({ "title": "共性问题" });
        assert_eq!(send("dispatcher", bare.clone()).await.expect_error(422, "invalid"), ["/org_id required"]);
        let own = send("handler", bare.clone()).await.expect(201);
        assert_eq!((&own["org"]["id"], &own["division"]["code"]), (&json!(seed::org("yiwu-hr")), &json!("330782")));
        let mut faults = send("handler", json!({
            "title": "共性问题", "division": "330521", "org_id": seed::org("yiwu-finance"), "category": "M02", "audience": "enterprise",
            "problem_ids": [seed::org("yiwu-hr")],
        })).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/category other_audience", "/division unknown_reference", "/org_id unknown_reference", "/problem_ids/0 unknown_reference"]);
        assert_eq!(send("dispatcher", json!({ "title": "", "state": "closed" })).await.expect_error(422, "invalid").len(), 2);
        for who in ["officer", "leader", "supervisor", "assessor", "reporter"] {
            send(who, bare.clone()).await.expect_error(403, "forbidden");
        }
        assert_eq!(world.event_types(id_of(&own)).await, ["theme.opened"]);
    }
    async fn s80_a_theme_names_nobody_behind_its_problems(world: World) {
        let mut body = problem_of("masses", "M02");
        body["reporter"] = json!({ "kind": "person", "display_name": "王晓芳", "phone": "13900000001", "anonymity": "masked" });
        let problem = world.assigned(body).await;
        let theme = |title: &str, members: bool| {
            let ids = if members { vec![problem["id"].clone()] } else { Vec::new() };
            json!({ "title": title, "description": "慢病报销慢。", "org_id": seed::org("yiwu-hr"), "problem_ids": ids })
        };
        let send = async |who: &str, body: Value| world.post("/themes").by(who).json(body).send().await;
        assert_eq!(send("dispatcher", theme("王晓芳的报销", true)).await.expect_error(422, "invalid"), ["/title personal_name"]);
        assert_eq!(send("handler", theme("王晓芳的报销", true)).await.expect_error(422, "invalid"), ["/title names_somebody"]);
        // Its words come first, the problem later.
        let early = send("handler", theme("王晓芳的报销", false)).await.expect(201);
        let joining = world.add("handler", &early, &[&problem["id"]]).await;
        assert_eq!(joining.expect_error(422, "invalid"), ["/problem_ids names_somebody"]);
        let plain = send("handler", theme("慢病报销", true)).await.expect(201);
        let change = json!({ "description": "王晓芳们的报销" });
        let changed = world.patch(&path_of(&plain)).by("dispatcher").at(&plain["version"]).json(change).send().await;
        assert_eq!(changed.expect_error(422, "invalid"), ["/description personal_name"]);
        let change = json!({ "description": "慢病报销要跑三次。" });
        world.patch(&path_of(&plain)).by("dispatcher").at(&plain["version"]).json(change).send().await.expect(200);
    }
}
