//! What a list of problems reads, for features that find problems by tables of their own: they select which, this joins
//! what a summary shows.

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, Sql, sql};
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
