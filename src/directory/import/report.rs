//! What an import answers: how much it did, or everything that is wrong with the file.

use std::fmt;

use serde::Serialize;

use crate::db::DbError;
use crate::error::{ApiError, FaultCode};
use crate::http::Locale;

/// What an import did, or in a dry run would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines read, the header not counted.
    pub lines: u64,
    /// Rows that were made.
    pub created: u64,
    /// Rows that were there and took over what the file says.
    pub updated: u64,
    /// Rows that were there as the file has them.
    pub unchanged: u64,
    /// Whether nothing was kept.
    pub dry_run: bool,
    /// Secrets that are shown this once (a line of the file, whose, the secret), such as the reset codes of new
    /// accounts; empty in a dry run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<(u64, String, String)>,
}

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportFault {
    /// Line of the file, from 1; the header is line 1.
    pub line: u64,
    /// The column's name; `None` where the line as a whole is at fault.
    pub column: Option<String>,
    /// Which fault it is, one of the codes that the API uses.
    pub code: &'static str,
    /// In words, in zh-CN; the refused value is not repeated.
    pub detail: String,
}

/// Why an import changed nothing.
#[derive(Debug)]
pub enum ImportFaults {
    /// The file is at fault: everything that is, in the order of its lines.
    File(Vec<ImportFault>),
    /// The file could not be read.
    Read(std::io::Error),
    /// The database failed.
    Database(DbError),
    /// Anything else that failed on our side.
    Other(ApiError),
}

impl ImportFault {
    /// A fault that its code describes.
    pub fn new(line: u64, column: &str, code: FaultCode) -> Self {
        Self::because(line, Some(column), code, code.text(Locale::Zh))
    }

    /// A fault with words of its own.
    pub fn because(line: u64, column: Option<&str>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self {
            line,
            column: column.map(ToOwned::to_owned),
            code: code.as_str(),
            detail: detail.into(),
        }
    }
}

impl fmt::Display for ImportFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(out, "{}: {column}: {} ({})", self.line, self.detail, self.code),
            None => write!(out, "{}: {} ({})", self.line, self.detail, self.code),
        }
    }
}

impl fmt::Display for ImportFaults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(faults) => {
                for (index, fault) in faults.iter().enumerate() {
                    if index > 0 {
                        out.write_str("\n")?;
                    }
                    write!(out, "{fault}")?;
                }
                Ok(())
            }
            Self::Read(error) => write!(out, "the file could not be read: {error}"),
            Self::Database(error) => write!(out, "{error}"),
            Self::Other(error) => write!(out, "{error}"),
        }
    }
}

impl std::error::Error for ImportFaults {}

impl From<DbError> for ImportFaults {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<ApiError> for ImportFaults {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}
