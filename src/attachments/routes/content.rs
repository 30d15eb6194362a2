//! The bytes: a link to them, and what the link leads to.

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
    HeaderName,
};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;
use crate::attachments::domain::file_name::for_download;
use crate::attachments::domain::media_type::MediaType;
use crate::attachments::dto::{AttachmentLink, SignedLink};
use crate::attachments::store::AttachmentRow;
use crate::attachments::store::read::{find, find_by_link};
use crate::attachments::{links, owners};
use crate::auth::Can;
use crate::auth::policy::{Permission as _, ReadAttachments};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::access_log::{self, Entry};
use crate::http::{PathId, ValidQuery, Work};

/// A link to the bytes of an attachment
///
/// Good for five minutes, for whoever holds it: a browser or a telephone can fetch the file without a token. Each link
/// stands in the access log, so it is a POST; the answer is kept nowhere, and an `Idempotency-Key` has no effect.
#[utoipa::path(operation_id = "create_attachment_link", tag = "attachments",
    params(("id" = Uuid, Path, description = "The attachment's id")),
    responses((status = 200, description = "The link", body = AttachmentLink)),
    extensions(("x-secret-answer" = json!(true)), ("x-error-codes" = json!(["ended"]))))]
#[post("/attachments/{id}/link")]
pub async fn create_attachment_link(
    who: Can<ReadAttachments>,
    work: Work,
    request: HttpRequest,
    id: PathId,
) -> ApiResult<HttpResponse> {
    let (app, mut tx) = (&work.app, work.begin().await?);
    let reach = owners::reach(app, &who, ReadAttachments::RULE);
    let row = find(&mut tx, &reach, id.0).await?.or_not_found()?;
    if row.ended_at.is_some() || row.erased_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    let entry = Entry::of("attachment_link", app.real_clock.now());
    let entry = entry.by(&who.act(work.now())).on("attachment", row.id).from(&request);
    access_log::append(&mut tx, &app.ids, entry).await?;
    work.secret(tx, &links::make(app, row.id)).await
}

/// The bytes of an attachment
///
/// By a signed link, without a token. They are checked against their SHA-256 on the way: where they are not what they
/// were, the transfer breaks off before its end. `Repr-Digest` (RFC 9530) names the hash. There are no ranges.
#[utoipa::path(operation_id = "get_attachment_content", tag = "attachments",
    params(("id" = Uuid, Path, description = "The attachment's id"), SignedLink),
    responses((status = 200, description = "The bytes", content_type = "*/*", body = Vec<u8>)),
    extensions(("x-error-codes" = json!(["link_invalid", "link_expired"]))))]
#[get("/attachments/{id}/content")]
pub async fn get_attachment_content(
    app: web::Data<App>,
    id: PathId,
    link: ValidQuery<SignedLink>,
) -> ApiResult<HttpResponse> {
    links::check(&app.keys, id.0, link.0.expires, &link.0.signature, app.real_clock.now())?;
    let row = find_by_link(&app.db, id.0).await?.or_not_found()?;
    let is_there = row.ended_at.is_none() && row.erased_at.is_none();
    let media_type = MediaType::of(&row.media_type).filter(|_| is_there).or_not_found()?;
    let sha256: [u8; 32] = row.sha256.as_slice().try_into().map_err(ApiError::internal)?;
    let size = u64::try_from(row.size).map_err(ApiError::internal)?;
    let content = app.files.open(&sha256, size).await?;
    Ok(HttpResponse::Ok()
        .content_type(media_type.with_charset())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, disposition(&row, media_type)))
        .insert_header(("Accept-Ranges", "none"))
        .insert_header(("Content-Security-Policy", "default-src 'none'; sandbox"))
        .insert_header((
            HeaderName::from_static("repr-digest"),
            format!("sha-256=:{}:", STANDARD.encode(sha256)),
        ))
        .body(SizedStream::new(size, content.into_stream())))
}

/// `attachment`, under the name in ASCII for old clients and in UTF-8 for all others (RFC 6266, RFC 8187).
fn disposition(row: &AttachmentRow, media_type: &MediaType) -> ContentDisposition {
    let name = for_download(&row.file_name, media_type);
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_. ()".contains(character);
    let ascii = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(ascii),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.into_bytes(),
            }),
        ],
    }
}
