use serde_json::{Value, json};

use super::{find_by_code, is_within};
use crate::on_both;
use crate::test_support::seed::{DEQING, YIWU, division};

fn codes(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a page");
    items
        .iter()
        .map(|item| item["code"].as_str().expect("a code"))
        .collect()
}

on_both! {
    async fn a_code_is_read_as_of_a_day(world: World) {
        // 下城区 went into 拱墅区 on 2021-04-09.
        let before = world.get("/divisions/330103").by("officer").send().await.expect(200);
        assert_eq!(before["name"], "下城区");
        assert_eq!(before["valid_to"], "2021-04-09");
        assert_eq!(before["parent"]["full_name"], "浙江省杭州市");
        assert_eq!(
            before["successors"],
            json!([{ "code": "330105", "name": "拱墅区", "full_name": "浙江省杭州市拱墅区", "share": "main" }])
        );
        assert_eq!(before["predecessors"], json!([]));
        let path = "/divisions/330103?as_of=2021-04-09";
        world.get(path).by("officer").send().await.expect_error(404, "not_found");
        let after = world.get("/divisions/330114?as_of=2023-07-01").by("officer").send().await.expect(200);
        let from: Vec<&str> = after["predecessors"].as_array().expect("a list").iter()
            .filter_map(|old| old["code"].as_str()).collect();
        assert_eq!(from, ["330104", "330109"]);
    }

    async fn counties_are_those_of_the_day(world: World) {
        for (as_of, count) in [("2019-01-14", 89), ("2023-07-01", 90)] {
            let path = format!("/divisions?level=county&as_of={as_of}&with_total=true&limit=1");
            let page = world.get(&path).by("reporter").send().await.expect(200);
            assert_eq!(page["total"], count, "{as_of}");
        }
        let all = world.get("/divisions?level=county&include_ended=true&as_of=2023-07-01&with_total=true&limit=1")
            .by("officer").send().await.expect(200);
        assert_eq!(all["total"], 92);
    }

    async fn pages_join_without_a_gap(world: World) {
        let whole = world.get(&format!("/divisions?within={YIWU}&limit=200")).by("officer").send().await.expect(200);
        let (mut collected, mut cursor) = (Vec::new(), None::<String>);
        while collected.len() < 25 {
            let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let path = format!("/divisions?within={YIWU}&limit=7{next}");
            let page = world.get(&path).by("officer").send().await.expect(200);
            collected.extend(codes(&page).into_iter().map(ToOwned::to_owned));
            cursor = page["next_cursor"].as_str().map(ToOwned::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(codes(&whole)[..collected.len()], collected[..]);
        assert_eq!(collected[0], YIWU);
        let cursor = cursor.expect("there is more");
        let other = format!("/divisions?within={DEQING}&limit=7&cursor={cursor}");
        world.get(&other).by("officer").send().await.expect_error(400, "malformed");
    }

    async fn divisions_are_found_by_parent_name_and_code(world: World) {
        let find = async |query: &str| {
            let page = world.get(&format!("/divisions?{query}")).by("officer").send().await.expect(200);
            codes(&page).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        assert!(find("parent=330700").await.contains(&YIWU.to_owned()));
        assert_eq!(find("q=%E4%B9%89%E4%B9%8C%E5%B8%82&level=county").await, [YIWU]);
        assert_eq!(find("q=3307&level=county").await.len(), 9);
        assert_eq!(find("q=%25").await, Vec::<String>::new());
        assert_eq!(find("parent=999999").await, Vec::<String>::new());
    }

    async fn faults_of_a_query_are_named(world: World) {
        let faults = world.get("/divisions?level=street&parent=33&as_of=2019-02-30&limit=0").by("officer").send().await
            .expect_error(422, "invalid");
        assert_eq!(faults.len(), 4, "{faults:?}");
        world.get("/divisions?colour=red").by("officer").send().await.expect_error(400, "malformed");
        world.get("/divisions").send().await.expect_error(401, "token_missing");
    }

    async fn other_features_find_divisions(world: World) {
        let date = chrono::NaiveDate::from_ymd_opt(2019, 1, 14).expect("a date");
        let yiwu = find_by_code(&world.app.db, YIWU, date).await.expect("a row").expect("义乌");
        assert_eq!((yiwu.id, yiwu.full_name.as_str()), (division(YIWU), "浙江省金华市义乌市"));
        assert!(find_by_code(&world.app.db, "330113", date).await.expect("no row").is_none());
        assert!(is_within(&world.app.db, division("330000"), yiwu.id).await.expect("an answer"));
        assert!(!is_within(&world.app.db, division(DEQING), yiwu.id).await.expect("an answer"));
    }
}
