use serde_json::{Value, json};

use super::{with_result, words};
use crate::db::sql;
use crate::http::window::Windowed as _;
use crate::on_both;
use crate::problems::domain::State;
use crate::public_view::dto::{PublicFilters, PublicOutputFilters};
use crate::public_view::store::listing::Meant;
use crate::public_view::store::shown;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::{id_of, problem_of};

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
        let plan = world.plan_of(meant.page(&world.app.db, Some((world.app.clock.now(), uuid::Uuid::nil())), 51)).await;
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

/// The titles that everybody finds by these words.
async fn found(world: &World, q: &str) -> Vec<String> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("with_total", "true")
        .finish();
    let page = world.get(&format!("/public/problems?{query}")).send().await.expect(200);
    let titles: Vec<String> = titles(&page).into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(page["total"], json!(titles.len()), "{q}");
    titles
}

on_both! {
    async fn s80_everybody_finds_what_is_published_by_its_published_words_alone(world: World) {
        let none = Vec::<String>::new();
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "王秀英", "phone": "139 0000 0001", "anonymity": "named" });
        let done = world.done(body).await;
        let open = world.open_problem().await;
        assert_eq!(found(&world, "人才").await, none, "nothing is published yet");
        world.publish(&done, with_result()).await;
        let mut other = words();
        (other["title"], other["summary"]) = (json!("停车难"), json!("小区门口停车难，人才公寓同样。"));
        world.publish(&open, other).await;
        // Title, summary, result; full-width is the same; newest first, the terms in any order.
        assert_eq!(found(&world, "人才").await, ["停车难", "引进人才子女入学难"]);
        assert_eq!(found(&world, "入学 引进").await, ["引进人才子女入学难"]);
        assert_eq!(found(&world, "统一受理").await, ["引进人才子女入学难"]);
        assert_eq!(found(&world, "人才　停车").await, ["停车难"]);
        let page = world.get("/public/problems?q=%E4%BA%BA%E6%89%8D&audience=masses").send().await.expect(200);
        assert_eq!(page["items"], json!([]), "with the other filters");
        // Neither by the statement, the summary for those who handle, the reporter, who handles, nor any number.
        let number = done["tracking_no"].as_str().expect("a number").to_owned();
        for hidden in ["博士", "考虑离开", "落实", "王秀英", "秀英", "13900000001", "139 0000 0001", "示例走访干部", "示例", &number, "330782", "两个孩子"] {
            assert_eq!(found(&world, hidden).await, none, "{hidden}");
        }
        // Pages go on behind a cursor.
        let first = world.get("/public/problems?q=%E4%BA%BA%E6%89%8D&limit=1").send().await.expect(200);
        let cursor = first["next_cursor"].as_str().expect("a cursor");
        let second = world.get(&format!("/public/problems?q=%E4%BA%BA%E6%89%8D&limit=1&cursor={cursor}")).send().await.expect(200);
        assert_eq!((titles(&first), titles(&second), &second["next_cursor"]), (vec!["停车难"], vec!["引进人才子女入学难"], &Value::Null));
        // Signs find nothing; no words, or too many, are none.
        assert_eq!(found(&world, "*").await, none);
        for wrong in [String::new(), "a".repeat(101)] {
            world.get(&format!("/public/problems?q={wrong}")).send().await.expect_error(422, "invalid");
        }
        // A new edition is found by its own words, and what is withdrawn by none.
        let mut anew = words();
        (anew["title"], anew["summary"]) = (json!("车位不足"), json!("夜间更难。"));
        world.publish(&open, anew).await;
        assert_eq!((found(&world, "停车").await, found(&world, "夜间").await), (none.clone(), vec!["车位不足".to_owned()]));
        let path = format!("/problems/{}/unpublish", id_of(&open));
        let answer = world.post(&path).by("dispatcher").at(&open["version"]).json(json!({ "reason": "表述有误" })).send().await;
        assert_eq!((answer.status, found(&world, "夜间").await), (204, none.clone()));
        let (left,): (i64,) = sql("SELECT COUNT(*) FROM full_text WHERE kind = 'public_problem'").one(&world.app.db).await.expect("a count");
        assert_eq!(left, 1, "nor does it stay in the index");
        // What was merged or withdrawn vanishes by itself.
        for state in [State::Merged, State::Withdrawn] {
            world.force(&done, state).await;
            assert_eq!(found(&world, "统一受理").await, none);
        }
    }
}

on_both! {
    async fn a_result_notice_is_found_until_it_ends(world: World) {
        let mut unknown = problem_body();
        unknown["reporter"] = json!({ "kind": "person", "anonymity": "unknown" });
        let done = world.done(unknown).await;
        let mut notice = with_result();
        notice["kind"] = json!("result_notice");
        world.publish(&done, notice).await;
        world.app.clock.set("2019-01-24T08:59:59Z".parse().expect("a literal"));
        assert_eq!(found(&world, "统一受理").await, ["引进人才子女入学难"]);
        world.app.clock.set("2019-01-24T09:00:00Z".parse().expect("a literal"));
        assert_eq!(found(&world, "统一受理").await, Vec::<String>::new());
    }
}
