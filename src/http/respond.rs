//! How a handler answers, and how a write ends.
//!
//! A write is a unit of work: `begin` opens its transaction (and locks the idempotency key), `created`, `ok` or `empty`
//! keeps the answer for that key, commits, and sends what was stored. There is no other way to commit a request, so no
//! answer can be sent for a change that was lost. A bulk request commits its items one by one with `part`.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, web};
use serde::Serialize;

use super::gate::RequestId;
use super::idempotency::Ticket;
use super::locale::Locale;
use super::{answer, etag};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult};

/// A representation that knows its version, for `ETag`.
pub trait Versioned {
    /// The row's version; 0 for what has none (figures, lists).
    fn version(&self) -> i64 {
        0
    }
}

/// A single resource, with `ETag`, or 304 where the caller has it.
#[derive(Debug)]
pub struct View<T>(pub T);

impl<T: Serialize + Versioned> Responder for View<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.0) {
            Ok(body) => json_or_304(request, self.0.version(), body, None),
            Err(fault) => HttpResponse::from_error(ApiError::internal(fault)),
        }
    }
}

pub(super) fn json_or_304(request: &HttpRequest, version: i64, body: Vec<u8>, link: Option<String>) -> HttpResponse {
    tagged(request, etag::of(version, &body), body, link)
}

/// A JSON text under its entity tag, or 304 where the caller has it.
pub fn tagged(request: &HttpRequest, tag: String, body: impl Into<web::Bytes>, link: Option<String>) -> HttpResponse {
    if etag::is_known(request.headers(), &tag) {
        return HttpResponse::NotModified().insert_header(("ETag", tag)).finish();
    }
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json").insert_header(("ETag", tag));
    if let Some(link) = link {
        answer.insert_header(("Link", link));
    }
    answer.body(body.into())
}

/// One request's change.
#[derive(Debug)]
pub struct Work {
    /// The application.
    pub app: web::Data<App>,
    /// The caller's language.
    pub locale: Locale,
    request_id: String,
    ticket: Option<Arc<Ticket>>,
}

impl FromRequest for Work {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
            return ready(Err(ApiError::internal("no App")));
        };
        let locale = extensions.get::<Locale>().copied().unwrap_or_default();
        ready(Ok(Self {
            app,
            locale,
            request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            ticket: extensions.get::<Arc<Ticket>>().cloned(),
        }))
    }
}

impl FromRequest for Locale {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Self>().copied().unwrap_or_default()))
    }
}

impl Work {
    /// What nobody asked for: the service's own work, in the language that is usual, without a request or a key.
    pub fn of_the_service(app: web::Data<App>) -> Self {
        Self {
            app,
            locale: Locale::default(),
            request_id: String::new(),
            ticket: None,
        }
    }

    /// Opens the transaction.
    ///
    /// # Errors
    /// 409 `in_progress` where another replica carries out the same idempotency key; 503 where the database is away.
    pub async fn begin(&self) -> ApiResult<Tx> {
        let mut tx = self.app.db.begin().await?;
        if let Some(ticket) = &self.ticket {
            ticket.lock(&mut tx, self.app.real_clock.now()).await?;
        }
        Ok(tx)
    }

    /// Business time.
    pub fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// Commits one part of a request whose parts stand by themselves. The answer for its key is kept with the last
    /// part, so a request that is sent again after a crash between them is carried out again: each part must bear that.
    pub async fn part(&self, tx: Tx) -> ApiResult<()> {
        Ok(tx.commit().await?)
    }

    /// The problem details of a part that was refused, as if it had been a request to `instance`. Logged like an
    /// answer.
    pub fn refusal(&self, error: &ApiError, instance: &str) -> serde_json::Value {
        answer::log(error);
        error.to_json(self.locale, instance, &self.request_id)
    }

    /// Commits, and answers 201 with `Location`.
    pub async fn created<T: Serialize + Versioned>(
        &self,
        tx: Tx,
        location: String,
        view: &T,
    ) -> ApiResult<HttpResponse> {
        let body = serde_json::to_vec(view).map_err(ApiError::internal)?;
        let headers = vec![
            ("Location", location),
            ("ETag", etag::of(view.version(), &body)),
            ("Content-Type", "application/json".to_owned()),
        ];
        self.end(tx, StatusCode::CREATED, headers, body).await
    }

    /// Commits, and answers 200 with the new representation.
    pub async fn ok<T: Serialize + Versioned>(&self, tx: Tx, view: &T) -> ApiResult<HttpResponse> {
        let body = serde_json::to_vec(view).map_err(ApiError::internal)?;
        let headers = vec![
            ("ETag", etag::of(view.version(), &body)),
            ("Content-Type", "application/json".to_owned()),
        ];
        self.end(tx, StatusCode::OK, headers, body).await
    }

    /// Commits, and answers 200 with what holds a secret: nothing keeps it, neither a cache nor the idempotency key, so
    /// a request sent again is carried out (and logged) again.
    pub async fn secret<T: Serialize>(&self, tx: Tx, view: &T) -> ApiResult<HttpResponse> {
        tx.commit().await?;
        Ok(HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .json(view))
    }

    /// Commits, and answers 204.
    pub async fn empty(&self, tx: Tx) -> ApiResult<HttpResponse> {
        self.end(tx, StatusCode::NO_CONTENT, Vec::new(), Vec::new()).await
    }

    async fn end(
        &self,
        mut tx: Tx,
        status: StatusCode,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> ApiResult<HttpResponse> {
        if let Some(ticket) = &self.ticket {
            ticket
                .keep(
                    &mut tx,
                    &self.app.keys,
                    self.app.real_clock.now(),
                    status.as_u16(),
                    &headers,
                    &body,
                )
                .await?;
        }
        tx.commit().await?;
        let mut answer = HttpResponse::build(status);
        for (name, value) in headers {
            answer.insert_header((name, value));
        }
        Ok(if body.is_empty() {
            answer.finish()
        } else {
            answer.body(body)
        })
    }
}
