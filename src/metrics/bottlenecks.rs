//! `GET /metrics/bottlenecks`: where problems stop (破除中梗阻, S-69), by stage and organisation, never by person.
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a parameter that is written out in place"
)]

use std::collections::BTreeMap;

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema as _, ToSchema};
use uuid::Uuid;

use super::domain::Decimal;
use super::domain::formulas::Formula;
use super::dto::{FigureParams, FormulaView, VisitParams};
use super::question::{Question, ask};
use super::store::dwell::{self, OpenRow, StayRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::calendar::{Calendar, MINUTES_OF_A_WORKING_DAY};
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::directory::words::Audience;
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};
use crate::problems::domain::State;

/// Fewer stays than this tell too much of single ones: no percentiles then.
const FEW: i64 = 5;

/// Which stays are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BottleneckParams {
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
    /// The first day on which a stay that counts was left.
    pub from: Option<NaiveDate>,
    /// The day after the last.
    pub to: Option<NaiveDate>,
    /// Code of a division of the caller's: it and what lies below. By default the caller's own, widest first.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Problems of these audiences.
    #[serde(default)]
    #[param(required = false)]
    pub audience: Vec<Audience>,
    /// How many lines, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

/// A stage with an organisation: how long problems stayed there, and how many are there now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Bottleneck {
    /// The stage.
    pub stage: State,
    /// Who led or studied; null before anybody did.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// Stays that were left in the period.
    #[schema(minimum = 0)]
    pub stays: i64,
    /// Working minutes of all these stays, 480 a working day.
    #[schema(minimum = 0)]
    pub minutes: i64,
    /// Working minutes that half of them did not exceed; null where there are fewer than five.
    #[schema(required, minimum = 0)]
    pub p50_minutes: Option<i64>,
    /// Working minutes that nine in ten did not exceed; null likewise.
    #[schema(required, minimum = 0)]
    pub p90_minutes: Option<i64>,
    /// Whether there are stays, and too few for percentiles.
    pub suppressed: bool,
    /// Problems that are there now.
    #[schema(minimum = 0)]
    pub open: i64,
    /// Working days for which these have waited so far, whole days of all together.
    #[schema(minimum = 0)]
    pub open_working_days: i64,
    /// Working days of both: the order of the lines.
    #[schema(required, schema_with = decimal_schema)]
    pub total_working_days: Option<Decimal>,
    #[serde(skip)]
    total_minutes: i64,
}

fn decimal_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    Option::<f64>::schema()
}

/// Where problems stop.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Bottlenecks {
    /// Whose problems they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The first day that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: NaiveDate,
    /// The day whose backlog is shown.
    pub as_of: NaiveDate,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// The lines, the longest waiting first.
    pub lines: Vec<Bottleneck>,
    /// How many there are in all.
    #[schema(minimum = 0)]
    pub total_lines: usize,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Bottlenecks {}

const FORMULAS: &[Formula] = &[
    Formula {
        figure: "minutes",
        zh: "期间内离开该环节的各次停留的工作分钟数之和（工作日9:00至17:00，每日480分钟）",
        en: "sum of the working minutes (09:00 to 17:00 on working days, 480 a day) of the stays that were left in [from, to)",
    },
    Formula {
        figure: "p50_minutes, p90_minutes",
        zh: "不超过该值的停留占50%、90%；停留不足5次的不予显示",
        en: "the smallest stay that 50 %, 90 % did not exceed; not shown for fewer than 5 stays",
    },
    Formula {
        figure: "open_working_days",
        zh: "当前停留在该环节的问题自进入之日起已等待的工作日数之和",
        en: "sum over the problems that are there now of the working days since the day on which they came",
    },
    Formula {
        figure: "total_working_days",
        zh: "minutes ÷ 480 + open_working_days",
        en: "minutes / 480 + open_working_days",
    },
];

/// Where problems stop
///
/// How long they stayed in each stage with each organisation, and how many are there now, the longest waiting first
/// (S-69). A stay belongs to whoever led or studied when it was left; it counts in the period in which it was left, the
/// backlog is that of today. The figures are those of the caller's division and what lies below it, or of a `division`
/// therein. They are read from a fact for each stay within period and division.
#[utoipa::path(operation_id = "get_metrics_bottlenecks", tag = "metrics", params(BottleneckParams),
    responses((status = 200, description = "The stages", body = Bottlenecks)))]
#[get("/metrics/bottlenecks")]
pub async fn get_metrics_bottlenecks(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<BottleneckParams>,
) -> ApiResult<View<Bottlenecks>> {
    let limit = usize::try_from(query.0.limit.unwrap_or(50)).unwrap_or(50);
    let (asked, visits) = (asked(query.0), VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let period = question.filters.period;
    let stays: Vec<StayRow> = dwell::stays(&question.filters).all(&app.db).await?;
    let open = dwell::open(&app.db, &question.filters).await?;
    let mut lines = lines(stays, open, period.as_of, &app.calendar());
    let total_lines = lines.len();
    lines.truncate(limit);
    Ok(View(view(asked, question, lines, total_lines, locale)))
}

fn asked(query: BottleneckParams) -> FigureParams {
    FigureParams {
        campaign: query.campaign,
        year: query.year,
        from: query.from,
        to: query.to,
        division: query.division,
        audience: query.audience,
        ..FigureParams::default()
    }
}

/// Puts stays and backlog together, the longest waiting first.
pub(super) fn lines(stays: Vec<StayRow>, open: Vec<OpenRow>, today: NaiveDate, calendar: &Calendar) -> Vec<Bottleneck> {
    let mut lines: BTreeMap<(State, Option<Uuid>), Bottleneck> = BTreeMap::new();
    let empty = |stage: State, id: Option<Uuid>, name: Option<String>| Bottleneck {
        stage,
        org: OrgRef::from_parts(id, name),
        stays: 0,
        minutes: 0,
        p50_minutes: None,
        p90_minutes: None,
        suppressed: false,
        open: 0,
        open_working_days: 0,
        total_working_days: None,
        total_minutes: 0,
    };
    for row in stays {
        let shown = row.n >= FEW;
        let line = Bottleneck {
            stays: row.n,
            minutes: row.minutes,
            p50_minutes: Some(row.p50).filter(|_| shown),
            p90_minutes: Some(row.p90).filter(|_| shown),
            suppressed: !shown,
            ..empty(row.stage, row.org_id, row.org_name)
        };
        lines.insert((row.stage, row.org_id), line);
    }
    for row in open {
        let line = lines
            .entry((row.stage, row.org_id))
            .or_insert_with(|| empty(row.stage, row.org_id, row.org_name));
        line.open += row.n;
        line.open_working_days += row.n * i64::from(calendar.working_days_between(row.since, today));
    }
    let mut lines: Vec<Bottleneck> = lines.into_values().collect();
    for line in &mut lines {
        line.total_minutes = line.minutes + line.open_working_days * MINUTES_OF_A_WORKING_DAY;
        line.total_working_days = Decimal::quotient(line.total_minutes, MINUTES_OF_A_WORKING_DAY);
    }
    // The sort is stable: equal waiting keeps the order of the stages.
    lines.sort_by_key(|line| std::cmp::Reverse(line.total_minutes));
    lines
}

fn view(
    asked: FigureParams,
    question: Question,
    lines: Vec<Bottleneck>,
    total_lines: usize,
    locale: Locale,
) -> Bottlenecks {
    let period = question.filters.period;
    Bottlenecks {
        division: question.division.into(),
        campaign: asked.campaign,
        year: asked.year,
        from: period.since,
        to: period.until,
        as_of: period.as_of,
        illustrative: question.illustrative,
        lines,
        total_lines,
        formulas: FORMULAS
            .iter()
            .map(|formula| FormulaView::of(formula, locale))
            .collect(),
    }
}
