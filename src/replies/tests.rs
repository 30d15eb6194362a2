use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn path_of(problem: &Value) -> String {
    format!("/problems/{}/replies", id_of(problem))
}

async fn reply(world: &World, who: &str, problem: &Value) -> Answer {
    let body = json!({ "text": "已与学校联系，两个孩子可在4月转入。" });
    world.post(&path_of(problem)).by(who).json(body).send().await
}

async fn kinds(world: &World, who: &str) -> Vec<String> {
    let page = world.get("/me/notices").by(who).send().await.expect(200);
    let items = page["items"].as_array().expect("items").iter();
    items
        .map(|item| item["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

on_both! {
    async fn a_public_reply_is_the_first_response_and_reaches_the_reporter_without_names(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        // While nobody leads, the dispatcher answers for it.
        for who in ["reporter", "supervisor", "leader", "integrator"] {
            reply(&world, who, &problem).await.expect_error(403, "forbidden");
        }
        reply(&world, "handler", &problem).await.expect_error(404, "not_found");
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
        let problem = world.dispose("dispatcher", &problem, assign).await.expect(200);
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        reply(&world, "finance-handler", &problem).await.expect_error(403, "forbidden");
        let faults = world.post(&path_of(&problem)).by("handler").json(json!({ "text": "请打13812345678" })).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/text phone_number_not_accepted"]);
        world.app.clock.set("2019-01-10T03:00:00Z".parse().unwrap());
        let said = reply(&world, "handler", &problem).await.expect(201);
        assert_eq!((&said["person"]["name"], &said["cycle_no"]), (&json!("示例承办人"), &json!(1)));
        world.app.clock.set("2019-01-10T04:00:00Z".parse().unwrap());
        for who in ["head", "dispatcher"] {
            reply(&world, who, &problem).await.expect(201);
        }
        let read = world.get(&format!("/problems/{}", id_of(&problem))).by("handler").send().await.expect(200);
        assert_eq!((&read["clock"]["first_response_at"], &read["version"]), (&json!("2019-01-10T03:00:00Z"), &problem["version"]));
        // The reporter reads who replied as an organisation, and is told.
        let listed = world.get(&format!("{}?with_total=true", path_of(&problem))).by("reporter").send().await.expect(200);
        assert_eq!((&listed["total"], &listed["items"][0]["person"]), (&json!(3), &Value::Null));
        assert_eq!(listed["items"][0]["org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(kinds(&world, "reporter").await, ["problem.replied"; 3]);
        // Everybody, once it is published.
        let public = format!("/public{}", path_of(&problem));
        world.get(&public).send().await.expect_error(404, "not_found");
        world.get(&path_of(&problem)).by("deqing-officer").send().await.expect_error(404, "not_found");
        world.made_public(&problem).await;
        let page = world.get(&format!("{public}?limit=2")).send().await;
        assert_eq!(page.headers["cache-control"], "public, max-age=60");
        let page = page.expect(200);
        assert_eq!((page["items"].as_array().map(Vec::len), &page["items"][1]["person"]), (Some(2), &Value::Null));
        let rest = world.get(&format!("{public}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).send().await.expect(200);
        assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(world.get(&path_of(&problem)).by("deqing-officer").send().await.expect(200)["items"][0]["person"], Value::Null);
        // Who replied has handled it: he neither looks back nor calls back.
        let acts: Vec<(crate::problems::domain::ProblemAct,)> = crate::db::sql("SELECT act FROM problem_actor WHERE problem_id = $1 AND person_id = $2")
            .bind(id_of(&problem))
            .bind(seed::member("dispatcher").person)
            .all(&world.app.db)
            .await
            .unwrap();
        assert!(acts.iter().any(|(act,)| crate::problems::separation::HANDLED.contains(act)), "{acts:?}");
        // What is said to be done, or has ended, has its result.
        world.put_into(&problem, "pending_confirmation").await;
        reply(&world, "handler", &problem).await.expect_error(409, "transition_not_allowed");
        world.put_into(&problem, "closed").await;
        reply(&world, "handler", &problem).await.expect_error(409, "ended");
        world.put_into(&problem, "merged").await;
        reply(&world, "handler", &problem).await.expect_error(409, "merged");
        assert_eq!(world.event_types(id_of(&problem)).await.iter().filter(|kind| *kind == "problem.replied").count(), 3);
    }

    async fn s80_a_public_reply_names_nobody(world: World) {
        let problem = world.assigned(problem_body()).await;
        let path = path_of(&problem);
        let say = async |text: &str| world.post(&path).by("handler").json(json!({ "text": text })).send().await;
        // To its reporter alone everything may be said.
        say("示例纺织的两个孩子可在4月转入。").await.expect(201);
        world.made_public(&problem).await;
        let text = async |who: &str| world.get(&path).by(who).send().await.expect(200)["items"][0]["text"].clone();
        assert_eq!(text("handler").await, "示例纺织的两个孩子可在4月转入。");
        assert_eq!(text("deqing-officer").await, Value::Null, "he reads what everybody reads");
        assert_eq!(world.get(&format!("/public{path}")).send().await.expect(200)["items"][0]["text"], Value::Null);
        // Once everybody reads it, nobody is named.
        let mut faults = say("请浙江 示例纺织有限公司联系示例承办人。").await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/text firm_named", "/text personal_name"]);
        say("两个孩子可在4月转入。").await.expect(201);
        assert_eq!(world.get(&format!("/public{path}")).send().await.expect(200)["items"][1]["text"], "两个孩子可在4月转入。");
    }
}
