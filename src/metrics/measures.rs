//! `GET /metrics/measures`: what approved plans propose, by type of measure (S-54).

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::domain::FigureStatus;
use super::domain::formulas::Formula;
use super::dto::{FigureParams, FormulaView, VisitParams};
use super::question::{Question, ask};
use super::store;
use super::store::measures::MeasureRow;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::directory::refs::{DivisionRef, TermRef};
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};

/// The formulas of the measures. P as in the overview.
const MEASURES: &[Formula] = &[
    Formula {
        figure: "groups",
        zh: "统计日前批准的方案（现为已批准、执行中或已完成）中未取消的该类措施数；方案涉及的问题至少有一个计入问题数，一条措施只计一次",
        en: "measures of the type, not taken back, in plans approved by as_of (and still approved, executing or done) that \
             are about at least one problem of P; a measure counts once",
    },
    Formula {
        figure: "measures_proposed",
        zh: "各组之和",
        en: "the sum of the groups",
    },
];

/// The measures of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeasureFigures {
    /// The type.
    pub r#type: TermRef,
    /// How many measures.
    #[schema(minimum = 0, example = 12)]
    pub measures: i64,
    /// How many plans propose any of it.
    #[schema(minimum = 0, example = 9)]
    pub plans: i64,
}

/// What approved plans about the problems of a division and what lies below it propose, by type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Measures {
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
    /// Every type, also that which no plan proposes, by code.
    pub groups: Vec<MeasureFigures>,
    /// The sum of the groups.
    #[schema(minimum = 0, example = 31)]
    pub measures_proposed: i64,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Measures {}

impl Measures {
    fn of(asked: FigureParams, question: Question, rows: Vec<MeasureRow>, locale: Locale) -> Self {
        let period = question.filters.period;
        let of_type = |row: MeasureRow| MeasureFigures {
            r#type: TermRef::new(row.code, row.zh, row.en, locale),
            measures: row.measures,
            plans: row.plans,
        };
        Self {
            division: question.division.into(),
            campaign: asked.campaign,
            year: asked.year,
            as_of: period.as_of,
            from: period.since,
            to: period.until,
            status: question.status,
            illustrative: question.illustrative,
            measures_proposed: rows.iter().map(|row| row.measures).sum(),
            groups: rows.into_iter().map(of_type).collect(),
            formulas: MEASURES
                .iter()
                .map(|formula| FormulaView::of(formula, locale))
                .collect(),
        }
    }
}

/// Measures by type
///
/// What approved plans propose: platforms that are built, policies that are implemented, green channels that are opened
/// (S-54). Scope and filters are those of the overview, and pick the problems that the plans are about.
#[utoipa::path(operation_id = "get_metrics_measures", tag = "metrics", params(FigureParams),
    responses((status = 200, description = "The measures", body = Measures)))]
#[get("/metrics/measures")]
pub async fn get_metrics_measures(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
) -> ApiResult<View<Measures>> {
    let (asked, visits) = (query.0, VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let rows = store::measures::statement(&question.filters).all(&app.db).await?;
    Ok(View(Measures::of(asked, question, rows, locale)))
}
