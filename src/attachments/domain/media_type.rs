//! Which types of file are accepted, by what was found in their content. What a client says of a part may only agree.

use crate::error::FaultCode;

/// A type that is accepted.
#[derive(Debug, PartialEq, Eq)]
pub struct MediaType {
    /// What it is called here.
    pub name: &'static str,
    /// What the content is found to be where it is of this type.
    found_as: &'static [&'static str],
    /// What clients call it besides.
    said_as: &'static [&'static str],
    /// The endings of its files, first the usual one.
    pub endings: &'static [&'static str],
}

const fn row(
    name: &'static str,
    found_as: &'static [&'static str],
    said_as: &'static [&'static str],
    endings: &'static [&'static str],
) -> MediaType {
    MediaType {
        name,
        found_as,
        said_as,
        endings,
    }
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Every type that is accepted: nothing that a browser or a system would carry out.
pub const ACCEPTED: &[MediaType] = &[
    row(
        "image/jpeg",
        &["image/jpeg"],
        &["image/jpg", "image/pjpeg"],
        &["jpg", "jpeg", "jpe", "jfif"],
    ),
    row("image/png", &["image/png"], &["image/x-png"], &["png"]),
    row("image/webp", &["image/webp"], &[], &["webp"]),
    row(
        "image/heic",
        &["image/heic", "image/heic-sequence"],
        &["image/heif", "image/heif-sequence"],
        &["heic", "heics", "heif", "hif"],
    ),
    row(
        "image/heif",
        &["image/heif", "image/heif-sequence"],
        &["image/heic", "image/heic-sequence"],
        &["heif", "heifs", "heic", "hif"],
    ),
    row(
        "application/pdf",
        &["application/pdf"],
        &["application/x-pdf"],
        &["pdf"],
    ),
    row(DOCX, &[DOCX], &[], &["docx"]),
    row(XLSX, &[XLSX], &[], &["xlsx"]),
    row(PPTX, &[PPTX], &[], &["pptx"]),
    row("application/msword", &["application/msword"], &[], &["doc", "wps"]),
    row(
        "application/vnd.ms-excel",
        &["application/vnd.ms-excel"],
        &["application/msexcel"],
        &["xls", "et"],
    ),
    row(
        "application/vnd.ms-powerpoint",
        &["application/vnd.ms-powerpoint"],
        &[],
        &["ppt", "dps"],
    ),
    row(
        "video/mp4",
        &["video/mp4", "video/x-m4v"],
        &["application/mp4"],
        &["mp4", "m4v"],
    ),
    row(
        "audio/mpeg",
        &["audio/mpeg"],
        &["audio/mp3", "audio/x-mp3", "audio/x-mpeg"],
        &["mp3"],
    ),
    row(
        "audio/mp4",
        &["audio/mp4", "audio/x-m4a"],
        &["audio/m4a"],
        &["m4a", "mp4"],
    ),
    TEXT,
    CSV,
];

const TEXT: MediaType = row("text/plain", &[], &[], &["txt", "text", "csv", "md", "log"]);
/// Browsers on systems with a spreadsheet program call CSV by that program's name.
const CSV: MediaType = row(
    "text/csv",
    &[],
    &[
        "application/csv",
        "text/comma-separated-values",
        "application/vnd.ms-excel",
    ],
    &["csv", "txt"],
);

/// What says nothing about the content.
const SAYS_NOTHING: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];

impl MediaType {
    /// The accepted type of this name.
    pub fn of(name: &str) -> Option<&'static Self> {
        ACCEPTED.iter().find(|accepted| accepted.name == name)
    }

    /// As an answer names it: texts with their encoding.
    pub fn with_charset(&self) -> String {
        let charset = if self.name.starts_with("text/") {
            "; charset=utf-8"
        } else {
            ""
        };
        format!("{}{charset}", self.name)
    }

    fn is_said(&self, said: &str) -> bool {
        self.name == said || self.said_as.contains(&said) || self.found_as.contains(&said)
    }
}

/// The type of a file: what its content was `found` to be by its structure, whether it `is_text`, and what the client
/// `said`. CSV is text like any other, so there the client's word decides.
///
/// # Errors
/// The fault of a file that is of no accepted type, or of another than was said.
pub fn settle(found: &str, is_text: bool, said: Option<&str>) -> Result<&'static MediaType, FaultCode> {
    let said = said.filter(|said| !SAYS_NOTHING.contains(said));
    let by_structure = ACCEPTED.iter().find(|accepted| accepted.found_as.contains(&found));
    let candidates: &[&MediaType] = match by_structure {
        Some(accepted) => &[accepted],
        None if is_text => &[&TEXT, &CSV],
        None => return Err(FaultCode::FileType),
    };
    let agreeing = candidates
        .iter()
        .find(|candidate| said.is_none_or(|said| candidate.is_said(said)));
    agreeing
        .and_then(|agreeing| MediaType::of(agreeing.name))
        .ok_or(FaultCode::OtherFileType)
}

#[cfg(test)]
mod tests {
    use super::{ACCEPTED, FaultCode, settle};

    #[test]
    fn the_content_decides_and_the_client_may_only_agree() {
        let name = |found, is_text, said| settle(found, is_text, said).map(|media_type| media_type.name);
        assert_eq!(name("image/jpeg", false, None), Ok("image/jpeg"));
        assert_eq!(name("image/jpeg", false, Some("image/jpg")), Ok("image/jpeg"));
        assert_eq!(
            name("image/jpeg", false, Some("application/octet-stream")),
            Ok("image/jpeg")
        );
        assert_eq!(
            name("image/jpeg", false, Some("image/png")),
            Err(FaultCode::OtherFileType)
        );
        assert_eq!(name("audio/x-m4a", false, Some("audio/x-m4a")), Ok("audio/mp4"));
        assert_eq!(
            name("application/zip", false, Some("image/png")),
            Err(FaultCode::FileType)
        );
        assert_eq!(name("text/html", false, Some("text/plain")), Err(FaultCode::FileType));
        // "BM" begins a bitmap, and a text.
        assert_eq!(name("image/bmp", true, Some("text/csv")), Ok("text/csv"));
        assert_eq!(name("application/octet-stream", true, None), Ok("text/plain"));
        assert_eq!(
            name("application/octet-stream", true, Some("application/vnd.ms-excel")),
            Ok("text/csv")
        );
        assert_eq!(
            name("application/octet-stream", true, Some("text/html")),
            Err(FaultCode::OtherFileType)
        );
        assert_eq!(
            name("application/octet-stream", false, Some("image/png")),
            Err(FaultCode::FileType)
        );
    }

    #[test]
    fn nothing_that_is_carried_out_is_accepted() {
        for forbidden in [
            "html",
            "svg",
            "/xml",
            "+xml",
            "javascript",
            "executable",
            "octet-stream",
            "zip",
            "macroenabled",
        ] {
            let named = ACCEPTED.iter().any(|accepted| accepted.name.contains(forbidden));
            assert!(!named, "{forbidden}");
        }
        assert!(ACCEPTED.iter().all(|accepted| !accepted.endings.is_empty()));
    }
}
