//! Comments on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use super::domain::{CommentGroup, CommentKind, CommentState, ModerationAct, ReplyStatus};
use super::store::listing::CountedRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef, TermRef};
use crate::error::FaultCode;
use crate::http::body::{fault, refuse_contact, refuse_phone_number};
use crate::http::{Locale, Versioned};
use crate::reporters::dto::ReporterView;
use crate::service_objects::dto::ExternalName;

/// Whom a client speaks for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientVoice {
    /// What the client calls him; the same name again is the same voice.
    pub external_id: ExternalName,
    /// What to call him, 1 to 100 characters: required where the name is new. Shown to nobody outside.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub display_name: Option<String>,
}

/// A comment to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "suggestion", "text": "建议把入学名额的分配办法提前公布。", "author_name": "一位家长", "anonymous": false,
}))]
pub struct NewComment {
    /// What it is.
    pub kind: CommentKind,
    /// The words, 1 to 2,000 characters, without telephone or identity numbers, e-mail addresses and names in WeChat or
    /// QQ; once the problem is published, without names, addresses and credit codes of whom it concerns.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
    /// The comment that it replies to: one of this problem that replies to none itself.
    pub parent_id: Option<Uuid>,
    /// The name that everybody sees, 1 to 30 characters; null: none is shown.
    #[schema(min_length = 1, max_length = 30, pattern = r"\S")]
    pub author_name: Option<String>,
    /// Whether nobody who handles the problem is to know the author; then without `author_name`.
    #[serde(default)]
    pub anonymous: bool,
    /// From a client: for whom it speaks. It may be left out on a problem whose reporter it knows. Refused from others.
    pub author: Option<ClientVoice>,
}

impl Validate for NewComment {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        refuse_contact(&mut errors, "/text", &self.text);
        if let Some(name) = &self.author_name {
            refuse_contact(&mut errors, "/author_name", name);
            if self.anonymous {
                errors.add("__all__", fault(FaultCode::Conflict, "/author_name"));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A comment to be supported.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "supporter": { "external_id": { "system": "portal", "value": "u-7" }, "display_name": "李先生" } }))]
pub struct SupportComment {
    /// From a client: for whom it speaks. It may be left out on a problem whose reporter it knows. Refused from others.
    #[schema(required = false)]
    pub supporter: Option<ClientVoice>,
}

/// A reply of the administration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "感谢建议，分配办法将于4月30日前公布。" }))]
pub struct ReplyToComment {
    /// The words, 1 to 2,000 characters, without telephone or identity numbers; everybody reads them, so once the
    /// problem is published they name nobody.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
}

impl Validate for ReplyToComment {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        refuse_phone_number(&mut errors, "/text", &self.text);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Why a comment is hidden.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "personal_privacy", "note": "写有邻居的家庭住址。" }))]
pub struct HideComment {
    /// The code of a term of kind `reason` below `hide`; everybody sees it.
    #[schema(min_length = 1, max_length = 60)]
    pub reason: String,
    /// What of it, 1 to 500 characters: for the moderation log.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub note: String,
}

/// Why a comment is shown again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "所写住址为企业公开的经营场所。" }))]
pub struct UnhideComment {
    /// Why, 1 to 500 characters: for the moderation log.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub note: String,
}

/// The administration's reply, as everybody reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CommentReply {
    /// The words; null once they are erased, and to everybody where they name somebody.
    #[schema(required)]
    pub text: Option<String>,
    /// The organisation that replied.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// When.
    pub at: Timestamp,
}

/// A comment as everybody reads it. Of a hidden one the stub: that it is hidden, why, and since when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicCommentView {
    /// Its id.
    pub id: Uuid,
    /// The comment that it replies to.
    #[schema(required)]
    pub parent_id: Option<Uuid>,
    /// What it is.
    pub kind: CommentKind,
    /// The words; null while it is hidden, once they are erased, and to everybody where they name somebody.
    #[schema(required)]
    pub text: Option<String>,
    /// The name that the author gave; null where he gave none, while it is hidden, and to everybody where it is that of
    /// whoever raised or handles the problem.
    #[schema(required)]
    pub author_name: Option<String>,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Why.
    #[schema(required)]
    pub hidden_reason: Option<TermRef>,
    /// Since when.
    #[schema(required)]
    pub hidden_at: Option<Timestamp>,
    /// What the administration replied; null while it has not, and while it is hidden.
    #[schema(required)]
    pub reply: Option<CommentReply>,
    /// By when it is to; null where none is due.
    #[schema(required)]
    pub reply_due_at: Option<Timestamp>,
    /// How many support it.
    #[schema(minimum = 0)]
    pub supporters: i64,
    /// When it was written.
    pub at: Timestamp,
}

/// The problem that a comment is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentedProblem {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote; null to whoever reads of it only because it is published.
    #[schema(required, example = "SFW-2019-330782-000123")]
    pub tracking_no: Option<String>,
}

/// A comment, as far as its reader may know of it. Reporters and clients read what everybody reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentView {
    /// What everybody reads. Of a hidden one, dispatchers and supervisors read the words too.
    #[serde(flatten)]
    pub shown: PublicCommentView,
    /// Grows when it is replied to, hidden and shown again; not by supporters.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What it is about.
    pub problem: CommentedProblem,
    /// How it stands.
    pub state: CommentState,
    /// Whether its author wished not to be known.
    pub anonymous: bool,
    /// Who wrote it; null where the caller may not know.
    #[schema(required)]
    pub author: Option<ReporterView>,
    /// Who replied; null for reporters and clients.
    #[schema(required)]
    pub replied_by: Option<PersonRef>,
    /// Who hid it; null for reporters and clients.
    #[schema(required)]
    pub hidden_by: Option<PersonRef>,
    /// What of it; for dispatchers and supervisors.
    #[schema(required)]
    pub hidden_note: Option<String>,
}

impl Versioned for CommentView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A hiding, or its end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentModerationView {
    /// Its id.
    pub id: Uuid,
    /// The comment.
    pub comment_id: Uuid,
    /// The problem that it is about.
    pub problem: CommentedProblem,
    /// What was done.
    pub act: ModerationAct,
    /// For which reason it was hidden; null where it was shown again.
    #[schema(required)]
    pub reason: Option<TermRef>,
    /// In words.
    pub note: String,
    /// Who did it.
    pub by: PersonRef,
    /// For which organisation.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// When.
    pub at: Timestamp,
}

/// Which comments of a scope are listed and counted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommentFilters {
    /// One of the caller's scopes, as `division:330782`, `org:<id>` or `own`; the widest by default.
    pub scope: Option<String>,
    /// How they stand.
    #[param(inline)]
    pub state: Option<CommentState>,
    /// What they are.
    #[param(inline)]
    pub kind: Option<CommentKind>,
    /// Hidden for this reason: the code of a term of kind `reason`.
    #[param(max_length = 60)]
    pub hidden_reason: Option<String>,
    /// Those that wait for a reply, the most urgent first.
    pub awaiting_reply: Option<bool>,
    /// Those of them whose time has passed.
    pub overdue: Option<bool>,
}

/// What comments are counted by.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommentCountParams {
    /// By what; by `hidden_reason` those that are hidden.
    #[param(inline)]
    pub group_by: CommentGroup,
}

/// How many comments bear one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountedComments {
    /// What they bear: a word or a code.
    #[schema(example = "personal_privacy")]
    pub key: String,
    /// What it is called, in the caller's language.
    #[schema(example = "泄露个人隐私")]
    pub label: String,
    /// How many.
    #[schema(minimum = 1)]
    pub comments: i64,
}

impl CountedComments {
    /// As it is sent.
    pub fn of(by: CommentGroup, row: CountedRow, locale: Locale) -> Self {
        let word = match by {
            CommentGroup::HiddenReason => match locale {
                Locale::Zh => row.zh,
                Locale::En => row.en,
            },
            CommentGroup::Kind => CommentKind::parse(&row.key).map(|word| word.label(locale).to_owned()),
            CommentGroup::State => CommentState::parse(&row.key).map(|word| word.label(locale).to_owned()),
            CommentGroup::Reply => ReplyStatus::parse(&row.key).map(|word| word.label(locale).to_owned()),
        };
        Self {
            label: word.unwrap_or_else(|| row.key.clone()),
            key: row.key,
            comments: row.n,
        }
    }
}

/// Comments of one scope, counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentCounts {
    /// By what.
    pub group_by: CommentGroup,
    /// The groups that are not empty, the largest first; they sum to `total`.
    pub groups: Vec<CountedComments>,
    /// How many there are in all.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Whether that is all: where more than 50,000 comments would have had to be looked at, there are at least so many.
    pub complete: bool,
}

impl Versioned for CommentCounts {}

/// Which entries of the moderation log are listed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ModerationFilters {
    /// One of the caller's scopes, as `division:330782`; the widest by default.
    pub scope: Option<String>,
    /// Those of one comment.
    pub comment_id: Option<Uuid>,
    /// Hidings for this reason: the code of a term of kind `reason`.
    #[param(max_length = 60)]
    pub hidden_reason: Option<String>,
}
