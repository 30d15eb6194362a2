//! Whoever and whatever stood around a problem goes with it, where nothing else of theirs is kept.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{instant, past_every_rule, searched, where_it_says};
use crate::db::sql;
use crate::erasure::domain::MARK;
use crate::erasure::erasing::by_term;
use crate::events::store::verify_all;
use crate::http::Work;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::{problem_body, visit_body};
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const WORDS: &str = "密语丙丁";

/// Erases a problem as if its term were over.
pub(super) async fn erase(world: &World, problem: &Value) {
    world.force(problem, State::Closed).await;
    let work = Work::of_the_service(world.app.clone());
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let done = by_term(&work, &mut tx, id_of(problem), world.app.clock.now()).await;
    assert!(done.expect("erased"));
    tx.commit().await.expect("a commit");
}

async fn published(world: &World) -> Value {
    let problem = world.assigned(problem_body()).await;
    world.made_public(&problem).await
}

/// Somebody of the portal.
pub(super) fn voice(value: &str) -> Value {
    json!({ "external_id": { "system": "portal", "value": value }, "display_name": format!("{WORDS}{value}") })
}

pub(super) async fn comment(world: &World, problem: &Value, value: &str) -> Value {
    let body = json!({ "kind": "suggestion", "text": "建议公布名额。", "author": voice(value) });
    let path = format!("/problems/{}/comments", id_of(problem));
    world.post(&path).by("integrator").json(body).send().await.expect(201)
}

/// The names of reporters that are known still.
pub(super) async fn known(world: &World) -> Vec<String> {
    let rows: Vec<(String,)> =
        sql("SELECT display_name FROM reporter WHERE display_name LIKE $1 ORDER BY display_name")
            .bind(format!("{WORDS}%"))
            .all(&world.app.db)
            .await
            .expect("rows");
    rows.into_iter().map(|(name,)| name.replace(WORDS, "")).collect()
}

async fn visit(world: &World, households: &[&Value], heard: &str) -> Value {
    let mut body = visit_body();
    body["object_ids"] = households.iter().map(|household| household["id"].clone()).collect();
    (body["heard"], body["observations"]) = (json!(format!("{WORDS}{heard}")), json!(format!("{WORDS}所见")));
    body["place_note"] = json!(format!("{WORDS}家中"));
    let visit = world.post("/visits").by("officer").json(body).send().await.expect(201);
    let path = format!("/visits/{}/start", id_of(&visit));
    world
        .post(&path)
        .by("officer")
        .at(&visit["version"])
        .send()
        .await
        .expect(200)
}

async fn household(world: &World, alias: &str) -> Value {
    let body = json!({
        "type": "household", "division": "330782001001", "name": format!("{WORDS}户主"), "address": format!("{WORDS}路1号"),
        "latitude": 29.3, "longitude": 120.1, "household": { "alias": format!("{WORDS}{alias}") },
    });
    world
        .post("/service-objects")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn raised(world: &World, visit: &Value, household: &Value) -> Value {
    let mut body = problem_body();
    (body["visit_id"], body["object_id"]) = (visit["id"].clone(), household["id"].clone());
    (body["audience"], body["category"]) = (json!("masses"), json!("M01"));
    body["causes"] = json!([]);
    body["reporter"] = json!({
        "kind": "person", "display_name": format!("{WORDS}某"), "anonymity": "named", "object_id": household["id"],
    });
    world
        .post("/problems")
        .by("officer")
        .json(body)
        .send()
        .await
        .expect(201)
}

async fn found_visits(world: &World) -> usize {
    let list = world
        .get(&format!("/visits?{}", searched(WORDS)))
        .by("officer")
        .send()
        .await
        .expect(200);
    list["items"].as_array().expect("items").len()
}

async fn post(world: &World, who: &str, path: &str, version: &Value, body: Value) -> Answer {
    world.post(path).by(who).at(version).json(body).send().await
}

/// The types of the events of something, whose chain is whole.
async fn last_event(world: &World, aggregate: Uuid) -> Option<String> {
    world.event_types(aggregate).await.last().cloned()
}

on_both! {
    async fn who_spoke_about_a_problem_is_forgotten_with_the_last_that_he_said(world: World) {
        let (one, other) = (published(&world).await, published(&world).await);
        let said = comment(&world, &one, "甲").await;
        comment(&world, &one, "乙").await;
        comment(&world, &other, "乙").await;
        let support = async |comment: &Value, value: &str| {
            let path = format!("/comments/{}/support", id_of(comment));
            world.post(&path).by("integrator").json(json!({ "supporter": voice(value) })).send().await.expect(200)
        };
        support(&said, "丙").await;
        support(&said, "乙").await;
        assert_eq!(known(&world).await, ["丙", "乙", "甲"]);
        let figures = world.rollups().await;
        erase(&world, &one).await;
        assert_eq!(known(&world).await, ["乙"], "more is kept of him alone");
        let (linked,): (i64,) = sql("SELECT COUNT(*) FROM comment WHERE problem_id = $1 AND reporter_id IS NOT NULL")
            .bind(id_of(&one)).one(&world.app.db).await.unwrap();
        let (supports, named): (i64, i64) = sql("SELECT COUNT(*), COUNT(reporter_id) FROM comment_supporter")
            .one(&world.app.db).await.unwrap();
        assert_eq!((linked, supports, named), (0, 2, 0), "who said it is not told, that it was said stays");
        let (names,): (i64,) = sql("SELECT COUNT(*) FROM external_id WHERE kind = 'reporter' AND value <> '乙'")
            .one(&world.app.db).await.unwrap();
        assert_eq!(names, 0);
        erase(&world, &other).await;
        assert_eq!(known(&world).await, Vec::<String>::new());
        assert_eq!(where_it_says(&world, WORDS).await, Vec::<String>::new());
        assert_eq!((world.rollups().await.len(), verify_all(&world.app.db).await.unwrap().broken), (figures.len(), vec![]));
    }

    async fn s84_nobody_is_overdue_with_a_reply_to_what_is_erased(world: World) {
        let problem = published(&world).await;
        comment(&world, &problem, "甲").await;
        let overdue = async || {
            let list = world.get("/comments?awaiting_reply=true&overdue=true").by("supervisor").send().await.expect(200);
            let work = world.get("/me/work").by("handler").send().await.expect(200);
            let waits = work["items"].as_array().unwrap().iter().filter(|item| item["why"] == "to_reply_comment").count();
            (list["items"].as_array().unwrap().len(), waits)
        };
        world.app.clock.set(instant("2019-03-10T02:00:00Z"));
        world.force(&problem, State::Closed).await;
        assert_eq!(overdue().await, (1, 1));
        erase(&world, &problem).await;
        assert_eq!(overdue().await, (0, 0));
        let counts = world.get("/comments/counts?group_by=reply").by("supervisor").send().await.expect(200);
        assert_eq!((&counts["groups"][0]["key"], &counts["total"]), (&json!("overdue"), &json!(1)), "figures stay");
    }

    async fn a_household_and_what_was_heard_there_go_with_the_last_problem(world: World) {
        let (ours, theirs) = (household(&world, "甲户").await, household(&world, "乙户").await);
        let (first, later) = (visit(&world, &[&ours, &theirs], "所闻").await, visit(&world, &[&theirs], "后来").await);
        let (one, two) = (raised(&world, &first, &ours).await, raised(&world, &first, &ours).await);
        let promise = json!({ "text": format!("{WORDS}承诺"), "due_on": "2019-01-18" });
        world.post(&format!("/visits/{}/commitments", id_of(&first))).by("leader").json(promise).send().await.expect(201);
        assert_eq!(found_visits(&world).await, 2);
        let before = world.get(&format!("/service-objects/{}", id_of(&ours))).by("officer").send().await.expect(200);
        let figures = (world.rollups().await, world.get("/metrics/commitments").by("dispatcher").send().await.expect(200));
        erase(&world, &one).await;
        assert_eq!((found_visits(&world).await, world.get(&format!("/service-objects/{}", id_of(&ours))).by("officer").send().await.expect(200)), (2, before));
        erase(&world, &two).await;

        // The visit is empty and found no more; the other one, and its household, are as they were.
        assert_eq!(found_visits(&world).await, 1);
        let empty = world.get(&format!("/visits/{}", id_of(&first))).by("officer").send().await.expect(200);
        for gone in ["heard", "observations", "place_note"] {
            assert_eq!(empty[gone], Value::Null, "{gone}");
        }
        assert_eq!((&empty["erased_at"], &empty["counts"]["problems"]), (&json!("2019-01-10T02:00:00Z"), &json!(2)));
        assert!(empty["allowed_actions"].as_array().unwrap().iter().all(|allowed| allowed["action"] != "update"));
        let patch = world.patch(&format!("/visits/{}", id_of(&first))).by("officer").at(&empty["version"]).json(json!({ "heard": "又说" }));
        patch.send().await.expect_error(409, "erased");
        let kept = world.get(&format!("/visits/{}", id_of(&later))).by("officer").send().await.expect(200);
        assert_eq!(kept["heard"], json!(format!("{WORDS}后来")));
        let kept = world.get(&format!("/service-objects/{}", id_of(&theirs))).by("officer").send().await.expect(200);
        assert_eq!((&kept["address"], &kept["erased_at"]), (&json!(format!("{WORDS}路1号")), &Value::Null), "it is visited");

        // The household is a row that figures count, and nothing else.
        let blotted = world.get(&format!("/service-objects/{}", id_of(&ours))).by("officer").send().await.expect(200);
        assert_eq!((&blotted["name"], &blotted["household"]["alias"]), (&json!(MARK), &json!(MARK)));
        for gone in ["address", "latitude", "longitude"] {
            assert_eq!(blotted[gone], Value::Null, "{gone}");
        }
        assert_eq!((&blotted["erased_at"], &blotted["ended_at"]), (&json!("2019-01-10T02:00:00Z"), &json!("2019-01-10T02:00:00Z")));
        let patch = world.patch(&format!("/service-objects/{}", id_of(&ours))).by("officer").at(&blotted["version"]);
        patch.json(json!({ "address": "又写" })).send().await.expect_error(409, "ended");
        assert_eq!(last_event(&world, id_of(&ours)).await.as_deref(), Some("service_object.erased"));
        assert_eq!(last_event(&world, id_of(&first)).await.as_deref(), Some("visit.erased"));
        let promises: Vec<(String, bool)> = sql("SELECT text, ended_at IS NOT NULL FROM commitment").all(&world.app.db).await.unwrap();
        assert_eq!(promises, [(String::new(), true)]);
        let (waiting,): (i64,) = sql("SELECT COUNT(*) FROM task WHERE commitment_id IS NOT NULL AND done_at IS NULL").one(&world.app.db).await.unwrap();
        assert_eq!(waiting, 0, "nobody is to keep what nobody can read");
        assert_eq!(world.rollups().await, figures.0);
        let promised = world.get("/metrics/commitments").by("dispatcher").send().await.expect(200);
        assert_eq!((&promised["made"], &promised["not_due"]), (&figures.1["made"], &figures.1["not_due"]), "figures stay");
        assert_eq!(verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn what_is_erased_is_taken_out_of_its_theme_without_a_word(world: World) {
        let (one, two, three) = (published(&world).await, published(&world).await, published(&world).await);
        let theme = json!({
            "title": "引进人才子女入学难", "org_id": seed::org("yiwu-hr"), "problem_ids": [one["id"], two["id"], three["id"]],
        });
        let theme = world.post("/themes").by("dispatcher").json(theme).send().await.expect(201);
        let path = format!("/themes/{}", id_of(&theme));
        let take_out = async |problems: &[&Value], reason: &str| {
            let now = world.get(&path).by("dispatcher").send().await.expect(200);
            let ids: Vec<&Value> = problems.iter().map(|problem| &problem["id"]).collect();
            let body = json!({ "problem_ids": ids, "reason": reason });
            post(&world, "dispatcher", &format!("{path}/problems/remove"), &now["version"], body).await.expect(200)
        };
        let texts = async || {
            let events = world.get(&format!("{path}/events")).by("dispatcher").send().await.expect(200);
            events["items"].as_array().unwrap().iter().skip(1).map(|event| event["text"].clone()).collect::<Vec<_>>()
        };
        // Why it left is a word about it, in the theme's timeline too: it goes with the others.
        take_out(&[&one], &format!("{WORDS}，成因不同。")).await;
        assert_eq!(texts().await, [json!(format!("{WORDS}，成因不同。"))]);
        erase(&world, &one).await;
        assert_eq!(where_it_says(&world, WORDS).await, Vec::<String>::new());
        // Erased, it stays a member, which counts; it is taken out like any other, and nothing is said of it.
        erase(&world, &two).await;
        let now = world.get(&path).by("dispatcher").send().await.expect(200);
        assert_eq!(now["counts"]["problems"], 2);
        take_out(&[&two, &three], "又写，已转办。").await;
        assert_eq!(texts().await, [Value::Null, json!("又写，已转办。")], "of the other one");
        for (problem, reason) in [(&two, None), (&three, Some("又写，已转办。"))] {
            assert_eq!(last_event(&world, id_of(problem)).await.as_deref(), Some("problem.theme_left"));
            let (kept,): (Option<String>,) = sql("SELECT leave_reason FROM theme_problem WHERE problem_id = $1")
                .bind(id_of(problem)).one(&world.app.db).await.unwrap();
            assert_eq!(kept.as_deref(), reason);
        }
        let again = json!({ "problem_ids": [three["id"]] });
        world.post(&format!("{path}/problems")).by("dispatcher").json(again).send().await.expect(200);
        erase(&world, &three).await;
        take_out(&[&three], "又写").await;
        assert_eq!(texts().await.last(), Some(&Value::Null));
        assert_eq!(where_it_says(&world, "又写").await, Vec::<String>::new());
        let now = world.get(&path).by("dispatcher").send().await.expect(200);
        post(&world, "dispatcher", &format!("{path}/end"), &now["version"], json!({ "reason": "并无共同成因。" })).await.expect(200);
        assert_eq!(verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn nothing_is_said_any_more_about_what_is_erased(world: World) {
        let (problem, themed) = (published(&world).await, published(&world).await);
        let said = comment(&world, &problem, "甲").await;
        let theme = json!({
            "title": "引进人才子女入学难", "description": "名额按户籍分配。", "org_id": seed::org("yiwu-hr"),
            "audience": "enterprise", "category": "E01", "problem_ids": [themed["id"]],
        });
        let theme = world.post("/themes").by("dispatcher").json(theme).send().await.expect(201);
        let in_progress = world.visit_in_progress().await;
        let about = world.problem_of(&in_progress).await;
        let promise = json!({ "text": "协调学位。", "due_on": "2019-01-18", "problem_id": about["id"], "org_id": seed::org("yiwu-hr") });
        let promise = world.post(&format!("/visits/{}/commitments", id_of(&in_progress))).by("leader").json(promise).send().await.expect(201);
        let followed = world.post("/me/watches").by("handler").json(json!({ "problem_id": problem["id"] })).send().await;
        followed.expect(201);
        for one in [&problem, &themed, &about] {
            erase(&world, one).await;
        }
        world.app.clock.set(instant("2019-01-10T03:00:00Z"));

        let hide = json!({ "reason": "personal_privacy", "note": "又写" });
        let path = format!("/comments/{}", id_of(&said));
        let version = world.get(&path).by("province-dispatcher").send().await.expect(200)["version"].clone();
        post(&world, "province-dispatcher", &format!("{path}/hide"), &version, hide).await.expect_error(409, "erased");
        past_every_rule(&world, "UPDATE comment SET state = 'hidden', hidden_reason = 'personal_privacy' WHERE problem_id = $1", id_of(&problem)).await;
        post(&world, "province-dispatcher", &format!("{path}/unhide"), &version, json!({ "note": "又写" })).await.expect_error(409, "erased");

        let now = world.get(&format!("/themes/{}", id_of(&theme))).by("dispatcher").send().await.expect(200);
        let path = format!("/themes/{}/problems", id_of(&theme));
        let faults = world.post(&path).by("dispatcher").json(json!({ "problem_ids": [problem["id"]] })).send().await;
        assert_eq!(faults.expect_error(422, "invalid"), ["/problem_ids/0 ended_reference"]);
        let out = json!({ "problem_ids": [themed["id"]], "reason": "又写" });
        post(&world, "dispatcher", &format!("{path}/remove"), &now["version"], out).await.expect(200);

        let path = format!("/commitments/{}", id_of(&promise));
        let ended = world.get(&path).by("handler").send().await.expect(200);
        assert_eq!((&ended["text"], &ended["ended_at"], &ended["allowed_actions"]), (&json!(""), &json!("2019-01-10T02:00:00Z"), &json!([])));
        let kept = post(&world, "handler", &format!("{path}/keep"), &ended["version"], json!({ "settlement": "又写" })).await;
        assert_eq!(kept.expect(409)["state"], "ended");
        let watch = json!({ "problem_id": themed["id"], "note": "又写" });
        world.post("/me/watches").by("handler").json(watch).send().await.expect_error(409, "erased");
        assert_eq!(where_it_says(&world, "又写").await, Vec::<String>::new());

        // Whoever watches it, and whoever bore its receipt, would see in its timeline that it was erased.
        let events = world.get(&format!("/problems/{}/events", id_of(&problem))).by("handler").send().await.expect(200);
        let last = events["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["type"], &last["public"], &last["payload"]["because"]), (&json!("problem.erased"), &json!(true), &json!("term")));
        let watched = world.get("/me/watches").by("handler").send().await.expect(200);
        assert_eq!(watched["items"].as_array().unwrap().len(), 1);
    }
}
