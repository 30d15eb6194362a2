//! A page of what is to be decided. Who decides depends on who holds which role where at this moment, so rows are read
//! along their order and judged one by one, up to a limit.

use std::future::ready;

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
use crate::http::total::Total;
use crate::http::window::{LOOKED_AT, WINDOW};
use crate::http::{Locale, Page};

/// Rows that are read at once where most may be somebody else's.
const BATCH: i64 = 500;

/// A page of a scope's requests.
pub async fn all(
    db: &Db,
    (who, locale, now): (&Caller, Locale, Timestamp),
    listed: &Listed,
    page: &PageRequest,
) -> ApiResult<Page<RequestView>> {
    let rows: Vec<RequestRow> = store::page(listed, page.after()?, page.fetch()).all(db).await?;
    let total = page.total(store::count(db, listed)).await?;
    let presenter = Presenter::of(db, who, locale, now, &rows).await?;
    Ok(page
        .page(rows, place, |row| presenter.view(row, true))
        .with_total(total))
}

/// A page of those that the caller may decide.
pub async fn decidable(
    db: &Db,
    (who, locale, now): (&Caller, Locale, Timestamp),
    listed: &Listed,
    page: &PageRequest,
) -> ApiResult<Page<RequestView>> {
    let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
    let (mut views, mut places, mut after) = (Vec::new(), Vec::new(), page.after::<Timestamp>()?);
    let (mut looked_at, mut more) = (0, true);
    while more && views.len() < wanted && looked_at < WINDOW {
        let rows: Vec<RequestRow> = store::page(listed, after, BATCH).all(db).await?;
        more = i64::try_from(rows.len()).unwrap_or(BATCH) == BATCH;
        looked_at += BATCH;
        after = rows.last().map(place).or(after);
        let presenter = Presenter::of(db, who, locale, now, &rows).await?;
        for row in rows.into_iter().filter(|row| presenter.may_now(row)) {
            places.push(place(&row));
            views.push(presenter.view(row, true));
        }
    }
    let found: Vec<_> = views.into_iter().zip(places).collect();
    let stopped = ready(ApiResult::Ok(after.filter(|_| more)));
    let answer = page.thinned(found, |(_, place)| *place, |(view, _)| view, stopped);
    let total = page.total(count_first(db, (who, now), listed, LOOKED_AT));
    Ok(answer.await?.with_total(total.await?))
}

/// How many requests the caller may decide now, of the first of his widest scope by the time to decide them.
pub async fn count_decidable(db: &Db, who: &Caller, now: Timestamp) -> ApiResult<Total> {
    let listed = Listed {
        scope: Scope::choose(who.scopes_for(ListRequests::RULE), None)?.id(),
        state: RequestState::Open,
        kinds: Vec::new(),
        overdue_at: None,
    };
    count_first(db, (who, now), &listed, BATCH).await
}

/// How many of a scope's requests the caller may decide now, of the first so many by the time to decide them.
async fn count_first(db: &Db, (who, now): (&Caller, Timestamp), listed: &Listed, most: i64) -> ApiResult<Total> {
    let (mut count, mut looked_at, mut after) = (0, 0, None);
    loop {
        let rows: Vec<RequestRow> = store::page(listed, after, BATCH).all(db).await?;
        let presenter = Presenter::of(db, who, Locale::Zh, now, &rows).await?;
        count += rows.iter().filter(|row| presenter.may_now(row)).count();
        looked_at += BATCH;
        let total = Total::of(count);
        if i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH {
            return Ok(total);
        }
        if looked_at >= most || matches!(total, Total::AtLeast(_)) {
            return Ok(total.at_least());
        }
        after = rows.last().map(place);
    }
}

fn place(row: &RequestRow) -> (Timestamp, uuid::Uuid) {
    (row.decide_by, row.id)
}
