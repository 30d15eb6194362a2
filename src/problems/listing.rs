//! What a list of problems reads, for features that find problems by tables of their own: they select which, this joins
//! what a summary shows.

use crate::app::App;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, Sql, sql};
use crate::directory::divisions;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::full_text;
use crate::full_text::store::Kind;
use crate::problems::dto::ProblemFilters;
use crate::problems::hiding::Eyes;
use crate::problems::store::late::LateAt;
use crate::problems::store::list::FilterIds;
pub use crate::problems::store::read::ProblemRow;
use crate::problems::store::{read, ties};

/// `SELECT …` of a summary's columns, up to more of them or `FROM`; the problem is `p`.
pub fn summaries(db: &Db, who: &Caller, now: Timestamp) -> Sql {
    ties::columns(sql(read::brief(db)), db.pick(ties::SQLITE, ties::POSTGRES), who, now)
}

/// The tables behind those columns, `JOIN …`.
pub const fn joins() -> &'static str {
    read::joins()
}

/// What filters mean at this moment.
///
/// # Errors
/// 422 for an unknown division.
pub async fn filter_ids(app: &App, who: &Caller, filters: &ProblemFilters) -> ApiResult<FilterIds> {
    let division = match &filters.division {
        Some(code) => {
            let found = divisions::find_by_code(&app.db, code, app.clock.today()).await?;
            let found = found.ok_or_else(|| ApiError::invalid_at("?division", FaultCode::UnknownReference))?;
            Some(found.id)
        }
        None => None,
    };
    let words = match &filters.q {
        Some(typed) => Some(full_text::store::search(&app.db, Kind::Problem, typed).await?),
        None => None,
    };
    Ok(FilterIds {
        words,
        division,
        late: LateAt::new(&app.calendar(), app.clock.now()),
        eyes: Eyes::of(who, app.clock.now()),
    })
}
