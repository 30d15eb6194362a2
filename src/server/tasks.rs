//! What goes on beside requests, in every replica. Each task may run in any number of replicas at once.

use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use actix_web::web;
use tokio::sync::watch;

use crate::app::App;
use crate::attachments;
use crate::auth::rights::REFRESH_SECONDS;
use crate::auth::store::clients::rate_policies;
use crate::auth::sweep;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::demo;
use crate::error::ApiError;
use crate::full_text;
use crate::http::idempotency;
use crate::problems::recompute;
use crate::service_objects::authorisations::expiring;
use crate::tasks::engine::Engine;
use crate::tasks::filler;

/// How often what has expired is removed, in seconds.
const SWEEP_SECONDS: u64 = 3600;
/// How often callers are forgotten who have sent nothing for a while, in seconds.
const FORGET_SECONDS: u64 = 60;
/// How often a demo's clock is kept, in seconds: as much as a server that is killed sets it back.
const CLOCK_SECONDS: u64 = 5;
/// Batches of one sweep; what is left waits for the next.
const MOST_BATCHES: usize = 1000;
/// How long a sweep rests between batches, so that writers come in between.
const REST: Duration = Duration::from_millis(50);

/// What goes on beside requests, and must be brought to its end.
pub(super) struct Background {
    stop: watch::Sender<bool>,
    tasks: Option<JoinHandle<()>>,
}

impl Background {
    /// Takes no more tasks, and waits for the one that is being carried out, as long as a request may take at the end.
    pub(super) async fn end(self, app: &App) {
        self.stop.send_replace(true);
        let limit = Duration::from_secs(app.settings.shutdown_seconds);
        if let Some(tasks) = self.tasks
            && tokio::time::timeout(limit, tasks).await.is_err()
        {
            tracing::warn!("a task took too long and is cut off: another replica, or the next start, does it over");
        }
        keep_clock(app).await;
    }
}

/// Begins them; all but the tasks end with the runtime.
pub(super) fn begin(app: &web::Data<App>) -> Background {
    let shared = app.clone();
    actix_web::rt::spawn(every(Duration::from_secs(REFRESH_SECONDS), move || {
        let app = shared.clone();
        async move {
            if let Err(fault) = app.rights.refresh(&app.db, app.real_clock.now(), app.clock.now()).await {
                tracing::warn!(%fault, "ended sessions could not be read");
            }
            match rate_policies(&app.db).await {
                Ok(policies) => app.rate_limits.learn(policies),
                Err(fault) => tracing::warn!(%fault, "the clients' rate policies could not be read"),
            }
            if let Err(fault) = app.current_calendar.refresh(&app.db).await {
                tracing::warn!(%fault, "the calendar could not be read");
            }
        }
    }));
    let shared = app.clone();
    actix_web::rt::spawn(every(Duration::from_secs(recompute::EVERY_SECONDS), move || {
        recompute::recompute_all(shared.clone())
    }));
    let shared = app.clone();
    actix_web::rt::spawn(every(Duration::from_secs(FORGET_SECONDS), move || {
        shared.rate_limits.sweep();
        std::future::ready(())
    }));
    let shared = app.clone();
    actix_web::rt::spawn(every(Duration::from_secs(SWEEP_SECONDS), move || {
        sweep_all(shared.clone())
    }));
    if app.settings.demo {
        let shared = app.clone();
        actix_web::rt::spawn(every(Duration::from_secs(CLOCK_SECONDS), move || {
            let app = shared.clone();
            async move { keep_clock(&app).await }
        }));
    }
    actix_web::rt::spawn(index_all(app.clone()));
    begin_tasks(app)
}

/// Begins to carry out what is due by itself, where the settings say so.
pub(super) fn begin_tasks(app: &web::Data<App>) -> Background {
    let (stop, stopped) = watch::channel(false);
    let tasks = (app.settings.tasks_seconds > 0).then(|| actix_web::rt::spawn(carry_out_tasks(app.clone(), stopped)));
    Background { stop, tasks }
}

/// Carries out what is due by itself, until it is told to stop: again at once while there is more, else after a rest.
async fn carry_out_tasks(app: web::Data<App>, mut stopped: watch::Receiver<bool>) {
    let engine = Engine::new(app.clone());
    let rest = Duration::from_secs(app.settings.tasks_seconds);
    let mut to_fill = true;
    while !*stopped.borrow() {
        if app.traffic.is_starting_over() {
            tokio::time::sleep(REST).await;
            continue;
        }
        let done = async {
            if to_fill {
                to_fill = filler::go_on(&app).await?;
            }
            Ok::<_, ApiError>(engine.round(&stopped).await?.may_go_on())
        };
        let more = done.await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, cause = fault.cause().map(tracing::field::display), "tasks could not be taken");
            false
        });
        if to_fill {
            tokio::time::sleep(REST).await;
        } else if !more {
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stopped.changed() => {}
            }
        }
    }
}

async fn keep_clock(app: &App) {
    if let Err(fault) = demo::clock::keep_now(app).await {
        tracing::warn!(%fault, "where the demo's clock stands could not be kept");
    }
}

/// Indexes what is found by no words yet, batch after batch, until there is nothing left.
async fn index_all(app: web::Data<App>) {
    loop {
        match full_text::filler::go_on(&app).await {
            Ok(true) => tokio::time::sleep(REST).await,
            Ok(false) => return,
            Err(fault) => {
                let cause = fault.cause().map(tracing::field::display);
                tracing::warn!(%fault, cause, "stored texts could not be indexed, and will be later");
                tokio::time::sleep(Duration::from_secs(SWEEP_SECONDS)).await;
            }
        }
    }
}

/// Does something now, and again so long after it was done.
pub(super) async fn every<F: Future<Output = ()>>(pause: Duration, mut work: impl FnMut() -> F) {
    loop {
        work().await;
        tokio::time::sleep(pause).await;
    }
}

async fn sweep_all(app: web::Data<App>) {
    let now = app.real_clock.now();
    let keys = in_batches(&app.db, now, idempotency::sweep).await;
    let tokens = in_batches(&app.db, now, sweep::refresh_tokens).await;
    let sessions = in_batches(&app.db, now, sweep::families).await;
    match (keys, tokens, sessions) {
        (Ok(keys), Ok(tokens), Ok(sessions)) => tracing::debug!(keys, tokens, sessions, "removed what had expired"),
        (Err(fault), ..) | (_, Err(fault), _) | (.., Err(fault)) => {
            tracing::warn!(%fault, "what has expired could not be removed");
        }
    }
    for _ in 0..MOST_BATCHES {
        match expiring::end_expired(&app).await {
            Ok(0) => break,
            Ok(_) => tokio::time::sleep(REST).await,
            Err(fault) => {
                tracing::warn!(%fault, "authorisations that have expired could not be ended");
                break;
            }
        }
    }
    match sweep_attachments(&app, now).await {
        Ok((uploads, contents, remains)) => tracing::debug!(uploads, contents, remains, "removed what nobody attached"),
        Err(fault) => tracing::warn!(%fault, "what nobody attached could not be removed"),
    }
}

/// Uploads that nobody attached, contents that nothing refers to, and what cut-off uploads left behind; how many.
async fn sweep_attachments(app: &App, now: Timestamp) -> Result<(u64, u64, u64), attachments::sweep::SweepFault> {
    let uploads = in_batches(&app.db, now, async |_, now| {
        attachments::sweep::ownerless(app, now).await
    })
    .await?;
    let contents = in_batches(&app.db, now, async |_, now| {
        attachments::sweep::contents(app, now).await
    })
    .await?;
    Ok((uploads, contents, attachments::sweep::remains(app).await?))
}

/// Removes batch after batch until one is empty.
pub(super) async fn in_batches<E>(
    db: &Db,
    now: Timestamp,
    mut batch: impl AsyncFnMut(&Db, Timestamp) -> Result<u64, E>,
) -> Result<u64, E> {
    let mut removed = 0;
    for _ in 0..MOST_BATCHES {
        match batch(db, now).await? {
            0 => break,
            rows => removed += rows,
        }
        tokio::time::sleep(REST).await;
    }
    Ok(removed)
}
