//! Finding problems like one that is about to be recorded.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::domain::{Score, Traits, similar};
use super::dto::SimilarProblemsQuery;
use super::store::{self, CandidateRow};
use crate::app::App;
use crate::db::Db;
use crate::directory::terms;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::full_text::domain::{Document, Gram, signature};
use crate::full_text::store::Kind;
use crate::full_text::store::weight::rarest;
use crate::problems::hiding::Eyes;

/// Words of a text that are looked up, from all over it.
const LOOKED_UP: usize = 48;
/// Of these, so many of the rarest are looked for.
const RAREST: usize = 12;
/// Shown at most.
const SHOWN: usize = 10;

/// The ids of what is most alike within these scopes, and how alike it is; the most first.
///
/// # Errors
/// 422 for a category that is none, or one of another audience.
pub async fn find(
    app: &App,
    (scopes, eyes): (&[Uuid], &Eyes),
    asked: &SimilarProblemsQuery,
) -> ApiResult<Vec<(Uuid, Score)>> {
    let wanted = Traits {
        words: signature(&asked.text),
        category: category(&app.db, asked).await?,
        object: asked.object_id,
        ..Traits::default()
    };
    let mut words = rarest(&app.db, Kind::Problem, &sample(&asked.text)).await?;
    words.truncate(RAREST);
    let mut ids = store::with_words(&app.db, scopes, asked.audience, &words).await?;
    if let Some(object) = asked.object_id {
        ids.extend(store::of_object(&app.db, (scopes, eyes), asked.audience, object).await?);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::candidates(&app.db, &ids, eyes).await?;
    let mut found: Vec<(Uuid, Score)> = rows
        .iter()
        .filter_map(|row| Some((row.id, similar(&wanted, &traits(row))?)))
        .collect();
    // Equally alike: the latest first.
    found.sort_by(|(one, its), (other, theirs)| theirs.value.total_cmp(&its.value).then_with(|| other.cmp(one)));
    found.truncate(SHOWN);
    Ok(found)
}

/// The words of a text that are looked up: all of a short one's, of a long one's every so-many-th.
fn sample(text: &str) -> Vec<Gram> {
    let document = Document::default().text(text);
    let whole: Vec<&Gram> = document.grams().iter().filter(|gram| gram.is_whole()).collect();
    let step = whole.len().div_ceil(LOOKED_UP).max(1);
    whole.into_iter().step_by(step).cloned().collect()
}

fn traits(row: &CandidateRow) -> Traits {
    let text = [row.summary.as_deref().unwrap_or_default(), &row.statement].join("\n");
    Traits {
        words: signature(&text),
        category: Some(row.category_id),
        object: row.object_id,
        ..Traits::default()
    }
}

async fn category(db: &Db, asked: &SimilarProblemsQuery) -> ApiResult<Option<Uuid>> {
    let Some(code) = &asked.category else { return Ok(None) };
    let refuse = |code| ApiError::invalid_at("/category", code);
    let term = terms::find(db, "category", code)
        .await?
        .ok_or_else(|| refuse(FaultCode::UnknownReference))?;
    let fits = asked
        .audience
        .is_none_or(|audience| term.audience.is_none_or(|theirs| theirs == audience));
    if !fits {
        return Err(refuse(FaultCode::OtherAudience));
    }
    Ok(Some(term.id))
}

/// In the order in which they were found.
pub fn in_order<R, T>(
    found: Vec<(Uuid, Score)>,
    rows: Vec<R>,
    id: impl Fn(&R) -> Uuid,
    show: impl Fn(R, Score) -> T,
) -> Vec<T> {
    let mut by_id: BTreeMap<Uuid, R> = rows.into_iter().map(|row| (id(&row), row)).collect();
    let shown = found
        .into_iter()
        .filter_map(|(id, score)| Some(show(by_id.remove(&id)?, score)));
    shown.collect()
}
