//! `GET /metrics/causes`: problems grouped by cause (S-53). A problem with three causes counts at each of the three, so
//! the groups sum to more than the problems; the answer says so.

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::domain::FigureStatus;
use super::domain::formulas::Formula;
use super::dto::{FigureParams, FormulaView, Ratio, VisitParams};
use super::question::{Question, ask};
use super::store;
use super::store::causes::CauseRow;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::directory::refs::{DivisionRef, TermRef};
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};

/// The formulas of the causes. P as in the overview.
const CAUSES: &[Formula] = &[
    Formula {
        figure: "groups",
        zh: "问题数中有该成因的问题数；一个问题有多个成因的，在每个成因下各计一次，故各组之和不小于有成因的问题数",
        en: "problems of P that bear the cause; one with several causes counts at each, so that the groups sum to \
             problems_with_causes or more",
    },
    Formula {
        figure: "problems_with_causes",
        zh: "有成因的问题数（每个问题计一次）÷ 问题数",
        en: "problems of P that bear a cause, each once / P",
    },
    Formula {
        figure: "mentions",
        zh: "各组之和",
        en: "the sum of the groups",
    },
];

/// The problems that bear a cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CauseFigures {
    /// The cause.
    pub cause: TermRef,
    /// How many problems bear it.
    #[schema(minimum = 0, example = 12)]
    pub problems: i64,
}

/// The problems of a division and what lies below it, by cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Causes {
    /// Whose problems they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end was counted.
    pub as_of: NaiveDate,
    /// The first day that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Every cause, also where no problem bears it, by code.
    pub groups: Vec<CauseFigures>,
    /// Problems that bear a cause, each once, of all.
    pub problems_with_causes: Ratio,
    /// The sum of the groups.
    #[schema(minimum = 0, example = 450)]
    pub mentions: i64,
    /// Whether a problem counts in more than one group: the groups are no parts of a total (多重计数). Always true.
    pub multi_count: bool,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Causes {}

impl Causes {
    fn of(asked: FigureParams, question: Question, rows: Vec<CauseRow>, locale: Locale) -> Self {
        let of = |part: &str| rows.iter().filter(|row| row.part == part).map(|row| row.n).sum();
        let (caused, all) = (of("caused"), of("all"));
        let mut groups: Vec<CauseFigures> = rows.into_iter().filter_map(|row| group(row, locale)).collect();
        groups.sort_by(|one, other| one.cause.code.cmp(&other.cause.code));
        let period = question.filters.period;
        Self {
            division: question.division.into(),
            campaign: asked.campaign,
            year: asked.year,
            as_of: period.as_of,
            from: period.since,
            to: period.until,
            status: question.status,
            illustrative: question.illustrative,
            mentions: groups.iter().map(|group| group.problems).sum(),
            groups,
            problems_with_causes: Ratio::of(caused, all),
            multi_count: true,
            formulas: CAUSES.iter().map(|formula| FormulaView::of(formula, locale)).collect(),
        }
    }
}

fn group(row: CauseRow, locale: Locale) -> Option<CauseFigures> {
    Some(CauseFigures {
        cause: TermRef::new(row.code?, row.zh?, row.en?, locale),
        problems: row.n,
    })
}

/// Problems by cause
///
/// `group_by=cause`: each problem counts at each of its causes (S-53), so the groups sum to more than the problems
/// (`multi_count`); how many problems bear any cause, each once, stands beside them. Scope and filters are those of the
/// overview.
#[utoipa::path(operation_id = "get_metrics_causes", tag = "metrics", params(FigureParams),
    responses((status = 200, description = "The causes", body = Causes)))]
#[get("/metrics/causes")]
pub async fn get_metrics_causes(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
) -> ApiResult<View<Causes>> {
    let (asked, visits) = (query.0, VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let rows = store::causes::statement(&question.filters).all(&app.db).await?;
    Ok(View(Causes::of(asked, question, rows, locale)))
}
