//! What is no transition but must happen between them: recordings, analyses, plans, steps, parts, contacts, ratings.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::expected::{Expected, Org, Raised};
use super::foresee::Ready;
use super::people::Persona;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::demo::script::random::Random;
use crate::problems::domain::{Matter, State};
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

/// Sends a request as somebody.
pub async fn call(world: &World, who: &Persona, path: &str, version: Option<i64>, body: Value) -> Answer {
    let call = world.post(path).header("Authorization", &who.token);
    let call = match version {
        Some(version) => call.at(&json!(version)),
        None => call,
    };
    if body.is_null() { call } else { call.json(body) }.send().await
}

/// The persona of this name.
pub fn called<'p>(people: &'p [Persona], name: &str) -> &'p Persona {
    people.iter().find(|who| who.name == name).expect("somebody")
}

/// Makes 人社局 competent for E01 and M01, 财政局 for E02.
pub async fn make_competent(world: &World) {
    for (org, category) in [("yiwu-hr", "E01"), ("yiwu-finance", "E02"), ("yiwu-hr", "M01")] {
        let body = json!({ "org_id": seed::org(org), "category": category, "division": seed::YIWU, "priority": 10 });
        world
            .post("/competences")
            .by("admin")
            .json(body)
            .send()
            .await
            .expect(201);
    }
}

/// A visit that has begun.
pub async fn visit(world: &World) -> Value {
    let mut body = crate::test_support::builders::visit_body();
    body["planned_at"] = json!(world.app.clock.now().plus_seconds(-1800));
    let visit = world.post("/visits").by("officer").json(body).send().await.expect(201);
    let path = format!("/visits/{}/start", visit["id"].as_str().expect("an id"));
    world
        .post(&path)
        .by("officer")
        .at(&visit["version"])
        .send()
        .await
        .expect(200)
}

/// Records a problem at random.
pub async fn record(world: &World, random: &mut Random, visit: &Value, number: u64) -> Expected {
    let raised = *random.pick(&[
        Raised::ByOfficer,
        Raised::ByNobody,
        Raised::InVisit,
        Raised::InVisit,
        Raised::ByAccount,
        Raised::ByPortal,
    ]);
    let (audience, category, competent): (_, _, Org) = *random.pick(&[
        ("enterprise", "E01", "yiwu-hr"),
        ("enterprise", "E01", "yiwu-hr"),
        ("enterprise", "E02", "yiwu-finance"),
        ("masses", "M01", "yiwu-hr"),
    ]);
    let matter = *random.pick(&[
        Matter::Simple,
        Matter::Simple,
        Matter::Complex,
        Matter::Complex,
        Matter::Institutional,
    ]);
    let is_critical = random.chance(10);
    let mut body = json!({
        "audience": audience, "category": category, "division": seed::YIWU, "statement": "随机的问题", "matter": matter,
        "urgency": if is_critical { "critical" } else { "normal" },
        "reporter": { "kind": "person", "display_name": "示例居民", "anonymity": "named" },
    });
    let recorder = match raised {
        Raised::ByOfficer => "officer",
        Raised::ByNobody => {
            body["reporter"] = json!({ "kind": "person", "anonymity": "unknown" });
            "officer"
        }
        Raised::InVisit => {
            body["visit_id"] = visit["id"].clone();
            "officer"
        }
        Raised::ByAccount => {
            body["reporter"] = Value::Null;
            "reporter"
        }
        Raised::ByPortal => {
            body["reporter"]["external_id"] = json!({ "system": "portal", "value": format!("r-{number}") });
            seed::CLIENT
        }
    };
    let recorded = world.post("/problems").by(recorder).json(body).send().await.expect(201);
    let now = world.app.clock.now();
    let mut problem = Expected {
        id: recorded["id"].as_str().expect("an id").parse().expect("an id"),
        number: recorded["tracking_no"].as_str().expect("a number").to_owned(),
        receipt: world.receipt_token(&recorded).await,
        raised,
        audience,
        competent,
        is_critical,
        recorded_at: now,
        opened_at: now,
        version: 1,
        state: State::Recorded,
        matter,
        disposition: None,
        cycle: 1,
        began: now,
        due: None,
        paused_due: None,
        asked_at: None,
        lead: None,
        person: None,
        proposed: None,
        study: None,
        proposed_support: None,
        last_lead: None,
        back_to: None,
        resolved_at: None,
        closed_at: None,
        confirmed: false,
        rejections: 0,
        merged_into: None,
        duties: BTreeSet::new(),
        parts: BTreeSet::new(),
        seen: BTreeSet::new(),
        acts: BTreeSet::new(),
        met: false,
        attempts: Vec::new(),
        notice: None,
        rated: false,
        outputs: false,
        now,
        paused_at: None,
        held_until: None,
        led_since: None,
        disposed_at: None,
        led: BTreeSet::new(),
        ruled: BTreeSet::new(),
        is_final: false,
        asked: None,
        past: Vec::new(),
        urged: Vec::new(),
    };
    let (person, org) = problem.recorder();
    let deed = if raised == Raised::ByAccount {
        "recorded"
    } else {
        "recorded_for_other"
    };
    problem.acts.extend(person.map(|person| (person, deed)));
    problem.seen.extend(
        [problem.id, seed::division(seed::YIWU), seed::division("330000")]
            .into_iter()
            .chain(person),
    );
    if let Some(org) = org {
        problem.show(org);
    }
    if raised == Raised::InVisit {
        problem
            .seen
            .extend(["leader", "officer"].map(|key| seed::member(key).person));
    } else {
        problem.enter(State::Open);
    }
    problem
}

/// How far a problem is planned.
pub async fn ready(world: &World, problem: &Expected) -> Ready {
    let (analyses, plans, steps, open_steps): (i64, i64, i64, i64) =
        sql("SELECT (SELECT COUNT(*) FROM analysis a WHERE a.problem_id = p.id), \
         (SELECT COUNT(*) FROM action_plan_problem y JOIN action_plan q ON q.id = y.action_plan_id \
         WHERE y.problem_id = p.id AND y.left_at IS NULL AND q.state IN ('approved', 'executing', 'done')), \
         (SELECT COUNT(*) FROM plan_step s WHERE s.problem_id = p.id AND s.cycle_no = p.cycle_no), \
         (SELECT COUNT(*) FROM plan_step s WHERE s.problem_id = p.id AND s.done_at IS NULL AND s.waived_at IS NULL) \
         FROM problem p WHERE p.id = $1")
        .bind(problem.id)
        .one(&world.app.db)
        .await
        .expect("counts");
    Ready {
        analysed: analyses > 0,
        planned: plans > 0,
        steps,
        open_steps,
    }
}

/// The handler and the head of an organisation.
fn doers(people: &[Persona], org: Org) -> (&Persona, &Persona) {
    match org {
        "yiwu-finance" => (called(people, "finance-handler"), called(people, "finance-head")),
        "province-hr" => (called(people, "study-handler"), called(people, "study-head")),
        _ => (called(people, "handler"), called(people, "head")),
    }
}

/// Has a problem that somebody leads analysed and planned, with a step of its cycle.
pub async fn plan(world: &World, people: &[Persona], problem: &mut Expected, random: &mut Random) {
    let (handler, head) = doers(people, problem.lead.expect("a lead"));
    let ready = ready(world, problem).await;
    let owner = handler.person.expect("a person");
    if !ready.analysed {
        problem.acts.insert((owner, "analyse"));
        analyse(world, handler, problem, random.chance(20)).await;
    }
    let today = world.app.clock.today();
    let step = json!({
        "problem_id": problem.id, "owner_id": owner, "text": "落实", "due_on": today, "expected_result": "办结",
    });
    let standing: Option<(Uuid,)> = sql("SELECT q.id FROM action_plan_problem y JOIN action_plan q \
         ON q.id = y.action_plan_id WHERE y.problem_id = $1 AND y.left_at IS NULL")
    .bind(problem.id)
    .optional(&world.app.db)
    .await
    .expect("a plan");
    if let Some((plan,)) = standing {
        if ready.steps == 0 {
            call(world, handler, &format!("/action-plans/{plan}/steps"), None, step)
                .await
                .expect(201);
        }
        return;
    }
    let body = json!({
        "kind": "one_matter_one_discussion", "title": "逐项解决", "problem_ids": [problem.id], "liaison_id": owner,
        "need": "入学", "blockage": "学位统筹", "pain_point": "等待过久",
        "discussion": { "on": today, "participants": ["人社局", "教育局"], "conclusion": "统筹解决。" },
        "measures": [{ "type": "green_channel", "text": "绿色通道" }], "steps": [step],
    });
    let plan = call(world, handler, "/action-plans", None, body).await.expect(201);
    let deeds = [(handler, "plan"), (head, "approve_plan")];
    problem
        .acts
        .extend(deeds.map(|(who, deed)| (who.person.expect("a person"), deed)));
    let path = format!("/action-plans/{}", plan["id"].as_str().expect("an id"));
    let submitted = call(
        world,
        handler,
        &format!("{path}/submit"),
        plan["version"].as_i64(),
        Value::Null,
    )
    .await
    .expect(200);
    call(
        world,
        head,
        &format!("{path}/approve"),
        submitted["version"].as_i64(),
        Value::Null,
    )
    .await
    .expect(200);
}

/// Signs an analysis; one that finds an institutional matter lengthens the clock, once, and is read back.
async fn analyse(world: &World, handler: &Persona, problem: &mut Expected, institutional: bool) {
    let mut body = json!({
        "horizon": "short", "nature": if institutional { "institutional" } else { "operational" },
        "causes": ["schooling"], "findings": "统筹不足。",
    });
    if problem.audience == "enterprise" {
        body["key_factor"] = json!("人才子女入学");
    } else {
        body["dimensions"] = json!(["gain"]);
    }
    let path = format!("/problems/{}/analyses", problem.id);
    call(world, handler, &path, None, body).await.expect(201);
    if institutional {
        let (version, due): (i64, Option<Timestamp>) = sql("SELECT version, due_at FROM problem WHERE id = $1")
            .bind(problem.id)
            .one(&world.app.db)
            .await
            .expect("the problem");
        let changed = problem.matter != Matter::Institutional || due != problem.due;
        assert_eq!(version, problem.version + i64::from(changed), "{}", problem.number);
        assert!(
            due >= problem.due,
            "{} is never due sooner for an analysis",
            problem.number
        );
        (problem.version, problem.due, problem.matter) = (version, due, Matter::Institutional);
    }
}

/// Does every open step of a problem.
pub async fn do_steps(world: &World, people: &[Persona], problem: &mut Expected) {
    let (handler, _) = doers(people, problem.lead.expect("a lead"));
    let open: Vec<(Uuid, Uuid, i64)> = sql("SELECT id, action_plan_id, version FROM plan_step \
         WHERE problem_id = $1 AND done_at IS NULL AND waived_at IS NULL AND ended_at IS NULL")
    .bind(problem.id)
    .all(&world.app.db)
    .await
    .expect("steps");
    for (step, plan, version) in open {
        problem.acts.insert((handler.person.expect("a person"), "do_step"));
        let path = format!("/action-plans/{plan}/steps/{step}/done");
        call(world, handler, &path, Some(version), json!({ "result": "已办好" }))
            .await
            .expect(200);
    }
}

/// Gives an organisation a part beside the lead, where there can be one.
pub async fn give_part(world: &World, people: &[Persona], problem: &mut Expected, org: Org) {
    let over = matches!(problem.state, State::PendingConfirmation | State::Closed);
    if problem.lead.is_none_or(|lead| lead == org) || over || problem.duties.contains(org) {
        return;
    }
    let path = format!("/problems/{}/assignments", problem.id);
    let body = json!({ "org_id": seed::org(org), "duty": "配合办理" });
    call(world, called(people, "dispatcher"), &path, Some(problem.version), body)
        .await
        .expect(201);
    problem.version += 1;
    problem.duties.insert(org);
    problem.parts.insert(org);
    problem.show(org);
}

/// Relieves every supporting organisation of its part.
pub async fn waive_parts(world: &World, people: &[Persona], problem: &mut Expected) {
    let (_, head) = doers(people, problem.lead.expect("a lead"));
    let open: Vec<(Uuid, i64)> =
        sql("SELECT id, version FROM assignment WHERE problem_id = $1 AND role = 'supporting' AND ended_at IS NULL")
            .bind(problem.id)
            .all(&world.app.db)
            .await
            .expect("parts");
    assert_eq!(open.len(), problem.duties.len(), "the open parts of {}", problem.number);
    for (id, version) in open {
        problem.acts.insert((head.person.expect("a person"), "waive"));
        let path = format!("/assignments/{id}/waive");
        call(
            world,
            head,
            &path,
            Some(version),
            json!({ "reason": "已由主办单位完成" }),
        )
        .await
        .expect(200);
    }
    problem.duties.clear();
}
