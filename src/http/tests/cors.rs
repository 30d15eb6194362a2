//! Pages of other origins: those that the installation names, and no others.

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use serde_json::Value;

use crate::app::{self, App};
use crate::config::Settings;
use crate::test_support::{Kind, World, world};

const PAGE: &str = "https://portal.example";

async fn send(world: &World, origins: &[&str], request: TestRequest) -> (u16, HeaderMap, Value) {
    let mut settings = Settings::load(None, &serde_json::Map::new()).expect("defaults");
    settings.cors_origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    let (clock, real) = (world.app.clock.clone(), world.app.real_clock.clone());
    let app = App::new(
        settings,
        world.app.db.clone(),
        world::keys(),
        clock,
        real,
        world.app.ids.clone(),
    );
    let service = init_service(app::service(web::Data::new(app.expect("an application")))).await;
    let response = call_service(&service, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = serde_json::from_slice(&read_body(response).await).unwrap_or_default();
    (status, headers, body)
}

fn preflight(origin: &str, method: &str, headers: &str) -> TestRequest {
    TestRequest::with_uri("/api/v1/problems")
        .method(Method::OPTIONS)
        .insert_header(("Origin", origin.to_owned()))
        .insert_header(("Access-Control-Request-Method", method.to_owned()))
        .insert_header(("Access-Control-Request-Headers", headers.to_owned()))
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(", ").to_ascii_lowercase()
}

#[test]
fn a_named_page_may_ask_and_read() {
    World::run(Kind::Sqlite, async |world| {
        let asked = preflight(PAGE, "POST", "authorization, content-type, idempotency-key, if-match");
        let (status, headers, _) = send(&world, &[PAGE], asked).await;
        assert_eq!(
            (status, text(&headers, "access-control-allow-origin").as_str()),
            (200, PAGE)
        );
        assert!(text(&headers, "access-control-allow-headers").contains("idempotency-key"));

        // Refusals of the gate can be read too.
        let request = TestRequest::with_uri("/api/v1/problems").insert_header(("Origin", PAGE));
        let (status, headers, body) = send(&world, &[PAGE], request).await;
        assert_eq!((status, body["code"].as_str()), (401, Some("token_missing")));
        assert_eq!(text(&headers, "access-control-allow-origin"), PAGE);
        let exposed = text(&headers, "access-control-expose-headers");
        for name in [
            "etag",
            "location",
            "link",
            "retry-after",
            "ratelimit",
            "ratelimit-policy",
            "x-request-id",
        ] {
            assert!(
                exposed.split(", ").any(|exposed| exposed == name),
                "{name} in {exposed}"
            );
        }
        let vary = text(&headers, "vary");
        assert!(vary.contains("authorization") && vary.contains("origin"), "{vary}");
        assert_eq!(text(&headers, "access-control-allow-credentials"), "");
    });
}

#[test]
fn another_page_is_refused_in_the_form_of_every_error() {
    World::run(Kind::Sqlite, async |world| {
        for request in [
            preflight("https://evil.example", "POST", "authorization"),
            preflight(PAGE, "TRACE", "x-other"),
        ] {
            let (status, headers, body) = send(&world, &[PAGE], request).await;
            assert_eq!((status, body["code"].as_str()), (400, Some("malformed")), "{body}");
            assert_eq!(text(&headers, "content-type"), "application/problem+json");
            assert_eq!(text(&headers, "access-control-allow-origin"), "");
        }
        // A plain request is answered; the browser keeps the answer from the page.
        let request = TestRequest::with_uri("/healthz").insert_header(("Origin", "https://evil.example"));
        let (status, headers, _) = send(&world, &[PAGE], request).await;
        assert_eq!(
            (status, text(&headers, "access-control-allow-origin").as_str()),
            (200, "")
        );
    });
}

#[test]
fn every_page_may_where_the_installation_says_so_and_none_by_default() {
    World::run(Kind::Sqlite, async |world| {
        let (status, headers, _) = send(&world, &["*"], preflight(PAGE, "PATCH", "if-match")).await;
        assert_eq!(
            (status, text(&headers, "access-control-allow-origin").as_str()),
            (200, "*")
        );
        let (status, headers, _) = send(&world, &[], preflight(PAGE, "PATCH", "if-match")).await;
        assert_eq!(
            (status, text(&headers, "access-control-allow-origin").as_str()),
            (204, "")
        );
        assert!(text(&headers, "allow").contains("post"));
    });
}
