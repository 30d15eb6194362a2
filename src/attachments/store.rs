//! Every statement on `attachment` and `attachment_content`.
//!
//! `read.rs` finds and lists what a caller may see, `write.rs` changes it, `contents.rs` keeps account of the bytes,
//! `owners.rs` reads which problems an owner belongs to.

pub mod contents;
pub mod owners;
pub mod read;
pub mod write;

use uuid::Uuid;

use super::domain::OwnerKind;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Sql;

/// What stands for an owner where there is none yet.
pub const NO_OWNER: &str = "none";

/// An attachment with the names that its view shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AttachmentRow {
    pub(crate) id: Uuid,
    pub(crate) owner_kind: String,
    pub(crate) owner_id: Uuid,
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) size: i64,
    pub(crate) sha256: Vec<u8>,
    pub(crate) taken_at: Option<Timestamp>,
    pub(crate) public: bool,
    pub(crate) erased_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Option<Uuid>,
    pub(crate) author_name: Option<String>,
    /// Whether he raised the problem and the reader may not know him.
    pub(crate) author_hidden: bool,
    pub(crate) client_app_id: Option<Uuid>,
    pub(crate) org_id: Option<Uuid>,
    pub(crate) org_name: Option<String>,
    pub(crate) org_public_name: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) version: i64,
    /// Whether the reader sees it from inside the administration.
    pub(crate) inside: bool,
}

/// Who uploads, or reads what he uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person; under a delegation the secretary.
    Person(Uuid),
    /// A client by itself.
    Client(Uuid),
    /// Whoever bears the receipt of this problem: his is what came with it and from no person and no client.
    Bearer(Uuid),
    /// Nobody: no attachment is his.
    Nobody,
}

impl Author {
    /// The caller as an author.
    pub fn of(who: &Caller) -> Self {
        match (who.case, who.person(), who.client) {
            (Some(problem), ..) => Self::Bearer(problem),
            (None, Some(person), _) => Self::Person(person),
            (None, None, Some(client)) => Self::Client(client),
            (None, None, None) => Self::Nobody,
        }
    }

    /// Whether he uploaded it.
    pub fn is_of(self, row: &AttachmentRow) -> bool {
        match self {
            Self::Person(person) => row.created_by == Some(person),
            Self::Client(client) => row.created_by.is_none() && row.client_app_id == Some(client),
            Self::Bearer(problem) => {
                let came_alone = row.created_by.is_none() && row.client_app_id.is_none();
                came_alone && OwnerKind::parse(&row.owner_kind) == Some(OwnerKind::Problem) && row.owner_id == problem
            }
            Self::Nobody => false,
        }
    }

    /// Adds that he uploaded `a`.
    fn among(self, statement: Sql) -> Sql {
        match self {
            Self::Person(person) => statement.push_bind("a.created_by = ", person),
            Self::Client(client) => statement.push_bind("a.created_by IS NULL AND a.client_app_id = ", client),
            Self::Bearer(problem) => statement.push_bind(
                "a.created_by IS NULL AND a.client_app_id IS NULL AND a.owner_kind = 'problem' AND a.owner_id = ",
                problem,
            ),
            Self::Nobody => statement.push("1 = 0"),
        }
    }
}

/// How far somebody sees.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The scopes in which he sees from inside the administration.
    pub inside: Vec<Uuid>,
    /// Those in which he sees as a reporter: what is public or his own.
    pub own: Vec<Uuid>,
    /// Those in which he knows masked reporters.
    pub call_back: Vec<Uuid>,
    /// Who he is.
    pub author: Author,
    /// Real time: what has expired is not there.
    pub now: Timestamp,
}
