//! Separation of duties is between acts: every act of handling counts, and under a delegation it binds both.

use serde_json::{Value, json};
use uuid::Uuid;

use super::follow_up;
use crate::auth::Role;
use crate::auth::token::Actor;
use crate::db::sql;
use crate::on_both;
use crate::problems::domain::ProblemAct;
use crate::problems::separation::HANDLED;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

fn call_back(world: &World) -> Value {
    json!({ "call_back": { "method": "phone", "at": world.app.clock.now().to_string(), "words": "已解决。" } })
}

async fn confirm(world: &World, token: &str, problem: &Value) -> Answer {
    let path = format!("/problems/{}/confirm", id_of(problem));
    let call = world.post(&path).header("Authorization", token).at(&problem["version"]);
    call.json(call_back(world)).send().await
}

/// A token of somebody in another role, carried by a secretary who may do this much.
fn by_secretary(world: &World, secretary: &str, whose: &str, actions: &[&str], role: Option<(Role, &str)>) -> String {
    let mut claims = world.claims(&seed::member(whose), false);
    for membership in &mut claims.memberships {
        if let Some((role, org)) = role {
            (membership.role, membership.org) = (role, seed::org(org));
        }
    }
    claims.act = Some(Actor {
        sub: seed::member(secretary).person,
        rights: 1,
    });
    claims.delegated = Some(actions.iter().map(|action| (*action).to_owned()).collect());
    format!("Bearer {}", world.app.tokens.sign(&claims).expect("a signature"))
}

/// Leaves only one kind of act of a problem on record.
async fn only(world: &World, rows: &[(Uuid, Uuid, ProblemAct)], kept: ProblemAct) {
    let mut tx = world.app.db.begin().await.unwrap();
    for (id, _, act) in rows {
        let act = if *act == kept { kept } else { ProblemAct::Urge };
        sql("UPDATE problem_actor SET act = $1 WHERE id = $2")
            .bind(act)
            .bind(*id)
            .run(&mut tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn s75_every_act_of_handling_keeps_its_doer_apart(world: World) {
        let problem = world.post("/problems").by("officer").json(problem_body()).send().await.expect(201);
        let mut proposal = follow_up();
        proposal["organisations"] = json!([{ "org_id": seed::org("yiwu-finance"), "agreed": "核拨补贴" }]);
        let proposed = world.dispose("dispatcher", &problem, proposal).await.expect(200);
        let led = world.act("handler", &proposed, "claim", json!({})).await.expect(200);
        // Who was proposed to support has its part as soon as somebody leads, and does it.
        let path = format!("/problems/{}/assignments", id_of(&problem));
        let parts = world.get(&path).by("finance-handler").send().await.expect(200);
        let part = parts["items"].as_array().unwrap().iter().find(|part| part["role"] == "supporting").expect("a part").clone();
        assert_eq!((&part["duty"], &part["due_on"]), (&json!("核拨补贴"), &json!("2019-01-15")));
        let told = world.get("/me/notices").by("finance-handler").send().await.expect(200);
        assert!(told["items"].as_array().unwrap().iter().any(|notice| notice["kind"] == "problem.claimed"), "{told}");
        world.plan(&led).await;
        let started = world.act("head", &led, "start", Value::Null).await.expect(200);
        world.do_steps(&started).await;
        let done = json!({ "result": "已办好", "no_face_to_face_reason": "已电话沟通" });
        world.act("head", &started, "complete", done.clone()).await.expect_error(409, "open_duties");
        let own = format!("/assignments/{}", part["id"].as_str().unwrap());
        let taken = world.post(&format!("{own}/accept")).by("finance-handler").at(&part["version"]).json(json!({})).send().await.expect(200);
        world.post(&format!("{own}/done")).by("finance-handler").at(&taken["version"]).send().await.expect(200);
        let done = world.act("head", &started, "complete", done).await.expect(200);
        let rows: Vec<(Uuid, Uuid, ProblemAct)> = sql("SELECT id, person_id, act FROM problem_actor WHERE problem_id = $1")
            .bind(id_of(&problem)).all(&world.app.db).await.unwrap();
        for (who, kept) in [
            ("handler", ProblemAct::Analyse), ("handler", ProblemAct::Plan), ("handler", ProblemAct::DoStep),
            ("head", ProblemAct::ApprovePlan), ("finance-handler", ProblemAct::Support), ("head", ProblemAct::Start),
            ("handler", ProblemAct::Claim),
        ] {
            let did = rows.iter().any(|(_, person, act)| *person == seed::member(who).person && *act == kept);
            assert!(did && HANDLED.contains(&kept), "{who} {kept} {rows:?}");
            only(&world, &rows, kept).await;
            let refused = confirm(&world, &world.as_other(who, Role::Supervisor, "yiwu-supervision"), &done).await;
            assert_eq!(refused.json()["earlier_act"]["act"], kept.as_str(), "{who}");
            refused.expect_error(403, "separation_of_duties");
        }
        only(&world, &rows, ProblemAct::Appeal).await;
        confirm(&world, &world.as_other("handler", Role::Supervisor, "yiwu-supervision"), &done).await.expect(200);
    }

    async fn a_secretary_keeps_apart_whom_he_acts_for_and_is_kept_apart_by_him(world: World) {
        let mut body = problem_body();
        body["matter"] = json!("simple");
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let mut proposal = follow_up();
        proposal["due_on"] = json!("2019-01-15");
        let proposed = world.dispose("dispatcher", &problem, proposal).await.expect(200);
        let path = format!("/problems/{}/answer", id_of(&problem));
        let secretary = by_secretary(&world, "officer2", "handler", &["answer_problem"], None);
        let call = world.post(&path).header("Authorization", &secretary).at(&proposed["version"]);
        let done = call.json(json!({ "text": "到市民中心一楼办理。" })).send().await.expect(200);
        let supervising = (Role::Supervisor, "yiwu-supervision");
        for (who, token) in [
            ("whom he acted for", world.as_other("handler", supervising.0, supervising.1)),
            ("who acted", world.as_other("officer2", supervising.0, supervising.1)),
            ("somebody else for him", by_secretary(&world, "supervisor", "handler", &["confirm_problem", "get_problem"], Some(supervising))),
        ] {
            let refused = confirm(&world, &token, &done).await;
            assert!(refused.json()["earlier_act"]["act"].is_string(), "{who}: {}", refused.json());
            refused.expect_error(403, "separation_of_duties");
            let read = world.get(&format!("/problems/{}", id_of(&problem))).header("Authorization", &token).send().await.expect(200);
            let allowed = read["allowed_actions"].as_array().unwrap();
            assert!(allowed.iter().all(|action| action["action"] != "confirm"), "{who}: {allowed:?}");
        }
        confirm(&world, &by_secretary(&world, "officer2", "supervisor", &["confirm_problem"], None), &done).await.expect_error(403, "separation_of_duties");
        world.called_back(&done).await;
    }

    async fn a_role_elsewhere_does_not_handle(world: World) {
        let problem = world.open_problem().await;
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let assigned = world.act("dispatcher", &problem, "assign", assign).await.expect(200);
        // An officer of the lead who is a handler elsewhere, where the problem is seen, too.
        let mut claims = world.claims(&seed::member("handler"), false);
        let mut elsewhere = claims.memberships[0].clone();
        claims.memberships[0].role = Role::Officer;
        (elsewhere.id, elsewhere.role, elsewhere.org) = (Uuid::from_u128(7), Role::Handler, seed::org("yiwu-government"));
        claims.memberships.push(elsewhere);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let path = format!("/problems/{}/accept", id_of(&problem));
        let call = world.post(&path).header("Authorization", &token).at(&assigned["version"]).json(json!({}));
        call.send().await.expect_error(403, "forbidden");
        world.act("handler", &assigned, "accept", json!({})).await.expect(200);
    }
}
