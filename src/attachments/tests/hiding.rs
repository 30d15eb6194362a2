//! A reporter who is not to be known is not known by what he uploads, and takes back what is his.

use serde_json::{Value, json};

use super::{Form, id, photo};
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

/// A problem that a masked reporter recorded himself, led by the handler's organisation.
async fn masked(world: &World) -> Value {
    let mut body = problem_body();
    body["reporter"] = json!({ "kind": "person", "display_name": "王女士", "anonymity": "masked",
        "person_id": seed::member("reporter").person });
    let problem = world.recorded("reporter", body).await;
    let assign = json!({
        "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true,
    });
    world.dispose("dispatcher", &problem, assign).await.expect(200);
    problem
}

async fn uploaded(world: &World, problem: &Value, number: u32, public: &str) -> Value {
    let form = Form::file("夜间噪音.jpg", None, &photo(number)).and("public", public);
    form.of("problem", problem).send(world, "reporter").await.expect(201)
}

on_both! {
    async fn s80_an_upload_does_not_tell_the_handler_who_the_masked_reporter_is(world: World) {
        let problem = masked(&world).await;
        let (his, public) = (uploaded(&world, &problem, 1, "false").await, uploaded(&world, &problem, 2, "true").await);
        assert_eq!(his["author"]["name"], "示例反映人");
        // One that came before its owner likewise.
        let waits = Form::file("a.jpg", None, &photo(3)).send(&world, "reporter").await.expect(201);
        let to = json!({ "owner_kind": "problem", "owner_id": problem["id"] });
        world.post(&format!("/attachments/{}/attach", id(&waits))).by("reporter").json(to).send().await.expect(200);
        let end = world.post(&format!("/attachments/{}/end", id(&public))).by("reporter").at(&public["version"]);
        end.json(json!({ "reason": "传错文件" })).send().await.expect(200);
        let of_problem = format!("/problems/{}", id_of(&problem));
        let person = seed::member("reporter").person.to_string();
        for path in [
            format!("{of_problem}/attachments?include_ended=true"), format!("{of_problem}/events"),
            format!("/attachments/{}", id(&his)),
        ] {
            let read = world.get(&path).by("handler").send().await.expect(200).to_string();
            assert!(!read.contains("示例反映人") && !read.contains(&person), "{path}: {read}");
        }
        let events = world.get(&format!("{of_problem}/events")).by("handler").send().await.expect(200).to_string();
        assert_eq!((events.matches("attachment.added").count(), events.matches("attachment.ended").count()), (3, 1));
        let read = world.get(&format!("/attachments/{}", id(&his))).by("handler").send().await.expect(200);
        assert_eq!((&read["author"], &read["author_org"]), (&Value::Null, &Value::Null));
        for (who, name) in [("dispatcher", "示例反映人"), ("supervisor", "示例反映人"), ("reporter", "示例反映人")] {
            let list = world.get(&format!("{of_problem}/attachments")).by(who).send().await.expect(200);
            assert_eq!(list["items"][0]["author"]["name"], name, "{who}");
        }
    }

    async fn a_reporter_ends_what_he_uploaded_by_account_and_by_receipt(world: World) {
        let problem = masked(&world).await;
        let mine = uploaded(&world, &problem, 1, "false").await;
        let reason = json!({ "reason": "传错文件" });
        let path = format!("/attachments/{}", id(&mine));
        let end = world.post(&format!("{path}/end")).by("reporter").at(&mine["version"]).json(reason.clone());
        assert_eq!(end.send().await.expect(200)["end_reason"], "传错文件");
        world.get(&path).by("reporter").send().await.expect_error(404, "not_found");
        assert!(world.get(&path).by("dispatcher").send().await.expect(200)["ended_at"].is_string());
        let other = world.open_problem().await;
        let token = world.receipt_token(&other).await;
        let form = Form::file("a.jpg", None, &photo(2)).of("problem", &other);
        let media_type = format!("multipart/form-data; boundary={}", super::BOUNDARY);
        let upload = world.post("/attachments").bearer(&token).body(&media_type, form.bytes()).send().await.expect(201);
        let end = world.post(&format!("/attachments/{}/end", id(&upload))).bearer(&token).at(&upload["version"]);
        assert!(end.json(reason).send().await.expect(200)["ended_at"].is_string());
    }

    async fn what_stands_at_a_merged_problem_does_not_end(world: World) {
        let problem = masked(&world).await;
        let mine = uploaded(&world, &problem, 1, "true").await;
        world.put_into(&problem, "merged").await;
        for who in ["reporter", "dispatcher"] {
            let end = world.post(&format!("/attachments/{}/end", id(&mine))).by(who).at(&json!(9));
            end.json(json!({ "reason": "传错文件" })).send().await.expect_error(409, "merged");
        }
    }
}
