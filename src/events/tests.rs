//! Chains that are whole, and chains that are not.

use serde_json::json;

use super::domain::canonical;
use super::store::verify;
use crate::db::sql;
use crate::on_both;

#[test]
fn the_order_of_keys_does_not_matter_to_a_hash() {
    let one = json!({ "b": [{ "y": 1, "x": 2 }], "a": null });
    let other = json!({ "a": null, "b": [{ "x": 2, "y": 1 }] });
    assert_eq!(canonical(&one).to_string(), canonical(&other).to_string());
    assert_ne!(
        canonical(&one).to_string(),
        canonical(&json!({ "a": null })).to_string()
    );
}

on_both! {
    async fn an_event_that_was_altered_breaks_its_chain(world: World) {
        let problem = world.open_problem().await;
        let id: uuid::Uuid = problem["id"].as_str().unwrap().parse().unwrap();
        let path = format!("/problems/{id}/supplements");
        world.post(&path).by("officer").json(json!({ "text": "补充一句" })).send().await.expect(201);
        assert_eq!(verify(&world.app.db, id).await.unwrap(), None);
        let mut tx = world.app.db.begin().await.unwrap();
        // Whoever owns the database can take its guards away; the chain still tells.
        let unguard = tx.pick("DROP TRIGGER event_is_immutable", "ALTER TABLE event DISABLE TRIGGER USER");
        sql(unguard).run(&mut tx).await.unwrap();
        sql("UPDATE event SET type = 'problem.closed' WHERE aggregate_id = $1 AND aggregate_seq = 2")
            .bind(id).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(verify(&world.app.db, id).await.unwrap(), Some(2));
    }
}
