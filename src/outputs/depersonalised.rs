//! That an output names nobody: neither its own problems' objects, reporters and people, nor those of its theme's problems.

use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::error::{ApiResult, Fault};
use crate::public_view::guarding::Guard;
use crate::themes;

/// What an output came of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its own problems.
    pub problems: &'s [Uuid],
    /// Its theme, whose problems at this time count as well.
    pub theme: Option<Uuid>,
}

/// The faults of texts that name somebody behind these problems, or hold a number, an address or a credit code; each at its
/// pointer. No firm may be named, whatever it consented to: every official reads an output, and perhaps everybody.
///
/// # Errors
/// Where the database does not answer.
pub async fn names_nobody(app: &App, tx: &mut Tx, of: Source<'_>, texts: &[(&str, &str)]) -> ApiResult<Vec<Fault>> {
    let mut problems = of.problems.to_vec();
    if let Some(theme) = of.theme {
        problems.extend(themes::store::members_of(&mut *tx, theme).await?);
    }
    let guard = Guard::of_all(tx, &problems).await?;
    let texts: Vec<(&str, Option<&str>)> = texts.iter().map(|(pointer, text)| (*pointer, Some(*text))).collect();
    Ok(guard.faults_at(app, &texts))
}
