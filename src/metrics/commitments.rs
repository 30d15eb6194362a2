//! Whether promises made on site are kept (S-64).
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a parameter that is written out in place"
)]

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::domain::FigureStatus;
use super::domain::formulas::Formula;
use super::dto::{FigureParams, FormulaView, Ratio, VisitParams};
use super::question::ask;
use super::store;
use super::store::commitments::CommitmentSum;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::commitments::domain::CommitmentOutcome;
use crate::directory::refs::DivisionRef;
use crate::directory::words::LeadingBody;
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};

/// Which promises: by the visit at which they were made.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommitmentParams {
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, on which it is looked at; today by default.
    pub as_of: Option<NaiveDate>,
    /// The first day of visits that counts.
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: Option<NaiveDate>,
    /// Code of a division of the caller's: it and what lies below. By default the caller's own, widest first.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Promises of visits led by these bodies.
    #[serde(default)]
    #[param(required = false)]
    pub leading_body: Vec<LeadingBody>,
}

/// What came of the promises made on site in a division and below.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommitmentFigures {
    /// Where they were made.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, on which they were looked at.
    pub as_of: NaiveDate,
    /// The first day of visits that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Made, without those that were ended because they had been entered in error.
    #[schema(minimum = 0)]
    pub made: i64,
    /// Kept by their day.
    #[schema(minimum = 0)]
    pub kept_in_time: i64,
    /// Kept after it.
    #[schema(minimum = 0)]
    pub kept_late: i64,
    /// Broken, as the organisation says itself.
    #[schema(minimum = 0)]
    pub broken: i64,
    /// Neither, and their day was over.
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// Neither, and their day was still to come: the five sum to `made`.
    #[schema(minimum = 0)]
    pub not_due: i64,
    /// Kept by their day, of all that were kept, broken or overdue.
    pub commitments_kept: Ratio,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for CommitmentFigures {}

/// Whether promises made on site are kept
///
/// How many of the promises of a period's visits were kept by their day, kept late, broken, or are overdue on `as_of`
/// (S-64). Costs the same at any number of promises.
#[utoipa::path(operation_id = "get_commitment_metrics", tag = "metrics", params(CommitmentParams),
    responses((status = 200, description = "The figures", body = CommitmentFigures)))]
#[get("/metrics/commitments")]
pub async fn get_commitment_metrics(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<CommitmentParams>,
) -> ApiResult<View<CommitmentFigures>> {
    let (asked, visits) = (figures(query.0), VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let period = question.filters.period;
    let rows: Vec<CommitmentSum> = store::commitments::statement(&question.filters).all(&app.db).await?;
    let counted = Counted::of(&rows);
    Ok(View(CommitmentFigures {
        division: question.division.into(),
        campaign: asked.campaign,
        year: asked.year,
        as_of: period.as_of,
        from: period.since,
        to: period.until,
        status: question.status,
        illustrative: question.illustrative,
        made: counted.made,
        kept_in_time: counted.kept,
        kept_late: counted.late,
        broken: counted.broken,
        overdue: counted.overdue,
        not_due: counted.not_due(),
        commitments_kept: Ratio::of(
            counted.kept,
            counted.kept + counted.late + counted.broken + counted.overdue,
        ),
        formulas: FORMULAS
            .iter()
            .map(|formula| FormulaView::of(formula, locale))
            .collect(),
    }))
}

fn figures(asked: CommitmentParams) -> FigureParams {
    FigureParams {
        campaign: asked.campaign,
        year: asked.year,
        as_of: asked.as_of,
        from: asked.from,
        to: asked.to,
        division: asked.division,
        leading_body: asked.leading_body,
        ..FigureParams::default()
    }
}

/// Promises by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    made: i64,
    kept: i64,
    late: i64,
    broken: i64,
    overdue: i64,
}

impl Counted {
    fn of(rows: &[CommitmentSum]) -> Self {
        let mut counted = Self::default();
        for row in rows {
            // What was made and not settled since is open; it is overdue where its day is past.
            let open = match row.outcome {
                CommitmentOutcome::Made => row.n,
                _ => -row.n,
            };
            if row.past {
                counted.overdue += open;
            }
            match row.outcome {
                CommitmentOutcome::Made => counted.made += row.n,
                CommitmentOutcome::Ended => counted.made -= row.n,
                CommitmentOutcome::Kept => counted.kept += row.n,
                CommitmentOutcome::Late => counted.late += row.n,
                CommitmentOutcome::Broken => counted.broken += row.n,
            }
        }
        counted
    }

    const fn not_due(self) -> i64 {
        self.made - self.kept - self.late - self.broken - self.overdue
    }
}

/// The formulas of promises.
const FORMULAS: &[Formula] = &[
    Formula {
        figure: "commitments_kept",
        zh: "按期兑现数 ÷（兑现数 + 未兑现数 + 截至统计日逾期未了结数）",
        en: "kept by their day / (kept + broken + overdue on as_of)",
    },
    Formula {
        figure: "made",
        zh: "期间内走访作出的承诺数，不含登记有误而终止的；按期兑现 + 逾期兑现 + 未兑现 + 逾期未了结 + 未到期 = 总数",
        en: "promises made at the visits of the period less those ended because they were entered in error; kept_in_time + \
             kept_late + broken + overdue + not_due = made",
    },
];
