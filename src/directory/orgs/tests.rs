mod races;

use serde_json::{Value, json};
use uuid::Uuid;

use super::find_ref;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::directory::shipped::division_id;
use crate::directory::stable_id::stable_id;
use crate::directory::terms_shipped::term_id;
use crate::on_both;
use crate::test_support::World;
use crate::test_support::seed::{self, YIWU};

async fn version_of(world: &World, org: Uuid) -> Value {
    world
        .get(&format!("/orgs/{org}"))
        .by("officer")
        .send()
        .await
        .expect(200)["version"]
        .clone()
}

async fn new_org(world: &World, name: &str) -> Uuid {
    let body = json!({ "name": name, "kind": "department", "division": YIWU });
    let org = world.post("/orgs").by("admin").json(body).send().await.expect(201);
    id_of(&org)
}

fn id_of(view: &Value) -> Uuid {
    view["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

/// A problem that `lead` leads and `supporting` supports, as the workflow would have left it; `seen` is who sees it.
async fn problem(world: &World, name: &str, lead: Uuid, supporting: Option<Uuid>) -> Uuid {
    let id = stable_id("test-problem", name);
    let now: Timestamp = seed::NOW.parse().expect("a literal");
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO problem (id, tracking_no, campaign_year_id, channel, audience, category_id, statement, division_id, \
         state, lead_org_id, recorded_at, due_key, urgency_due_key, last_progress_at, created_at, updated_at) \
         VALUES ($1, $2, $3, 'visit', 'enterprise', $4, '招工难', $5, 'assigned', $6, $7, 0, 0, $7, $7, $7)")
    .bind(id)
    .bind(name)
    .bind(stable_id("test-campaign-year", "2019"))
    .bind(term_id("category", "E01"))
    .bind(division_id(YIWU, None))
    .bind(lead)
    .bind(now)
    .run(&mut tx)
    .await
    .expect("a problem");
    for (org, part) in [(Some(lead), "lead"), (supporting, "supporting")] {
        let Some(org) = org else { continue };
        sql("INSERT INTO problem_org (problem_id, org_id, part, since) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(org)
            .bind(part)
            .bind(now)
            .run(&mut tx)
            .await
            .expect("a part");
    }
    sql(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key) \
         SELECT DISTINCT a.ancestor_id, $1, 'assigned', $2, 0, $2, 0 FROM problem_org x \
         JOIN org_ancestor a ON a.descendant_id = x.org_id WHERE x.problem_id = $1",
    )
    .bind(id)
    .bind(now)
    .run(&mut tx)
    .await
    .expect("scopes");
    tx.commit().await.expect("committed");
    id
}

async fn seen_by(world: &World, problem: Uuid) -> Vec<Uuid> {
    let rows: Vec<(Uuid,)> = sql("SELECT scope_id FROM problem_scope WHERE problem_id = $1 ORDER BY scope_id")
        .bind(problem)
        .all(&world.app.db)
        .await
        .expect("rows");
    rows.into_iter().map(|(id,)| id).collect()
}

async fn parts(world: &World, problem: Uuid) -> Vec<(String, Uuid)> {
    sql("SELECT part, org_id FROM problem_org WHERE problem_id = $1 ORDER BY part, org_id")
        .bind(problem)
        .all(&world.app.db)
        .await
        .expect("rows")
}

fn sorted(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort();
    ids
}

on_both! {
    async fn an_organisation_is_entered_and_read(world: World) {
        let parent = seed::org("yiwu-government");
        let body = json!({ "name": "义乌市教育局", "public_name": "市教育局", "kind": "department", "division": YIWU,
            "parent_id": parent });
        let answer = world.post("/orgs").by("admin").json(body.clone()).send().await;
        let location = answer.headers["location"].clone();
        let org = answer.expect(201);
        assert_eq!(location, format!("/api/v1/orgs/{}", id_of(&org)));
        assert_eq!(org["level"], "county");
        assert_eq!(org["division"], json!({ "code": YIWU, "name": "义乌市", "full_name": "浙江省金华市义乌市" }));
        assert_eq!(org["parent"]["id"], json!(parent));
        assert_eq!(org["counts"], json!({ "people": 0, "organisations": 0 }));
        let read = world.get(&format!("/orgs/{}", id_of(&org))).by("handler").send().await.expect(200);
        assert_eq!(read, org);
        let again = world.post("/orgs").by("admin").json(body).send().await.expect(409);
        assert_eq!(again["existing_id"], org["id"]);
        let facts = find_ref(&world.app.db, id_of(&org)).await.expect("a read").expect("a row");
        assert_eq!((facts.name.as_str(), facts.ended), ("义乌市教育局", false));
        assert_eq!(crate::events::store::verify(&world.app.db, id_of(&org)).await.expect("a read"), None);
    }

    async fn organisations_are_listed_and_filtered(world: World) {
        let count = async |query: &str| {
            let page = world.get(&format!("/orgs?with_total=true&{query}")).by("officer").send().await.expect(200);
            page["total"].as_i64().expect("a total")
        };
        assert_eq!(count("").await, 10);
        assert_eq!(count("division=330782").await, 5);
        assert_eq!(count("division=330000").await, 10);
        assert_eq!(count("kind=government&kind=supervision_office").await, 4);
        assert_eq!(count("level=province").await, 3);
        assert_eq!(count(&format!("parent={}", seed::org("yiwu-government"))).await, 2);
        assert_eq!(count("q=%E8%B4%A2%E6%94%BF").await, 1);
        let first = world.get("/orgs?limit=4").by("auditor").send().await.expect(200);
        let cursor = first["next_cursor"].as_str().expect("more");
        let second = world.get(&format!("/orgs?limit=4&cursor={cursor}")).by("auditor").send().await.expect(200);
        assert_ne!(first["items"][3]["id"], second["items"][0]["id"]);
        world.get("/orgs").by("reporter").send().await.expect_error(403, "forbidden");
    }

    async fn every_fault_of_a_new_organisation_is_named(world: World) {
        let body = json!({ "name": "某局", "kind": "department", "division": "330521", "level": "county",
            "leading_body": "government" });
        let faults = world.post("/orgs").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/division unknown_reference", "/leading_body conflict"]);
        let body = json!({ "name": "某厅", "kind": "department", "division": YIWU, "level": "province",
            "parent_id": seed::org("deqing-government") });
        let faults = world.post("/orgs").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/level conflict", "/parent_id unknown_reference"]);
        let body = json!({ "name": "", "kind": "club", "colour": "red" });
        let faults = world.post("/orgs").by("admin").json(body).send().await.expect_error(422, "invalid");
        assert_eq!(faults.len(), 4, "{faults:?}");
        let body = json!({ "name": "某局", "kind": "department", "division": YIWU });
        world.post("/orgs").by("officer").json(body).send().await.expect_error(403, "forbidden");
    }

    async fn a_change_names_the_version_that_it_changes(world: World) {
        let path = format!("/orgs/{}", seed::org("yiwu-hr"));
        let patch = json!({ "public_name": "市人社局" });
        world.patch(&path).by("admin").json(patch.clone()).send().await
            .expect_error(428, "precondition_required");
        world.patch(&path).by("admin").at(&json!(9)).json(patch.clone()).send().await
            .expect_error(412, "precondition_failed");
        let changed = world.patch(&path).by("admin").at(&json!(1)).json(patch).send().await.expect(200);
        assert_eq!((&changed["public_name"], &changed["version"]), (&json!("市人社局"), &json!(2)));
        let emptied = world.patch(&path).by("admin").at(&json!(2)).json(json!({ "public_name": null })).send().await
            .expect(200);
        assert_eq!((&emptied["public_name"], &emptied["name"]), (&Value::Null, &changed["name"]));
        let faults = world.patch(&path).by("admin").at(&json!(3)).json(json!({ "name": null })).send().await
            .expect_error(422, "invalid");
        assert_eq!(faults, ["/name type"]);
    }

    async fn what_lies_outside_the_division_does_not_exist(world: World) {
        let foreign = seed::org("deqing-office");
        for path in [format!("/orgs/{foreign}"), format!("/orgs/{}", Uuid::nil()), "/orgs/x".to_owned()] {
            world.patch(&path).by("admin").at(&json!(1)).json(json!({ "name": "改名" })).send().await
                .expect_error(404, "not_found");
        }
        let end = world.post(&format!("/orgs/{foreign}/end")).by("admin").at(&json!(1));
        end.json(json!({ "reason": "撤销" })).send().await.expect_error(404, "not_found");
        // The province's administrator reaches it.
        let path = format!("/orgs/{foreign}");
        world.patch(&path).by("province-admin").at(&json!(1)).json(json!({ "name": "改名" })).send().await.expect(200);
    }

    async fn a_branch_moves_with_all_that_it_sees(world: World) {
        let bureau = seed::org("yiwu-hr");
        let office = new_org(&world, "义乌市就业服务中心").await;
        let top = json!({ "parent_id": bureau });
        world.patch(&format!("/orgs/{office}")).by("admin").at(&json!(1)).json(top).send().await.expect(200);
        let problem = problem(&world, "SFW-1", office, None).await;
        let government = seed::org("yiwu-government");
        assert_eq!(seen_by(&world, problem).await, sorted(vec![office, bureau, government]));
        // No organisation hangs on itself.
        let faults = world.patch(&format!("/orgs/{bureau}")).by("admin").at(&json!(1))
            .json(json!({ "parent_id": office })).send().await.expect_error(422, "invalid");
        assert_eq!(faults, ["/parent_id conflict"]);
        let other = seed::org("yiwu-office");
        let moved = world.patch(&format!("/orgs/{bureau}")).by("admin").at(&json!(1))
            .json(json!({ "parent_id": other })).send().await.expect(200);
        assert_eq!(moved["parent"]["id"], json!(other));
        assert_eq!(seen_by(&world, problem).await, sorted(vec![office, bureau, other]));
        let depths: Vec<(Uuid, i64)> =
            sql("SELECT ancestor_id, depth FROM org_ancestor WHERE descendant_id = $1 ORDER BY depth")
                .bind(office).all(&world.app.db).await.expect("rows");
        assert_eq!(depths, [(office, 0), (bureau, 1), (other, 2)]);
        let alone = world.patch(&format!("/orgs/{bureau}")).by("admin").at(&json!(2))
            .json(json!({ "parent_id": null })).send().await.expect(200);
        assert_eq!(alone["parent"], Value::Null);
        assert_eq!(seen_by(&world, problem).await, sorted(vec![office, bureau]));
    }

    async fn open_work_is_not_left_to_nobody(world: World) {
        let bureau = seed::org("yiwu-hr");
        let problem = problem(&world, "SFW-1", bureau, None).await;
        let path = format!("/orgs/{bureau}/end");
        let refused = world.post(&path).by("admin").at(&json!(1)).json(json!({ "reason": "机构改革" })).send().await
            .expect(409);
        assert_eq!(refused["code"], "has_open_work");
        assert_eq!(refused["open_work"]["leading"], 1);
        assert_eq!(version_of(&world, bureau).await, json!(1));
        assert_eq!(parts(&world, problem).await, [("lead".to_owned(), bureau)]);
        for (successor, fault) in [
            (seed::org("deqing-office"), "/successor_id unknown_reference"),
            (bureau, "/successor_id conflict"),
        ] {
            let body = json!({ "reason": "机构改革", "successor_id": successor });
            let faults = world.post(&path).by("admin").at(&json!(1)).json(body).send().await
                .expect_error(422, "invalid");
            assert_eq!(faults, [fault]);
        }
    }

    async fn the_successor_takes_the_open_work_along(world: World) {
        let (old, new) = (seed::org("yiwu-hr"), new_org(&world, "义乌市民生保障局").await);
        let below = new_org(&world, "义乌市就业服务中心").await;
        let under_old = json!({ "parent_id": old });
        world.patch(&format!("/orgs/{below}")).by("admin").at(&json!(1)).json(under_old).send().await.expect(200);
        let finance = seed::org("yiwu-finance");
        let led = problem(&world, "SFW-1", old, Some(new)).await;
        let supported = problem(&world, "SFW-2", finance, Some(old)).await;
        let closed = problem(&world, "SFW-3", old, None).await;
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE problem SET state = 'closed' WHERE id = $1").bind(closed).run(&mut tx).await.expect("closed");
        tx.commit().await.expect("committed");

        let body = json!({ "reason": "机构改革，职责整体划入", "successor_id": new });
        let ended = world.post(&format!("/orgs/{old}/end")).by("admin").at(&json!(1)).json(body.clone()).send().await
            .expect(200);
        assert_eq!(ended["successor"]["id"], json!(new));
        assert_eq!(ended["valid_to"], "2019-01-10");
        assert_eq!(ended["end_reason"], "机构改革，职责整体划入");
        let former = ("former_lead".to_owned(), old);
        assert_eq!(parts(&world, led).await, [former, ("lead".to_owned(), new)]);
        assert_eq!(
            parts(&world, supported).await,
            [("lead".to_owned(), finance), ("supporting".to_owned(), new)]
        );
        assert_eq!(parts(&world, closed).await, [("lead".to_owned(), old)]);
        let government = seed::org("yiwu-government");
        assert_eq!(seen_by(&world, led).await, sorted(vec![old, government, new]));
        assert_eq!(seen_by(&world, supported).await, sorted(vec![finance, government, new]));
        let (lead, version, seq): (Uuid, i64, i64) =
            sql("SELECT lead_org_id, version, event_seq FROM problem WHERE id = $1").bind(led)
                .one(&world.app.db).await.expect("a row");
        assert_eq!((lead, version, seq), (new, 2, 1));
        assert_eq!(crate::events::store::verify(&world.app.db, led).await.expect("a read"), None);
        let moved = world.get(&format!("/orgs/{below}")).by("officer").send().await.expect(200);
        assert_eq!(moved["parent"]["id"], json!(new));

        // Rights end with it, and at once.
        world.get("/orgs").by("handler").send().await.expect_error(401, "token_stale");
        let again = world.post(&format!("/orgs/{old}/end")).by("admin").at(&json!(2)).json(body).send().await;
        again.expect_error(409, "ended");
        let listed = world.get("/orgs?division=330782&with_total=true").by("officer").send().await.expect(200);
        assert_eq!(listed["total"], 6);
        let all = world.get("/orgs?division=330782&with_total=true&include_ended=true").by("officer").send().await;
        assert_eq!(all.expect(200)["total"], 7);
    }

    async fn the_last_administrator_does_not_end_with_an_organisation(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE membership SET ended_at = $1 WHERE role = 'admin' AND id <> $2")
            .bind(world.app.clock.now()).bind(seed::member("admin").membership).run(&mut tx).await.expect("ended");
        tx.commit().await.expect("committed");
        let office = seed::org("yiwu-office");
        let end = world.post(&format!("/orgs/{office}/end")).by("admin").at(&json!(1));
        end.json(json!({ "reason": "撤销" })).send().await.expect_error(409, "last_administrator");
        assert_eq!(version_of(&world, office).await, json!(1));
    }
}
