//! Notices on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::domain::{INVITING, NoticeState, told};
use super::store::mine::{MineRow, Which};
use super::store::to_tell::ToTellRow;
use crate::clock::Timestamp;
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::http::{Locale, Versioned};
use crate::problems::domain::State;
use crate::reporters::domain::{PreferredChannel, Reader, Reporter};
use crate::reporters::dto::ReporterView;

/// Which of one's notices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MyNoticeFilters {
    /// Only those that one has not read.
    pub unread: Option<bool>,
}

/// Which notices to reporters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeFilters {
    /// Only those for reporters who want to be reached so.
    #[param(inline)]
    pub channel: Option<PreferredChannel>,
}

/// What a kind of notice is called; of one that is told no longer, the kind itself.
fn label(kind: &str, locale: Locale) -> String {
    let [zh, en] = told(kind).map_or([kind, kind], |row| row.label);
    match locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
    .to_owned()
}

/// The problem of a notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeProblem {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// The recorder's summary; null where there is none, or the problem no longer lies within one's scopes.
    #[schema(required)]
    pub summary: Option<String>,
    /// Where it stands now; null likewise.
    #[schema(required)]
    pub state: Option<State>,
}

/// A notice to oneself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: Uuid,
    /// What happened: the type of the event.
    #[schema(example = "problem.assigned")]
    pub kind: String,
    /// The same in words, in the caller's language.
    #[schema(example = "已交办，请签收")]
    pub label: String,
    /// To which problem.
    #[schema(required)]
    pub problem: Option<NoticeProblem>,
    /// Codes, ids and numbers of what happened.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// How it stands.
    pub state: NoticeState,
    /// When it happened.
    pub at: Timestamp,
    /// When one read it.
    #[schema(required)]
    pub read_at: Option<Timestamp>,
}

impl NoticeView {
    /// As it is sent.
    pub fn of(row: MineRow, locale: Locale) -> Self {
        Self {
            id: row.id,
            label: label(&row.kind, locale),
            kind: row.kind,
            problem: row
                .problem_id
                .zip(row.tracking_no)
                .map(|(id, tracking_no)| NoticeProblem {
                    id,
                    tracking_no,
                    summary: row.summary,
                    state: row.problem_state,
                }),
            payload: row.payload,
            state: row.state,
            at: row.created_at,
            read_at: row.read_at,
        }
    }
}

/// A notice to a reporter, to be told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReporterNotice {
    /// Its id.
    pub id: Uuid,
    /// What happened: the type of the event, which is public.
    #[schema(example = "problem.completed")]
    pub kind: String,
    /// The same in words, in the caller's language.
    #[schema(example = "已办结，请反映人确认")]
    pub label: String,
    /// To which problem.
    pub problem: NoticeProblem,
    /// Of who only follows it: the number of his own problem, which was merged into it and by which he is told; null
    /// for whoever raised it.
    #[schema(required, example = "SFW-2019-330782-000124")]
    pub own_tracking_no: Option<String>,
    /// Who is to be told, as far as this caller may know.
    pub reporter: ReporterView,
    /// How he wants to be reached, or was; null where he was not asked.
    #[schema(required)]
    pub channel: Option<PreferredChannel>,
    /// Where whoever tells him makes the link by which he confirms and rates (POST); null where he is not invited to.
    #[schema(
        required,
        example = "/api/v1/problems/019fb0c5-3f8e-7000-8000-000000000001/invitations"
    )]
    pub invitation_href: Option<String>,
    /// How it stands.
    pub state: NoticeState,
    /// When it happened.
    pub at: Timestamp,
    /// When he was told, or was tried to be.
    #[schema(required)]
    pub told_at: Option<Timestamp>,
}

impl Versioned for ReporterNotice {}

impl ReporterNotice {
    /// As it is sent to whoever may know so much.
    pub fn of(row: ToTellRow, locale: Locale) -> Self {
        let reader = if row.calls_back {
            Reader::CallsBack
        } else {
            Reader::Administration
        };
        let invitation_href = invites(&row).then(|| format!("/api/v1/problems/{}/invitations", row.problem_id));
        let reporter = Reporter {
            id: row.reporter_id,
            kind: row.reporter_kind,
            display_name: row.display_name,
            phone_masked: row.phone_masked,
            preferred_channel: row.channel,
            anonymity: row.anonymity,
            person_id: row.reporter_person_id,
        };
        Self {
            id: row.id,
            label: label(&row.kind, locale),
            invitation_href,
            kind: row.kind,
            problem: NoticeProblem {
                id: row.problem_id,
                tracking_no: row.tracking_no,
                summary: row.summary,
                state: Some(row.problem_state),
            },
            own_tracking_no: row.own_tracking_no,
            reporter: ReporterView::for_reader(reporter, reader),
            channel: row.channel,
            state: row.state,
            at: row.created_at,
            told_at: row.sent_at,
        }
    }
}

/// Whether it invites the reporter, and still can; who only follows confirms nothing.
fn invites(row: &ToTellRow) -> bool {
    row.own_tracking_no.is_none()
        && INVITING.contains(&row.kind.as_str())
        && matches!(row.problem_state, State::PendingConfirmation | State::Closed)
}

/// Which notices one has read: these, or all up to a time.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "says_which"))]
#[schema(example = json!({ "up_to": "2019-01-10T02:00:00Z" }))]
pub struct ReadNotices {
    /// Those with these ids.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub ids: Option<Vec<Uuid>>,
    /// Those that came at this time or before.
    #[serde(default)]
    pub up_to: Option<Timestamp>,
}

fn says_which(body: &ReadNotices) -> Result<(), ValidationError> {
    match (&body.ids, body.up_to) {
        (None, None) => Err(fault(FaultCode::NotEmptyTogether, "/ids")),
        (Some(_), Some(_)) => Err(fault(FaultCode::Conflict, "/up_to")),
        _ => Ok(()),
    }
}

impl ReadNotices {
    /// Which.
    pub fn which(self) -> Which {
        match (self.ids, self.up_to) {
            (None, Some(at)) => Which::UpTo(at),
            (ids, _) => Which::Ids(ids.unwrap_or_default()),
        }
    }
}

/// How many notices became read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticesRead {
    /// How many were not before.
    #[schema(minimum = 0)]
    pub read: u64,
}

impl Versioned for NoticesRead {}

/// That a reporter was told.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "channel": "phone", "at": "2019-01-10T02:00:00Z" }))]
pub struct DeliverNotice {
    /// How he was reached.
    pub channel: PreferredChannel,
    /// When; since it happened.
    pub at: Timestamp,
    /// Whether he could not be.
    #[serde(default)]
    pub failed: bool,
}
