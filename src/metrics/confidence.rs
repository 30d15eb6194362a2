//! What surveys found, and how confidence changed (S-79): by pairs of what the same answered before and after.
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a parameter that is written out in place"
)]

use std::collections::BTreeMap;

use actix_web::{get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::domain::formulas::Formula;
use super::domain::{Decimal, FigureStatus};
use super::dto::{FigureParams, FormulaView, Ratio, VisitParams};
use super::question::ask;
use super::store;
use super::store::confidence::{QuestionsRow, SurveyRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::ReadMetrics;
use crate::directory::refs::DivisionRef;
use crate::directory::words::Audience;
use crate::error::ApiResult;
use crate::http::Locale;
use crate::http::body::ValidQuery;
use crate::http::respond::{Versioned, View};
use crate::surveys::domain::{Item, Measure};

/// With fewer answers than this a value would say what somebody answered: it is null, and the number stays.
const FEWEST: i64 = 5;

/// Which surveys. They have no category, leading body or disposition.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConfidenceParams {
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end is counted; today by default.
    pub as_of: Option<NaiveDate>,
    /// The first day of answers that counts; of a pair the later one.
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: Option<NaiveDate>,
    /// Code of a division of the caller's: it and what lies below. By default the caller's own, widest first.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Surveys of these audiences.
    #[serde(default)]
    #[param(required = false)]
    pub audience: Vec<Audience>,
}

impl ConfidenceParams {
    fn figures(&self) -> FigureParams {
        FigureParams {
            campaign: self.campaign.clone(),
            year: self.year,
            as_of: self.as_of,
            from: self.from,
            to: self.to,
            division: self.division.clone(),
            audience: self.audience.clone(),
            ..FigureParams::default()
        }
    }
}

/// What was answered to an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemConfidence {
    /// Whom it is asked.
    pub audience: Audience,
    /// The item.
    #[schema(example = "invest_confidence")]
    pub item: String,
    /// The question in the caller's language.
    #[schema(example = "您对在本地继续投资的信心")]
    pub question: String,
    /// All answers before: their sum by their number. Fewer than five: `value` is null.
    pub before: Ratio,
    /// The same after.
    pub after: Ratio,
    /// The same of what was answered once.
    pub once: Ratio,
    /// Pairs of what the same object, or the reporter of the same problem, answered before and after.
    #[schema(minimum = 0, example = 12)]
    pub pairs: i64,
    /// Of the pairs: the mean after less the mean before, −4 to 4; null where there are fewer than five.
    #[schema(required, schema_with = delta_schema)]
    pub delta: Option<Decimal>,
    /// Pairs in which it rose; null where there are fewer than five.
    #[schema(required, minimum = 0)]
    pub risen: Option<i64>,
    /// Pairs in which it fell; null where there are fewer than five.
    #[schema(required, minimum = 0)]
    pub fallen: Option<i64>,
    /// Whether there are pairs, and too few to say more of.
    pub suppressed: bool,
}

fn delta_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    Option::<f64>::schema()
}

/// What surveys found in a division and below.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Confidence {
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
    /// The first day that counts; null: from the beginning.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    /// The day after the last that counts.
    pub to: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Every item that is or was asked, in the order of the questions, also where nothing was answered.
    pub items: Vec<ItemConfidence>,
    /// How each figure is computed.
    pub formulas: Vec<FormulaView>,
}

impl Versioned for Confidence {}

/// How confidence changed
///
/// What enterprises, the people and the grassroots answered to each item of their surveys, and by how much it changed
/// from before to after (S-79): only pairs of answers of the same are compared, with their number beside. Costs the
/// same at any number of answers.
#[utoipa::path(operation_id = "get_confidence_metrics", tag = "metrics", params(ConfidenceParams),
    responses((status = 200, description = "The figures", body = Confidence)))]
#[get("/metrics/confidence")]
pub async fn get_confidence_metrics(
    who: Can<ReadMetrics>,
    app: web::Data<App>,
    locale: Locale,
    query: ValidQuery<ConfidenceParams>,
) -> ApiResult<View<Confidence>> {
    let (asked, visits) = (query.0.figures(), VisitParams::default());
    let question = ask(&app, &who, &asked, &visits).await?;
    let period = question.filters.period;
    let rows: Vec<SurveyRow> = store::confidence::statement(&question.filters).all(&app.db).await?;
    let questions: Vec<QuestionsRow> = store::confidence::questions(&question.filters.audience)
        .all(&app.db)
        .await?;
    Ok(View(Confidence {
        division: question.division.into(),
        campaign: asked.campaign,
        year: asked.year,
        as_of: period.as_of,
        from: period.since,
        to: period.until,
        status: question.status,
        illustrative: question.illustrative,
        items: items(&rows, questions, locale),
        formulas: FORMULAS
            .iter()
            .map(|formula| FormulaView::of(formula, locale))
            .collect(),
    }))
}

/// An item is told once, in its latest words.
fn items(rows: &[SurveyRow], questions: Vec<QuestionsRow>, locale: Locale) -> Vec<ItemConfidence> {
    let mut sums = BTreeMap::new();
    for row in rows {
        *sums
            .entry((row.audience, row.item.as_str(), row.measure))
            .or_insert(0_i64) += row.n;
    }
    let mut shown: Vec<(Audience, Item)> = Vec::new();
    for set in questions {
        for item in set.items.0 {
            let known = shown
                .iter()
                .any(|(audience, known)| *audience == set.audience && known.code == item.code);
            if !known {
                shown.push((set.audience, item));
            }
        }
    }
    let figures = shown.into_iter().map(|(audience, item)| {
        let of = |measure| sums.get(&(audience, item.code.as_str(), measure)).copied().unwrap_or(0);
        let pairs = of(Measure::Pairs);
        let enough = pairs >= FEWEST;
        let delta = Decimal::quotient(of(Measure::PairsAfter) - of(Measure::PairsBefore), pairs);
        ItemConfidence {
            audience,
            question: match locale {
                Locale::Zh => item.zh.clone(),
                Locale::En => item.en.clone(),
            },
            before: mean(of(Measure::BeforePoints), of(Measure::Before)),
            after: mean(of(Measure::AfterPoints), of(Measure::After)),
            once: mean(of(Measure::OncePoints), of(Measure::Once)),
            pairs,
            delta: delta.filter(|_| enough),
            risen: enough.then(|| of(Measure::Risen)),
            fallen: enough.then(|| of(Measure::Fallen)),
            suppressed: pairs > 0 && !enough,
            item: item.code.clone(),
        }
    });
    figures.collect()
}

/// A mean, of which with too few answers only their number is told.
fn mean(points: i64, answers: i64) -> Ratio {
    if answers >= FEWEST {
        return Ratio::of(points, answers);
    }
    Ratio {
        numerator: 0,
        denominator: answers,
        value: None,
    }
}

/// The formulas of surveys.
const FORMULAS: &[Formula] = &[
    Formula {
        figure: "before",
        zh: "服务前答卷该项分数合计÷答卷数；少于5份时不显示分数（after、once 同）",
        en: "sum of the answers before / their number; of fewer than five only their number is told (after and once likewise)",
    },
    Formula {
        figure: "delta",
        zh: "同一服务对象或同一问题前后配对的答卷：服务后均分－服务前均分；少于5对时不显示",
        en: "of pairs of answers of the same object or about the same problem: mean after − mean before; null where there are \
             fewer than five",
    },
];
