//! A page of what is to be decided. Who decides depends on who holds which role where at this moment, so rows are read along
//! their order and judged one by one, up to a limit.

use super::domain::RequestState;
use super::dto::RequestView;
use super::presenting::Presenter;
use super::store::{self, Listed, RequestRow};
use crate::auth::policy::{ListRequests, Permission as _};
use crate::auth::{Caller, Scope};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::error::ApiResult;
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};

/// Rows that are read at once where most may be somebody else's.
const BATCH: i64 = 500;
/// Rows that are looked at for one page.
const LOOKED_AT: usize = 5_000;

/// A page of a scope's requests; `decidable`: of those that the caller may decide.
pub async fn page_of(
    db: &Db,
    (who, locale, now): (&Caller, Locale, Timestamp),
    listed: &Listed,
    decidable: bool,
    page: &PageRequest,
) -> ApiResult<Page<RequestView>> {
    if !decidable {
        let rows: Vec<RequestRow> = store::page(listed, page.after::<Timestamp>()?, page.fetch())
            .all(db)
            .await?;
        let total = if page.with_total {
            Some(store::count(db, listed).await?)
        } else {
            None
        };
        let presenter = Presenter::of(db, who, locale, now, &rows).await?;
        return Ok(page
            .page(rows, place, |row| presenter.view(row, true))
            .with_total(total));
    }
    let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let (mut views, mut places, mut after) = (Vec::new(), Vec::new(), page.after::<Timestamp>()?);
    let (mut looked_at, mut more) = (0, true);
    while more && views.len() < wanted && looked_at < LOOKED_AT {
        let rows: Vec<RequestRow> = store::page(listed, after, BATCH).all(db).await?;
        more = i64::try_from(rows.len()).unwrap_or(BATCH) == BATCH;
        looked_at += rows.len();
        after = rows.last().map(place).or(after);
        let presenter = Presenter::of(db, who, locale, now, &rows).await?;
        for row in rows.into_iter().filter(|row| presenter.may_now(row)) {
            places.push(place(&row));
            views.push(presenter.view(row, true));
        }
    }
    let found: Vec<_> = views.into_iter().zip(places).collect();
    let full = found.len() >= wanted;
    let mut answer = page.page(found, |(_, place)| *place, |(view, _)| view);
    if let (true, false, Some((at, id))) = (more, full, after) {
        answer.next_cursor = Some(page.cursor_at(&at, id));
    }
    Ok(answer)
}

/// How many requests the caller may decide now, of the first of his widest scope by the time to decide them, and whether
/// that is all.
pub async fn count_decidable(db: &Db, who: &Caller, now: Timestamp) -> ApiResult<(i64, bool)> {
    let listed = Listed {
        scope: Scope::choose(who.scopes_for(ListRequests::RULE), None)?.id(),
        state: RequestState::Open,
        kinds: Vec::new(),
        overdue_at: None,
    };
    let rows: Vec<RequestRow> = store::page(&listed, None, BATCH).all(db).await?;
    let presenter = Presenter::of(db, who, Locale::Zh, now, &rows).await?;
    let may = rows.iter().filter(|row| presenter.may_now(row)).count();
    let read = i64::try_from(rows.len()).unwrap_or(BATCH);
    Ok((i64::try_from(may).unwrap_or(BATCH), read < BATCH))
}

fn place(row: &RequestRow) -> (Timestamp, uuid::Uuid) {
    (row.decide_by, row.id)
}
