//! Trust and satisfaction over time (S-76): what those served said, never without how many were asked (S-83).
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a parameter that is written out in place"
)]

use std::collections::BTreeMap;

use actix_web::{get, web};
use chrono::{Datelike as _, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::domain::formulas::Formula;
use super::domain::{FigureStatus, Period};
use super::dto::{FigureParams, FormulaView, Ratio, Satisfaction, VisitParams};
use super::question::ask;
use super::rollup::Outcome;
use super::store;
use super::store::satisfaction::MonthRow;
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::directory::refs::DivisionRef;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};
use crate::surveys::domain::Measure;
use crate::text_enum;

text_enum! {
    /// How long the intervals of a series are.
    pub enum SeriesInterval {
        Month = "month" / "月" / "months",
        Quarter = "quarter" / "季度" / "quarters",
        Year = "year" / "年" / "years",
    }
}

/// The most intervals that one answer holds.
const MOST: usize = 600;

/// How the series is cut.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesParams {
    /// How long an interval is; quarters by default.
    #[param(inline)]
    pub interval: Option<SeriesInterval>,
}

/// What those served said of an interval.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SatisfactionInterval {
    /// `2019-01`, `2019-Q1` or `2019`; null: all of them together.
    #[schema(required, example = "2019-Q1")]
    pub interval: Option<String>,
    /// Its first day that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after its last that counts.
    pub to: NaiveDate,
    /// Reporters who were asked to rate, once for each round of handling.
    #[schema(minimum = 0)]
    pub invited: i64,
    /// Those who did. Who did not is in neither numerator nor denominator of what follows but `response_rate`.
    #[schema(minimum = 0)]
    pub rated: i64,
    /// Mean, satisfied, and response rate, which are shown together only.
    pub satisfaction: Satisfaction,
    /// What the people's surveys of the interval said of their trust in the government: the sum of the answers (1 to 5
    /// each) by their number.
    pub trust: Ratio,
}

/// Trust and satisfaction over time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SatisfactionSeries {
    /// Whose figures they are.
    pub division: DivisionRef,
    /// The campaign's slug; null: all campaigns.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year; null: all years.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end was counted.
    pub as_of: NaiveDate,
    /// How long an interval is.
    pub interval: SeriesInterval,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// All intervals together.
    pub total: SatisfactionInterval,
    /// Every interval of the period in its order, also where nothing was asked or said.
    #[schema(max_items = 600)]
    pub intervals: Vec<SatisfactionInterval>,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for SatisfactionSeries {}

/// Trust and satisfaction over time
///
/// What the reporters of the problems recorded in each interval said of how they were handled, up to `as_of` (S-76):
/// the sum of the intervals is the overview's figure for the period. Silence counts for nothing, and the response rate
/// stands beside it (S-83). `trust` is what the people's surveys of the interval said; of the filters, division,
/// campaign, year and audience apply to it. Costs the same at any number of problems. A period of more than 600
/// intervals is 422 at `?from`.
#[utoipa::path(operation_id = "get_satisfaction_metrics", tag = "metrics", params(FigureParams, SeriesParams),
    responses((status = 200, description = "The series", body = SatisfactionSeries)))]
#[get("/metrics/satisfaction")]
pub async fn get_satisfaction_metrics(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<FigureParams>,
    series: ValidQuery<SeriesParams>,
) -> ApiResult<View<SatisfactionSeries>> {
    let (asked, visits) = (query.0, VisitParams::default());
    let interval = series.0.interval.unwrap_or(SeriesInterval::Quarter);
    let question = ask(&app, &who, &asked, &visits).await?;
    let period = question.filters.period;
    let rows = store::satisfaction::statement(&question.filters).all(&app.db).await?;
    let (total, intervals) = intervals(&rows, period, interval)?;
    Ok(View(SatisfactionSeries {
        division: question.division.into(),
        campaign: asked.campaign,
        year: asked.year,
        as_of: period.as_of,
        interval,
        status: question.status,
        illustrative: question.illustrative,
        total,
        intervals,
        formulas: FORMULAS
            .iter()
            .map(|formula| FormulaView::of(formula, locale))
            .collect(),
    }))
}

/// What was said, added up.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    invited: i64,
    rated: i64,
    satisfied: i64,
    points: i64,
    trusting: i64,
    trust: i64,
}

impl Said {
    fn add(&mut self, row: &MonthRow) {
        if row.surveyed {
            match Measure::parse(&row.word) {
                Some(Measure::Before | Measure::After | Measure::Once) => self.trusting += row.n,
                Some(Measure::BeforePoints | Measure::AfterPoints | Measure::OncePoints) => self.trust += row.n,
                _ => {}
            }
            return;
        }
        match Outcome::parse(&row.word) {
            Some(Outcome::Invited) => self.invited += row.n,
            Some(Outcome::Rated) => self.rated += row.n,
            Some(Outcome::Satisfied) => self.satisfied += row.n,
            Some(Outcome::Points) => self.points += row.n,
            _ => {}
        }
    }

    fn of(self, interval: Option<String>, from: Option<NaiveDate>, to: NaiveDate) -> SatisfactionInterval {
        SatisfactionInterval {
            interval,
            from,
            to,
            invited: self.invited,
            rated: self.rated,
            satisfaction: Satisfaction {
                mean: Ratio::of(self.points, self.rated),
                satisfied: Ratio::of(self.satisfied, self.rated),
                response_rate: Ratio::of(self.rated, self.invited),
            },
            trust: Ratio::of(self.trust, self.trusting),
        }
    }
}

/// All together, and interval by interval: from the period's first day, or else that of the first row.
fn intervals(
    rows: &[MonthRow],
    period: Period,
    interval: SeriesInterval,
) -> ApiResult<(SatisfactionInterval, Vec<SatisfactionInterval>)> {
    let (mut all, mut said) = (Said::default(), BTreeMap::<NaiveDate, Said>::new());
    for row in rows {
        all.add(row);
        if let Ok(month) = NaiveDate::parse_from_str(&format!("{}-01", row.month), "%Y-%m-%d") {
            said.entry(interval.begin(month)).or_default().add(row);
        }
    }
    let first = period.since.map(|since| interval.begin(since));
    let mut begin = first.or_else(|| said.keys().next().copied());
    let mut series = Vec::new();
    while let Some(this) = begin.filter(|begin| *begin < period.until) {
        if series.len() == MOST {
            return Err(ApiError::invalid_at("?from", FaultCode::NotWithin));
        }
        let next = interval.next(this);
        let (from, to) = (
            period.since.map_or(this, |since| since.max(this)),
            next.map_or(period.until, |next| next.min(period.until)),
        );
        let sums = said.get(&this).copied().unwrap_or_default();
        series.push(sums.of(Some(interval.name(this)), Some(from), to));
        begin = next;
    }
    Ok((all.of(None, period.since, period.until), series))
}

impl SeriesInterval {
    /// The first day of the interval in which a day lies.
    fn begin(self, day: NaiveDate) -> NaiveDate {
        let month = match self {
            Self::Month => day.month(),
            Self::Quarter => (day.month() - 1) / 3 * 3 + 1,
            Self::Year => 1,
        };
        NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
    }

    /// The first day of the one after it; `None` at the end of time.
    fn next(self, begin: NaiveDate) -> Option<NaiveDate> {
        begin.checked_add_months(Months::new(match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }))
    }

    fn name(self, begin: NaiveDate) -> String {
        match self {
            Self::Month => begin.format("%Y-%m").to_string(),
            Self::Quarter => format!("{}-Q{}", begin.year(), (begin.month() - 1) / 3 + 1),
            Self::Year => begin.year().to_string(),
        }
    }
}

/// The formulas of the series. P as in the overview.
const FORMULAS: &[Formula] = &[
    Formula {
        figure: "satisfaction",
        zh: "区间内记录的问题截至统计日：mean＝评分合计÷评价数；satisfied＝评分不低于4的评价数÷评价数；response_rate＝评价数÷邀请数；未评价的不计入前两项的分子与分母",
        en: "of the problems of P recorded in the interval, by as_of: mean: sum of results / ratings; satisfied: ratings of 4 or \
             more / ratings; response_rate: ratings / invitations; silence is in neither numerator nor denominator of the first two",
    },
    Formula {
        figure: "trust",
        zh: "区间内群众问卷“信任程度”一项的分数合计÷答卷数",
        en: "sum of the answers to the item trust of the surveys answered in the interval / their number",
    },
];

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::{MonthRow, SeriesInterval, intervals};
    use crate::metrics::domain::Period;

    fn row(month: &str, word: &str, n: i64) -> MonthRow {
        MonthRow {
            month: month.to_owned(),
            word: word.to_owned(),
            surveyed: false,
            n,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn period(since: Option<&str>, until: &str) -> Period {
        Period {
            since: since.map(day),
            until: day(until),
            as_of: day(until),
        }
    }

    #[test]
    fn idle_intervals_are_shown_and_intervals_are_cut_by_the_period() {
        let rows = [
            row("2019-01", "rated", 2),
            row("2019-01", "points", 9),
            row("2019-08", "rated", 1),
        ];
        let (all, series) =
            intervals(&rows, period(Some("2019-01-10"), "2019-08-20"), SeriesInterval::Quarter).expect("few");
        let seen: Vec<(&str, i64)> = series
            .iter()
            .map(|one| (one.interval.as_deref().unwrap(), one.rated))
            .collect();
        assert_eq!(seen, [("2019-Q1", 2), ("2019-Q2", 0), ("2019-Q3", 1)]);
        assert_eq!(
            (series[0].from, series[2].to, all.rated),
            (Some(day("2019-01-10")), day("2019-08-20"), 3)
        );
        assert!(series[1].satisfaction.mean.value.is_none());
        assert!(
            intervals(&[], period(None, "2019-08-20"), SeriesInterval::Month)
                .expect("none")
                .1
                .is_empty()
        );
        assert!(intervals(&[], period(Some("1900-01-01"), "2019-08-20"), SeriesInterval::Month).is_err());
    }

    proptest! {
        #[test]
        fn the_intervals_follow_each_other_without_a_gap_and_sum_to_the_total(
            months in prop::collection::vec((2015_i32..2022, 1_u32..13, 1_i64..9), 0..20),
            interval in prop::sample::select(SeriesInterval::ALL),
        ) {
            let rows: Vec<MonthRow> =
                months.iter().map(|(year, month, n)| row(&format!("{year}-{month:02}"), "rated", *n)).collect();
            let (all, series) = intervals(&rows, period(None, "2022-01-01"), interval).expect("few");
            prop_assert_eq!(series.iter().map(|one| one.rated).sum::<i64>(), all.rated);
            prop_assert!(series.windows(2).all(|pair| Some(pair[0].to) == pair[1].from));
        }
    }
}
