use serde_json::{Value, json};

use super::{TermRow, find};
use crate::directory::words::Audience;
use crate::error::FaultCode;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed;

async fn terms(world: &World, query: &str) -> Vec<Value> {
    let page = world
        .get(&format!("/meta/terms?limit=200&{query}"))
        .by("officer")
        .send()
        .await
        .expect(200);
    page["items"].as_array().expect("a page").clone()
}

fn codes(terms: &[Value]) -> Vec<&str> {
    terms
        .iter()
        .filter(|term| term["is_heading"] == false)
        .filter_map(|term| term["code"].as_str())
        .collect()
}

on_both! {
    async fn s15_enterprises_have_seven_categories_and_others(world: World) {
        let found = terms(&world, "kind=category&audience=enterprise").await;
        assert_eq!(codes(&found), ["E01", "E02", "E03", "E04", "E05", "E06", "E07", "E99"]);
        // 用工成本 and 运输成本 stand in one clause: two codes under one heading.
        let costs: Vec<&str> = found.iter().filter(|term| term["parent"]["code"] == "cost")
            .filter_map(|term| term["code"].as_str()).collect();
        assert_eq!(costs, ["E03", "E04"]);
    }

    async fn s16_the_masses_have_four_categories_and_others(world: World) {
        assert_eq!(codes(&terms(&world, "kind=category&audience=masses").await), ["M01", "M02", "M03", "M04", "M99"]);
    }

    async fn s17_the_grassroots_have_five_categories_and_others(world: World) {
        let found = terms(&world, "kind=category&audience=grassroots").await;
        assert_eq!(codes(&found), ["G01", "G02", "G03", "G04", "G05", "G99"]);
        assert_eq!(codes(&terms(&world, "kind=category").await).len(), 16 + 3);
    }

    async fn s10_a_term_is_added_used_and_retired_without_a_new_release(world: World) {
        let body = json!({ "kind": "category", "code": "E08", "audience": "enterprise", "zh": "知识产权保护",
            "en": "Protection of intellectual property" });
        let added = world.post("/terms").by("province-admin").json(body.clone()).send().await.expect(201);
        assert!(codes(&terms(&world, "kind=category&audience=enterprise").await).contains(&"E08"));
        world.post("/terms").by("province-admin").json(body).send().await.expect_error(409, "duplicate");
        let competence = json!({ "org_id": seed::org("yiwu-hr"), "category": "E08" });
        let used = world.post("/competences").by("admin").json(competence.clone()).send().await.expect(201);

        let path = format!("/terms/{}", added["id"].as_str().expect("an id"));
        let retire = json!({ "valid_to": "2019-01-10" });
        let retired = world.patch(&path).by("province-admin").at(&json!(1)).json(retire).send().await.expect(200);
        assert_eq!(retired["valid_to"], "2019-01-10");
        let faults = world.post("/competences").by("admin").json(competence.clone()).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/category retired_term"]);
        assert!(!codes(&terms(&world, "kind=category").await).contains(&"E08"));
        assert!(codes(&terms(&world, "kind=category&include_ended=true").await).contains(&"E08"));
        assert!(codes(&terms(&world, "kind=category&as_of=2019-01-09&include_ended=true").await).contains(&"E08"));
        // Still rendered on what bears it, in either language.
        let old = format!("/competences/{}", used["id"].as_str().expect("an id"));
        let rendered = world.get(&old).by("officer").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(rendered["category"]["label"], "Protection of intellectual property");
        let revived = world.patch(&path).by("province-admin").at(&json!(2)).json(json!({ "valid_to": null })).send().await;
        assert_eq!(revived.expect(200)["valid_to"], Value::Null);
        world.post("/competences").by("admin").json(competence).send().await.expect(201);
    }

    async fn the_taxonomies_belong_to_the_highest_administrators(world: World) {
        let body = json!({ "kind": "cause", "code": "logistics", "zh": "物流不畅", "en": "Poor logistics" });
        world.post("/terms").by("admin").json(body.clone()).send().await.expect_error(403, "forbidden");
        world.post("/terms").by("dispatcher").json(body.clone()).send().await.expect_error(403, "forbidden");
        // Where the province has no administrator, a county's is the highest.
        let end = format!("/memberships/{}/end", seed::member("province-admin").membership);
        world.post(&end).by("province-admin").at(&json!(1)).json(json!({ "reason": "调离" })).send().await.expect(200);
        let added = world.post("/terms").by("admin").json(body).send().await.expect(201);
        assert_eq!((&added["sort_order"], &added["valid_from"]), (&json!(50), &json!("2019-01-10")));
    }

    async fn faults_of_a_term_are_named(world: World) {
        let body = json!({ "kind": "category", "code": "E09", "zh": "其他", "en": "Other", "parent": "M01",
            "valid_to": "2019-01-10" });
        let faults = world.post("/terms").by("province-admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/audience required", "/parent other_audience", "/valid_to not_within"]);
        let body = json!({ "kind": "colour", "code": "9", "zh": "", "en": "Other" });
        let faults = world.post("/terms").by("province-admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults.len(), 3, "{faults:?}");
        let e01 = crate::directory::terms_shipped::term_id("category", "E01");
        let path = format!("/terms/{e01}");
        let past = json!({ "valid_to": "2019-01-09" });
        let faults = world.patch(&path).by("province-admin").at(&json!(1)).json(past).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/valid_to not_within"]);
        world.patch(&path).by("province-admin").at(&json!(5)).json(json!({ "zh": "人才" })).send().await
            .expect_error(412, "precondition_failed");
        let changed = world.patch(&path).by("province-admin").at(&json!(1)).json(json!({ "zh": "人才" })).send().await;
        assert_eq!(changed.expect(200)["label"], "人才");
    }

    async fn other_features_judge_terms(world: World) {
        let date = world.app.clock.today();
        let fault = async |code: &str, audience| {
            let term = find(&world.app.db, "category", code).await.expect("a read");
            TermRow::fault(term.as_ref(), audience, date, "/category").map(|fault| fault.code)
        };
        assert_eq!(fault("E01", Some(Audience::Enterprise)).await, None);
        assert_eq!(fault("E01", Some(Audience::Masses)).await, Some(FaultCode::OtherAudience));
        assert_eq!(fault("cost", Some(Audience::Enterprise)).await, Some(FaultCode::UnknownReference));
        assert_eq!(fault("E77", None).await, Some(FaultCode::UnknownReference));
    }
}
