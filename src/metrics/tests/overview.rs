use serde_json::{Value, json};

use super::arrange::{object, problem, problems, visit, visits};
use crate::directory::shipped::province_cities_counties;
use crate::directory::words::{Audience, LeadingBody};
use crate::on_both;
use crate::test_support::World;

async fn ask(world: &World, who: &str, query: &str) -> Value {
    world
        .get(&format!("/metrics/overview?{query}"))
        .by(who)
        .send()
        .await
        .expect(200)
}

fn parts(problems: &Value) -> [i64; 5] {
    ["total", "resolved_on_site", "follow_up", "typical", "undisposed"].map(|part| problems[part].as_i64().expect(part))
}

on_both! {
    async fn s05_the_figures_of_the_speech_are_four_parts_that_sum_to_the_total(world: World) {
        let counts = [(Some("resolved_on_site"), 76), (Some("follow_up"), 204), (Some("typical"), 137)];
        let all: Vec<_> = counts
            .into_iter()
            .flat_map(|(disposition, n)| std::iter::repeat_n(problem("2019-01-10", "330782", disposition), n))
            .collect();
        problems(&world, &all).await;
        let figures = ask(&world, "province-leader", "campaign=2019&as_of=2019-01-14").await;
        assert_eq!(parts(&figures["problems"]), [417, 76, 204, 137, 0]);
        assert_eq!(figures["problems"]["shares"], json!({
            "resolved_on_site": { "numerator": 76, "denominator": 417, "value": 0.1823 },
            "follow_up": { "numerator": 204, "denominator": 417, "value": 0.4892 },
            "typical": { "numerator": 137, "denominator": 417, "value": 0.3285 },
        }));
        assert_eq!((&figures["status"], &figures["illustrative"]), (&json!("preliminary"), &json!(false)));
    }

    async fn s03_counties_are_counted_against_those_that_exist_on_the_day_asked(world: World) {
        let both = province_cities_counties()
            .filter(|one| one.level.as_str() == "county" && one.valid_from.is_none() && one.valid_to.is_none());
        let visited: Vec<&str> = both.map(|one| one.code).take(52).collect();
        assert_eq!(visited.len(), 52);
        let all: Vec<_> = visited.iter().map(|code| visit("2019-01-08", code)).collect();
        visits(&world, &all).await;
        let figures = ask(&world, "province-leader", "campaign=2019&as_of=2019-01-14").await;
        assert_eq!(figures["counties"]["codes"], json!(visited));
        assert_eq!(figures["counties"]["rate"], json!({ "numerator": 52, "denominator": 89, "value": 0.5843 }));
        let later = ask(&world, "province-leader", "campaign=2019&as_of=2023-07-01").await;
        assert_eq!(later["counties"]["rate"], json!({ "numerator": 52, "denominator": 90, "value": 0.5778 }));
        assert_eq!(ask(&world, "province-leader", "as_of=2019-01-07").await["counties"]["visited"], 0);
    }

    async fn s03_a_county_that_was_merged_counts_for_the_one_that_took_most_of_it(world: World) {
        visits(&world, &[visit("2019-01-08", "330104"), visit("2019-01-08", "330102"), visit("2019-01-09", "330103")]).await;
        let then = ask(&world, "province-leader", "as_of=2019-01-14").await;
        assert_eq!(then["counties"]["codes"], json!(["330102", "330103", "330104"]));
        let now = ask(&world, "province-leader", "as_of=2023-07-01").await;
        assert_eq!(now["counties"]["codes"], json!(["330102", "330105"]));
    }

    async fn s24_five_visits_to_one_enterprise_are_one_enterprise(world: World) {
        let (firm, household) = (object(&world, "enterprise", "330782").await, object(&world, "household", "330782").await);
        let mut all = vec![visit("2019-01-08", "330782"); 5];
        all.iter_mut().for_each(|visit| visit.objects = vec![firm]);
        all[0].objects.push(household);
        all[4].leading_body = LeadingBody::Cppcc;
        visits(&world, &all).await;
        let figures = ask(&world, "officer", "").await;
        assert_eq!(figures["objects"], json!({ "enterprises": 1, "households": 1, "communities": 0 }));
        assert_eq!(figures["visits"], 5);
        let of_one = ask(&world, "officer", "leading_body=cppcc").await;
        assert_eq!(of_one["objects"], json!({ "enterprises": 1, "households": 0, "communities": 0 }));
        assert_eq!(of_one["visits"], 1);
    }

    async fn s01_three_audiences_and_s02_four_bodies_are_shown_even_where_zero(world: World) {
        problems(&world, &[problem("2019-01-08", "330782", None), problem("2019-01-09", "330782", Some("typical"))]).await;
        let by_audience = ask(&world, "leader", "group_by=audience").await;
        let keys: Vec<&Value> = by_audience["groups"].as_array().expect("groups").iter().map(|row| &row["key"]).collect();
        assert_eq!(keys, ["enterprise", "masses", "grassroots"]);
        assert_eq!(by_audience["groups"][1]["problems"]["total"], 0);
        assert_eq!(by_audience["groups"][0]["visits"], Value::Null);
        let by_body = ask(&world, "leader", "group_by=leading_body").await;
        let totals: Vec<i64> = by_body["groups"]
            .as_array()
            .expect("groups")
            .iter()
            .map(|row| row["problems"]["total"].as_i64().expect("a total"))
            .collect();
        assert_eq!(totals, [0, 0, 2, 0]);
        assert_eq!(by_body["groups"][2]["label"], "政府");
    }

    async fn what_is_in_no_group_has_a_row_of_its_own_so_that_rows_sum_to_the_total(world: World) {
        let mut portal = problem("2019-01-08", "330782", None);
        portal.leading_body = None;
        problems(&world, &[portal, problem("2019-01-08", "330782001", None)]).await;
        let by_body = ask(&world, "leader", "group_by=leading_body").await;
        assert_eq!(by_body["groups"].as_array().expect("groups").len(), 5);
        assert_eq!((&by_body["groups"][4]["key"], &by_body["groups"][4]["problems"]["total"]), (&Value::Null, &json!(1)));
        let by_division = ask(&world, "leader", "group_by=division").await;
        let rows = by_division["groups"].as_array().expect("groups");
        let of = |key: Value| rows.iter().find(|row| row["key"] == key).map(|row| row["problems"]["total"].clone());
        assert_eq!((of(json!("330782001")), of(Value::Null)), (Some(json!(1)), Some(json!(1))));
        let by_level = ask(&world, "leader", "group_by=level").await;
        assert_eq!(by_level["groups"][3]["problems"]["total"], 1);
    }

    async fn s61_s62_s63_where_how_and_at_whose_wish_visits_took_place(world: World) {
        let mut all = vec![visit("2019-01-08", "330782001"); 4];
        (all[0].place_kind, all[1].origin, all[2].division, all[3].mode) = ("office", "requested", "330782", "symposium");
        visits(&world, &all).await;
        let figures = ask(&world, "supervisor", "").await;
        assert_eq!(figures["on_site_share"], json!({ "numerator": 3, "denominator": 4, "value": 0.75 }));
        assert_eq!(figures["proactive_share"], json!({ "numerator": 3, "denominator": 4, "value": 0.75 }));
        assert_eq!(
            figures["level_of_place"],
            json!({ "province": 0, "city": 0, "county": 1, "town": 3, "village": 0 })
        );
        let filtered = ask(&world, "supervisor", "mode=symposium&audience=masses").await;
        assert_eq!(filtered["visits"], 1);
        assert_eq!(filtered["filters"], json!({ "problems": ["audience"], "visits": ["mode"] }));
        let by_place = ask(&world, "supervisor", "group_by=place_kind").await;
        assert_eq!((&by_place["groups"][0]["key"], &by_place["groups"][0]["visits"]), (&json!("office"), &json!(1)));
        assert_eq!(ask(&world, "supervisor", "group_by=origin").await["groups"][1]["visits"], 1);
    }

    async fn a_heading_stands_for_its_categories_and_a_group_names_its_heading(world: World) {
        let mut all = vec![problem("2019-01-08", "330782", None); 3];
        (all[0].category, all[1].category) = ("E03", "E04");
        problems(&world, &all).await;
        assert_eq!(ask(&world, "leader", "category=cost").await["problems"]["total"], 2);
        let by_category = ask(&world, "leader", "group_by=category").await;
        let rows = by_category["groups"].as_array().expect("groups");
        assert_eq!(rows.len(), 19);
        assert_eq!((&rows[2]["key"], &rows[2]["parent"]), (&json!("E03"), &json!("cost")));
    }

    async fn a_period_is_from_and_up_to_and_never_beyond_the_day_asked(world: World) {
        let all = ["2019-01-05", "2019-01-06", "2019-01-07"].map(|day| problem(day, "330782", None));
        problems(&world, &all).await;
        for (query, expected) in [
            ("from=2019-01-06", 2),
            ("to=2019-01-06", 1),
            ("from=2019-01-06&to=2019-01-07", 1),
            ("as_of=2019-01-06", 2),
            ("as_of=2019-01-06&to=2019-12-31", 2),
            ("campaign=2019&year=2019", 3),
        ] {
            assert_eq!(ask(&world, "leader", query).await["problems"]["total"], expected, "{query}");
        }
    }

    async fn s86_a_county_never_counts_what_is_another_countys(world: World) {
        problems(&world, &[problem("2019-01-08", "330782", None), problem("2019-01-08", "330521", Some("typical"))]).await;
        visits(&world, &[visit("2019-01-08", "330521")]).await;
        let yiwu = ask(&world, "dispatcher", "").await;
        assert_eq!((&yiwu["division"]["code"], parts(&yiwu["problems"])), (&json!("330782"), [1, 0, 0, 0, 1]));
        assert_eq!((&yiwu["visits"], &yiwu["counties"]["total"]), (&json!(0), &json!(1)));
        assert_eq!(ask(&world, "deqing-dispatcher", "").await["counties"]["codes"], json!(["330521"]));
        assert_eq!(ask(&world, "province-leader", "").await["problems"]["total"], 2);
        assert_eq!(ask(&world, "province-leader", "division=330521").await["problems"]["total"], 1);
        for elsewhere in ["330521", "330700", "330000", "999999"] {
            let answer = world.get(&format!("/metrics/overview?division={elsewhere}")).by("dispatcher").send().await;
            assert_eq!(answer.expect_error(422, "invalid"), ["?division unknown_reference"]);
        }
    }

    async fn words_that_name_nothing_are_faults_all_at_once(world: World) {
        let answer = world.get("/metrics/overview?campaign=no&category=Z9&mode=no&division=330521").by("leader").send().await;
        assert_eq!(
            answer.expect_error(422, "invalid"),
            ["?division unknown_reference", "?campaign unknown_reference", "?category unknown_reference", "?mode unknown_reference"]
        );
        let answer = world.get("/metrics/overview?from=2019-02-01&to=2019-01-01").by("leader").send().await;
        assert_eq!(answer.expect_error(422, "invalid"), ["?to conflict"]);
        let answer = world.get("/metrics/overview?group_by=person").by("leader").send().await;
        assert_eq!(answer.expect_error(422, "invalid"), ["?group_by enum"]);
    }

    async fn reporters_and_administrators_read_no_figures(world: World) {
        for who in ["reporter", "admin", "auditor"] {
            world.get("/metrics/overview").by(who).send().await.expect_error(403, "forbidden");
        }
    }

    async fn figures_are_final_once_their_year_is_closed(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        crate::db::sql("UPDATE campaign_year SET closed_at = $1").bind(world.app.clock.now()).run(&mut tx).await.expect("closed");
        tx.commit().await.expect("committed");
        assert_eq!(ask(&world, "leader", "campaign=2019").await["status"], "final");
        assert_eq!(ask(&world, "leader", "as_of=2018-06-01").await["status"], "preliminary");
    }

    async fn an_answer_that_the_caller_has_is_not_sent_again(world: World) {
        let first = world.get("/metrics/overview").by("leader").send().await;
        let again = world.get("/metrics/overview").by("leader").header("If-None-Match", &first.headers["etag"]).send().await;
        assert_eq!(again.status, 304);
        problems(&world, &[problem("2019-01-08", "330782", None)]).await;
        let changed = world.get("/metrics/overview").by("leader").header("If-None-Match", &first.headers["etag"]).send().await;
        assert_eq!(changed.expect(200)["problems"]["total"], 1);
    }
}

#[test]
fn s27_nothing_ranks_and_visits_never_stand_without_what_they_led_to() {
    let document = crate::openapi::document();
    for (path, _) in document["paths"].as_object().expect("paths") {
        for word in ["rank", "leaderboard", "score"] {
            assert!(!path.contains(word), "{path}");
        }
    }
    let figures = ["Overview", "GroupFigures", "PublicOverview"];
    for name in figures {
        let required = document["components"]["schemas"][name]["required"]
            .as_array()
            .expect("required")
            .clone();
        for member in ["visits", "finally_solved_rate", "satisfaction"] {
            assert!(required.contains(&json!(member)), "{name} lacks {member}");
        }
    }
    // A count of visits is an integer `visits`; only the figures have one.
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let counts = schema["properties"]["visits"]["type"].to_string().contains("integer");
        assert!(
            !counts || figures.contains(&name.as_str()),
            "{name} counts visits and says nothing of what came of them"
        );
    }
    assert_eq!(Audience::ALL.len(), 3);
}
