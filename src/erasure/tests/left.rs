//! When the term is over: nothing is left of the words, and every figure stays.

use serde_json::{Value, json};

use super::{erasures, in_hand, instant, move_on, past_every_rule, read, searched, where_it_says};
use crate::action_plans::likeness;
use crate::db::sql;
use crate::erasure::erasing::by_term;
use crate::events::store::verify_all;
use crate::http::Work;
use crate::on_both;
use crate::tasks::engine::Engine;
use crate::test_support::World;
use crate::test_support::handling::{analysis_body, id_of};

const WORDS: &str = "密语甲乙";

fn said(rest: &str) -> String {
    format!("{WORDS}{rest}")
}

/// A photo that the officer attaches to a problem.
pub(super) async fn upload(world: &World, problem: &Value) -> Value {
    let part = |head: &str, body: &[u8]| [format!("--b\r\n{head}\r\n\r\n").as_bytes(), body, b"\r\n"].concat();
    let photo = [
        &b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"[..],
        b"\x00\x00\x00\x34",
        b"\xff\xd9",
    ]
    .concat();
    let file = format!(
        "Content-Disposition: form-data; name=\"file\"; filename=\"{}.jpg\"",
        said("照片")
    );
    let field = |name: &str, value: &str| {
        part(
            &format!("Content-Disposition: form-data; name=\"{name}\""),
            value.as_bytes(),
        )
    };
    let id = id_of(problem).to_string();
    let body = [
        part(&file, &photo),
        field("owner_kind", "problem"),
        field("owner_id", &id),
        b"--b--\r\n".to_vec(),
    ]
    .concat();
    world
        .post("/attachments")
        .by("officer")
        .body("multipart/form-data; boundary=b", body)
        .send()
        .await
        .expect(201)
}

/// What stands in tables that would take many steps to fill, past every rule.
const MORE_WORDS: &[&str] = &[
    "UPDATE look_back SET evidence = '密语甲乙回访' WHERE problem_id = $1",
    "UPDATE task SET note = '密语甲乙备注' WHERE problem_id = $1 AND kind = 'follow_up'",
    "UPDATE disposition SET reason = '密语甲乙改派' WHERE problem_id = $1",
    "INSERT INTO referral (id, problem_id, org_id, question, due_on, referred_by, referred_at, result, created_at, updated_at) \
     SELECT p.id, p.id, p.lead_org_id, '密语甲乙研究', c.opens_on, p.recorded_by, p.recorded_at, '密语甲乙答复', p.recorded_at, \
     p.recorded_at FROM problem p JOIN campaign_year c ON c.id = p.campaign_year_id WHERE p.id = $1",
    "INSERT INTO reporter (id, kind, display_name, anonymity, created_at, updated_at) \
     SELECT p.id, 'person', '密语甲乙网友', 'named', p.recorded_at, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO comment (id, problem_id, reporter_id, author_name, text, state, reply, at) \
     SELECT p.id, p.id, p.id, '密语甲乙', '密语甲乙意见', 'visible', '密语甲乙回复', p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO watch (person_id, problem_id, note, created_at) \
     SELECT p.recorded_by, p.id, '密语甲乙盯办', p.recorded_at FROM problem p WHERE p.id = $1",
    "UPDATE comment SET hidden_note = '密语甲乙隐藏' WHERE problem_id = $1",
    "INSERT INTO comment_moderation (id, comment_id, act, note, person_id, at) \
     SELECT p.id, p.id, 'unhide', '密语甲乙恢复', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO problem_reply (id, problem_id, cycle_no, text, person_id, at) \
     SELECT p.id, p.id, 1, '密语甲乙公开', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO problem_note (id, problem_id, text, person_id, at) \
     SELECT p.id, p.id, '密语甲乙内部', p.recorded_by, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO publication (id, problem_id, edition, kind, title, summary, result, names_firm, consent_given_on, \
     consent_evidence, published_at) SELECT p.id, p.id, 1, 'problem', '密语甲乙题', '密语甲乙要', '密语甲乙果', p.published, \
     c.opens_on, '密语甲乙同意书', p.recorded_at FROM problem p JOIN campaign_year c ON c.id = p.campaign_year_id WHERE p.id = $1",
    "INSERT INTO action_plan (id, kind, title, org_id, division_id, state, need, blockage, discussion_conclusion, created_at, updated_at) \
     SELECT p.id, 'one_matter_one_discussion', '密语甲乙清单', p.lead_org_id, p.division_id, 'done', '密语甲乙需求', '密语甲乙堵点', \
     '密语甲乙结论', p.recorded_at, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO action_plan_problem (action_plan_id, problem_id, since) \
     SELECT p.id, p.id, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO measure (id, action_plan_id, type, text, created_at, updated_at) \
     SELECT p.id, p.id, 'coordination', '密语甲乙举措', p.recorded_at, p.recorded_at FROM problem p WHERE p.id = $1",
    "INSERT INTO plan_step (id, action_plan_id, problem_id, cycle_no, owner_id, owner_org_id, text, due_on, expected_result, \
     result, created_at, updated_at) SELECT p.id, p.id, p.id, 1, p.recorded_by, p.lead_org_id, '密语甲乙步骤', c.opens_on, \
     '密语甲乙预期', '密语甲乙结果', p.recorded_at, p.recorded_at FROM problem p \
     JOIN campaign_year c ON c.id = p.campaign_year_id WHERE p.id = $1",
    "UPDATE action_plan SET template_unchanged_reason = '密语甲乙照搬' WHERE id = $1",
];

/// How many problems and plans are found by the words, and how many plans are compared with others.
async fn found(world: &World) -> (usize, usize, i64) {
    let query = &searched(WORDS);
    let count = async |kind: &str| {
        let list = world
            .get(&format!("/{kind}?{query}"))
            .by("dispatcher")
            .send()
            .await
            .expect(200);
        list["items"].as_array().expect("items").len()
    };
    let prints = sql("SELECT COUNT(*) FROM plan_print")
        .one::<(i64,)>(&world.app.db)
        .await;
    (
        count("problems").await,
        count("action-plans").await,
        prints.expect("a count").0,
    )
}

/// A problem about which everybody has said something, rated, confirmed and closed on 2019-01-10; and its receipt's
/// token.
async fn much_said(world: &World) -> (Value, String) {
    let (recorded, assigned) = in_hand(world, &said("女士")).await;
    let token = world.receipt_token(&recorded).await;
    let path = format!("/problems/{}", id_of(&recorded));
    let corrected = world
        .patch(&path)
        .by("dispatcher")
        .at(&assigned["version"])
        .json(json!({ "summary": said("概括"), "place": said("路") }))
        .send()
        .await
        .expect(200);
    let post = async |end: &str, body: Value| {
        world
            .post(&format!("{path}/{end}"))
            .by("handler")
            .json(body)
            .send()
            .await
            .expect(201)
    };
    post("analyses", {
        let mut body = analysis_body();
        body["findings"] = json!(said("分析"));
        body
    })
    .await;
    post(
        "contacts",
        json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": said("联系") }),
    )
    .await;
    world
        .post(&format!("{path}/supplements"))
        .by("officer")
        .json(json!({ "text": said("补充") }))
        .send()
        .await
        .expect(201);
    upload(world, &recorded).await;
    move_on(world, "handler", &corrected, "answer", json!({ "text": said("答复") })).await;
    let now = read(world, &recorded).await;
    world
        .post(&format!("{path}/confirm"))
        .bearer(&token)
        .at(&now["version"])
        .json(json!({}))
        .send()
        .await
        .expect(200);
    let rating = json!({ "result": 2, "speed": 3, "attitude": 4, "words": said("评价") });
    world
        .post(&format!("{path}/ratings"))
        .bearer(&token)
        .json(rating)
        .send()
        .await
        .expect(201);
    for statement in MORE_WORDS {
        past_every_rule(world, statement, id_of(&recorded)).await;
    }
    let mut tx = world.app.db.begin().await.expect("a transaction");
    likeness::texts_changed(&mut tx, id_of(&recorded))
        .await
        .expect("indexed");
    tx.commit().await.expect("a commit");
    (recorded, token)
}

/// Where bytes of attachments are.
pub(super) fn files(world: &World) -> usize {
    let mut folders = vec![world.app.settings.attachment_folder.clone()];
    let mut count = 0;
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                count += 1;
            }
        }
    }
    count
}

on_both! {
    async fn nothing_is_left_and_every_figure_stays(world: World) {
        let (recorded, token) = much_said(&world).await;
        let (id, path) = (id_of(&recorded), format!("/problems/{}", id_of(&recorded)));
        assert_eq!(erasures(&world, &recorded).await, ["open"]);
        let said_in = where_it_says(&world, WORDS).await;
        assert!(said_in.len() >= 35, "{said_in:?}");
        assert_eq!(found(&world).await, (1, 1, 1));
        world.app.clock.set(instant("2021-01-10T08:59:59Z"));
        Engine::new(world.app.clone()).work_off(1_000).await.unwrap();
        assert_eq!(where_it_says(&world, WORDS).await, said_in, "a second too early");
        let (figures, seen) = (world.rollups().await, read(&world, &recorded).await);
        let overview = "/metrics/overview?from=2019-01-01&to=2020-01-01";
        let metrics = world.get(overview).by("dispatcher").send().await.expect(200);

        // Who dies in the middle leaves all as it was.
        world.app.clock.set(instant("2021-01-10T09:00:00Z"));
        let work = Work::of_the_service(world.app.clone());
        let mut tx = world.app.db.begin().await.unwrap();
        assert!(by_term(&work, &mut tx, id, world.app.clock.now()).await.unwrap());
        tx.undo().await;
        assert_eq!((where_it_says(&world, WORDS).await, files(&world)), (said_in, 1));

        // Two at once have the effect once.
        let (one, other) = (Engine::new(world.app.clone()), Engine::new(world.app.clone()));
        let (first, second) = tokio::join!(one.work_off(1_000), other.work_off(1_000));
        assert_eq!(first.unwrap() + second.unwrap(), 1);
        assert_eq!(erasures(&world, &recorded).await, ["done"]);
        assert_eq!(where_it_says(&world, WORDS).await, Vec::<String>::new());
        assert_eq!(found(&world).await, (0, 0, 0));
        let (withdrawn,): (i64,) = sql("SELECT COUNT(*) FROM publication WHERE withdrawn AND ended_at IS NOT NULL \
             AND consent_given_on IS NOT NULL").one(&world.app.db).await.unwrap();
        assert_eq!(withdrawn, 1, "that it was public, and that its firm agreed, stays");
        let types = world.event_types(id).await;
        assert_eq!(types.iter().filter(|kind| *kind == "problem.erased").count(), 1);
        assert_eq!(verify_all(&world.app.db).await.unwrap().broken, []);
        let (salts,): (i64,) = sql("SELECT COUNT(*) FROM event_text t JOIN event e ON e.id = t.event_id \
             WHERE e.problem_id = $1 AND length(t.salt) > 0").bind(id).one(&world.app.db).await.unwrap();
        assert_eq!(salts, 0, "no short text can be guessed by its hash");

        // Figures stay, and are the same when they are counted anew.
        assert_eq!(world.rollups().await, figures);
        world.rebuild_rollups().await;
        assert_eq!(world.rollups().await, figures);
        let mut after = world.get(overview).by("dispatcher").send().await.expect(200);
        after["as_of"] = metrics["as_of"].clone();
        assert_eq!(after, metrics);

        // It answers, and says that it is erased.
        let erased = read(&world, &recorded).await;
        assert_eq!(erased["erased_at"], "2021-01-10T09:00:00Z");
        for gone in ["/statement", "/summary", "/place", "/result", "/reporter/display_name", "/reporter/phone_masked",
            "/disposed/text"] {
            assert!(seen.pointer(gone).is_some(), "{gone}");
            assert_eq!(erased.pointer(gone), Some(&Value::Null), "{gone}");
        }
        for stays in ["/tracking_no", "/state", "/recorded_at", "/closure", "/category", "/clock", "/counts"] {
            assert_eq!(erased.pointer(stays), seen.pointer(stays), "{stays}");
        }
        assert_eq!(erased["allowed_actions"], json!([]));
        for list in ["events", "supplements", "contacts", "ratings", "analyses", "attachments", "requests", "referrals"] {
            world.get(&format!("{path}/{list}")).by("dispatcher").send().await.expect(200);
        }

        // The number finds nobody, the receipt opens nothing, and nothing can be said any more.
        let found = world.post("/reporters/search").by("dispatcher").json(json!({ "phone": "13800001234" })).send().await.expect(200);
        assert_eq!(found["items"], json!([]));
        let code = json!({ "code": recorded["receipt"]["code"] });
        world.post("/public/receipts/token").json(code).send().await.expect_error(400, "invalid_grant");
        let again = json!({ "result": 5, "speed": 5, "attitude": 5 });
        world.post(&format!("{path}/ratings")).bearer(&token).json(again).send().await.expect_error(409, "erased");
        let contact = json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": "又联系" });
        world.post(&format!("{path}/contacts")).by("handler").json(contact).send().await.expect_error(409, "erased");
        world.post(&format!("{path}/supplements")).by("officer").json(json!({ "text": "又补充" })).send().await.expect_error(409, "ended");
        let supply = world.post(&format!("{path}/supply")).bearer(&token).at(&erased["version"]).json(json!({ "answer": "又说" }));
        supply.send().await.expect_error(409, "transition_not_allowed");
        let reopen = world.post(&format!("{path}/reopen")).by("supervisor").at(&erased["version"]).json(json!({ "reason": "再办" }));
        reopen.send().await.expect_error(409, "erased");
        let redaction = json!({ "field": "statement", "passage": "孩子", "ground": "third_person" });
        let redact = world.post(&format!("{path}/redactions")).by("supervisor").at(&erased["version"]).json(redaction);
        redact.send().await.expect_error(409, "erased");

        // Bytes go right after the commit.
        assert_eq!(files(&world), 0);
    }
}
