use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Form, id, of_problem, ownerless, photo, reported, uuid};
use crate::attachments::store::read::{Listed, Of};
use crate::db::sql;
use crate::on_both;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

async fn attach(world: &World, who: &str, attachment: &Value, kind: &str, owner: &str) -> Answer {
    let body = json!({ "owner_kind": kind, "owner_id": owner });
    world
        .post(&format!("/attachments/{}/attach", id(attachment)))
        .by(who)
        .json(body)
        .send()
        .await
}

async fn end(world: &World, who: &str, attachment: &Value) -> Answer {
    let call = world.post(&format!("/attachments/{}/end", id(attachment))).by(who);
    call.at(&attachment["version"])
        .json(json!({ "reason": "传错文件" }))
        .send()
        .await
}

async fn read(world: &World, who: &str, attachment: &Value) -> Answer {
    world
        .get(&format!("/attachments/{}", id(attachment)))
        .by(who)
        .send()
        .await
}

/// The ids in a list.
async fn listed(world: &World, who: &str, path: &str) -> Vec<Value> {
    let page = world.get(path).by(who).send().await.expect(200);
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["id"].clone())
        .collect()
}

/// A look-back and a plan of a problem, past every rule: their own features are not what is tested.
async fn look_back_and_plan(world: &World, problem: &Value) -> (Uuid, Uuid) {
    let (look_back, plan) = (world.app.ids.next(), world.app.ids.next());
    let now = world.app.clock.now();
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO look_back (id, problem_id, cycle_no, due_on, created_at, updated_at) VALUES ($1, $2, 1, $3, $4, $4)")
        .bind(look_back)
        .bind(uuid(problem))
        .bind(NaiveDate::from_ymd_opt(2019, 2, 10))
        .bind(now)
        .run(&mut tx)
        .await
        .expect("a look-back");
    sql(
        "INSERT INTO action_plan (id, kind, title, org_id, division_id, state, created_at, updated_at) \
         VALUES ($1, 'one_matter_one_discussion', '一事一议', $2, $3, 'draft', $4, $4)",
    )
    .bind(plan)
    .bind(seed::org("yiwu-hr"))
    .bind(seed::division(seed::YIWU))
    .bind(now)
    .run(&mut tx)
    .await
    .expect("a plan");
    sql("INSERT INTO action_plan_problem (action_plan_id, problem_id, since) VALUES ($1, $2, $3)")
        .bind(plan)
        .bind(uuid(problem))
        .bind(now)
        .run(&mut tx)
        .await
        .expect("a plan's problem");
    tx.commit().await.expect("commit");
    (look_back, plan)
}

on_both! {
    async fn an_upload_may_come_before_its_owner_and_is_its_authors_alone(world: World) {
        let upload = ownerless(&world, 1).await;
        assert_eq!((&upload["owner"], upload["expires_at"].as_str()), (&Value::Null, Some("2026-01-06T00:00:00Z")));
        read(&world, "officer", &upload).await.expect(200);
        for other in ["dispatcher", "leader", "reporter", "integrator"] {
            read(&world, other, &upload).await.expect_error(404, "not_found");
            world.post(&format!("/attachments/{}/link", id(&upload))).by(other).send().await.expect_error(404, "not_found");
        }
        let problem = world.open_problem().await;
        attach(&world, "dispatcher", &upload, "problem", id(&problem)).await.expect_error(404, "not_found");
        let attached = attach(&world, "officer", &upload, "problem", id(&problem)).await.expect(200);
        assert_eq!(attached["owner"], json!({ "kind": "problem", "id": problem["id"] }));
        assert_eq!((&attached["expires_at"], &attached["version"]), (&Value::Null, &json!(2)));
        read(&world, "dispatcher", &upload).await.expect(200);
        attach(&world, "officer", &upload, "problem", id(&problem)).await.expect_error(409, "already_attached");
        // To others it is there, and not theirs to attach.
        attach(&world, "dispatcher", &upload, "problem", id(&problem)).await.expect_error(404, "not_found");
    }

    async fn of_two_who_attach_at_once_one_does(world: World) {
        let upload = ownerless(&world, 1).await;
        let (one, two) = (world.open_problem().await, world.open_problem().await);
        let both = futures_util::future::join(
            attach(&world, "officer", &upload, "problem", id(&one)),
            attach(&world, "officer", &upload, "problem", id(&two)),
        );
        let (first, second) = both.await;
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let of = async |problem: &Value| listed(&world, "officer", &format!("/problems/{}/attachments", id(problem))).await.len();
        assert_eq!(of(&one).await + of(&two).await, 1);
    }

    async fn a_clients_upload_is_that_clients(world: World) {
        let upload = Form::file("a.jpg", None, &photo(1)).send(&world, "integrator").await.expect(201);
        assert_eq!(upload["author"], Value::Null);
        read(&world, "integrator", &upload).await.expect(200);
        read(&world, "handler", &upload).await.expect_error(404, "not_found");
        let mut body = crate::test_support::builders::problem_body();
        body["audience"] = json!("enterprise");
        let problem = world.post("/problems").by("integrator").json(body).send().await.expect(201);
        attach(&world, "integrator", &upload, "problem", id(&problem)).await.expect(200);
    }

    async fn s86_attachments_are_seen_with_their_owner(world: World) {
        let problem = world.open_problem().await;
        let attachment = of_problem(&world, &problem, 1).await;
        let list = format!("/problems/{}/attachments", id(&problem));
        for inside in ["officer", "leader", "dispatcher", "supervisor", "province-dispatcher"] {
            read(&world, inside, &attachment).await.expect(200);
            assert_eq!(listed(&world, inside, &list).await, [attachment["id"].clone()]);
        }
        for outside in ["deqing-officer", "deqing-dispatcher", "officer2", "reporter", "handler", "integrator"] {
            read(&world, outside, &attachment).await.expect_error(404, "not_found");
            world.get(&list).by(outside).send().await.expect_error(404, "not_found");
            end(&world, outside, &attachment).await.expect_error(404, "not_found");
            world.post(&format!("/attachments/{}/link", id(&attachment))).by(outside).send().await.expect_error(404, "not_found");
            let form = Form::file("a.jpg", None, &photo(2)).of("problem", &problem);
            assert_eq!(form.send(&world, outside).await.expect_error(422, "invalid"), ["/owner_id unknown_reference"]);
        }
        world.get(&list).by("admin").send().await.expect_error(403, "forbidden");
    }

    async fn a_reporter_uploads_to_his_own_problem_and_sees_what_is_public(world: World) {
        let problem = reported(&world).await;
        let list = format!("/problems/{}/attachments", id(&problem));
        let his = Form::file("房屋裂缝.jpg", None, &photo(1)).of("problem", &problem).send(&world, "reporter").await.expect(201);
        let upload = async |number: u32, public: &str| {
            let form = Form::file("a.jpg", None, &photo(number)).and("public", public).of("problem", &problem);
            form.send(&world, "dispatcher").await.expect(201)
        };
        let (internal, public) = (upload(2, "false").await, upload(3, "true").await);
        assert_eq!(listed(&world, "reporter", &list).await, [his["id"].clone(), public["id"].clone()]);
        assert_eq!(listed(&world, "dispatcher", &list).await.len(), 3);
        read(&world, "reporter", &internal).await.expect_error(404, "not_found");
        let seen = read(&world, "reporter", &public).await.expect(200);
        assert_eq!((&seen["author"], seen["author_org"]["name"].as_str()), (&Value::Null, Some("义乌市“三服务”办公室")));
        assert_eq!(read(&world, "reporter", &his).await.expect(200)["author"]["name"], "示例反映人");
        let events = world.get(&format!("/problems/{}/events", id(&problem))).by("reporter").send().await.expect(200);
        let added = events["items"].as_array().expect("items").iter().filter(|event| event["type"] == "attachment.added");
        assert_eq!(added.count(), 1, "the public one; the rest is internal");
        // A visit, a look-back and a plan are no reporter's to add to.
        let visit = world.visit_in_progress().await;
        let (look_back, plan) = look_back_and_plan(&world, &problem).await;
        for (kind, owner) in [("visit", id(&visit).to_owned()), ("look_back", look_back.to_string()), ("action_plan", plan.to_string())] {
            let form = Form::file("a.jpg", None, &photo(4)).and("owner_kind", kind).and("owner_id", &owner);
            assert_eq!(form.send(&world, "reporter").await.expect_error(422, "invalid"), ["/owner_id unknown_reference"], "{kind}");
        }
    }

    async fn visits_look_backs_and_plans_have_attachments_too(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let (look_back, plan) = look_back_and_plan(&world, &problem).await;
        let on = async |kind: &str, owner: &str, number: u32| {
            let upload = ownerless(&world, number).await;
            attach(&world, "officer", &upload, kind, owner).await.expect(200)
        };
        let of_visit = on("visit", id(&visit), 1).await;
        let of_look_back = on("look_back", &look_back.to_string(), 2).await;
        let of_plan = on("action_plan", &plan.to_string(), 3).await;
        assert_eq!(listed(&world, "leader", &format!("/visits/{}/attachments", id(&visit))).await, [of_visit["id"].clone()]);
        assert_eq!(listed(&world, "leader", &format!("/problems/{}/attachments", id(&problem))).await, [of_look_back["id"].clone()]);
        assert_eq!(listed(&world, "leader", &format!("/action-plans/{plan}/attachments")).await, [of_plan["id"].clone()]);
        for attachment in [&of_visit, &of_look_back, &of_plan] {
            read(&world, "leader", attachment).await.expect(200);
            read(&world, "deqing-leader", attachment).await.expect_error(404, "not_found");
        }
        for path in [format!("/visits/{}/attachments", id(&visit)), format!("/action-plans/{plan}/attachments")] {
            world.get(&path).by("deqing-leader").send().await.expect_error(404, "not_found");
            world.get(&path).by("reporter").send().await.expect_error(404, "not_found");
        }
        // The chains go on as they were: nobody's version moved, and both know of it.
        let events = async |path: String| world.get(&path).by("leader").send().await.expect(200)["items"].clone();
        let of_the_visit = events(format!("/visits/{}/events", id(&visit))).await;
        assert_eq!(of_the_visit[2]["type"], "attachment.added");
        let of_the_problem = events(format!("/problems/{}/events", id(&problem))).await.to_string();
        assert_eq!(of_the_problem.matches("attachment.added").count(), 2);
        let now = world.get(&format!("/visits/{}", id(&visit))).by("leader").send().await.expect(200);
        assert_eq!(now["version"], visit["version"]);
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.expect("chains").broken_chains, 0);
        // A cancelled visit takes no more.
        let other = world.post("/visits").by("officer").json(crate::test_support::builders::visit_body()).send().await.expect(201);
        let cancel = format!("/visits/{}/cancel", id(&other));
        world.post(&cancel).by("officer").at(&other["version"]).json(json!({ "reason": "改期" })).send().await.expect(200);
        attach(&world, "officer", &ownerless(&world, 4).await, "visit", id(&other)).await.expect_error(409, "ended");
    }

    async fn an_ended_problem_takes_no_more_and_an_upload_for_it_waits(world: World) {
        let problem = world.open_problem().await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE problem SET state = 'closed' WHERE id = $1").bind(uuid(&problem)).run(&mut tx).await.expect("a state");
        tx.commit().await.expect("commit");
        Form::file("a.jpg", None, &photo(1)).of("problem", &problem).send(&world, "officer").await.expect_error(409, "ended");
        let upload = ownerless(&world, 1).await;
        attach(&world, "officer", &upload, "problem", id(&problem)).await.expect_error(409, "ended");
        let (look_back, _) = look_back_and_plan(&world, &problem).await;
        attach(&world, "officer", &upload, "look_back", &look_back.to_string()).await.expect(200);
    }

    async fn an_attachment_ends_by_its_author_or_a_dispatcher(world: World) {
        let problem = world.open_problem().await;
        let list = format!("/problems/{}/attachments", id(&problem));
        let (one, two) = (of_problem(&world, &problem, 1).await, of_problem(&world, &problem, 2).await);
        end(&world, "leader", &one).await.expect_error(403, "forbidden");
        let path = format!("/attachments/{}/end", id(&one));
        let reason = json!({ "reason": "传错文件" });
        world.post(&path).by("officer").json(reason.clone()).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("officer").at(&json!(9)).json(reason).send().await.expect_error(412, "precondition_failed");
        assert_eq!(world.post(&path).by("officer").at(&json!(1)).json(json!({ "reason": " " })).send().await.expect_error(422, "invalid"), ["/reason format"]);
        let ended = end(&world, "officer", &one).await.expect(200);
        assert_eq!((ended["end_reason"].as_str(), ended["ended_at"].as_str()), (Some("传错文件"), Some("2019-01-10T02:00:00Z")));
        end(&world, "officer", &one).await.expect_error(409, "ended");
        end(&world, "dispatcher", &two).await.expect(200);
        assert_eq!(listed(&world, "dispatcher", &list).await, Vec::<Value>::new());
        assert_eq!(listed(&world, "dispatcher", &format!("{list}?include_ended=true")).await.len(), 2);
        world.post(&format!("/attachments/{}/link", id(&one))).by("officer").send().await.expect_error(409, "ended");
        // Before it has an owner likewise.
        let upload = ownerless(&world, 3).await;
        end(&world, "officer", &upload).await.expect(200);
        attach(&world, "officer", &upload, "problem", id(&problem)).await.expect_error(409, "ended");
    }

    async fn a_list_is_pages_along_an_index(world: World) {
        let problem = world.open_problem().await;
        let mut all = Vec::new();
        for number in 0..5 {
            all.push(of_problem(&world, &problem, number).await["id"].clone());
        }
        let mut seen = Vec::new();
        let mut path = format!("/problems/{}/attachments?limit=2&with_total=true", id(&problem));
        loop {
            let page = world.get(&path).by("dispatcher").send().await.expect(200);
            assert_eq!(page["total"], 5);
            seen.extend(page["items"].as_array().expect("items").iter().map(|item| item["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            path = format!("/problems/{}/attachments?limit=2&with_total=true&cursor={next}", id(&problem));
        }
        assert_eq!(seen, all);
        let of = [(Of::Problem(uuid(&problem)), "attachment_problem"), (Of::Owner(uuid(&problem)), "attachment_owner")];
        for (of, index) in of {
            let listed = Listed { of, outsider: None, include_ended: false, call_back: &[] };
            let plan = world.plan_of(listed.page(Some((world.app.clock.now(), uuid(&problem))), 51)).await;
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
