use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Code, FaultCode};
use crate::on_both;

on_both! {
    async fn the_document_is_served_once_to_who_keeps_it(world: World) {
        let ask = || world.call(actix_web::http::Method::GET, "/openapi.json");
        let answer = ask().send().await;
        let tag = answer.headers["etag"].clone();
        assert_eq!(answer.expect(200)["openapi"], Value::from("3.1.0"));
        let again = ask().header("If-None-Match", &tag).send().await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
    }

    async fn while_a_demo_starts_over_what_needs_its_database_is_503(world: World) {
        let ask = |path: &str| world.call(actix_web::http::Method::GET, path).by("officer").send();
        {
            let _starting = world.app.traffic.start_over();
            for path in ["/api/v1/problems", "/api/v1/public/problems", "/readyz"] {
                let refused = ask(path).await;
                assert_eq!(refused.headers["retry-after"], "5");
                assert_eq!(refused.json()["reason"], "starting_over");
                refused.expect_error(503, "unavailable");
            }
            for path in ["/healthz", "/openapi.json", "/api/v1/meta/errors"] {
                ask(path).await.expect(200);
            }
        }
        for path in ["/api/v1/problems", "/readyz"] {
            ask(path).await.expect(200);
        }
    }

    async fn what_is_not_there_is_a_problem_document(world: World) {
        let answer = world.get("/nothing").send().await;
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        answer.expect_error(404, "not_found");
    }

    async fn every_error_has_an_entry_and_a_page_in_both_languages(world: World) {
        let catalogue = world.get("/meta/errors").send().await.expect(200);
        assert_eq!(catalogue["errors"].as_array().expect("errors").len(), Code::ALL.len());
        assert_eq!(catalogue["faults"].as_array().expect("faults").len(), FaultCode::ALL.len());
        for entry in catalogue["errors"].as_array().expect("errors") {
            let path = format!("/errors/{}", entry["code"].as_str().expect("a code"));
            let zh = world.call(actix_web::http::Method::GET, &path).send().await;
            assert!(zh.headers["vary"].contains("Accept"));
            assert_eq!(&zh.expect(200), entry);
            let call = world.call(actix_web::http::Method::GET, &path);
            let html = call.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8").header("Accept-Language", "en").send().await;
            assert_eq!((html.status, html.headers["content-type"].as_str()), (200, "text/html; charset=utf-8"));
            let text = String::from_utf8(html.bytes.to_vec()).expect("UTF-8");
            assert!(text.contains("<html lang=\"en\">") && text.contains(entry["code"].as_str().expect("a code")), "{text}");
        }
    }

    async fn an_error_page_is_json_unless_a_page_is_wanted_and_404_for_what_is_no_code(world: World) {
        let page = |accept: &'static str| world.call(actix_web::http::Method::GET, "/errors/invalid").header("Accept", accept);
        for (accept, expected) in [
            ("*/*", "application/json"),
            ("application/json, text/html;q=0.9", "application/json"),
            ("text/html;q=0, */*", "application/json"),
            ("text/html, application/json", "text/html; charset=utf-8"),
        ] {
            assert_eq!(page(accept).send().await.headers["content-type"], expected, "{accept}");
        }
        for accept in ["image/png", "text/html;q=0"] {
            page(accept).send().await.expect_error(406, "not_acceptable");
        }
        for path in ["/errors/nothing", "/errors/%3Cscript%3E"] {
            world.call(actix_web::http::Method::GET, path).send().await.expect_error(404, "not_found");
        }
    }

    async fn everyone_sees_who_may_do_what_and_what_is_his(world: World) {
        world.get("/meta/permissions").send().await.expect_error(401, "token_missing");
        let table = world.get("/meta/permissions").by("officer").send().await.expect(200);
        let find = |name: &str| {
            let all = table["permissions"].as_array().expect("permissions");
            all.iter().find(|entry| entry["permission"] == name).expect("a permission").clone()
        };
        let record = find("RecordProblem");
        assert_eq!((&record["mine"], &record["scope"]), (&json!(true), &json!("problems:write")));
        assert!(record["operations"].as_array().expect("operations").contains(&json!("create_problem")));
        assert!(record["roles"].as_array().expect("roles").contains(&json!({ "role": "officer", "label": "服务专员、走访干部" })));
        assert_eq!(find("ManageDirectory")["mine"], json!(false));
        assert!(table["open_operations"].as_array().expect("operations").contains(&json!("list_errors")));
    }
}

/// A code that nothing answers is a promise that nobody keeps: delete its line in the catalogue, or use it.
#[test]
fn every_error_and_every_fault_is_used() {
    let mut code = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    let used = |word: &str| {
        code.match_indices(word).any(|(at, found)| {
            let (before, after) = (
                code.as_bytes().get(at.wrapping_sub(1)),
                code.as_bytes().get(at + found.len()),
            );
            let is_part_of_a_name =
                |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            !is_part_of_a_name(before) && !is_part_of_a_name(after)
        })
    };
    let errors = Code::ALL.iter().map(|code| format!("Code::{code:?}"));
    let faults = FaultCode::ALL.iter().map(|code| format!("FaultCode::{code:?}"));
    let unused: Vec<String> = errors.chain(faults).filter(|word| !used(word)).collect();
    assert!(
        unused.is_empty(),
        "in the catalogue of src/error.rs and used nowhere: {unused:?}"
    );
}

/// All code but tests and what only lists the codes: the document and the pages about them.
fn read(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let lists_only = path.ends_with("openapi.rs") || path.ends_with("meta/errors.rs");
        if path.is_dir() && name != "tests" && name != "test_support" {
            read(&path, code);
        } else if name.ends_with(".rs") && name != "tests.rs" && !lists_only {
            code.push_str(&std::fs::read_to_string(&path).expect("a file"));
        }
    }
}
