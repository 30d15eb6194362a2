use serde_json::{Value, json};
use uuid::Uuid;

use super::find_ref;
use crate::auth::keys::sha256;
use crate::db::sql;
use crate::on_both;
use crate::test_support::seed;

on_both! {
    async fn a_person_is_entered_with_an_account(world: World) {
        let body = json!({ "name": "示例新人", "org_id": seed::org("yiwu-hr"), "title": "科员", "username": "shili.xinren" });
        let made = world.post("/people").by("admin").json(body.clone()).send().await.expect(201);
        assert_eq!(made["org"]["id"], json!(seed::org("yiwu-hr")));
        assert_eq!((&made["roles"], &made["has_account"]), (&json!([]), &json!(true)));
        let code = made["account"]["one_time_code"].as_str().expect("a code");
        assert_eq!(made["account"]["expires_at"], "2026-01-12T00:00:00Z");
        let id: Uuid = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let (hash, password): (Vec<u8>, Option<String>) =
            sql("SELECT reset_code_hash, password_hash FROM credential WHERE person_id = $1").bind(id)
                .one(&world.app.db).await.expect("an account");
        assert_eq!((hash, password), (sha256(code.replace('-', "").as_bytes()).to_vec(), None));
        // The code is shown this once.
        let read = world.get(&format!("/people/{id}")).by("officer").send().await.expect(200);
        assert!(read.get("account").is_none());
        let facts = find_ref(&world.app.db, id).await.expect("a read").expect("a row");
        assert_eq!((facts.name.as_str(), facts.active), ("示例新人", true));
        let faults = world.post("/people").by("admin").json(body).send().await.expect_error(409, "duplicate");
        assert_eq!(faults, ["/username repeated"]);
    }

    async fn a_person_without_a_username_has_no_account(world: World) {
        let body = json!({ "name": "示例新人", "org_id": seed::org("yiwu-hr") });
        let made = world.post("/people").by("admin").json(body).send().await.expect(201);
        assert_eq!((&made["account"], &made["has_account"]), (&Value::Null, &json!(false)));
    }

    async fn faults_of_a_new_person_are_named(world: World) {
        let body = json!({ "name": "示例", "org_id": seed::org("deqing-office") });
        let faults = world.post("/people").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/org_id unknown_reference"]);
        let body = json!({ "name": "示例", "org_id": seed::org("yiwu-hr"), "username": "示例" });
        let faults = world.post("/people").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults.last().map(String::as_str), Some("/username format"), "{faults:?}");
        let body = json!({ "name": "11010519491231002X", "org_id": seed::org("yiwu-hr") });
        let faults = world.post("/people").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/name id_number_not_accepted"]);
    }

    async fn people_are_listed_and_filtered(world: World) {
        let names = async |query: &str| {
            let page = world.get(&format!("/people?{query}")).by("officer").send().await.expect(200);
            let items = page["items"].as_array().expect("a page").clone();
            items.iter().map(|item| item["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("role=dispatcher&division=330782").await, ["示例交办员"]);
        assert_eq!(names(&format!("org={}", seed::org("yiwu-hr"))).await, ["示例局长", "示例承办人"]);
        assert_eq!(names(&format!("org={}", seed::org("yiwu-government"))).await.len(), 6);
        assert_eq!(names("q=%E5%BE%B7%E6%B8%85").await.len(), 4);
        let page = world.get("/people?role=leader&limit=1&with_total=true").by("leader").send().await.expect(200);
        assert_eq!((&page["total"], &page["items"][0]["roles"]), (&json!(3), &json!(["leader"])));
        world.get("/people").by("reporter").send().await.expect_error(403, "forbidden");
    }

    async fn people_outside_the_administration_are_seen_by_their_administrators_alone(world: World) {
        let reporter = seed::member("reporter").person;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE person SET org_id = NULL WHERE id = $1").bind(reporter).run(&mut tx).await.expect("changed");
        tx.commit().await.expect("committed");
        let path = format!("/people/{reporter}");
        world.get(&path).by("officer").send().await.expect_error(404, "not_found");
        world.get(&path).by("deqing-admin").send().await.expect_error(404, "not_found");
        world.get(&path).by("admin").send().await.expect(200);
        world.get(&path).by("province-admin").send().await.expect(200);
        let listed = world.get("/people?role=reporter").by("officer").send().await.expect(200);
        assert_eq!(listed["items"], json!([]));
    }

    async fn a_person_is_changed_within_the_division(world: World) {
        let path = format!("/people/{}", seed::member("handler").person);
        let patch = json!({ "title": "副科长", "org_id": seed::org("yiwu-finance") });
        world.patch(&path).by("admin").json(patch.clone()).send().await.expect_error(428, "precondition_required");
        let changed = world.patch(&path).by("admin").at(&json!(1)).json(patch.clone()).send().await.expect(200);
        assert_eq!((&changed["title"], &changed["version"]), (&json!("副科长"), &json!(2)));
        assert_eq!(changed["org"]["id"], json!(seed::org("yiwu-finance")));
        assert_eq!(changed["roles"], json!(["handler"]));
        world.patch(&path).by("admin").at(&json!(1)).json(patch).send().await
            .expect_error(412, "precondition_failed");
        let emptied = world.patch(&path).by("admin").at(&json!(2)).json(json!({ "title": null })).send().await
            .expect(200);
        assert_eq!((&emptied["title"], &emptied["name"]), (&Value::Null, &changed["name"]));
        let abroad = json!({ "org_id": seed::org("deqing-office") });
        world.patch(&path).by("admin").at(&json!(3)).json(abroad).send().await.expect_error(422, "invalid");
        let foreign = format!("/people/{}", seed::member("deqing-leader").person);
        world.patch(&foreign).by("admin").at(&json!(1)).json(json!({ "name": "改名" })).send().await
            .expect_error(404, "not_found");
        // Reading the directory is for every official of the installation.
        world.get(&foreign).by("officer").send().await.expect(200);
    }
}
