//! Attachments in a folder: `<first two digits of the hash>/<hash>`.

use std::io;
use std::path::{Path, PathBuf};

use actix_web::web::{Bytes, BytesMut};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::StorageFault;
use super::content::Raw;
use super::incoming::{Incoming, make};
use crate::db::sync_folder;
use crate::events::domain::hex;

/// How many bytes are read at a time.
const CHUNK: usize = 64 * 1024;

fn place(folder: &Path, sha256: &[u8; 32]) -> PathBuf {
    folder.join(hex(&sha256[..1])).join(hex(sha256))
}

pub(super) async fn keep(folder: &Path, arrived: Incoming, sha256: &[u8; 32]) -> Result<(), StorageFault> {
    let place = place(folder, sha256);
    if let Some(folder) = place.parent() {
        make(folder).await?;
    }
    arrived.move_to(&place).await?;
    // A renaming lasts when its folder is on the disk, and that folder when the one above it is.
    let lasting = tokio::task::spawn_blocking(move || {
        sync_folder(&place)?;
        place.parent().map_or(Ok(()), sync_folder)
    });
    Ok(lasting.await.map_err(io::Error::other)??)
}

pub(super) async fn open(folder: &Path, sha256: &[u8; 32]) -> Result<Raw, StorageFault> {
    let file = match File::open(place(folder, sha256)).await {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Err(StorageFault::Gone(hex(sha256))),
        file => file?,
    };
    Ok(Box::pin(stream::try_unfold(file, read)))
}

async fn read(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut chunk = BytesMut::with_capacity(CHUNK);
    let count = file.read_buf(&mut chunk).await?;
    Ok((count > 0).then(|| (chunk.freeze(), file)))
}

pub(super) async fn remove(folder: &Path, sha256: &[u8; 32]) -> Result<(), StorageFault> {
    match tokio::fs::remove_file(place(folder, sha256)).await {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => Ok(removed?),
    }
}

pub(super) async fn size_of(folder: &Path, sha256: &[u8; 32]) -> Result<Option<u64>, StorageFault> {
    match tokio::fs::metadata(place(folder, sha256)).await {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(None),
        about => Ok(Some(about?.len())),
    }
}
