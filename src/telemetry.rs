//! What the process tells those who run it: a log, and figures for Prometheus (`metrics.rs`).
//!
//! The log has one line per request with the operation, the status, the duration and the ids of request and person;
//! never a query, a body, a name, a number that people have, or a token. Whatever a request logs stands in a span with
//! its id, so that an error quoted by a caller is found.

pub mod metrics;
#[cfg(test)]
mod tests;

use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;
use uuid::Uuid;

use crate::auth::Caller;
use crate::config::{LogFormat, Settings};
use crate::http::operations::Served;

/// Operations that a machine asks every few seconds: their lines are for debugging only.
const PROBES: [&str; 2] = ["get_health", "get_readiness_probe"];

/// Begins to log to standard error as the settings say, panics included. A second call changes nothing.
pub fn start_log(settings: &Settings) {
    // The filter was looked at with the other settings.
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_default();
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let begun = match settings.log_format {
        LogFormat::Text => lines.with_target(false).finish().try_init(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .finish()
            .try_init(),
    };
    if begun.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let message = panic.payload_as_str().unwrap_or_default();
            tracing::error!(place, message, "panic");
        }));
    }
}

/// A request's line in the log and its part in the figures.
#[derive(Clone, Copy, Debug)]
pub struct AccessLine {
    operation: &'static str,
    method: &'static str,
    person: Option<Uuid>,
}

impl AccessLine {
    /// What is known once the gate has looked at the request.
    pub fn of(request: &ServiceRequest) -> Self {
        let extensions = request.extensions();
        Self {
            operation: extensions
                .get::<Served>()
                .map_or("none", |served| served.operation.id.as_str()),
            method: method_name(request.method().as_str()),
            person: extensions
                .get::<std::sync::Arc<Caller>>()
                .and_then(|caller| caller.person()),
        }
    }

    /// Writes the line, when the answer is made.
    pub fn write(self, status: StatusCode, took: Duration) {
        let Self {
            operation,
            method,
            person,
        } = self;
        metrics::count_request(operation, method, status, took);
        let status = status.as_u16();
        let milliseconds = f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1000.0;
        let person = person.map(tracing::field::display);
        if PROBES.contains(&operation) {
            tracing::debug!(operation, method, status, milliseconds, "answered");
        } else {
            tracing::info!(operation, method, status, milliseconds, person, "answered");
        }
    }
}

/// The method as a word of ours: a caller may send any token there, and a label must not grow by what callers send.
fn method_name(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}
