//! Uploading, attaching, ending.

use actix_web::{HttpResponse, post};

use super::{act_on, changed, find_to_change};
use crate::attachments::domain::{OWNERLESS_SECONDS, OwnerKind};
use crate::attachments::dto::{AttachAttachment, AttachmentView, EndAttachment, NewAttachment};
use crate::attachments::owners::{self, Owner, Said};
use crate::attachments::receive::{Received, receive};
use crate::attachments::store::write::{Insert, Place};
use crate::attachments::store::{NO_OWNER, Reach, contents, read, write};
use crate::auth::policy::{Permission as _, WriteAttachments};
use crate::auth::{Caller, Can};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::domain::hex;
use crate::http::upload::Upload;
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Upload an attachment
///
/// A form with the `file` and, in any order, what is said of it. The file is read as it comes; its SHA-256 is answered,
/// and checked where `sha256` names it. Its type is found in its content, whatever its name; a part whose
/// `Content-Type` contradicts the content is refused (422 `other_file_type`) rather than corrected, because one of the
/// two is wrong. A file name is a label: a path in it is refused (`file_name`). Without an owner the file waits 24
/// hours for `attach`, and only its author sees it; who comes with a receipt names his problem at once. There is no
/// `Idempotency-Key`: equal contents are kept once.
#[utoipa::path(operation_id = "create_attachment", tag = "attachments",
    request_body(content = NewAttachment, content_type = "multipart/form-data"),
    responses((status = 201, description = "Uploaded", body = AttachmentView)),
    extensions(("x-error-codes" = json!(["merged", "ended", "erased"]))))]
#[post("/attachments")]
pub async fn create_attachment(who: Can<WriteAttachments>, work: Work, upload: Upload) -> ApiResult<HttpResponse> {
    let mut received = receive(&work.app, upload, work.now()).await?;
    // Who comes with a receipt cannot come back to attach it: nobody knows him again.
    if who.case.is_some() && received.owner().is_none() {
        return Err(ApiError::invalid_at("/owner_id", FaultCode::Required));
    }
    received.put_in_place(&work.app).await?;
    let reach = owners::reach(&work.app, &who, WriteAttachments::RULE);
    let mut tx = work.begin().await?;
    let owner = match received.owner() {
        Some(named) => Some(owner(&mut tx, &who, &reach, named, work.now()).await?),
        None => None,
    };
    let new = insert_of(&work, received, owner.as_ref())?;
    store(&mut tx, &work, &who, &new, owner.as_ref()).await?;
    let row = read::find(&mut tx, &reach, new.id).await?.or_not_found()?;
    let location = format!("/api/v1/attachments/{}", new.id);
    work.created(tx, location, &AttachmentView::of(row, reach.author)).await
}

/// The owner that a body names.
async fn owner(
    tx: &mut Tx,
    who: &Caller,
    reach: &Reach,
    named: (OwnerKind, uuid::Uuid),
    now: crate::clock::Timestamp,
) -> ApiResult<Owner> {
    let found = owners::find_to_change(tx, who, reach, named, now).await?;
    let owner = found.ok_or_else(|| ApiError::invalid_at("/owner_id", FaultCode::UnknownReference))?;
    owner.must_take_more()?;
    Ok(owner)
}

fn insert_of(work: &Work, received: Received, owner: Option<&Owner>) -> ApiResult<Insert> {
    let id = work.app.ids.next();
    let expires = work.app.real_clock.now().plus_seconds(OWNERLESS_SECONDS);
    Ok(Insert {
        id,
        place: owner.map_or_else(|| Place::none(id), Owner::place),
        file_name: received.file_name,
        media_type: received.media_type.name,
        size: received.size,
        sha256: received.sha256,
        taken_at: received.fields.taken_at,
        public: received.fields.public.unwrap_or(false),
        expires_at: owner.is_none().then_some(expires),
    })
}

async fn store(tx: &mut Tx, work: &Work, who: &Caller, new: &Insert, owner: Option<&Owner>) -> ApiResult<()> {
    write::insert(tx, &who.act(work.now()), new).await?;
    let act = act_on(tx, work, who, true, new.id).await?;
    if !contents::refer(tx, &new.sha256).await? {
        return Err(ApiError::internal("the bytes were removed while they were uploaded"));
    }
    let said = Said {
        kind: if owner.is_some() {
            "attachment.added"
        } else {
            "attachment.uploaded"
        },
        attachment: new.id,
        sha256: &hex(&new.sha256),
        place: new.place,
        public: new.public,
        text: None,
    };
    match owner {
        Some(owner) => owner.note(tx, &work.app.ids, &act, &said).await?,
        None => said.note_alone(tx, &work.app.ids, &act).await?,
    }
    Ok(())
}

/// Attach an upload
///
/// Gives an owner to an upload that has none; for its author alone, within 24 hours. To everybody else it does not
/// exist.
#[utoipa::path(operation_id = "attach_attachment", tag = "attachments", request_body = AttachAttachment,
    params(("id" = Uuid, Path, description = "The attachment's id")),
    responses((status = 200, description = "Attached", body = AttachmentView)),
    extensions(("x-error-codes" = json!(["already_attached", "ended", "erased"]))))]
#[post("/attachments/{id}/attach")]
pub async fn attach_attachment(
    who: Can<WriteAttachments>,
    work: Work,
    id: PathId,
    body: ValidJson<AttachAttachment>,
) -> ApiResult<HttpResponse> {
    let reach = owners::reach(&work.app, &who, WriteAttachments::RULE);
    let mut tx = work.begin().await?;
    let row = find_to_change(&mut tx, &reach, id.0).await?;
    if !reach.author.is_of(&row) {
        return Err(ApiError::not_found());
    }
    if row.owner_kind != NO_OWNER {
        return Err(ApiError::new(Code::AlreadyAttached));
    }
    if row.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    let named = (body.0.owner_kind, body.0.owner_id);
    let owner = owner(&mut tx, &who, &reach, named, work.now()).await?;
    if !write::attach(&mut tx, row.id, owner.place()).await? {
        return Err(ApiError::new(Code::AlreadyAttached));
    }
    let said = Said {
        kind: "attachment.added",
        attachment: row.id,
        sha256: &hex(&row.sha256),
        place: owner.place(),
        public: row.public,
        text: None,
    };
    let act = act_on(&mut tx, &work, &who, true, row.id).await?;
    owner.note(&mut tx, &work.app.ids, &act, &said).await?;
    changed(&work, tx, &reach, row.id).await
}

/// End an attachment
///
/// It was the wrong file, or shows what it should not: lists hide it and its bytes are no longer handed out. By its
/// author, or by a dispatcher who sees its owner; nothing is deleted.
#[utoipa::path(operation_id = "end_attachment", tag = "attachments", request_body = EndAttachment,
    params(("id" = Uuid, Path, description = "The attachment's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    responses((status = 200, description = "Ended", body = AttachmentView)),
    extensions(("x-error-codes" = json!(["merged", "ended", "erased"]))))]
#[post("/attachments/{id}/end")]
pub async fn end_attachment(
    who: Can<WriteAttachments>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndAttachment>,
) -> ApiResult<HttpResponse> {
    let reach = owners::reach(&work.app, &who, WriteAttachments::RULE);
    let mut tx = work.begin().await?;
    let row = find_to_change(&mut tx, &reach, id.0).await?;
    let dispatcher = Reach::of_dispatcher(&work.app, &who);
    let is_author = reach.author.is_of(&row);
    if !is_author && read::find(&mut tx, &dispatcher, row.id).await?.is_none() {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", WriteAttachments::RULE.permission));
    }
    if row.ended_at.is_some() || row.erased_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    let owner = match OwnerKind::parse(&row.owner_kind) {
        Some(kind) => owners::find_to_change(&mut tx, &who, &reach, (kind, row.owner_id), work.now()).await?,
        None => None,
    };
    owner.as_ref().map_or(Ok(()), Owner::must_not_be_merged)?;
    at.check(row.version)?;
    let reason = body.0.reason.trim();
    if !write::end(&mut tx, &who.act(work.now()), row.id, row.version, reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let act = act_on(&mut tx, &work, &who, is_author, row.id).await?;
    let said = Said {
        kind: "attachment.ended",
        attachment: row.id,
        sha256: &hex(&row.sha256),
        place: owner.as_ref().map_or_else(|| Place::none(row.id), Owner::place),
        public: row.public,
        text: Some(reason),
    };
    match &owner {
        Some(owner) => owner.note(&mut tx, &work.app.ids, &act, &said).await?,
        None => said.note_alone(&mut tx, &work.app.ids, &act).await?,
    }
    changed(&work, tx, &reach, row.id).await
}
