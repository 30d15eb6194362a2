//! A text that is asked for says something.

use serde_json::{Value, json};

use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::id_of;

on_both! {
    async fn a_text_of_blanks_says_nothing(world: World) {
        for nothing in ["   ", "\n\t", "\u{3000}", " \u{200B} ", "\u{7}"] {
            let body = with(problem_body(), json!({ "statement": nothing }));
            let refused = world.post("/problems").by("officer").json(body).send().await;
            assert_eq!(refused.expect_error(422, "invalid"), ["/statement format"], "{nothing:?}");
        }
        let body = with(problem_body(), json!({ "reporter": { "kind": "person", "display_name": "  ", "anonymity": "named" } }));
        let refused = world.post("/problems").by("officer").json(body).send().await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/reporter/display_name format"]);
        let firm = json!({ "type": "enterprise", "name": "  ", "division": "330782" });
        let refused = world.post("/service-objects").by("officer").json(firm).send().await;
        assert_eq!(refused.expect_error(422, "invalid"), ["/name format"]);
        let person = json!({ "name": "\u{3000}", "org_id": crate::test_support::seed::org("yiwu-hr") });
        let refused = world.post("/people").by("admin").json(person).send().await;
        assert!(refused.expect_error(422, "invalid").contains(&"/name format".to_owned()));
        // An optional text may be empty, and an empty one takes away what was there.
        let body = with(problem_body(), json!({ "summary": "", "place": "" }));
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let path = format!("/problems/{}", id_of(&problem));
        let patch = json!({ "summary": "入学难", "place": Value::Null });
        let now = world.patch(&path).by("dispatcher").at(&problem["version"]).json(patch).send().await.expect(200);
        assert_eq!((&now["summary"], &now["place"]), (&json!("入学难"), &Value::Null));
    }

    async fn a_contact_with_a_merged_problem_is_refused_as_one(world: World) {
        let problem = world.open_problem().await;
        world.put_into(&problem, "merged").await;
        let contact = json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": "已联系。" });
        let refused = world.post(&format!("/problems/{}/contacts", id_of(&problem))).by("officer").json(contact).send().await;
        refused.expect_error(409, "merged");
    }
}
