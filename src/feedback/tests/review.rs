//! Low ratings are reviewed, by whom they do not criticise.

use proptest::prelude::*;

use super::*;
use crate::feedback::domain::{ReviewState, can_be_reviewed, is_low};
use crate::http::window::Windowed as _;

/// A disposition on the spot.
fn answered() -> Value {
    json!({
        "disposition": "resolved_on_site", "on_site_kind": "answered", "text": "符合条件，当场告知办理途径。",
        "policy_ref": "示例〔2019〕1号",
    })
}

async fn review(world: &World, who: &str, rating: &Value) -> Answer {
    let path = format!("/ratings/{}/review", rating["id"].as_str().expect("an id"));
    let body = json!({ "outcome": "upheld", "text": "经核实，答复拖延属实，已约谈承办科室。" });
    world.post(&path).by(who).json(body).send().await
}

async fn to_dos(world: &World, who: &str, state: &str) -> Vec<Value> {
    let path = format!("/tasks?kind=review_rating&state={state}");
    let page = world.get(&path).by(who).send().await.expect(200);
    page["items"].as_array().expect("items").clone()
}

async fn listed(world: &World, who: &str, query: &str) -> Vec<Value> {
    let page = world.get(&format!("/ratings{query}")).by(who).send().await.expect(200);
    page["items"].as_array().expect("items").clone()
}

on_both! {
    async fn s84_a_low_rating_is_reviewed_by_whom_it_does_not_criticise(world: World) {
        let problem = done(&world, "officer", person("named")).await;
        world.take_part(&problem, "yiwu-hr", "lead").await;
        let token = world.receipt_token(&problem).await;
        // What was settled, and how he was treated: one low part is enough.
        let body = json!({ "result": 4, "speed": 4, "attitude": 1, "words": "态度恶劣。" });
        let given = world.post(&path_of(&problem)).bearer(&token).json(body).send().await.expect(201);
        assert_eq!((&given["review"]["state"], &given["review"]["due_at"]), (&json!("open"), &json!("2019-01-17T09:00:00Z")));
        assert_eq!(given["allowed_actions"], json!([]), "the reporter does not review");
        // Who is to review it is told; of a rating that is not low he is not (below).
        let told = world.get("/me/notices").by("supervisor").send().await.expect(200);
        assert_eq!(told["items"][0]["kind"], "problem.rated");
        let open = to_dos(&world, "supervisor", "open").await;
        assert_eq!((open.len(), &open[0]["due_at"], &open[0]["org"]["id"]), (1, &json!("2019-01-17T09:00:00Z"), &json!(seed::org("yiwu-supervision"))));
        let by_hand = world.post(&format!("/tasks/{}/done", open[0]["id"].as_str().unwrap())).by("supervisor").json(json!({ "note": "已阅" })).send().await;
        assert_eq!(by_hand.expect(409)["done_by"], "review_rating");
        // Neither who leads, nor from outside, nor without the role; a low rating never keeps anything from going on.
        for (who, status, code) in [("head", 403, "forbidden"), ("handler", 403, "forbidden"), ("deqing-dispatcher", 404, "not_found"), ("admin", 403, "forbidden")] {
            review(&world, who, &given).await.expect_error(status, code);
        }
        let row = listed(&world, "supervisor", "?review=open&with_total=true").await;
        assert_eq!((row.len(), &row[0]["allowed_actions"][0]["action"]), (1, &json!("review")));
        assert_eq!(listed(&world, "head", "?review=open").await[0]["allowed_actions"], json!([]));
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO problem_actor (id, problem_id, person_id, act, at) VALUES ($1, $2, $3, 'accept', $4)")
            .bind(world.app.ids.next()).bind(id_of(&problem)).bind(seed::member("dispatcher").person)
            .bind(world.app.clock.now()).run(&mut tx).await.expect("an act");
        tx.commit().await.expect("a commit");
        let refused = review(&world, "dispatcher", &given).await;
        assert_eq!(refused.json()["earlier_act"]["act"], "accept");
        refused.expect_error(403, "separation_of_duties");
        let empty = world.post(&format!("/ratings/{}/review", given["id"].as_str().unwrap())).by("supervisor").json(json!({ "outcome": "perhaps", "text": " " })).send().await;
        let mut faults = empty.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/outcome enum", "/text format"]);
        // Delegated to nobody.
        assert!(!crate::auth::policy::may_be_delegated("review_rating", &[crate::auth::Role::Supervisor]));
        let reviewed = review(&world, "supervisor", &given).await.expect(200);
        assert_eq!((&reviewed["review"]["state"], &reviewed["review"]["outcome"]), (&json!("done"), &json!("upheld")));
        assert_eq!(reviewed["review"]["reviewed_by"]["id"], json!(seed::member("supervisor").person));
        for member in ["result", "speed", "attitude", "words", "rated_at"] {
            assert_eq!(reviewed[member], given[member], "the rating stays as it was");
        }
        assert_eq!(review(&world, "supervisor", &given).await.expect(409)["review"], "done");
        // The to-do is done, and the reporter reads the answer without a name.
        assert_eq!((to_dos(&world, "supervisor", "open").await.len(), to_dos(&world, "supervisor", "done").await.len()), (0, 1));
        assert_eq!((listed(&world, "supervisor", "?review=open").await.len(), listed(&world, "supervisor", "?review=done").await.len()), (0, 1));
        let read = world.get(&path_of(&problem)).bearer(&token).send().await.expect(200)["items"][0]["review"].clone();
        assert_eq!((&read["text"], &read["reviewed_by"]), (&json!("经核实，答复拖延属实，已约谈承办科室。"), &Value::Null));
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types.last().map(String::as_str), Some("problem.rating_reviewed"));
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn s84_each_low_rating_has_its_own_review_and_others_have_none(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        let first = rate(&world, "reporter", &problem, stars(2)).await.expect(201);
        next_cycle(&world, &problem).await;
        let second = rate(&world, "reporter", &problem, stars(5)).await.expect(201);
        assert_eq!((&second["review"]["state"], &second["review"]["due_at"]), (&json!("none"), &Value::Null));
        let told = world.get("/me/notices").by("supervisor").send().await.expect(200);
        let told = told["items"].as_array().expect("items").iter().filter(|notice| notice["kind"] == "problem.rated").count();
        assert_eq!(told, 1, "of the low one alone");
        assert_eq!(review(&world, "dispatcher", &second).await.expect(409)["review"], "none");
        next_cycle(&world, &problem).await;
        let third = rate(&world, "reporter", &problem, stars(1)).await.expect(201);
        assert_eq!(to_dos(&world, "dispatcher", "open").await.len(), 2);
        review(&world, "dispatcher", &first).await.expect(200);
        assert_eq!(listed(&world, "dispatcher", "?review=open").await[0]["id"], third["id"]);
        assert_eq!(to_dos(&world, "dispatcher", "open").await.len(), 1);
        // Pages go on where they stopped; one reads it within scope only.
        let page = world.get("/ratings?limit=2&with_total=true").by("dispatcher").send().await.expect(200);
        let next = format!("/ratings?limit=2&with_total=true&cursor={}", page["next_cursor"].as_str().expect("a cursor"));
        let rest = world.get(&next).by("dispatcher").send().await.expect(200);
        assert_eq!((&page["total"], rest["items"].as_array().unwrap().len()), (&json!(3), 1));
        let own = format!("/ratings/{}", third["id"].as_str().unwrap());
        assert_eq!(world.get(&own).by("supervisor").send().await.expect(200)["problem"]["tracking_no"], problem["tracking_no"]);
        world.get(&own).by("deqing-dispatcher").send().await.expect_error(404, "not_found");
        let plan = crate::feedback::store::read::Asked {
            who: &crate::auth::Caller::nobody(), scopes: &[seed::division("330782")], review: Some(ReviewState::Open),
        };
        let plan = world.plan_of(plan.page(&world.app.db, None, 51)).await;
        assert!(plan.contains("rating_to_review"), "{plan}");
    }

    async fn s06_what_was_resolved_on_site_invites_too_and_a_link_goes_out_by_who_did_not_handle_it(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let resolved = world.dispose("officer", &problem, answered()).await.expect(200);
        let path = format!("/problems/{}/invitations", id_of(&problem));
        let listed = world.get(&path).by("dispatcher").send().await.expect(200)["items"].clone();
        assert_eq!((&listed[0]["cycle_no"], &listed[0]["rated"], &listed[0]["link_issued_at"]), (&json!(1), &json!(false), &Value::Null));
        // Whoever tells the reporter finds where the link is made.
        let notices = world.get("/notices").by("dispatcher").send().await.expect(200);
        let told = notices["items"].as_array().unwrap().iter().find(|notice| notice["kind"] == "problem.resolved_on_site").expect("a notice").clone();
        assert_eq!(told["invitation_href"], json!(format!("/api/v1{path}")));
        // Who resolved it gets no link: he would confirm his own work.
        let refused = world.post(&path).by("officer").send().await;
        assert_eq!(refused.json()["earlier_act"]["act"], "dispose_resolved_on_site");
        refused.expect_error(403, "separation_of_duties");
        for who in ["handler", "reporter", "admin", "integrator"] {
            world.post(&path).by(who).send().await.expect_error(403, "forbidden");
        }
        world.post(&path).by("deqing-dispatcher").send().await.expect_error(404, "not_found");
        let earlier = world.receipt_token(&problem).await;
        let answer = world.post(&path).by("dispatcher").header("Idempotency-Key", "once").send().await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let link = answer.expect(200);
        assert_eq!((&link["invitation"]["link_issued_by"]["id"], &link["expires_at"]), (&json!(seed::member("dispatcher").person), &Value::Null));
        // The codes before it are good no longer, and their tokens end at once.
        world.get(&path_of(&problem)).bearer(&earlier).send().await.expect_error(401, "token_stale");
        let old = world.post("/public/receipts/token").json(json!({ "code": problem["receipt"]["code"] })).send().await;
        old.expect_error(400, "invalid_grant");
        let (logged,): (i64,) = sql("SELECT COUNT(*) FROM access_log WHERE kind = 'issue_link' AND person_id = $1")
            .bind(seed::member("dispatcher").person).one(&world.app.db).await.expect("a count");
        assert_eq!(logged, 1);
        let token = world.receipt_token(&link).await;
        let confirm = format!("/problems/{}/confirm", id_of(&problem));
        world.post(&confirm).bearer(&token).at(&resolved["version"]).json(json!({})).send().await.expect(200);
        world.post(&path_of(&problem)).bearer(&token).json(stars(5)).send().await.expect(201);
        world.post(&path_of(&problem)).bearer(&token).json(stars(5)).send().await.expect_error(409, "duplicate");
        world.post(&path).by("dispatcher").send().await.expect_error(409, "duplicate");
        assert_eq!(world.get(&path).by("dispatcher").send().await.expect(200)["items"][0]["rated"], true);
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn s82_a_link_is_handed_out_for_what_is_said_to_be_done_by_nobody_who_leads(world: World) {
        let problem = done(&world, "officer", person("named")).await;
        let path = format!("/problems/{}/invitations", id_of(&problem));
        world.put_into(&problem, "in_progress").await;
        assert_eq!(world.post(&path).by("officer").send().await.expect(409)["state"], "in_progress");
        world.put_into(&problem, "merged").await;
        world.post(&path).by("officer").send().await.expect_error(409, "merged");
        world.put_into(&problem, "pending_confirmation").await;
        world.post(&path).by("officer").send().await.expect(200);
        world.post(&path).by("supervisor").send().await.expect(200);
        // An officer whose organisation leads it would let it speak for the reporter.
        for part in ["lead", "former_lead"] {
            let problem = done(&world, "officer", person("named")).await;
            world.take_part(&problem, "yiwu-government", part).await;
            let path = format!("/problems/{}/invitations", id_of(&problem));
            let refused = world.post(&path).by("officer").send().await;
            assert_eq!(refused.json()["earlier_act"], Value::Null);
            refused.expect_error(403, "separation_of_duties");
            world.post(&path).by("dispatcher").send().await.expect(200);
        }
        // Closed for 30 days: too late.
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE problem SET state = 'closed' WHERE id = $1").bind(id_of(&problem)).run(&mut tx).await.expect("closed");
        crate::receipts::store::expire(&mut tx, id_of(&problem), world.app.clock.now()).await.expect("an end");
        tx.commit().await.expect("a commit");
        world.app.clock.set(world.app.clock.now().plus_seconds(30 * 24 * 3600));
        world.post(&path).by("dispatcher").send().await.expect_error(409, "ended");
        let unknown = done(&world, "officer", json!({ "kind": "person", "anonymity": "unknown" })).await;
        let path = format!("/problems/{}/invitations", id_of(&unknown));
        world.post(&path).by("dispatcher").send().await.expect_error(409, "no_contact");
    }
}

proptest! {
    #[test]
    fn a_rating_is_low_with_two_or_less_in_any_part(result in 1_i64..6, speed in 1_i64..6, attitude in 1_i64..6) {
        prop_assert_eq!(is_low(result, speed, attitude), result.min(speed).min(attitude) <= 2);
    }
}

#[test]
fn only_an_open_review_is_made() {
    let made = ReviewState::ALL.iter().filter(|state| can_be_reviewed(**state).is_ok());
    assert_eq!(made.copied().collect::<Vec<_>>(), [ReviewState::Open]);
}
