//! The handlers.

pub mod read;
pub mod write;

use uuid::Uuid;

use super::dto::VisitView;
use super::references::change_scopes;
use super::store::view::{Dialect, view};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::Locale;

/// What the caller has just written, as it is stored.
async fn written(tx: &mut Tx, who: &Caller, locale: Locale, id: Uuid) -> ApiResult<VisitView> {
    let dialect = Dialect::of_tx(tx);
    let row = view(tx, dialect, None, &change_scopes(who), id).await?.or_not_found()?;
    Ok(VisitView::new(row, who, locale))
}
