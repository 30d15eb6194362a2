use chrono::NaiveDate;
use serde_json::{Value, json};

use super::store::year_for;
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

async fn slug_for(world: &World, slug: Option<&str>, date: &str) -> Option<(String, i64)> {
    let found = year_for(&world.app.db, slug, day(date)).await.expect("a read");
    found.map(|year| (year.slug, year.year))
}

on_both! {
    async fn s09_a_campaign_has_theme_parent_and_period(world: World) {
        let campaign = world.get("/campaigns/2019").by("reporter").send().await.expect(200);
        assert_eq!(campaign["theme"], "“八八战略”再深化、改革开放再出发");
        assert_eq!((&campaign["parent"], &campaign["illustrative"]), (&Value::Null, &json!(false)));
        let year = &campaign["years"][0];
        assert_eq!((&year["stage"], &year["opens_on"]), (&json!("deployment"), &json!("2019-01-02")));
        assert_eq!(year["campaign"]["name"], "“三服务”活动");
        let body = json!({ "slug": "dxx", "name": "“大学习大调研大抓落实”活动", "parent": "2019",
            "goals": ["keep_safe", "stabilise_enterprises"] });
        let answer = world.post("/campaigns").by("province-dispatcher").json(body.clone()).send().await;
        assert_eq!(answer.headers["location"], "/api/v1/campaigns/dxx");
        let opened = answer.expect(201);
        assert_eq!(opened["parent"], json!({ "slug": "2019", "name": "“三服务”活动" }));
        let goals: Vec<&str> = opened["goals"].as_array().expect("a list").iter()
            .filter_map(|goal| goal["label"].as_str()).collect();
        assert_eq!(goals, ["稳企业", "保平安"]);
        assert_eq!(world.get("/campaigns/dxx").by("officer").send().await.expect(200), opened);
        let faults = world.post("/campaigns").by("province-dispatcher").json(body).send().await
            .expect_error(409, "duplicate");
        assert_eq!(faults, ["/slug repeated"]);
    }

    async fn campaigns_are_listed(world: World) {
        let body = json!({ "slug": "2020", "name": "“三服务”活动（2020）" });
        world.post("/campaigns").by("province-admin").json(body).send().await.expect(201);
        let page = world.get("/campaigns?with_total=true&limit=1").by("officer").send().await.expect(200);
        assert_eq!((&page["total"], &page["items"][0]["slug"]), (&json!(2), &json!("2019")));
        let next = format!("/campaigns?with_total=true&limit=1&cursor={}", page["next_cursor"].as_str().expect("more"));
        let page = world.get(&next).by("officer").send().await.expect(200);
        assert_eq!((&page["items"][0]["slug"], &page["next_cursor"]), (&json!("2020"), &Value::Null));
        let found = world.get("/campaigns?q=2020&parent=2019").by("officer").send().await.expect(200);
        assert_eq!(found["items"], json!([]));
    }

    async fn a_year_is_added_and_changed(world: World) {
        let body = json!({ "year": 2020, "opens_on": "2020-01-02", "closes_on": "2020-12-31",
            "focus": [{ "audience": "enterprise", "ownership": "private" }],
            "deployment": { "title": "关于开展活动的通知", "document_no": null, "on": "2020-01-02" } });
        let by = "province-admin";
        let added = world.post("/campaigns/2019/years").by(by).json(body.clone()).send().await.expect(201);
        assert_eq!(added["focus"], body["focus"]);
        assert_eq!(added["deployment"], body["deployment"]);
        assert_eq!(slug_for(&world, None, "2020-06-01").await, Some(("2019".to_owned(), 2020)));
        let faults = world.post("/campaigns/2019/years").by(by).json(body).send().await.expect_error(409, "duplicate");
        assert_eq!(faults, ["/year repeated"]);

        let path = "/campaigns/2019/years/2020";
        let patch = json!({ "closes_on": "2020-11-30", "deployment": null,
            "summary": { "title": "总结", "document_no": "示例〔2020〕9号", "on": "2020-11-30" } });
        world.patch(path).by(by).json(patch.clone()).send().await.expect_error(428, "precondition_required");
        let changed = world.patch(path).by(by).at(&json!(1)).json(patch.clone()).send().await.expect(200);
        assert_eq!((&changed["closes_on"], &changed["deployment"]), (&json!("2020-11-30"), &Value::Null));
        assert_eq!((&changed["summary"]["title"], &changed["focus"]), (&json!("总结"), &added["focus"]));
        world.patch(path).by(by).at(&json!(1)).json(patch).send().await.expect_error(412, "precondition_failed");
        let faults = world.patch(path).by(by).at(&json!(2)).json(json!({ "opens_on": "2020-12-01" })).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/closes_on conflict"]);
        for nowhere in ["/campaigns/2019/years/2031", "/campaigns/2019/years/x", "/campaigns/none/years/2020"] {
            world.patch(nowhere).by(by).at(&json!(1)).json(json!({})).send().await.expect_error(404, "not_found");
        }
    }

    async fn a_closed_year_does_not_change(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE campaign_year SET closed_at = $1").bind(world.app.clock.now()).run(&mut tx).await.expect("closed");
        tx.commit().await.expect("committed");
        let path = "/campaigns/2019/years/2019";
        world.patch(path).by("province-admin").at(&json!(1)).json(json!({ "closes_on": "2019-12-30" })).send().await
            .expect_error(409, "ended");
        assert_eq!(slug_for(&world, None, "2019-06-01").await, None);
    }

    async fn campaigns_belong_to_the_whole_installation(world: World) {
        let body = json!({ "slug": "yiwu", "name": "义乌自己的活动" });
        world.post("/campaigns").by("admin").json(body.clone()).send().await.expect_error(403, "forbidden");
        world.post("/campaigns").by("dispatcher").json(body.clone()).send().await.expect_error(403, "forbidden");
        world.post("/campaigns").by("leader").json(body).send().await.expect_error(403, "forbidden");
        let patch = json!({ "closes_on": "2019-12-30" });
        world.patch("/campaigns/2019/years/2019").by("admin").at(&json!(1)).json(patch).send().await
            .expect_error(403, "forbidden");
    }

    async fn faults_of_a_campaign_are_named(world: World) {
        let body = json!({ "slug": "x", "name": "活动", "parent": "none", "goals": ["keep_safe", "fly", "keep_safe"] });
        let faults = world.post("/campaigns").by("province-admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/parent unknown_reference", "/goals/1 unknown_reference", "/goals/2 repeated"]);
        let body = json!({ "year": 2020, "opens_on": "2019-12-31", "closes_on": "2019-12-30" });
        let faults = world.post("/campaigns/2019/years").by("province-admin").json(body).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/opens_on conflict", "/closes_on conflict"]);
    }

    async fn a_date_belongs_to_the_open_year_that_holds_it(world: World) {
        assert_eq!(slug_for(&world, None, "2019-01-02").await, Some(("2019".to_owned(), 2019)));
        assert_eq!(slug_for(&world, Some("2019"), "2019-12-31").await, Some(("2019".to_owned(), 2019)));
        assert_eq!(slug_for(&world, None, "2019-01-01").await, None);
        assert_eq!(slug_for(&world, Some("none"), "2019-06-01").await, None);
        // One that is part of another is taken only where it is named, or alone.
        let body = json!({ "slug": "part", "name": "其中一项", "parent": "2019" });
        world.post("/campaigns").by("province-admin").json(body).send().await.expect(201);
        let body = json!({ "year": 2019, "opens_on": "2019-01-01", "closes_on": "2019-12-31" });
        world.post("/campaigns/part/years").by("province-admin").json(body).send().await.expect(201);
        assert_eq!(slug_for(&world, None, "2019-06-01").await, Some(("2019".to_owned(), 2019)));
        assert_eq!(slug_for(&world, Some("part"), "2019-06-01").await, Some(("part".to_owned(), 2019)));
        assert_eq!(slug_for(&world, None, "2019-01-01").await, Some(("part".to_owned(), 2019)));
    }
}
