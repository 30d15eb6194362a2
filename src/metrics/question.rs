//! What a question means: whose division, which years, which terms; every word that means nothing is a fault.

use chrono::NaiveDate;
use uuid::Uuid;

use super::domain::{FigureStatus, Period};
use super::dto::{AppliedFilters, FigureParams, VisitParams};
use super::store::figures::Filters;
use super::store::{self, Meaning, MeantDivision, MeantYear, Words};
use crate::app::App;
use crate::auth::Caller;
use crate::auth::policy::{Permission as _, ReadMetrics};
use crate::directory::words::Level;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// The divisions whose figures a caller may read, widest first: those of the memberships that may read figures at all.
#[derive(Debug)]
pub struct OwnDivisions {
    ids: Vec<Uuid>,
    widest: String,
}

impl OwnDivisions {
    /// Of a caller.
    ///
    /// # Errors
    /// 403 where no membership allows it.
    pub fn of(who: &Caller) -> ApiResult<Self> {
        let may = who
            .memberships
            .iter()
            .filter(|own| ReadMetrics::RULE.roles.contains(&own.role));
        let mut own: Vec<_> = may
            .map(|own| (Level::of_code(&own.division_code), &own.division_code, own.division))
            .collect();
        own.sort();
        let (_, widest, _) = own.first().ok_or_else(|| ApiError::new(Code::Forbidden))?;
        Ok(Self {
            widest: (*widest).clone(),
            ids: own.iter().map(|(_, _, id)| *id).collect(),
        })
    }
}

/// Finds out what a question of a caller's means: one statement.
///
/// # Errors
/// 403 where no membership allows it; 422 where its days or words mean nothing.
pub async fn ask(app: &App, who: &Caller, asked: &FigureParams, visits: &VisitParams) -> ApiResult<Question> {
    let as_of = asked.as_of.unwrap_or_else(|| app.clock.today());
    let period = Period::new(asked.from, asked.to, as_of)?;
    let own = OwnDivisions::of(who)?;
    let meaning = store::meaning(&app.db, words(asked, visits, &own)).await?;
    understand(asked, visits, meaning, period)
}

/// The words of a question, to be looked up.
pub fn words<'q>(asked: &'q FigureParams, visits: &'q VisitParams, own: &'q OwnDivisions) -> Words<'q> {
    Words {
        division: asked.division.as_deref().unwrap_or(&own.widest),
        within: &own.ids,
        campaign: asked.campaign.as_deref(),
        year: asked.year,
        categories: &asked.category,
        modes: &visits.mode,
    }
}

/// A question that is understood.
#[derive(Debug)]
pub struct Question {
    /// Whose figures.
    pub division: MeantDivision,
    /// Of what.
    pub filters: Filters,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
}

/// Puts a question together from its words' meaning.
///
/// # Errors
/// 422 `unknown_reference` at each parameter that names nothing in the caller's scope.
pub fn understand(asked: &FigureParams, visits: &VisitParams, meaning: Meaning, period: Period) -> ApiResult<Question> {
    let mut faults = Vec::new();
    let mut unknown = |parameter: &str| faults.push(Fault::new(format!("?{parameter}"), FaultCode::UnknownReference));
    let division = division(meaning.divisions, period.as_of);
    if division.is_none() {
        unknown("division");
    }
    let chooses_years = asked.campaign.is_some() || asked.year.is_some();
    if chooses_years && meaning.years.is_empty() {
        unknown(if asked.campaign.is_some() { "campaign" } else { "year" });
    }
    let is_known = |kind: &str, code: &String| {
        let mut of_kind = meaning.terms.iter().filter(|term| term.kind == kind);
        of_kind.any(|term| term.code == *code || term.heading.as_ref() == Some(code))
    };
    if !asked.category.iter().all(|code| is_known("category", code)) {
        unknown("category");
    }
    if !visits.mode.iter().all(|code| is_known("visit_mode", code)) {
        unknown("mode");
    }
    let Some(division) = division.filter(|_| faults.is_empty()) else {
        return Err(ApiError::invalid(faults));
    };
    let categories = meaning.terms.iter().filter(|term| term.kind == "category");
    let filters = Filters {
        division: division.id,
        level: Level::of_code(&division.code).unwrap_or(Level::Village),
        period,
        years: meaning
            .years
            .iter()
            .map(|year| year.id)
            .filter(|_| chooses_years)
            .collect(),
        audience: asked.audience.clone(),
        category: categories.map(|term| term.id).collect(),
        leading_body: asked.leading_body.clone(),
        disposition: asked.disposition.clone(),
        mode: visits.mode.clone(),
        origin: visits.origin.clone(),
        group_by: visits.group_by,
    };
    let covered: Vec<&MeantYear> = meaning.years.iter().filter(|year| covers(year, &period)).collect();
    let is_final = !covered.is_empty() && covered.iter().all(|year| year.closed);
    Ok(Question {
        division,
        filters,
        status: if is_final {
            FigureStatus::Final
        } else {
            FigureStatus::Preliminary
        },
        illustrative: covered.iter().any(|year| year.illustrative),
    })
}

/// A code may have stood for several divisions: the one that exists on the day, else the latest.
fn division(mut meant: Vec<MeantDivision>, as_of: NaiveDate) -> Option<MeantDivision> {
    let exists = |one: &MeantDivision| {
        one.valid_from.is_none_or(|from| from <= as_of) && one.valid_to.is_none_or(|to| as_of < to)
    };
    meant.sort_by_key(|one| (exists(one), one.valid_from));
    meant.pop()
}

/// Whether a year has a day in the period.
fn covers(year: &MeantYear, period: &Period) -> bool {
    let begins = year.opens_on.is_none_or(|opens| opens < period.until);
    let ends = match (year.closes_on, period.since) {
        (Some(closes), Some(since)) => since <= closes,
        _ => true,
    };
    begins && ends
}

/// Which filters applied to what: problems have no mode, visits no category.
pub fn applied(asked: &FigureParams, visits: &VisitParams) -> AppliedFilters {
    let given = [
        ("campaign", asked.campaign.is_some(), true, true),
        ("year", asked.year.is_some(), true, true),
        ("from", asked.from.is_some(), true, true),
        ("to", asked.to.is_some(), true, true),
        ("audience", !asked.audience.is_empty(), true, false),
        ("category", !asked.category.is_empty(), true, false),
        ("leading_body", !asked.leading_body.is_empty(), true, true),
        ("disposition", !asked.disposition.is_empty(), true, false),
        ("mode", !visits.mode.is_empty(), false, true),
        ("origin", !visits.origin.is_empty(), false, true),
    ];
    let given = || given.iter().filter(|(_, is_given, _, _)| *is_given);
    AppliedFilters {
        problems: given().filter(|filter| filter.2).map(|filter| filter.0).collect(),
        visits: given().filter(|filter| filter.3).map(|filter| filter.0).collect(),
    }
}
