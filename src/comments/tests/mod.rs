//! Through the real router, on both databases.

mod guarding;
mod guessing;
mod hiding;
mod replying;
mod speaking;
mod supporting;

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::{problem_body, with};
use crate::test_support::handling::id_of;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

impl World {
    /// A published problem that 义乌市人力资源和社会保障局 leads.
    async fn published_problem(&self) -> Value {
        let problem = self.assigned(problem_body()).await;
        self.made_public(&problem).await
    }

    /// A comment of the reporter's account.
    async fn commented(&self, problem: &Value) -> Value {
        self.comment("reporter", problem, words()).await.expect(201)
    }

    async fn comment(&self, who: &str, problem: &Value, body: Value) -> Answer {
        self.post(&path_of(problem)).by(who).json(body).send().await
    }

    async fn public_comments(&self, problem: &Value) -> Vec<Value> {
        let page = self
            .get(&format!("/public{}", path_of(problem)))
            .send()
            .await
            .expect(200);
        page["items"].as_array().expect("items").clone()
    }

    /// Does something to a comment as it was last seen.
    async fn moderate(&self, who: &str, comment: &Value, action: &str, body: Value) -> Answer {
        let path = format!("/comments/{}/{action}", id_of(comment));
        let call = self.post(&path).by(who).at(&comment["version"]);
        call.json(body).send().await
    }
}

fn path_of(problem: &Value) -> String {
    format!("/problems/{}/comments", id_of(problem))
}

/// Other ones each time: one voice says a thing once.
fn words() -> Value {
    static SAID: AtomicUsize = AtomicUsize::new(1);
    let text = format!(
        "建议把入学名额的分配办法提前公布（{}）。",
        SAID.fetch_add(1, Ordering::Relaxed)
    );
    json!({ "kind": "suggestion", "text": text, "author_name": "一位家长" })
}

/// Whom the client speaks for.
fn portal_user(value: &str) -> Value {
    json!({ "external_id": { "system": "portal", "value": value }, "display_name": "李先生" })
}

on_both! {
    async fn pages_follow_each_other_and_each_is_a_range_of_an_index(world: World) {
        use super::dto::CommentFilters;
        use super::store::{self, listing::Listed};
        use crate::http::window::Windowed as _;
        let problem = world.published_problem().await;
        for minute in 0..5 {
            world.app.clock.set(format!("2019-01-10T03:0{minute}:00Z").parse().unwrap());
            let said = with(words(), json!({ "text": format!("建议提前公布（{minute}）。") }));
            world.comment("reporter", &problem, said).await.expect(201);
        }
        let everywhere = [
            (format!("/public{}", path_of(&problem)), None),
            (path_of(&problem), Some("handler")),
            ("/comments".to_owned(), Some("supervisor")),
            ("/comments?awaiting_reply=true".to_owned(), Some("handler")),
        ];
        for (path, who) in everywhere {
            let mut seen: Vec<Value> = Vec::new();
            let mut cursor = String::new();
            let sign = if path.contains('?') { '&' } else { '?' };
            loop {
                let call = world.get(&format!("{path}{sign}limit=2&with_total=true{cursor}"));
                let call = match who { Some(who) => call.by(who), None => call };
                let page = call.send().await.expect(200);
                assert_eq!(page["total"], 5, "{path}");
                seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["at"].clone()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let mut texts: Vec<&str> = seen.iter().map(|at| at.as_str().unwrap()).collect();
            if path == "/comments" {
                texts.reverse();
            }
            assert!(texts.is_sorted() && texts.len() == 5, "{path}: {texts:?}");
        }
        let other = world.get(&format!("/public{}?cursor=bm9uZQ", path_of(&problem))).send().await;
        other.expect_error(400, "malformed");
        let after = Some((world.app.clock.now(), Uuid::nil()));
        let hidden = CommentFilters { hidden_reason: Some("secrecy".to_owned()), ..CommentFilters::default() };
        let awaiting = CommentFilters { overdue: Some(true), ..CommentFilters::default() };
        let listed = |filters| Listed { scope: seed::division(seed::YIWU), filters, now: world.app.clock.now() };
        for (index, statement) in [
            ("comment_problem", store::page(id_of(&problem), after, 51)),
            ("comment_at", listed(&CommentFilters::default()).page(&world.app.db, after, 51)),
            ("comment_hidden", listed(&hidden).page(&world.app.db, after, 51)),
            ("comment_awaiting_reply", listed(&awaiting).page(&world.app.db, after, 51)),
        ] {
            let plan = world.plan_of(statement).await;
            assert!(plan.contains(index), "{index}: {plan}");
        }
    }
}
