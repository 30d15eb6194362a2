//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again is done once.
//!
//! The answer is stored in the transaction that makes the change, so on any replica the same key and body get the
//! committed answer for 24 hours, and a refused request has changed nothing and may be tried again. A key is bound to
//! the client, the person, the operation and the path. While one request runs, another with its key is 409
//! `in_progress`: within a process by a set of running keys, between replicas by PostgreSQL's advisory locks. A kept
//! answer may hold personal data and a receipt's code, so it is encrypted like them; and it is gone, while the key
//! stays used (409 `answer_gone`), once words of what it is about are erased or blotted out.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::operations::Operation;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::keys::{Keys, sha256};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Tx, sql};
use crate::error::{ApiError, ApiResult, Code, FaultCode};

/// How long an answer is kept, in seconds.
const KEPT_SECONDS: i64 = 24 * 3600;
/// How often and how far apart a held lock is asked for.
const TRIES: usize = 12;
const BETWEEN_TRIES: std::time::Duration = std::time::Duration::from_millis(25);
/// Characters that a key may have.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 1..=255;

/// The keys whose requests run in this process.
#[derive(Debug, Default)]
pub struct RunningKeys(Mutex<HashSet<[u8; 32]>>);

/// The right to carry out a request under its key; the key is free again when it falls.
#[derive(Debug)]
pub struct Ticket {
    body: [u8; 32],
    path: String,
    operation: &'static str,
    reserved: Reservation,
}

/// A key in the set of running ones.
#[derive(Debug)]
struct Reservation {
    key: [u8; 32],
    running: Arc<RunningKeys>,
}

/// What taking a ticket led to.
#[derive(Debug)]
pub enum Taken {
    /// The request has been answered before.
    Replay(HttpResponse),
    /// It is to be carried out.
    Ticket(Ticket),
}

/// The key of a request: quoted (a structured-field string, as the draft says) or bare, as many clients send it.
///
/// # Errors
/// 400 where it is neither, or longer than 255 characters.
pub fn key_of(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let malformed = || {
        ApiError::new(Code::Malformed)
            .with_faults(vec![crate::error::Fault::new("Idempotency-Key", FaultCode::BadHeader)])
    };
    if headers.get_all("idempotency-key").nth(1).is_some() {
        return Err(malformed());
    }
    let text = value.to_str().map_err(|_| malformed())?.trim();
    let key = match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').ok_or_else(malformed)?,
        None => text,
    };
    let plain = key.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"');
    if plain && KEY_LENGTH.contains(&key.len()) {
        Ok(Some(key.to_owned()))
    } else {
        Err(malformed())
    }
}

impl Ticket {
    /// Looks the key up, and reserves it where it is new.
    ///
    /// # Errors
    /// 422 where the key was used with another body, 409 while its request runs.
    pub async fn take(
        app: &App,
        caller: &Caller,
        operation: &'static Operation,
        key: &str,
        path: &str,
        body: &[u8],
    ) -> ApiResult<Taken> {
        let owner = format!(
            "{:?}\n{}\n{:?}\n{}\n{path}\n{key}",
            caller.client, caller.subject, caller.actor, operation.id
        );
        let (key, body) = (sha256(owner.as_bytes()), sha256(body));
        if let Some(answer) = earlier_answer(app, &key, &body).await? {
            return Ok(Taken::Replay(answer));
        }
        let reserved = Reservation::of(key, &app.running_keys).ok_or_else(|| ApiError::new(Code::InProgress))?;
        Ok(Taken::Ticket(Self {
            body,
            path: path.to_owned(),
            operation: &operation.id,
            reserved,
        }))
    }

    /// Makes sure, at the begin of the transaction, that no other replica carries out the same key.
    pub async fn lock(&self, tx: &mut Tx, now: Timestamp) -> ApiResult<()> {
        let key = &self.reserved.key;
        let number = key.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes));
        // SQLite has one process and one writer: the set of running keys is enough there.
        if !tx.is_embedded() && !locked(tx, number).await? {
            return Err(ApiError::new(Code::InProgress));
        }
        let (done,): (i64,) = sql("SELECT COUNT(*) FROM idempotency WHERE key_hash = $1 AND expires_at > $2")
            .bind(&key[..])
            .bind(now)
            .one(&mut *tx)
            .await?;
        // Done between our look and our lock: the caller will get the answer when it asks again.
        if done == 0 {
            Ok(())
        } else {
            Err(ApiError::new(Code::InProgress))
        }
    }

    /// Keeps the answer, in the transaction that makes the change.
    pub async fn keep(
        &self,
        tx: &mut Tx,
        keys: &Keys,
        now: Timestamp,
        status: u16,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> ApiResult<()> {
        let sealed = keys
            .encrypt(row_of(&self.reserved.key), &String::from_utf8_lossy(body))
            .map_err(ApiError::internal)?;
        let headers: Value = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        sql("DELETE FROM idempotency WHERE key_hash = $1 AND expires_at <= $2")
            .bind(&self.reserved.key[..])
            .bind(now)
            .run(tx)
            .await?;
        sql(
            "INSERT INTO idempotency (key_hash, operation, body_hash, status, headers, body, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&self.reserved.key[..])
        .bind(self.operation)
        .bind(&self.body[..])
        .bind(i64::from(status))
        .bind(headers)
        .bind(sealed)
        .bind(now)
        .bind(now.plus_seconds(KEPT_SECONDS))
        .run(&mut *tx)
        .await?;
        self.note_about(tx, body).await
    }

    /// Notes what the answer is about: whatever its path or its body names.
    async fn note_about(&self, tx: &mut Tx, body: &[u8]) -> ApiResult<()> {
        let mut ids: Vec<Uuid> = self.path.split('/').filter_map(id_in).collect();
        if let Ok(body) = serde_json::from_slice(body) {
            ids_of(&body, &mut ids);
        }
        ids.sort_unstable();
        ids.dedup();
        let numbers: Vec<&str> = self.path.split('/').filter(|part| part.starts_with("SFW-")).collect();
        sql(
            "INSERT INTO idempotency_about (key_hash, about_id) SELECT k.key_hash, x.id FROM idempotency k JOIN \
             (SELECT p.id FROM problem p WHERE p.id",
        )
        .in_list(&ids)
        .push(" UNION SELECT p.id FROM problem p WHERE p.tracking_no")
        .in_list(&numbers)
        .push(" UNION SELECT v.id FROM visit v WHERE v.id")
        .in_list(&ids)
        .push(" UNION SELECT o.id FROM service_object o WHERE o.id")
        .in_list(&ids)
        .push_bind(") x ON 1 = 1 WHERE k.key_hash = ", &self.reserved.key[..])
        .run(tx)
        .await?;
        Ok(())
    }
}

/// Takes PostgreSQL's lock of a key for this transaction. A refused request's rollback may reach the server a moment
/// after its answer reached the client, so a lock that is held is asked for again before it is called a running
/// request.
async fn locked(tx: &mut Tx, number: i64) -> ApiResult<bool> {
    for _ in 0..TRIES {
        let (locked,): (bool,) = sql("SELECT pg_try_advisory_xact_lock($1)")
            .bind(number)
            .one(&mut *tx)
            .await?;
        if locked {
            return Ok(true);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
    Ok(false)
}

impl Reservation {
    /// `None` where the key's request is running in this process.
    fn of(key: [u8; 32], running: &Arc<RunningKeys>) -> Option<Self> {
        let new = running.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        new.then(|| Self {
            key,
            running: Arc::clone(running),
        })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.running
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

/// Removes up to a thousand answers whose time is over; how many. Replicas that sweep together pass over each other's
/// rows.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let skip = tx.lock_clause(" FOR UPDATE SKIP LOCKED");
    let expired = "DELETE FROM idempotency WHERE key_hash IN \
         (SELECT key_hash FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000";
    let removed = sql(expired).bind(now).push(skip).push(")").run(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Takes the words out of every kept answer about these, whose texts were erased or blotted out; the keys stay used.
pub async fn forget(tx: &mut Tx, about: &[Uuid], now: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE idempotency SET body = $1, headers = $2, gone_at = $3 WHERE gone_at IS NULL AND key_hash IN \
         (SELECT a.key_hash FROM idempotency_about a WHERE a.about_id",
    )
    .bind(&b""[..])
    .bind(json!({}))
    .bind(now)
    .in_list(about)
    .push(")")
    .run(tx)
    .await?;
    Ok(())
}

/// An id, where a text is one.
fn id_in(text: &str) -> Option<Uuid> {
    // Ids are sent in one form alone; the parser knows others.
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// Every id that an answer names.
fn ids_of(value: &Value, ids: &mut Vec<Uuid>) {
    match value {
        Value::String(text) => ids.extend(id_in(text)),
        Value::Array(items) => items.iter().for_each(|item| ids_of(item, ids)),
        Value::Object(fields) => fields.values().for_each(|field| ids_of(field, ids)),
        _ => {}
    }
}

/// An answer as it is kept.
#[derive(sqlx::FromRow)]
struct Kept {
    body_hash: Vec<u8>,
    status: i64,
    headers: Value,
    body: Vec<u8>,
    gone_at: Option<Timestamp>,
}

/// The answer that was given to this key, if it was.
///
/// # Errors
/// 422 where it was given to another body; 409 where it is gone.
async fn earlier_answer(app: &App, key: &[u8; 32], body: &[u8; 32]) -> ApiResult<Option<HttpResponse>> {
    let kept: Option<Kept> = sql(
        "SELECT body_hash, status, headers, body, gone_at FROM idempotency WHERE key_hash = $1 AND expires_at > $2",
    )
    .bind(&key[..])
    .bind(app.real_clock.now())
    .optional(&app.db)
    .await?;
    let Some(kept) = kept else {
        return Ok(None);
    };
    if kept.body_hash != body {
        return Err(ApiError::new(Code::KeyReused));
    }
    if kept.gone_at.is_some() {
        return Err(ApiError::new(Code::AnswerGone));
    }
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    // Sealed with a key that has gone: it cannot be replayed, and must not be done twice.
    let answer_body = app
        .keys
        .decrypt(row_of(key), &kept.body)
        .ok_or_else(|| ApiError::new(Code::KeyReused))?;
    let mut answer = HttpResponse::build(status.unwrap_or(StatusCode::OK));
    for (name, value) in kept.headers.as_object().into_iter().flatten() {
        answer.insert_header((name.as_str(), value.as_str().unwrap_or_default()));
    }
    answer.insert_header(("Idempotent-Replayed", "true"));
    Ok(Some(answer.body(answer_body)))
}

/// What a kept answer is sealed to: it cannot be moved under another key.
fn row_of(key: &[u8; 32]) -> Uuid {
    Uuid::from_bytes(key.first_chunk::<16>().copied().unwrap_or_default())
}
