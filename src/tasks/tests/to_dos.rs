//! What is left to people.

use serde_json::{Value, json};

use crate::db::sql;
use crate::http::window::Windowed as _;
use crate::on_both;
use crate::tasks::dto::TaskFilters;
use crate::tasks::store::list::Asked;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

async fn list(world: &World, who: &str, query: &str) -> Value {
    world.get(&format!("/tasks{query}")).by(who).send().await.expect(200)
}

fn kinds(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["kind"].as_str())
        .collect()
}

on_both! {
    async fn s18_s71_s75_a_closure_leaves_look_backs_and_a_contact_to_be_made(world: World) {
        let closed = world.confirmed().await;
        let page = list(&world, "supervisor", "").await;
        assert_eq!(kinds(&page), ["look_back", "follow_up", "look_back"], "{page}");
        // Thirty calendar days after the 10th of January is a Saturday in the Spring Festival: the next working day.
        assert_eq!(page["items"][0]["due_at"], "2019-02-11T09:00:00Z");
        assert_eq!(page["items"][2]["due_at"], "2019-04-10T09:00:00Z");
        let first = &page["items"][0];
        assert_eq!(first["org"]["id"], json!(seed::org("yiwu-supervision")));
        assert_eq!([&first["problem"]["tracking_no"], &first["problem"]["state"]], [&closed["tracking_no"], &json!("closed")]);
        assert_eq!([&first["state"], &first["overdue"], &first["label"]], [&json!("open"), &json!(false), &json!("回头看")]);
        let due = list(&world, "handler", "?kind=follow_up&due_before=2019-02-12T00:00:00Z").await;
        assert_eq!(kinds(&due), ["follow_up"]);
        assert_eq!(due["items"][0]["org"]["id"], json!(seed::org("yiwu-hr")));
        assert!(kinds(&list(&world, "handler", "?kind=follow_up&due_before=2019-02-11T09:00:00Z").await).is_empty());
        world.at("2019-02-12T00:00:00Z").await;
        assert_eq!(list(&world, "handler", "?kind=follow_up").await["items"][0]["overdue"], true);
    }

    async fn s71_a_contact_after_closure_is_the_follow_up(world: World) {
        let closed = world.confirmed().await;
        let contact = |with_reporter: bool, purpose: &str| json!({
            "purpose": purpose, "channel": "phone", "with_reporter": with_reporter, "words": "一切正常。",
        });
        let path = format!("/problems/{}/contacts", id_of(&closed));
        world.app.clock.set(super::instant("2019-01-15T02:00:00Z"));
        let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
        world.post(&path).by("handler").json(attempt).send().await.expect(201);
        world.post(&path).by("handler").json(contact(false, "contact")).send().await.expect(201);
        assert_eq!(kinds(&list(&world, "handler", "?kind=follow_up").await), ["follow_up"], "nobody spoke with him");
        world.post(&path).by("handler").json(contact(true, "contact")).send().await.expect(201);
        assert!(kinds(&list(&world, "handler", "?kind=follow_up").await).is_empty());
        let done = list(&world, "handler", "?kind=follow_up&state=done").await;
        assert_eq!(done["items"][0]["done_by"]["id"], json!(seed::member("handler").person));
        assert_eq!(done["items"][0]["ended_at"], "2019-01-15T02:00:00Z");
    }

    async fn a_look_back_does_its_task_and_a_relapse_ends_the_others(world: World) {
        let closed = world.confirmed().await;
        world.app.clock.set(super::instant("2019-02-11T02:00:00Z"));
        let found = |result: &str| json!({ "result": result, "method": "phone", "evidence": "电话核实。" });
        let held = world.move_on("supervisor", &closed, "look_back", found("holds")).await;
        let done = list(&world, "supervisor", "?kind=look_back&state=done").await;
        assert_eq!(kinds(&done), ["look_back"]);
        assert_eq!(done["items"][0]["done_by"]["id"], json!(seed::member("supervisor").person));
        assert_eq!(kinds(&list(&world, "supervisor", "?kind=look_back").await), ["look_back"]);
        world.app.clock.set(super::instant("2019-04-10T02:00:00Z"));
        world.move_on("supervisor", &held, "look_back", found("relapsed")).await;
        assert!(kinds(&list(&world, "supervisor", "").await).is_empty(), "it is not closed any more");
        let tasks = world.tasks_of(&closed).await;
        let ended = |kind: &str| tasks.iter().filter(|(of, _)| of == kind).map(|(_, how)| how.as_str()).collect::<Vec<_>>();
        assert_eq!(ended("follow_up"), ["lapsed"]);
        assert_eq!(ended("look_back"), ["done", "lapsed"], "the second found what it found in the next cycle");
        assert_eq!(kinds(&list(&world, "supervisor", "?state=lapsed&kind=follow_up").await), ["follow_up"]);
    }

    async fn a_look_back_whose_day_moves_is_to_be_made_on_that_day(world: World) {
        let closed = world.confirmed().await;
        world.past_every_rule(
            "UPDATE look_back SET provisional = TRUE, calendar_version = '2018.1' WHERE problem_id = $1 AND interval_days = 30",
            id_of(&closed),
        ).await;
        let body = json!({ "days_off": ["2019-02-11"] });
        world.patch("/calendar/years/2019").by("province-admin").at(&json!(1)).json(body).send().await.expect(200);
        assert_eq!(crate::problems::recompute::recompute_batch(&world.app).await.unwrap(), 1);
        let page = list(&world, "supervisor", "?kind=look_back").await;
        assert_eq!(page["items"][0]["due_at"], "2019-02-12T09:00:00Z");
        assert_eq!(kinds(&page), ["look_back", "look_back"], "moved, not planned twice");
    }

    async fn a_result_that_nobody_confirms_is_left_to_the_dispatch_office(world: World) {
        let mut body = crate::test_support::builders::problem_body();
        body["matter"] = json!("simple");
        let recorded = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-11" });
        let assigned = world.move_on("dispatcher", &recorded, "assign", assign).await;
        let answered = world.move_on("handler", &assigned, "answer", json!({ "text": "已安排。" })).await;
        let page = list(&world, "dispatcher", "?mine=true").await;
        assert_eq!(kinds(&page), ["close_unanswered"]);
        assert_eq!(page["items"][0]["due_at"], "2019-01-24T09:00:00Z");
        assert_eq!(page["items"][0]["allowed_actions"], json!([]), "a transition does it");
        let path = format!("/tasks/{}/done", page["items"][0]["id"].as_str().unwrap());
        let refused = world.post(&path).by("dispatcher").json(json!({ "note": "好了" })).send().await.expect(409);
        assert_eq!([&refused["code"], &refused["done_by"]], ["transition_not_allowed", "close_unanswered"]);
        world.app.clock.set(super::instant("2019-01-24T09:00:00Z"));
        let contacts = format!("/problems/{}/contacts", id_of(&recorded));
        for _ in 0..2 {
            let attempt = json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false });
            world.post(&contacts).by("dispatcher").json(attempt).send().await.expect(201);
        }
        world.move_on("dispatcher", &world.read(&answered).await, "close_unanswered", json!({})).await;
        assert!(world.tasks_of(&recorded).await.contains(&("close_unanswered".to_owned(), "done".to_owned())));
    }

    async fn who_is_it_for_is_who_may_mark_it_done_once(world: World) {
        let closed = world.confirmed().await;
        let page = list(&world, "handler", "?kind=follow_up&mine=true").await;
        let task = &page["items"][0];
        let href = task["allowed_actions"][0]["href"].as_str().unwrap();
        let path = href.strip_prefix("/api/v1").unwrap();
        let note = json!({ "note": "企业反映一切正常。" });
        world.post(path).by("dispatcher").json(note.clone()).send().await.expect_error(403, "forbidden");
        world.post(path).by("handler").json(json!({ "note": "" })).send().await.expect_error(422, "invalid");
        let done = world.post(path).by("handler").json(note.clone()).send().await.expect(200);
        assert_eq!([&done["state"], &done["note"], &done["allowed_actions"]], [&json!("done"), &note["note"], &json!([])]);
        let again = world.post(path).by("handler").json(note).send().await.expect(409);
        assert_eq!([&again["code"], &again["state"]], ["transition_not_allowed", "done"]);
        assert_eq!(world.count_events(&closed, "problem.task_done").await, 1);
        assert_eq!(world.read(&closed).await["version"], closed["version"]);
        assert!(kinds(&list(&world, "handler", "?mine=true").await).is_empty());
    }

    async fn what_lies_outside_the_scope_is_not_there(world: World) {
        world.confirmed().await;
        let page = list(&world, "dispatcher", "").await;
        assert_eq!(kinds(&page).len(), 3);
        let path = format!("/tasks/{}", page["items"][0]["id"].as_str().unwrap());
        assert_eq!(world.get(&path).by("dispatcher").send().await.expect(200), page["items"][0]);
        let note = json!({ "note": "好了" });
        for who in ["deqing-dispatcher", "deqing-officer"] {
            assert!(kinds(&list(&world, who, "").await).is_empty(), "{who}");
            let foreign = world.get(&path).by(who).send().await;
            let nowhere = world.get(&format!("/tasks/{}", seed::org("yiwu-hr"))).by(who).send().await;
            assert_eq!((foreign.status, nowhere.status), (404, 404));
            world.post(&format!("{path}/done")).by(who).json(note.clone()).send().await.expect_error(404, "not_found");
        }
        world.get("/tasks").by("reporter").send().await.expect_error(403, "forbidden");
        // What happens by itself is nobody's to-do.
        let (service,): (uuid::Uuid,) = sql("SELECT id FROM task WHERE performer = 'service' LIMIT 1").one(&world.app.db).await.unwrap();
        world.get(&format!("/tasks/{service}")).by("dispatcher").send().await.expect_error(404, "not_found");
    }

    async fn the_to_dos_of_an_organisation_that_ends_are_its_successor_s(world: World) {
        world.confirmed().await;
        let path = format!("/orgs/{}", seed::org("yiwu-hr"));
        let org = world.get(&path).by("admin").send().await.expect(200);
        let end = json!({ "reason": "机构改革", "successor_id": seed::org("yiwu-finance") });
        world.post(&format!("{path}/end")).by("admin").at(&org["version"]).json(end).send().await.expect(200);
        let page = list(&world, "dispatcher", "?kind=follow_up").await;
        assert_eq!(page["items"][0]["org"]["id"], json!(seed::org("yiwu-finance")), "{page}");
    }

    async fn pages_go_on_where_they_ended_and_count(world: World) {
        for _ in 0..3 {
            world.confirmed().await;
        }
        let whole = list(&world, "supervisor", "?with_total=true").await;
        assert_eq!((whole["total"].as_i64(), kinds(&whole).len()), (Some(9), 9));
        let (mut items, mut query) = (Vec::new(), "?limit=2".to_owned());
        loop {
            let page = list(&world, "supervisor", &query).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=2&cursor={next}");
        }
        assert_eq!(&items, whole["items"].as_array().unwrap());
        assert_eq!(kinds(&list(&world, "supervisor", &format!("?problem_id={}", items[0]["problem"]["id"].as_str().unwrap())).await).len(), 3);
    }

    async fn a_page_is_read_along_an_index(world: World) {
        let scopes = [seed::division(seed::YIWU)];
        let every = TaskFilters::default();
        let one = TaskFilters { kind: Some(crate::tasks::domain::ToDo::LookBack), ..TaskFilters::default() };
        let ended = TaskFilters { state: Some(crate::tasks::dto::TaskState::Done), ..TaskFilters::default() };
        for (filters, index) in [(&every, "task_to_do"), (&one, "task_to_do_kind"), (&ended, "task_ended")] {
            let after = Some((super::instant("2019-02-01T00:00:00Z"), seed::org("yiwu-hr")));
            let plan = world.plan_of(Asked { scopes: &scopes, own: None, filters }.page(&world.app.db, after, 51)).await;
            assert!(plan.contains(index), "{index}: {plan}");
        }
    }
}
