//! What a visit is found by: what was seen and heard, and where.

use uuid::Uuid;

use super::VisitRow;
use crate::db::{DbError, Tx, sql};
use crate::full_text::domain::Document;
use crate::full_text::store::{Kind, put};

/// Its texts as they are stored.
pub async fn document(tx: &mut Tx, visit: Uuid) -> Result<Document, DbError> {
    type Texts = (Option<String>, Option<String>, Option<String>, Option<String>);
    let found: Option<Texts> = sql("SELECT observations, heard, place_note, mode_note FROM visit WHERE id = $1")
        .bind(visit)
        .optional(tx)
        .await?;
    let Some((observations, heard, place, mode)) = found else {
        return Ok(Document::default());
    };
    Ok(Document::of([
        observations.as_deref(),
        heard.as_deref(),
        place.as_deref(),
        mode.as_deref(),
    ]))
}

/// Indexes it as it is stored.
pub(super) async fn index_anew(tx: &mut Tx, visit: Uuid) -> Result<(), DbError> {
    let document = document(tx, visit).await?;
    put(tx, Kind::Visit, visit, &document).await
}

/// Indexes it as it was just written.
pub(super) async fn index(tx: &mut Tx, visit: &VisitRow) -> Result<(), DbError> {
    let document = Document::of([
        visit.observations.as_deref(),
        visit.heard.as_deref(),
        visit.place_note.as_deref(),
        visit.mode_note.as_deref(),
    ]);
    put(tx, Kind::Visit, visit.id, &document).await
}
