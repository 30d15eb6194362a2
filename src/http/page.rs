//! Lists: keyset pages, so that page 10,000 costs what page 1 does.
//!
//! A cursor is opaque and checked: it carries the position after which the next page begins and a fingerprint of the
//! query it belongs to, so that a cursor of another query is 400 instead of a wrong page.

use std::future::Future;

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::respond::json_or_304;
use super::total::Total;
use crate::auth::keys::sha256;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// What every list takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Items a page, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Where to go on: `next_cursor` of the page before, of the same query.
    #[param(max_length = 400)]
    pub cursor: Option<String>,
    /// Count the items too; exact up to 10,000 (`total`), beyond it `total_at_least`.
    pub with_total: Option<bool>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
    /// How many items there are in all, where `with_total=true` and there are no more than 10,000.
    #[schema(minimum = 0)]
    pub total: Option<i64>,
    /// 10,000, where `with_total=true` and there are more.
    #[schema(minimum = 0)]
    pub total_at_least: Option<i64>,
}

/// A page that was asked for.
#[derive(Clone, Debug)]
pub struct PageRequest {
    limit: usize,
    fingerprint: String,
    after: Option<Vec<Value>>,
    /// Whether a total is wanted.
    pub with_total: bool,
}

impl ListParams {
    /// Reads the page asked for. `query` is whatever tells this query from another: operation, scope, sort, filters.
    ///
    /// # Errors
    /// 400 at `?cursor` for a cursor that is damaged or of another query.
    pub fn page(&self, query: &impl std::fmt::Debug) -> ApiResult<PageRequest> {
        let hash = sha256(format!("{query:?}").as_bytes());
        let fingerprint = URL_SAFE_NO_PAD.encode(&hash[..9]);
        let after = match &self.cursor {
            None => None,
            Some(text) => {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
                let (theirs, keys): (String, Vec<Value>) = serde_json::from_slice(&bytes).map_err(|_| bad_cursor())?;
                if theirs != fingerprint {
                    return Err(bad_cursor());
                }
                Some(keys)
            }
        };
        let limit = usize::try_from(self.limit.unwrap_or(50)).unwrap_or(50).clamp(1, 200);
        Ok(PageRequest {
            limit,
            fingerprint,
            after,
            with_total: self.with_total.unwrap_or(false),
        })
    }
}

/// 400: damaged, of another query, or of another shape than the list's positions.
fn bad_cursor() -> ApiError {
    ApiError::new(Code::Malformed).with_faults(vec![Fault::new("?cursor", FaultCode::BadCursor)])
}

impl PageRequest {
    /// How many rows to read: one more than the page holds, to know whether there is a next one.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(50) + 1
    }

    /// The position after which the page begins: its keys and, last, an id. `None` on the first page.
    ///
    /// # Errors
    /// 400 where the position does not have this shape.
    pub fn after<K: CursorKey>(&self) -> ApiResult<Option<(K, Uuid)>> {
        let Some(keys) = &self.after else { return Ok(None) };
        match keys.as_slice() {
            [key, id] => {
                let key = K::from_json(key).ok_or_else(bad_cursor)?;
                let id = id
                    .as_str()
                    .and_then(|id| Uuid::try_parse(id).ok())
                    .ok_or_else(bad_cursor)?;
                Ok(Some((key, id)))
            }
            _ => Err(bad_cursor()),
        }
    }

    /// Makes the page of rows that were read with `fetch`; `position` tells a row's key and id.
    pub fn page<R, K: CursorKey, T>(
        &self,
        mut rows: Vec<R>,
        position: impl Fn(&R) -> (K, Uuid),
        view: impl FnMut(R) -> T,
    ) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| {
            let (key, id) = position(row);
            self.cursor_at(&key, id)
        });
        Page {
            items: rows.into_iter().map(view).collect(),
            next_cursor,
            total: None,
            total_at_least: None,
        }
    }

    /// The same of a list that is thinned: a page that the rows do not fill goes on where it `stopped` looking. Where
    /// they fill it, that is not asked.
    pub async fn thinned<R, K: CursorKey, T, E>(
        &self,
        rows: Vec<R>,
        position: impl Fn(&R) -> (K, Uuid),
        view: impl FnMut(R) -> T,
        stopped: impl Future<Output = Result<Option<(K, Uuid)>, E>>,
    ) -> Result<Page<T>, E> {
        let is_full = rows.len() > self.limit;
        let mut page = self.page(rows, position, view);
        if !is_full && let Some((key, id)) = stopped.await? {
            page.next_cursor = Some(self.cursor_at(&key, id));
        }
        Ok(page)
    }

    /// The total, where one is wanted; otherwise nothing is counted.
    pub async fn total<C: Into<Total>, E>(
        &self,
        counting: impl Future<Output = Result<C, E>>,
    ) -> Result<Option<Total>, E> {
        Ok(if self.with_total {
            Some(counting.await?.into())
        } else {
            None
        })
    }

    /// The cursor that goes on after a position.
    pub fn cursor_at<K: CursorKey>(&self, key: &K, id: Uuid) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::json!([self.fingerprint, [key.to_json(), id]]).to_string())
    }
}

/// A value that lists are sorted by.
pub trait CursorKey: Sized {
    /// The key within a cursor.
    fn to_json(&self) -> Value;
    /// The key of a cursor.
    fn from_json(value: &Value) -> Option<Self>;
}

impl CursorKey for i64 {
    fn to_json(&self) -> Value {
        (*self).into()
    }
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}

impl CursorKey for String {
    fn to_json(&self) -> Value {
        self.as_str().into()
    }
    fn from_json(value: &Value) -> Option<Self> {
        value
            .as_str()
            .filter(|text| !text.contains('\0'))
            .map(ToOwned::to_owned)
    }
}

impl CursorKey for Timestamp {
    fn to_json(&self) -> Value {
        self.micros().into()
    }
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64().and_then(Self::from_micros)
    }
}

impl CursorKey for NaiveDate {
    fn to_json(&self) -> Value {
        self.to_string().into()
    }
    fn from_json(value: &Value) -> Option<Self> {
        // PostgreSQL's dates end long before chrono's.
        let day: Self = value.as_str()?.parse().ok()?;
        Some(day).filter(|day| (1..=9999).contains(&day.year()))
    }
}

impl<T> Page<T> {
    /// All there is.
    pub const fn whole(items: Vec<T>) -> Self {
        Self {
            items,
            next_cursor: None,
            total: None,
            total_at_least: None,
        }
    }

    /// Adds the total, where one was counted.
    #[must_use]
    pub fn with_total(mut self, total: Option<Total>) -> Self {
        match total {
            Some(Total::Exactly(count)) => self.total = Some(count),
            Some(Total::AtLeast(count)) => self.total_at_least = Some(count),
            None => {}
        }
        self
    }
}

impl<T> Page<Option<T>> {
    /// Without what is not shown.
    pub fn flatten(self) -> Page<T> {
        Page {
            items: self.items.into_iter().flatten().collect(),
            next_cursor: self.next_cursor,
            total: self.total,
            total_at_least: self.total_at_least,
        }
    }
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let link = self.next_cursor.as_ref().map(|cursor| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
                if name != "cursor" {
                    query.append_pair(&name, &value);
                }
            }
            query.append_pair("cursor", cursor);
            format!("<{}?{}>; rel=\"next\"", request.path(), query.finish())
        });
        match serde_json::to_vec(&self) {
            Ok(body) => json_or_304(request, 0, body, link),
            Err(fault) => HttpResponse::from_error(ApiError::internal(fault)),
        }
    }
}
