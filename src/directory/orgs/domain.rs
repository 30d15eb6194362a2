//! What may be said of an organisation, and when it may end: pure.

use serde_json::json;
use uuid::Uuid;

use crate::directory::words::{LeadingBody, Level};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::text_enum;

text_enum! {
    /// What an organisation is.
    pub enum OrgKind {
        PartyCommittee = "party_committee" / "党委" / "party committee",
        Congress = "congress" / "人大" / "people's congress",
        Government = "government" / "政府" / "government",
        Cppcc = "cppcc" / "政协" / "CPPCC",
        Department = "department" / "部门" / "department",
        Office = "office" / "办公机构" / "office",
        DispatchOffice = "dispatch_office" / "“三服务”办公室（交办）" / "dispatch office",
        SupervisionOffice = "supervision_office" / "督查机构" / "supervision office",
        Enterprise = "enterprise" / "企业" / "enterprise",
        Other = "other" / "其他" / "other",
    }
}

impl OrgKind {
    /// Which of the four leading bodies an organisation of this kind can be.
    pub const fn leading_body(self) -> Option<LeadingBody> {
        match self {
            Self::PartyCommittee => Some(LeadingBody::PartyCommittee),
            Self::Congress => Some(LeadingBody::PeoplesCongress),
            Self::Government => Some(LeadingBody::Government),
            Self::Cppcc => Some(LeadingBody::Cppcc),
            Self::Department
            | Self::Office
            | Self::DispatchOffice
            | Self::SupervisionOffice
            | Self::Enterprise
            | Self::Other => None,
        }
    }
}

/// What is known of the place where an organisation is put: within the caller's reach, or `None`.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The division: its id and level.
    pub division: Option<(Uuid, Level)>,
    /// The parent, where one is named.
    pub parent: Option<Option<Parent>>,
}

/// The parent of an organisation.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// Whether the child's division lies within the parent's.
    pub covers_division: bool,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether it is the child itself or stands under it.
    pub below_child: bool,
}

impl Parent {
    /// The fault of a parent at `/parent_id`, if it has one. `None` is a parent that the caller cannot reach.
    pub fn fault(parent: Option<Self>) -> Option<Fault> {
        match parent {
            None => Some(FaultCode::UnknownReference),
            Some(parent) if parent.ended => Some(FaultCode::UnknownReference),
            Some(parent) if parent.below_child || !parent.covers_division => Some(FaultCode::Conflict),
            Some(_) => None,
        }
        .map(|code| Fault::new("/parent_id", code))
    }
}

/// The division and level of a new organisation.
///
/// # Errors
/// 422: an unknown or foreign division or parent; a level above the division's; a leading body that the kind is not.
pub fn place(
    kind: OrgKind,
    leading_body: Option<LeadingBody>,
    level: Option<Level>,
    place: &Place,
) -> ApiResult<(Uuid, Level)> {
    let mut faults = Vec::new();
    if place.division.is_none() {
        faults.push(Fault::new("/division", FaultCode::UnknownReference));
    }
    if let (Some(level), Some((_, highest))) = (level, place.division)
        && level < highest
    {
        faults.push(Fault::new("/level", FaultCode::Conflict));
    }
    if leading_body.is_some() && leading_body != kind.leading_body() {
        faults.push(Fault::new("/leading_body", FaultCode::Conflict));
    }
    faults.extend(place.parent.and_then(Parent::fault));
    match place.division {
        Some((division, highest)) if faults.is_empty() => Ok((division, level.unwrap_or(highest))),
        _ => Err(ApiError::invalid(faults)),
    }
}

/// The open work of an organisation: what cannot be left to nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenWork {
    /// Problems that are not ended and that it leads, or is proposed to lead.
    pub leading: i64,
    /// Those that it supports, or is proposed to support.
    pub supporting: i64,
    /// Those that it studies.
    pub studying: i64,
    /// Questions that it was asked to study and has not answered.
    pub referrals: i64,
    /// Visits of its own that are planned or under way.
    pub visits: i64,
    /// Service objects that it looks after.
    pub service_objects: i64,
    /// Organisations directly below it.
    pub organisations: i64,
}

impl OpenWork {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The counts by name.
    pub fn to_json(self) -> serde_json::Value {
        json!({
            "leading": self.leading, "supporting": self.supporting, "studying": self.studying, "referrals": self.referrals,
            "visits": self.visits,
            "service_objects": self.service_objects, "organisations": self.organisations,
        })
    }
}

/// The organisation that is to take over.
#[derive(Clone, Copy, Debug)]
pub struct Successor {
    /// Whether it has ended.
    pub ended: bool,
    /// Whether it is the ended organisation itself or stands under it: it cannot take over what it hangs on.
    pub below: bool,
}

/// Whether an organisation may end now.
///
/// # Errors
/// 409 `ended`; 409 `has_open_work` with the counts, where no successor is named.
pub fn may_end(ended: bool, open_work: OpenWork, successor_named: bool) -> ApiResult<()> {
    if ended {
        return Err(ApiError::new(Code::Ended));
    }
    if successor_named || open_work.is_none() {
        return Ok(());
    }
    Err(ApiError::new(Code::HasOpenWork).with_member("open_work", open_work.to_json()))
}

/// Whether the successor named is fit; `Some(None)` is one out of reach.
///
/// # Errors
/// 422 at `/successor_id`.
pub fn fit_successor(successor: Option<Option<Successor>>) -> ApiResult<()> {
    let fault = match successor {
        Some(Some(successor)) if successor.below => FaultCode::Conflict,
        Some(None | Some(Successor { ended: true, .. })) => FaultCode::UnknownReference,
        None | Some(Some(_)) => return Ok(()),
    };
    Err(ApiError::invalid_at("/successor_id", fault))
}

#[cfg(test)]
mod tests {
    use super::{OpenWork, OrgKind, Parent, Place, Successor, fit_successor, may_end, place};
    use crate::directory::words::{LeadingBody, Level};
    use crate::error::Code;
    use uuid::Uuid;

    const COUNTY: Place = Place {
        division: Some((Uuid::nil(), Level::County)),
        parent: None,
    };

    #[test]
    fn the_level_is_the_divisions_or_below_it() {
        let level = |level| place(OrgKind::Department, None, level, &COUNTY).map(|(_, level)| level);
        assert_eq!(level(None).expect("fits"), Level::County);
        assert_eq!(level(Some(Level::Town)).expect("fits"), Level::Town);
        assert_eq!(
            level(Some(Level::City)).expect_err("too high").to_string(),
            "invalid /level:conflict"
        );
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let nowhere = Place {
            division: None,
            parent: Some(None),
        };
        let error = place(OrgKind::Department, Some(LeadingBody::Government), None, &nowhere).expect_err("faults");
        assert_eq!(
            error.to_string(),
            "invalid /division:unknown_reference /leading_body:conflict /parent_id:unknown_reference"
        );
        assert!(place(OrgKind::Government, Some(LeadingBody::Government), None, &COUNTY).is_ok());
    }

    #[test]
    fn a_parent_covers_its_child_and_does_not_hang_on_it() {
        let fits = Parent {
            covers_division: true,
            ended: false,
            below_child: false,
        };
        assert!(Parent::fault(Some(fits)).is_none());
        for unfit in [
            Parent {
                covers_division: false,
                ..fits
            },
            Parent { ended: true, ..fits },
            Parent {
                below_child: true,
                ..fits
            },
        ] {
            assert!(Parent::fault(Some(unfit)).is_some(), "{unfit:?}");
        }
    }

    #[test]
    fn open_work_needs_a_successor() {
        let work = OpenWork {
            leading: 1,
            ..OpenWork::default()
        };
        assert_eq!(
            may_end(false, work, false).expect_err("open work").code(),
            Code::HasOpenWork
        );
        assert!(may_end(false, work, true).is_ok());
        assert!(may_end(false, OpenWork::default(), false).is_ok());
        assert_eq!(may_end(true, work, true).expect_err("ended").code(), Code::Ended);
    }

    #[test]
    fn a_successor_lives_and_does_not_hang_on_what_it_takes_over() {
        let heir = Successor {
            ended: false,
            below: false,
        };
        assert!(fit_successor(None).is_ok());
        assert!(fit_successor(Some(Some(heir))).is_ok());
        for unfit in [
            None,
            Some(Successor { ended: true, ..heir }),
            Some(Successor { below: true, ..heir }),
        ] {
            assert!(fit_successor(Some(unfit)).is_err(), "{unfit:?}");
        }
    }
}
