//! Surveys on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::{Answers, Item, Moment, SurveyVia};
use super::store::answers::AnswerRow;
use super::store::templates::TemplateRow;
use crate::clock::Timestamp;
use crate::directory::words::Audience;
use crate::http::{Locale, Versioned};

/// A question of a new survey.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSurveyItem {
    /// Its code; the same question keeps its code from number to number, so that it can be compared.
    #[schema(pattern = "^[a-z][a-z0-9_]{1,39}$", max_length = 40, example = "invest_confidence")]
    pub code: String,
    /// The question in Chinese.
    #[schema(min_length = 1, max_length = 200)]
    pub zh: String,
    /// The question in English.
    #[schema(min_length = 1, max_length = 200)]
    pub en: String,
}

/// New questions for an audience.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "audience": "masses", "title": "群众获得感问卷", "title_en": "What the people gain",
    "items": [{ "code": "gain", "zh": "您的获得感", "en": "How much do you feel that you gain?" }],
}))]
pub struct NewSurveyTemplate {
    /// Whom they are asked.
    pub audience: Audience,
    /// What the set is called, in Chinese.
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// The same in English.
    #[schema(min_length = 1, max_length = 100)]
    pub title_en: String,
    /// The questions, each answered by 1 (worst) to 5 (best).
    #[schema(min_items = 1, max_items = 30)]
    pub items: Vec<NewSurveyItem>,
    /// From which day on (Asia/Shanghai): today by default, no earlier, and not before the number before it begins.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
}

/// Which surveys.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SurveyTemplateFilters {
    /// Whom they are asked.
    pub audience: Option<Audience>,
    /// Those too that are not in force today.
    pub include_ended: Option<bool>,
}

/// A question of a survey.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyItemView {
    /// Its code.
    #[schema(example = "invest_confidence")]
    pub code: String,
    /// The question in the caller's language.
    #[schema(example = "您对在本地继续投资的信心")]
    pub question: String,
    /// The same in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The worst answer.
    #[schema(minimum = 1, example = 1)]
    pub lowest: i64,
    /// The best answer.
    #[schema(minimum = 1, example = 5)]
    pub highest: i64,
}

/// The questions for an audience (问卷).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyTemplateView {
    /// Its id.
    pub id: Uuid,
    /// Whom they are asked.
    pub audience: Audience,
    /// From 1, for each audience.
    #[schema(minimum = 1)]
    pub number: i64,
    /// What the set is called, in the caller's language.
    #[schema(example = "企业轻装上阵问卷")]
    pub title: String,
    /// The questions.
    pub items: Vec<SurveyItemView>,
    /// The first day on which it is asked.
    pub valid_from: NaiveDate,
    /// The first day on which it is no longer; null: not known.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
}

impl Versioned for SurveyTemplateView {}

impl SurveyTemplateView {
    /// In a language.
    pub fn of(row: TemplateRow, locale: Locale) -> Self {
        let item = |item: Item| SurveyItemView {
            question: match locale {
                Locale::Zh => item.zh.clone(),
                Locale::En => item.en.clone(),
            },
            code: item.code,
            zh: item.zh,
            en: item.en,
            lowest: 1,
            highest: item.scale,
        };
        Self {
            id: row.id,
            audience: row.audience,
            number: row.number,
            title: match locale {
                Locale::En if !row.title_en.is_empty() => row.title_en,
                Locale::Zh | Locale::En => row.title,
            },
            items: row.items.0.into_iter().map(item).collect(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// An answered survey. At a visit: `visit_id` with `object_id` or `problem_id`; as the reporter: `problem_id` alone.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "template_id": "019fb0c5-3f8e-7000-8000-000000003002", "moment": "after",
    "problem_id": "019fb0c5-3f8e-7000-8000-000000000001",
    "answers": { "gain": 5, "happiness": 4, "security": 5, "convenience": 4, "trust": 5 },
}))]
pub struct NewSurveyAnswer {
    /// The survey: one in force, for the audience of the problem or object.
    pub template_id: Uuid,
    /// Before, after, or once. After a problem's handling: when it awaits confirmation or is closed.
    pub moment: Moment,
    /// The visit at which an officer or leader who was there writes it down.
    #[serde(default)]
    pub visit_id: Option<Uuid>,
    /// The problem that it is about.
    #[serde(default)]
    pub problem_id: Option<Uuid>,
    /// The object that answers: one of the visit's.
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// Item code to answer, 1 (worst) to 5 (best): every item of the survey.
    #[schema(value_type = std::collections::BTreeMap<String, i64>)]
    pub answers: Answers,
}

/// Which answers.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SurveyAnswerFilters {
    /// About this problem.
    pub problem: Option<Uuid>,
    /// Of this object.
    pub object: Option<Uuid>,
    /// Written down at this visit.
    pub visit: Option<Uuid>,
}

/// An answered survey; it never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyAnswerView {
    /// Its id.
    pub id: Uuid,
    /// The survey.
    pub template_id: Uuid,
    /// Whom it asks.
    pub audience: Audience,
    /// The survey's number.
    #[schema(minimum = 1)]
    pub number: i64,
    /// Before, after, or once.
    pub moment: Moment,
    /// By which way.
    pub via: SurveyVia,
    /// The problem that it is about.
    #[schema(required)]
    pub problem_id: Option<Uuid>,
    /// The object that it is of.
    #[schema(required)]
    pub object_id: Option<Uuid>,
    /// The visit at which it was written down.
    #[schema(required)]
    pub visit_id: Option<Uuid>,
    /// Item code to answer, 1 (worst) to 5 (best).
    #[schema(value_type = std::collections::BTreeMap<String, i64>, example = json!({ "gain": 5 }))]
    pub answers: Answers,
    /// The answer before, with which it is compared.
    #[schema(required)]
    pub before_id: Option<Uuid>,
    /// When.
    pub answered_at: Timestamp,
}

impl Versioned for SurveyAnswerView {}

impl From<AnswerRow> for SurveyAnswerView {
    fn from(row: AnswerRow) -> Self {
        Self {
            id: row.id,
            template_id: row.template_id,
            audience: row.audience,
            number: row.number,
            moment: row.moment,
            via: row.via,
            problem_id: row.problem_id,
            object_id: row.object_id,
            visit_id: row.visit_id,
            answers: row.answers.0,
            before_id: row.before_id,
            answered_at: row.answered_at,
        }
    }
}
