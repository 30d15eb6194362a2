//! The calendar as a resource.

use serde_json::{Value, json};

use crate::directory::stable_id::stable_id;
use crate::on_both;
use crate::test_support::World;

fn notice() -> Value {
    json!({
        "year": 2027, "document_no": "国办发明电〔2026〕7号", "published_on": "2019-01-10",
        "days_off": ["2026-12-31", "2027-01-01", "2027-01-02"], "make_up_days": ["2027-01-03"],
    })
}

async fn give(world: &World, body: Value) -> crate::test_support::world::Answer {
    world
        .post("/calendar/years")
        .by("province-admin")
        .json(body)
        .send()
        .await
}

on_both! {
    async fn the_years_and_days_are_read_by_everyone(world: World) {
        let first = world.get("/calendar/years?limit=20&with_total=true").by("reporter").send().await.expect(200);
        assert_eq!((first["items"][0]["year"].as_i64(), first["total"].as_i64()), (Some(2004), Some(23)));
        let rest = format!("/calendar/years?limit=20&cursor={}", first["next_cursor"].as_str().unwrap());
        let rest = world.get(&rest).by("reporter").send().await.expect(200);
        let years: Vec<_> = rest["items"].as_array().unwrap().iter().map(|year| year["year"].as_i64().unwrap()).collect();
        assert_eq!((years, &rest["next_cursor"]), (vec![2024, 2025, 2026], &Value::Null));
        let year = world.get("/calendar/years/2019").by("officer").send().await.expect(200);
        assert_eq!((year["working_days"].as_i64(), year["version"].as_i64(), year["calendar_version"].as_str()), (Some(250), Some(1), Some("2026.1")));
        assert!(year["make_up_days"].as_array().unwrap().contains(&json!("2019-02-02")));
        world.get("/calendar/years/2027").by("officer").send().await.expect_error(404, "not_found");
        world.get("/calendar/years/next").by("officer").send().await.expect_error(404, "not_found");
        let days = world.get("/calendar/days?from=2026-12-30&to=2027-01-02").by("officer").send().await.expect(200);
        let day = |date: &str, working: bool, known: bool| json!({ "date": date, "working": working, "known": known });
        assert_eq!(days["days"], json!([
            day("2026-12-30", true, false), day("2026-12-31", true, false), day("2027-01-01", true, false), day("2027-01-02", false, false),
        ]));
        assert_eq!(days["working_days"], 3);
        let span = |to: &'static str| world.get(&format!("/calendar/days?from=2019-01-01&to={to}")).by("officer").send();
        assert_eq!(span("2020-02-04").await.expect(200)["days"].as_array().unwrap().len(), 400);
        assert_eq!(span("2020-02-05").await.expect_error(422, "invalid"), ["?to not_within"]);
        assert_eq!(span("2018-12-31").await.expect_error(422, "invalid"), ["?to not_within"]);
    }

    async fn a_year_that_is_given_counts_at_once_and_once(world: World) {
        world.post("/calendar/years").by("admin").json(notice()).send().await.expect_error(403, "forbidden");
        world.post("/calendar/years").by("officer").json(notice()).send().await.expect_error(403, "forbidden");
        let given = give(&world, notice()).await;
        assert_eq!(given.headers["location"], "/api/v1/calendar/years/2027");
        let given = given.expect(201);
        assert_eq!((given["calendar_version"].as_str(), given["version"].as_i64()), (Some("2027.1"), Some(1)));
        assert_eq!(world.app.calendar().version(), "2027.1", "the replica that wrote it knows it at once");
        let days = world.get("/calendar/days?from=2026-12-31&to=2027-01-03").by("officer").send().await.expect(200);
        let working: Vec<_> = days["days"].as_array().unwrap().iter().map(|day| day["working"].as_bool().unwrap()).collect();
        assert_eq!(working, [false, false, false, true]);
        // Another replica learns it when it looks again.
        let other = world.with_settings(|_| ()).await;
        assert_eq!(other.app.calendar().version(), "2026.1");
        other.app.current_calendar.refresh(&other.app.db).await.unwrap();
        assert_eq!(*other.app.calendar(), *world.app.calendar());
        give(&world, notice()).await.expect_error(409, "duplicate");
        let types = world.event_types(stable_id("calendar_year", "2027")).await;
        assert_eq!(types, ["calendar.year_given"]);
    }

    async fn the_same_year_given_twice_at_once_is_given_once(world: World) {
        let (one, other) = futures_util::join!(give(&world, notice()), give(&world, notice()));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(world.app.calendar().version(), "2027.1");
    }

    async fn a_year_is_corrected_by_who_read_it(world: World) {
        give(&world, notice()).await.expect(201);
        let patch = json!({ "days_off": ["2027-01-01"], "make_up_days": [] });
        let call = |who: &str, version: i64, year: &str| {
            world.patch(&format!("/calendar/years/{year}")).by(who).at(&json!(version)).json(patch.clone()).send()
        };
        world.patch("/calendar/years/2027").by("province-admin").json(patch.clone()).send().await.expect_error(428, "precondition_required");
        call("province-admin", 2, "2027").await.expect_error(412, "precondition_failed");
        call("province-admin", 1, "2028").await.expect_error(404, "not_found");
        call("admin", 1, "2027").await.expect_error(403, "forbidden");
        let corrected = call("province-admin", 1, "2027").await.expect(200);
        assert_eq!((corrected["calendar_version"].as_str(), corrected["version"].as_i64()), (Some("2027.2"), Some(2)));
        assert_eq!((&corrected["days_off"], &corrected["document_no"]), (&json!(["2027-01-01"]), &json!("国办发明电〔2026〕7号")));
        // One that ships is corrected likewise; the calendar's version counts on.
        let made_up = json!({ "make_up_days": [] });
        let shipped = world.patch("/calendar/years/2019").by("province-admin").at(&json!(1)).json(made_up).send().await.expect(200);
        assert_eq!((shipped["calendar_version"].as_str(), shipped["version"].as_i64()), (Some("2027.3"), Some(2)));
        let days = world.get("/calendar/days?from=2019-02-02&to=2019-02-03").by("officer").send().await.expect(200);
        assert_eq!(days["working_days"], 0);
        let read = world.get("/calendar/years/2019").by("officer").send().await.expect(200);
        assert_eq!(read, shipped);
    }

    async fn every_fault_of_a_notice_is_named_at_once(world: World) {
        let bad = json!({
            "year": 2028, "document_no": "x", "published_on": "2019-01-11",
            "days_off": ["2027-12-23", "2027-12-24", "2028-01-01", "2028-01-01"], "make_up_days": ["2028-01-03", "2028-01-01", "2029-01-01"],
        });
        let faults = give(&world, bad).await.expect_error(422, "invalid");
        assert_eq!(faults, [
            "/year not_within", "/published_on not_within", "/days_off/0 not_within", "/days_off/3 repeated",
            "/make_up_days/0 make_up_on_weekday", "/make_up_days/1 conflict", "/make_up_days/2 not_within",
        ]);
        let mut shape = notice();
        shape["days_off"] = json!(["2027-02-30"]);
        shape["year"] = json!("2027");
        assert_eq!(give(&world, shape).await.expect(422)["errors"].as_array().unwrap().len(), 2);
        let given: Vec<(i64,)> = crate::db::sql("SELECT year FROM calendar_year").all(&world.app.db).await.unwrap();
        assert_eq!(given, []);
    }
}
