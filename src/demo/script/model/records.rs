//! Visits and problems.

use super::{Act, Layer};
use chrono::{DateTime, NaiveDate, Utc};

/// A visit as it stands when the clock starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Names the row within the script.
    pub key: String,
    /// Which part of the demo it belongs to.
    pub layer: Layer,
    /// Slug of the campaign.
    pub campaign: &'static str,
    /// site_visit | symposium | on_site_office | household_visit | remote | other
    pub mode: &'static str,
    /// For mode other.
    pub mode_note: Option<String>,
    /// proactive | requested
    pub origin: &'static str,
    /// office | factory | field | village | community | household | site
    pub place_kind: &'static str,
    /// The county's six digits.
    pub division: String,
    /// Key of the person who leads it.
    pub leader: String,
    /// party_committee | peoples_congress | government | cppcc
    pub leading_body: &'static str,
    /// The organisation that visits.
    pub organisation: String,
    /// Without the leader.
    pub members: Vec<Member>,
    /// Keys of the service objects met.
    pub objects: Vec<String>,
    /// What was seen; `None` before the visit.
    pub observations: Option<String>,
    /// What was heard; `None` before the visit.
    pub heard: Option<String>,
    /// When the plan was put down, and by whom.
    pub entered_at: DateTime<Utc>,
    /// Key of the officer.
    pub entered_by: String,
    /// Planned start.
    pub planned_at: DateTime<Utc>,
    /// `None` before the start.
    pub started_at: Option<DateTime<Utc>>,
    /// `None` before the end.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it did not take place.
    pub cancellation: Option<Cancellation>,
    /// planned | in_progress | completed | cancelled
    pub state: &'static str,
}

/// Someone of the visiting party (S-65).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Key of the person.
    pub person: String,
    /// Whether this person was there.
    pub attended: bool,
}

/// Why a planned visit did not take place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// When.
    pub at: DateTime<Utc>,
    /// Key of the person.
    pub by: String,
    /// In words.
    pub reason: String,
}

/// A problem and all that was done about it before the clock starts, in the order of the fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Names the row within the script.
    pub key: String,
    /// Which part of the demo it belongs to.
    pub layer: Layer,
    /// Slug of the campaign.
    pub campaign: &'static str,
    /// `None`: recorded directly.
    pub visit: Option<String>,
    /// visit | portal | hotline
    pub channel: &'static str,
    /// enterprise | masses | grassroots
    pub audience: &'static str,
    /// Code of the category, `E01` to `G99`.
    pub category: &'static str,
    /// Codes of cause terms; only for `E01` (S-53).
    pub causes: Vec<&'static str>,
    /// The reporter's own words.
    pub statement: String,
    /// The officer's summary; `None` where no officer recorded it.
    pub summary: Option<String>,
    /// Key of the service object.
    pub object: Option<String>,
    /// Six, nine or twelve digits.
    pub division: String,
    /// normal | urgent | critical
    pub urgency: &'static str,
    /// simple | complex | institutional
    pub matter: &'static str,
    /// Codes of goal terms (S-11).
    pub goals: Vec<&'static str>,
    /// Key of the reporter.
    pub reporter: String,
    /// When it was heard.
    pub observed_at: DateTime<Utc>,
    /// When it was put on record.
    pub recorded_at: DateTime<Utc>,
    /// Who put it on record.
    pub recorded_by: Recorder,
    /// What was decided at the visit.
    pub disposition: Option<Disposition>,
    /// The act `open`: at whose hand, and when.
    pub opened: Option<(DateTime<Utc>, String)>,
    /// Who got it.
    pub assignment: Option<Assignment>,
    /// Whatever followed.
    pub acts: Vec<Act>,
    /// Where it stands when the clock starts; the loader must arrive at the same.
    pub state: &'static str,
}

/// Who put a problem on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// Key of an officer, or of the reporter with an account.
    Person(String),
    /// Client id.
    Client(&'static str),
}

/// The one disposition of a problem (S-05).
#[derive(Clone, Debug, PartialEq)]
pub struct Disposition {
    /// Within the visit; for `resolved_on_site` also the time of resolution (S-06).
    pub at: DateTime<Utc>,
    /// Key of the person.
    pub by: String,
    /// Class and particulars.
    pub how: Disposal,
}

/// What each class of disposition must carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disposal {
    /// resolved_on_site, kind answered (S-40).
    Answered {
        /// What was answered.
        text: String,
        /// The policy that it rests on.
        policy_ref: String,
    },
    /// resolved_on_site, kind coordinated: at least two organisations and what each agreed (S-41).
    Coordinated {
        /// The answer given, or what was coordinated.
        text: String,
        /// Key of an organisation and what it agreed.
        agreed: Vec<(String, String)>,
    },
    /// follow_up (S-07). Assigned at once where the problem's `assignment` has the same time, else proposed.
    FollowUp {
        /// Key of the lead organisation.
        lead: String,
        /// Keys of the supporting organisations.
        supporting: Vec<String>,
        /// A working day.
        due_on: NaiveDate,
    },
    /// typical (S-08).
    Typical {
        /// Key of the organisation that studies it.
        study: String,
        /// A working day.
        due_on: NaiveDate,
    },
}

impl Disposal {
    /// resolved_on_site | follow_up | typical
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Answered { .. } | Self::Coordinated { .. } => "resolved_on_site",
            Self::FollowUp { .. } => "follow_up",
            Self::Typical { .. } => "typical",
        }
    }
}

/// Handing a problem to its lead organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Key of the organisation.
    pub organisation: String,
    /// A working day.
    pub due_on: NaiveDate,
    /// When.
    pub at: DateTime<Utc>,
    /// `None`: by itself, at noon of the working day after the proposal or recording.
    pub by: Option<String>,
}
