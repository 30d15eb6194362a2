//! Who speaks for a reporter, asked with callers of every kind.

use uuid::Uuid;

use super::*;
use crate::auth::Caller;
use crate::auth::token::{Actor, Claims};
use crate::reporters::store::spoken;
use crate::reporters::voice::Voice;

fn uuid(value: &Value) -> Uuid {
    value.as_str().and_then(|id| id.parse().ok()).expect("an id")
}

fn caller(world: &World, who: &str, bend: impl FnOnce(&mut Claims)) -> Caller {
    let mut claims = world.claims(&seed::member(who), who == seed::CLIENT);
    bend(&mut claims);
    Caller::from(claims)
}

async fn voice(world: &World, who: &Caller, problem: &Value) -> Option<Voice> {
    let found = spoken(&world.app.db, who, uuid(&problem["id"]), world.app.clock.now()).await;
    found.expect("an answer").map(|spoken| {
        assert_eq!(spoken.reporter_id, uuid(&problem["reporter"]["id"]));
        spoken.voice
    })
}

/// An enterprise, and a problem that it reports.
async fn enterprise_problem(world: &World) -> (Uuid, Value) {
    let body = json!({ "type": "enterprise", "name": "示例纺织", "division": "330782" });
    let object = world
        .post("/service-objects")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201);
    let reporter = json!({
        "kind": "enterprise", "display_name": "示例纺织", "anonymity": "named", "object_id": object["id"],
    });
    (uuid(&object["id"]), recorded(world, reporter).await)
}

async fn follow(world: &World, target: &Value, follower: &Value) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO problem_reporter (problem_id, reporter_id, part, came_with_id, since) VALUES ($1, $2, 'follower', $3, $4)")
        .bind(uuid(&target["id"]))
        .bind(uuid(&follower["reporter"]["id"]))
        .bind(uuid(&follower["id"]))
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("a follower");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn an_account_speaks_for_its_own_reports_and_never_under_a_delegation(world: World) {
        let mut himself = person("masked");
        himself["person_id"] = json!(seed::member("reporter").person);
        let (problem, other) = (recorded(&world, himself).await, recorded(&world, person("named")).await);
        let reporter = caller(&world, "reporter", |_| ());
        assert_eq!(voice(&world, &reporter, &problem).await, Some(Voice::Account));
        assert_eq!(voice(&world, &reporter, &other).await, None);
        for who in ["officer", "handler", "dispatcher", "supervisor", "leader"] {
            assert_eq!(voice(&world, &caller(&world, who, |_| ()), &problem).await, None, "{who}");
        }
        let secretary = caller(&world, "reporter", |claims| {
            claims.act = Some(Actor { sub: seed::member("officer").person, rights: 1 });
        });
        assert_eq!(voice(&world, &secretary, &problem).await, None);
        // Whoever is not to be known is nobody in the chain.
        let spoken = spoken(&world.app.db, &reporter, uuid(&problem["id"]), world.app.clock.now()).await;
        let act = spoken.expect("an answer").expect("a voice").act(&reporter, world.app.clock.now());
        assert_eq!((act.person, act.org), (None, None));
        assert_eq!(reporter.act(world.app.clock.now()).person, Some(seed::member("reporter").person));
    }

    async fn a_receipt_speaks_for_the_primary_reporter_of_its_problem(world: World) {
        let (problem, other) = (recorded(&world, person("named")).await, recorded(&world, person("named")).await);
        let bearer = |of: &Value, reporter: &Value| {
            caller(&world, "reporter", |claims| {
                (claims.case, claims.sub) = (Some(uuid(&of["id"])), uuid(&reporter["reporter"]["id"]));
            })
        };
        assert_eq!(voice(&world, &bearer(&problem, &problem), &problem).await, Some(Voice::Link));
        assert_eq!(voice(&world, &bearer(&problem, &problem), &other).await, None);
        assert_eq!(voice(&world, &bearer(&other, &problem), &problem).await, None);
        // A follower speaks for its own report, not for the one that it follows.
        follow(&world, &problem, &other).await;
        assert_eq!(voice(&world, &bearer(&problem, &other), &problem).await, None);
        assert_eq!(voice(&world, &bearer(&other, &other), &other).await, Some(Voice::Link));
    }

    async fn a_client_speaks_for_those_whom_it_calls_by_a_name_if_it_has_the_scope(world: World) {
        let mut body = problem_body();
        body["reporter"] = person("named");
        body["reporter"]["external_id"] = json!({ "system": "portal", "value": "u-1" });
        let problem = world.post("/problems").by("integrator").json(body).send().await.expect(201);
        let nameless = recorded(&world, person("named")).await;
        let client = caller(&world, seed::CLIENT, |_| ());
        assert_eq!(voice(&world, &client, &problem).await, Some(Voice::Portal));
        assert_eq!(voice(&world, &client, &nameless).await, None);
        let without = caller(&world, seed::CLIENT, |claims| claims.scope = claims.scope.replace("reporters:act", ""));
        assert_eq!(voice(&world, &without, &problem).await, None);
        let another = caller(&world, seed::CLIENT, |claims| {
            claims.sub = world.app.ids.next();
            claims.client = Some(claims.sub);
        });
        assert_eq!(voice(&world, &another, &problem).await, None);
        // A person who came in through the client is no client.
        let person = caller(&world, "reporter", |claims| {
            claims.client = Some(seed::member(seed::CLIENT).person);
            claims.scope = "reporters:act".to_owned();
        });
        assert_eq!(voice(&world, &person, &problem).await, None);
    }

    async fn an_enterprise_is_spoken_for_while_its_authorisation_holds(world: World) {
        let (enterprise, problem) = enterprise_problem(&world).await;
        let mut of_person = person("named");
        of_person["object_id"] = json!(enterprise);
        let private = recorded(&world, of_person).await;
        let reporter = caller(&world, "reporter", |_| ());
        let now = world.app.clock.now();
        let second = |seconds: i64| Some(now.plus_seconds(seconds));
        for (from, to, ended, holds) in [
            (now, None, None, true),
            (now, second(1), None, true),
            (now.plus_seconds(1), None, None, false),
            (now.plus_seconds(-9), second(0), None, false),
            (now.plus_seconds(-9), None, second(-1), false),
        ] {
            let mut tx = world.app.db.begin().await.expect("a transaction");
            sql("DELETE FROM enterprise_authorisation").run(&mut tx).await.expect("a clean slate");
            sql("INSERT INTO enterprise_authorisation (id, person_id, enterprise_id, valid_from, valid_to, granted_by, \
                 ended_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $4, $4)")
                .bind(world.app.ids.next()).bind(seed::member("reporter").person).bind(enterprise).bind(from).bind(to)
                .bind(seed::member("officer").person).bind(ended).run(&mut tx).await.expect("an authorisation");
            tx.commit().await.expect("a commit");
            let expected = holds.then_some(Voice::Account);
            assert_eq!(voice(&world, &reporter, &problem).await, expected, "{from} {to:?} {ended:?}");
            // What one of its people reported is that person's.
            assert_eq!(voice(&world, &reporter, &private).await, None);
            assert_eq!(voice(&world, &caller(&world, "officer", |_| ()), &problem).await, None);
        }
    }

    async fn a_follower_adds_nothing_to_what_it_follows(world: World) {
        let mut himself = person("named");
        himself["person_id"] = json!(seed::member("reporter").person);
        let (target, own) = (recorded(&world, person("named")).await, recorded(&world, himself).await);
        follow(&world, &target, &own).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        crate::problems::store::write::scope_rows(&mut tx, uuid(&target["id"])).await.expect("scopes");
        tx.commit().await.expect("a commit");
        let path = |problem: &Value| format!("/problems/{}/supplements", problem["id"].as_str().expect("an id"));
        let add = |problem: &Value| world.post(&path(problem)).by("reporter").json(json!({ "text": "补充" })).send();
        // It is another's: to who follows it, it is not there.
        world.get(&path(&target)).by("reporter").send().await.expect_error(404, "not_found");
        add(&target).await.expect_error(404, "not_found");
        add(&own).await.expect(201);
    }
}
