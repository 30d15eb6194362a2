//! Credit codes and industries, through the API.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::on_both;
use crate::service_objects::uscc::Uscc;

on_both! {
    async fn codes_that_common_libraries_refuse_are_taken(world: World) {
        for code in ["913301000000000170", "N2330102MF1234567T", "91350100M000100Y43"] {
            let object = enter(&world, "officer", enterprise_with(code)).await;
            assert_eq!(object["enterprise"]["uscc"], code);
        }
        let mut registrars = Vec::new();
        for first_17 in ["A1330102MF1234567", "Y1330102MF1234567", "51330102MF1234567"] {
            registrars.push(Uscc::complete(first_17).expect("a code").to_string());
        }
        for code in registrars {
            enter(&world, "officer", enterprise_with(&code.to_lowercase())).await;
        }
    }

    async fn a_wrong_code_is_refused_and_what_would_be_right_is_said(world: World) {
        for (code, word) in [("91350100M000100Y44", "3"), ("B1350100M000100Y43", "第1位"), ("9135", "18")] {
            let body = world
                .post("/service-objects").by("officer").json(enterprise_with(code)).send().await
                .expect(422);
            assert_eq!(body["errors"][0]["pointer"], "/enterprise/uscc");
            assert_eq!(body["errors"][0]["code"], "credit_code");
            assert!(body["errors"][0]["detail"].as_str().expect("words").contains(word), "{body}");
        }
    }

    async fn a_code_that_was_issued_wrong_is_kept_with_a_reason_only(world: World) {
        let mut body = enterprise_with("91350211M0000XUF46");
        body["enterprise"]["uscc_unverified"] = json!(true);
        let post = |body: Value| world.post("/service-objects").by("officer").json(body).send();
        assert_eq!(
            post(body.clone()).await.expect_error(422, "invalid"),
            ["/enterprise/uscc_unverified_reason required"]
        );
        body["enterprise"]["uscc_unverified_reason"] = json!("营业执照原件如此");
        let object = post(body.clone()).await.expect(201);
        assert_eq!(object["enterprise"]["uscc_unverified"], true);
        body["enterprise"]["uscc"] = json!("91350100M000100Y43");
        assert_eq!(
            post(body.clone()).await.expect_error(422, "invalid"),
            ["/enterprise/uscc_unverified conflict"]
        );
        body["enterprise"]["uscc"] = Value::Null;
        assert_eq!(post(body.clone()).await.expect_error(422, "invalid"), ["/enterprise/uscc required"]);
        body["enterprise"]["uscc"] = json!("9135010OM000100Y43");
        assert_eq!(post(body).await.expect_error(422, "invalid"), ["/enterprise/uscc credit_code"]);
    }

    async fn a_code_is_entered_once_and_named_only_to_who_may_see_it(world: World) {
        let first = enter(&world, "officer", enterprise_with("91330782631706691D")).await;
        let again = |who: &'static str, division: &str| {
            let mut body = enterprise_with("91330782631706691D");
            body["division"] = json!(division);
            world.post("/service-objects").by(who).json(body).send()
        };
        let seen = again("officer2", "330782").await.expect(409);
        assert_eq!((&seen["code"], &seen["existing_id"]), (&json!("duplicate"), &first["id"]));
        let unseen = again("deqing-officer", "330521").await.expect(409);
        assert_eq!((&unseen["code"], unseen.get("existing_id")), (&json!("duplicate"), None));
        // Nor may another enterprise take it later.
        let other = enter(&world, "officer", enterprise("另一家", "330782")).await;
        let patch = json!({ "enterprise": { "uscc": "91330782631706691D" } });
        world.patch(&path_of(&other)).by("officer").at(&json!(1)).json(patch).send().await
            .expect_error(409, "duplicate");
    }

    async fn a_division_belongs_to_its_section(world: World) {
        let with = |section: Value, division: Value| {
            let mut body = enterprise("示例", "330782");
            body["enterprise"] = json!({ "industry_section": section, "industry_division": division });
            world.post("/service-objects").by("officer").json(body).send()
        };
        assert_eq!(
            with(json!("C"), json!("51")).await.expect_error(422, "invalid"),
            ["/enterprise/industry_division section_mismatch"]
        );
        with(json!("Z"), json!("98")).await.expect_error(422, "invalid");
        let object = with(Value::Null, json!("17")).await.expect(201);
        assert_eq!(object["enterprise"]["industry_section"], "C");
        // A new division brings its section along.
        let patch = json!({ "enterprise": { "industry_division": "51" } });
        let object = world.patch(&path_of(&object)).by("officer").at(&json!(1)).json(patch).send().await.expect(200);
        assert_eq!(object["enterprise"]["industry_section"], "F");
    }

    async fn any_code_is_answered_by_the_rule(world: World) {
        // Codes drawn from the alphabet, right and wrong; the API agrees with the rule, and never fails.
        let strategy = ("[159ANYB][1-4][0-9A-HJ-NPQRTUWXY]{15}", proptest::bool::ANY, "[0-9A-Z]");
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        for _ in 0..24 {
            let (first_17, right, last) = strategy.new_tree(&mut runner).expect("a value").current();
            let code = match Uscc::complete(&first_17) {
                Ok(code) if right => code.to_string(),
                _ => format!("{first_17}{last}"),
            };
            let answer = world.post("/service-objects").by("officer").json(enterprise_with(&code)).send().await;
            assert_eq!(answer.status, if Uscc::parse(&code).is_ok() { 201 } else { 422 }, "{code}");
        }
    }
}
