//! An upload as it comes: its fields, its file, and every fault of both at once.

use std::io;

use file_format::FileFormat;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::domain::media_type::{MediaType, settle};
use super::domain::{OwnerKind, file_name};
use super::dto::NewAttachment;
use super::storage::{Arrived, Incoming};
use super::store::contents;
use crate::app::App;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::domain::hex;
use crate::http::body::read;
use crate::http::strict_json::{escape, nul_faults};
use crate::http::upload::{Part, Upload, too_large};

/// The field that is the file.
const FILE: &str = "file";
/// Bytes that any other field may have.
const MOST_TEXT: usize = 1024;

/// A whole upload without a fault of its own.
#[derive(Debug)]
pub struct Received {
    /// Its fields.
    pub fields: NewAttachment,
    /// What the client calls the file.
    pub file_name: String,
    /// What the file is.
    pub media_type: &'static MediaType,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How many there are.
    pub size: i64,
    /// Its bytes, until they are in their place.
    incoming: Option<Incoming>,
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Form {
    values: Map<String, Value>,
    faults: Vec<Fault>,
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    name: Option<String>,
    said: Option<String>,
    arrived: Arrived,
    incoming: Incoming,
}

/// Reads an upload to its end.
///
/// # Errors
/// 422 with every fault; 413, 400 and 503 as soon as they show.
pub async fn receive(app: &App, mut upload: Upload, now: Timestamp) -> ApiResult<Received> {
    let mut form = Form::default();
    while let Some(part) = upload.part().await? {
        form.take(app, part).await?;
    }
    let Form {
        values,
        mut faults,
        file,
    } = form;
    let values = Value::Object(values);
    let expected = upload.operation().body.as_ref();
    let shape = expected.map(|expected| expected.faults(&values)).unwrap_or_default();
    let fits = shape.is_empty() && faults.is_empty();
    faults.extend(shape);
    faults.extend(nul_faults(&values));
    let said_hash = values["sha256"].as_str().map(str::to_ascii_lowercase);
    let media_type = match &file {
        Some(file) => faults_of_file(file, said_hash.as_deref(), &mut faults).await?,
        None => None,
    };
    let fields = if fits {
        Some(read::<NewAttachment>(values))
    } else {
        None
    };
    let fields = match fields {
        Some(Ok(fields)) => fields,
        Some(Err(refused)) => return Err(refused.with_faults(faults)),
        None => return Err(ApiError::invalid(faults)),
    };
    if fields.taken_at.is_some_and(|taken| taken > now) {
        faults.push(Fault::new("/taken_at", FaultCode::NotWithin));
    }
    match (file, media_type) {
        (Some(file), Some(media_type)) if faults.is_empty() => Ok(Received {
            fields,
            file_name: file.name.unwrap_or_default(),
            media_type,
            sha256: file.arrived.sha256,
            size: i64::try_from(file.arrived.size).map_err(ApiError::internal)?,
            incoming: Some(file.incoming),
        }),
        _ => Err(ApiError::invalid(faults)),
    }
}

impl Form {
    async fn take(&mut self, app: &App, mut part: Part) -> ApiResult<()> {
        let name = part.name();
        let pointer = format!("/{}", escape(&name));
        if self.values.contains_key(&name) {
            self.faults.push(Fault::new(pointer, FaultCode::Repeated));
            return Ok(());
        }
        let value = if name == FILE {
            self.file = Some(File::take(app, part).await?);
            Value::String(String::new())
        } else {
            match part.text(MOST_TEXT).await? {
                Some(text) => value_of(&name, text),
                None => {
                    self.faults.push(Fault::new(pointer, FaultCode::TooLong));
                    Value::Null
                }
            }
        };
        self.values.insert(name, value);
        Ok(())
    }
}

/// A form knows texts only; the one field that is no text is read as what it stands for.
fn value_of(name: &str, text: String) -> Value {
    match (name, text.as_str()) {
        ("public", "true") => Value::Bool(true),
        ("public", "false") => Value::Bool(false),
        _ => Value::String(text),
    }
}

impl File {
    async fn take(app: &App, mut part: Part) -> ApiResult<Self> {
        let most = app.settings.attachment_max_bytes;
        let mut incoming = app.files.receive(app.ids.next()).await?;
        while let Some(bytes) = part.chunk().await? {
            incoming.write(&bytes).await?;
            if incoming.size() > most {
                return Err(too_large(most));
            }
        }
        Ok(Self {
            name: part.file_name(),
            said: part.media_type(),
            arrived: incoming.finish().await?,
            incoming,
        })
    }
}

/// What is wrong with the file itself, and its type where that can be said.
async fn faults_of_file(
    file: &File,
    said_hash: Option<&str>,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<&'static MediaType>> {
    if let Some(code) = file_name::fault(file.name.as_deref().unwrap_or_default()) {
        faults.push(Fault::new("/file", code));
    }
    if said_hash.is_some_and(|said| said != hex(&file.arrived.sha256)) {
        faults.push(Fault::new("/sha256", FaultCode::Checksum));
    }
    if file.arrived.size == 0 {
        faults.push(Fault::new("/file", FaultCode::TooShort));
        return Ok(None);
    }
    let found = structure(&file.incoming).await?;
    match settle(found.media_type(), file.arrived.is_text, file.said.as_deref()) {
        Ok(media_type) => Ok(Some(media_type)),
        Err(code) => {
            faults.push(Fault::new("/file", code));
            Ok(None)
        }
    }
}

/// What the structure of the content tells.
async fn structure(incoming: &Incoming) -> ApiResult<FileFormat> {
    let file = incoming.reopen().map_err(ApiError::internal)?;
    let looking = tokio::task::spawn_blocking(move || FileFormat::from_reader(io::BufReader::new(file)));
    let found = looking.await.map_err(ApiError::internal)?;
    found.map_err(ApiError::internal)
}

impl Received {
    /// The owner that it names.
    pub fn owner(&self) -> Option<(OwnerKind, Uuid)> {
        self.fields.owner_kind.zip(self.fields.owner_id)
    }

    /// Puts the bytes in their place, once. Whoever stores the attachment says so with `contents::refer`.
    ///
    /// # Errors
    /// 503 where the disk is full or the store is away.
    pub async fn put_in_place(&mut self, app: &App) -> ApiResult<()> {
        let Some(incoming) = self.incoming.take() else {
            return Ok(());
        };
        let mut tx = app.db.begin().await?;
        contents::announce(&mut tx, &self.sha256, self.size, app.real_clock.now()).await?;
        tx.commit().await?;
        Ok(app.files.keep(incoming, &self.sha256).await?)
    }
}
