//! `q=` on lists: what is found, in whose scope, and by whom it must not be.

use serde_json::{Value, json};

use super::{ODD, searched};
use crate::on_both;
use crate::test_support::builders::{problem_body, visit_body};
use crate::test_support::handling::id_of;
use crate::test_support::seed;

fn ids(problems: &[&Value]) -> Vec<Value> {
    problems.iter().map(|problem| problem["id"].clone()).collect()
}

on_both! {
    async fn problems_are_found_by_every_word_that_whoever_sees_them_may_read(world: World) {
        let fund = world.recorded_as("officer", "纾困基金", "企业资金周转困难，希望纾困基金尽快到位。").await;
        let lift = world.recorded_as("officer", "加装电梯", "老旧小区没有电梯，老人下楼不便。").await;
        for (q, expected) in [
            ("纾困", vec![&fund]), ("资金周转", vec![&fund]), ("难", vec![&fund]), ("电梯", vec![&lift]), ("老人 电梯", vec![&lift]),
            ("纾困 电梯", vec![]), ("周转基金会", vec![]), (fund["tracking_no"].as_str().unwrap(), vec![&fund]), ("000002", vec![&lift]),
            ("sfw 330782", vec![&lift, &fund]), ("企业", vec![&fund]),
        ] {
            assert_eq!(world.found("dispatcher", "problems", q, "&sort=-recorded_at").await, ids(&expected), "{q}");
        }
        // Together with other filters, and counted alike.
        assert_eq!(world.found("dispatcher", "problems", "330782", "&category=E01&state=open&state=recorded").await.len(), 2);
        assert_eq!(world.found("dispatcher", "problems", "330782", "&state=closed").await, ids(&[]));
        assert_eq!(world.found("dispatcher", "problems", "纾困", "&audience=masses").await, ids(&[]));
        let counted = world.get("/problems/counts?group_by=state&q=%E7%BA%BE%E5%9B%B0").by("dispatcher").send().await.expect(200);
        assert_eq!(counted["groups"][0]["problems"], 1, "{counted}");
        // What is added or corrected is found by what it is now.
        let path = format!("/problems/{}", id_of(&lift));
        let added = json!({ "text": "补充：电梯公司已来勘察管线。" });
        world.post(&format!("{path}/supplements")).by("officer").json(added).send().await.expect(201);
        assert_eq!(world.found("dispatcher", "problems", "勘察管线", "").await, ids(&[&lift]));
        let corrected = json!({ "summary": "既有住宅更新", "place": "稠城街道" });
        world.patch(&path).by("officer").at(&lift["version"]).json(corrected).send().await.expect(200);
        assert_eq!(world.found("dispatcher", "problems", "加装", "").await, ids(&[]));
        assert_eq!(world.found("dispatcher", "problems", "既有住宅 稠城", "").await, ids(&[&lift]));
        assert_eq!(world.found("dispatcher", "problems", "勘察管线", "").await, ids(&[&lift]), "what stayed is still found");
        // A hundred characters at most, and one at least.
        let long = searched("problems", &"难".repeat(101), "");
        assert_eq!(world.get(&long).by("dispatcher").send().await.expect_error(422, "invalid"), ["?q too_long"]);
        assert_eq!(world.get(&searched("problems", "", "")).by("dispatcher").send().await.expect_error(422, "invalid"), ["?q too_short"]);
    }

    async fn a_search_pages_to_its_end_and_never_leaves_its_scope(world: World) {
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(world.recorded_as("officer", &format!("停车难{number}"), "小区停车难，车位不足。").await);
        }
        let mut elsewhere = problem_body();
        (elsewhere["statement"], elsewhere["division"]) = (json!("德清小区停车难"), json!("330521"));
        let elsewhere = world.post("/problems").by("deqing-officer").json(elsewhere).send().await.expect(201);
        for (who, expected) in [
            ("dispatcher", 5), ("officer", 5), ("handler", 0), ("deqing-dispatcher", 1), ("deqing-officer", 1), ("province-dispatcher", 6), ("reporter", 0),
        ] {
            assert_eq!(world.found(who, "problems", "停车", "").await.len(), expected, "{who}");
        }
        let own_number = elsewhere["tracking_no"].as_str().unwrap();
        assert_eq!(world.found("dispatcher", "problems", own_number, "").await, ids(&[]));
        for sort in ["-urgency,due_at", "-recorded_at", "due_at", "-updated_at", "first_response_due", "last_progress_at"] {
            let (mut seen, mut query) = (Vec::new(), format!("&limit=2&sort={sort}"));
            loop {
                let page = world.get(&searched("problems", "停车难", &query)).by("dispatcher").send().await.expect(200);
                assert_eq!(page["total"], 5, "{sort}");
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
                match page["next_cursor"].as_str() {
                    Some(cursor) => query = format!("&limit=2&sort={sort}&cursor={cursor}"),
                    None => break,
                }
            }
            let mut expected = ids(&made.iter().collect::<Vec<_>>());
            let unordered = |mut ids: Vec<Value>| { ids.sort_by_key(ToString::to_string); ids };
            assert_eq!(unordered(seen), unordered(std::mem::take(&mut expected)), "{sort}");
        }
        let page = world.get(&searched("problems", "停车难", "&limit=2")).by("dispatcher").send().await.expect(200);
        let other = searched("problems", "停车位", &format!("&limit=2&cursor={}", page["next_cursor"].as_str().unwrap()));
        world.get(&other).by("dispatcher").send().await.expect_error(400, "malformed");
    }

    async fn nobody_finds_out_by_searching_who_does_not_want_to_be_known(world: World) {
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "欧阳某某", "phone": "13800138000", "anonymity": "masked" });
        body["statement"] = json!("单位拖欠工资，请勿透露。联系 138-0013-8000，家里 87654321。");
        world.post("/problems").by("officer").json(body).send().await.expect(201);
        for who in ["dispatcher", "officer", "leader", "province-dispatcher", "supervisor"] {
            assert_eq!(world.found(who, "problems", "拖欠工资", "").await.len(), 1, "{who}");
            for guess in ["欧阳", "欧阳某某", "13800138000", "138 0013 8000", "0013", "8000", "87654321", "138****8000", "浙江示例"] {
                assert_eq!(world.found(who, "problems", guess, "").await, ids(&[]), "{who} {guess}");
            }
        }
        // Who follows since his own was merged into another's does not look for the other's words.
        let mut own = problem_body();
        own["statement"] = json!("我家门口的路灯不亮。");
        own.as_object_mut().unwrap().remove("reporter");
        let own = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        let other = world.recorded_as("officer", "路灯报修", "乙公司门口路灯不亮，乙公司正在裁员。").await;
        assert_eq!(world.found("reporter", "problems", "路灯", "").await, ids(&[&own]));
        let merge = json!({ "target_id": other["id"], "reason": "同一处路灯" });
        let path = format!("/problems/{}/merge", id_of(&own));
        world.post(&path).by("dispatcher").at(&own["version"]).json(merge).send().await.expect(200);
        for guess in ["裁员", "乙公司", other["tracking_no"].as_str().unwrap()] {
            assert_eq!(world.found("reporter", "problems", guess, "").await, ids(&[]), "{guess}");
            assert_eq!(world.found("dispatcher", "problems", guess, "").await, ids(&[&other]), "{guess}");
        }
        assert_eq!(world.found("reporter", "problems", "路灯", "").await, ids(&[&own]), "his own words he still finds");
    }

    async fn whatever_is_typed_is_answered(world: World) {
        world.recorded_as("officer", "人才入学", "引进人才的孩子入学难。").await;
        for list in ["problems", "visits", "action-plans"] {
            for odd in ODD {
                let answer = world.get(&searched(list, odd, "&limit=1")).by("dispatcher").send().await;
                if odd.contains('\0') {
                    assert_eq!(answer.expect_error(422, "invalid"), ["?q nul_character"], "{list} {odd:?}");
                } else {
                    assert_eq!(answer.status, 200, "{list} {odd:?}: {}", String::from_utf8_lossy(&answer.bytes));
                }
            }
            // No text at all: half a surrogate pair, a byte of nothing.
            for broken in ["%ED%A0%80", "%FF", "%F0%9F"] {
                let answer = world.get(&format!("/{list}?q={broken}")).by("dispatcher").send().await;
                assert!(answer.status < 500, "{list} {broken}: {}", answer.status);
            }
        }
        // Signs find nothing; they do not find everything.
        assert_eq!(world.found("dispatcher", "problems", "*", "").await, ids(&[]));
        assert_eq!(world.found("dispatcher", "problems", "人才*", "").await.len(), 1, "nor do they stand in the way");
    }

    async fn visits_are_found_by_what_was_seen_and_heard(world: World) {
        let mut body = visit_body();
        (body["heard"], body["observations"]) = (json!("企业普遍反映用工短缺"), json!("车间有三成机位空置"));
        let visit = world.post("/visits").by("officer").json(body).send().await.expect(201);
        let mut other = visit_body();
        (other["planned_at"], other["place_note"]) = (json!("2019-01-11T01:30:00Z"), json!("国际商贸城三区"));
        let other = world.post("/visits").by("officer").json(other).send().await.expect(201);
        for (q, expected) in [
            ("用工", vec![&visit]), ("机位空置", vec![&visit]), ("商贸城", vec![&other]), ("用工 商贸", vec![]), ("短缺 三成", vec![&visit]),
        ] {
            assert_eq!(world.found("officer", "visits", q, "").await, ids(&expected), "{q}");
        }
        let path = format!("/visits/{}", visit["id"].as_str().unwrap());
        let changed = json!({ "heard": "订单不足" });
        world.patch(&path).by("officer").at(&visit["version"]).json(changed).send().await.expect(200);
        assert_eq!(world.found("officer", "visits", "用工", "").await, ids(&[]));
        assert_eq!(world.found("leader", "visits", "订单", "&state=planned&state=in_progress&mode=site_visit").await, ids(&[&visit]));
        assert_eq!(world.found("leader", "visits", "订单", "&mode=symposium").await, ids(&[]));
        assert_eq!(world.found("deqing-officer", "visits", "订单", "").await, ids(&[]));
    }

    async fn a_reporter_does_not_find_a_plan_by_what_is_only_planned(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        let path = format!("/problems/{}", id_of(&problem));
        let assigned = world.post(&format!("{path}/assign")).by("dispatcher").at(&problem["version"]).json(assign).send().await.expect(200);
        world.post(&format!("{path}/accept")).by("handler").at(&assigned["version"]).json(json!({})).send().await.expect(200);
        let analysis = crate::test_support::handling::analysis_body();
        world.post(&format!("{path}/analyses")).by("handler").json(analysis).send().await.expect(201);
        let plan = json!({
            "kind": "one_matter_one_discussion", "title": "人才子女入学", "problem_ids": [problem["id"]], "need": "两个学位",
            "blockage": "拟请教育局腾挪民办指标", "pain_point": "等待过久", "liaison_id": seed::member("handler").person,
            "discussion": { "on": "2019-01-10", "participants": ["人社局"], "conclusion": "统筹学位" },
            "measures": [{ "type": "green_channel", "text": "开通绿色通道" }],
            "steps": [{ "problem_id": problem["id"], "owner_id": seed::member("handler").person, "text": "落实学位",
                "due_on": "2019-01-18", "expected_result": "入学" }],
        });
        let plan = world.post("/action-plans").by("handler").json(plan).send().await.expect(201);
        let plan_path = format!("/action-plans/{}", id_of(&plan));
        for q in ["腾挪指标", "民办指标", "绿色通道", "统筹学位"] {
            let expected = if q == "腾挪指标" { ids(&[]) } else { ids(&[&plan]) };
            assert_eq!(world.found("handler", "action-plans", q, "").await, expected, "{q}");
            assert_eq!(world.found("reporter", "action-plans", q, "").await, ids(&[]), "{q}");
            assert_eq!(world.found("deqing-officer", "action-plans", q, "").await, ids(&[]), "{q}");
        }
        // By way of its problem and of its organisation too.
        let of_problem = format!("&problem_id={}", id_of(&problem));
        let of_org = format!("&org_id={}", seed::org("yiwu-hr"));
        for more in [&of_problem, &of_org] {
            assert_eq!(world.found("handler", "action-plans", "绿色", more).await, ids(&[&plan]));
            assert_eq!(world.found("handler", "action-plans", "红色", more).await, ids(&[]));
            assert_eq!(world.found("reporter", "action-plans", "绿色", more).await, ids(&[]));
        }
        let changed = json!({ "blockage": "名额按户籍分配" });
        let plan = world.patch(&plan_path).by("handler").at(&plan["version"]).json(changed).send().await.expect(200);
        assert_eq!(world.found("handler", "action-plans", "民办", "").await, ids(&[]));
        let measure = json!({ "type": "green_channel", "text": "设立专窗" });
        world.post(&format!("{plan_path}/measures")).by("handler").json(measure).send().await.expect(201);
        assert_eq!(world.found("handler", "action-plans", "专窗", "").await, ids(&[&plan]));
        let plan = world.get(&plan_path).by("handler").send().await.expect(200);
        let submitted = world.post(&format!("{plan_path}/submit")).by("handler").at(&plan["version"]).send().await.expect(200);
        world.post(&format!("{plan_path}/approve")).by("head").at(&submitted["version"]).send().await.expect(200);
        assert_eq!(world.found("reporter", "action-plans", "户籍分配", "").await, ids(&[&plan]), "what is approved he reads");
    }
}
