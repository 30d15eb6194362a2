//! Problems of a version that knew no tasks.

use serde_json::json;

use crate::db::sql;
use crate::on_both;
use crate::tasks::filler;
use crate::test_support::{World, seed};

/// Every task, in an order that both databases share.
async fn all(world: &World) -> Vec<(String, String, i64)> {
    let rows: Vec<(String, String, crate::clock::Timestamp)> =
        sql("SELECT dedupe_key, performer, due_at FROM task WHERE done_at IS NULL ORDER BY dedupe_key")
            .all(&world.app.db)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(key, performer, due)| (key, performer, due.seconds()))
        .collect()
}

async fn forget(world: &World) {
    let mut tx = world.app.db.begin().await.unwrap();
    for statement in ["DELETE FROM task", "DELETE FROM setting WHERE key = 'tasks_filled'"] {
        sql(statement).run(&mut tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn an_upgraded_installation_forgets_no_problem(world: World) {
        world.problem_of(&world.visit_in_progress().await).await;
        for _ in 0..55 {
            world.open_problem().await;
        }
        let accepted = world.in_hand().await;
        world.move_on("handler", &accepted, "ask_reporter", json!({ "question": "请补充。" })).await;
        world.confirmed().await;
        let planned = all(&world).await;
        assert!(planned.len() > 59, "{planned:?}");
        forget(&world).await;
        // More than one batch, and a restart between them.
        assert!(filler::go_on(&world.app).await.unwrap(), "there is more");
        let some = all(&world).await;
        assert!(!some.is_empty() && some.len() < planned.len(), "{} of {}", some.len(), planned.len());
        assert!(!filler::go_on(&world.app).await.unwrap(), "that was all");
        assert_eq!(all(&world).await, planned);
        assert!(!filler::go_on(&world.app).await.unwrap());
        assert_eq!(all(&world).await, planned, "nothing is planned twice");
    }

    async fn two_replicas_that_fill_together_plan_each_task_once(world: World) {
        for _ in 0..60 {
            world.open_problem().await;
        }
        let planned = all(&world).await;
        forget(&world).await;
        let fill = async || while filler::go_on(&world.app).await.unwrap() {};
        futures_util::future::join(fill(), fill()).await;
        assert_eq!(all(&world).await, planned);
    }

    async fn what_was_past_its_time_when_it_was_found_happens_at_once(world: World) {
        let problem = world.open_problem().await;
        world.dispose("dispatcher", &world.open_problem().await, json!({
            "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-18", "assign": true,
        })).await.expect(200);
        forget(&world).await;
        world.app.clock.set(super::instant("2019-02-18T04:00:00Z"));
        while filler::go_on(&world.app).await.unwrap() {}
        world.happen().await;
        assert_eq!(world.read(&problem).await["state"], "assigned");
        let (overdue,): (i64,) = sql("SELECT COUNT(*) FROM event WHERE type = 'problem.overdue'").one(&world.app.db).await.unwrap();
        assert_eq!(overdue, 2);
    }
}
