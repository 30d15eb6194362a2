//! Ratings, their reviews and invitations on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::{ReviewOutcome, ReviewState};
use super::store::invitations::InvitationRow;
use crate::clock::Timestamp;
use crate::directory::refs::PersonRef;
use crate::http::{AllowedAction, Versioned};
use crate::problems::dto::Receipt;
use crate::problems::refs::ProblemRef;
use crate::reporters::domain::{PreferredChannel, Reader, may_know};
use crate::reporters::dto::ReporterView;
use crate::reporters::voice::Voice;

/// A rating to be given.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": 5, "speed": 4, "attitude": 5, "words": "孩子已经入学，谢谢。" }))]
pub struct NewRating {
    /// Whether it was solved: 1 not at all to 5 wholly.
    #[schema(minimum = 1, maximum = 5)]
    pub result: i64,
    /// Whether it was solved in time: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub speed: i64,
    /// How the reporter was treated: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
    /// In words, at most 2,000 characters; without numbers of identity cards.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub words: Option<String>,
    /// Whether nobody who handles the problem is to know who gave it.
    #[serde(default)]
    pub anonymous: bool,
}

/// A rating (评价); it never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RatingView {
    /// Its id.
    pub id: Uuid,
    /// The problem.
    pub problem: ProblemRef,
    /// The round of handling that it is of, from 1.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Whether it was solved: 1 not at all to 5 wholly.
    #[schema(minimum = 1, maximum = 5)]
    pub result: i64,
    /// Whether it was solved in time: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub speed: i64,
    /// How the reporter was treated: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
    /// In words; null where there are none, or once they are erased.
    #[schema(required)]
    pub words: Option<String>,
    /// Whether the rater wished not to be known.
    pub anonymous: bool,
    /// By which way the reporter spoke.
    pub via: Voice,
    /// Who gave it; null where the caller may not know.
    #[schema(required)]
    pub reporter: Option<ReporterView>,
    /// When.
    pub rated_at: Timestamp,
    /// What is made of it, where it is low: 2 or less in any part.
    pub review: RatingReview,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for RatingView {}

/// The review of a low rating (差评复核).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RatingReview {
    /// How it stands.
    pub state: ReviewState,
    /// By when; null where none is due.
    #[schema(required)]
    pub due_at: Option<Timestamp>,
    /// What it found.
    #[schema(required)]
    pub outcome: Option<ReviewOutcome>,
    /// The same in words, which the reporter reads too.
    #[schema(required)]
    pub text: Option<String>,
    /// Who reviewed it; null to the reporter.
    #[schema(required)]
    pub reviewed_by: Option<PersonRef>,
    /// When.
    #[schema(required)]
    pub reviewed_at: Option<Timestamp>,
}

/// What the review of a low rating found.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcome": "upheld", "text": "经核实，答复拖延属实，已约谈承办科室并向反映人致歉。" }))]
pub struct NewReview {
    /// What it found.
    pub outcome: ReviewOutcome,
    /// What was looked into and what follows; the reporter reads it. Without numbers of identity cards.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
}

/// Which ratings.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RatingFilters {
    /// How their review stands.
    #[param(inline)]
    pub review: Option<ReviewState>,
}

/// An invitation to rate a round of handling (评价邀请).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationView {
    /// The round of handling, from 1.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// When the reporter was invited.
    pub invited_at: Timestamp,
    /// How he wants to be reached; null where he was not asked, and where the caller may not know him.
    #[schema(required)]
    pub channel: Option<PreferredChannel>,
    /// When a link was handed out for it last; null: none was.
    #[schema(required)]
    pub link_issued_at: Option<Timestamp>,
    /// By whom.
    #[schema(required)]
    pub link_issued_by: Option<PersonRef>,
    /// Whether he has rated the round.
    pub rated: bool,
}

impl InvitationView {
    /// A row as somebody in this capacity may see it.
    pub fn for_reader(row: InvitationRow, reader: Reader) -> Self {
        Self {
            cycle_no: row.cycle_no,
            invited_at: row.invited_at,
            channel: row.channel.filter(|_| may_know(row.anonymity, reader)),
            link_issued_at: row.link_issued_at,
            link_issued_by: PersonRef::from_parts(row.link_issued_by, row.link_issued_by_name),
            rated: row.rated,
        }
    }
}

/// The link of an invitation, as it is handed to the reporter: printed, read out, or sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationLink {
    /// The invitation.
    pub invitation: InvitationView,
    /// The code and, where the installation has a page for it, the link. Shown this once; the codes before it are good
    /// no longer.
    pub receipt: Receipt,
    /// When it expires; null: 30 days after the problem is closed.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
}
