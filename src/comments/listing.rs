//! A page of a scope's comments.

use super::dto::CommentView;
use super::store::CommentRow;
use super::store::listing::Listed;
use crate::auth::Caller;
use crate::clock::Timestamp;
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
    let after = page.after::<Timestamp>()?;
    let rows: Vec<CommentRow> = listed.page(after, page.fetch()).all(db).await?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == page.fetch();
    let stopped = if full {
        None
    } else {
        listed.stopped_at(db, after).await?
    };
    // One list runs in one scope, so every row is read in one capacity.
    let roles = who.roles_within(&[listed.scope]);
    let reader = if roles.iter().any(|role| KNOW_MASKED.contains(role)) {
        Reader::CallsBack
    } else {
        Reader::Administration
    };
    let mut answer = page.page(rows, |row| listed.place(row), |row| row.view(Some(reader), locale));
    if page.with_total {
        answer = answer.counted(listed.count(db).await?);
    }
    if let Some((at, id)) = stopped {
        answer.next_cursor = Some(page.cursor_at(&at, id));
    }
    Ok(answer)
}
