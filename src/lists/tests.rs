use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::Whose;
use super::dto::{ActionListFilters, AssignmentListFilters, ProblemListFilters};
use super::store::{Actions, Asked, Assignments, Listing, Problems};
use crate::clock::Timestamp;
use crate::db::sql;
use crate::http::window::{Rows, Windowed as _};
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn list(world: &World, who: &str, name: &str, query: &str) -> Value {
    world
        .get(&format!("/lists/{name}?with_total=true&{query}"))
        .by(who)
        .send()
        .await
        .expect(200)
}

fn column(page: &Value, field: &str) -> Vec<Value> {
    let items = page["items"].as_array().expect("items");
    assert_eq!(page["total"], json!(items.len()));
    items.iter().map(|item| item[field].clone()).collect()
}

/// A problem about an object, with a plan of two steps that is carried out.
async fn planned(world: &World, object: &Value) -> (Value, Value) {
    let mut body = problem_body();
    body["object_id"] = object["id"].clone();
    let problem = world.analysed(body).await;
    let step = |owner: &str, due_on: &str| json!({ "owner_id": seed::member(owner).person, "due_on": due_on, "text": "办", "expected_result": "成" });
    let plan = json!({
        "kind": "one_enterprise_one_policy", "title": "一企一策", "problem_ids": [problem["id"]], "object_id": object["id"],
        "need": "需求", "blockage": "堵点", "pain_point": "痛点", "liaison_id": seed::member("handler").person,
        "steps": [step("handler", "2019-01-18"), step("officer2", "2019-01-16"), step("handler", "2019-01-15")],
    });
    let plan = world
        .post("/action-plans")
        .by("handler")
        .json(plan)
        .send()
        .await
        .expect(201);
    execute(world, &plan, "executing").await;
    (problem, plan)
}

async fn execute(world: &World, plan: &Value, state: &'static str) {
    let mut tx = world.app.db.begin().await.unwrap();
    sql("UPDATE action_plan SET state = $1 WHERE id = $2")
        .bind(state)
        .bind(id_of(plan))
        .run(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A row of the responsibility list, as it is written when a problem is assigned.
async fn assign(
    world: &World,
    problem: &Value,
    org: &str,
    (role, state): (&'static str, &'static str),
    at: &str,
) -> Uuid {
    let (id, at) = (world.app.ids.next(), at.parse::<Timestamp>().unwrap());
    let mut tx = world.app.db.begin().await.unwrap();
    // In place of the one that assigning the problem made.
    sql("DELETE FROM assignment WHERE problem_id = $1 AND org_id = $2 AND ended_at IS NULL")
        .bind(id_of(problem))
        .bind(seed::org(org))
        .run(&mut tx)
        .await
        .unwrap();
    sql(
        "INSERT INTO assignment (id, problem_id, cycle_no, org_id, role, duty, due_on, origin, state, assigned_at, ended_at, \
         created_at, updated_at) VALUES ($1, $2, 1, $3, $4, '核定学位', $5, 'assigned', $6, $7, $8, $7, $7)",
    )
    .bind(id)
    .bind(id_of(problem))
    .bind(seed::org(org))
    .bind(role)
    .bind("2019-01-21".parse::<chrono::NaiveDate>().unwrap())
    .bind(state)
    .bind(at)
    .bind((state == "refused").then_some(at))
    .run(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

on_both! {
    async fn a_list_is_of_one_organisation_or_of_one_object(world: World) {
        let id = seed::org("yiwu-hr");
        for name in ["problems", "actions", "assignments"] {
            let ask = |query: String| world.get(&format!("/lists/{name}?{query}")).by("handler").send();
            assert_eq!(ask(String::new()).await.expect_error(422, "invalid"), ["?org_id needs_one_of"]);
            assert_eq!(ask(format!("org_id={id}&object_id={id}")).await.expect_error(422, "invalid"), ["?object_id conflict"]);
            assert_eq!(ask("org_id=none".to_owned()).await.expect_error(422, "invalid"), ["?org_id format"]);
            world.get(&format!("/lists/{name}?org_id={id}")).by("reporter").send().await.expect_error(403, "forbidden");
            assert_eq!(column(&list(&world, "handler", name, &format!("object_id={id}")).await, "id"), Vec::<Value>::new());
        }
    }

    async fn the_problem_list_is_what_an_organisation_has_a_part_in(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let mut body = problem_body();
        body["object_id"] = enterprise["id"].clone();
        let one = world.assigned(body).await;
        world.app.clock.set("2019-01-10T02:10:00Z".parse().unwrap());
        let two = world.assigned(problem_body()).await;
        world.app.clock.set("2019-01-10T02:20:00Z".parse().unwrap());
        let other = world.open_problem().await;
        let of = |org: &str| format!("org_id={}", seed::org(org));
        let page = list(&world, "dispatcher", "problems", &of("yiwu-hr")).await;
        assert_eq!(column(&page, "tracking_no"), [two["tracking_no"].clone(), one["tracking_no"].clone()]);
        let line = &page["items"][1];
        assert_eq!((&line["summary"], &line["category"]["code"], &line["state"]), (&json!("人才子女入学"), &json!("E01"), &json!("assigned")));
        assert_eq!((&line["due_at"], &line["lead_org"]["name"]), (&json!("2019-01-21T09:00:00Z"), &json!("义乌市人力资源和社会保障局")));
        assert_eq!(line["object"]["name"], "浙江示例纺织有限公司");
        // The government recorded all three, and what lies below it has a part in two.
        let all = [other["id"].clone(), two["id"].clone(), one["id"].clone()];
        assert_eq!(column(&list(&world, "dispatcher", "problems", &of("yiwu-government")).await, "id"), all);
        assert_eq!(column(&list(&world, "handler", "problems", &of("yiwu-government")).await, "id"), all[1..]);
        world.force(&two, State::Closed).await;
        let closed = format!("{}&state=closed", of("yiwu-hr"));
        assert_eq!(column(&list(&world, "handler", "problems", &closed).await, "id"), [two["id"].clone()]);
        let by_object = format!("object_id={}", id_of(&enterprise));
        assert_eq!(column(&list(&world, "handler", "problems", &by_object).await, "id"), [one["id"].clone()]);
        for (who, query) in [("deqing-dispatcher", of("yiwu-hr")), ("deqing-leader", by_object), ("officer2", of("yiwu-hr"))] {
            assert_eq!(column(&list(&world, who, "problems", &query).await, "id"), Vec::<Value>::new(), "{who}");
        }
        // An id of a division is no organisation's.
        let division = format!("org_id={}", seed::division("330782"));
        assert_eq!(column(&list(&world, "dispatcher", "problems", &division).await, "id"), Vec::<Value>::new());
    }

    async fn the_action_list_is_what_the_people_of_an_organisation_do(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let (problem, plan) = planned(&world, &enterprise).await;
        let of = |org: &str| format!("org_id={}", seed::org(org));
        let page = list(&world, "handler", "actions", &of("yiwu-hr")).await;
        assert_eq!(column(&page, "due_on"), ["2019-01-15", "2019-01-18"]);
        let line = &page["items"][0];
        assert_eq!((&line["problem"]["tracking_no"], &line["owner"]["name"], &line["state"]), (&problem["tracking_no"], &json!("示例承办人"), &json!("open")));
        assert_eq!((&line["result"], &line["plan_state"], &line["overdue"]), (&Value::Null, &json!("executing"), &json!(false)));
        world.app.clock.set("2019-01-17T02:00:00Z".parse().unwrap());
        let step = line["id"].as_str().unwrap();
        let done = world.post(&format!("/action-plans/{}/steps/{step}/done", id_of(&plan))).by("handler").at(&json!(1));
        done.json(json!({ "result": "办成" })).send().await.expect(200);
        let done = list(&world, "handler", "actions", &format!("{}&state=done", of("yiwu-hr"))).await;
        assert_eq!((column(&done, "result"), done["items"][0]["overdue"].clone()), (vec![json!("办成")], json!(false)));
        assert_eq!(column(&list(&world, "handler", "actions", &format!("{}&state=open", of("yiwu-hr"))).await, "due_on"), ["2019-01-18"]);
        assert_eq!(column(&list(&world, "handler", "actions", &format!("{}&state=waived", of("yiwu-hr"))).await, "id"), Vec::<Value>::new());
        let by_object = format!("object_id={}", id_of(&enterprise));
        assert_eq!(column(&list(&world, "dispatcher", "actions", &by_object).await, "due_on"), ["2019-01-15", "2019-01-16", "2019-01-18"]);
        let finance = list(&world, "dispatcher", "actions", &of("yiwu-finance")).await;
        assert_eq!((column(&finance, "due_on"), &finance["items"][0]["overdue"]), (vec![json!("2019-01-16")], &json!(true)));
        for who in ["officer2", "deqing-dispatcher"] {
            assert_eq!(column(&list(&world, who, "actions", &of("yiwu-finance")).await, "id"), Vec::<Value>::new(), "{who}");
        }
        for state in ["draft", "submitted", "abandoned"] {
            execute(&world, &plan, state).await;
            assert_eq!(column(&list(&world, "dispatcher", "actions", &by_object).await, "id"), Vec::<Value>::new(), "{state}");
        }
    }

    async fn the_assignment_list_is_who_answers_for_what(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let mut body = problem_body();
        body["object_id"] = enterprise["id"].clone();
        let (one, two) = (world.assigned(body).await, world.assigned(problem_body()).await);
        let lead = assign(&world, &one, "yiwu-hr", ("lead", "accepted"), "2019-01-10T02:01:00Z").await;
        let supporting = assign(&world, &two, "yiwu-hr", ("supporting", "pending"), "2019-01-10T02:02:00Z").await;
        let refused = assign(&world, &one, "yiwu-finance", ("supporting", "refused"), "2019-01-10T02:03:00Z").await;
        let of = |org: &str| format!("org_id={}", seed::org(org));
        let page = list(&world, "handler", "assignments", &of("yiwu-hr")).await;
        assert_eq!(column(&page, "id"), [json!(supporting), json!(lead)]);
        let line = &page["items"][0];
        assert_eq!((&line["role"], &line["duty"], &line["due_on"], &line["origin"]), (&json!("supporting"), &json!("核定学位"), &json!("2019-01-21"), &json!("assigned")));
        assert_eq!((&line["problem"]["id"], &line["org"]["name"], &line["person"]), (&two["id"], &json!("义乌市人力资源和社会保障局"), &Value::Null));
        let pending = format!("{}&state=pending", of("yiwu-hr"));
        assert_eq!(column(&list(&world, "handler", "assignments", &pending).await, "id"), [json!(supporting)]);
        assert_eq!(column(&list(&world, "dispatcher", "assignments", &of("yiwu-finance")).await, "id"), Vec::<Value>::new());
        let ended = format!("{}&include_ended=true", of("yiwu-finance"));
        assert_eq!(column(&list(&world, "dispatcher", "assignments", &ended).await, "id"), [json!(refused)]);
        let by_object = format!("object_id={}&include_ended=true", id_of(&enterprise));
        assert_eq!(column(&list(&world, "dispatcher", "assignments", &by_object).await, "id"), [json!(refused), json!(lead)]);
        for who in ["deqing-dispatcher", "officer2"] {
            assert_eq!(column(&list(&world, who, "assignments", &of("yiwu-hr")).await, "id"), Vec::<Value>::new(), "{who}");
        }
    }

    async fn pages_follow_each_other(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        for minute in 1..=3 {
            let (problem, _) = planned(&world, &enterprise).await;
            assign(&world, &problem, "yiwu-hr", ("lead", "pending"), &format!("2019-01-10T02:0{minute}:00Z")).await;
        }
        for (name, lines) in [("problems", 3), ("actions", 6), ("assignments", 3)] {
            let query = format!("org_id={}", seed::org("yiwu-hr"));
            let whole = column(&list(&world, "handler", name, &query).await, "id");
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = world.get(&format!("/lists/{name}?limit=2&{query}{cursor}")).by("handler").send().await.expect(200);
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!((seen.len(), seen), (lines, whole), "{name}");
            let foreign = format!("/lists/{name}?limit=2&object_id={}{cursor}", id_of(&enterprise));
            assert_eq!(world.get(&foreign).by("handler").send().await.expect_error(400, "malformed"), ["?cursor cursor"]);
        }
    }

    async fn a_page_is_a_range_of_an_index(world: World) {
        let id = Uuid::nil();
        let (at, day): (Timestamp, chrono::NaiveDate) = (world.app.clock.now(), world.app.clock.today());
        let eyes = crate::problems::hiding::Eyes::of(&crate::auth::Caller::nobody(), at);
        for (whose, [of_problems, of_actions, of_assignments]) in [
            (Whose::Org(id), ["problem_scope_recorded", "plan_step_owner_org", "assignment_org_assigned"]),
            (Whose::Object(id), ["problem_object"; 3]),
        ] {
            let filters = ProblemListFilters::default();
            is_range(&world, &Asked::<Problems> { whose, scopes: &[id], eyes: &eyes, filters: &filters }, at, of_problems).await;
            let filters = ActionListFilters::default();
            is_range(&world, &Asked::<Actions> { whose, scopes: &[id], eyes: &eyes, filters: &filters }, day, of_actions).await;
            let filters = AssignmentListFilters::default();
            is_range(&world, &Asked::<Assignments> { whose, scopes: &[id], eyes: &eyes, filters: &filters }, at, of_assignments).await;
        }
    }
}

async fn is_range<L: Listing>(world: &World, asked: &Asked<'_, L>, key: L::Key, index: &str) {
    let window = asked.window(sql(""), Some((key, Uuid::nil())), Rows::First(51));
    let plan = world.plan_of(window).await;
    assert!(plan.contains(index), "{index}: {plan}");
    let Whose::Org(_) = asked.whose else { return };
    let plan = world.plan_of(asked.page(&world.app.db, None, 51)).await;
    for scanned in ["SCAN p", "SCAN t", "SCAN s", "SCAN q", "Seq Scan"] {
        assert!(!plan.contains(scanned), "{scanned}: {plan}");
    }
}
