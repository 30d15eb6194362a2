//! Entering, changing and ending objects.

use super::*;
use crate::clock::Ids;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::seed;

on_both! {
    async fn an_enterprise_is_entered_and_read(world: World) {
        let mut body = enterprise("义乌市示例针织有限公司", "330782");
        body["owner_org_id"] = json!(seed::org("yiwu-hr"));
        body["latitude"] = json!(29.3);
        body["longitude"] = json!(120.1);
        body["enterprise"] = json!({ "size": "small", "ownership": "private", "is_star": true });
        let answer = world.post("/service-objects").by("officer").json(body).send().await;
        let location = answer.headers["location"].clone();
        let object = answer.expect(201);
        assert_eq!(location, format!("/api/v1{}", path_of(&object)));
        assert_eq!(object["division"]["full_name"], "浙江省金华市义乌市");
        assert_eq!(object["owner_org"]["name"], "义乌市人力资源和社会保障局");
        assert_eq!(object["enterprise"]["is_star"], true);
        assert_eq!((&object["household"], &object["last_visit_at"]), (&Value::Null, &Value::Null));
        let read = world.get(&path_of(&object)).by("handler").send().await;
        assert!(read.headers["etag"].starts_with("\"1-"));
        assert_eq!(read.expect(200), object);
    }

    async fn a_household_needs_an_alias_and_a_village_and_no_name(world: World) {
        let object = enter(&world, "officer", household("王姓农户")).await;
        assert_eq!((&object["name"], &object["household"]["alias"]), (&json!("王姓农户"), &json!("王姓农户")));
        let post = |body: Value| world.post("/service-objects").by("officer").json(body).send();
        let mut body = household("某户");
        body["division"] = json!("330782");
        assert_eq!(post(body).await.expect_error(422, "invalid"), ["/division wrong_level"]);
        let body = json!({ "type": "household", "division": VILLAGE, "enterprise": {} });
        let faults = post(body).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/enterprise conflict", "/household required"]);
        let facts = crate::service_objects::store::find_facts(
            &world.app.db, object["id"].as_str().expect("an id").parse().expect("a UUID"),
        ).await.expect("an answer").expect("the household");
        assert_eq!((facts.name.as_str(), facts.ended), ("王姓农户", false));
    }

    async fn a_town_or_village_is_its_own_division_and_one_object(world: World) {
        let community = |kind: &str, division: &str| {
            json!({ "type": "community", "name": "示例", "division": division, "community": { "kind": kind } })
        };
        let post = |body: Value| world.post("/service-objects").by("officer").json(body).send();
        let first = post(community("village", VILLAGE)).await.expect(201);
        assert_eq!(post(community("village", VILLAGE)).await.expect(409)["existing_id"], first["id"]);
        post(community("town", "330782001")).await.expect(201);
        assert_eq!(
            post(community("town", VILLAGE)).await.expect_error(422, "invalid"),
            ["/division wrong_level"]
        );
        // Neighbourhoods have no code: a village may hold several.
        post(community("neighbourhood", VILLAGE)).await.expect(201);
        post(community("neighbourhood", VILLAGE)).await.expect(201);
    }

    async fn every_fault_is_told_at_once(world: World) {
        let body = json!({
            "type": "enterprise", "division": "330521", "longitude": 120.0, "owner_org_id": seed::org("deqing-office"),
            "enterprise": { "uscc": "91350100M000100Y44", "industry_section": "A", "industry_division": "97" },
            "household": { "alias": "某户" },
        });
        let faults = world.post("/service-objects").by("officer").json(body).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, [
            "/division unknown_reference", "/owner_org_id unknown_reference", "/household conflict", "/name required",
            "/latitude required", "/enterprise/uscc credit_code", "/enterprise/industry_division section_mismatch",
        ]);
    }

    async fn identity_numbers_are_refused(world: World) {
        let mut body = household("某户");
        body["address"] = json!("户主身份证11010519491231002X");
        let faults = world.post("/service-objects").by("officer").json(body).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/address id_number_not_accepted"]);
    }

    async fn a_patch_changes_what_it_names_and_empties_what_is_null(world: World) {
        let mut body = enterprise("示例", "330782");
        body["address"] = json!("示例路1号");
        let object = enter(&world, "officer", body).await;
        let path = path_of(&object);
        let patch = json!({ "address": null, "hardship": 2, "enterprise": { "size": "large" } });
        let call = || world.patch(&path).by("officer2").json(patch.clone());
        call().send().await.expect_error(428, "precondition_required");
        call().at(&json!(9)).send().await.expect_error(412, "precondition_failed");
        let changed = call().at(&json!(1)).send().await.expect(200);
        assert_eq!((&changed["address"], &changed["hardship"], &changed["version"]), (&Value::Null, &json!(2), &json!(2)));
        assert_eq!((&changed["name"], &changed["enterprise"]["size"]), (&json!("示例"), &json!("large")));
        // The same again changes nothing, so nothing is written.
        let again = call().at(&json!(2)).send().await.expect(200);
        assert_eq!(again, changed);
        for (bad, fault) in [
            (json!({ "name": null }), "/name type"),
            (json!({ "type": "household" }), "/type unknown_field"),
            (json!({ "hardship": 4 }), "/hardship out_of_range"),
            (json!({ "division": "330521" }), "/division unknown_reference"),
            (json!({ "household": { "alias": "某户" } }), "/household conflict"),
            (json!({ "external_ids": [] }), "/external_ids clients_only"),
        ] {
            let faults = world.patch(&path).by("officer").at(&json!(2)).json(bad).send().await
                .expect_error(422, "invalid");
            assert_eq!(faults, [fault]);
        }
        let id = object["id"].as_str().expect("an id").parse().expect("a UUID");
        assert_eq!(verify(&world.app.db, id).await.expect("a chain"), None);
    }

    async fn an_ended_object_stays_and_changes_no_more(world: World) {
        let object = enter(&world, "officer", enterprise_with("91330782631706691D")).await;
        let path = path_of(&object);
        let end = || world.post(&format!("{path}/end")).by("dispatcher").json(json!({ "reason": "企业已注销" }));
        end().send().await.expect_error(428, "precondition_required");
        let ended = end().at(&json!(1)).send().await.expect(200);
        assert_eq!((&ended["end_reason"], &ended["ended_at"]), (&json!("企业已注销"), &json!(seed::NOW)));
        end().at(&json!(2)).send().await.expect_error(409, "ended");
        world.patch(&path).by("officer").at(&json!(2)).json(json!({ "hardship": 1 })).send().await
            .expect_error(409, "ended");
        assert_eq!(names(&world, "officer", "").await, Vec::<String>::new());
        assert_eq!(names(&world, "officer", "include_ended=true").await, ["示例有限公司"]);
        world.get(&path).by("officer").send().await.expect(200);
        world.post("/service-objects").by("officer").json(enterprise_with("91330782631706691D")).send().await
            .expect_error(409, "duplicate");
    }

    async fn a_client_that_sends_its_key_again_gets_its_object(world: World) {
        let mut body = enterprise("对接企业", "330782");
        body["external_ids"] = json!([{ "system": "erp", "value": "10042" }]);
        let post = |who: &'static str, body: &Value| world.post("/service-objects").by(who).json(body.clone()).send();
        assert_eq!(post("officer", &body).await.expect_error(422, "invalid"), ["/external_ids clients_only"]);
        let first = post("integrator", &body).await.expect(201);
        assert_eq!(
            first["external_ids"],
            json!([{ "client_id": "integrator", "system": "erp", "value": "10042" }])
        );
        body["name"] = json!("改名之后");
        let again = post("integrator", &body).await.expect(200);
        assert_eq!(again, first);
        let mut other = enterprise("另一家", "330782");
        other["external_ids"] = json!([{ "system": "erp", "value": "10043" }]);
        post("integrator", &other).await.expect(201);
        body["external_ids"] = json!([{ "system": "erp", "value": "10042" }, { "system": "erp", "value": "10043" }]);
        assert_eq!(post("integrator", &body).await.expect_error(422, "invalid"), ["/external_ids/1 conflict"]);
        // What an officer entered gets its name afterwards.
        let officers = enter(&world, "officer", enterprise("走访企业", "330782")).await;
        let patch = json!({ "external_ids": [{ "system": "crm", "value": "7" }] });
        let named = world.patch(&path_of(&officers)).by("integrator").at(&json!(1)).json(patch).send().await
            .expect(200);
        assert_eq!((&named["external_ids"][0]["system"], &named["version"]), (&json!("crm"), &json!(2)));
        let taken = json!({ "external_ids": [{ "system": "erp", "value": "10042" }] });
        world.patch(&path_of(&officers)).by("integrator").at(&json!(2)).json(taken).send().await
            .expect_error(409, "duplicate");
    }

    async fn of_two_who_enter_one_code_at_once_one_succeeds(world: World) {
        let body = enterprise_with("91330782631706691D");
        let calls = (0..6).map(|_| world.post("/service-objects").by("officer").json(body.clone()).send());
        let mut statuses: Vec<u16> = futures_util::future::join_all(calls).await.iter().map(|a| a.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    }

    async fn the_wrong_roles_neither_read_nor_write(world: World) {
        let object = enter(&world, "dispatcher", enterprise("示例", "330782")).await;
        for who in ["admin", "auditor", "reporter"] {
            world.get("/service-objects").by(who).send().await.expect_error(403, "forbidden");
        }
        for who in ["leader", "handler", "head", "supervisor", "assessor"] {
            world.get(&path_of(&object)).by(who).send().await.expect(200);
            world.post("/service-objects").by(who).json(enterprise("示例", "330782")).send().await
                .expect_error(403, "forbidden");
        }
        let missing = Ids::counted(99).next();
        world.get(&format!("/service-objects/{missing}")).by("officer").send().await.expect_error(404, "not_found");
    }
}
