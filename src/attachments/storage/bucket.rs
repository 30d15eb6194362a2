//! Attachments in a bucket of an S3-compatible store, by the crate `object_store`: `attachments/<hash>`.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStoreExt as _, RetryConfig};
use secrecy::ExposeSecret as _;
use tokio::io::AsyncWriteExt as _;

use super::StorageFault;
use super::content::Raw;
use super::incoming::Incoming;
use crate::config::Settings;
use crate::events::domain::hex;

/// Bytes that are in memory at a time; what is larger goes in parts of this size, the least that S3 takes.
const PART: usize = 5 * 1024 * 1024;
/// How often a request is tried again, and for how long in all.
const TRIES: usize = 2;
const TRYING: Duration = Duration::from_secs(20);
/// How long a connection may take to be made, and a store to say nothing.
const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(30);

/// A bucket.
#[derive(Clone, Debug)]
pub(super) struct Bucket(Arc<AmazonS3>);

/// A store's refusal, which the writer hands on as a fault of input and output.
fn refused(fault: io::Error) -> StorageFault {
    StorageFault::Bucket(object_store::Error::Generic {
        store: "S3",
        source: Box::new(fault),
    })
}

fn place(sha256: &[u8; 32]) -> Path {
    Path::from_iter(["attachments".to_owned(), hex(sha256)])
}

impl Bucket {
    /// The one of the settings; `None` where they name none.
    pub(super) fn of(settings: &Settings) -> Result<Option<Self>, StorageFault> {
        let (Some(endpoint), Some(bucket), Some(id), Some(key)) = (
            &settings.attachment_s3_endpoint,
            &settings.attachment_s3_bucket,
            &settings.attachment_s3_access_key,
            &settings.attachment_s3_secret_key,
        ) else {
            return Ok(None);
        };
        let clear = endpoint.starts_with("http://");
        let client = ClientOptions::new()
            .with_allow_http(clear)
            .with_connect_timeout(CONNECT)
            .with_read_timeout(SILENCE)
            .with_timeout_disabled();
        let retry = RetryConfig {
            max_retries: TRIES,
            retry_timeout: TRYING,
            ..RetryConfig::default()
        };
        let store = AmazonS3Builder::new()
            .with_endpoint(endpoint.trim_end_matches('/'))
            .with_bucket_name(bucket)
            .with_region(&settings.attachment_s3_region)
            .with_access_key_id(id)
            .with_secret_access_key(key.expose_secret())
            .with_client_options(client)
            .with_retry(retry)
            // Not every S3-compatible store has it.
            .with_disable_bulk_delete(true)
            .build()?;
        Ok(Some(Self(Arc::new(store))))
    }

    pub(super) async fn keep(&self, arrived: Incoming, sha256: &[u8; 32]) -> Result<(), StorageFault> {
        let place = place(sha256);
        match self.0.head(&place).await {
            Ok(there) if there.size == arrived.size() => return Ok(()),
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(fault) => return Err(fault.into()),
        }
        let mut file = tokio::fs::File::from_std(arrived.reopen()?);
        let store: Arc<AmazonS3> = Arc::clone(&self.0);
        let mut writer = BufWriter::with_capacity(store, place, PART).with_max_concurrency(1);
        if let Err(fault) = tokio::io::copy(&mut file, &mut writer).await {
            // Parts that were sent are not left lying about.
            let _ = writer.abort().await;
            return Err(refused(fault));
        }
        writer.shutdown().await.map_err(refused)
    }

    pub(super) async fn open(&self, sha256: &[u8; 32]) -> Result<Raw, StorageFault> {
        let found = match self.0.get(&place(sha256)).await {
            Err(object_store::Error::NotFound { .. }) => return Err(StorageFault::Gone(hex(sha256))),
            found => found?,
        };
        Ok(Box::pin(found.into_stream().map_err(io::Error::other).boxed()))
    }

    pub(super) async fn size_of(&self, sha256: &[u8; 32]) -> Result<Option<u64>, StorageFault> {
        match self.0.head(&place(sha256)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            found => Ok(Some(found?.size)),
        }
    }

    pub(super) async fn remove(&self, sha256: &[u8; 32]) -> Result<(), StorageFault> {
        match self.0.delete(&place(sha256)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            removed => Ok(removed?),
        }
    }
}
