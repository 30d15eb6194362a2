//! References as the API sends them: objects with a name, never bare ids.
//!
//! Stores read them with joins into flat columns; `from_parts` puts them together.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::Locale;

/// A division (行政区划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DivisionRef {
    /// GB/T 2260 code of 6 digits, or the statistical code of 9 or 12.
    #[schema(example = "330782", pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub code: String,
    /// Its own name.
    #[schema(example = "义乌市")]
    pub name: String,
    /// Its name with those above it.
    #[schema(example = "浙江省金华市义乌市")]
    pub full_name: String,
}

/// An organisation (单位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrgRef {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    #[schema(example = "义乌市人力资源和社会保障局")]
    pub name: String,
}

/// A person (人员).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRef {
    /// Its id.
    pub id: Uuid,
    /// The name.
    pub name: String,
}

/// A service object (服务对象).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ObjectRef {
    /// Its id.
    pub id: Uuid,
    /// Its name; a household's alias.
    pub name: String,
}

/// A year of a campaign (活动年度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignYearRef {
    /// The campaign's slug.
    #[schema(example = "2019")]
    pub slug: String,
    /// The campaign's name.
    #[schema(example = "“三服务”活动")]
    pub name: String,
    /// The calendar year.
    #[schema(example = 2019)]
    pub year: i64,
}

/// A term of a taxonomy, in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermRef {
    /// Its code.
    #[schema(example = "E01")]
    pub code: String,
    /// Its label in the caller's language.
    #[schema(example = "引进高端人才和专业技术人才")]
    pub label: String,
}

macro_rules! named_ref {
    ($($name:ident),+) => { $(
        impl $name {
            /// The reference, where both parts are there (a LEFT JOIN that found its row).
            pub fn from_parts(id: Option<Uuid>, name: Option<String>) -> Option<Self> {
                Some(Self { id: id?, name: name? })
            }
        }
    )+ };
}

named_ref!(OrgRef, PersonRef, ObjectRef);

impl DivisionRef {
    /// The reference, where all its parts are there.
    pub fn from_parts(code: Option<String>, name: Option<String>, full_name: Option<String>) -> Option<Self> {
        Some(Self {
            code: code?,
            name: name?,
            full_name: full_name?,
        })
    }
}

/// A term within an aggregated column, in every language.
#[derive(Clone, Debug, Deserialize)]
pub struct TermColumn {
    code: String,
    zh: String,
    en: String,
}

impl TermColumn {
    /// The terms of a column in a language; PostgreSQL's aggregate of no rows is NULL, SQLite's an empty array.
    pub fn all(column: Option<&Json<Vec<Self>>>, locale: Locale) -> Vec<TermRef> {
        let terms = column.into_iter().flat_map(|column| column.0.clone());
        terms
            .map(|term| TermRef::new(term.code, term.zh, term.en, locale))
            .collect()
    }
}

impl TermRef {
    /// The reference in a language.
    pub fn new(code: String, zh: String, en: String, locale: Locale) -> Self {
        let label = match locale {
            Locale::Zh => zh,
            Locale::En => en,
        };
        Self { code, label }
    }
}
