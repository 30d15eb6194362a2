//! What is logged and counted of a request, and what is not.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::Method;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::metrics;
use crate::test_support::{Kind, World, seed};

/// Lines as they are logged.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Lines {
    /// Logs into these lines on this thread until the guard falls.
    fn begin(&self, level: tracing::Level) -> tracing::subscriber::DefaultGuard {
        let lines = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_span_list(false);
        tracing::subscriber::set_default(lines.with_max_level(level).with_writer(self.clone()).finish())
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("text")
    }

    /// The access lines.
    fn answered(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| line["message"] == "answered").collect()
    }
}

#[test]
fn a_request_is_one_line_without_anything_that_callers_wrote() {
    World::run(Kind::Sqlite, async |world| {
        let lines = Lines::default();
        let _guard = lines.begin(tracing::Level::INFO);
        let token = world.token("officer");
        let request = world
            .call(Method::GET, "/openapi.json?name=hunter2")
            .header("Authorization", &format!("Bearer {token}"))
            .header("X-Request-Id", "story-1")
            .header("User-Agent", "hunter2");
        request.send().await.expect(400);
        world.call(Method::GET, "/api/v1/hunter2").send().await.expect(404);
        let answered = lines.answered();
        assert_eq!(answered.len(), 2, "{answered:#?}");
        let line = &answered[0];
        assert_eq!(
            (&line["operation"], &line["method"], &line["status"]),
            (&"get_openapi".into(), &"GET".into(), &400.into())
        );
        assert_eq!(line["span"]["id"], "story-1");
        assert!(line["milliseconds"].as_f64().is_some_and(|took| took > 0.0), "{line}");
        assert_eq!(answered[1]["operation"], "none");
        let text = lines.text();
        assert!(!text.contains("hunter2") && !text.contains(&token), "{text}");
    });
}

#[test]
fn probes_are_not_logged_at_info() {
    World::run(Kind::Sqlite, async |world| {
        let lines = Lines::default();
        let _guard = lines.begin(tracing::Level::INFO);
        world.call(Method::GET, "/healthz").send().await.expect(200);
        world.call(Method::GET, "/readyz").send().await.expect(200);
        assert_eq!(lines.text(), "");
    });
}

#[test]
fn a_failure_of_ours_is_logged_once_with_its_cause() {
    World::run(Kind::Sqlite, async |world| {
        let lines = Lines::default();
        let _guard = lines.begin(tracing::Level::INFO);
        world.app.db.close().await;
        let answer = world
            .call(Method::GET, "/readyz")
            .header("X-Request-Id", "story-2")
            .send()
            .await;
        assert!(!answer.expect(503).to_string().contains("closed"));
        let text = lines.text();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&line["level"], &line["code"]), (&"WARN".into(), &"unavailable".into()));
        assert_eq!(line["span"]["id"], "story-2");
        assert!(
            line["cause"].as_str().is_some_and(|cause| cause.contains("closed")),
            "{line}"
        );
    });
}

#[test]
fn figures_count_by_operation_and_name_no_one() {
    World::run(Kind::Sqlite, async |world| {
        let recorder = metrics::builder().expect("bounds").build_recorder();
        let handle = recorder.handle();
        let _guard = ::metrics::set_default_local_recorder(&recorder);
        metrics::describe();
        world
            .call(Method::GET, "/healthz")
            .by("officer")
            .send()
            .await
            .expect(200);
        world.call(Method::GET, "/healthz?x=1").send().await.expect(400);
        world
            .call(Method::from_bytes(b"BREW").expect("a token"), "/nothing")
            .send()
            .await
            .expect(404);
        metrics::gauge_state(&world.app);
        let text = handle.render();
        for line in [
            r#"sanfuwu_http_requests_total{operation="get_health",method="GET",status="200"} 1"#,
            r#"sanfuwu_http_requests_total{operation="get_health",method="GET",status="400"} 1"#,
            r#"sanfuwu_http_requests_total{operation="none",method="other",status="404"} 1"#,
            r#"sanfuwu_http_request_duration_seconds_count{operation="get_health"} 2"#,
            r#"sanfuwu_http_request_duration_seconds_bucket{operation="get_health",le="10"} 2"#,
            r#"sanfuwu_http_requests_in_flight 0"#,
            r#"sanfuwu_draining 0"#,
            concat!(r#"sanfuwu_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("sanfuwu_database_connections{state=\"open\"}"), "{text}");
        assert!(text.contains("# HELP sanfuwu_http_requests_total"), "{text}");
        assert!(!text.contains(&seed::member("officer").person.to_string()));
    });
}
