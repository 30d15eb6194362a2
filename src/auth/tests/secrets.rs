//! What a secret happens to hold is nobody's number, and a token request is refused in OAuth's words.

use serde_json::json;

use super::{PASSWORD, give_passwords, token_request, try_sign_in};
use crate::on_both;

/// One of nobody, whose last digit fits.
const ID_NUMBER: &str = "11010519491231002X";

on_both! {
    async fn a_token_request_that_says_nothing_or_a_number_is_refused_in_oauths_words(world: World) {
        give_passwords(&world, &["officer"]).await;
        try_sign_in(&world, "officer", ID_NUMBER, json!({})).await.expect_error(400, "invalid_grant");
        for username in [ID_NUMBER, "\u{200B}\u{200B}", "\u{1}", "  "] {
            let refused = try_sign_in(&world, username, PASSWORD, json!({})).await.expect(400);
            assert_eq!((&refused["code"], &refused["error"]), (&json!("invalid_request"), &json!("invalid_request")));
            assert_eq!(refused["errors"][0]["pointer"], "/username", "{username:?}");
        }
        let unseen = try_sign_in(&world, "officer", "\u{200B}\u{200B}", json!({})).await.expect(400);
        assert_eq!((&unseen["error"], &unseen["errors"][0]["pointer"]), (&json!("invalid_request"), &json!("/password")));
        let client = json!({ "grant_type": "client_credentials", "client_id": "integrator", "client_secret": ID_NUMBER });
        token_request(&world, client).send().await.expect_error(401, "invalid_client");
        let code = json!({ "code": ID_NUMBER });
        world.post("/public/receipts/token").json(code).send().await.expect_error(400, "invalid_grant");
    }
}
