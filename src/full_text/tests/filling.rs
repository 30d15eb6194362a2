//! Rows of a version that had no index.

use serde_json::{Value, json};

use crate::db::sql;
use crate::full_text::domain::Document;
use crate::full_text::filler;
use crate::full_text::store::{Kind, put};
use crate::on_both;
use crate::test_support::World;
use crate::test_support::handling::id_of;

/// As an installation is that had no index.
async fn forget_all(world: &World) {
    let mut tx = world.app.db.begin().await.unwrap();
    for statement in [
        "DELETE FROM full_text",
        "DELETE FROM setting WHERE key = 'full_text_filled'",
    ] {
        sql(statement).run(&mut tx).await.unwrap();
    }
    if tx.is_embedded() {
        sql("INSERT INTO full_text_grams (full_text_grams) VALUES ('delete-all')")
            .run(&mut tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn an_upgraded_installation_finds_what_it_held(world: World) {
        let visit = world.visit_in_progress().await;
        let mut made = Vec::new();
        for number in 0..105 {
            made.push(world.recorded_as("officer", &format!("第{number}件"), "停车难").await);
        }
        let supplement = json!({ "text": "补充：夜间更难。" });
        let path = format!("/problems/{}/supplements", id_of(&made[0]));
        world.post(&path).by("officer").json(supplement).send().await.expect(201);
        let heard = json!({ "heard": "订单不足" });
        let visit_path = format!("/visits/{}", visit["id"].as_str().unwrap());
        world.patch(&visit_path).by("officer").at(&visit["version"]).json(heard).send().await.expect(200);
        forget_all(&world).await;
        let none = Vec::<Value>::new();
        assert_eq!(world.found("dispatcher", "problems", "夜间", "").await, none);
        // Somebody writes before the filler comes: what he writes stays.
        let mut tx = world.app.db.begin().await.unwrap();
        put(&mut tx, Kind::Problem, id_of(&made[1]), &Document::default().text("刚刚改过")).await.unwrap();
        tx.commit().await.unwrap();
        // More than one batch, and a restart between them.
        assert!(filler::go_on(&world.app).await.unwrap());
        let some = world.get("/problems?q=%E5%81%9C%E8%BD%A6&limit=200").by("dispatcher").send().await.expect(200);
        let some = some["items"].as_array().unwrap().len();
        assert!(some > 0 && some < 104, "{some}");
        let fill = async || while filler::go_on(&world.app).await.unwrap() {};
        futures_util::future::join(fill(), fill()).await;
        assert!(!filler::go_on(&world.app).await.unwrap(), "that was all");
        assert_eq!(world.found("dispatcher", "problems", "停车", "&limit=200").await.len(), 104);
        assert_eq!(world.found("dispatcher", "problems", "刚刚", "").await, [made[1]["id"].clone()]);
        assert_eq!(world.found("dispatcher", "problems", "夜间", "").await, [made[0]["id"].clone()]);
        assert_eq!(world.found("leader", "visits", "订单", "").await, [visit["id"].clone()]);
        let (rows,): (i64,) = sql("SELECT COUNT(*) FROM full_text").one(&world.app.db).await.unwrap();
        assert_eq!(rows, 106);
    }
}
