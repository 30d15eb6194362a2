//! A page of a scope's comments.

use super::dto::CommentView;
use super::store::listing::Listed;
use crate::auth::Caller;
use crate::db::Db;
use crate::error::ApiResult;
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};
use crate::reporters::domain::{KNOW_MASKED, Reader};

/// The page that was asked for; where it is not full, it goes on after the last row that was looked at.
pub async fn page_of(
    db: &Db,
    who: &Caller,
    locale: Locale,
    listed: &Listed<'_>,
    page: &PageRequest,
) -> ApiResult<Page<CommentView>> {
    // One list runs in one scope, so every row is read in one capacity.
    let roles = who.roles_within(&[listed.scope]);
    let reader = if roles.iter().any(|role| KNOW_MASKED.contains(role)) {
        Reader::CallsBack
    } else {
        Reader::Administration
    };
    page.windowed(db, listed, |row| row.view(Some(reader), locale)).await
}
