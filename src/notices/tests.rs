//! Notices, through the router.

mod ruled;

use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{mine, to_tell};
use crate::clock::Timestamp;
use crate::db::{Value as Bound, sql};
use crate::http::window::Windowed as _;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::{World, seed};

impl World {
    /// The kinds of somebody's notices, the latest first.
    async fn told(&self, who: &str) -> Vec<String> {
        let page = self.get("/me/notices").by(who).send().await.expect(200);
        let items = page["items"].as_array().expect("items").iter();
        items
            .map(|item| item["kind"].as_str().expect("a kind").to_owned())
            .collect()
    }

    /// Whether somebody was told this of a problem.
    async fn has_told(&self, who: &str, problem: &Value, kind: &str) -> bool {
        let page = self.get("/me/notices").by(who).send().await.expect(200);
        let mut items = page["items"].as_array().expect("items").iter();
        items.any(|item| item["kind"] == kind && item["problem"]["id"] == problem["id"])
    }

    async fn to_tell(&self, who: &str) -> Vec<Value> {
        let page = self.get("/notices").by(who).send().await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    /// Kind and payload of everything that reporters are told.
    async fn of_reporters(&self) -> Vec<(String, Value)> {
        sql("SELECT kind, payload FROM notice WHERE reporter_id IS NOT NULL ORDER BY created_at, id")
            .all(&self.app.db)
            .await
            .expect("rows")
    }
}

fn with_reporter(reporter: Value) -> Value {
    let mut body = problem_body();
    body["reporter"] = reporter;
    body
}

on_both! {
    async fn whoever_has_to_do_with_it_is_told_and_who_did_it_is_not(world: World) {
        let problem = world.open_problem().await;
        world.post("/me/watches").by("leader").json(json!({ "problem_id": problem["id"] })).send().await.expect(201);
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
        world.dispose("dispatcher", &problem, assign).await.expect(200);
        for who in ["handler", "head", "leader"] {
            assert_eq!(world.told(who).await, ["problem.assigned"], "{who}");
        }
        for who in ["dispatcher", "officer", "finance-handler", "supervisor", "deqing-leader", "reporter"] {
            assert_eq!(world.told(who).await, Vec::<String>::new(), "{who}");
        }
        let page = world.get("/me/notices?with_total=true").by("head").send().await.expect(200);
        let notice = &page["items"][0];
        assert_eq!((page["total"].as_i64(), notice["label"].as_str(), notice["state"].as_str()), (Some(1), Some("已交办，请签收"), Some("pending")));
        assert_eq!(notice["problem"], json!({ "id": problem["id"], "tracking_no": problem["tracking_no"], "summary": "人才子女入学", "state": "assigned" }));
        assert_eq!((notice["payload"]["to"].as_str(), notice["payload"]["by_org"].clone()), (Some("assigned"), json!(seed::org("yiwu-office"))));
        let english = world.get("/me/notices").by("head").header("Accept-Language", "en").send().await.expect(200);
        assert_eq!(english["items"][0]["label"], "assigned, to be accepted");
    }

    async fn an_urge_reaches_who_is_responsible(world: World) {
        let open = world.open_problem().await;
        let urge = async |who: &str, problem: &Value| {
            let path = format!("/problems/{}/urge", id_of(problem));
            world.post(&path).by(who).json(json!({ "note": "请尽快" })).send().await.expect(200);
        };
        // Nobody leads yet: the office of the nearest division that has one.
        urge("supervisor", &open).await;
        assert_eq!(world.told("dispatcher").await, ["problem.urged"]);
        assert_eq!(world.told("province-dispatcher").await, Vec::<String>::new());
        let problem = world.accepted().await;
        urge("dispatcher", &problem).await;
        assert!(world.has_told("handler", &problem, "problem.urged").await);
        assert!(world.has_told("head", &problem, "problem.urged").await);
        assert_eq!(world.told("dispatcher").await, ["problem.urged"]);
    }

    async fn a_referral_is_told_to_who_is_asked_and_its_answer_to_who_asked(world: World) {
        let problem = world.accepted().await;
        let path = format!("/problems/{}/referrals", id_of(&problem));
        let body = json!({ "org_id": seed::org("yiwu-finance"), "question": "能否单列？", "due_on": "2019-01-16" });
        let made = world.post(&path).by("dispatcher").at(&problem["version"]).json(body).send().await.expect(201);
        assert_eq!(world.told("finance-handler").await, ["referral.made"]);
        let own = format!("/referrals/{}/answer", id_of(&made));
        world.post(&own).by("finance-handler").at(&made["version"]).json(json!({ "result": "可以" })).send().await.expect(200);
        assert_eq!(world.told("dispatcher").await[0], "referral.answered");
        assert_eq!(world.told("handler").await[0], "referral.answered");
    }

    async fn one_reads_ones_own_and_nobody_elses(world: World) {
        world.accepted().await;
        world.accepted().await;
        let page = world.get("/me/notices?limit=1").by("head").send().await.expect(200);
        let theirs = world.get("/me/notices").by("handler").send().await.expect(200)["items"][0]["id"].clone();
        let first = page["items"][0]["id"].clone();
        assert_ne!(page["next_cursor"], Value::Null);
        let read = async |who: &str, body: Value| world.post("/me/notices/read").by(who).json(body).send().await;
        assert_eq!(read("head", json!({ "ids": [first, theirs] })).await.expect(200)["read"], 1);
        assert_eq!(read("head", json!({ "ids": [first] })).await.expect(200)["read"], 0);
        let unread = world.get("/me/notices?unread=true&with_total=true").by("head").send().await.expect(200);
        assert_eq!(unread["total"].as_i64(), Some(1));
        assert!(unread["items"].as_array().unwrap().iter().all(|item| item["id"] != first));
        assert_eq!(world.get("/me/notices?unread=true").by("handler").send().await.expect(200)["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(read("head", json!({ "up_to": "2019-01-10T01:59:59Z" })).await.expect(200)["read"], 0);
        assert_eq!(read("head", json!({ "up_to": seed::NOW })).await.expect(200)["read"], 1);
        assert_eq!(read("head", json!({})).await.expect_error(422, "invalid"), ["/ids needs_one_of"]);
        assert_eq!(read("head", json!({ "ids": [], "up_to": seed::NOW })).await.expect_error(422, "invalid"), ["/up_to conflict"]);
        // A client is nobody.
        assert_eq!(read(seed::CLIENT, json!({ "up_to": seed::NOW })).await.expect(200)["read"], 0);
        assert_eq!(world.told(seed::CLIENT).await, Vec::<String>::new());
    }

    async fn what_a_reporter_is_to_be_told_is_listed_until_somebody_has(world: World) {
        let reporter = json!({ "kind": "person", "display_name": "王女士", "phone": "13800001234", "preferred_channel": "phone", "anonymity": "named" });
        let problem = world.post("/problems").by("officer").json(with_reporter(reporter)).send().await.expect(201);
        let listed = world.to_tell("dispatcher").await;
        assert_eq!(listed.len(), 1);
        let notice = &listed[0];
        assert_eq!((notice["kind"].as_str(), notice["channel"].as_str(), notice["label"].as_str()), (Some("problem.recorded"), Some("phone"), Some("问题已受理")));
        assert_eq!((notice["reporter"]["display_name"].as_str(), notice["reporter"]["phone_masked"].as_str()), (Some("王女士"), Some("138****1234")));
        assert_eq!(world.to_tell("officer").await.len(), 1);
        assert_eq!(world.to_tell("province-dispatcher").await.len(), 1);
        assert_eq!(world.to_tell("deqing-dispatcher").await, Vec::<Value>::new());
        assert_eq!(world.get("/notices?channel=sms").by("dispatcher").send().await.expect(200)["items"], json!([]));
        world.get("/notices").by("handler").send().await.expect_error(403, "forbidden");
        let own = format!("/notices/{}/delivered", id_of(notice));
        let body = |failed: bool| json!({ "channel": "sms", "at": seed::NOW, "failed": failed });
        world.post(&own).by("deqing-dispatcher").json(body(false)).send().await.expect_error(404, "not_found");
        let early = json!({ "channel": "sms", "at": "2019-01-10T01:00:00Z" });
        assert_eq!(world.post(&own).by("dispatcher").json(early).send().await.expect_error(422, "invalid"), ["/at not_within"]);
        assert_eq!(world.to_tell("dispatcher").await.len(), 1, "what was refused changed nothing");
        let failed = world.post(&own).by("dispatcher").json(body(true)).send().await.expect(200);
        assert_eq!((failed["state"].as_str(), failed["channel"].as_str(), failed["told_at"].as_str()), (Some("failed"), Some("sms"), Some(seed::NOW)));
        let told = world.post(&own).by("officer").json(body(false)).send().await.expect(200);
        assert_eq!(told["state"], "sent");
        world.post(&own).by("dispatcher").json(body(false)).send().await.expect_error(409, "transition_not_allowed");
        assert_eq!(world.to_tell("dispatcher").await, Vec::<Value>::new());
        assert_eq!(world.event_types(id_of(&problem)).await, ["problem.recorded", "notice.delivered", "notice.delivered"]);
    }

    async fn a_gateway_fetches_what_its_organisation_sees(world: World) {
        let mut brought = problem_body();
        brought["reporter"]["external_id"] = json!({ "system": "portal", "value": "u-1" });
        let theirs = world.post("/problems").by(seed::CLIENT).json(brought).send().await.expect(201);
        // Whoever records through it sees the answer there; what happens later is told.
        assert_eq!(world.to_tell(seed::CLIENT).await, Vec::<Value>::new());
        let assign = json!({ "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true });
        let problem = world.dispose("dispatcher", &theirs, assign).await.expect(200);
        let problem = world.act("handler", &problem, "accept", json!({})).await.expect(200);
        world.act("handler", &problem, "ask_reporter", json!({ "question": "编号？" })).await.expect(200);
        let listed = world.to_tell(seed::CLIENT).await;
        assert_eq!(listed.iter().map(|one| one["kind"].clone()).collect::<Vec<_>>(), ["problem.reporter_asked"]);
        let own = format!("/notices/{}/delivered", id_of(&listed[0]));
        let body = json!({ "channel": "portal", "at": seed::NOW });
        assert_eq!(world.post(&own).by(seed::CLIENT).json(body).send().await.expect(200)["state"], "sent");
    }

    async fn nobody_is_told_whom_nobody_knows_or_who_wants_no_contact(world: World) {
        let record = async |reporter: Value| {
            world.post("/problems").by("officer").json(with_reporter(reporter)).send().await.expect(201)
        };
        record(json!({ "kind": "person", "anonymity": "unknown" })).await;
        record(json!({ "kind": "person", "display_name": "李先生", "preferred_channel": "none", "anonymity": "named" })).await;
        // His own account, or his receipt's: he has seen it.
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        world.post("/problems").by("reporter").json(own).send().await.expect(201);
        assert_eq!(world.of_reporters().await, []);
        // A masked one is told, and only who calls back learns who it is.
        record(json!({ "kind": "person", "display_name": "赵女士", "phone": "13800001234", "anonymity": "masked" })).await;
        assert_eq!(world.to_tell("dispatcher").await[0]["reporter"]["display_name"], "赵女士");
        let hidden = world.to_tell("officer").await[0]["reporter"].clone();
        assert_eq!((hidden["display_name"].clone(), hidden["phone_masked"].clone(), hidden["anonymity"].as_str()), (Value::Null, Value::Null, Some("masked")));
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE reporter SET erased_at = $1, display_name = NULL, phone_masked = NULL").bind(world.app.clock.now()).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.to_tell("dispatcher").await, Vec::<Value>::new());
    }

    async fn s59_a_reporter_is_told_of_public_events_and_of_nothing_internal(world: World) {
        let problem = world.completed().await;
        world.called_back(&problem).await;
        // What is internal: a question referred, a part given, work handed over, an urge of the administration.
        let other = world.accepted().await;
        let path = format!("/problems/{}", id_of(&other));
        world.post(&format!("{path}/urge")).by("dispatcher").json(json!({ "note": "请尽快" })).send().await.expect(200);
        let other = world.act("head", &other, "hand_over", json!({ "person_id": seed::member("head").person })).await.expect(200);
        let question = json!({ "org_id": seed::org("yiwu-finance"), "question": "能否单列？", "due_on": "2019-01-16" });
        world.post(&format!("{path}/referrals")).by("head").at(&other["version"]).json(question).send().await.expect(201);
        let other = world.get(&path).by("head").send().await.expect(200);
        let part = json!({ "org_id": seed::org("yiwu-finance"), "duty": "核拨补贴" });
        world.post(&format!("{path}/assignments")).by("head").at(&other["version"]).json(part).send().await.expect(201);
        let told = world.of_reporters().await;
        let mut kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["problem.completed", "problem.recorded", "problem.recorded"]);
        for (kind, payload) in &told {
            let names: Vec<&String> = payload.as_object().unwrap().keys().collect();
            assert_eq!(names, ["to"], "{kind}");
        }
        let internal: Vec<(String,)> = sql(
            "SELECT n.kind FROM notice n WHERE n.reporter_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event e \
             WHERE e.problem_id = n.problem_id AND e.type = n.kind AND e.public AND e.occurred_at = n.created_at)",
        ).all(&world.app.db).await.unwrap();
        assert_eq!(internal, []);
    }

    async fn s59_a_reporter_with_an_account_is_told_as_a_reporter_and_not_as_who_recorded(world: World) {
        let body = json!({ "org_id": seed::org("yiwu-hr"), "category": "E01", "division": "330782", "priority": 10 });
        world.post("/competences").by("admin").json(body).send().await.expect(201);
        let mut own = problem_body();
        own.as_object_mut().unwrap().remove("reporter");
        own["matter"] = json!("simple");
        let problem = world.post("/problems").by("reporter").json(own).send().await.expect(201);
        let problem = world.act("handler", &problem, "claim", json!({})).await.expect(200);
        assert_eq!(world.told("reporter").await, Vec::<String>::new(), "who claimed it is internal");
        assert_eq!(world.told("head").await, ["problem.claimed"]);
        world.act("handler", &problem, "answer", json!({ "text": "可以办理。" })).await.expect(200);
        let page = world.get("/me/notices").by("reporter").send().await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
        assert_eq!((page["items"][0]["kind"].as_str(), page["items"][0]["payload"].clone()), (Some("problem.answered"), json!({ "to": "pending_confirmation" })));
        // He has read it: nobody needs to call him.
        assert_eq!(world.to_tell("dispatcher").await.len(), 1);
        world.post("/me/notices/read").by("reporter").json(json!({ "up_to": seed::NOW })).send().await.expect(200);
        assert_eq!(world.to_tell("dispatcher").await, Vec::<Value>::new());
    }

    async fn of_one_event_two_hundred_are_told_at_most(world: World) {
        let problem = world.open_problem().await;
        let (now, org): (Timestamp, Uuid) = (world.app.clock.now(), seed::org("yiwu-hr"));
        let people: Vec<Uuid> = (0..250).map(|_| world.app.ids.next()).collect();
        let mut tx = world.app.db.begin().await.unwrap();
        sql("INSERT INTO person (id, name, org_id, rights_changed_at, created_at, updated_at)")
            .values(people.iter().map(|id| -> [Bound; 6] { [(*id).into(), "承办人".into(), org.into(), now.into(), now.into(), now.into()] }))
            .run(&mut tx).await.unwrap();
        sql("INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, created_at, updated_at)")
            .values(people.iter().map(|id| -> [Bound; 8] {
                [(*id).into(), (*id).into(), "handler".into(), org.into(), seed::division(seed::YIWU).into(), now.into(), now.into(), now.into()]
            }))
            .run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let assign = json!({ "disposition": "follow_up", "lead_org_id": org, "due_on": "2019-01-21", "assign": true });
        world.dispose("dispatcher", &problem, assign).await.expect(200);
        let (count, distinct): (i64, i64) = sql("SELECT COUNT(*), COUNT(DISTINCT person_id) FROM notice WHERE kind = 'problem.assigned'")
            .one(&world.app.db).await.unwrap();
        assert_eq!((count, distinct), (200, 200));
        let ids: Vec<(Uuid,)> = sql("SELECT id FROM notice").all(&world.app.db).await.unwrap();
        assert!(ids.iter().all(|(id,)| id.get_version_num() == 7), "ids are UUIDv7");
    }

    async fn pages_are_ranges_of_an_index(world: World) {
        let id = world.app.ids.next();
        let after = Some((world.app.clock.now(), id));
        let scopes = [id];
        let asked = |county| to_tell::Asked { scopes: &scopes, calling_back: &scopes, county, channel: None };
        for (index, statement) in [
            ("notice_person", mine::page(id, &[id], false, after, 51)),
            ("notice_unread", mine::page(id, &[id], true, after, 51)),
            ("notice_to_tell", asked(None).page(&world.app.db, after, 51)),
            ("notice_to_tell_division", asked(Some(id)).page(&world.app.db, after, 51)),
        ] {
            let plan = world.plan_of(statement).await;
            assert!(plan.contains(index), "{index}: {plan}");
        }
    }

    async fn a_reporter_is_told_of_what_is_made_public_of_his_problem(world: World) {
        let mut body = problem_body();
        body.as_object_mut().unwrap().remove("reporter");
        let problem = world.post("/problems").by("reporter").json(body).send().await.expect(201);
        world.made_public(&problem).await;
        let path = format!("/problems/{}/unpublish", id_of(&problem));
        let why = json!({ "reason": "表述有误" });
        assert_eq!(world.post(&path).by("dispatcher").at(&problem["version"]).json(why).send().await.status, 204);
        assert_eq!(world.told("reporter").await, ["problem.unpublished", "problem.published"]);
    }
}
