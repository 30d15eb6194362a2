//! What a problem is found by: everything that whoever sees it may read, and no name or number of its reporter.

use uuid::Uuid;

use crate::db::{DbError, Tx, sql};
use crate::full_text::domain::Document;
use crate::full_text::store::{Kind, put};

/// Its texts as they are stored.
pub async fn document(tx: &mut Tx, problem: Uuid) -> Result<Document, DbError> {
    let found: Option<(String, Option<String>, String, Option<String>)> =
        sql("SELECT tracking_no, summary, statement, place FROM problem WHERE id = $1")
            .bind(problem)
            .optional(&mut *tx)
            .await?;
    let Some((number, summary, statement, place)) = found else {
        return Ok(Document::default());
    };
    let supplements: Vec<(String,)> = sql("SELECT text FROM supplement WHERE problem_id = $1 ORDER BY at, id")
        .bind(problem)
        .all(tx)
        .await?;
    let document = of(&number, summary.as_deref(), &statement, place.as_deref());
    Ok(supplements
        .iter()
        .fold(document, |document, (text,)| document.text(text)))
}

/// The texts of a problem without supplements.
pub(super) fn of(number: &str, summary: Option<&str>, statement: &str, place: Option<&str>) -> Document {
    Document::of([summary, Some(statement), place]).number(number)
}

/// Indexes it anew, after one of its texts was added, changed or erased.
pub async fn index(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    let document = document(tx, problem).await?;
    put(tx, Kind::Problem, problem, &document).await
}
