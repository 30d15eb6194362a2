//! Who is told of what was ruled about a problem, and of what happens to it by itself.

use serde_json::{Value, json};
use uuid::Uuid;

use super::with_reporter;
use crate::clock::Timestamp;
use crate::db::{Value as Bound, sql};
use crate::on_both;
use crate::requests::tests::{body, ruling};
use crate::tasks::engine::Engine;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// Somebody who can be reached by telephone only.
fn by_telephone() -> Value {
    with_reporter(json!({
        "kind": "person", "display_name": "王女士", "phone": "13800001234", "preferred_channel": "phone", "anonymity": "named",
    }))
}

impl World {
    /// A problem of somebody who can be reached by telephone only, that 人社局 has accepted; and as it was recorded.
    async fn accepted_by_telephone(&self) -> (Value, Value) {
        let recorded = self
            .post("/problems")
            .by("officer")
            .json(by_telephone())
            .send()
            .await
            .expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = self.act("dispatcher", &recorded, "assign", assign).await.expect(200);
        let accepted = self.act("handler", &assigned, "accept", json!({})).await.expect(200);
        (accepted, recorded)
    }

    /// What whoever telephones reporters has still to tell of a problem, the oldest first.
    async fn to_be_told_of(&self, problem: &Value) -> Vec<String> {
        let all = self.to_tell("dispatcher").await;
        let of_it = all.iter().filter(|notice| notice["problem"]["id"] == problem["id"]);
        of_it
            .map(|notice| notice["kind"].as_str().expect("a kind").to_owned())
            .collect()
    }

    async fn granted(&self, asker: &str, decider: &str, problem: &Value, kind: &str, org: Option<&str>) {
        let asked = self.ask(asker, problem, body(kind)).await.expect(201);
        self.decide(decider, &asked, ruling("granted", org)).await.expect(200);
    }

    /// The reporter's appeal of what was declined.
    async fn appealed(&self, recorded: &Value) -> Value {
        let token = self.receipt_token(recorded).await;
        let declined = self.seen(recorded).await;
        let path = format!("/problems/{}/requests", id_of(recorded));
        let call = self.post(&path).bearer(&token).at(&declined["version"]);
        call.json(body("appeal")).send().await.expect(201)
    }
}

on_both! {
    async fn s59_a_reporter_is_told_that_it_is_put_on_hold_extended_or_declined(world: World) {
        for (kind, decider, told) in [
            ("hold", "supervisor", "problem.put_on_hold"),
            ("extend", "dispatcher", "problem.extended"),
            ("decline", "province-dispatcher", "problem.declined"),
        ] {
            let (problem, _) = world.accepted_by_telephone().await;
            world.granted("head", decider, &problem, kind, None).await;
            assert_eq!(world.to_be_told_of(&problem).await, ["problem.recorded", told], "{kind}");
            // Whoever handles it hears of it once: that it was decided.
            assert!(world.has_told("handler", &problem, "request.decided").await, "{kind}");
            // What was refused moves nothing for the reporter.
            let (problem, _) = world.accepted_by_telephone().await;
            let asked = world.ask("head", &problem, body(kind)).await.expect(201);
            world.decide(decider, &asked, ruling("refused", None)).await.expect(200);
            assert_eq!(world.to_be_told_of(&problem).await, ["problem.recorded"], "{kind}");
        }
    }

    async fn whoever_supports_is_told_that_the_clock_stands_still_or_runs_longer(world: World) {
        for (kind, decider, told) in [("hold", "supervisor", "problem.put_on_hold"), ("extend", "dispatcher", "problem.extended")] {
            let problem = world.accepted().await;
            let path = format!("/problems/{}/assignments", id_of(&problem));
            let part = json!({ "org_id": seed::org("yiwu-finance"), "duty": "核拨补贴" });
            world.post(&path).by("head").at(&problem["version"]).json(part).send().await.expect(201);
            world.granted("head", decider, &problem, kind, None).await;
            assert!(world.has_told("finance-handler", &problem, told).await);
        }
    }

    async fn who_is_to_lead_by_a_ruling_is_told_and_so_is_who_led(world: World) {
        let problem = world.just_assigned().await;
        world.granted("handler", "dispatcher", &problem, "return", Some("yiwu-finance")).await;
        assert_eq!(world.told("finance-handler").await, ["problem.return_ruled"]);
        assert!(world.has_told("head", &problem, "request.decided").await);
        let problem = world.being_handled().await;
        world.granted("head", "province-dispatcher", &problem, "escalate", Some("province-hr")).await;
        assert_eq!(world.told("study-handler").await, ["problem.escalated"]);
        assert!(world.has_told("handler", &problem, "request.decided").await);
        // What goes back to who has it: its reporter hears nothing of it, who asked does.
        let problem = world.being_handled().await;
        let asked = world.ask("head", &problem, body("escalate")).await.expect(201);
        world.decide("province-dispatcher", &asked, ruling("refused", None)).await.expect(200);
        assert!(world.has_told("head", &problem, "request.decided").await);
    }

    async fn who_asked_is_told_what_was_decided_though_he_neither_leads_nor_watches(world: World) {
        let problem = world.open_problem().await;
        world.granted("dispatcher", "province-dispatcher", &problem, "decline", None).await;
        assert_eq!(world.told("dispatcher").await, ["request.decided"]);
    }

    async fn what_became_of_an_appeal_is_told_to_the_reporter_once_and_to_who_leads_from_now_on(world: World) {
        for (decision, told) in [("granted", "problem.appeal_granted"), ("refused", "problem.appeal_refused")] {
            let (problem, recorded) = world.accepted_by_telephone().await;
            world.granted("head", "province-dispatcher", &problem, "decline", None).await;
            let appeal = world.appealed(&recorded).await;
            world.decide("supervisor", &appeal, ruling(decision, None)).await.expect(200);
            assert_eq!(world.to_be_told_of(&problem).await, ["problem.recorded", "problem.declined", told]);
            let last = if decision == "granted" { "problem.appeal_granted" } else { "request.decided" };
            assert!(world.has_told("handler", &problem, last).await, "{decision}");
        }
        // Nobody ever led it: the office that is to find somebody.
        let recorded = world.post("/problems").by("officer").json(by_telephone()).send().await.expect(201);
        world.granted("dispatcher", "province-dispatcher", &recorded, "decline", None).await;
        let appeal = world.appealed(&recorded).await;
        world.decide("supervisor", &appeal, ruling("granted", None)).await.expect(200);
        assert_eq!(world.seen(&recorded).await["state"], "open");
        assert!(world.has_told("dispatcher", &recorded, "problem.appeal_granted").await);
    }

    async fn who_handles_it_is_told_that_the_reporter_did_not_answer(world: World) {
        let (problem, _) = world.accepted_by_telephone().await;
        world.act("handler", &problem, "ask_reporter", json!({ "question": "编号？" })).await.expect(200);
        world.clock_at("2019-01-17T09:00:00Z");
        Engine::new(world.app.clone()).work_off(100).await.expect("tasks");
        assert!(world.has_told("handler", &problem, "problem.reporter_silent").await);
        assert_eq!(world.to_be_told_of(&problem).await, ["problem.recorded", "problem.reporter_asked"]);
    }

    async fn a_successor_is_told_of_each_problem_that_passes_to_it(world: World) {
        let problem = world.accepted().await;
        world.post("/me/watches").by("leader").json(json!({ "problem_id": problem["id"] })).send().await.expect(201);
        let end = json!({ "reason": "机构改革", "successor_id": seed::org("yiwu-finance") });
        let path = format!("/orgs/{}/end", seed::org("yiwu-hr"));
        world.post(&path).by("admin").at(&json!(1)).json(end).send().await.expect(200);
        assert_eq!(world.told("finance-handler").await, ["problem.organisation_succeeded"]);
        assert!(world.has_told("leader", &problem, "problem.organisation_succeeded").await);
        let whole = world.event_types(id_of(&problem)).await;
        assert_eq!(whole.last().map(String::as_str), Some("problem.organisation_succeeded"));
    }

    async fn two_hundred_watchers_do_not_keep_it_from_who_is_responsible(world: World) {
        let problem = world.accepted().await;
        let (now, org): (Timestamp, Uuid) = (world.app.clock.now(), seed::org("yiwu-hr"));
        // Their ids come before anybody else's.
        let people: Vec<Uuid> = (1..=250).map(Uuid::from_u128).collect();
        let mut tx = world.app.db.begin().await.unwrap();
        sql("INSERT INTO person (id, name, org_id, rights_changed_at, created_at, updated_at)")
            .values(people.iter().map(|id| -> [Bound; 6] { [(*id).into(), "盯办人".into(), org.into(), now.into(), now.into(), now.into()] }))
            .run(&mut tx).await.unwrap();
        sql("INSERT INTO watch (person_id, problem_id, created_at)")
            .values(people.iter().map(|id| -> [Bound; 3] { [(*id).into(), id_of(&problem).into(), now.into()] }))
            .run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        world.act("dispatcher", &problem, "transfer", json!({
            "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "reason": "事权不同",
        })).await.expect(200);
        assert_eq!(world.told("finance-handler").await, ["problem.transferred"]);
        assert!(world.has_told("head", &problem, "problem.transferred").await);
        let (count,): (i64,) = sql("SELECT COUNT(*) FROM notice WHERE kind = 'problem.transferred'").one(&world.app.db).await.unwrap();
        assert_eq!(count, 200);
    }
}
