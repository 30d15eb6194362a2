use serde_json::Value;

use super::{Holds, holds, load_speech};
use crate::on_both_empty;
use crate::test_support::world::keys;

on_both_empty! {
    async fn s03_s05_the_demo_is_the_speech(world: World) {
        assert_eq!(holds(&world.app.db).await.unwrap(), Holds::Nothing);
        load_speech(&world.app.db, &world.app.settings, keys().into()).await.unwrap();
        assert!(matches!(holds(&world.app.db).await.unwrap(), Holds::Demo(_)));
        world.app.clock.set("2019-01-14T09:00:00Z".parse().unwrap());
        let token = world.sign_in("leader").await;
        let ask = async |query: &str| -> Value {
            let path = format!("/metrics/overview?campaign=2019&{query}");
            world.get(&path).header("Authorization", &format!("Bearer {token}")).send().await.expect(200)
        };
        let figures = ask("as_of=2019-01-14").await;
        let problems = &figures["problems"];
        let parts = ["total", "resolved_on_site", "follow_up", "typical", "undisposed"].map(|part| problems[part].as_i64().unwrap_or(-1));
        assert_eq!(parts, [417, 76, 204, 137, 0], "{figures}");
        let counties = &figures["counties"];
        assert_eq!((counties["visited"].as_i64(), counties["total"].as_i64()), (Some(52), Some(89)), "{counties}");
        let later = ask("as_of=2023-07-01").await;
        assert_eq!((later["counties"]["visited"].as_i64(), later["counties"]["total"].as_i64()), (Some(52), Some(90)));
        let by_audience = ask("as_of=2019-01-14&group_by=audience").await;
        assert_eq!(by_audience["groups"].as_array().map(Vec::len), Some(3));
        let by_body = ask("as_of=2019-01-14&group_by=leading_body").await;
        let groups = by_body["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 4);
        let sum: i64 = groups.iter().map(|group| group["problems"]["total"].as_i64().unwrap()).sum();
        assert_eq!(sum, 417);
    }
}
