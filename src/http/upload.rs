//! A form with files (`multipart/form-data`, RFC 7578), read part by part as it comes: no file is ever whole in memory.
//!
//! The gate admits it by its headers alone (`admit`), so that a body that says it is too large is refused before any of
//! it is read. What says nothing of its length, or lies about it, is cut off at the limit (413); what comes too slowly
//! is cut off too (400).

use std::cell::Cell;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::operations::{MULTIPART, Operation, Served};
use crate::app::App;
use crate::config::Settings;
use crate::error::{ApiError, ApiResult, Code, Text};

/// Bytes of a form beside its file: the other fields, the boundaries, the headers of parts.
const ENVELOPE: u64 = 64 * 1024;
/// Parts that a form may have: more than any form knows.
const MOST_PARTS: usize = 32;
/// How long a client may send nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How long it may take in all, whatever the size; and beyond that, as long as the slowest line is thought to take.
const AT_LEAST: Duration = Duration::from_secs(60);
/// Bytes a second of that line.
const SLOWEST: u64 = 32 * 1024;

/// Looks at the headers of a form.
///
/// # Errors
/// 413 where it says that it is larger than any form may be, 415 where it is none, 400 without a boundary.
pub(super) fn admit(headers: &HeaderMap, media_type: &str, settings: &Settings) -> ApiResult<()> {
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit(settings)) {
        return Err(too_large(settings.attachment_max_bytes));
    }
    if !media_type.trim().eq_ignore_ascii_case(MULTIPART) {
        return Err(ApiError::new(Code::UnsupportedMediaType).with_member("accepted", vec![MULTIPART]));
    }
    let names_boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.to_ascii_lowercase().contains("boundary="));
    if names_boundary {
        Ok(())
    } else {
        Err(unreadable("缺少 boundary", "no boundary is named"))
    }
}

/// Bytes that a whole form may have.
fn limit(settings: &Settings) -> u64 {
    settings.attachment_max_bytes.saturating_add(ENVELOPE)
}

/// 413 for a file of more bytes than these.
pub fn too_large(limit: u64) -> ApiError {
    ApiError::new(Code::PayloadTooLarge).with_member("limit_bytes", limit)
}

fn unreadable(zh: &str, en: &str) -> ApiError {
    ApiError::new(Code::Malformed).with_detail(Text::new(
        format!("表单无法读取：{zh}"),
        format!("The form cannot be read: {en}"),
    ))
}

/// Why a form was cut off.
#[derive(Clone, Copy, Debug)]
enum Cut {
    TooLarge,
    TooSlow,
}

/// What all parts of a form know of it.
#[derive(Clone, Debug)]
struct Reading {
    cut: Rc<Cell<Option<Cut>>>,
    max_bytes: u64,
}

impl Reading {
    /// What a failure means to the client.
    fn failed(&self, fault: &actix_multipart::MultipartError) -> ApiError {
        match self.cut.get() {
            Some(Cut::TooLarge) => too_large(self.max_bytes),
            Some(Cut::TooSlow) => unreadable("传输过慢", "it comes too slowly"),
            None => unreadable("格式有误或不完整", "it is malformed or incomplete").caused_by(fault.to_string()),
        }
    }
}

/// A form that is being read.
pub struct Upload {
    form: Multipart,
    reading: Reading,
    operation: &'static Operation,
    parts: usize,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Upload({})", self.operation.id)
    }
}

impl FromRequest for Upload {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let served = request.extensions().get::<Served>().cloned();
        let (Some(app), Some(served)) = (request.app_data::<web::Data<App>>(), served) else {
            return ready(Err(ApiError::internal("no App")));
        };
        let reading = Reading {
            cut: Rc::default(),
            max_bytes: app.settings.attachment_max_bytes,
        };
        let bounds = Bounds {
            bytes: limit(&app.settings),
            silence: SILENCE,
            whole: AT_LEAST + Duration::from_secs(limit(&app.settings) / SLOWEST),
        };
        let bounded = bounded(payload.take(), bounds, Rc::clone(&reading.cut));
        ready(Ok(Self {
            form: Multipart::new(request.headers(), bounded),
            reading,
            operation: served.operation,
            parts: 0,
        }))
    }
}

/// How much may come, and how slowly.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    bytes: u64,
    silence: Duration,
    whole: Duration,
}

/// The payload, as far as the bounds allow.
fn bounded(
    payload: impl Stream<Item = Result<web::Bytes, PayloadError>> + Unpin + 'static,
    bounds: Bounds,
    cut: Rc<Cell<Option<Cut>>>,
) -> impl Stream<Item = Result<web::Bytes, PayloadError>> + 'static {
    let deadline = Instant::now() + bounds.whole;
    stream::try_unfold((payload, 0_u64, cut), move |(mut payload, read, cut)| async move {
        let next = timeout_at(deadline.min(Instant::now() + bounds.silence), payload.next());
        let Ok(next) = next.await else {
            cut.set(Some(Cut::TooSlow));
            return Err(PayloadError::Incomplete(None));
        };
        let Some(chunk) = next.transpose()? else {
            return Ok(None);
        };
        let read = read.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if read > bounds.bytes {
            cut.set(Some(Cut::TooLarge));
            return Err(PayloadError::Overflow);
        }
        Ok(Some((chunk, (payload, read, cut))))
    })
}

impl Upload {
    /// The operation that it is sent to, whose document says what its fields must be.
    pub const fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The next part; what is left unread of the one before is skipped.
    ///
    /// # Errors
    /// 400 where the form is malformed, incomplete or too slow, 413 where it is too large.
    pub async fn part(&mut self) -> ApiResult<Option<Part>> {
        let Some(field) = self.form.next().await else {
            return Ok(None);
        };
        let field = field.map_err(|fault| self.reading.failed(&fault))?;
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(unreadable("字段过多", "it has too many parts"));
        }
        Ok(Some(Part {
            field,
            reading: self.reading.clone(),
        }))
    }
}

/// One part of a form.
pub struct Part {
    field: Field,
    reading: Reading,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Part({})", self.name())
    }
}

impl Part {
    /// The field's name.
    pub fn name(&self) -> String {
        self.field.name().unwrap_or_default().to_owned()
    }

    /// The name that the client gives the file: its `filename*` where it has one (RFC 8187), else its `filename`.
    pub fn file_name(&self) -> Option<String> {
        let said = self.field.content_disposition()?;
        let extended = said.get_filename_ext();
        extended
            .and_then(|name| String::from_utf8(name.value.clone()).ok())
            .or_else(|| said.get_filename().map(ToOwned::to_owned))
    }

    /// The media type that the client says the part has, without parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        self.field
            .content_type()
            .map(|media_type| media_type.essence_str().to_ascii_lowercase())
    }

    /// The next bytes; `None` at the end, after which it must not be asked again.
    ///
    /// # Errors
    /// 400 and 413, as for the form.
    pub async fn chunk(&mut self) -> ApiResult<Option<web::Bytes>> {
        let next = self.field.next().await.transpose();
        next.map_err(|fault| self.reading.failed(&fault))
    }

    /// The part as text; `None` where it has more than so many bytes or is no UTF-8.
    ///
    /// # Errors
    /// 400 and 413, as for the form.
    pub async fn text(&mut self, most: usize) -> ApiResult<Option<String>> {
        match self.field.bytes(most).await {
            Ok(Ok(bytes)) => Ok(String::from_utf8(bytes.to_vec()).ok()),
            Ok(Err(fault)) => Err(self.reading.failed(&fault)),
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;

    use actix_web::web::Bytes;
    use futures_util::{StreamExt as _, stream};

    use super::{Bounds, Cut, bounded};

    /// How many of ten chunks of ten bytes come through, each `apart` from the one before, and why it ended early.
    async fn chunks(apart: u64, bounds: Bounds) -> (usize, Option<Cut>) {
        let slow = stream::iter(0..10).then(move |_| async move {
            tokio::time::sleep(Duration::from_millis(apart)).await;
            Ok(Bytes::from_static(b"0123456789"))
        });
        let cut = Rc::new(Cell::new(None));
        let came = bounded(Box::pin(slow), bounds, Rc::clone(&cut));
        (
            came.filter(|chunk| std::future::ready(chunk.is_ok())).count().await,
            cut.get(),
        )
    }

    #[actix_web::test]
    async fn what_comes_too_slowly_or_is_too_much_is_cut_off() {
        let bounds = Bounds {
            bytes: 100,
            silence: Duration::from_secs(60),
            whole: Duration::from_secs(60),
        };
        assert!(matches!(chunks(0, bounds).await, (10, None)));
        assert!(matches!(
            chunks(0, Bounds { bytes: 99, ..bounds }).await,
            (9, Some(Cut::TooLarge))
        ));
        let silence = Duration::from_millis(20);
        assert!(matches!(
            chunks(5_000, Bounds { silence, ..bounds }).await,
            (0, Some(Cut::TooSlow))
        ));
        // Never silent for long, and never done.
        let whole = Duration::from_millis(60);
        let (came, cut) = chunks(20, Bounds { whole, ..bounds }).await;
        assert!(came < 10 && matches!(cut, Some(Cut::TooSlow)), "{came} {cut:?}");
    }
}
