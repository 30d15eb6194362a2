//! Figures for Prometheus, on an address of their own, which needs no token and is for the inside of a network.
//!
//! Counted are requests by operation, method and status, how long they took, and the process's connections to its
//! database. No figure carries a person, an organisation or a path.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;

const REQUESTS: &str = "sanfuwu_http_requests_total";
const DURATION: &str = "sanfuwu_http_request_duration_seconds";
const IN_FLIGHT: &str = "sanfuwu_http_requests_in_flight";
const CONNECTIONS: &str = "sanfuwu_database_connections";
const DRAINING: &str = "sanfuwu_draining";
const TASKS: &str = "sanfuwu_tasks_total";
const TASK_LAG: &str = "sanfuwu_task_lag_seconds";
const BUILD: &str = "sanfuwu_build_info";

/// Upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 13] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Begins to count. Without it, counting costs next to nothing and is lost.
///
/// # Errors
/// Where the process counts already.
pub fn start() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

pub(super) fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BOUNDS)
}

pub(super) fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by operation, method and status");
    describe_histogram!(DURATION, "From the request's head to the answer, by operation");
    describe_gauge!(IN_FLIGHT, "Requests being answered");
    describe_gauge!(CONNECTIONS, "Connections to the database, by state");
    describe_gauge!(DRAINING, "1 while the process is about to stop");
    describe_counter!(
        TASKS,
        "Tasks carried out by this process, by kind and outcome: done, lapsed, failed"
    );
    describe_gauge!(TASK_LAG, "For how long the oldest task that is due has been due");
    describe_gauge!(BUILD, "1; the version is a label");
}

pub(super) fn count_request(operation: &'static str, method: &'static str, status: StatusCode, took: Duration) {
    let status = status.as_str().to_owned();
    counter!(REQUESTS, "operation" => operation, "method" => method, "status" => status).increment(1);
    histogram!(DURATION, "operation" => operation).record(took.as_secs_f64());
}

/// Counts a task that was carried out; `None`: it failed.
pub fn count_task(kind: &'static str, outcome: Option<&'static str>) {
    counter!(TASKS, "kind" => kind, "outcome" => outcome.unwrap_or("failed")).increment(1);
}

/// For how many seconds, in business time, the oldest due task has been due; 0 where nothing is.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these are seconds")]
pub fn task_lag(seconds: i64) {
    gauge!(TASK_LAG).set(seconds as f64);
}

/// Reads the figures that are a state and no count.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; these are small counts")]
pub(super) fn gauge_state(app: &App) {
    let connections = app.db.connections();
    gauge!(IN_FLIGHT).set(app.traffic.in_flight() as f64);
    gauge!(CONNECTIONS, "state" => "open").set(connections.open as f64);
    gauge!(CONNECTIONS, "state" => "idle").set(connections.idle as f64);
    gauge!(DRAINING).set(if app.traffic.is_draining() { 1.0 } else { 0.0 });
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// The routes of the other address: `/metrics`.
pub fn routes(config: &mut web::ServiceConfig, app: web::Data<App>, handle: PrometheusHandle) {
    config
        .app_data(app)
        .app_data(web::Data::new(handle))
        .route("/metrics", web::get().to(get_metrics));
}

async fn get_metrics(app: web::Data<App>, handle: web::Data<PrometheusHandle>) -> HttpResponse {
    gauge_state(&app);
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(handle.render())
}
