use proptest::prelude::*;
use serde_json::{Value, json};

use super::domain::{Claim, ContactChannel, LoggedPurpose, Purpose};
use super::store::{self, NewContact};
use crate::clock::Timestamp;
use crate::db::sql;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

fn path_of(problem: &Value) -> String {
    format!("/problems/{}/contacts", id_of(problem))
}

fn contact() -> Value {
    json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": "了解就学情况" })
}

async fn log(world: &World, problem: &Value, body: Value) -> Value {
    world
        .post(&path_of(problem))
        .by("handler")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn first_response(world: &World, problem: &Value) -> Value {
    let path = format!("/problems/{}", id_of(problem));
    world.get(&path).by("dispatcher").send().await.expect(200)["clock"]["first_response_at"].clone()
}

/// A second cycle that began at noon.
async fn next_cycle(world: &World, problem: &Value) {
    let mut tx = world.app.db.begin().await.unwrap();
    sql(
        "INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, provisional, calendar_version) \
         VALUES ($1, $2, 2, 'rejected', $3, $3, $4, '2026.1')",
    )
    .bind(world.app.ids.next())
    .bind(id_of(problem))
    .bind("2019-01-10T04:00:00Z".parse::<Timestamp>().unwrap())
    .bind(false)
    .run(&mut tx)
    .await
    .unwrap();
    sql("UPDATE problem SET cycle_no = 2").run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn the_first_contact_with_the_reporter_is_the_first_response(world: World) {
        let problem = world.assigned(problem_body()).await;
        world.app.clock.set("2019-01-10T03:00:00Z".parse().unwrap());
        // Neither an attempt nor a word with somebody else.
        log(&world, &problem, json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false })).await;
        log(&world, &problem, with(contact(), json!({ "with_reporter": false }))).await;
        assert_eq!(first_response(&world, &problem).await, Value::Null);
        let logged = log(&world, &problem, with(contact(), json!({ "at": "2019-01-10T02:30:00Z" }))).await;
        assert_eq!((&logged["at"], &logged["created_at"]), (&json!("2019-01-10T02:30:00Z"), &json!("2019-01-10T03:00:00Z")));
        assert_eq!(first_response(&world, &problem).await, "2019-01-10T02:30:00Z");
        log(&world, &problem, with(contact(), json!({ "at": "2019-01-10T02:10:00Z", "purpose": "reply" }))).await;
        assert_eq!(first_response(&world, &problem).await, "2019-01-10T02:30:00Z", "what was first logged stays");
        let listed = world.get(&format!("{}?with_total=true", path_of(&problem))).by("supervisor").send().await.expect(200);
        let times: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["at"].as_str().unwrap()).collect();
        assert!(times.is_sorted() && times.len() == 4, "{times:?}");
        assert_eq!((&listed["total"], &listed["items"][0]["person"]["name"]), (&json!(4), &json!("示例承办人")));
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types.iter().filter(|kind| *kind == "problem.contacted").count(), 4);
        let read = world.get(&format!("/problems/{}", id_of(&problem))).by("handler").send().await.expect(200);
        assert_eq!(read["version"], problem["version"], "a contact is no new version");
    }

    async fn a_time_is_after_the_recording_and_not_in_the_future(world: World) {
        let problem = world.assigned(problem_body()).await;
        world.app.clock.set("2019-01-10T03:00:00Z".parse().unwrap());
        for at in ["2019-01-10T01:59:59Z", "2019-01-10T03:00:01Z"] {
            let answer = world.post(&path_of(&problem)).by("handler").json(with(contact(), json!({ "at": at }))).send().await;
            assert_eq!(answer.expect_error(422, "invalid"), ["/at not_within"], "{at}");
        }
        for at in ["2019-01-10T02:00:00Z", "2019-01-10T03:00:00Z"] {
            log(&world, &problem, with(contact(), json!({ "at": at }))).await;
        }
    }

    async fn what_contradicts_itself_is_refused_with_every_fault(world: World) {
        let problem = world.assigned(problem_body()).await;
        for (body, expected) in [
            (json!({ "purpose": "attempt", "channel": "phone", "with_reporter": true, "face_to_face": true }), vec!["/face_to_face conflict", "/with_reporter conflict"]),
            (with(contact(), json!({ "face_to_face": true })), vec!["/face_to_face conflict"]),
            (json!({ "purpose": "reply", "channel": "sms", "with_reporter": false }), vec!["/with_reporter conflict", "/words required"]),
            (with(contact(), json!({ "purpose": "call_back" })), vec!["/purpose enum"]),
        ] {
            let mut faults = world.post(&path_of(&problem)).by("handler").json(body).send().await.expect_error(422, "invalid");
            faults.sort();
            assert_eq!(faults, expected);
        }
    }

    async fn s51_a_meeting_face_to_face_and_attempts_are_known_per_cycle(world: World) {
        let problem = world.assigned(problem_body()).await;
        let (id, db) = (id_of(&problem), &world.app.db);
        world.app.clock.set("2019-01-10T05:00:00Z".parse().unwrap());
        log(&world, &problem, contact()).await;
        log(&world, &problem, with(contact(), json!({ "channel": "visit", "face_to_face": true, "with_reporter": false }))).await;
        assert!(!store::met_face_to_face(db, id, 1).await.unwrap(), "with somebody else is not with the reporter");
        let met = with(contact(), json!({ "channel": "visit", "face_to_face": true }));
        log(&world, &problem, met.clone()).await;
        assert!(store::met_face_to_face(db, id, 1).await.unwrap());
        let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
        next_cycle(&world, &problem).await;
        log(&world, &problem, attempt.clone()).await;
        // Entered late, it belongs to the cycle in which it took place, and is no response of the next.
        let earlier = log(&world, &problem, with(met, json!({ "at": "2019-01-10T03:00:00Z" }))).await;
        assert_eq!(earlier["cycle_no"], 1);
        assert!(!store::met_face_to_face(db, id, 2).await.unwrap());
        assert_eq!(first_response(&world, &problem).await, Value::Null);
        let (before, now) = (world.app.clock.now().plus_seconds(-60), world.app.clock.now());
        assert_eq!((store::attempts(db, id, 1, before).await.unwrap(), store::attempts(db, id, 2, before).await.unwrap()), (0, 1));
        assert_eq!((store::attempts(db, id, 2, now).await.unwrap(), store::attempts(db, id, 2, now.plus_seconds(1)).await.unwrap()), (1, 0));
        log(&world, &problem, contact()).await;
        assert_eq!(first_response(&world, &problem).await, "2019-01-10T05:00:00Z");
    }

    async fn a_call_back_is_no_first_response(world: World) {
        let problem = world.assigned(problem_body()).await;
        let act = crate::events::Act { person: Some(seed::member("officer2").person), ..crate::events::Act::of_the_service(world.app.clock.now()) };
        let new = NewContact {
            problem_id: id_of(&problem), purpose: Purpose::CallBack, channel: ContactChannel::Phone, at: world.app.clock.now(),
            face_to_face: false, with_reporter: true, reporter_came: false, person_id: seed::member("officer2").person, words: None, public: false,
        };
        let mut tx = world.app.db.begin().await.unwrap();
        store::log(&mut tx, &world.app.ids, &act, &new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(first_response(&world, &problem).await, Value::Null);
        let listed = world.get(&path_of(&problem)).by("handler").send().await.expect(200);
        assert_eq!(listed["items"][0]["purpose"], "call_back");
    }

    async fn s59_a_reporter_sees_the_public_contacts_without_names(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let by_dispatcher = |body: Value| world.post(&path_of(&problem)).by("dispatcher").json(body).send();
        by_dispatcher(contact()).await.expect(201);
        by_dispatcher(with(contact(), json!({ "public": true, "words": "三日内答复" }))).await.expect(201);
        let listed = world.get(&format!("{}?with_total=true", path_of(&problem))).by("reporter").send().await.expect(200);
        assert_eq!((listed["items"].as_array().map(Vec::len), &listed["total"]), (Some(1), &json!(1)));
        assert_eq!((&listed["items"][0]["words"], &listed["items"][0]["person"]), (&json!("三日内答复"), &Value::Null));
        assert_eq!(listed["items"][0]["org"]["name"], "义乌市“三服务”办公室");
        world.post(&path_of(&problem)).by("reporter").json(contact()).send().await.expect_error(403, "forbidden");
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("reporter").send().await.expect(200);
        let types: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["problem.recorded", "problem.contacted"]);
    }

    async fn who_has_nothing_to_do_with_a_problem_logs_nothing(world: World) {
        let problem = world.assigned(problem_body()).await;
        for who in ["leader", "supervisor", "assessor", "integrator", "reporter"] {
            world.post(&path_of(&problem)).by(who).json(contact()).send().await.expect_error(403, "forbidden");
        }
        for who in ["deqing-officer", "deqing-dispatcher", "officer2"] {
            world.post(&path_of(&problem)).by(who).json(contact()).send().await.expect_error(404, "not_found");
            assert!([403, 404].contains(&world.get(&path_of(&problem)).by(who).send().await.status), "{who}");
        }
        for who in ["officer", "handler", "head", "dispatcher", "province-dispatcher"] {
            world.post(&path_of(&problem)).by(who).json(contact()).send().await.expect(201);
        }
    }

    async fn once_it_is_too_late_the_reporter_is_called_and_no_longer_replied_to(world: World) {
        let problem = world.assigned(problem_body()).await;
        let reply = with(contact(), json!({ "purpose": "reply" }));
        let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
        for state in State::ALL {
            world.force(&problem, *state).await;
            let send = |body: Value| world.post(&path_of(&problem)).by("handler").json(body).send();
            let statuses = [send(contact()).await.status, send(attempt.clone()).await.status, send(reply.clone()).await.status];
            let expected = match state {
                State::PendingConfirmation | State::Closed => [201, 201, 409],
                _ if state.has_ended() => [409, 409, 409],
                _ => [201, 201, 201],
            };
            assert_eq!(statuses, expected, "{state}");
        }
        world.force(&problem, State::PendingConfirmation).await;
        let refused = world.post(&path_of(&problem)).by("handler").json(reply.clone()).send().await;
        assert_eq!(refused.json()["allowed"], json!(["contact", "attempt"]));
        refused.expect_error(409, "transition_not_allowed");
        world.force(&problem, State::Closed).await;
        world.post(&path_of(&problem)).by("handler").json(reply).send().await.expect_error(409, "ended");
    }

    async fn pages_follow_each_other_and_each_is_a_range_of_an_index(world: World) {
        let problem = world.assigned(problem_body()).await;
        for _ in 0..5 {
            log(&world, &problem, contact()).await;
        }
        let whole = world.get(&path_of(&problem)).by("handler").send().await.expect(200);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{}?limit=2{cursor}", path_of(&problem))).by("handler").send().await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(json!(seen), whole["items"]);
        let after = Some((world.app.clock.now(), uuid::Uuid::nil()));
        let plan = world.plan_of(store::page(id_of(&problem), false, after, 51)).await;
        assert!(plan.contains("contact_log_problem"), "{plan}");
    }
}

proptest! {
    #[test]
    fn no_claim_stands_that_shows_a_face_by_telephone_or_a_word_with_nobody(
        purpose in 0_usize..3, channel in 0_usize..7, face_to_face: bool, with_reporter: bool,
        reporter_came: bool, has_words: bool,
    ) {
        let claim = Claim {
            purpose: LoggedPurpose::ALL[purpose], channel: ContactChannel::ALL[channel], face_to_face, with_reporter,
            reporter_came, has_words,
        };
        let stands = claim.faults().is_empty();
        let attempt = claim.purpose == LoggedPurpose::Attempt;
        prop_assert!(!(stands && face_to_face && !claim.channel.can_be_face_to_face()));
        prop_assert!(!(stands && attempt && (with_reporter || face_to_face)));
        prop_assert!(!(stands && claim.purpose == LoggedPurpose::Reply && !with_reporter));
        prop_assert!(!(stands && !attempt && !has_words));
        let met = with_reporter && claim.channel == ContactChannel::Meeting && !attempt;
        prop_assert!(!(stands && reporter_came && !met));
        let sound = (!reporter_came || met) && (!face_to_face || claim.channel.can_be_face_to_face()) && (attempt || has_words)
            && match claim.purpose {
                LoggedPurpose::Attempt => !with_reporter && !face_to_face,
                LoggedPurpose::Reply => with_reporter,
                LoggedPurpose::Contact => true,
            };
        prop_assert_eq!(stands, sound);
    }
}
