//! What the script says, as plain values. Rows refer to each other by key; a key is unique among rows of its kind and
//! has no meaning outside the script. Codes are those of the domain's vocabulary.

mod acts;
mod directory;
mod records;
mod served;

pub use acts::{Act, Deed, Doer, Request};
pub use directory::{Account, Authorisation, Client, Competence, Delegation, Membership, Organisation, Person};
pub use records::{Assignment, Cancellation, Disposal, Disposition, Member, Problem, Recorder, Visit};
pub use served::{ObjectDetail, Reporter, ServiceObject};

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;

/// The whole demo: what exists, and what was done when.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// What it was written from.
    pub seed: u64,
    /// Where the business clock begins; everything happened before it, except what is planned.
    pub clock_starts_at: DateTime<Utc>,
    /// Parents first.
    pub campaigns: Vec<Campaign>,
    /// Parents first.
    pub organisations: Vec<Organisation>,
    /// Who is competent for what.
    pub competences: Vec<Competence>,
    /// Everybody with a name and a part.
    pub people: Vec<Person>,
    /// What they may do, and where.
    pub memberships: Vec<Membership>,
    /// Who acts for whom.
    pub delegations: Vec<Delegation>,
    /// One per role.
    pub accounts: Vec<Account>,
    /// One: the hotline.
    pub clients: Vec<Client>,
    /// Who speaks for an enterprise.
    pub authorisations: Vec<Authorisation>,
    /// Whom the visits meet.
    pub objects: Vec<ServiceObject>,
    /// Whose words the problems hold.
    pub reporters: Vec<Reporter>,
    /// In the order of their planned start.
    pub visits: Vec<Visit>,
    /// In the order of their recording.
    pub problems: Vec<Problem>,
    /// What else was said, promised and learnt about them, in the order of time.
    pub requests: Vec<Request>,
    /// Rows worth trying things on.
    pub fixtures: Fixtures,
}

/// A campaign with its one year.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Stands in addresses.
    pub slug: &'static str,
    /// In Chinese, as it is shown.
    pub name: &'static str,
    /// What it stands under (S-09).
    pub theme: &'static str,
    /// Slug of the campaign above.
    pub parent: Option<&'static str>,
    /// Always true: every answer about it must say that it is invented.
    pub illustrative: bool,
    /// Codes of goal terms (S-11).
    pub goals: Vec<&'static str>,
    /// Calendar year.
    pub year: i32,
    /// deployment | inspection | summary
    pub stage: &'static str,
    /// First day.
    pub opens_on: NaiveDate,
    /// Inclusive.
    pub closes_on: NaiveDate,
    /// Whom it serves above all.
    pub focus: Vec<Focus>,
    /// Title and date of the deployment document (S-13).
    pub deployment: Option<(&'static str, NaiveDate)>,
}

/// Whom the year serves above all (S-77).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// enterprise | masses | grassroots
    pub audience: &'static str,
    /// private | state | collective | foreign | mixed
    pub ownership: &'static str,
}

/// Which part of the demo a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The 417 problems of the speech, campaign `2019`.
    Speech,
    /// County-level records that show every state, campaign `2019-county`.
    County,
}

/// What `GET /sandbox/fixtures` names: keys of rows worth trying things on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixtures {
    /// One problem per state, by state; all lie in 义乌市, where the demo accounts work.
    pub problems: BTreeMap<&'static str, String>,
    /// Further problems, by what they show.
    pub shows: BTreeMap<&'static str, String>,
    /// One action plan per state, by state.
    pub plans: BTreeMap<&'static str, String>,
    /// One assignment per state, by state; keys of the lead's are `lead:` and the problem's.
    pub assignments: BTreeMap<&'static str, String>,
    /// A problem that awaits its reporter, whose receipt may be told.
    pub receipt: String,
    /// One visit per state, by state.
    pub visits: BTreeMap<&'static str, String>,
    /// What requests made, by what it shows: kind and key.
    pub further: BTreeMap<&'static str, String>,
    /// Username or client id, by role.
    pub accounts: BTreeMap<&'static str, String>,
}
