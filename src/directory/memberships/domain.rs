//! What right may be given: pure.

use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// What is known of a membership to be.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// Whether the person is active.
    pub active: bool,
    /// Whether the organisation lives and lies within the administrator's reach.
    pub org_in_reach: bool,
    /// Whether the division exists today and lies within the administrator's reach.
    pub division_in_reach: bool,
    /// Whether the division lies within the organisation's.
    pub division_of_org: bool,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_to: Option<Timestamp>,
}

impl Grant {
    /// Whether it may be given.
    ///
    /// # Errors
    /// 409 `ended` for a person who is no longer active; 422: an organisation or a division out of reach, a division
    /// wider than the organisation's, a role that only clients have, an end that is past or before the beginning.
    pub fn check(&self, now: Timestamp) -> ApiResult<()> {
        if !self.active {
            return Err(ApiError::new(Code::Ended));
        }
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, pointer: &str, code| {
            if wrong {
                faults.push(Fault::new(pointer, code));
            }
        };
        refuse(self.role == Role::Integrator, "/role", FaultCode::NotInList);
        refuse(!self.org_in_reach, "/org_id", FaultCode::UnknownReference);
        refuse(!self.division_in_reach, "/division", FaultCode::UnknownReference);
        let wider = self.org_in_reach && self.division_in_reach && !self.division_of_org;
        refuse(wider, "/division", FaultCode::Conflict);
        let over = self.valid_to.is_some_and(|to| to <= self.valid_from || to <= now);
        refuse(over, "/valid_to", FaultCode::NotWithin);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Grant;
    use crate::auth::policy::Role;
    use crate::clock::Timestamp;
    use crate::error::Code;

    fn grant() -> (Grant, Timestamp) {
        let now: Timestamp = "2019-01-10T02:00:00Z".parse().expect("a literal");
        let grant = Grant {
            role: Role::Handler,
            active: true,
            org_in_reach: true,
            division_in_reach: true,
            division_of_org: true,
            valid_from: now,
            valid_to: None,
        };
        (grant, now)
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let (fit, now) = grant();
        assert!(fit.check(now).is_ok());
        let unfit = Grant {
            role: Role::Integrator,
            org_in_reach: false,
            division_in_reach: false,
            valid_to: Some(now),
            ..fit
        };
        assert_eq!(
            unfit.check(now).expect_err("faults").to_string(),
            "invalid /role:enum /org_id:unknown_reference /division:unknown_reference /valid_to:not_within"
        );
    }

    #[test]
    fn a_right_is_no_wider_than_its_organisation() {
        let (fit, now) = grant();
        let wider = Grant {
            division_of_org: false,
            ..fit
        };
        assert_eq!(
            wider.check(now).expect_err("too wide").to_string(),
            "invalid /division:conflict"
        );
    }

    #[test]
    fn nobody_gives_rights_to_who_is_gone() {
        let (fit, now) = grant();
        let gone = Grant { active: false, ..fit };
        assert_eq!(gone.check(now).expect_err("gone").code(), Code::Ended);
    }
}
