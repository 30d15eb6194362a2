use serde_json::{Value, json};

use super::{with_result, words};
use crate::on_both;
use crate::problems::domain::State;
use crate::public_view::dto::{PublicFilters, PublicOutputFilters};
use crate::public_view::store::listing::{self, Meant};
use crate::public_view::store::shown;
use crate::test_support::handling::problem_of;

fn titles(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["title"].as_str().expect("a title"))
        .collect()
}

on_both! {
    async fn s80_published_problems_are_listed_and_filtered(world: World) {
        let mut problems = Vec::new();
        for (number, (audience, category)) in [("enterprise", "E01"), ("masses", "M02"), ("masses", "M02"), ("enterprise", "E01")].into_iter().enumerate() {
            let problem = world.post("/problems").by("officer").json(problem_of(audience, category)).send().await.expect(201);
            let mut body = words();
            body["title"] = json!(format!("第{number}件"));
            world.publish(&problem, body).await;
            problems.push(problem);
            world.app.clock.set(world.app.clock.now().plus_seconds(1));
        }
        let list = async |query: &str| world.get(&format!("/public/problems{query}")).send().await.expect(200);
        let all = list("?with_total=true").await;
        assert_eq!((titles(&all), &all["total"]), (vec!["第3件", "第2件", "第1件", "第0件"], &json!(4)));
        assert_eq!(titles(&list("?audience=masses&category=M02").await), ["第2件", "第1件"]);
        assert_eq!(titles(&list("?division=330700&year=2019&state=received").await).len(), 4);
        for empty in ["?division=330521", "?year=2018", "?state=closed", "?category=E02"] {
            assert_eq!(list(empty).await["items"], json!([]), "{empty}");
        }
        world.get("/public/problems?division=339999").send().await.expect_error(422, "invalid");
        world.get("/public/problems?object_id=x").send().await.expect_error(400, "malformed");
        // What vanished makes a page short, and the next one is found all the same.
        world.force(&problems[2], State::Withdrawn).await;
        let first = list("?limit=1").await;
        assert_eq!(titles(&first), ["第3件"]);
        let second = list(&format!("?limit=1&cursor={}", first["next_cursor"].as_str().expect("a cursor"))).await;
        assert_eq!(titles(&second), ["第1件"]);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = list(&format!("?limit=2{cursor}")).await;
            seen.extend(titles(&page).into_iter().map(ToOwned::to_owned));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, ["第3件", "第1件", "第0件"]);
    }
}

on_both! {
    async fn public_pages_are_ranges_of_an_index(world: World) {
        let filters = PublicFilters::default();
        let meant = Meant { filters: &filters, division: None, words: None, now: world.app.clock.now() };
        let page = crate::http::ListParams::default().page(&"x").expect("a page");
        let plan = world.plan_of(listing::page(&meant, &page, Some((world.app.clock.now(), uuid::Uuid::nil())))).await;
        assert!(plan.contains("publication_current"), "{plan}");
        let plan = world.plan_of(shown::outputs(&PublicOutputFilters::default(), Some((world.app.clock.now(), uuid::Uuid::nil())), 51)).await;
        assert!(plan.contains("output_published"), "{plan}");
    }
}

on_both! {
    async fn s80_everybody_reads_the_figures_with_what_became_of_the_problems(world: World) {
        let done = world.completed().await;
        world.open_problem().await;
        world.called_back(&done).await;
        let closed = world.again(&done).await;
        world.publish(&closed, with_result()).await;
        let figures = world.get("/public/overview?campaign=2019&year=2019").send().await.expect(200);
        let inside = world.get("/metrics/overview?campaign=2019&year=2019").by("province-dispatcher").send().await.expect(200);
        assert_eq!((&figures["problems"], &figures["counties"], &figures["visits"]), (&inside["problems"], &inside["counties"], &inside["visits"]));
        assert_eq!(figures["problems"]["total"], 2);
        assert_eq!((&figures["published"], &figures["division"]["code"]), (&json!(1), &json!("330000")));
        // One of one tells of a single person: the counts stay, the rate does not.
        assert_eq!(figures["confirmed"], json!({ "numerator": 1, "denominator": 1, "value": null }));
        assert_eq!(world.get("/public/overview?division=330521").send().await.expect(200)["problems"]["total"], 0);
        assert_eq!(world.get("/public/overview?division=330521").send().await.expect(200)["published"], 0);
        assert_eq!(world.get("/public/overview?division=330782100").send().await.expect_error(422, "invalid"), ["?division format"]);
        assert_eq!(world.get("/public/overview?division=310000").send().await.expect_error(422, "invalid"), ["?division unknown_reference"]);
    }
}
