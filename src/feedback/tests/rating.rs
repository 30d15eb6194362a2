//! Who rates, when, how often, and who learns of it.

use super::*;
use crate::feedback::domain::{ALSO_FORBIDDEN, can_be_rated, is_satisfied, may_know_rater};
use crate::problems::domain::{OrgPart, ProblemAct, State};
use crate::problems::separation::HANDLED;
use crate::reporters::domain::{Anonymity, Reader};

async fn acted(world: &World, problem: &Value, who: &str, act: ProblemAct) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("DELETE FROM problem_actor WHERE person_id = $1")
        .bind(seed::member(who).person)
        .run(&mut tx)
        .await
        .expect("none");
    sql("INSERT INTO problem_actor (id, problem_id, person_id, act, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(world.app.ids.next())
        .bind(id_of(problem))
        .bind(seed::member(who).person)
        .bind(act)
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("an act");
    tx.commit().await.expect("a commit");
}

/// Lets the bureau of the handler see a problem.
async fn show_to_handler(world: &World, problem: &Value) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let now = world.app.clock.now();
    crate::problems::store::write::part(&mut tx, id_of(problem), seed::org("yiwu-hr"), OrgPart::Lead, now)
        .await
        .expect("a part");
    crate::problems::store::write::scope_rows(&mut tx, id_of(problem))
        .await
        .expect("scopes");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn s82_a_reporter_rates_once_per_round_by_account_receipt_or_portal(world: World) {
        let mut known = person("named");
        known["external_id"] = json!({ "system": "portal", "value": "u-1" });
        let by_account = done(&world, "reporter", Value::Null).await;
        let by_link = done(&world, "officer", person("named")).await;
        let by_portal = done(&world, "integrator", known).await;
        let link = world.receipt_token(&by_link).await;
        let give = |way: &'static str| {
            let call = match way {
                "account" => world.post(&path_of(&by_account)).by("reporter"),
                "link" => world.post(&path_of(&by_link)).bearer(&link),
                _ => world.post(&path_of(&by_portal)).by("integrator"),
            };
            call.json(json!({ "result": 5, "speed": 4, "attitude": 3, "words": " 谢谢。 " })).send()
        };
        for (way, problem) in [("account", &by_account), ("link", &by_link), ("portal", &by_portal)] {
            let rated = give(way).await;
            assert_eq!(rated.headers["location"], format!("/api/v1{}", path_of(problem)));
            let rated = rated.expect(201);
            assert_eq!((&rated["via"], &rated["cycle_no"], &rated["words"]), (&json!(way), &json!(1), &json!("谢谢。")));
            give(way).await.expect_error(409, "duplicate");
            // A round that comes anew is rated anew; the earlier rating stays.
            next_cycle(&world, problem).await;
            assert_eq!(give(way).await.expect(201)["cycle_no"], 2);
            give(way).await.expect_error(409, "duplicate");
            let cycles: Vec<Value> = ratings(&world, "dispatcher", problem).await.iter().map(|one| one["cycle_no"].clone()).collect();
            assert_eq!(cycles, [1, 2]);
            assert_eq!(crate::events::store::verify(&world.app.db, id_of(problem)).await.expect("a chain"), None);
        }
        // Call-back is no way to rate: the database itself has no word for it.
        let mut tx = world.app.db.begin().await.expect("a transaction");
        assert!(sql("UPDATE rating SET via = 'call_back'").run(&mut tx).await.is_err());
    }

    async fn s82_of_ratings_given_at_once_one_counts(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        let token = world.receipt_token(&problem).await;
        let calls = (1..=5).map(|result| {
            let call = world.post(&path_of(&problem));
            let call = if result % 2 == 0 { call.bearer(&token) } else { call.by("reporter") };
            call.json(stars(result)).send()
        });
        let mut statuses: Vec<u16> = futures_util::future::join_all(calls).await.iter().map(|a| a.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409]);
        let counted: (i64,) = sql("SELECT CAST(SUM(amount) AS bigint) FROM outcome_rollup WHERE outcome = 'rated'")
            .one(&world.app.db).await.expect("a sum");
        assert_eq!(counted.0, 1);
    }

    async fn s82_who_handled_it_or_recorded_it_for_another_never_rates(world: World) {
        let mut himself = person("named");
        himself["person_id"] = json!(seed::member("reporter").person);
        let problem = done(&world, "officer", himself).await;
        for act in HANDLED.iter().chain(ALSO_FORBIDDEN) {
            acted(&world, &problem, "reporter", *act).await;
            let refused = rate(&world, "reporter", &problem, stars(5)).await;
            assert_eq!(refused.json()["earlier_act"], json!({ "act": act, "at": world.app.clock.now() }));
            refused.expect_error(403, "separation_of_duties");
        }
        // By role alone, whatever they did.
        for who in ["officer", "handler", "head", "dispatcher", "supervisor", "leader", "assessor", "admin"] {
            rate(&world, who, &problem, stars(5)).await.expect_error(403, "forbidden");
        }
        // The act comes before the state: whoever may never is told so at any time.
        world.put_into(&problem, "in_progress").await;
        rate(&world, "reporter", &problem, stars(5)).await.expect_error(403, "separation_of_duties");
        world.put_into(&problem, "closed").await;
        for act in [ProblemAct::Recorded, ProblemAct::ReplaceReceipt, ProblemAct::Open] {
            acted(&world, &problem, "reporter", act).await;
            rate(&world, "reporter", &problem, stars(5)).await.expect(201);
            next_cycle(&world, &problem).await;
        }
    }

    async fn s82_the_officer_who_recorded_for_a_firm_does_not_rate_though_it_authorises_him(world: World) {
        let body = json!({ "type": "enterprise", "name": "示例", "division": "330782" });
        let firm = world.post("/service-objects").by("officer").json(body).send().await.expect(201);
        let reporter = json!({ "kind": "enterprise", "display_name": "示例", "anonymity": "named", "object_id": firm["id"] });
        let problem = done(&world, "officer", reporter.clone()).await;
        for person in ["officer", "reporter"] {
            let body = json!({ "person_id": seed::member(person).person });
            let path = format!("/service-objects/{}/authorisations", id_of(&firm));
            world.post(&path).by("dispatcher").json(body).send().await.expect(201);
        }
        let mut claims = world.claims(&seed::member("officer"), false);
        claims.memberships.extend(world.claims(&seed::member("reporter"), false).memberships);
        let token = world.app.tokens.sign(&claims).expect("a signature");
        let refused = world.post(&path_of(&problem)).bearer(&token).json(stars(5)).send().await;
        assert_eq!(refused.json()["earlier_act"]["act"], "recorded_for_other");
        refused.expect_error(403, "separation_of_duties");
        rate(&world, "reporter", &problem, stars(4)).await.expect(201);
        // Whoever filed it for the firm himself may rate.
        let own = done(&world, "reporter", reporter).await;
        rate(&world, "reporter", &own, stars(4)).await.expect(201);
    }

    async fn who_does_not_speak_for_the_reporter_does_not_rate(world: World) {
        let problem = done(&world, "officer", person("named")).await;
        rate(&world, "reporter", &problem, stars(1)).await.expect_error(404, "not_found");
        let follows = done(&world, "reporter", Value::Null).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, since) \
             SELECT $1, reporter_id, 'follower', since FROM problem_reporter WHERE problem_id = $2")
            .bind(id_of(&problem)).bind(id_of(&follows)).run(&mut tx).await.expect("a follower");
        crate::problems::store::write::scope_rows(&mut tx, id_of(&problem)).await.expect("scopes");
        tx.commit().await.expect("a commit");
        rate(&world, "reporter", &problem, stars(1)).await.expect_error(404, "not_found");
        show_to_handler(&world, &problem).await;
        rate(&world, "integrator", &problem, stars(1)).await.expect_error(403, "forbidden");
        // Rating is nobody's to hand on.
        let mut claims = world.claims(&seed::member("reporter"), false);
        claims.act = Some(crate::auth::token::Actor { sub: seed::member("officer").person, rights: 1 });
        claims.delegated = Some(vec!["create_rating".to_owned()]);
        let token = world.app.tokens.sign(&claims).expect("a signature");
        world.post(&path_of(&follows)).bearer(&token).json(stars(1)).send().await.expect_error(403, "forbidden");
        assert!(!crate::auth::policy::may_be_delegated("create_rating", crate::auth::Role::ALL));
        // Nor does the receipt of another problem, or one that was replaced, give a rating.
        let elsewhere = world.receipt_token(&follows).await;
        world.post(&path_of(&problem)).bearer(&elsewhere).json(stars(1)).send().await.expect_error(404, "not_found");
        let old = world.receipt_token(&problem).await;
        world.post(&format!("/problems/{}/receipt", id_of(&problem))).by("officer").send().await.expect(200);
        world.post(&path_of(&problem)).bearer(&old).json(stars(1)).send().await.expect_error(401, "token_stale");
        let (mut altered, at) = (elsewhere.clone(), elsewhere.len() - 20);
        let other = if elsewhere.get(at..).is_some_and(|rest| rest.starts_with('A')) { "B" } else { "A" };
        altered.replace_range(at..=at, other);
        world.post(&path_of(&follows)).bearer(&altered).json(stars(1)).send().await.expect_error(401, "token_invalid");
        assert_eq!(ratings(&world, "dispatcher", &problem).await, Vec::<Value>::new());
    }

    async fn only_what_is_said_to_be_done_is_rated(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        for state in State::ALL {
            world.put_into(&problem, state.as_str()).await;
            let answer = rate(&world, "reporter", &problem, stars(3)).await;
            if can_be_rated(*state).is_ok() {
                answer.expect(201);
                next_cycle(&world, &problem).await;
            } else {
                assert_eq!(answer.json()["state"], state.as_str());
                answer.expect_error(409, "transition_not_allowed");
            }
        }
        assert_eq!(ratings(&world, "reporter", &problem).await.len(), 2);
    }

    async fn s80_an_invitation_does_not_tell_how_a_masked_reporter_is_reached(world: World) {
        for (anonymity, told) in [("masked", Value::Null), ("named", json!("wechat"))] {
            let mut reporter = person(anonymity);
            reporter["preferred_channel"] = json!("wechat");
            let problem = done(&world, "officer", reporter).await;
            let path = format!("/problems/{}/invitations", id_of(&problem));
            let link = world.post(&path).by("dispatcher").send().await.expect(200);
            assert_eq!(link["invitation"]["channel"], "wechat");
            for (who, channel) in [("officer", &told), ("dispatcher", &json!("wechat"))] {
                let listed = world.get(&path).by(who).send().await.expect(200);
                assert_eq!(&listed["items"][0]["channel"], channel, "{who} {anonymity}");
            }
        }
    }

    async fn s84_criticism_stays_and_who_wished_not_to_be_known_is_not(world: World) {
        let open = done(&world, "reporter", Value::Null).await;
        let anonymous = done(&world, "reporter", Value::Null).await;
        let masked = done(&world, "officer", person("masked")).await;
        for problem in [&open, &anonymous, &masked] {
            show_to_handler(&world, problem).await;
        }
        let criticism = json!({ "result": 1, "speed": 1, "attitude": 1, "words": "推来推去。" });
        let mut hidden = criticism.clone();
        hidden["anonymous"] = json!(true);
        rate(&world, "reporter", &open, criticism.clone()).await.expect(201);
        let given = rate(&world, "reporter", &anonymous, hidden).await.expect(201);
        assert_eq!(given["reporter"]["display_name"], "示例反映人");
        let token = world.receipt_token(&masked).await;
        let given = world.post(&path_of(&masked)).bearer(&token).json(criticism).send().await.expect(201);
        assert_eq!(given["reporter"], Value::Null, "a receipt tells nobody whose it is");
        for (who, problem, name) in [
            ("handler", &open, json!("示例反映人")), ("handler", &anonymous, Value::Null), ("handler", &masked, Value::Null),
            ("integrator", &anonymous, Value::Null), ("officer", &masked, Value::Null),
            ("dispatcher", &anonymous, json!("示例反映人")), ("supervisor", &masked, json!("王女士")),
            ("reporter", &anonymous, json!("示例反映人")),
        ] {
            let read = ratings(&world, who, problem).await;
            assert_eq!((&read[0]["words"], &read[0]["reporter"]["display_name"]), (&json!("推来推去。"), &name), "{who}");
        }
        // The chain tells the handler no more than the rating does.
        let actor = async |problem: &Value| {
            let path = format!("/problems/{}/events", id_of(problem));
            let events = world.get(&path).by("handler").send().await.expect(200);
            events["items"].as_array().expect("items").last().expect("an event")["actor"].clone()
        };
        assert_eq!(actor(&open).await["name"], "示例反映人");
        assert_eq!((actor(&anonymous).await, actor(&masked).await), (Value::Null, Value::Null));
        for method in [actix_web::http::Method::DELETE, actix_web::http::Method::PATCH, actix_web::http::Method::PUT] {
            let path = format!("/api/v1{}", path_of(&open));
            world.call(method, &path).by("admin").json(json!({})).send().await.expect_error(405, "method_not_allowed");
        }
    }

    async fn a_rating_is_shown_within_scope_and_to_reporters_only_their_own(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        rate(&world, "reporter", &problem, stars(2)).await.expect(201);
        world.get(&path_of(&problem)).by("deqing-dispatcher").send().await.expect_error(404, "not_found");
        world.get(&path_of(&problem)).by("admin").send().await.expect_error(403, "forbidden");
        let other = done(&world, "officer", person("named")).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, since) \
             SELECT $1, reporter_id, 'follower', since FROM problem_reporter WHERE problem_id = $2")
            .bind(id_of(&problem)).bind(id_of(&other)).run(&mut tx).await.expect("a follower");
        sql("UPDATE reporter SET person_id = $1 WHERE display_name = '王女士'")
            .bind(seed::member("auditor").person).run(&mut tx).await.expect("an account");
        crate::problems::store::write::scope_rows(&mut tx, id_of(&problem)).await.expect("scopes");
        tx.commit().await.expect("a commit");
        let mut claims = world.claims(&seed::member("reporter"), false);
        claims.sub = seed::member("auditor").person;
        let token = world.app.tokens.sign(&claims).expect("a signature");
        world.get(&path_of(&problem)).bearer(&token).send().await.expect_error(404, "not_found");
        next_cycle(&world, &problem).await;
        rate(&world, "reporter", &problem, stars(5)).await.expect(201);
        let first = world.get(&format!("{}?limit=1", path_of(&problem))).by("dispatcher").send().await.expect(200);
        let next = format!("{}?limit=1&cursor={}", path_of(&problem), first["next_cursor"].as_str().expect("a cursor"));
        let second = world.get(&next).by("dispatcher").send().await.expect(200);
        assert_eq!((&first["items"][0]["result"], &second["items"][0]["result"]), (&json!(2), &json!(5)));
        assert_eq!(second["next_cursor"], Value::Null);
    }

    async fn a_rating_names_every_fault_and_takes_no_identity_card(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        let mut faults = rate(&world, "reporter", &problem, json!({ "result": 6, "speed": 0, "words": "", "stars": 5 })).await
            .expect_error(422, "invalid");
        faults.sort();
        assert_eq!(
            faults,
            ["/attitude required", "/result out_of_range", "/speed out_of_range", "/stars unknown_field", "/words format", "/words too_short"]
        );
        let mut body = stars(5);
        body["words"] = json!("我是11010519491231002X");
        assert_eq!(rate(&world, "reporter", &problem, body).await.expect_error(422, "invalid"), ["/words id_number_not_accepted"]);
        assert_eq!(ratings(&world, "reporter", &problem).await, Vec::<Value>::new());
    }

    async fn a_rating_that_is_sent_again_with_its_key_is_one(world: World) {
        let problem = done(&world, "reporter", Value::Null).await;
        let send = || world.post(&path_of(&problem)).by("reporter").header("Idempotency-Key", "r-1").json(stars(4)).send();
        let first = send().await.expect(201);
        assert_eq!(send().await.expect(201), first);
        assert_eq!(ratings(&world, "dispatcher", &problem).await.len(), 1);
    }
}

#[test]
fn anonymous_is_as_good_as_masked_and_four_is_satisfied() {
    use Reader::{Administration, CallsBack, Follower, Himself};
    for (anonymity, anonymous, knowing) in [
        (Anonymity::Named, false, &[Himself, CallsBack, Administration][..]),
        (Anonymity::Named, true, &[Himself, CallsBack]),
        (Anonymity::Masked, false, &[Himself, CallsBack]),
        (Anonymity::Unknown, true, &[]),
    ] {
        for reader in [Himself, CallsBack, Administration, Follower] {
            let knows = may_know_rater(anonymity, anonymous, reader);
            assert_eq!(knows, knowing.contains(&reader), "{anonymity} {anonymous} {reader:?}");
        }
    }
    assert_eq!(
        (1..=5).filter(|result| is_satisfied(*result)).collect::<Vec<i64>>(),
        [4, 5]
    );
}
