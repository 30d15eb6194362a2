//! What there is to decide, for whom, and how the third rejected result is decided.

use serde_json::{Value, json};

use super::{body, ruling};
use crate::on_both;
use crate::requests::domain::{RequestKind, RequestState};
use crate::requests::store::{Listed, page};
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

fn numbers(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["problem"]["tracking_no"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A problem whose result its reporter has rejected three times, by call backs of the supervisor.
async fn thrice_rejected(world: &World) -> Value {
    let problem = world.open_problem().await;
    let id = id_of(&problem);
    let mut tx = world.app.db.begin().await.expect("a transaction");
    for n in [2_i64, 3] {
        crate::db::sql("INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, calendar_version, provisional) \
             SELECT $1, problem_id, $2, 'rejected', started_at, first_response_due, calendar_version, provisional \
             FROM cycle WHERE problem_id = $3 AND n = 1")
            .bind(world.app.ids.next())
            .bind(n)
            .bind(id)
            .run(&mut tx)
            .await
            .expect("a cycle");
    }
    crate::db::sql("UPDATE problem SET cycle_no = 3, matter = 'simple' WHERE id = $1")
        .bind(id)
        .run(&mut tx)
        .await
        .expect("a cycle");
    tx.commit().await.expect("a commit");
    let answer = json!({ "text": "可到市民中心办理。" });
    let claim = world
        .post(&format!("/problems/{id}/dispose"))
        .by("dispatcher")
        .at(&problem["version"]);
    let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-15", "assign": true });
    let assigned = claim.json(assign).send().await.expect(200);
    let path = format!("/problems/{id}/answer");
    let answered = world
        .post(&path)
        .by("handler")
        .at(&assigned["version"])
        .json(answer)
        .send()
        .await
        .expect(200);
    let now = world.app.clock.now().to_string();
    let reject =
        json!({ "reason": "仍未解决。", "call_back": { "method": "phone", "at": now, "words": "没有解决。" } });
    let path = format!("/problems/{id}/reject_result");
    world
        .post(&path)
        .by("dispatcher")
        .at(&answered["version"])
        .json(reject)
        .send()
        .await
        .expect(200)
}

on_both! {
    async fn what_the_caller_may_decide_is_listed_by_its_time(world: World) {
        let returned = world.just_assigned().await;
        world.ask("handler", &returned, body("return")).await.expect(201);
        let held = world.being_handled().await;
        world.ask("head", &held, body("hold")).await.expect(201);
        let escalated = world.being_handled().await;
        world.ask("head", &escalated, body("escalate")).await.expect(201);
        let number = |problem: &Value| problem["tracking_no"].as_str().unwrap().to_owned();
        let listed = |page: &Value| numbers(page);
        let of = |who: &'static str, query: &'static str| {
            let world = &world;
            async move { world.get(&format!("/requests{query}")).by(who).send().await.expect(200) }
        };
        assert_eq!(listed(&of("dispatcher", "").await), [number(&returned)]);
        let his = of("supervisor", "?limit=1&with_total=true").await;
        assert_eq!((listed(&his), &his["total"]), (vec![number(&returned)], &json!(2)));
        assert_eq!(listed(&of("supervisor", "").await), [number(&returned), number(&held)]);
        assert_eq!(listed(&of("province-dispatcher", "").await), [number(&escalated)]);
        let none = of("head", "?with_total=true").await;
        assert_eq!((listed(&none), &none["total"]), (Vec::<String>::new(), &json!(0)));
        let all = of("head", "?decidable=false&with_total=true").await;
        assert_eq!((listed(&all).len(), &all["total"]), (3, &json!(3)));
        assert_eq!(listed(&of("dispatcher", "?decidable=false&kind=hold&kind=escalate").await), [number(&held), number(&escalated)]);
        // Page by page.
        let first = of("dispatcher", "?decidable=false&limit=1").await;
        let next = format!("/requests?decidable=false&limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
        let second = world.get(&next).by("dispatcher").send().await.expect(200);
        assert_eq!((listed(&first), listed(&second)), (vec![number(&returned)], vec![number(&held)]));
        // Past its time the next level decides it too, and is told so.
        assert_eq!(listed(&of("dispatcher", "?overdue=true&decidable=false").await), Vec::<String>::new());
        world.clock_at("2019-01-14T02:00:00Z");
        assert_eq!(listed(&of("province-dispatcher", "").await), [number(&returned), number(&escalated)]);
        let late = of("province-dispatcher", "?overdue=true").await;
        assert_eq!((listed(&late), late["items"][0]["overdue"].as_bool()), (vec![number(&returned)], Some(true)));
        let seats: Vec<&str> = late["items"][0]["waits_for"]["divisions"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
        assert_eq!(seats, ["330782", "330000"]);
        world.decide("province-dispatcher", &late["items"][0], ruling("refused", None)).await.expect(200);
        let done = of("dispatcher", "?state=refused").await;
        assert_eq!(listed(&done), [number(&returned)]);
        world.get("/requests").by("reporter").send().await.expect_error(403, "forbidden");
    }

    async fn the_list_goes_along_its_index(world: World) {
        let listed = Listed { scope: seed::division(seed::YIWU), state: RequestState::Open, kinds: vec![RequestKind::Hold], overdue_at: None };
        let plan = world.plan_of(page(&listed, Some((world.app.clock.now(), seed::org("yiwu-hr"))), 51)).await;
        assert!(plan.contains("request_by_time"), "{plan}");
    }

    async fn a_refused_appeal_of_a_third_rejection_closes_it_unconfirmed_for_good(world: World) {
        let waiting = thrice_rejected(&world).await;
        assert_eq!(waiting["state"], "in_dispute");
        let open = world.get("/requests").by("supervisor").send().await.expect(200);
        let appeal = open["items"][0].clone();
        assert_eq!((appeal["kind"].as_str(), appeal["reason"].as_str(), appeal["by_reporter"].as_bool()), (Some("appeal"), Some("仍未解决。"), Some(true)));
        world.decide("supervisor", &appeal, ruling("refused", None)).await.expect(200);
        let closed = world.seen(&waiting).await;
        assert_eq!((closed["state"].as_str(), closed["closure"]["unconfirmed"].as_bool()), (Some("closed"), Some(true)));
        // The reporter may still confirm it; what he may not is begin anew.
        let call_back = json!({ "call_back": { "method": "phone", "at": "2019-01-10T02:00:00Z", "words": "已解决。" } });
        world.post(&format!("/problems/{}/confirm", id_of(&waiting))).by("supervisor").at(&closed["version"]).json(call_back).send().await.expect(200);
    }

    async fn a_granted_appeal_of_a_third_rejection_is_no_fourth(world: World) {
        let waiting = thrice_rejected(&world).await;
        let open = world.get("/requests").by("supervisor").send().await.expect(200);
        world.decide("supervisor", &open["items"][0], ruling("granted", None)).await.expect(200);
        let anew = world.seen(&waiting).await;
        assert_eq!((anew["state"].as_str(), anew["cycle_no"].as_i64(), anew["matter"].as_str()), (Some("assigned"), Some(4), Some("complex")));
    }
}
