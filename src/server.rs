//! The server: what must be there first (`start.rs`), the workers, what goes on beside requests (`tasks.rs`), the end.
//!
//! A process that is told to stop goes in an order that loses nothing: `/readyz` says 503 and answers close their
//! connections while requests are still taken (`drain_seconds`, so that a load balancer notices), then no new
//! connection is taken, what was begun is finished (`shutdown_seconds` at most), and only then do the workers end. They
//! end last because each owns the connections to the database that were opened on it.

pub mod key_source;
pub mod start;
mod tasks;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{HttpServer, web};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, App};
use crate::telemetry::metrics;

/// How long a client may take to send a request's head, in seconds.
const HEAD_SECONDS: u64 = 10;
/// How long an idle connection is kept, in seconds: longer than the 60 s of common load balancers, which must be the
/// ones to close first.
const KEEP_ALIVE_SECONDS: u64 = 75;
/// How long a client may take to close its end, in seconds.
const DISCONNECT_SECONDS: u64 = 2;
/// How often a stopping server looks whether its requests are finished.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {}", in_words(.source))]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// Figures cannot be counted.
    #[error("cannot count figures: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The server itself failed.
    #[error("the server failed: {0}")]
    Run(#[from] io::Error),
}

fn in_words(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::AddrInUse => {
            "another process listens there; stop it, or choose another address with --listen (or --metrics-listen)"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not; ports below 1024 are the system's: choose another with --listen (or --metrics-listen)"
                .to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; 0.0.0.0 stands for all that it has".to_owned()
        }
        _ => fault.to_string(),
    }
}

/// A server that listens and does not run yet.
pub struct Listening {
    /// Where: the port that was got, where 0 was asked for.
    pub address: SocketAddr,
    app: web::Data<App>,
    api: Server,
    figures: Option<Server>,
    signals: Signals,
}

/// Takes the addresses, and hears signals from now on: who has read that it listens may tell it to stop. Must be called
/// within `actix_web::rt::System`.
///
/// # Errors
/// Where an address cannot be had, or signals cannot be heard.
pub fn listen(app: web::Data<App>) -> Result<Listening, ServeError> {
    let signals = Signals::hear()?;
    let figures = match app.settings.metrics_listen {
        Some(address) => Some(figures(&app, address)?),
        None => None,
    };
    let address = app.settings.listen;
    let shared = app.clone();
    let mut http = HttpServer::new(move || app::service(shared.clone()))
        .client_request_timeout(Duration::from_secs(HEAD_SECONDS))
        .client_disconnect_timeout(Duration::from_secs(DISCONNECT_SECONDS))
        .keep_alive(Duration::from_secs(KEEP_ALIVE_SECONDS))
        .tcp_nodelay(true)
        .shutdown_timeout(app.settings.shutdown_seconds)
        .disable_signals();
    if app.settings.workers > 0 {
        http = http.workers(app.settings.workers);
    }
    let http = http
        .bind(address)
        .map_err(|source| ServeError::Bind { address, source })?;
    Ok(Listening {
        address: http.addrs().first().copied().unwrap_or(address),
        app,
        api: http.run(),
        figures,
        signals,
    })
}

fn figures(app: &web::Data<App>, address: SocketAddr) -> Result<Server, ServeError> {
    let handle = metrics::start()?;
    actix_web::rt::spawn(tasks::every(Duration::from_secs(5), {
        let handle = handle.clone();
        // Observations are kept singly until someone folds them together.
        move || {
            handle.run_upkeep();
            std::future::ready(())
        }
    }));
    let app = app.clone();
    let http = HttpServer::new(move || {
        let (app, handle) = (app.clone(), handle.clone());
        actix_web::App::new().configure(|config| metrics::routes(config, app, handle))
    });
    let http = http
        .workers(1)
        .client_request_timeout(Duration::from_secs(HEAD_SECONDS))
        .disable_signals()
        .bind(address)
        .map_err(|source| ServeError::Bind { address, source })?;
    Ok(http.run())
}

impl Listening {
    /// Serves until SIGTERM or SIGINT, and then until what was begun is finished. A second signal ends it at once.
    ///
    /// # Errors
    /// Where the server fails.
    pub async fn serve(self) -> Result<(), ServeError> {
        let Self {
            app,
            api,
            figures,
            signals,
            ..
        } = self;
        let background = tasks::begin(&app);
        let figures_handle = figures.as_ref().map(Server::handle);
        if let Some(figures) = figures {
            actix_web::rt::spawn(figures);
        }
        actix_web::rt::spawn(stop_when_told(signals, app.clone(), api.handle()));
        api.await?;
        if let Some(figures) = figures_handle {
            figures.stop(false).await;
        }
        background.end(&app).await;
        app.db.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn hear() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Whether the next one is SIGTERM, by which a supervisor speaks; a person at a keyboard sends SIGINT.
    async fn next_is_terminate(&mut self) -> bool {
        tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => false,
        }
    }
}

async fn stop_when_told(mut signals: Signals, app: web::Data<App>, api: ServerHandle) {
    let by_supervisor = signals.next_is_terminate().await;
    tokio::select! {
        () = drain(&app, &api, by_supervisor) => api.stop(true).await,
        _ = signals.next_is_terminate() => {
            tracing::warn!(in_flight = app.traffic.in_flight(), "told to stop twice: stopping at once");
            api.stop(false).await;
        }
    }
}

/// Lets go of the callers, one after another.
async fn drain(app: &App, api: &ServerHandle, by_supervisor: bool) {
    let seconds = if by_supervisor { app.settings.drain_seconds } else { 0 };
    tracing::info!(seconds, "told to stop: no longer ready");
    app.traffic.drain();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    api.pause().await;
    let finished = async {
        while app.traffic.in_flight() > 0 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let limit = Duration::from_secs(app.settings.shutdown_seconds);
    if tokio::time::timeout(limit, finished).await.is_err() {
        tracing::warn!(
            in_flight = app.traffic.in_flight(),
            "requests took too long and are cut off"
        );
    }
}
