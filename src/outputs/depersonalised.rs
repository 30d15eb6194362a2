//! That an output names nobody: neither its own problems' objects, reporters and people, nor those of its theme's problems.

use uuid::Uuid;

use crate::auth::Caller;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::http::Work;
use crate::public_view::guarding::Guard;
use crate::public_view::refusing::{Named, Writer, look};
use crate::themes;

/// What an output came of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its own problems.
    pub problems: &'s [Uuid],
    /// Its theme, whose problems at this time count as well.
    pub theme: Option<Uuid>,
}

/// What is wrong with texts that name somebody behind these problems, or hold a number, an address or a credit code; each at
/// its pointer, as far as the writer may be told. No firm may be named, whatever it consented to: every official reads an
/// output, and perhaps everybody.
///
/// # Errors
/// 429 `too_many_attempts` for who guesses at names.
pub async fn names_nobody(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    of: Source<'_>,
    texts: &[(&str, &str)],
) -> ApiResult<Named> {
    let mut problems = of.problems.to_vec();
    if let Some(theme) = of.theme {
        problems.extend(themes::store::members_of(&mut *tx, theme).await?);
    }
    problems.sort_unstable();
    problems.dedup();
    let guard = Guard::of_all(&mut *tx, &problems).await?;
    let texts: Vec<(&str, Option<&str>)> = texts.iter().map(|(pointer, text)| (*pointer, Some(*text))).collect();
    look(work, tx, Writer::of(who), (&problems, &guard), &texts).await
}
