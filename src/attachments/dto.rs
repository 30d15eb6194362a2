//! Attachments on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::domain::OwnerKind;
use super::store::{AttachmentRow, Author};
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::error::FaultCode;
use crate::events::domain::hex;
use crate::http::Versioned;
use crate::http::body::fault;

/// The fields of an upload, in any order.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "owner_is_whole"))]
pub struct NewAttachment {
    /// The file. JPEG, PNG, WebP, HEIC, PDF, office documents, MP4, MP3, M4A, and plain text or CSV in UTF-8; its type
    /// is found in its content, and a `Content-Type` of the part that says another is a fault (`other_file_type`).
    #[schema(value_type = String, format = Binary)]
    pub file: String,
    /// SHA-256 of the file in hexadecimal; another than that of the bytes that came is a fault (`checksum`).
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: Option<String>,
    /// What it belongs to. Without an owner it is kept for 24 hours, for its author to attach it.
    pub owner_kind: Option<OwnerKind>,
    /// Id of the owner, within the caller's scope.
    pub owner_id: Option<Uuid>,
    /// When it was made, as its author says; not in the future.
    pub taken_at: Option<Timestamp>,
    /// Whether the reporter may see it; by default not.
    pub public: Option<bool>,
}

fn owner_is_whole(new: &NewAttachment) -> Result<(), ValidationError> {
    match (new.owner_kind, new.owner_id) {
        (Some(_), None) => Err(fault(FaultCode::Required, "/owner_id")),
        (None, Some(_)) => Err(fault(FaultCode::Required, "/owner_kind")),
        _ => Ok(()),
    }
}

/// Whose an upload that came before its owner now is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "owner_kind": "problem", "owner_id": "0168341f-0000-7000-8000-000000000001" }))]
pub struct AttachAttachment {
    /// What it belongs to.
    pub owner_kind: OwnerKind,
    /// Its id, within the caller's scope.
    pub owner_id: Uuid,
}

/// Why an attachment ends.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "传错文件" }))]
pub struct EndAttachment {
    /// The reason, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}

/// What a list of attachments takes besides the page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttachmentFilters {
    /// Show those too that have ended; inside the administration.
    pub include_ended: Option<bool>,
}

/// The query of a signed link.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SignedLink {
    /// When the link ends: seconds since 1970-01-01T00:00:00Z.
    #[param(minimum = 0)]
    pub expires: i64,
    /// The signature of attachment and end.
    #[param(min_length = 1, max_length = 100)]
    pub signature: String,
}

/// A link to the bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "url": "https://example.org/api/v1/attachments/0168341f-0000-7000-8000-000000000001/content?expires=1547118300&signature=…",
    "expires_at": "2019-01-10T11:05:00Z",
}))]
pub struct AttachmentLink {
    /// Where the bytes are, for whoever holds it: it is a secret.
    pub url: String,
    /// When it ends, in real time.
    pub expires_at: Timestamp,
}

/// What an attachment belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentOwner {
    /// Of which kind it is.
    pub kind: OwnerKind,
    /// Its id.
    pub id: Uuid,
}

/// An attachment (附件).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0168341f-0000-7000-8000-000000000009", "version": 1, "file_name": "现场照片.jpg", "media_type": "image/jpeg",
    "size": 482113, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "taken_at": "2019-01-10T01:40:00Z", "public": false,
    "owner": { "kind": "problem", "id": "0168341f-0000-7000-8000-000000000001" },
    "author": { "id": "0168341f-0000-7000-8000-000000000002", "name": "示例走访干部" },
    "author_org": { "id": "0168341f-0000-7000-8000-000000000003", "name": "义乌市人民政府" },
    "created_at": "2019-01-10T02:00:00Z", "expires_at": null, "ended_at": null, "end_reason": null, "erased_at": null,
}))]
pub struct AttachmentView {
    /// Its id.
    pub id: Uuid,
    /// The version, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The file's name, as its author gave it.
    pub file_name: String,
    /// Its type, as found in its content.
    pub media_type: String,
    /// Bytes.
    #[schema(minimum = 1)]
    pub size: i64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// When it was made, as its author says.
    pub taken_at: Option<Timestamp>,
    /// Whether the reporter may see it.
    pub public: bool,
    /// What it belongs to; null for one that came before its owner.
    pub owner: Option<AttachmentOwner>,
    /// Who uploaded it; null for a client, for a reporter who reads what somebody else uploaded, and where it is a
    /// reporter whom the caller may not know.
    pub author: Option<PersonRef>,
    /// For which organisation; the reporter sees its public name. Null where the author may not be known.
    pub author_org: Option<OrgRef>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it is gone unless it is attached, in real time; null once it has an owner.
    pub expires_at: Option<Timestamp>,
    /// When it ended: lists hide it, and its bytes are no longer handed out.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub end_reason: Option<String>,
    /// When its bytes were erased; the hash stays.
    pub erased_at: Option<Timestamp>,
}

impl Versioned for AttachmentView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl AttachmentView {
    /// A row as this reader may see it: names of people only inside the administration (S-59), and one's own; a masked
    /// reporter's only to whoever may know him.
    pub fn of(row: AttachmentRow, reader: Author) -> Self {
        let known = !row.author_hidden || reader.is_of(&row);
        let named = known && (row.inside || reader.is_of(&row));
        let public_name = row.org_public_name.filter(|_| !row.inside);
        Self {
            id: row.id,
            version: row.version,
            file_name: row.file_name,
            media_type: row.media_type,
            size: row.size,
            sha256: hex(&row.sha256),
            taken_at: row.taken_at,
            public: row.public,
            owner: OwnerKind::parse(&row.owner_kind).map(|kind| AttachmentOwner { kind, id: row.owner_id }),
            author: PersonRef::from_parts(row.created_by, row.author_name).filter(|_| named),
            author_org: OrgRef::from_parts(row.org_id, public_name.or(row.org_name)).filter(|_| known),
            created_at: row.created_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            erased_at: row.erased_at,
        }
    }
}
