use serde_json::{Value, json};

use super::{path_of, with_result, words};
use crate::on_both;
use crate::problems::domain::State;
use crate::service_objects::uscc::Uscc;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{id_of, problem_of};

fn code() -> String {
    Uscc::complete("91330782MA28XXXX1")
        .map(|code| code.to_string())
        .expect("a code")
}

/// A problem of a household whose alias says nothing, raised by a person.
fn household_problem(object: &Value) -> Value {
    let mut body = problem_of("masses", "M02");
    body["object_id"] = object["id"].clone();
    body["place"] = json!("佛堂镇示例村中街7号后院");
    body["reporter"] =
        json!({ "kind": "person", "display_name": "王秀英", "phone": "8523 0000", "anonymity": "masked" });
    body
}

on_both! {
    async fn s80_every_personal_word_is_refused_and_all_at_once(world: World) {
        let object = json!({ "type": "household", "name": "王秀英家", "division": "330782001001", "address": "佛堂镇示例村中街12号", "household": { "alias": "示例户" } });
        let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
        let problem = world.post("/problems").by("officer").json(household_problem(&object)).send().await.expect(201);
        let text = format!("王 秀英（13900000001，11010519491231002X）家住示例村中街12号，{}", code());
        let body = json!({ "title": "王秀英的困难", "summary": text, "result": "请拨85230000联系示例走访干部", "reason": "11010519491231002X",
            "enterprise_consent": { "given_on": "2019-01-11", "evidence": "同意" } });
        let mut faults = world.try_to_publish(&problem, body).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, [
            "/enterprise_consent conflict", "/enterprise_consent/given_on not_within", "/reason id_number_not_accepted",
            "/result conflict", "/result personal_name", "/result phone_number_not_accepted",
            "/summary credit_code_in_text", "/summary id_number_not_accepted", "/summary personal_address", "/summary personal_name", "/summary phone_number_not_accepted",
            "/title personal_name",
        ]);
        for (field, text) in [("title", "中街7号的路灯"), ("summary", "85230000"), ("title", "王秀英家的困难")] {
            let mut body = words();
            body[field] = json!(text);
            assert_eq!(world.try_to_publish(&problem, body).await.expect_error(422, "invalid").len(), 1, "{text}");
        }
        assert_eq!(world.status_in_public(&problem).await, 404);
        world.publish(&problem, words()).await;
        assert_eq!(world.status_in_public(&problem).await, 200);
    }
}

on_both! {
    async fn s80_an_unsolved_problem_of_a_firm_never_names_it(world: World) {
        let object = json!({ "type": "enterprise", "name": "浙江示例纺织有限公司", "division": "330782", "enterprise": { "uscc": code() } });
        let object = world.post("/service-objects").by("officer").json(object).send().await.expect(201);
        let mut body = problem_body();
        body["object_id"] = object["id"].clone();
        let done = world.done(body).await;
        let naming = |consent: bool| {
            let mut body = with_result();
            body["summary"] = json!(format!("示例纺织（{}）反映入学难。", code()));
            if consent {
                body["enterprise_consent"] = json!({ "given_on": "2019-01-10", "evidence": "企业盖章的同意函" });
            }
            body
        };
        // Not closed: the consent does not help.
        for consent in [false, true] {
            assert_eq!(world.try_to_publish(&done, naming(consent)).await.expect_error(422, "invalid"), ["/summary firm_named", "/summary credit_code_in_text"]);
        }
        let mut silent = with_result();
        silent["enterprise_consent"] = naming(true)["enterprise_consent"].clone();
        world.publish(&done, silent).await;
        let shown = world.get(&path_of(&done)).send().await.expect(200);
        assert_eq!((&shown["enterprise"], &shown["state"]), (&Value::Null, &json!("awaiting_confirmation")));
        // Closed: the firm stands there, since it consented; without consent it is not named even then.
        let closed = world.called_back(&done).await;
        let shown = world.get(&path_of(&done)).send().await.expect(200);
        assert_eq!(shown["enterprise"], json!({ "name": "浙江示例纺织有限公司", "uscc": code() }));
        assert_eq!((&shown["closed_on"], &shown["confirmed"]), (&json!("2019-01-10"), &json!(true)));
        assert_eq!(world.try_to_publish(&closed, naming(false)).await.expect_error(422, "invalid").len(), 2);
        let named = world.publish(&closed, naming(true)).await;
        assert_eq!((&named["edition"], &named["names_firm"]), (&json!(2), &json!(true)));
        // Begun anew it is unsolved again, and what names the firm is gone until it is closed.
        let reopened = world.act("supervisor", &closed, "reopen", json!({ "reason": "又发生了" })).await.expect(200);
        assert_eq!(world.status_in_public(&done).await, 404);
        assert_eq!(world.get("/public/problems").send().await.expect(200)["items"], json!([]));
        world.publish(&reopened, words()).await;
        let shown = world.get(&path_of(&done)).send().await.expect(200);
        assert_eq!((&shown["enterprise"], &shown["state"]), (&Value::Null, &json!("handling")));
        // A reporter that is a firm is one too, though the problem names no object.
        let other = world.open_problem().await;
        let mut body = words();
        body["title"] = json!("浙江示例纺织有限公司缺工");
        assert_eq!(world.try_to_publish(&other, body).await.expect_error(422, "invalid"), ["/title firm_named"]);
    }
}

on_both! {
    async fn publishing_is_the_dispatchers_and_withdrawing_takes_effect_at_once(world: World) {
        let problem = world.open_problem().await;
        let publish = format!("/problems/{}/publish", id_of(&problem));
        let unpublish = format!("/problems/{}/unpublish", id_of(&problem));
        let why = || json!({ "reason": "表述有误" });
        world.post(&publish).by("head").at(&problem["version"]).json(words()).send().await.expect_error(403, "forbidden");
        world.post(&publish).by("deqing-dispatcher").at(&problem["version"]).json(words()).send().await.expect_error(404, "not_found");
        world.post(&publish).by("dispatcher").json(words()).send().await.expect_error(428, "precondition_required");
        world.post(&publish).by("dispatcher").at(&json!(99)).json(words()).send().await.expect_error(412, "precondition_failed");
        world.post(&unpublish).by("dispatcher").at(&problem["version"]).json(why()).send().await.expect_error(409, "ended");
        let first = world.publish(&problem, words()).await;
        assert_eq!(first["version"], problem["version"], "the problem's version stays");
        assert_eq!(world.status_in_public(&problem).await, 200);
        let mut second = words();
        second["title"] = json!("入学难");
        world.publish(&problem, second).await;
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["title"], "入学难");
        let answer = world.post(&unpublish).by("dispatcher").at(&problem["version"]).json(why()).send().await;
        assert_eq!(answer.status, 204);
        assert_eq!(world.status_in_public(&problem).await, 404);
        let editions = world.get(&format!("/problems/{}/publications", id_of(&problem))).by("officer").send().await.expect(200);
        let ends: Vec<_> = editions["items"].as_array().expect("items").iter().map(|one| (&one["edition"], &one["withdrawn"], one["ended_at"].is_null())).collect();
        assert_eq!(ends, [(&json!(2), &json!(true), false), (&json!(1), &json!(false), false)]);
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types[types.len() - 3..], ["problem.published", "problem.published", "problem.unpublished"]);
        // What is merged, withdrawn or erased vanishes by itself, and is published no more.
        world.publish(&problem, words()).await;
        let (comments, replies) = (format!("/problems/{}/comments", id_of(&problem)), format!("/problems/{}/replies", id_of(&problem)));
        let said = json!({ "kind": "comment", "text": "请尽快。" });
        let comment = world.post(&comments).by("reporter").json(said.clone()).send().await.expect(201);
        let receipt = world.receipt_token(&problem).await;
        let gone = async || {
            for path in [&comments, &replies] {
                world.get(&format!("/public{path}")).send().await.expect_error(404, "not_found");
                world.get(path).by("deqing-officer").send().await.expect_error(404, "not_found");
            }
            world.get(&format!("/comments/{}", id_of(&comment))).by("deqing-officer").send().await.expect_error(404, "not_found");
            world.post(&comments).by("reporter").json(said.clone()).send().await.expect_error(404, "not_found");
        };
        for (state, code) in [(State::Merged, "merged"), (State::Withdrawn, "ended")] {
            world.force(&problem, state).await;
            assert_eq!(world.status_in_public(&problem).await, 404);
            assert_eq!(world.get("/public/problems").send().await.expect(200)["items"], json!([]));
            gone().await;
            world.try_to_publish(&problem, words()).await.expect_error(409, code);
        }
        world.force(&problem, State::Declined).await;
        assert_eq!(world.get(&path_of(&problem)).send().await.expect(200)["state"], "declined");
        let mut tx = world.app.db.begin().await.expect("a transaction");
        crate::db::sql("UPDATE problem SET statement = '', erased_at = $1").bind(world.app.clock.now()).run(&mut tx).await.expect("erased");
        tx.commit().await.expect("a commit");
        assert_eq!(world.status_in_public(&problem).await, 404);
        gone().await;
        // Nobody says anything more about what is erased.
        world.try_to_publish(&problem, words()).await.expect_error(409, "erased");
        let support = format!("/comments/{}/support", id_of(&comment));
        for (path, body) in [(&comments, said.clone()), (&support, json!({}))] {
            world.post(path).bearer(&receipt).json(body).send().await.expect_error(409, "erased");
        }
        for path in ["replies", "notes", "invitations"] {
            let call = world.post(&format!("/problems/{}/{path}", id_of(&problem))).by("dispatcher");
            let call = if path == "invitations" { call } else { call.json(json!({ "text": "已阅" })) };
            call.send().await.expect_error(409, "erased");
        }
    }
}

on_both! {
    async fn s80_the_result_for_a_reporter_whom_nobody_knows_is_shown_for_ten_working_days(world: World) {
        let mut unknown = problem_body();
        unknown["reporter"] = json!({ "kind": "person", "anonymity": "unknown" });
        let notice = |result: bool| {
            let mut body = if result { with_result() } else { words() };
            body["kind"] = json!("result_notice");
            body
        };
        let known = world.completed().await;
        assert_eq!(world.try_to_publish(&known, notice(true)).await.expect_error(422, "invalid"), ["/kind conflict"]);
        let open = world.post("/problems").by("officer").json(unknown.clone()).send().await.expect(201);
        world.try_to_publish(&open, notice(true)).await.expect_error(409, "transition_not_allowed");
        let done = world.done(unknown).await;
        assert_eq!(world.try_to_publish(&done, notice(false)).await.expect_error(422, "invalid"), ["/result required"]);
        let published = world.publish(&done, notice(true)).await;
        assert_eq!(published["until"], "2019-01-24T09:00:00Z", "17:00 of the tenth working day");
        let shown = world.get(&path_of(&done)).send().await.expect(200);
        assert_eq!((&shown["kind"], &shown["result"]), (&json!("result_notice"), &json!("统一受理引进人才子女入学。")));
        world.app.clock.set("2019-01-24T08:59:59Z".parse().expect("a literal"));
        assert_eq!(world.status_in_public(&done).await, 200);
        for what in ["comments", "replies"] {
            world.get(&format!("{}/{what}", path_of(&done))).send().await.expect(200);
        }
        world.app.clock.set("2019-01-24T09:00:00Z".parse().expect("a literal"));
        assert_eq!(world.status_in_public(&done).await, 404);
        // What was said of it is shown no longer either.
        for what in ["comments", "replies"] {
            world.get(&format!("{}/{what}", path_of(&done))).send().await.expect_error(404, "not_found");
        }
    }
}
