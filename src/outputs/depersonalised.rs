//! That an output names nobody: neither its own problems' objects, reporters and people, nor those of its theme's
//! problems.

use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiResult, FaultCode};
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

/// What is wrong with texts that name somebody behind these problems, or hold a number, an address or a credit code;
/// each at its pointer, as far as the writer may be told. No firm may be named, whatever it consented to: every
/// official reads an output, and perhaps everybody.
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

/// What is published of a theme names somebody behind problems that are to join it.
#[derive(Clone, Debug, Default)]
pub struct NamedInPublished {
    /// The outputs that do.
    pub outputs: Vec<Uuid>,
    /// Each problem, and what of it is named.
    pub problems: Vec<(Uuid, FaultCode)>,
    /// What those outputs say.
    pub texts: Vec<String>,
}

/// Compares what is published of a theme with problems that are to join it, as publishing compares it with those that
/// are there.
///
/// # Errors
/// Where the database does not answer.
pub async fn named_in_published(app: &App, tx: &mut Tx, theme: Uuid, joining: &[Uuid]) -> ApiResult<NamedInPublished> {
    let (published, mut named) = (store::published_of(&mut *tx, theme).await?, NamedInPublished::default());
    let names = |guard: &Guard, texts: &[String; 2]| -> Vec<FaultCode> {
        texts.iter().flat_map(|text| guard.faults(app, text)).collect()
    };
    let all = Guard::of_all(&mut *tx, joining).await?;
    let suspect: Vec<_> = published
        .iter()
        .filter(|(_, texts)| !names(&all, texts).is_empty())
        .collect();
    if suspect.is_empty() {
        return Ok(named);
    }
    for problem in joining {
        let guard = Guard::of_all(&mut *tx, &[*problem]).await?;
        for (output, texts) in &suspect {
            let faults = names(&guard, texts);
            if !faults.is_empty() && !named.outputs.contains(output) {
                named.outputs.push(*output);
                named.texts.extend(texts.iter().cloned());
            }
            named.problems.extend(faults.into_iter().map(|code| (*problem, code)));
        }
    }
    named.problems.sort_by_key(|(problem, code)| (*problem, code.as_str()));
    named.problems.dedup();
    Ok(named)
}
