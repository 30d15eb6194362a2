//! What a problem is found by: everything that whoever sees it may read, and no name or number of its reporter. Where
//! its place is hidden from some (`hiding.rs`), nobody finds it by its place.

use uuid::Uuid;

use crate::db::{DbError, Tx, sql};
use crate::full_text::domain::Document;
use crate::full_text::store::{Kind, put};
use crate::problems::hiding::is_hidden_from_some;

/// Its texts as they are stored.
pub async fn document(tx: &mut Tx, problem: Uuid) -> Result<Document, DbError> {
    let found: Option<(String, Option<String>, String, Option<String>)> =
        is_hidden_from_some(sql("SELECT p.tracking_no, p.summary, p.statement, CASE WHEN "))
            .push(" THEN NULL ELSE p.place END FROM problem p")
            .push_bind(" WHERE p.id = ", problem)
            .optional(&mut *tx)
            .await?;
    let Some((number, summary, statement, place)) = found else {
        return Ok(Document::default());
    };
    let supplements: Vec<(String,)> = sql("SELECT text FROM supplement WHERE problem_id = $1 ORDER BY at, id")
        .bind(problem)
        .all(tx)
        .await?;
    let document = Document::of([summary.as_deref(), Some(&*statement), place.as_deref()]).number(&number);
    Ok(supplements
        .iter()
        .fold(document, |document, (text,)| document.text(text)))
}

/// Indexes it anew, after one of its texts was added, changed or erased.
pub async fn index(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    let document = document(tx, problem).await?;
    put(tx, Kind::Problem, problem, &document).await
}

/// Indexes anew the problems of a reporter whose places may be hidden from now on.
pub async fn index_places_of(tx: &mut Tx, reporter: Uuid) -> Result<(), DbError> {
    let problems: Vec<(Uuid,)> = sql(
        "SELECT p.id FROM problem_reporter x JOIN problem p ON p.id = x.problem_id \
         WHERE x.reporter_id = $1 AND x.part = 'primary' AND p.place IS NOT NULL AND p.object_id IS NOT NULL \
         ORDER BY p.id",
    )
    .bind(reporter)
    .all(&mut *tx)
    .await?;
    for (problem,) in problems {
        index(tx, problem).await?;
    }
    Ok(())
}
