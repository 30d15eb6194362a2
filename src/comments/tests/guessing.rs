//! Who may not know a reporter does not find out his name by asking what is refused.

use super::*;

async fn masked(world: &World) -> Value {
    let mut body = problem_body();
    body["reporter"] =
        json!({ "kind": "person", "display_name": "王晓芳", "phone": "8523 0000", "anonymity": "masked" });
    let problem = world.assigned(body).await;
    world.made_public(&problem).await
}

async fn refusals(world: &World, problem: &Value) -> i64 {
    let statement = sql("SELECT COUNT(*) FROM access_log WHERE kind = 'text_refused' AND subject_id = $1");
    let (count,): (i64,) = statement
        .bind(id_of(problem))
        .one(&world.app.db)
        .await
        .expect("a count");
    count
}

on_both! {
    async fn s80_who_may_not_know_a_reporter_learns_no_name_by_guessing(world: World) {
        let problem = masked(&world).await;
        let path = format!("/problems/{}/replies", id_of(&problem));
        let say = async |who: &str, text: &str| world.post(&path).by(who).json(json!({ "text": text })).send().await;
        // A number is known by its form, whosesoever it is.
        for text in ["电话85230000", "电话85230001"] {
            assert_eq!(say("handler", text).await.expect_error(422, "invalid"), ["/text phone_number_not_accepted"]);
        }
        assert_eq!(refusals(&world, &problem).await, 0);
        // Who handles it is no secret to him.
        assert_eq!(say("handler", "示例走访干部，您好").await.expect_error(422, "invalid"), ["/text personal_name"]);
        assert_eq!(refusals(&world, &problem).await, 0);
        // A number of the reporter's without any word before it is one more way to guess; the answer is the same.
        for (count, text) in ["王晓芳女士，您好", "她家 85230000，去问问", "王·晓芳"].into_iter().enumerate() {
            assert_eq!(say("handler", text).await.expect_error(422, "invalid"), ["/text names_somebody"], "{text}");
            assert_eq!(refusals(&world, &problem).await, i64::try_from(count).unwrap() + 1);
        }
        let logged: (Option<Uuid>, String) = sql("SELECT person_id, subject_kind FROM access_log WHERE kind = 'text_refused' ORDER BY id LIMIT 1")
            .one(&world.app.db).await.unwrap();
        assert_eq!(logged, (Some(seed::member("handler").person), "problem".to_owned()));
        // Then nothing of his is compared, until a day is over; others are not held up by it.
        for text in ["李晓芳女士，您好", "您好"] {
            let refused = say("handler", text).await;
            assert_eq!(refused.headers["retry-after"], "86400");
            refused.expect_error(429, "too_many_attempts");
        }
        let output = |summary: &str| json!({ "kind": "case", "title": "入学一次办结", "summary": summary, "problem_ids": [problem["id"]] });
        world.post("/outputs").by("handler").json(output("统一受理。")).send().await.expect_error(429, "too_many_attempts");
        assert_eq!(world.post("/outputs").by("head").json(output("王晓芳")).send().await.expect_error(422, "invalid"), ["/summary names_somebody"]);
        let strange = world.open_problem().await;
        let stranger = world.receipt_token(&strange).await;
        let comment = async |text: &str| {
            let call = world.post(&path_of(&problem)).bearer(&stranger);
            call.json(json!({ "kind": "comment", "text": text })).send().await
        };
        assert_eq!(comment("王晓芳说得对").await.expect_error(422, "invalid"), ["/text names_somebody"]);
        let comment = comment("说得对").await.expect(201);
        let answer = world.moderate("head", &comment, "reply", json!({ "text": "王晓芳" })).await;
        assert_eq!(answer.expect_error(422, "invalid"), ["/text names_somebody"]);
        assert_eq!(refusals(&world, &problem).await, 6);
        // Who may know is told, as often as he likes.
        for _ in 0..4 {
            assert_eq!(say("dispatcher", "王晓芳女士，您好").await.expect_error(422, "invalid"), ["/text personal_name"]);
        }
        assert_eq!(refusals(&world, &problem).await, 6);
        let real = &world.app.real_clock;
        real.set(real.now().plus_seconds(24 * 60 * 60));
        say("handler", "您好").await.expect(201);
        let statement = crate::events::access_log::many_since("text_refused", (Uuid::nil(), &[id_of(&problem)]), real.now(), 3);
        let plan = world.plan_of(statement).await;
        assert!(plan.contains("access_log_subject"), "{plan}");
    }

    async fn s80_one_voice_says_a_thing_once_and_not_much_in_a_day(world: World) {
        let problem = world.published_problem().await;
        let strange = world.open_problem().await;
        let (own, stranger) = (world.token("reporter"), world.receipt_token(&strange).await);
        let say = async |who: &str, text: &str| {
            let call = world.post(&path_of(&problem)).bearer(if who == "reporter" { &own } else { &stranger });
            call.json(json!({ "kind": "comment", "text": text })).send().await
        };
        say("reporter", "请尽快。").await.expect(201);
        say("reporter", " 请尽快。 ").await.expect_error(409, "duplicate");
        say("stranger", "请尽快。").await.expect(201);
        for text in ["一", "二", "三", "四"] {
            say("reporter", text).await.expect(201);
        }
        let refused = say("reporter", "五").await;
        assert_eq!(refused.headers["retry-after"], "86400");
        refused.expect_error(429, "rate_limited");
        for text in ["\u{200B}", "\u{2060} \u{FEFF}"] {
            assert_eq!(say("stranger", text).await.expect_error(422, "invalid"), ["/text format"]);
        }
        for text in ["写信到 zhang@example.com", "加微信 zhangsan88", "QQ：12345678"] {
            assert_eq!(say("stranger", text).await.expect_error(422, "invalid"), ["/text contact_not_accepted"], "{text}");
        }
        world.app.clock.set(world.app.clock.now().plus_seconds(24 * 60 * 60));
        say("reporter", "五").await.expect(201);
    }
}
