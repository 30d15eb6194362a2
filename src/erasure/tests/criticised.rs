//! Whoever is criticised neither erases nor blots out; and what others said stays until the term.

use serde_json::{Value, json};

use super::around::{comment, known, voice};
use super::{erasures, in_hand, instant, move_on, read};
use crate::db::sql;
use crate::on_both;
use crate::tasks::engine::Engine;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// A simple matter of the reporter's account, assigned by the dispatcher to 人社局.
async fn own_in_hand(world: &World) -> Value {
    let mut body = problem_body();
    body.as_object_mut().expect("an object").remove("reporter");
    body["matter"] = json!("simple");
    let recorded = world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201);
    let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
    move_on(world, "dispatcher", &recorded, "assign", assign).await
}

async fn erase(world: &World, who: &str, problem: &Value, reason: &str) -> Answer {
    let path = format!("/problems/{}/erase", id_of(problem));
    let call = world.post(&path).by(who).at(&problem["version"]);
    call.json(json!({ "reason": reason })).send().await
}

async fn redact(world: &World, who: &str, problem: &Value, field: &str, passage: &Value) -> Answer {
    let body = json!({ "field": field, "passage": passage, "ground": "third_person" });
    let path = format!("/problems/{}/redactions", id_of(problem));
    let call = world.post(&path).by(who).at(&problem["version"]);
    call.json(body).send().await
}

on_both! {
    async fn s84_whoever_assigned_a_problem_neither_erases_nor_blots_out_what_is_said_of_it(world: World) {
        let problem = own_in_hand(&world).await;
        for field in ["statement", "supplement", "request", "publication", "comment", "rating", "event", "note"] {
            let refused = redact(&world, "dispatcher", &problem, field, &problem["statement"]).await;
            assert_eq!(refused.json()["earlier_act"]["act"], "assign", "{field}");
            refused.expect_error(403, "separation_of_duties");
        }
        // Nobody blots out all that was said: something of it stays.
        let whole = redact(&world, "supervisor", &problem, "statement", &problem["statement"]).await;
        assert_eq!(whole.expect_error(422, "invalid"), ["/passage nothing_left"]);
        assert_eq!(read(&world, &problem).await["statement"], problem["statement"]);
        let said: String = problem["statement"].as_str().unwrap().chars().take(3).collect();
        let problem = redact(&world, "supervisor", &problem, "statement", &json!(said)).await.expect(200);
        let problem = move_on(&world, "reporter", &problem, "withdraw", json!({ "reason": "不再需要" })).await;
        let refused = erase(&world, "dispatcher", &problem, "反映人书面申请").await;
        assert_eq!(refused.json()["earlier_act"]["act"], "assign");
        refused.expect_error(403, "separation_of_duties");
        assert_eq!(read(&world, &problem).await["erased_at"], Value::Null);
        // To have looked at it as oversight does is no handling.
        let erased = erase(&world, "supervisor", &problem, "反映人书面申请").await.expect(200);
        assert_eq!((&erased["statement"], &erased["erased_at"]), (&Value::Null, &json!(seed::NOW)));
    }

    async fn s84_what_others_said_of_it_stays_until_the_term_though_its_reporter_asked(world: World) {
        let problem = own_in_hand(&world).await;
        world.made_public(&problem).await;
        let path = format!("/problems/{}/comments", id_of(&problem));
        let words = json!({ "kind": "comment", "text": "我再补充一句。" });
        world.post(&path).by("reporter").json(words).send().await.expect(201);
        let criticism = comment(&world, &problem, "甲").await;
        let support = json!({ "supporter": voice("乙") });
        let supports = format!("/comments/{}/support", id_of(&criticism));
        world.post(&supports).by("integrator").json(support).send().await.expect(200);
        let problem = move_on(&world, "reporter", &read(&world, &problem).await, "withdraw", json!({ "reason": "不再需要" })).await;
        erase(&world, "supervisor", &problem, "反映人书面申请").await.expect(200);
        let texts = async || {
            let page = world.get(&path).by("supervisor").send().await.expect(200);
            page["items"].as_array().unwrap().iter().map(|item| item["text"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(texts().await, [Value::Null, criticism["text"].clone()]);
        assert_eq!((known(&world).await, erasures(&world, &problem).await), (vec!["乙".to_owned(), "甲".to_owned()], vec!["open".to_owned()]));
        // Everybody reads nothing of it any more, and nobody answers for it.
        world.get(&format!("/public{path}")).send().await.expect_error(404, "not_found");
        let waiting = world.get("/comments?awaiting_reply=true").by("supervisor").send().await.expect(200);
        assert_eq!(waiting["items"], json!([]));
        world.app.clock.set(instant("2021-01-10T08:59:59Z"));
        Engine::new(world.app.clone()).work_off(1_000).await.unwrap();
        assert_eq!(texts().await[1], criticism["text"], "a second too early");
        world.app.clock.set(instant("2021-01-10T09:00:00Z"));
        Engine::new(world.app.clone()).work_off(1_000).await.unwrap();
        assert_eq!((texts().await, known(&world).await), (vec![Value::Null, Value::Null], vec![]));
        assert_eq!(erasures(&world, &problem).await, ["done"]);
        let (named,): (i64,) = sql("SELECT COUNT(reporter_id) FROM comment_supporter").one(&world.app.db).await.unwrap();
        assert_eq!((named, crate::events::store::verify_all(&world.app.db).await.unwrap().broken), (0, vec![]));
    }

    async fn why_it_was_erased_names_nobody(world: World) {
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "王秀英", "phone": "13800009999", "anonymity": "masked" });
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let token = world.receipt_token(&problem).await;
        let withdraw = world.post(&format!("/problems/{}/withdraw", id_of(&problem))).bearer(&token).at(&problem["version"]);
        let problem = withdraw.json(json!({ "reason": "不再需要" })).send().await.expect(200);
        for (reason, fault) in [
            ("王秀英来函申请，已核对回执。", "/reason personal_name"),
            ("反映人来电138 0000 9999申请。", "/reason phone_number_not_accepted"),
        ] {
            assert_eq!(erase(&world, "supervisor", &problem, reason).await.expect_error(422, "invalid"), [fault]);
        }
        assert_eq!(read(&world, &problem).await["erased_at"], Value::Null);
        erase(&world, "supervisor", &problem, "反映人书面申请（函〔2019〕3号），已核对回执。").await.expect(200);
        let (_, assigned) = in_hand(&world, "王女士").await;
        erase(&world, "supervisor", &assigned, "王女士申请").await.expect_error(409, "transition_not_allowed");
    }
}
