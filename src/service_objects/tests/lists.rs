//! Lists: filters, order, pages.

use super::*;
use crate::on_both;
use crate::service_objects::dto::ObjectFilters;
use crate::service_objects::store;
use crate::test_support::seed;

async fn several(world: &World) {
    for (name, section, ownership, hardship) in [
        ("丙_示例100%", "C", "private", 0),
        ("甲 Textile", "C", "state", 2),
        ("乙贸易", "F", "private", 3),
    ] {
        let mut body = enterprise(name, "330782");
        body["hardship"] = json!(hardship);
        body["enterprise"] = json!({ "industry_section": section, "ownership": ownership });
        enter(world, "officer", body).await;
    }
    enter(world, "officer", household("丁户")).await;
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

on_both! {
    async fn filters_narrow_a_list(world: World) {
        several(&world).await;
        enter(&world, "officer", enterprise_with("91330782631706691D")).await;
        for (query, expected) in [
            ("type=household", vec!["丁户"]),
            ("type=household&type=community", vec!["丁户"]),
            ("industry_section=C", vec!["丙_示例100%", "甲 Textile"]),
            ("ownership=private&industry_section=F", vec!["乙贸易"]),
            ("ownership=private&ownership=state", vec!["丙_示例100%", "乙贸易", "甲 Textile"]),
            ("hardship_min=2", vec!["乙贸易", "甲 Textile"]),
            ("division=330782001", vec!["丁户"]),
            ("division=330700&hardship_min=3", vec!["乙贸易"]),
            ("division=330521", vec![]),
            ("q=TEXT", vec!["甲 Textile"]),
            ("q=%25", vec!["丙_示例100%"]),
            ("q=_", vec!["丙_示例100%"]),
            ("q=9133078263", vec!["示例有限公司"]),
            ("q=33078263", vec![]),
            ("q=%E4%B8%81", vec!["丁户"]),
        ] {
            assert_eq!(sorted(names(&world, "officer", query).await), expected, "{query}");
        }
        for bad in ["type=firm", "hardship_min=9", "sort=size", "division=1", "scope=division:330521", "scope=own"] {
            world.get(&format!("/service-objects?{bad}")).by("officer").send().await.expect_error(422, "invalid");
        }
        world.get("/service-objects?colour=red").by("officer").send().await.expect_error(400, "malformed");
    }

    async fn pages_follow_each_other_in_either_order(world: World) {
        for number in 0..7 {
            enter(&world, "officer", enterprise(&format!("企业{}", number % 3), "330782")).await;
        }
        for sort in ["name", "-updated_at"] {
            let whole = names(&world, "officer", &format!("sort={sort}")).await;
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let query = format!("/service-objects?sort={sort}&limit=2&with_total=true{cursor}");
                let page = world.get(&query).by("officer").send().await.expect(200);
                assert_eq!(page["total"], 7);
                seen.extend(page["items"].as_array().expect("items").iter().cloned());
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let found: Vec<&str> = seen.iter().filter_map(|item| item["name"].as_str()).collect();
            assert_eq!(found, whole, "{sort}");
            let mut ids: Vec<String> = seen.iter().map(|item| item["id"].to_string()).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), 7);
        }
        let page = world.get("/service-objects?limit=2").by("officer").send().await.expect(200);
        let cursor = page["next_cursor"].as_str().expect("a next page");
        world.get(&format!("/service-objects?sort=-updated_at&limit=2&cursor={cursor}")).by("officer").send().await
            .expect_error(400, "malformed");
    }

    async fn each_order_has_its_index(world: World) {
        let db = &world.app.db;
        let (county, id, filters) = (seed::division("330782"), world.app.ids.next(), ObjectFilters::default());
        let by_name = |after| world.plan_of(store::list_by_name(db, county, &filters, after, 51));
        let by_update = |after| world.plan_of(store::list_by_update(db, county, &filters, after, 51));
        for (plan, index) in [
            (by_name(None).await, "service_object_name"),
            (by_name(Some(("示例".to_owned(), id))).await, "service_object_name"),
            (by_update(None).await, "service_object_updated"),
            (by_update(Some((world.app.clock.now(), id))).await, "service_object_updated"),
        ] {
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("TEMP B-TREE FOR ORDER") && !plan.contains("Sort"), "{plan}");
        }
    }
}
