//! What everybody reads of what was said names nobody, and opens nobody's case.

use super::*;

on_both! {
    async fn s80_what_is_said_where_everybody_reads_it_names_nobody(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let own = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        // Before it is published he speaks for himself alone, and says what he likes.
        let naming = with(words(), json!({ "text": "我是示例反映人，请快些。", "author_name": "示例反映人" }));
        let said = world.comment("reporter", &own, naming.clone()).await.expect(201);
        let own = world.made_public(&own).await;
        let shown = world.public_comments(&own).await[0].clone();
        assert_eq!((&shown["text"], &shown["author_name"], &shown["kind"]), (&Value::Null, &Value::Null, &json!("suggestion")));
        let one = format!("/comments/{}", id_of(&said));
        for (who, text) in [("deqing-officer", Value::Null), ("reporter", naming["text"].clone()), ("dispatcher", naming["text"].clone())] {
            let read = world.get(&one).by(who).send().await.expect(200);
            assert_eq!(read["text"], text, "{who}");
            assert_eq!(world.get(&path_of(&own)).by(who).send().await.expect(200)["items"][0]["text"], text, "{who}");
        }
        // From then on it is refused, each name at its place.
        let mut faults = world.comment("reporter", &own, naming).await.expect_error(422, "invalid");
        faults.sort();
        assert_eq!(faults, ["/author_name personal_name", "/text personal_name"]);
        let answer = json!({ "text": "示例反映人：已收悉。" });
        let faults = world.moderate("dispatcher", &said, "reply", answer).await.expect_error(422, "invalid");
        assert_eq!(faults, ["/text personal_name"]);
        let replied = world.moderate("dispatcher", &said, "reply", json!({ "text": "已收悉。" })).await.expect(200);
        assert_eq!(replied["reply"]["text"], "已收悉。");
        let plain = with(words(), json!({ "text": "请快些。" }));
        world.comment("reporter", &own, plain).await.expect(201);
        assert_eq!(world.public_comments(&own).await[1]["text"], "请快些。");
    }

    async fn a_stranger_learns_no_number_of_a_receipt(world: World) {
        let problem = world.published_problem().await;
        let comment = world.commented(&problem).await;
        assert_eq!(comment["problem"], json!({ "id": problem["id"], "tracking_no": null }));
        let strange = world.open_problem().await;
        let token = world.receipt_token(&strange).await;
        let (one, all) = (format!("/comments/{}", id_of(&comment)), path_of(&problem));
        let said = world.post(&all).bearer(&token).json(words()).send().await.expect(201);
        assert_eq!(said["problem"]["tracking_no"], Value::Null);
        let read = world.get(&one).bearer(&token).send().await.expect(200);
        assert_eq!(read["problem"]["tracking_no"], Value::Null);
        let supported = world.post(&format!("{one}/support")).bearer(&token).send().await.expect(200);
        assert_eq!(supported["problem"]["tracking_no"], Value::Null);
        for (who, number) in [("deqing-officer", &Value::Null), ("reporter", &Value::Null), ("handler", &problem["tracking_no"])] {
            assert_eq!(&world.get(&one).by(who).send().await.expect(200)["problem"]["tracking_no"], number, "{who}");
            let page = world.get(&all).by(who).send().await.expect(200);
            assert!(page["items"].as_array().unwrap().iter().all(|item| &item["problem"]["tracking_no"] == number), "{who}");
        }
        let listed = world.get("/comments").by("dispatcher").send().await.expect(200);
        assert_eq!(listed["items"][0]["problem"]["tracking_no"], problem["tracking_no"]);
    }
}
