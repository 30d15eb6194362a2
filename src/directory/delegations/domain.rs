//! What may be delegated: pure.

use crate::auth::policy::{Role, may_be_delegated};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// How long a delegation may last, in seconds: a year, so that it is thought of again.
const LONGEST: i64 = 366 * 24 * 3600;

/// What is known of a delegation to be.
#[derive(Clone, Debug)]
pub struct Delegation<'a> {
    /// Whether who gives it is active.
    pub from_active: bool,
    /// The roles that he holds now.
    pub from_roles: &'a [Role],
    /// Whether who gets it is active and within the administrator's reach.
    pub to_in_reach: bool,
    /// Whether both are one.
    pub to_oneself: bool,
    /// The operations.
    pub actions: &'a [String],
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_to: Timestamp,
}

impl Delegation<'_> {
    /// Whether it may be given.
    ///
    /// # Errors
    /// 409 `ended` where who gives it is no longer active; 422: somebody out of reach, oneself, operations that cannot
    /// be delegated, an end that is past, before the beginning, or more than a year after it.
    pub fn check(&self, now: Timestamp) -> ApiResult<()> {
        if !self.from_active {
            return Err(ApiError::new(Code::Ended));
        }
        let mut faults = Vec::new();
        if self.to_oneself {
            faults.push(Fault::new("/to_person_id", FaultCode::Conflict));
        } else if !self.to_in_reach {
            faults.push(Fault::new("/to_person_id", FaultCode::UnknownReference));
        }
        for (index, action) in self.actions.iter().enumerate() {
            if !may_be_delegated(action, self.from_roles) {
                faults.push(Fault::new(format!("/actions/{index}"), FaultCode::NotInList));
            } else if self.actions.iter().take(index).any(|earlier| earlier == action) {
                faults.push(Fault::new(format!("/actions/{index}"), FaultCode::Repeated));
            }
        }
        let over = self.valid_to <= self.valid_from || self.valid_to <= now;
        if over || self.valid_to > self.valid_from.plus_seconds(LONGEST) {
            faults.push(Fault::new("/valid_to", FaultCode::NotWithin));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Delegation, may_be_delegated};
    use crate::auth::policy::Role;
    use crate::clock::Timestamp;

    #[test]
    fn a_leader_delegates_what_he_may_do_himself() {
        assert!(may_be_delegated("dispose_problem", &[Role::Leader]));
        assert!(may_be_delegated("list_visits", &[Role::Leader]));
        for never in [
            "create_org",
            "change_password",
            "rate_problem",
            "decide_request",
            "nothing",
        ] {
            assert!(!may_be_delegated(never, &[Role::Leader]), "{never}");
        }
        assert!(!may_be_delegated("dispose_problem", &[Role::Auditor]));
        assert!(!may_be_delegated("create_org", &[Role::Admin]));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let now: Timestamp = "2019-01-10T02:00:00Z".parse().expect("a literal");
        let actions = ["dispose_problem".to_owned(), "create_org".to_owned()];
        let delegation = Delegation {
            from_active: true,
            from_roles: &[Role::Leader],
            to_in_reach: false,
            to_oneself: false,
            actions: &actions,
            valid_from: now,
            valid_to: now.plus_seconds(400 * 24 * 3600),
        };
        assert_eq!(
            delegation.check(now).expect_err("faults").to_string(),
            "invalid /to_person_id:unknown_reference /actions/1:enum /valid_to:not_within"
        );
    }
}
