use serde_json::{Value, json};

use super::domain::Match;
use super::{competent_orgs, dispatch_office};
use crate::directory::terms_shipped::term_id;
use crate::directory::words::Audience;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{self, DEQING, YIWU, division};

async fn competent(world: &World) -> Vec<(String, Match, i64)> {
    let (category, now) = (term_id("category", "E01"), world.app.clock.now());
    competent_orgs(&world.app.db, division(YIWU), category, Audience::Enterprise, now)
        .await
        .expect("a read")
        .into_iter()
        .map(|(org, reason)| (org.name, reason.by, reason.distance))
        .collect()
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a page");
    items.iter().filter_map(|item| item["org"]["name"].as_str()).collect()
}

on_both! {
    async fn the_nearest_and_most_special_is_competent(world: World) {
        assert_eq!(competent(&world).await, []);
        let enter = async |by: &str, body: Value| world.post("/competences").by(by).json(body).send().await.expect(201);
        enter("province-admin", json!({ "org_id": seed::org("province-hr"), "category": "E01" })).await;
        enter("admin", json!({ "org_id": seed::org("yiwu-finance"), "audience": "enterprise" })).await;
        enter("admin", json!({ "org_id": seed::org("yiwu-office"), "priority": 5 })).await;
        let special = enter("admin", json!({ "org_id": seed::org("yiwu-hr"), "category": "E01" })).await;
        enter("admin", json!({ "org_id": seed::org("yiwu-hr"), "category": "E02" })).await;
        assert_eq!(special["category"]["label"], "引进高端人才和专业技术人才");
        assert_eq!(special["division"]["code"], YIWU);
        let hr = ("义乌市人力资源和社会保障局".to_owned(), Match::Category, 0);
        let finance = ("义乌市财政局".to_owned(), Match::Audience, 0);
        let office = ("义乌市“三服务”办公室".to_owned(), Match::Any, 0);
        let province = ("浙江省人力资源和社会保障厅".to_owned(), Match::Category, 2);
        assert_eq!(competent(&world).await, [hr, finance.clone(), office.clone(), province.clone()]);

        let path = format!("/competences/{}/end", special["id"].as_str().expect("an id"));
        let reason = json!({ "reason": "职责调整" });
        world.post(&path).by("admin").json(reason.clone()).send().await.expect_error(428, "precondition_required");
        world.post(&path).by("deqing-admin").at(&json!(1)).json(reason.clone()).send().await
            .expect_error(404, "not_found");
        world.post(&path).by("admin").at(&json!(1)).json(reason.clone()).send().await.expect(200);
        world.post(&path).by("admin").at(&json!(2)).json(reason).send().await.expect_error(409, "ended");
        assert_eq!(competent(&world).await, [finance, office, province]);
        let listed = world.get("/competences?category=E01&with_total=true").by("handler").send().await.expect(200);
        assert_eq!((names(&listed), &listed["total"]), (vec!["浙江省人力资源和社会保障厅"], &json!(1)));
        let all = world.get(&format!("/competences?division={YIWU}&include_ended=true")).by("handler").send().await;
        assert_eq!(names(&all.expect(200)).len(), 4);
    }

    async fn competence_follows_to_the_successor(world: World) {
        let body = json!({ "org_id": seed::org("yiwu-hr"), "category": "E01", "priority": 3 });
        world.post("/competences").by("admin").json(body).send().await.expect(201);
        let body = json!({ "reason": "机构改革", "successor_id": seed::org("yiwu-finance") });
        let path = format!("/orgs/{}/end", seed::org("yiwu-hr"));
        world.post(&path).by("admin").at(&json!(1)).json(body).send().await.expect(200);
        assert_eq!(competent(&world).await, [("义乌市财政局".to_owned(), Match::Category, 0)]);
    }

    async fn faults_of_a_new_competence_are_named(world: World) {
        let refused = async |by: &str, body: Value| {
            world.post("/competences").by(by).json(body).send().await.expect_error(422, "invalid")
        };
        let foreign = json!({ "org_id": seed::org("deqing-office"), "category": "E77", "division": "999999" });
        assert_eq!(
            refused("admin", foreign).await,
            ["/org_id unknown_reference", "/category unknown_reference", "/division unknown_reference"]
        );
        let hr = seed::org("yiwu-hr");
        let body = json!({ "org_id": hr, "category": "E01", "audience": "masses", "division": DEQING });
        assert_eq!(refused("admin", body).await, ["/category other_audience", "/division conflict"]);
        let heading = json!({ "org_id": hr, "category": "cost", "valid_to": "2018-01-01T00:00:00Z" });
        assert_eq!(refused("admin", heading).await, ["/category unknown_reference", "/valid_to not_within"]);
    }

    async fn the_nearest_dispatch_office_holds_what_nobody_is_competent_for(world: World) {
        let office = async |code: &str| {
            let office = dispatch_office(&world.app.db, division(code)).await.expect("a read");
            office.map(|office| office.name)
        };
        assert_eq!(office(YIWU).await.as_deref(), Some("义乌市“三服务”办公室"));
        assert_eq!(office("330783").await.as_deref(), Some("浙江省“三服务”办公室"));
    }
}
