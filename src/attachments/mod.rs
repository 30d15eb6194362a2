//! Attachments (附件): files as evidence on visits, problems, plans and look-backs. They are welcome and never required:
//! no rule asks for a photo (S-66).
//!
//! An upload is read as it comes into a file of its own, hashed on the way, and takes its type from its content, never
//! from its name; nothing of a name reaches the file system. Equal contents are kept once, in a folder or a bucket
//! (`storage`), under their SHA-256. An attachment may come before its owner: only its author sees it then, and after
//! 24 hours of real time it is gone (`sweep`). Whoever sees the owner sees its attachments; a reporter those that are
//! public or his own. Bytes are fetched by a link that is signed for five minutes (`links`); they are checked against
//! the hash on the way out. Nothing is deleted: an attachment ends with a reason, and lists hide it.

pub mod domain;
pub mod dto;
pub mod kept;
mod links;
mod owners;
mod receive;
mod routes;
pub mod storage;
pub mod store;
pub mod sweep;
#[cfg(test)]
pub(crate) mod tests;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::write::create_attachment)
        .service(routes::read::get_attachment)
        .service(routes::write::attach_attachment)
        .service(routes::write::end_attachment)
        .service(routes::content::create_attachment_link)
        .service(routes::content::get_attachment_content)
        .service(routes::read::list_problem_attachments)
        .service(routes::read::list_visit_attachments)
        .service(routes::read::list_action_plan_attachments);
}
