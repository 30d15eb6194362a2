//! The gate, before operations made for it: one that echoes its body and query, one that panics, one that fails.

use actix_web::body::MessageBody as _;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Settings;
use crate::db::DbError;
use crate::error::{ApiError, ApiResult};
use crate::http::gate::{self, BODY_LIMIT, ParsedBody, ParsedQuery};
use crate::http::operations::Operations;
use crate::on_both;
use crate::test_support::{Kind, World, world};

fn document() -> Value {
    let answers = json!({ "200": { "description": "", "content": { "application/json": {} } } });
    let body = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 10 },
            "kind": { "type": ["string", "null"], "enum": ["a", "b", null] },
            "count": { "type": "integer", "minimum": 0 },
            "at": { "type": "string", "format": "date-time" },
            "inner": { "$ref": "#/components/schemas/Inner" },
        },
    });
    let query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    json!({
        "paths": {
            "/echo": {
                "post": {
                    "operationId": "echo",
                    "parameters": [
                        query("n", json!({ "type": "integer", "maximum": 9 })),
                        query("state", json!({ "type": "array", "items": { "type": "string", "enum": ["x", "y"] } })),
                    ],
                    "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
                    "responses": answers,
                },
                "get": { "operationId": "read_echo", "responses": answers },
            },
            "/panic": { "get": { "operationId": "panic", "responses": answers } },
            "/fail": { "get": { "operationId": "fail", "responses": answers } },
        },
        "components": { "schemas": { "Inner": {
            "type": "object", "properties": { "word": { "type": "string" }, "list": { "type": "array", "maxItems": 1 } },
            "additionalProperties": false,
        } } },
    })
}

async fn echo(body: web::ReqData<ParsedBody>, query: web::ReqData<ParsedQuery>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "body": body.0, "query": query.0 }))
}

async fn panic() -> HttpResponse {
    panic!("on purpose")
}

async fn fail() -> ApiResult<HttpResponse> {
    Err(ApiError::from(DbError::StorageFull(sqlx::Error::WorkerCrashed)))
}

/// An answer: status, headers, JSON body.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    #[track_caller]
    fn faults(&self, status: u16, code: &str) -> Vec<String> {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
        assert_eq!(
            self.headers.get("content-type").expect("a type"),
            "application/problem+json"
        );
        let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        let faults = self.body["errors"].as_array().expect("a list");
        faults
            .iter()
            .map(|fault| format!("{} {}", text(fault, "pointer"), text(fault, "code")))
            .collect()
    }
}

/// Sends a request through a gate with these operations behind it.
async fn send(world: &World, request: TestRequest) -> Answer {
    let settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    let (clock, real) = (world.app.clock.clone(), Clock::frozen(world.app.real_clock.now()));
    let ids = world.app.ids.clone();
    let mut app = App::new(settings, world.app.db.clone(), world::keys(), clock, real, ids).expect("an application");
    app.operations = Operations::compile(&document()).expect("a document").into();
    let service = actix_web::App::new()
        .app_data(web::Data::new(app))
        .route("/echo", web::post().to(echo))
        .route("/echo", web::get().to(HttpResponse::Ok))
        .route("/panic", web::get().to(panic))
        .route("/fail", web::get().to(fail))
        .wrap(from_fn(gate::gate));
    let service = init_service(service).await;
    let response = match try_call_service(&service, request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        // What the server itself does with an error.
        Err(error) => HttpResponse::from_error(error),
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = actix_web::body::to_bytes(response.into_body().boxed())
        .await
        .unwrap_or_default();
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

fn post(body: impl Into<web::Bytes>) -> TestRequest {
    TestRequest::post()
        .uri("/echo")
        .insert_header(("content-type", "application/json"))
        .set_payload(body)
}

fn run<F: Future<Output = ()>>(test: impl FnOnce(World) -> F) {
    World::run(Kind::Sqlite, test);
}

#[actix_web::test]
async fn the_gates_own_document_compiles() {
    assert_eq!(Operations::compile(&document()).expect("a document").all().len(), 4);
}

#[test]
fn what_fits_the_document_reaches_the_handler() {
    run(async |world| {
        let request = post(r#"{"name": "文文", "kind": null}"#).uri("/echo?n=3&state=x&state=y");
        let answer = send(&world, request).await;
        let expected = json!({ "body": { "name": "文文", "kind": null }, "query": { "n": 3, "state": ["x", "y"] } });
        assert_eq!((answer.status, answer.body), (200, expected));
    });
}

#[test]
fn every_fault_of_a_body_and_a_query_is_named_at_once() {
    run(async |world| {
        let body =
            r#"{"kind": "c", "count": -1, "at": "yesterday", "oops/~": 1, "inner": {"word": 5, "list": [1, 2]}}"#;
        let answer = send(&world, post(body).uri("/echo?n=10&state=z")).await;
        let mut faults = answer.faults(422, "invalid");
        faults.sort();
        let expected = [
            "/at format",
            "/count out_of_range",
            "/inner/list too_long",
            "/inner/word type",
            "/kind enum",
            "/name required",
            "/oops~1~0 unknown_field",
            "?n out_of_range",
            "?state enum",
        ];
        assert_eq!(faults, expected);
        assert_eq!(
            send(&world, post(r#"{"name": "a\u0000b"}"#))
                .await
                .faults(422, "invalid"),
            ["/name nul_character"]
        );
        assert_eq!(send(&world, post("[]")).await.faults(422, "invalid"), [" type"]);
    });
}

#[test]
fn what_is_no_json_is_malformed() {
    run(async |world| {
        let deep = format!("{{\"name\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        let bodies = [
            "",
            "{\"name\": \"ab\"",
            "{\"name\": \"ab\"} x",
            "{\"name\": \"ab\", \"name\": \"cd\"}",
            &deep,
        ];
        for body in bodies.into_iter().chain([r#"{"name": "\ud800b"}"#]) {
            send(&world, post(body.to_owned())).await.faults(400, "malformed");
        }
        send(&world, post(&b"{\"name\": \"\xff\xff\"}"[..]))
            .await
            .faults(400, "malformed");
    });
}

#[test]
fn a_body_over_the_limit_is_refused_whether_it_says_so_or_not() {
    run(async |world| {
        let said = post("{}").insert_header(("content-length", (BODY_LIMIT + 1).to_string()));
        let answer = send(&world, said).await;
        answer.faults(413, "payload_too_large");
        assert_eq!(answer.body["limit_bytes"], BODY_LIMIT);
        // In chunks, no length is said.
        send(&world, post("x".repeat(BODY_LIMIT + 1)))
            .await
            .faults(413, "payload_too_large");
        send(&world, post("x".repeat(BODY_LIMIT)))
            .await
            .faults(400, "malformed");
    });
}

#[test]
fn media_types_are_looked_at_in_both_directions() {
    run(async |world| {
        let typed = |media_type: &str| post(r#"{"name": "ab"}"#).insert_header(("content-type", media_type.to_owned()));
        for wrong in [
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "json",
            "",
        ] {
            let answer = send(&world, typed(wrong)).await;
            answer.faults(415, "unsupported_media_type");
            assert_eq!(answer.body["accepted"], json!(["application/json"]));
        }
        assert_eq!(send(&world, typed("Application/JSON; charset=utf-8")).await.status, 200);
        let coded = |name: &'static str, value: &'static str| post(r#"{"name": "ab"}"#).insert_header((name, value));
        for coded in [
            coded("content-encoding", "gzip"),
            coded("content-type", "application/json; charset=gbk"),
        ] {
            send(&world, coded).await.faults(415, "unsupported_media_type");
        }
        assert_eq!(send(&world, coded("content-encoding", "identity")).await.status, 200);
        let wanting = |accept: &str| post(r#"{"name": "ab"}"#).insert_header(("accept", accept.to_owned()));
        send(&world, wanting("text/html, image/*;q=0.8"))
            .await
            .faults(406, "not_acceptable");
        send(&world, wanting("application/json;q=0"))
            .await
            .faults(406, "not_acceptable");
        for fine in ["*/*", "application/*", "text/html, application/json;q=0.1", ""] {
            assert_eq!(send(&world, wanting(fine)).await.status, 200, "{fine}");
        }
    });
}

#[test]
fn unknown_and_repeated_parameters_are_malformed() {
    run(async |world| {
        let with = async |query: &str| send(&world, post(r#"{"name": "ab"}"#).uri(&format!("/echo?{query}"))).await;
        assert_eq!(
            with("m=1&n=1&n=2").await.faults(400, "malformed"),
            ["?m unknown_parameter", "?n repeated"]
        );
        assert_eq!(with("n=three").await.faults(422, "invalid"), ["?n type"]);
        assert_eq!(with("state=%00").await.faults(422, "invalid"), ["?state nul_character"]);
        assert_eq!(with("%6E=3").await.status, 200);
    });
}

#[test]
fn malformed_headers_are_named() {
    run(async |world| {
        let request = post(r#"{"name": "ab"}"#)
            .insert_header(("if-match", "seven"))
            .insert_header(("idempotency-key", "\"open"));
        assert_eq!(
            send(&world, request).await.faults(400, "malformed"),
            ["If-Match header", "Idempotency-Key header"]
        );
    });
}

#[test]
fn a_wrong_method_is_told_which_there_are() {
    run(async |world| {
        let of = async |method: Method| send(&world, TestRequest::with_uri("/echo").method(method)).await;
        let wrong = of(Method::DELETE).await;
        wrong.faults(405, "method_not_allowed");
        assert_eq!(wrong.headers.get("allow").expect("Allow"), "POST, GET, HEAD, OPTIONS");
        let options = of(Method::OPTIONS).await;
        assert_eq!(options.status, 204);
        assert_eq!(options.headers.get("allow").expect("Allow"), "POST, GET, HEAD, OPTIONS");
        of(Method::from_bytes(b"BREW").expect("a token"))
            .await
            .faults(405, "method_not_allowed");
    });
}

#[test]
fn a_panic_is_a_500_that_tells_nothing() {
    run(async |world| {
        let answer = send(
            &world,
            TestRequest::with_uri("/panic").insert_header(("x-request-id", "abc-1")),
        )
        .await;
        answer.faults(500, "internal");
        assert_eq!(answer.body["request_id"], "abc-1");
        assert_eq!(answer.headers.get("x-request-id").expect("an id"), "abc-1");
        assert!(!answer.body.to_string().contains("on purpose"));
        assert_eq!(world.app.traffic.in_flight(), 0);
    });
}

#[test]
fn a_full_disk_is_503_with_the_time_to_wait() {
    run(async |world| {
        let answer = send(&world, TestRequest::with_uri("/fail")).await;
        answer.faults(503, "storage_full");
        assert_eq!(answer.headers.get("retry-after").expect("a time"), "5");
    });
}

on_both! {
    async fn head_is_get_without_its_body_and_every_answer_has_its_headers(world: World) {
        let of = async |method| world.call(method, "/healthz").header("X-Request-Id", "not plain!").send().await;
        let (get, head) = (of(Method::GET).await, of(Method::HEAD).await);
        assert_eq!((get.status, head.status), (200, 200));
        for name in ["vary", "cache-control", "content-language", "x-content-type-options"] {
            assert_eq!(get.headers.get(name), head.headers.get(name), "{name}");
            assert!(get.headers.contains_key(name), "{name}");
        }
        assert_ne!(get.headers["x-request-id"], "not plain!");
        assert_eq!(get.json()["status"], "alive");
    }

    async fn what_takes_no_body_refuses_one_that_says_something(world: World) {
        let urged = world.post("/visits/0168073d-ec00-7a53-a4f4-cb0ef64bf6f0/start").by("officer");
        let answer = urged.header("If-Match", "\"1\"").json(json!({ "zz_unknown": 1 })).send().await;
        assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/zz_unknown");
        let urged = world.post("/visits/0168073d-ec00-7a53-a4f4-cb0ef64bf6f0/start").by("officer");
        urged.header("If-Match", "\"1\"").json(json!({})).send().await.expect(404);
    }

    async fn the_browsable_page_is_found_without_its_slash_and_misses_are_told_as_everywhere(world: World) {
        let ask = async |method: Method, path: &str| world.call(method, path).send().await;
        let found = ask(Method::GET, "/docs").await;
        assert_eq!((found.status, found.headers["location"].as_str()), (307, "/docs/"));
        assert_eq!(ask(Method::GET, "/docs/").await.status, 200);
        assert_eq!(ask(Method::GET, "/docs/nonexistent").await.expect(404)["code"], "not_found");
        assert_eq!(ask(Method::GET, "/docsomething").await.expect(404)["code"], "not_found");
        let posted = ask(Method::POST, "/docs/").await;
        assert_eq!(posted.headers["allow"], "GET, HEAD, OPTIONS");
        posted.expect(405);
    }

    async fn a_merge_patch_may_be_sent_under_its_own_name(world: World) {
        let patch = world.call(Method::PATCH, "/api/v1/visits/0168073d-ec00-7a53-a4f4-cb0ef64bf6f0").by("officer");
        let patch = patch.header("If-Match", "\"1\"").body("application/merge-patch+json", "{}");
        patch.send().await.expect(404);
    }

    async fn an_error_speaks_the_callers_language(world: World) {
        let of = async |language: &str| {
            let answer = world.get("/nothing").header("Accept-Language", language).send().await;
            (answer.headers["content-language"].clone(), answer.expect(404)["title"].clone())
        };
        assert_eq!(of("en").await, ("en".to_owned(), json!("Not found")));
        assert_eq!(of("zh-CN").await, ("zh-CN".to_owned(), json!("不存在")));
    }

    async fn a_server_that_is_about_to_stop_is_not_ready_but_serves(world: World) {
        world.call(Method::GET, "/readyz").send().await.expect(200);
        world.app.traffic.drain();
        let answer = world.call(Method::GET, "/readyz").send().await;
        assert_eq!(answer.headers["retry-after"], "5");
        assert_eq!(answer.expect(503)["reason"], "draining");
        world.call(Method::GET, "/healthz").send().await.expect(200);
    }
}
