use serde_json::json;

use crate::on_both;
use crate::test_support::builders::problem_body;

on_both! {
    async fn s09_a_campaign_has_a_theme_a_parent_and_years(world: World) {
        let campaign = world.get("/campaigns/2019").by("officer").send().await.expect(200);
        assert_eq!(campaign["theme"], "“八八战略”再深化、改革开放再出发");
        assert_eq!(campaign["years"][0]["opens_on"], "2019-01-02");
        let new = json!({ "slug": "2020-county", "name": "县级日常服务", "parent": "2019", "goals": ["keep_safe"] });
        let added = world.post("/campaigns").by("province-dispatcher").json(new.clone()).send().await.expect(201);
        assert_eq!(added["parent"]["slug"], "2019");
        world.post("/campaigns").by("province-dispatcher").json(new).send().await.expect_error(409, "duplicate");
        world.post("/campaigns").by("dispatcher").json(json!({ "slug": "x", "name": "x" })).send().await.expect_error(403, "forbidden");
        let bad = json!({ "slug": "y", "name": "y", "parent": "none", "goals": ["none"] });
        let faults = world.post("/campaigns").by("province-dispatcher").json(bad).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/parent unknown_reference", "/goals/0 unknown_reference"]);
        let listed = world.get("/campaigns").by("reporter").send().await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
        world.get("/campaigns/none").by("officer").send().await.expect_error(404, "not_found");
    }

    async fn s09_what_lies_outside_every_open_year_is_refused(world: World) {
        let mut body = problem_body();
        body["campaign"] = json!("none");
        let faults = world.post("/problems").by("officer").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/campaign no_open_campaign"]);
        world.app.clock.set("2021-06-01T02:00:00Z".parse().unwrap());
        let faults = world.post("/problems").by("officer").json(problem_body()).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/campaign no_open_campaign"]);
        let year = json!({ "year": 2021, "opens_on": "2021-01-04", "closes_on": "2021-12-31" });
        world.post("/campaigns/2019/years").by("province-dispatcher").json(year.clone()).send().await.expect(201);
        world.post("/campaigns/2019/years").by("province-dispatcher").json(year).send().await.expect_error(409, "duplicate");
        world.post("/problems").by("officer").json(problem_body()).send().await.expect(201);
    }

    async fn s13_a_year_goes_through_its_stages_with_their_documents(world: World) {
        let patch = || json!({ "stage": "inspection", "inspection": { "title": "年中督查", "on": "2019-07-01" } });
        let path = "/campaigns/2019/years/2019";
        world.patch(path).by("province-dispatcher").json(patch()).send().await.expect_error(428, "precondition_required");
        let year = world.patch(path).by("province-dispatcher").at(&json!(1)).json(patch()).send().await.expect(200);
        assert_eq!((year["stage"].as_str(), year["inspection"]["title"].as_str()), (Some("inspection"), Some("年中督查")));
        world.patch(path).by("province-dispatcher").at(&json!(1)).json(patch()).send().await.expect_error(412, "precondition_failed");
        let emptied = world.patch(path).by("province-dispatcher").at(&json!(2)).json(json!({ "inspection": null })).send().await.expect(200);
        assert_eq!(emptied["inspection"], json!(null));
        world.patch("/campaigns/2019/years/2018").by("province-dispatcher").at(&json!(1)).json(patch()).send().await.expect_error(404, "not_found");
        let bad = json!({ "year": 1999, "opens_on": "2021-02-01", "closes_on": "2021-01-01" });
        let faults = world.post("/campaigns/2019/years").by("province-dispatcher").json(bad).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/year out_of_range"]);
    }
}
