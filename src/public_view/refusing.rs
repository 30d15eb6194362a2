//! What a writer is told of a text that names somebody.
//!
//! Whoever may know the people of a problem reads what kind of thing it was. Anybody else could find out a name by
//! guessing, so he learns that something is not for everybody and no more, each such refusal stands in the access log,
//! and after three about one problem within 24 hours his texts about it are not compared any more, on any replica,
//! until the first of them is a day old.

use uuid::Uuid;

use super::guarding::Guard;
use super::store::guarded;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, Text};
use crate::events::access_log::{Entry, many_since};
use crate::http::Work;
use crate::reporters::domain::KNOW_MASKED;

/// The kind of the entries.
const REFUSED: &str = "text_refused";
/// How many refusals somebody may have about one problem within a day.
const MOST: i64 = 3;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Of how many problems an entry is made, where a text is about more.
const LOGGED: usize = 50;

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'w> {
    /// The caller.
    pub who: &'w Caller,
    /// By what he is known where no person is: of whoever a client or a receipt speaks for.
    pub voice: Option<Uuid>,
    /// Whether he speaks for the primary reporter of the problem.
    pub speaks: bool,
}

impl<'w> Writer<'w> {
    /// Somebody of the administration.
    pub const fn of(who: &'w Caller) -> Self {
        Self {
            who,
            voice: None,
            speaks: false,
        }
    }

    /// Whom the refusals are counted of.
    fn counted(&self) -> Uuid {
        let voice = self.voice.unwrap_or(self.who.subject);
        self.who.person().unwrap_or(voice)
    }

    fn entry(&self, work: &Work) -> Entry {
        let entry = Entry::of(REFUSED, work.app.real_clock.now()).by(&self.who.act(work.now()));
        match self.who.person() {
            Some(_) => entry,
            None => Entry {
                on_behalf_of: Some(self.counted()),
                ..entry
            },
        }
    }
}

/// What is wrong with texts, as far as their writer may be told, and what is to stand in the access log of it.
#[derive(Debug, Default)]
pub struct Named {
    /// The faults.
    pub faults: Vec<Fault>,
    /// The entries.
    pub traces: Vec<Entry>,
}

impl Named {
    /// Refuses the texts, and whatever else is wrong with them.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn refuse(self, others: Vec<Fault>) -> ApiResult<()> {
        let mut faults = others;
        faults.extend(self.faults);
        if faults.is_empty() {
            return Ok(());
        }
        Err(ApiError::invalid(faults).with_traces(self.traces))
    }
}

/// Looks for whoever is behind these problems in texts, each at its pointer.
///
/// # Errors
/// 429 `too_many_attempts` for who was refused too often and may not know them.
pub async fn look(
    work: &Work,
    tx: &mut Tx,
    writer: Writer<'_>,
    (problems, guard): (&[Uuid], &Guard),
    texts: &[(&str, Option<&str>)],
) -> ApiResult<Named> {
    let who = writer.who;
    // A client belongs nowhere, and an account in its own cases no further than it speaks.
    let scopes = |is_meant: fn(Role) -> bool| {
        if who.is_client {
            Vec::new()
        } else {
            who.scopes_of(is_meant)
        }
    };
    let (call_back, inside) = (scopes(|role| KNOW_MASKED.contains(&role)), scopes(Role::is_inside));
    let mut hidden = guarded::hidden_from(&mut *tx, problems, (&call_back, &inside), writer.speaks).await?;
    if hidden.is_empty() {
        return Ok(Named {
            faults: guard.faults_at(&work.app, texts),
            traces: Vec::new(),
        });
    }
    hidden.truncate(LOGGED);
    must_not_guess(work, tx, writer, &hidden).await?;
    let faults = guard.coarse_faults_at(&work.app, texts);
    let guessed = faults.iter().any(|fault| fault.code == FaultCode::NamesSomebody);
    let traces = hidden
        .into_iter()
        .filter(|_| guessed)
        .map(|problem| writer.entry(work).on("problem", problem));
    Ok(Named {
        traces: traces.collect(),
        faults,
    })
}

async fn must_not_guess(work: &Work, tx: &mut Tx, writer: Writer<'_>, problems: &[Uuid]) -> ApiResult<()> {
    let now = work.app.real_clock.now();
    let about = (writer.counted(), problems);
    let statement = many_since(REFUSED, about, now.plus_seconds(-DAY_SECONDS), MOST);
    let first: Option<(Timestamp,)> = statement.optional(tx).await?;
    let Some((first,)) = first else { return Ok(()) };
    let seconds = (first.seconds() + DAY_SECONDS - now.seconds()).max(1);
    let detail = Text::new(
        "涉及该问题的文字多次含有不宜公开的信息，请在一天后再试",
        "Texts about this problem named somebody too often: try again when a day is over",
    );
    Err(ApiError::new(Code::TooManyAttempts)
        .with_detail(detail)
        .with_header("Retry-After", seconds.to_string()))
}
