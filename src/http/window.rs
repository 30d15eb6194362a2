//! Lists that are thinned behind a window: so many rows along an index are looked at, whatever the filters leave of them.

use super::page::COUNTED;
use crate::db::{Db, DbError, Sql, sql};

/// How many rows a count looks at.
const LOOKED_AT: i64 = COUNTED * 5;

/// How many rows such a list has, and whether that is all: exact where no more than 50,000 had to be looked at. `taken`
/// continues a statement by what is left of a window of so many rows, `window` by the window itself, without an end.
pub async fn count(
    db: &Db,
    taken: impl FnOnce(Sql, i64) -> Sql,
    window: impl FnOnce(Sql) -> Sql,
) -> Result<(i64, bool), DbError> {
    let begin = || sql("SELECT COUNT(*) FROM (");
    let taken = taken(begin(), LOOKED_AT).push_bind(" LIMIT ", COUNTED + 1);
    let (count,): (i64,) = taken.push(") c").one(db).await?;
    if count > COUNTED {
        return Ok((COUNTED, false));
    }
    let window = window(begin()).push_bind(" LIMIT ", LOOKED_AT);
    let (looked,): (i64,) = window.push(") w").one(db).await?;
    Ok((count, looked < LOOKED_AT))
}
