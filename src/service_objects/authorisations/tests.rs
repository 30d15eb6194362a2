//! Through the real router, on both databases.

use serde_json::{Value, json};
use uuid::Uuid;

use super::expiring::end_expired;
use crate::auth::policy::Role;
use crate::db::sql;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn id_of(thing: &Value) -> Uuid {
    thing["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

async fn enter(world: &World, kind: &str, name: &str) -> Value {
    let mut body = json!({ "type": kind, "name": name, "division": "330782" });
    if kind == "household" {
        body["division"] = json!("330782001001");
        body["household"] = json!({ "alias": name });
    }
    world
        .post("/service-objects")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

/// A problem that an enterprise reports, recorded by somebody.
async fn report(world: &World, who: &str, enterprise: &Value) -> Value {
    let mut body = problem_body();
    body["reporter"] = json!({
        "kind": "enterprise", "display_name": enterprise["name"], "anonymity": "named", "object_id": enterprise["id"],
    });
    world.post("/problems").by(who).json(body).send().await.expect(201)
}

async fn grant(world: &World, who: &str, object: &Value, body: Value) -> Answer {
    let path = format!("/service-objects/{}/authorisations", id_of(object));
    world.post(&path).by(who).json(body).send().await
}

fn to_reporter(more: Value) -> Value {
    let mut body = json!({ "person_id": seed::member("reporter").person });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

async fn end(world: &World, who: &str, authorisation: &Value) -> Answer {
    let path = format!("/authorisations/{}/end", id_of(authorisation));
    let call = world.post(&path).by(who).at(&authorisation["version"]);
    call.json(json!({ "reason": "人员离职" })).send().await
}

/// The problems that the reporter's account sees, oldest first.
async fn seen(world: &World) -> Vec<Uuid> {
    let listed = world
        .get("/problems?sort=-recorded_at")
        .by("reporter")
        .send()
        .await
        .expect(200);
    let mut ids: Vec<Uuid> = listed["items"].as_array().expect("items").iter().map(id_of).collect();
    ids.sort_unstable();
    ids
}

async fn add(world: &World, problem: &Value) -> u16 {
    let path = format!("/problems/{}/supplements", id_of(problem));
    world
        .post(&path)
        .by("reporter")
        .json(json!({ "text": "补充" }))
        .send()
        .await
        .status
}

on_both! {
    async fn whoever_is_authorised_sees_the_enterprises_problems_and_speaks_for_them(world: World) {
        let (firm, other) = (enter(&world, "enterprise", "示例一").await, enter(&world, "enterprise", "示例二").await);
        let before = report(&world, "officer", &firm).await;
        report(&world, "officer", &other).await;
        world.put_into(&before, "pending_confirmation").await;
        let granted = grant(&world, "dispatcher", &firm, to_reporter(json!({}))).await;
        assert_eq!(granted.headers["location"], format!("/api/v1/service-objects/{}/authorisations", id_of(&firm)));
        let granted = granted.expect(201);
        assert_eq!((&granted["enterprise"]["name"], &granted["granted_by"]["name"]), (&json!("示例一"), &json!("示例交办员")));
        assert_eq!((&granted["valid_from"], &granted["valid_to"]), (&json!(seed::NOW), &Value::Null));
        assert_eq!(seen(&world).await, [id_of(&before)]);
        // The row that was copied says how the problem stands.
        let filtered = world.get("/problems?state=pending_confirmation").by("reporter").send().await.expect(200);
        assert_eq!(filtered["items"][0]["id"], before["id"]);
        let after = report(&world, "officer", &firm).await;
        assert_eq!(seen(&world).await, [id_of(&before), id_of(&after)]);
        assert_eq!((add(&world, &before).await, add(&world, &after).await), (201, 201));
        let ended = end(&world, "officer", &granted).await.expect(200);
        assert_eq!((&ended["end_reason"], &ended["version"]), (&json!("人员离职"), &json!(2)));
        assert_eq!(seen(&world).await, Vec::<Uuid>::new());
        assert_eq!((add(&world, &before).await, add(&world, &after).await), (404, 404));
        // No later change brings back what was ended.
        report(&world, "officer", &firm).await;
        assert_eq!(seen(&world).await, Vec::<Uuid>::new());
        assert_eq!(verify(&world.app.db, id_of(&firm)).await.expect("a chain"), None);
    }

    async fn what_a_person_sees_for_another_reason_stays_in_sight(world: World) {
        let (firm, partner) = (enter(&world, "enterprise", "示例一").await, enter(&world, "enterprise", "示例二").await);
        let ours = report(&world, "officer", &firm).await;
        let granted = grant(&world, "dispatcher", &firm, to_reporter(json!({}))).await.expect(201);
        // His own recording for the enterprise is his own all the same.
        let own = report_by_reporter(&world, &firm).await;
        grant(&world, "dispatcher", &partner, to_reporter(json!({}))).await.expect(201);
        let theirs = report(&world, "officer", &partner).await;
        assert_eq!(seen(&world).await, [id_of(&ours), id_of(&own), id_of(&theirs)]);
        end(&world, "dispatcher", &granted).await.expect(200);
        assert_eq!(seen(&world).await, [id_of(&own), id_of(&theirs)]);
    }

    async fn a_voice_ends_at_its_very_date_and_the_sight_with_the_next_sweep(world: World) {
        let firm = enter(&world, "enterprise", "示例").await;
        let problem = report(&world, "officer", &firm).await;
        let until = world.app.clock.now().plus_seconds(60);
        let granted = grant(&world, "officer", &firm, to_reporter(json!({ "valid_to": until }))).await.expect(201);
        world.app.clock.set(world.app.clock.now().plus_seconds(59));
        assert_eq!((add(&world, &problem).await, end_expired(&world.app).await.expect("a sweep")), (201, 0));
        world.app.clock.set(until);
        assert_eq!((add(&world, &problem).await, seen(&world).await), (403, vec![id_of(&problem)]));
        // What expired is in nobody's way.
        grant(&world, "officer", &firm, to_reporter(json!({ "valid_to": until.plus_seconds(60) }))).await.expect(201);
        assert_eq!(end_expired(&world.app).await.expect("a sweep"), 1);
        assert_eq!((add(&world, &problem).await, seen(&world).await), (201, vec![id_of(&problem)]));
        world.app.clock.set(until.plus_seconds(60));
        assert_eq!((end_expired(&world.app).await.expect("a sweep"), end_expired(&world.app).await.expect("another")), (1, 0));
        assert_eq!(seen(&world).await, Vec::<Uuid>::new());
        end(&world, "officer", &json!({ "id": granted["id"], "version": 2 })).await.expect_error(409, "ended");
        let all = list(&world, &firm, "include_ended=true&with_total=true").await;
        assert_eq!((&all["items"][0]["end_reason"], &all["total"]), (&json!("expired"), &json!(2)));
        assert_eq!(list(&world, &firm, "").await["items"], json!([]));
        assert_eq!(verify(&world.app.db, id_of(&firm)).await.expect("a chain"), None);
    }

    async fn what_cannot_be_granted_is_refused_with_every_fault(world: World) {
        let (firm, household) = (enter(&world, "enterprise", "示例").await, enter(&world, "household", "某户").await);
        let now = world.app.clock.now();
        let refused = async |who: &str, object: &Value, body: Value| {
            grant(&world, who, object, body).await.expect_error(422, "invalid")
        };
        let wrong = json!({ "valid_from": now.plus_seconds(1), "valid_to": now });
        assert_eq!(
            refused("officer", &household, to_reporter(wrong)).await,
            [" conflict", "/valid_from not_within", "/valid_to not_within"]
        );
        let oneself = json!({ "person_id": seed::member("officer").person });
        assert_eq!(refused("officer", &firm, oneself).await, ["/person_id conflict"]);
        for person in [seed::member("deqing-officer").person, world.app.ids.next()] {
            assert_eq!(refused("officer", &firm, json!({ "person_id": person })).await, ["/person_id unknown_reference"]);
        }
        grant(&world, "officer", &firm, to_reporter(json!({ "valid_from": now.plus_seconds(-60) }))).await.expect(201);
        grant(&world, "dispatcher", &firm, to_reporter(json!({}))).await.expect_error(409, "duplicate");
        let ended = world.post(&format!("/service-objects/{}/end", id_of(&firm))).by("officer").at(&json!(1))
            .json(json!({ "reason": "注销" })).send().await;
        ended.expect(200);
        grant(&world, "officer", &firm, to_reporter(json!({}))).await.expect_error(409, "ended");
    }

    async fn of_two_who_grant_the_same_at_once_one_does(world: World) {
        let firm = enter(&world, "enterprise", "示例").await;
        let grants = ["officer", "dispatcher", "officer"].map(|who| grant(&world, who, &firm, to_reporter(json!({}))));
        let mut statuses: Vec<u16> = futures_util::future::join_all(grants).await.iter().map(|a| a.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409]);
    }

    async fn authorisations_elsewhere_do_not_exist_and_others_roles_have_none(world: World) {
        let firm = enter(&world, "enterprise", "示例").await;
        let granted = grant(&world, "officer", &firm, to_reporter(json!({}))).await.expect(201);
        let path = format!("/service-objects/{}/authorisations", id_of(&firm));
        for who in ["deqing-officer", "deqing-dispatcher"] {
            grant(&world, who, &firm, to_reporter(json!({}))).await.expect_error(404, "not_found");
            end(&world, who, &granted).await.expect_error(404, "not_found");
            world.get(&path).by(who).send().await.expect_error(404, "not_found");
        }
        for who in ["leader", "handler", "head", "supervisor", "admin", "reporter", "integrator"] {
            grant(&world, who, &firm, to_reporter(json!({}))).await.expect_error(403, "forbidden");
            end(&world, who, &granted).await.expect_error(403, "forbidden");
            world.get(&path).by(who).send().await.expect_error(403, "forbidden");
        }
        let path = format!("/authorisations/{}/end", id_of(&granted));
        let call = || world.post(&path).by("province-dispatcher").json(json!({ "reason": "试" }));
        call().send().await.expect_error(428, "precondition_required");
        call().at(&json!(7)).send().await.expect_error(412, "precondition_failed");
        call().at(&json!(1)).send().await.expect(200);
        call().at(&json!(2)).send().await.expect_error(409, "ended");
    }
}

/// A problem that the authorised person records for the enterprise with his own account.
async fn report_by_reporter(world: &World, firm: &Value) -> Value {
    assert_eq!(seed::member("reporter").role, Role::Reporter);
    let mut body = problem_body();
    body["reporter"] = json!({
        "kind": "enterprise", "display_name": firm["name"], "anonymity": "named", "object_id": firm["id"],
    });
    let problem = world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201);
    let acts: Vec<(String,)> = sql("SELECT act FROM problem_actor WHERE problem_id = $1")
        .bind(id_of(&problem))
        .all(&world.app.db)
        .await
        .expect("acts");
    assert_eq!(
        acts,
        [("recorded".to_owned(),)],
        "he is the reporter, not somebody who records for another"
    );
    problem
}

async fn list(world: &World, firm: &Value, query: &str) -> Value {
    let path = format!("/service-objects/{}/authorisations?{query}", id_of(firm));
    world.get(&path).by("dispatcher").send().await.expect(200)
}
