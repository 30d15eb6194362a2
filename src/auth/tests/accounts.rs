//! Accounts that an administrator keeps, and the first of them all.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{PASSWORD, add_membership, give_passwords, me, refresh, sign_in, try_sign_in};
use crate::auth::accounts::{FirstAdministratorError, first_administrator};
use crate::db::sql;
use crate::events::store::verify;
use crate::on_both;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

async fn act(world: &World, admin: &str, who: &str, action: &str, version: Option<i64>) -> Answer {
    let mut call = world
        .post(&format!("/people/{}/{action}", seed::member(who).person))
        .by(admin);
    if let Some(version) = version {
        call = call.at(&json!(version));
    }
    match action {
        "disable" => call.json(json!({ "reason": "调离岗位" })).send().await,
        "reset-code" => call.json(json!({ "username": "somebody" })).send().await,
        _ => call.send().await,
    }
}

async fn without_administrators(world: &World) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("UPDATE membership SET ended_at = $1 WHERE role = 'admin'")
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("an update");
    tx.commit().await.expect("a commit");
}

on_both! {
    async fn a_disabled_person_is_out_at_once_and_comes_back_anew(world: World) {
        give_passwords(&world, &["officer"]).await;
        let session = sign_in(&world, "officer").await;
        let disabled = act(&world, "admin", "officer", "disable", Some(1)).await.expect(200);
        assert_eq!((&disabled["active"], &disabled["version"], &disabled["rights"]), (&json!(false), &json!(2), &json!(2)));
        assert_eq!(disabled["disabled_at"], json!(world.app.clock.now()));
        me(&world, &session).await.expect_error(401, "token_stale");
        refresh(&world, &session).await.expect_error(400, "invalid_grant");
        try_sign_in(&world, "officer", PASSWORD, json!({})).await.expect_error(400, "invalid_grant");
        let again = act(&world, "admin", "officer", "disable", Some(2)).await;
        assert_eq!(again.json()["allowed"], json!(["enable"]));
        again.expect_error(409, "transition_not_allowed");
        let enabled = act(&world, "admin", "officer", "enable", Some(2)).await.expect(200);
        assert_eq!((&enabled["active"], &enabled["disabled_at"], &enabled["rights"]), (&json!(true), &Value::Null, &json!(3)));
        act(&world, "admin", "officer", "enable", Some(3)).await.expect_error(409, "transition_not_allowed");
        refresh(&world, &session).await.expect_error(400, "invalid_grant");
        me(&world, &sign_in(&world, "officer").await).await.expect(200);
        assert_eq!(verify(&world.app.db, seed::member("officer").person).await.expect("a chain"), None);
        let reasons: Vec<(String,)> = sql("SELECT text FROM event_text").all(&world.app.db).await.expect("rows");
        assert_eq!(reasons, [("调离岗位".to_owned(),)]);
    }

    async fn disabling_wants_the_version_that_was_read(world: World) {
        act(&world, "admin", "officer", "disable", None).await.expect_error(428, "precondition_required");
        act(&world, "admin", "officer", "disable", Some(7)).await.expect_error(412, "precondition_failed");
        act(&world, "admin", "admin", "disable", Some(1)).await.expect_error(409, "transition_not_allowed");
        let call = world.post(&format!("/people/{}/disable", seed::member("officer").person)).by("admin");
        assert_eq!(call.json(json!({})).send().await.expect_error(422, "invalid"), ["/reason required"]);
    }

    async fn an_administrator_reaches_the_people_of_his_divisions_only(world: World) {
        for action in ["disable", "enable", "reset-code"] {
            act(&world, "deqing-admin", "officer", action, Some(1)).await.expect_error(404, "not_found");
            act(&world, "admin", "province-leader", action, Some(1)).await.expect_error(404, "not_found");
            act(&world, "officer", "handler", action, Some(1)).await.expect_error(403, "forbidden");
        }
        act(&world, "province-admin", "officer", "reset-code", None).await.expect(200);
        // One who also works for the province is out of the county's reach.
        let further = add_membership(&world, "handler", "leader", "province-government", "330000", None).await;
        act(&world, "admin", "handler", "reset-code", None).await.expect_error(404, "not_found");
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE membership SET valid_to = $2 WHERE id = $1")
            .bind(further)
            .bind(world.app.clock.now())
            .run(&mut tx)
            .await
            .expect("an update");
        tx.commit().await.expect("a commit");
        act(&world, "admin", "handler", "disable", Some(1)).await.expect(200);
        // A person outside the administration is reached by his memberships.
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE person SET org_id = NULL WHERE id = $1")
            .bind(seed::member("reporter").person)
            .run(&mut tx)
            .await
            .expect("an update");
        tx.commit().await.expect("a commit");
        act(&world, "deqing-admin", "reporter", "disable", Some(1)).await.expect_error(404, "not_found");
        act(&world, "admin", "reporter", "disable", Some(1)).await.expect(200);
    }

    async fn the_first_administrator_is_made_where_there_is_none(world: World) {
        assert_eq!(first_administrator(&world.app).await.expect("nothing to do"), None);
        without_administrators(&world).await;
        let both = futures_util::future::join(first_administrator(&world.app), first_administrator(&world.app)).await;
        let passwords: Vec<String> = [both.0, both.1].into_iter().filter_map(|made| made.expect("made")).collect();
        assert_eq!(passwords.len(), 1, "replicas that start together make one");
        let answer = try_sign_in(&world, "admin", &passwords[0], json!({})).await.expect(200);
        assert_eq!(answer["must_change_password"], true);
        assert_eq!(answer["membership"]["role"], "admin");
        assert_eq!(answer["membership"]["division"]["code"], "330000");
        assert_eq!(answer["membership"]["org"]["name"], "系统管理");
        assert_eq!(first_administrator(&world.app).await.expect("nothing to do"), None);
    }

    async fn an_administrator_whose_time_is_over_is_none(world: World) {
        let mut tx = world.app.db.begin().await.expect("a transaction");
        sql("UPDATE membership SET valid_to = $1 WHERE role = 'admin'")
            .bind(world.app.clock.now())
            .run(&mut tx)
            .await
            .expect("an update");
        tx.commit().await.expect("a commit");
        assert!(first_administrator(&world.app).await.expect("made").is_some());
        assert_eq!(first_administrator(&world.app).await.expect("nothing to do"), None);
    }

    async fn a_configured_first_administrator_has_the_configured_password(world: World) {
        without_administrators(&world).await;
        let with = |password: &str, username: &str| {
            let mut settings = world.app.settings.clone();
            settings.admin_password = Some(SecretString::from(password));
            settings.admin_username = username.to_owned();
            let app = &world.app;
            crate::app::App::new(settings, app.db.clone(), crate::test_support::world::keys(), app.clock.clone(),
                app.real_clock.clone(), app.ids.clone()).expect("an application")
        };
        give_passwords(&world, &["officer"]).await;
        let weak = first_administrator(&with("admin", "root")).await;
        assert!(matches!(weak, Err(FirstAdministratorError::Weak)));
        for name in ["officer", "no name"] {
            let taken = first_administrator(&with(PASSWORD, name)).await;
            assert!(matches!(taken, Err(FirstAdministratorError::Username(_))), "{name}");
        }
        assert_eq!(first_administrator(&with(PASSWORD, "root")).await.expect("made"), None);
        let answer = try_sign_in(&world, "root", PASSWORD, json!({})).await.expect(200);
        assert_eq!(answer["must_change_password"], false);
    }
}
