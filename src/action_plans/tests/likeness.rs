//! Plans that read alike (S-48).

use serde_json::{Value, json};

use super::{act, draft, enterprise_plan_body, path_of, plan_body, read, step_body, with};
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;

const NEED: &str =
    "企业两名博士的子女须在九月入读公办小学，家庭希望就近安排，并且两个孩子能在同一所学校就读，上下学由社区统一接送。";
const COPY: &str =
    "企业两名博士的子女须在九月入读公办小学，家庭希望就近安排，并且两个孩子能在同一所学校就读，上下学由社区统一接应。";

async fn plan_for(world: &World, enterprise: &Value, need: &str) -> Value {
    let problem = world
        .analysed(with(problem_body(), json!({ "object_id": enterprise["id"] })))
        .await;
    let body = enterprise_plan_body(enterprise, &[&problem]);
    draft(world, with(body, json!({ "need": need }))).await
}

on_both! {
    async fn s48_near_identical_plans_for_different_objects_are_flagged_on_both(world: World) {
        let (one, two) = (world.enterprise("浙江示例纺织有限公司").await, world.enterprise("浙江示例机械有限公司").await);
        let first = plan_for(&world, &one, NEED).await;
        assert_eq!(first["warnings"], json!([]));
        let second = plan_for(&world, &two, COPY).await;
        let warned = |plan: &Value| {
            let warnings = plan["warnings"].as_array().unwrap();
            assert_eq!((warnings.len(), &warnings[0]["code"]), (1, &json!("copied_plan")), "{plan}");
            let similarity = warnings[0]["similarity"].as_f64().unwrap();
            assert!((0.9..1.0).contains(&similarity), "{similarity}");
            warnings[0]["action_plan_id"].clone()
        };
        assert_eq!(warned(&second), first["id"]);
        assert_eq!(warned(&read(&world, "handler", &first).await), second["id"]);
        // It keeps nobody from anything.
        act(&world, "handler", &second, "submit", Value::Null).await;
        act(&world, "head", &second, "approve", Value::Null).await;
        // For the same object it is no copy, nor is what reads differently.
        let same = plan_for(&world, &one, NEED).await;
        assert_eq!(warned(&same), second["id"]);
        let third = world.enterprise("浙江示例食品有限公司").await;
        let different = plan_for(&world, &third, "冷库用电增容，尽快完成外线施工。").await;
        assert_eq!(different["warnings"], json!([]));
        // Once its words are changed, or the other is abandoned, nothing is said any more.
        let patch = json!({ "need": "与本企业实际相符：只需协调一个学位。" });
        let changed = world.patch(&path_of(&same)).by("handler").at(&same["version"]).json(patch).send().await.expect(200);
        assert_eq!(changed["warnings"], json!([]));
        act(&world, "handler", &first, "abandon", json!({ "reason": "照搬" })).await;
        assert_eq!(read(&world, "handler", &second).await["warnings"], json!([]));
        assert_eq!(read(&world, "handler", &first).await["warnings"], json!([]));
    }

    async fn s48_a_copy_is_told_of_and_not_shown_to_who_does_not_see_it(world: World) {
        // Two matters about no object: each is its own. Steps count too.
        let (one, two) = (world.analysed(problem_body()).await, world.analysed(problem_body()).await);
        let first = draft(&world, with(plan_body(&one), json!({ "steps": [step_body()] }))).await;
        let second = draft(&world, plan_body(&two)).await;
        assert_eq!(second["warnings"], json!([]), "without its step it is another plan");
        let step = world.post(&format!("{}/steps", path_of(&second))).by("handler").json(step_body()).send().await.expect(201);
        let copied = read(&world, "handler", &second).await;
        assert_eq!(copied["warnings"], json!([{ "code": "copied_plan", "similarity": 1.0, "action_plan_id": first["id"] }]));
        // Who sees the one problem alone is told of the copy, not where it is.
        world.take_part(&two, "yiwu-finance", "supporting").await;
        let elsewhere = read(&world, "finance-handler", &second).await;
        assert_eq!(elsewhere["warnings"], json!([{ "code": "copied_plan", "similarity": 1.0, "action_plan_id": null }]));
        let removed = format!("{}/steps/{}", path_of(&second), step["id"].as_str().unwrap());
        world.call(actix_web::http::Method::DELETE, &format!("/api/v1{removed}")).by("handler").at(&step["version"]).send().await;
        assert_eq!(read(&world, "handler", &second).await["warnings"], json!([]));
        // Found along the bands, never by reading every plan.
        let statement = sql("SELECT b.action_plan_id FROM plan_band m JOIN plan_band b ON b.band = m.band WHERE m.action_plan_id = $1").bind(id_of(&first));
        let plan = world.plan_of(statement).await;
        assert!(!plan.contains("SCAN") && !plan.contains("Seq Scan"), "{plan}");
    }
}
