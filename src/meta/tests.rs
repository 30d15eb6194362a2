use serde_json::Value;

use crate::on_both;

on_both! {
    async fn the_document_is_served(world: World) {
        let document = world.call(actix_web::http::Method::GET, "/openapi.json").send().await.expect(200);
        assert_eq!(document["openapi"], Value::from("3.1.0"));
    }

    async fn what_is_not_there_is_a_problem_document(world: World) {
        let answer = world.get("/nothing").send().await;
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        answer.expect_error(404, "not_found");
    }
}
