//! The access log: what is no change and yet must leave a trace. Reads of personal or financing data, logins, refusals.
//!
//! An entry is written in the transaction that does what it speaks of, so that no number is shown without its entry.
//! It keeps real time, whatever the demo's clock says. `detail` holds codes, ids and numbers; never what was read.

use actix_web::{HttpMessage as _, HttpRequest, web};
use serde_json::{Value, json};
use uuid::Uuid;

use super::domain::Act;
use crate::app::App;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Sql, Tx, sql};
use crate::http::address::client_address;
use crate::http::gate::RequestId;

/// An entry to be appended.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `login`, `login_refused`, `reveal_phone`, …
    pub kind: &'static str,
    /// When, in real time.
    pub at: Timestamp,
    /// The person who did it, where one is known.
    pub person: Option<Uuid>,
    /// The client that authenticated.
    pub client: Option<Uuid>,
    /// The person for whom it was done.
    pub on_behalf_of: Option<Uuid>,
    /// What it was done to: `reporter`, `person`, …, and which one.
    pub subject: Option<(&'static str, Uuid)>,
    /// Address of whoever sent it, behind the proxies that the installation trusts.
    pub address: Option<String>,
    /// The request's id, as in the answer and in the log.
    pub request_id: Option<String>,
    /// Codes, ids and numbers: an object.
    pub detail: Value,
}

impl Entry {
    /// An entry about nobody in particular yet.
    pub fn of(kind: &'static str, at: Timestamp) -> Self {
        Self {
            kind,
            at,
            person: None,
            client: None,
            on_behalf_of: None,
            subject: None,
            address: None,
            request_id: None,
            detail: json!({}),
        }
    }

    /// Says who did it. The act's time is business time and is not taken.
    #[must_use]
    pub fn by(mut self, act: &Act) -> Self {
        (self.person, self.client, self.on_behalf_of) = (act.person, act.client, act.on_behalf_of);
        self
    }

    /// Says to what.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: Uuid) -> Self {
        self.subject = Some((kind, id));
        self
    }

    /// Says from where: the sender's address and the request's id.
    #[must_use]
    pub fn from(mut self, request: &HttpRequest) -> Self {
        let address = request
            .app_data::<web::Data<App>>()
            .and_then(|app| client_address(request, &app.settings));
        self.address = address.map(|address| address.to_string());
        self.request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
        self
    }

    /// Adds codes, ids and numbers.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Appends an entry.
pub async fn append(tx: &mut Tx, ids: &Ids, entry: Entry) -> Result<(), DbError> {
    sql(
        "INSERT INTO access_log (id, at, kind, person_id, client_app_id, on_behalf_of, subject_kind, subject_id, \
         address, request_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(ids.next())
    .bind(entry.at)
    .bind(entry.kind)
    .bind(entry.person)
    .bind(entry.client)
    .bind(entry.on_behalf_of)
    .bind(entry.subject.map(|(kind, _)| kind))
    .bind(entry.subject.map(|(_, id)| id))
    .bind(entry.address)
    .bind(entry.request_id)
    .bind(entry.detail)
    .run(tx)
    .await?;
    Ok(())
}

/// Since when somebody has as many entries of a kind about one of these problems as he may have; the latest such time.
/// He is a person, or whoever a client or a receipt speaks for.
pub fn many_since(kind: &'static str, (who, problems): (Uuid, &[Uuid]), since: Timestamp, most: i64) -> Sql {
    sql("SELECT MIN(a.at) AS since FROM access_log a WHERE a.kind = $1 AND a.subject_id")
        .bind(kind)
        .in_list(problems)
        .push_bind(" AND a.at > ", since)
        .push_bind(" AND (a.person_id = ", who)
        .push_bind(" OR a.on_behalf_of = ", who)
        .push_bind(") GROUP BY a.subject_id HAVING COUNT(*) >= ", most)
        .push(" ORDER BY since DESC LIMIT 1")
}
