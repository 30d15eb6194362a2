//! Organisations, people, and what they may do.

use chrono::NaiveDate;

/// Key: `<division code>.<slug>`, for example `330782.human_resources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Names the row within the script.
    pub key: String,
    /// In Chinese, as it is shown.
    pub name: String,
    /// party_committee | congress | government | cppcc | department | office | dispatch_office | supervision_office |
    /// other
    pub kind: &'static str,
    /// province | city | county | town
    pub level: &'static str,
    /// Division code.
    pub division: String,
    /// party_committee | peoples_congress | government | cppcc, for the four bodies and their offices.
    pub leading_body: Option<&'static str>,
    /// Always of the same division: what lies between divisions, the division tree says.
    pub parent: Option<String>,
}

/// Who is competent for a category in a division and below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Competence {
    /// Key of the organisation.
    pub organisation: String,
    /// Code of the category, `E01` to `G99`.
    pub category: &'static str,
    /// enterprise | masses | grassroots
    pub audience: &'static str,
    /// Division code.
    pub division: String,
    /// Higher wins.
    pub priority: i32,
}

/// Key of a person with an account: the username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Names the row within the script.
    pub key: String,
    /// In Chinese, as it is shown.
    pub name: String,
    /// Office held.
    pub title: String,
    /// `None`: outside the administration.
    pub organisation: Option<String>,
}

/// Valid from the campaign's first day, without end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Key of the person.
    pub person: String,
    /// A role of the domain.
    pub role: &'static str,
    /// For a reporter: the dispatch office that serves it.
    pub organisation: String,
    /// Division code.
    pub division: String,
    /// First day.
    pub valid_from: NaiveDate,
}

/// A leader lets a secretary type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Key of the leader.
    pub from: String,
    /// Key of the secretary.
    pub to: String,
    /// Names of actions.
    pub actions: Vec<&'static str>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Exclusive.
    pub valid_to: NaiveDate,
}

/// A person's way in. The password is public on purpose: demo mode alone accepts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// A role of the domain.
    pub role: &'static str,
    /// Also the key of the person.
    pub username: String,
    /// Public on purpose.
    pub password: String,
    /// Key of the person.
    pub person: String,
}

/// A system's way in (client credentials). The secret is public on purpose, as a password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// As OAuth calls it.
    pub client_id: &'static str,
    /// Public on purpose.
    pub secret: &'static str,
    /// In Chinese, as it is shown.
    pub name: &'static str,
    /// Key of the organisation.
    pub organisation: String,
    /// Division code.
    pub division: String,
    /// What it may do.
    pub scopes: Vec<&'static str>,
}

/// A person may speak for an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// Key of the person.
    pub person: String,
    /// Key of the service object.
    pub enterprise: String,
    /// Key of the person who granted it.
    pub granted_by: String,
    /// First day.
    pub valid_from: NaiveDate,
}
