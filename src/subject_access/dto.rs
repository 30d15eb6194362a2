//! What is kept about somebody, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::domain::{DataSection, SubjectKind};
use super::store::ItemRow;
use crate::clock::Timestamp;
use crate::http::{Locale, Page};
use crate::problems::refs::ProblemRef;
use crate::reporters::domain::{Anonymity, PreferredChannel, ReporterKind};

/// Which part of it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MyDataQuery {
    /// This section alone; all of them by default.
    #[param(inline)]
    pub section: Option<DataSection>,
    /// Items of each section, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// Where to go on: `next_cursor` of a section, together with `section`.
    #[param(max_length = 400)]
    pub cursor: Option<String>,
    /// For clients, and required of them: the system in which the reporter has his external id.
    #[param(max_length = 100)]
    pub system: Option<String>,
    /// For clients, and required of them: that id.
    #[param(max_length = 200)]
    pub value: Option<String>,
}

/// What is kept about somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyDataView {
    /// By what he is known here.
    pub known_by: SubjectKind,
    /// His account; null where he has none, and beside a single section.
    #[schema(required)]
    pub account: Option<MyAccount>,
    /// What was written down of him as a reporter, newest first, 200 at most; empty beside a single section.
    pub reporters: Vec<MyReporterRecord>,
    /// Everything else, by kind.
    pub sections: Vec<MyDataSection>,
}

/// One's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyAccount {
    /// The person's id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The user name; null where he does not sign in by password.
    #[schema(required)]
    pub username: Option<String>,
    /// What he is there.
    #[schema(required)]
    pub title: Option<String>,
    /// His organisation; null outside the administration.
    #[schema(required)]
    pub org: Option<String>,
    /// The language that he chose.
    #[schema(required)]
    pub locale: Option<String>,
    /// When he last changed his password.
    #[schema(required)]
    pub password_changed_at: Option<Timestamp>,
    /// Since when he is known.
    pub created_at: Timestamp,
}

/// What was written down of somebody as a reporter.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyReporterRecord {
    /// Its id.
    pub id: Uuid,
    /// As what.
    pub kind: ReporterKind,
    /// What he is called; null where nobody asked, and for the bearer of a receipt.
    #[schema(required)]
    pub display_name: Option<String>,
    /// His number in clear; null where none is known, and for the bearer of a receipt.
    #[schema(required, example = "13800001234")]
    pub phone: Option<String>,
    /// How he wants to be reached.
    #[schema(required)]
    pub preferred_channel: Option<PreferredChannel>,
    /// How far he lets himself be known.
    pub anonymity: Anonymity,
    /// For which enterprise or household he speaks; null for the bearer of a receipt.
    #[schema(required)]
    pub object: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was erased; null: it is not.
    #[schema(required)]
    pub erased_at: Option<Timestamp>,
}

/// Things of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyDataSection {
    /// Which.
    pub section: DataSection,
    /// The same in words, in the caller's language.
    #[schema(value_type = String, example = "反映的问题")]
    pub label: &'static str,
    /// Newest first.
    pub items: Vec<MyDataItem>,
    /// Where to go on, with `section`; null where that is all.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// One thing that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyDataItem {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// About which problem.
    #[schema(required)]
    pub problem: Option<ProblemRef>,
    /// What it is, in codes: a state, a role, an act; of a rating result/speed/attitude, each 1 to 5; of a file its
    /// type.
    #[schema(example = "closed")]
    pub code: String,
    /// In words: what was said, a file's or an organisation's name, an address; null where there are none, or once
    /// erased.
    #[schema(required)]
    pub text: Option<String>,
}

impl MyDataSection {
    /// A section's page.
    pub fn of(section: DataSection, page: Page<MyDataItem>, locale: Locale) -> Self {
        Self {
            section,
            label: section.label(locale),
            items: page.items,
            next_cursor: page.next_cursor,
        }
    }
}

impl From<ItemRow> for MyDataItem {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            problem: ProblemRef::from_parts(row.problem_id, row.tracking_no),
            code: row.code,
            text: row.text.filter(|text| !text.is_empty()),
        }
    }
}
