//! The application: what every handler can reach, and the one list of routes.
//!
//! The list makes both the router and the document, so neither can have what the other lacks.

use std::sync::{Arc, OnceLock};

use crate::http::routing::ServiceConfig;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{self, Condition};
use actix_web::web;

use crate::attachments::storage::{Storage, StorageFault};
use crate::auth::keys::Keys;
use crate::auth::rights::Rights;
use crate::auth::slow_down::SlowDown;
use crate::auth::token::Tokens;
use crate::calendar::Calendar;
use crate::calendar::current::Current;
use crate::clock::{Clock, Ids};
use crate::config::Settings;
use crate::db::Db;
use crate::http::idempotency::RunningKeys;
use crate::http::operations::{DocumentFault, Operations};
use crate::http::rate_limit::RateLimits;
use crate::http::traffic::Traffic;
use crate::http::{cors, etag, gate};
use crate::openapi;

/// What every handler can reach. One per process, shared by its workers; it holds no state that another replica would
/// need.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Business time: what rules read.
    pub clock: Clock,
    /// Real time: what tokens, rate limits and logs keep.
    pub real_clock: Clock,
    /// Makes ids.
    pub ids: Ids,
    /// The installation's keys.
    pub keys: Arc<Keys>,
    /// Makes and verifies access tokens.
    pub tokens: Tokens,
    /// Which tokens are behind the times.
    pub rights: Rights,
    /// The slow-down after failures to sign in, for names that have no row.
    pub slow_down: SlowDown,
    /// How many requests callers have sent lately.
    pub rate_limits: RateLimits,
    /// The idempotency keys whose requests run here.
    pub running_keys: Arc<RunningKeys>,
    /// Where the bytes of attachments are.
    pub files: Storage,
    /// What working days are counted by; ask [`App::calendar`].
    pub current_calendar: Current,
    /// What this process is doing.
    pub traffic: Traffic,
    /// The document, compiled.
    pub operations: Arc<Operations>,
    /// The document, as it is served.
    pub document: Document,
    /// What the configuration says.
    pub settings: Settings,
}

/// Why an application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum AppFault {
    /// The document cannot be compiled: a bug that every start and every test shows.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// What the settings say of attachments leads nowhere.
    #[error("the settings attachment_…: {0}")]
    Files(#[from] StorageFault),
}

impl App {
    /// Puts an application together.
    ///
    /// # Errors
    /// Where the document cannot be compiled, or no store for attachments can be made.
    pub fn new(
        settings: Settings,
        db: Db,
        keys: impl Into<Arc<Keys>>,
        clock: Clock,
        real_clock: Clock,
        ids: Ids,
    ) -> Result<Self, AppFault> {
        let keys = keys.into();
        let published = published()?;
        let rate_limits = RateLimits::new(&settings, real_clock.clone());
        Ok(Self {
            db,
            clock,
            real_clock,
            ids,
            tokens: Tokens::new(
                Arc::clone(&keys),
                settings.public_url.clone(),
                settings.audience.clone(),
            ),
            keys,
            rights: Rights::default(),
            slow_down: SlowDown::default(),
            rate_limits,
            running_keys: Arc::default(),
            files: Storage::of(&settings)?,
            current_calendar: Current::default(),
            traffic: Traffic::default(),
            operations: published.0,
            document: published.1,
            settings,
        })
    }

    /// The working days as far as they are published, to count by within one request.
    pub fn calendar(&self) -> Arc<Calendar> {
        self.current_calendar.get()
    }
}

/// The document, as it is served.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its JSON.
    pub text: web::Bytes,
    /// Its entity tag.
    pub tag: String,
}

/// The document, compiled and as it is served: one per binary, made once.
fn published() -> Result<(Arc<Operations>, Document), DocumentFault> {
    static PUBLISHED: OnceLock<(Arc<Operations>, Document)> = OnceLock::new();
    if let Some(published) = PUBLISHED.get() {
        return Ok(published.clone());
    }
    let document = openapi::document();
    let operations = Arc::new(Operations::compile(&document)?);
    let text = web::Bytes::from(openapi::text(&document));
    let tag = etag::of(0, &text);
    Ok(PUBLISHED.get_or_init(|| (operations, Document { text, tag })).clone())
}

/// Every operation of the API, a line per feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.scope("/api/v1", api);
    config.configure(crate::auth::root_routes);
    config.configure(crate::meta::root_routes);
}

/// The router tries them in this order, so what is asked most stands first.
fn api(config: &mut ServiceConfig<'_>) {
    config
        .configure(crate::work_lists::routes)
        .configure(crate::problems::routes)
        .configure(crate::visits::routes)
        .configure(crate::lifecycle::routes)
        .configure(crate::assignments::routes)
        .configure(crate::requests::routes)
        .configure(crate::action_plans::routes)
        .configure(crate::analyses::routes)
        .configure(crate::contacts::routes)
        .configure(crate::feedback::routes)
        .configure(crate::attachments::routes)
        .configure(crate::receipts::routes)
        .configure(crate::lists::routes)
        .configure(crate::tasks::routes)
        .configure(crate::referrals::routes)
        .configure(crate::watches::routes)
        .configure(crate::notices::routes)
        .configure(crate::metrics::routes)
        .configure(crate::comments::routes)
        .configure(crate::replies::routes)
        .configure(crate::notes::routes)
        .configure(crate::public_view::routes)
        .configure(crate::themes::routes)
        .configure(crate::outputs::routes)
        .configure(crate::plan_templates::routes)
        .configure(crate::alike::routes)
        .configure(crate::commitments::routes)
        .configure(crate::surveys::routes)
        .configure(crate::erasure::routes)
        .configure(crate::subject_access::routes)
        .configure(crate::auditing::routes)
        .configure(crate::auth::routes)
        .configure(crate::calendar::routes)
        .configure(crate::clock_rules::routes)
        .configure(crate::service_objects::routes)
        .configure(crate::service_objects::authorisations::routes::routes)
        .configure(crate::reporters::routes)
        .configure(crate::campaigns::routes)
        .configure(crate::directory::routes)
        .configure(crate::meta::routes)
        .configure(crate::demo::sandbox::routes);
}

/// The service that a worker runs: the routes behind the gate, and before it, where the installation names origins, the
/// rules for browsers.
pub fn service(
    app: web::Data<App>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let has_origins = !app.settings.cors_origins.is_empty();
    let cors = cors::rules(&app.settings);
    actix_web::App::new()
        .app_data(app)
        .configure(|config| routes(&mut ServiceConfig::Router(config)))
        .service(web::redirect(openapi::PAGE, format!("{}/", openapi::PAGE)))
        .service(openapi::browsable_page())
        .wrap(middleware::from_fn(gate::gate))
        .wrap(Condition::new(has_origins, cors))
        .wrap(Condition::new(has_origins, middleware::from_fn(cors::render_refusals)))
}
