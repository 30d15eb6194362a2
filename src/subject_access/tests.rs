//! Through the real router, on both databases.

use serde_json::{Value, json};

use crate::auth::Role;
use crate::db::sql;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

fn section<'v>(data: &'v Value, name: &str) -> &'v Value {
    let sections = data["sections"].as_array().expect("sections");
    sections
        .iter()
        .find(|section| section["section"] == name)
        .expect("the section")
}

fn texts(data: &Value, name: &str) -> Vec<String> {
    let items = section(data, name)["items"].as_array().expect("items");
    items
        .iter()
        .filter_map(|item| item["text"].as_str())
        .map(ToOwned::to_owned)
        .collect()
}

async fn logged(world: &World, kind: &'static str) -> i64 {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM access_log WHERE kind = $1")
        .bind(kind)
        .one(&world.app.db)
        .await
        .expect("a count");
    count
}

/// A problem of the account's own, with a telephone number.
async fn own(world: &World, statement: &str) -> Value {
    let mut body = problem_body();
    body["statement"] = json!(statement);
    body["reporter"] = json!({
        "kind": "person", "display_name": "王女士", "phone": "138 0000 1234", "anonymity": "named",
        "person_id": seed::member("reporter").person,
    });
    world
        .post("/problems")
        .by("reporter")
        .json(body)
        .send()
        .await
        .expect(201)
}

on_both! {
    async fn one_reads_all_that_is_kept_about_oneself_and_who_else_did(world: World) {
        let mine = own(&world, "我的第一个问题。").await;
        world.open_problem().await;
        world.app.clock.set("2019-01-10T03:00:00Z".parse().unwrap());
        let second = own(&world, "我的第二个问题。").await;
        let path = format!("/problems/{}", id_of(&mine));
        world.post(&format!("{path}/supplements")).by("reporter").json(json!({ "text": "我的补充。" })).send().await.expect(201);
        let assign = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
        world.post(&format!("{path}/assign")).by("dispatcher").at(&mine["version"]).json(assign).send().await.expect(200);
        let officer = world.as_other("handler", Role::Officer, "yiwu-hr");
        let words = json!({ "text": "干部的补充。" });
        world.post(&format!("{path}/supplements")).header("Authorization", &officer).json(words).send().await.expect(201);
        let withdraw = world.post(&format!("/problems/{}/withdraw", id_of(&second))).by("reporter").at(&second["version"]);
        withdraw.json(json!({ "reason": "不再需要" })).send().await.expect(200);
        let reveal = format!("/reporters/{}/reveal-phone", mine["reporter"]["id"].as_str().unwrap());
        world.post(&reveal).by("dispatcher").send().await.expect(200);

        let answer = world.get("/me/data").by("reporter").send().await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let data = answer.expect(200);
        assert_eq!((&data["known_by"], &data["account"]["name"]), (&json!("account"), &json!("示例反映人")));
        let records = data["reporters"].as_array().unwrap();
        assert_eq!(records.len(), 2);
        assert!(records.iter().all(|record| record["phone"] == "13800001234" && record["display_name"] == "王女士"), "{records:?}");
        assert_eq!(texts(&data, "problems"), ["我的第二个问题。", "我的第一个问题。"]);
        assert_eq!(section(&data, "problems")["items"][0]["code"], "withdrawn");
        assert_eq!(section(&data, "problems")["items"][1]["problem"]["tracking_no"], mine["tracking_no"]);
        assert_eq!(texts(&data, "supplements"), ["我的补充。"]);
        assert_eq!(section(&data, "memberships")["items"][0]["code"], "reporter");
        let reads = section(&data, "reads")["items"].as_array().unwrap();
        assert_eq!((reads.len(), &reads[0]["code"], &reads[0]["text"]), (1, &json!("reveal_phone"), &json!("义乌市“三服务”办公室")));
        let names: Vec<&str> = data["sections"].as_array().unwrap().iter().filter_map(|one| one["section"].as_str()).collect();
        assert_eq!(names.len(), 17);

        // A section goes on page by page.
        let first = world.get("/me/data?section=problems&limit=1").by("reporter").send().await.expect(200);
        assert_eq!((texts(&first, "problems"), &first["account"]), (vec!["我的第二个问题。".to_owned()], &Value::Null));
        let cursor = first["sections"][0]["next_cursor"].as_str().unwrap().to_owned();
        let next = world.get(&format!("/me/data?section=problems&limit=1&cursor={cursor}")).by("reporter").send().await.expect(200);
        assert_eq!((texts(&next, "problems"), &next["sections"][0]["next_cursor"]), (vec!["我的第一个问题。".to_owned()], &Value::Null));
        let faults = world.get(&format!("/me/data?cursor={cursor}")).by("reporter").send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["?section required"]);
        world.get(&format!("/me/data?section=ratings&cursor={cursor}")).by("reporter").send().await.expect_error(400, "malformed");
        let faults = world.get("/me/data?system=portal").by("reporter").send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["?system clients_only"]);
        world.get("/me/data").send().await.expect_error(401, "token_missing");

        // Each read is logged, and told of at the next one; nobody reads another's.
        assert_eq!(logged(&world, "read_own_data").await, 3);
        let again = world.get("/me/data?section=reads").by("reporter").send().await.expect(200);
        assert_eq!(section(&again, "reads")["items"].as_array().unwrap().len(), 4);
        let officer = world.get("/me/data").by("officer").send().await.expect(200);
        assert_eq!((texts(&officer, "problems"), &officer["reporters"]), (Vec::<String>::new(), &json!([])));
        assert!(section(&officer, "acts")["items"].as_array().is_some_and(|acts| !acts.is_empty()));
    }

    async fn a_receipt_reads_no_internal_file_that_a_client_uploaded(world: World) {
        let problem = world.post("/problems").by("integrator").json(problem_body()).send().await.expect(201);
        for (id, name, public) in [(1_u128, "内部研判.txt", false), (2, "告知书.txt", true)] {
            let mut tx = world.app.db.begin().await.unwrap();
            sql("INSERT INTO attachment (id, owner_kind, owner_id, problem_id, file_name, media_type, size, sha256, public, \
                 created_at, client_app_id) VALUES ($1, 'problem', $2, $2, $3, 'text/plain', 1, $4, $5, $6, $7)")
                .bind(uuid::Uuid::from_u128(id)).bind(id_of(&problem)).bind(name).bind(&[7_u8; 32][..]).bind(public)
                .bind(world.app.clock.now()).bind(seed::member(seed::CLIENT).person)
                .run(&mut tx).await.expect("an attachment");
            tx.commit().await.unwrap();
        }
        let token = world.receipt_token(&problem).await;
        let data = world.get("/me/data").bearer(&token).send().await.expect(200);
        assert_eq!(texts(&data, "attachments"), ["告知书.txt"]);
    }

    async fn a_receipt_and_a_client_read_of_theirs_alone(world: World) {
        let bring = async |value: &str, statement: &str| {
            let mut body = problem_body();
            body["statement"] = json!(statement);
            body["reporter"] = json!({ "kind": "person", "display_name": "王女士", "phone": "13800001234", "anonymity": "masked",
                "external_id": { "system": "portal", "value": value } });
            world.post("/problems").by("integrator").json(body).send().await.expect(201)
        };
        let (one, two) = (bring("u-1", "第一个问题。").await, bring("u-1", "第二个问题。").await);
        bring("u-2", "别人的问题。").await;
        assert_eq!(one["receipt"]["tracking_no"], one["tracking_no"]);
        let token = world.receipt_token(&one).await;
        let path = format!("/problems/{}/supplements", id_of(&one));
        world.post(&path).bearer(&token).json(json!({ "text": "凭回执补充。" })).send().await.expect(201);
        let data = world.get("/me/data").bearer(&token).send().await.expect(200);
        assert_eq!((&data["known_by"], &data["account"]), (&json!("receipt"), &Value::Null));
        assert_eq!(texts(&data, "problems"), ["第一个问题。"], "a receipt is of one problem");
        assert_eq!(texts(&data, "supplements"), ["凭回执补充。"]);
        let record = &data["reporters"][0];
        assert_eq!((&record["anonymity"], &record["kind"]), (&json!("masked"), &json!("person")));
        for hidden in ["display_name", "phone", "object"] {
            assert_eq!(record[hidden], Value::Null, "{hidden}: whoever mints the code may not know him");
        }

        let data = world.get("/me/data?system=portal&value=u-1").by("integrator").send().await.expect(200);
        assert_eq!(data["known_by"], "client");
        let mut said = texts(&data, "problems");
        said.sort();
        assert_eq!(said, ["第一个问题。", "第二个问题。"]);
        world.get("/me/data?system=portal&value=u-3").by("integrator").send().await.expect_error(404, "not_found");
        let faults = world.get("/me/data?system=portal").by("integrator").send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["?value required"]);
        let mut claims = world.claims(&seed::member(seed::CLIENT), true);
        claims.scope = "problems:read".to_owned();
        let token = world.app.tokens.sign(&claims).unwrap();
        world.get("/me/data?system=portal&value=u-1").bearer(&token).send().await.expect_error(403, "forbidden");
        assert!(two["id"] != one["id"]);
    }

    async fn a_receipt_that_was_made_for_another_tells_its_maker_nothing_of_a_masked_reporter(world: World) {
        let mut body = problem_body();
        body["reporter"] = json!({ "kind": "person", "display_name": "王女士", "phone": "13800001234", "anonymity": "masked" });
        let problem = world.post("/problems").by("officer").json(body).send().await.expect(201);
        let path = format!("/problems/{}", id_of(&problem));
        let receipt = world.post(&format!("{path}/receipt")).by("officer").send().await.expect(200);
        assert_eq!(logged(&world, "issue_link").await, 1, "who had a code made for him is known");
        world.put_into(&problem, "pending_confirmation").await;
        let link = world.post(&format!("{path}/invitations")).by("officer").send().await.expect(200)["receipt"].clone();
        assert_eq!(logged(&world, "issue_link").await, 2);
        world.post("/public/receipts/token").json(json!({ "code": receipt["code"] })).send().await.expect_error(400, "invalid_grant");
        let token = world.receipt_token(&json!({ "receipt": link })).await;
        let data = world.get("/me/data").bearer(&token).send().await.expect(200).to_string();
        for secret in ["王女士", "13800001234", "1234"] {
            assert!(!data.contains(secret), "{data}");
        }
    }

    async fn of_a_contact_that_is_not_for_him_one_reads_when_and_why_alone(world: World) {
        let mine = own(&world, "我的问题。").await;
        let path = format!("/problems/{}", id_of(&mine));
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
        world.dispose("dispatcher", &mine, assign).await.expect(200);
        for (words, public) in [("情绪激动，注意方式。", false), ("约定三日内答复。", true)] {
            let contact = json!({ "purpose": "contact", "channel": "phone", "with_reporter": true, "words": words, "public": public });
            world.post(&format!("{path}/contacts")).by("handler").json(contact).send().await.expect(201);
        }
        for token in [None, Some(world.receipt_token(&mine).await)] {
            let call = world.get("/me/data?section=contacts");
            let call = match &token {
                Some(token) => call.bearer(token),
                None => call.by("reporter"),
            };
            let data = call.send().await.expect(200);
            let items = section(&data, "contacts")["items"].as_array().unwrap().clone();
            assert_eq!(items.len(), 2);
            assert!(items.iter().all(|item| item["code"] == "contact" && item["at"].is_string()), "{items:?}");
            assert_eq!(texts(&data, "contacts"), ["约定三日内答复。"]);
        }
    }

    async fn a_firm_that_ended_in_another_does_not_bring_its_people_the_others_cases(world: World) {
        let (gone, heir) = (world.enterprise("示例甲").await, world.enterprise("示例乙").await);
        let report = async |firm: &Value, statement: &str| {
            let mut body = problem_body();
            body["statement"] = json!(statement);
            body["reporter"] = json!({ "kind": "enterprise", "display_name": firm["name"], "anonymity": "named", "object_id": firm["id"] });
            world.post("/problems").by("officer").json(body).send().await.expect(201)
        };
        let (ours, theirs) = (report(&gone, "甲的问题。").await, report(&heir, "乙的问题。").await);
        let grant = json!({ "person_id": seed::member("reporter").person });
        world.post(&format!("/service-objects/{}/authorisations", id_of(&gone))).by("dispatcher").json(grant).send().await.expect(201);
        let firm = world.get(&format!("/service-objects/{}", id_of(&gone))).by("officer").send().await.expect(200);
        let end = world.post(&format!("/service-objects/{}/end", id_of(&gone))).by("officer").at(&firm["version"]);
        end.json(json!({ "reason": "并入示例乙" })).send().await.expect(200);
        let later = report(&heir, "乙后来的问题。").await;
        for foreign in [&theirs, &later] {
            let path = format!("/problems/{}", id_of(foreign));
            world.get(&path).by("reporter").send().await.expect_error(404, "not_found");
            world.post(&format!("{path}/supplements")).by("reporter").json(json!({ "text": "看看" })).send().await.expect_error(404, "not_found");
        }
        // Two problems that are merged keep each firm's own view.
        let merge = world.post(&format!("/problems/{}/merge", id_of(&ours))).by("dispatcher").at(&ours["version"]);
        merge.json(json!({ "target_id": theirs["id"], "reason": "同一事项" })).send().await.expect(200);
        world.get(&format!("/problems/{}", id_of(&theirs))).by("reporter").send().await.expect_error(404, "not_found");
        let data = world.get("/me/data").by("reporter").send().await.expect(200);
        assert_eq!(texts(&data, "problems"), Vec::<String>::new(), "a firm's data are not its people's");
        assert_eq!(texts(&data, "authorisations"), ["示例甲"]);
    }
}
