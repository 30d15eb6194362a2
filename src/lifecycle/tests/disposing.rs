//! Disposing and opening.

use serde_json::{Value, json};

use super::{answered, follow_up, typical};
use crate::db::sql;
use crate::lifecycle::workflow::TRANSITIONS;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::problem_body;
use crate::test_support::seed;

on_both! {
    async fn s06_s40_a_problem_answered_on_the_spot_awaits_its_reporter(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        assert_eq!(problem["state"], "recorded");
        let done = world.dispose("officer", &problem, answered()).await.expect(200);
        assert_eq!((done["state"].as_str(), done["disposition"].as_str()), (Some("pending_confirmation"), Some("resolved_on_site")));
        assert_eq!(done["disposed"]["policy_ref"], "示例〔2019〕1号");
        assert_eq!(done["clock"]["first_response_at"], "2019-01-10T02:00:00Z");
        assert_eq!(done["allowed_actions"], json!([]));
        // Outside the visit, and before it, is not on site.
        let other = world.problem_of(&world.visit_in_progress().await).await;
        for at in ["2019-01-09T02:00:00Z", "2019-01-12T02:00:00Z"] {
            let mut body = answered();
            body["resolved_at"] = json!(at);
            assert_eq!(world.dispose("officer", &other, body).await.expect_error(422, "invalid"), ["/resolved_at not_within"]);
        }
    }

    async fn s41_coordination_names_two_organisations_and_what_each_agreed(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let mut body = answered();
        body["on_site_kind"] = json!("coordinated");
        assert_eq!(world.dispose("leader", &problem, body.clone()).await.expect_error(422, "invalid"), ["/organisations needs_two_organisations"]);
        body["organisations"] = json!([
            { "org_id": seed::org("yiwu-hr"), "agreed": "一周内办结学历认证" },
            { "org_id": seed::org("yiwu-finance"), "agreed": "补贴同步到位" },
        ]);
        let done = world.dispose("leader", &problem, body).await.expect(200);
        assert_eq!(done["disposed"]["organisations"].as_array().map(Vec::len), Some(2));
    }

    async fn s07_follow_up_names_a_lead_and_a_due_date(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let mut faults = world.dispose("officer", &problem, json!({ "disposition": "follow_up" })).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/due_on required", "/lead_org_id required"]);
        let mut late = follow_up();
        late["due_on"] = json!("2019-02-28");
        assert_eq!(world.dispose("officer", &problem, late).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        let mut unknown = follow_up();
        unknown["lead_org_id"] = json!("019fb0c5-3f8e-7000-8000-000000000099");
        assert_eq!(world.dispose("officer", &problem, unknown).await.expect_error(422, "invalid"), ["/lead_org_id unknown_reference"]);
        let proposed = world.dispose("officer", &problem, follow_up()).await.expect(200);
        assert_eq!((proposed["state"].as_str(), proposed["lead_org"].as_str()), (Some("open"), None));
        assert_eq!(proposed["disposed"]["lead_org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(proposed["clock"]["due_at"], "2019-01-21T09:00:00Z");
        // The proposed lead sees it, so that it can claim.
        world.get(&format!("/problems/{}", problem["id"].as_str().unwrap())).by("handler").send().await.expect(200);
    }

    async fn a_visits_leader_or_a_dispatcher_assigns_at_once(world: World) {
        let visit = world.visit_in_progress().await;
        let mut assign = follow_up();
        assign["assign"] = json!(true);
        let problem = world.problem_of(&visit).await;
        world.dispose("officer", &problem, assign.clone()).await.expect_error(403, "forbidden");
        let assigned = world.dispose("leader", &problem, assign.clone()).await.expect(200);
        assert_eq!((assigned["state"].as_str(), assigned["lead_org"]["name"].as_str()), (Some("assigned"), Some("义乌市人力资源和社会保障局")));
        let problem = world.open_problem().await;
        assert_eq!(world.dispose("dispatcher", &problem, assign).await.expect(200)["state"], "assigned");
    }

    async fn s08_typical_is_taken_along_by_a_leader_to_who_studies_it(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let mut faults = world.dispose("leader", &problem, json!({ "disposition": "typical" })).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/due_on required", "/study_org_id required"]);
        world.dispose("officer", &problem, typical()).await.expect_error(403, "forbidden");
        let taken = world.dispose("leader", &problem, typical()).await.expect(200);
        assert_eq!((taken["state"].as_str(), taken["disposed"]["study_org"]["name"].as_str()), (Some("studying"), Some("浙江省人力资源和社会保障厅")));
    }

    async fn s05_a_second_disposition_is_refused_also_at_once(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let answers = futures_util::future::join_all([
            world.dispose("leader", &problem, answered()), world.dispose("leader", &problem, typical()),
            world.dispose("leader", &problem, follow_up()), world.dispose("officer", &problem, answered()),
        ]).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!(statuses[1..].iter().all(|status| [409, 412].contains(status)), "{statuses:?}");
        let now = world.get(&format!("/problems/{}", problem["id"].as_str().unwrap())).by("leader").send().await.expect(200);
        world.dispose("leader", &now, typical()).await.expect_error(409, "already_disposed");
        let (dispositions,): (i64,) = sql("SELECT COUNT(*) FROM disposition").one(&world.app.db).await.unwrap();
        assert_eq!(dispositions, 1);
        assert_eq!(crate::events::store::verify(&world.app.db, now["id"].as_str().unwrap().parse().unwrap()).await.unwrap(), None);
    }

    async fn s05_a_disposition_may_come_along_with_the_recording(world: World) {
        let visit = world.visit_in_progress().await;
        let mut body = problem_body();
        body["visit_id"] = visit["id"].clone();
        body["disposition"] = answered();
        let problem = world.post("/problems").by("officer").json(body.clone()).send().await.expect(201);
        assert_eq!(problem["state"], "pending_confirmation");
        body["disposition"] = json!({ "disposition": "follow_up", "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000099", "due_on": "2019-01-21" });
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/disposition/lead_org_id unknown_reference"]);
        let listed = world.get("/problems").by("dispatcher").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "a refused recording leaves nothing");
    }

    async fn a_disposition_with_the_recording_needs_the_right_to_dispose(world: World) {
        let visit = world.visit_in_progress().await;
        let mut claims = world.claims(&seed::member("leader"), false);
        claims.delegated = Some(vec!["create_problem".to_owned()]);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let mut body = problem_body();
        body["visit_id"] = visit["id"].clone();
        body["disposition"] = typical();
        world.post("/problems").header("Authorization", &token).json(body.clone()).send().await.expect_error(403, "forbidden");
        body["disposition"] = Value::Null;
        world.post("/problems").header("Authorization", &token).json(body).send().await.expect(201);
    }

    async fn a_role_elsewhere_gives_no_right_here(world: World) {
        let problem = world.open_problem().await;
        let mut claims = world.claims(&seed::member("officer2"), false);
        claims.memberships.extend(world.claims(&seed::member("officer"), false).memberships);
        claims.memberships.extend(world.claims(&seed::member("deqing-dispatcher"), false).memberships);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        let path = format!("/problems/{}/dispose", problem["id"].as_str().unwrap());
        let mut assign = follow_up();
        assign["assign"] = json!(true);
        world.post(&path).header("Authorization", &token).at(&problem["version"]).json(assign).send().await.expect_error(403, "forbidden");
    }

    async fn what_is_late_can_still_be_followed_up(world: World) {
        let problem = world.open_problem().await;
        world.app.clock.set("2019-03-01T02:00:00Z".parse().unwrap());
        let mut late = follow_up();
        late["due_on"] = json!("2019-03-08");
        assert_eq!(world.dispose("dispatcher", &problem, late.clone()).await.expect_error(422, "invalid"), ["/due_on not_within"]);
        // Seven working days after 2019-01-10: the rule's own day, overdue at once; nothing resets the clock.
        late["due_on"] = json!("2019-01-21");
        let done = world.dispose("dispatcher", &problem, late).await.expect(200);
        assert_eq!(done["clock"]["status"], "overdue");
    }

    async fn s42_a_visit_is_not_completed_while_a_problem_lacks_a_disposition(world: World) {
        let visit = world.visit_in_progress().await;
        let problem = world.problem_of(&visit).await;
        let path = format!("/visits/{}", visit["id"].as_str().unwrap());
        let now = world.get(&path).by("officer").send().await.expect(200);
        let refused = world.post(&format!("{path}/complete")).by("officer").at(&now["version"]).json(json!({})).send().await;
        assert_eq!(refused.status, 409, "{}", String::from_utf8_lossy(&refused.bytes));
        assert_eq!(refused.json()["code"], "undisposed_problems");
        world.dispose("officer", &problem, answered()).await.expect(200);
        let now = world.get(&path).by("officer").send().await.expect(200);
        world.post(&format!("{path}/complete")).by("officer").at(&now["version"]).json(json!({})).send().await.expect(200);
        let listed = world.get(&format!("{path}/problems")).by("officer").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    }

    async fn a_dispatcher_opens_what_was_recorded(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let path = format!("/problems/{}/open", problem["id"].as_str().unwrap());
        world.post(&path).by("dispatcher").send().await.expect_error(428, "precondition_required");
        world.post(&path).by("officer").at(&problem["version"]).send().await.expect_error(403, "forbidden");
        let opened = world.post(&path).by("dispatcher").at(&problem["version"]).send().await.expect(200);
        assert_eq!(opened["state"], "open");
        let again = world.post(&path).by("dispatcher").at(&opened["version"]).send().await;
        assert_eq!(again.json()["allowed"], json!(["dispose_follow_up", "assign", "merge", "ask_decline", "urge"]));
        again.expect_error(409, "transition_not_allowed");
    }

    async fn the_state_machine_is_the_table(world: World) {
        let machine = world.get("/meta/state-machine").by("reporter").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(machine["states"].as_array().map(Vec::len), Some(State::ALL.len()));
        assert_eq!(machine["transitions"].as_array().map(Vec::len), Some(TRANSITIONS.len()));
        assert_eq!(machine["transitions"][3]["label"], "open to be claimed");
    }
}
