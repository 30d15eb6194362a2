//! Promises made on site, through the router.

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::{CommitmentAction, CommitmentOutcome, CommitmentState, Standing};
use super::dto::CommitmentFilters;
use super::store::list::Asked;
use crate::auth::Role;
use crate::http::window::Windowed as _;
use crate::on_both;
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

impl World {
    async fn promise(&self, who: &str, visit: &Value, body: Value) -> Answer {
        let path = format!("/visits/{}/commitments", id_of(visit));
        self.post(&path).by(who).json(body).send().await
    }

    async fn settle(&self, who: &str, promise: &Value, action: &str) -> Answer {
        let path = format!("/commitments/{}/{action}", id_of(promise));
        let body = match action {
            "end" => json!({ "reason": "重复登记" }),
            _ => json!({ "settlement": "两名学生已入学。" }),
        };
        self.post(&path).by(who).at(&promise["version"]).json(body).send().await
    }

    async fn promises(&self, who: &str, path: &str) -> Vec<Value> {
        let page = self.get(path).by(who).send().await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    async fn promised(&self, query: &str) -> Value {
        self.get(&format!("/metrics/commitments{query}"))
            .by("dispatcher")
            .send()
            .await
            .expect(200)
    }
}

fn body(due_on: &str) -> Value {
    json!({ "text": "协调落实两名博士子女的入学名额。", "due_on": due_on, "org_id": seed::org("yiwu-hr") })
}

on_both! {
    async fn s64_a_promise_made_on_site_is_kept_by_its_day_or_shown_as_overdue_to_its_reporter(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let token = world.receipt_token(&problem).await;
        let mut about = body("2019-01-18");
        about["problem_id"] = problem["id"].clone();
        let made = world.promise("officer", &visit, about).await;
        let promise = made.json();
        assert_eq!(made.headers["location"], format!("/api/v1/commitments/{}", id_of(&promise)));
        made.expect(201);
        assert_eq!((&promise["state"], &promise["overdue"], &promise["made_by"]["id"]), (&json!("open"), &json!(false), &json!(seed::member("leader").person)));
        assert_eq!((&promise["problem"]["tracking_no"], &promise["kept_in_time"]), (&problem["tracking_no"], &Value::Null));
        // The reporter sees it, without a name; the organisation that is to keep it though it sees neither visit nor
        // problem.
        let of_problem = format!("/problems/{}/commitments", id_of(&problem));
        let seen = world.get(&of_problem).bearer(&token).send().await.expect(200)["items"][0].clone();
        assert_eq!((&seen["text"], &seen["made_by"], &seen["allowed_actions"]), (&promise["text"], &Value::Null, &json!([])));
        world.get(&format!("/problems/{}", id_of(&problem))).by("handler").send().await.expect_error(404, "not_found");
        assert_eq!(world.promises("handler", "/commitments").await[0]["allowed_actions"][0]["action"], "keep");
        assert_eq!(world.promises("deqing-leader", "/commitments").await, Vec::<Value>::new());
        world.get(&of_problem).by("deqing-leader").send().await.expect_error(404, "not_found");
        world.app.clock.set("2019-01-19T02:00:00Z".parse().expect("a literal"));
        let seen = world.get(&of_problem).by("officer").send().await.expect(200)["items"][0].clone();
        assert_eq!((&seen["overdue"], &seen["state"]), (&json!(true), &json!("open")));
        let token = world.receipt_token(&problem).await;
        assert_eq!(world.get(&of_problem).bearer(&token).send().await.expect(200)["items"][0]["overdue"], true);
        // Nobody who made it says that he kept it; what is overdue is not ended.
        let refused = world.settle("leader", &promise, "keep").await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")), "another organisation's");
        world.settle("dispatcher", &promise, "end").await.expect_error(409, "too_late");
        world.settle("finance-handler", &promise, "keep").await.expect_error(404, "not_found");
        let bare = world.post(&format!("/commitments/{}/keep", id_of(&promise))).by("handler").json(json!({ "settlement": "已办" })).send().await;
        bare.expect_error(428, "precondition_required");
        let kept = world.settle("handler", &promise, "keep").await.expect(200);
        assert_eq!((&kept["state"], &kept["kept_in_time"], &kept["overdue"]), (&json!("kept"), &json!(false), &json!(false)));
        let twice = world.settle("handler", &kept, "keep").await.expect(409);
        assert_eq!((&twice["code"], &twice["state"]), (&json!("transition_not_allowed"), &json!("kept")));
        world.settle("head", &promise, "break").await.expect_error(409, "transition_not_allowed");
        assert_eq!(
            world.event_types(id_of(&problem)).await,
            ["problem.recorded", "commitment.made", "commitment.kept"]
        );
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn s64_who_is_to_keep_a_promise_is_reminded_a_working_day_before(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let mut about = body("2019-01-21");
        about["problem_id"] = problem["id"].clone();
        let first = world.promise("officer", &visit, about.clone()).await.expect(201);
        about["due_on"] = json!("2019-01-25");
        world.promise("officer", &visit, about.clone()).await.expect(201);
        let third = world.promise("officer", &visit, about).await.expect(201);
        let reminded = async |who: &str| {
            let page = world.get("/me/notices").by(who).send().await.expect(200);
            let items = page["items"].as_array().expect("items").iter();
            items.filter(|notice| notice["kind"] == "commitment.due_soon").count()
        };
        let at = async |moment: &str| crate::demo::clock::move_to(&world.app, moment.parse().expect("a literal")).await.expect("moved");
        // Due on Monday: from Friday on.
        at("2019-01-17T15:59:59Z").await;
        assert_eq!(reminded("handler").await, 0);
        at("2019-01-17T16:00:00Z").await;
        assert_eq!((reminded("handler").await, reminded("head").await, reminded("leader").await, reminded("finance-handler").await), (1, 1, 1, 0));
        // What is kept is no longer reminded of; each is once.
        world.settle("handler", &third, "keep").await.expect(200);
        world.settle("handler", &first, "keep").await.expect(200);
        at("2019-02-01T09:00:00Z").await;
        assert_eq!((reminded("handler").await, reminded("leader").await), (2, 2));
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&problem)).await.expect("a chain"), None);
    }

    async fn s64_a_promise_is_a_to_do_of_who_is_to_keep_it_and_reminded_of_about_a_problem_or_none(world: World) {
        let visit = world.visit_in_progress().await;
        let to_dos = async |who: &str, query: &str| {
            world.promises(who, &format!("/tasks?kind=keep_promise{query}")).await
        };
        let told = async |who: &str, kind: &str| {
            let page = world.get("/me/notices").by(who).send().await.expect(200);
            let items = page["items"].as_array().expect("items").iter();
            items.filter(|notice| notice["kind"] == kind).cloned().collect::<Vec<_>>()
        };
        let promise = world.promise("officer", &visit, body("2019-01-21")).await.expect(201);
        let to_do = to_dos("handler", "&mine=true").await[0].clone();
        assert_eq!((&to_do["problem"], &to_do["org"]["id"], &to_do["due_at"]), (&Value::Null, &json!(seed::org("yiwu-hr")), &json!("2019-01-21T09:00:00Z")));
        let about = json!({ "id": promise["id"], "visit_id": visit["id"], "text": promise["text"], "due_on": "2019-01-21" });
        assert_eq!((&to_do["commitment"], &to_do["label"], &to_do["allowed_actions"]), (&about, &json!("兑现承诺"), &json!([])));
        let path = format!("/tasks/{}", id_of(&to_do));
        assert_eq!(world.get(&path).by("head").send().await.expect(200)["id"], to_do["id"]);
        assert_eq!(world.get("/me/work/summary").by("handler").send().await.expect(200)["to_dos"]["count"], 1);
        // Who was there, and who oversees it, sees it too; nobody else does.
        for (who, seen, own) in [("officer", 1, 0), ("supervisor", 1, 0), ("finance-handler", 0, 0), ("deqing-dispatcher", 0, 0)] {
            assert_eq!((to_dos(who, "").await.len(), to_dos(who, "&mine=true").await.len()), (seen, own), "{who}");
        }
        world.get(&path).by("finance-handler").send().await.expect_error(404, "not_found");
        let done = world.post(&format!("{path}/done")).by("handler").json(json!({ "note": "好了" })).send().await;
        assert_eq!(done.json()["done_by"], "keep_promise");
        done.expect_error(409, "transition_not_allowed");
        world.post(&format!("{path}/done")).by("officer").json(json!({ "note": "好了" })).send().await.expect_error(403, "forbidden");
        // One about a problem that its organisation does not see says nothing of it.
        let problem = world.problem_of(&visit).await;
        let mut second = body("2019-01-25");
        second["problem_id"] = problem["id"].clone();
        let second = world.promise("officer", &visit, second).await.expect(201);
        let of = async |who: &str| to_dos(who, "").await.iter().map(|to_do| to_do["problem"]["id"].clone()).collect::<Vec<_>>();
        assert_eq!((of("handler").await, of("dispatcher").await), (vec![Value::Null, Value::Null], vec![Value::Null, problem["id"].clone()]));
        // A working day before its day: due on Monday, from Friday on; whoever is to keep it, and whoever made it.
        let at = async |moment: &str| crate::demo::clock::move_to(&world.app, moment.parse().expect("a literal")).await.expect("moved");
        assert_eq!((told("handler", "commitment.made").await.len(), told("handler", "commitment.due_soon").await.len()), (2, 0));
        at("2019-01-17T15:59:59Z").await;
        assert_eq!(told("handler", "commitment.due_soon").await, Vec::<Value>::new());
        at("2019-01-17T16:00:00Z").await;
        for (who, count) in [("handler", 1), ("head", 1), ("leader", 1), ("finance-handler", 0)] {
            assert_eq!(told(who, "commitment.due_soon").await.len(), count, "{who}");
        }
        let notice = told("handler", "commitment.due_soon").await[0].clone();
        assert_eq!((&notice["problem"], &notice["payload"]["event"]["commitment"]), (&Value::Null, &promise["id"]));
        // What was stored by a version that knew none of it is planned when the filler comes by.
        let mut tx = world.app.db.begin().await.unwrap();
        for statement in ["DELETE FROM task", "DELETE FROM setting WHERE key = 'tasks_filled'"] {
            crate::db::sql(statement).run(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(to_dos("handler", "").await, Vec::<Value>::new());
        while crate::tasks::filler::go_on(&world.app).await.unwrap() {}
        assert_eq!(to_dos("handler", "&mine=true").await.len(), 2);
        // It is done once it is said what came of it, and lapses where it was made in error.
        world.settle("handler", &promise, "keep").await.expect(200);
        let ended = to_dos("handler", "&state=done").await;
        assert_eq!((ended.len(), &ended[0]["done_by"]["id"]), (1, &json!(seed::member("handler").person)));
        world.settle("dispatcher", &second, "end").await.expect(200);
        assert_eq!((to_dos("handler", "").await.len(), to_dos("handler", "&state=lapsed").await.len()), (0, 1));
        let third = world.promise("officer", &visit, body("2019-01-25")).await.expect(201);
        world.settle("dispatcher", &third, "end").await.expect(200);
        assert_eq!((to_dos("handler", "").await.len(), to_dos("handler", "&state=lapsed").await.len()), (0, 2));
        at("2019-02-01T09:00:00Z").await;
        assert_eq!(told("handler", "commitment.due_soon").await.len(), 1, "nothing is reminded of that was settled");
        assert_eq!(crate::events::store::verify_all(&world.app.db).await.unwrap().broken, []);
    }

    async fn s64_the_figure_counts_what_was_kept_by_its_day_against_all_that_was_due(world: World) {
        let visit = world.visit_in_progress().await;
        let mut made = Vec::new();
        for due_on in ["2019-01-14", "2019-01-14", "2019-01-15", "2019-01-15", "2019-03-01", "2019-03-01"] {
            made.push(world.promise("leader", &visit, body(due_on)).await.expect(201));
        }
        world.settle("head", &made[0], "keep").await.expect(200);
        world.settle("supervisor", &made[4], "end").await.expect(200);
        world.app.clock.set("2019-01-15T10:00:00Z".parse().expect("a literal"));
        world.settle("handler", &made[1], "keep").await.expect(200);
        world.settle("leader", &made[2], "break").await.expect(200);
        world.app.clock.set("2019-01-16T02:00:00Z".parse().expect("a literal"));
        let figures = world.promised("").await;
        let counts = |figures: &Value| {
            ["made", "kept_in_time", "kept_late", "broken", "overdue", "not_due"].map(|name| figures[name].as_i64().expect("a count"))
        };
        assert_eq!(counts(&figures), [5, 1, 1, 1, 1, 1]);
        assert_eq!(figures["commitments_kept"], json!({ "numerator": 1, "denominator": 4, "value": 0.25 }));
        // As of an earlier day what came later has not happened.
        assert_eq!(world.rollups().await, { world.rebuild_rollups().await; world.rollups().await });
        assert_eq!(counts(&world.promised("?as_of=2019-01-10").await), [5, 1, 0, 0, 0, 4]);
        assert_eq!(counts(&world.promised("?as_of=2019-01-15").await), [5, 1, 1, 1, 0, 2]);
        assert_eq!(counts(&world.promised("?from=2019-01-11").await), [0; 6]);
        assert_eq!(counts(&world.promised("?leading_body=government").await), [5, 1, 1, 1, 1, 1]);
        assert_eq!(counts(&world.promised("?leading_body=cppcc").await), [0; 6]);
        assert_eq!(world.promised("?as_of=2019-01-09").await["commitments_kept"]["value"], Value::Null);
        let list = async |query: &str| world.promises("dispatcher", &format!("/commitments{query}")).await.len();
        assert_eq!(
            [list("").await, list("?include_ended=true").await, list("?state=open").await, list("?overdue=true").await, list("?overdue=false").await],
            [5, 6, 2, 1, 4]
        );
        assert_eq!(list(&format!("?org={}&state=kept", seed::org("yiwu-hr"))).await, 2);
        assert_eq!(world.promises("officer", &format!("/visits/{}/commitments", id_of(&visit))).await.len(), 5);
        let page = world.get("/commitments?limit=2&with_total=true").by("dispatcher").send().await.expect(200);
        let next = format!("/commitments?limit=2&with_total=true&cursor={}", page["next_cursor"].as_str().expect("a cursor"));
        assert_eq!((&page["total"], world.promises("dispatcher", &next).await[0]["due_on"].clone()), (&json!(5), json!("2019-01-15")));
        // Without a problem its events stand in the chain of the visit.
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&visit)).await.expect("a chain"), None);
        assert_eq!(world.event_types(id_of(&visit)).await.iter().filter(|kind| kind.starts_with("commitment.")).count(), 10);
        let who = crate::auth::Caller::nobody();
        for (filters, index) in [
            (CommitmentFilters { state: Some(CommitmentState::Open), ..Default::default() }, "commitment_open"),
            (CommitmentFilters { org: Some(seed::org("yiwu-hr")), ..Default::default() }, "commitment_org"),
        ] {
            let scopes = [seed::division("330782")];
            let asked = Asked { who: &who, scopes: &scopes, filters: &filters, now: world.app.clock.now() };
            let plan = world.plan_of(asked.page(&world.app.db, None, 51)).await;
            assert!(plan.contains(index), "{plan}");
        }
    }

    async fn a_promise_is_made_by_who_was_there_and_every_fault_is_named(world: World) {
        let planned = world.post("/visits").by("officer").json(crate::test_support::builders::visit_body()).send().await.expect(201);
        assert_eq!(world.promise("officer", &planned, body("2019-01-18")).await.expect(409)["state"], "planned");
        let visit = world.visit_in_progress().await;
        world.promise("officer2", &visit, body("2019-01-18")).await.expect_error(404, "not_found");
        world.promise("province-leader", &visit, body("2019-01-18")).await.expect_error(403, "forbidden");
        world.promise("dispatcher", &visit, body("2019-01-18")).await.expect_error(403, "forbidden");
        let nowhere = Uuid::nil();
        let faulty = json!({
            "text": "尽快办理。", "due_on": "2019-01-09", "org_id": nowhere, "made_by": seed::member("handler").person,
            "problem_id": nowhere, "object_id": nowhere,
        });
        let mut faults = world.promise("officer", &visit, faulty).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(
            faults,
            ["/due_on not_within", "/made_by unknown_reference", "/object_id unknown_reference", "/org_id unknown_reference", "/problem_id unknown_reference"]
        );
        let ended = world.problem_of(&visit).await;
        world.put_into(&ended, "closed").await;
        let mut about = body("2019-01-18");
        about["problem_id"] = ended["id"].clone();
        assert_eq!(world.promise("officer", &visit, about).await.expect_error(422, "invalid"), ["/problem_id ended_reference"]);
        // On the day of the visit itself it may be due; who made it does not say that he kept it.
        let mut own = json!({ "text": "当日反馈。", "due_on": "2019-01-10", "made_by": seed::member("officer").person });
        let promise = world.promise("officer", &visit, own.take()).await.expect(201);
        assert_eq!(promise["org"]["id"], json!(seed::org("yiwu-government")));
        let refused = world.settle("officer", &promise, "keep").await;
        assert_eq!(refused.json()["earlier_act"], json!({ "act": "commit", "at": world.app.clock.now() }));
        refused.expect_error(403, "separation_of_duties");
        let dispatching = world.as_other("officer", Role::Dispatcher, "yiwu-office");
        let path = format!("/commitments/{}/end", id_of(&promise));
        let ending = world.post(&path).header("Authorization", &dispatching).at(&promise["version"]).json(json!({ "reason": "不必" })).send().await;
        ending.expect_error(403, "separation_of_duties");
        world.settle("officer", &promise, "end").await.expect_error(403, "forbidden");
        let kept = world.settle("leader", &promise, "keep").await.expect(200);
        assert_eq!((&kept["kept_in_time"], &kept["settled_by"]["id"]), (&json!(true), &json!(seed::member("leader").person)));
        assert_eq!(world.get(&format!("/commitments/{}", id_of(&promise))).by("supervisor").send().await.expect(200)["version"], 2);
    }
}

proptest! {
    #[test]
    fn what_may_be_done_with_a_promise_is_what_is_checked_and_each_outcome_is_one(
        state in prop::sample::select(CommitmentState::ALL), ended in any::<bool>(), made_it in any::<bool>(),
        answers in any::<bool>(), directs in any::<bool>(), late in -3_i64..4,
    ) {
        let due_on = NaiveDate::from_ymd_opt(2019, 1, 18).expect("a date");
        let today = due_on + chrono::Duration::days(late);
        let made_at = "2019-01-10T02:00:00Z".parse().expect("a literal");
        let standing = Standing { state, ended, due_on, today, made_at, made_it, answers, directs };
        for action in CommitmentAction::ALL {
            let may = standing.check(*action).is_ok();
            prop_assert_eq!(may, standing.allowed().any(|allowed| allowed == *action));
            prop_assert!(!may || (state == CommitmentState::Open && !ended));
            prop_assert!(!may || !made_it || *action == CommitmentAction::Break);
            prop_assert!(!may || *action != CommitmentAction::End || !standing.is_overdue());
        }
        let kept = standing.outcome(CommitmentAction::Keep);
        prop_assert_eq!(kept == CommitmentOutcome::Late, late > 0);
    }
}
