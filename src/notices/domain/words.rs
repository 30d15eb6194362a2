//! Of what a row of the table is made. Pure.

use crate::text_enum;

text_enum! {
    /// How a notice stands.
    pub enum NoticeState {
        Pending = "pending" / "待告知" / "pending",
        Sent = "sent" / "已告知" / "told",
        Read = "read" / "已读" / "read",
        Failed = "failed" / "未能告知" / "could not be told",
    }
}

/// People who are told together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circle {
    /// The person responsible.
    Responsible,
    /// Handlers and heads of the organisation that leads or studies.
    Lead,
    /// The heads of that organisation.
    LeadHeads,
    /// Officers, handlers and heads of the proposed lead, while nobody leads.
    ProposedLead,
    /// Handlers and heads of the organisations that have an open supporting part.
    Supporting,
    /// Handlers and heads of the organisation that the event's payload names so.
    Org(&'static str),
    /// The person whom the event's payload names so.
    Person(&'static str),
    /// The dispatchers of the division that the event's payload names so.
    DispatchersOf(&'static str),
    /// The supervisors of the division that the event's payload names so.
    SupervisorsOf(&'static str),
    /// The dispatchers of the nearest division that has any.
    Dispatchers,
    /// The same while nobody leads or studies.
    DispatchersOfTheUnled,
    /// The supervisors of the nearest division that has any.
    Supervisors,
    /// The same while the problem is in dispute.
    SupervisorsOfTheDisputed,
    /// The same while its latest rating is low, and nobody has reviewed it.
    SupervisorsOfTheLowlyRated,
    /// Who recorded it for his organisation, not for himself.
    Recorder,
    /// Who watches it.
    Watchers,
}

impl Circle {
    /// The member of the event's payload that names it, where one does.
    pub const fn named_by(self) -> Option<&'static str> {
        match self {
            Self::Org(key) | Self::Person(key) | Self::DispatchersOf(key) | Self::SupervisorsOf(key) => Some(key),
            _ => None,
        }
    }
}

/// Whether the reporters are told, of a public event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporters {
    /// No: it is his own doing, or moves nothing for him.
    No,
    /// Yes.
    Yes,
    /// Where a person of the administration did it, and not he himself.
    UnlessHimself,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// The type of the event, which is the notice's kind.
    pub kind: &'static str,
    /// What it is called, in Chinese and in English.
    pub label: [&'static str; 2],
    /// Who inside the administration is told. Where they are too many, those who stand first in here are.
    pub people: &'static [Circle],
    /// Whether the reporters are.
    pub reporters: Reporters,
}
