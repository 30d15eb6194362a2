//! What keeps a text from everybody: everything that is known of whoever raised and handles its problems.

use uuid::Uuid;

use super::domain::guard::Guarded;
use super::store::{guarded, shown};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::On;
use crate::error::{ApiResult, Fault, FaultCode};
use crate::privacy::phone_candidates;

/// What guards the texts of a problem, or of several.
#[derive(Debug)]
pub struct Guard {
    guarded: Guarded,
    phones: Vec<Vec<u8>>,
}

impl Guard {
    /// Reads it of one problem; `may_name_firm` where the firm consented and the problem is closed.
    pub async fn of(on: impl Into<On<'_>>, problem: Uuid, may_name_firm: bool) -> ApiResult<Self> {
        Self::read(on.into(), &[problem], may_name_firm).await
    }

    /// Reads it of several, no firm of which may be named.
    pub async fn of_all(on: impl Into<On<'_>>, problems: &[Uuid]) -> ApiResult<Self> {
        Self::read(on.into(), problems, false).await
    }

    /// Reads it of a problem that everybody may see at `now`; `None` where nobody may.
    pub async fn of_public(on: impl Into<On<'_>>, problem: Uuid, now: Timestamp) -> ApiResult<Option<Self>> {
        let mut on = on.into();
        Ok(match shown::may_name_firm(&mut on, problem, now).await? {
            Some(may_name_firm) => Some(Self::read(on, &[problem], may_name_firm).await?),
            None => None,
        })
    }

    async fn read(mut on: On<'_>, problems: &[Uuid], may_name_firm: bool) -> ApiResult<Self> {
        Ok(Self {
            guarded: guarded::of(&mut on, problems, may_name_firm).await?,
            phones: guarded::phones(on, problems).await?,
        })
    }

    /// Everything that keeps a text from being shown, told to somebody who may know whom it is about.
    pub fn faults(&self, app: &App, text: &str) -> Vec<FaultCode> {
        let mut faults = self.guarded.faults(text);
        if !faults.contains(&FaultCode::PhoneNumber) && self.holds_a_known_number(app, text) {
            faults.push(FaultCode::PhoneNumber);
        }
        faults
    }

    /// The same told to anybody else: of what he may not know he learns that something is not for everybody.
    pub fn coarse_faults(&self, app: &App, text: &str) -> Vec<FaultCode> {
        let mut faults = self.guarded.open_faults(text);
        let by_form = faults.contains(&FaultCode::PhoneNumber);
        if self.guarded.tells_a_secret(text) || (!by_form && self.holds_a_known_number(app, text)) {
            faults.push(FaultCode::NamesSomebody);
        }
        faults
    }

    fn holds_a_known_number(&self, app: &App, text: &str) -> bool {
        let is_known = |number: &String| self.phones.contains(&app.keys.blind_index(number));
        !self.phones.is_empty() && phone_candidates(text).iter().any(is_known)
    }

    /// The faults of several texts, each at its pointer.
    pub fn faults_at(&self, app: &App, texts: &[(&str, Option<&str>)]) -> Vec<Fault> {
        at(texts, |text| self.faults(app, text))
    }

    /// The same, coarsely.
    pub fn coarse_faults_at(&self, app: &App, texts: &[(&str, Option<&str>)]) -> Vec<Fault> {
        at(texts, |text| self.coarse_faults(app, text))
    }

    /// A text, where everybody may read it. Numbers are known by their form: who guesses at one learns nothing by
    /// looking.
    pub fn shown(&self, text: String) -> Option<String> {
        Some(text).filter(|text| self.guarded.allows(text))
    }

    /// Whether a text names a firm, allowed or not.
    pub fn names_a_firm(&self, text: &str) -> bool {
        self.guarded.names_a_firm(text)
    }

    /// Whether there is a firm that could be named.
    pub fn knows_a_firm(&self) -> bool {
        self.guarded.firms.iter().any(|firm| !firm.is_hidden)
    }
}

fn at(texts: &[(&str, Option<&str>)], faults: impl Fn(&str) -> Vec<FaultCode>) -> Vec<Fault> {
    let said = texts.iter().filter_map(|(pointer, text)| Some((*pointer, (*text)?)));
    said.flat_map(|(pointer, text)| faults(text).into_iter().map(move |code| Fault::new(pointer, code)))
        .collect()
}
