//! With a receipt, and without an account, a reporter says all that is his to say.

use super::*;
use crate::on_both;

async fn act(world: &World, token: &str, problem: &Value, action: &str, body: Value) -> Answer {
    let call = world.post(&format!("{}/{action}", path_of(problem))).bearer(token);
    call.at(&problem["version"]).json(body).send().await
}

/// A simple problem that was answered, so that its reporter has the word; as the officer recorded it, and as it now is.
async fn answered(world: &World) -> (Value, Value) {
    let mut body = problem_body();
    body["matter"] = json!("simple");
    let recorded = world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
    let assigned = by(world, "dispatcher", &recorded, "assign", assign).await;
    let answer = json!({ "text": "可凭学位证书到市民中心办理。" });
    let now = by(world, "handler", &assigned, "answer", answer).await;
    (recorded, now)
}

async fn by(world: &World, who: &str, problem: &Value, action: &str, body: Value) -> Value {
    let call = world.post(&format!("{}/{action}", path_of(problem))).by(who);
    call.at(&problem["version"]).json(body).send().await.expect(200)
}

on_both! {
    async fn the_bearer_of_a_receipt_confirms_by_link_and_reopens(world: World) {
        let (recorded, now) = answered(&world).await;
        let token = world.receipt_token(&recorded).await;
        let rating = json!({ "rating": { "result": 5, "speed": 4, "attitude": 5 } });
        let closed = act(&world, &token, &now, "confirm", rating).await.expect(200);
        assert_eq!((&closed["state"], &closed["closure"]["confirmed_via"]), (&json!("closed"), &json!("link")));
        assert_eq!(closed["closure"]["unconfirmed"], json!(false));
        act(&world, &token, &closed, "confirm", json!({})).await.expect_error(409, "transition_not_allowed");
        let again = act(&world, &token, &closed, "reopen", json!({ "reason": "学校又要求补交证明。" })).await.expect(200);
        assert_eq!((&again["state"], &again["cycle_no"], &again["closure"]), (&json!("assigned"), &json!(2), &Value::Null));
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&recorded)).await.expect("a chain"), None);
    }

    async fn the_bearer_of_a_receipt_rejects_supplies_and_withdraws(world: World) {
        let (recorded, now) = answered(&world).await;
        let token = world.receipt_token(&recorded).await;
        // He speaks for himself: there is nobody to call back.
        let call_back = json!({ "reason": "没有", "call_back": { "method": "phone", "at": world.app.clock.now(), "words": "没有" } });
        let faults = act(&world, &token, &now, "reject_result", call_back).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/call_back conflict"]);
        let next = act(&world, &token, &now, "reject_result", json!({ "reason": "只办好了一个" })).await.expect(200);
        assert_eq!((&next["state"], &next["cycle_no"], &next["matter"]), (&json!("assigned"), &json!(2), &json!("complex")));
        let accepted = by(&world, "handler", &next, "accept", json!({})).await;
        act(&world, &token, &accepted, "supply", json!({ "answer": "无人问" })).await.expect_error(409, "transition_not_allowed");
        let asked = by(&world, "handler", &accepted, "ask_reporter", json!({ "question": "请补充学位证书编号。" })).await;
        let back = act(&world, &token, &asked, "supply", json!({ "answer": "编号在附件中。" })).await.expect(200);
        assert_eq!(back["state"], "accepted");
        let gone = act(&world, &token, &back, "withdraw", json!({ "reason": "已自行解决" })).await.expect(200);
        assert_eq!(gone["state"], "withdrawn");
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&recorded)).await.expect("a chain"), None);
    }

    async fn a_receipt_says_nothing_about_another_problem_and_nothing_once_replaced(world: World) {
        let ((recorded, now), (_, other)) = (answered(&world).await, answered(&world).await);
        let token = world.receipt_token(&recorded).await;
        let reason = || json!({ "reason": "没有解决" });
        for (action, body) in [
            ("confirm", json!({})), ("reject_result", reason()), ("withdraw", reason()), ("reopen", reason()),
            ("supply", json!({ "answer": "补充" })),
        ] {
            act(&world, &token, &other, action, body).await.expect_error(404, "not_found");
        }
        let bulk = json!({ "items": [{ "id": now["id"], "action": "confirm", "version": now["version"] }] });
        world.post("/problems/bulk-actions").bearer(&token).json(bulk).send().await.expect_error(403, "forbidden");
        act(&world, &token, &now, "claim", json!({})).await.expect_error(403, "forbidden");
        replace(&world, "dispatcher", &recorded).await.expect(200);
        act(&world, &token, &now, "confirm", json!({})).await.expect_error(401, "token_stale");
        let seen = world.get(&path_of(&now)).by("officer").send().await.expect(200);
        assert_eq!((&seen["state"], &seen["version"]), (&json!("pending_confirmation"), &now["version"]));
    }

    async fn what_the_bearer_of_a_receipt_uploads_belongs_to_his_problem_at_once(world: World) {
        let (problem, other) = (world.open_problem().await, world.open_problem().await);
        let token = world.receipt_token(&problem).await;
        let upload = async |owner: Option<&Value>| {
            let field = |name: &str, value: &str| {
                format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
            };
            let mut body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"1.jpg\"\r\n\r\n\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9\r\n".to_vec();
            if let Some(owner) = owner {
                body.extend(field("owner_kind", "problem"));
                body.extend(field("owner_id", &id_of(owner).to_string()));
            }
            body.extend(b"--b--\r\n");
            world.post("/attachments").bearer(&token).body("multipart/form-data; boundary=b", body).send().await
        };
        assert_eq!(upload(None).await.expect_error(422, "invalid"), ["/owner_id required"]);
        assert_eq!(upload(Some(&other)).await.expect_error(422, "invalid"), ["/owner_id unknown_reference"]);
        let mine = upload(Some(&problem)).await.expect(201);
        assert_eq!((&mine["owner"]["id"], &mine["author"]), (&problem["id"], &Value::Null));
        let path = format!("{}/attachments", path_of(&problem));
        let listed = world.get(&path).bearer(&token).send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
        // What the administration adds for itself, and what came with another receipt, he does not see.
        let other_token = world.receipt_token(&other).await;
        let one = format!("/attachments/{}", mine["id"].as_str().expect("an id"));
        world.get(&one).bearer(&other_token).send().await.expect_error(404, "not_found");
        world.get(&one).bearer(&token).send().await.expect(200);
        world.get(&one).by("officer").send().await.expect(200);
    }
}
