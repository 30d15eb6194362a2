use serde_json::{Value, json};

use crate::analyses::domain::WORKED_AT;
use crate::auth::Role;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::{analysis_body, id_of, problem_of};
use crate::test_support::{World, seed};

fn path_of(problem: &Value) -> String {
    format!("/problems/{}/analyses", id_of(problem))
}

/// An analysis without any dimension.
fn plain() -> Value {
    let mut body = analysis_body();
    body.as_object_mut().expect("an object").remove("key_factor");
    body
}

async fn faults(world: &World, problem: &Value, body: Value) -> Vec<String> {
    let answer = world.post(&path_of(problem)).by("handler").json(body).send().await;
    let mut faults = answer.expect_error(422, "invalid");
    faults.sort();
    faults
}

on_both! {
    async fn s44_each_audience_has_its_own_dimension(world: World) {
        let masses = world.assigned(problem_of("masses", "M02")).await;
        assert_eq!(faults(&world, &masses, plain()).await, ["/dimensions required"]);
        assert_eq!(
            faults(&world, &masses, with(plain(), json!({ "key_factor": "人才", "shortfall": "床位" }))).await,
            ["/dimensions required", "/key_factor other_audience", "/shortfall other_audience"]
        );
        assert_eq!(faults(&world, &masses, with(plain(), json!({ "dimensions": ["gain", "gain"] }))).await, ["/dimensions repeated"]);
        assert_eq!(faults(&world, &masses, with(plain(), json!({ "dimensions": ["wealth"] }))).await, ["/dimensions/0 enum"]);
        let enterprise = world.assigned(problem_body()).await;
        assert_eq!(faults(&world, &enterprise, plain()).await, ["/key_factor required"]);
        let grassroots = world.assigned(problem_of("grassroots", "G02")).await;
        assert_eq!(
            faults(&world, &grassroots, with(plain(), json!({ "dimensions": ["security"] }))).await,
            ["/dimensions other_audience", "/shortfall required"]
        );
        for (problem, said) in [
            (&masses, json!({ "dimensions": ["security", "gain"] })),
            (&enterprise, json!({ "key_factor": "高端人才留不住" })),
            (&grassroots, json!({ "shortfall": "集体经济薄弱" })),
        ] {
            let signed = world.post(&path_of(problem)).by("handler").json(with(plain(), said.clone())).send().await.expect(201);
            for (field, value) in said.as_object().unwrap() {
                assert_eq!(&signed[field], value);
            }
        }
    }

    async fn s45_horizon_and_nature_are_required(world: World) {
        let problem = world.assigned(problem_body()).await;
        let mut body = analysis_body();
        for field in ["horizon", "nature", "causes", "findings"] {
            body.as_object_mut().unwrap().remove(field);
        }
        assert_eq!(
            faults(&world, &problem, body).await,
            ["/causes required", "/findings required", "/horizon required", "/nature required"]
        );
    }

    async fn s46_a_correction_names_what_it_corrects_and_the_history_shows_both(world: World) {
        let problem = world.assigned(problem_body()).await;
        let sign = || world.post(&path_of(&problem)).by("handler");
        // There is nothing to correct yet.
        sign().at(&json!(1)).json(analysis_body()).send().await.expect_error(412, "precondition_failed");
        let early = with(analysis_body(), json!({ "correction_reason": "改判" }));
        assert_eq!(faults(&world, &problem, early.clone()).await, ["/correction_reason conflict"]);
        let answer = sign().json(analysis_body()).send().await;
        assert!(answer.headers["etag"].starts_with("\"1-"), "{}", answer.headers["etag"]);
        assert_eq!(answer.headers["location"], format!("/api/v1{}", path_of(&problem)));
        let first = answer.expect(201);
        assert_eq!((first["number"].as_i64(), first["current"].as_bool()), (Some(1), Some(true)));
        assert_eq!(first["signed_by"]["name"], "示例承办人");
        assert_eq!(first["signed_org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(first["causes"], json!([{ "code": "schooling", "label": "子女入学" }]));
        let corrected = with(early, json!({ "horizon": "long" }));
        sign().json(corrected.clone()).send().await.expect_error(428, "precondition_required");
        sign().at(&json!(2)).json(corrected.clone()).send().await.expect_error(412, "precondition_failed");
        let unexplained = sign().at(&json!(1)).json(analysis_body()).send().await;
        assert_eq!(unexplained.expect_error(422, "invalid"), ["/correction_reason required"]);
        let second = world.post(&path_of(&problem)).by("head").at(&json!(1)).json(corrected.clone()).send().await.expect(201);
        assert_eq!((second["number"].as_i64(), &second["correction_reason"]), (Some(2), &json!("改判")));
        sign().at(&json!(1)).json(corrected).send().await.expect_error(412, "precondition_failed");
        let listed = world.get(&format!("{}?with_total=true", path_of(&problem))).by("supervisor").send().await.expect(200);
        let shown: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| (&item["number"], &item["current"], &item["horizon"])).collect();
        assert_eq!(shown, [(&json!(2), &json!(true), &json!("long")), (&json!(1), &json!(false), &json!("short"))]);
        assert_eq!((&listed["total"], &listed["items"][1]["replaced_at"]), (&json!(2), &json!("2019-01-10T02:00:00Z")));
        let page = world.get(&format!("{}?limit=1", path_of(&problem))).by("supervisor").send().await.expect(200);
        let next = format!("{}?limit=1&cursor={}", path_of(&problem), page["next_cursor"].as_str().unwrap());
        let next = world.get(&next).by("supervisor").send().await.expect(200);
        assert_eq!((&next["items"][0]["number"], &next["next_cursor"]), (&json!(1), &Value::Null));
        let types = world.event_types(id_of(&problem)).await;
        assert_eq!(types[types.len() - 2..], ["problem.analysed", "problem.analysed"]);
    }

    async fn two_corrections_at_once_are_one(world: World) {
        let problem = world.analysed(problem_body()).await;
        let body = with(analysis_body(), json!({ "correction_reason": "改判" }));
        let sign = || world.post(&path_of(&problem)).by("handler").at(&json!(1)).json(body.clone()).send();
        let answers = futures_util::future::join_all([sign(), sign(), sign()]).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 412, 412]);
        let (current,): (i64,) = crate::db::sql("SELECT COUNT(*) FROM analysis WHERE replaced_at IS NULL").one(&world.app.db).await.unwrap();
        assert_eq!(current, 1);
    }

    async fn s53_causes_are_several_terms_in_use_each_once(world: World) {
        let problem = world.assigned(problem_body()).await;
        let causes = |causes: Value| with(analysis_body(), json!({ "causes": causes }));
        assert_eq!(faults(&world, &problem, causes(json!([]))).await, ["/causes too_short"]);
        assert_eq!(
            faults(&world, &problem, causes(json!(["no_such", "schooling", "schooling"]))).await,
            ["/causes/0 unknown_reference", "/causes/2 repeated"]
        );
        let three = causes(json!(["schooling", "industry_mismatch", "credential_recognition"]));
        let signed = world.post(&path_of(&problem)).by("handler").json(three).send().await.expect(201);
        let codes: Vec<_> = signed["causes"].as_array().unwrap().iter().map(|cause| cause["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["credential_recognition", "industry_mismatch", "schooling"]);
    }

    async fn who_leads_or_studies_signs_and_nobody_else(world: World) {
        let problem = world.assigned(problem_body()).await;
        for who in ["officer", "dispatcher", "supervisor", "leader", "reporter"] {
            world.post(&path_of(&problem)).by(who).json(analysis_body()).send().await.expect_error(403, "forbidden");
        }
        let as_other = |token: &str| world.post(&path_of(&problem)).header("Authorization", token).json(analysis_body()).send();
        let finance = world.as_other("officer2", Role::Handler, "yiwu-finance");
        as_other(&finance).await.expect_error(404, "not_found");
        world.take_part(&problem, "yiwu-finance", "supporting").await;
        as_other(&finance).await.expect_error(403, "forbidden");
        // A handler of the government above sees it, and is not the one who answers for it; its head is.
        as_other(&world.as_other("leader", Role::Handler, "yiwu-government")).await.expect_error(403, "forbidden");
        world.take_part(&problem, "yiwu-finance", "study").await;
        assert_eq!(as_other(&finance).await.expect(201)["signed_org"]["name"], "义乌市财政局");
        let by_head = world.post(&path_of(&problem)).header("Authorization", &world.as_other("leader", Role::Head, "yiwu-government"));
        let body = with(analysis_body(), json!({ "correction_reason": "改判" }));
        by_head.at(&json!(1)).json(body).send().await.expect(201);
    }

    async fn what_nobody_works_at_is_not_analysed(world: World) {
        let problem = world.assigned(problem_body()).await;
        let mut number = 0;
        for state in State::ALL {
            world.force(&problem, *state).await;
            let body = if number == 0 { analysis_body() } else { with(analysis_body(), json!({ "correction_reason": "改判" })) };
            let mut call = world.post(&path_of(&problem)).by("handler");
            if number > 0 {
                call = call.at(&json!(number));
            }
            let answer = call.json(body).send().await;
            if WORKED_AT.contains(state) {
                answer.expect(201);
                number += 1;
            } else {
                assert_eq!(answer.json()["state"], state.as_str());
                answer.expect_error(409, "transition_not_allowed");
            }
        }
        assert_eq!(number, 6);
    }

    async fn s59_a_reporter_sees_no_analysis_and_what_is_outside_does_not_exist(world: World) {
        let problem = world.analysed(problem_body()).await;
        world.get(&path_of(&problem)).by("reporter").send().await.expect_error(403, "forbidden");
        for who in ["deqing-dispatcher", "deqing-leader"] {
            world.get(&path_of(&problem)).by(who).send().await.expect_error(404, "not_found");
        }
        // Being an officer elsewhere opens nothing here.
        let mut claims = world.claims(&seed::member("reporter"), false);
        claims.memberships.extend(world.claims(&seed::member("deqing-officer"), false).memberships);
        let token = format!("Bearer {}", world.app.tokens.sign(&claims).unwrap());
        world.get(&path_of(&problem)).header("Authorization", &token).send().await.expect_error(404, "not_found");
        world.get(&path_of(&problem)).by("province-dispatcher").send().await.expect(200);
    }

    async fn a_page_of_analyses_is_a_range_of_an_index(world: World) {
        let plan = world.plan_of(crate::analyses::store::page(&world.app.db, uuid::Uuid::nil(), Some(9), 51)).await;
        assert!(plan.contains("analysis_problem_id_number_key") || plan.contains("sqlite_autoindex_analysis_2"), "{plan}");
    }
}
