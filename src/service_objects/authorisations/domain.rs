//! What may be granted: pure.

use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, Text};

/// What is known of an authorisation to be.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// Whether the object is an enterprise.
    pub of_enterprise: bool,
    /// Whether it has ended.
    pub ended: bool,
    /// Whether the person holds one already.
    pub held: bool,
    /// Whether the person is active, and outside the administration or in the caller's division.
    pub in_reach: bool,
    /// Whether the person is the caller.
    pub to_oneself: bool,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when, exclusive.
    pub valid_to: Option<Timestamp>,
}

impl Grant {
    /// Whether it may be granted.
    ///
    /// # Errors
    /// 409 `ended` or `duplicate`; 422: of what is no enterprise, to oneself, to somebody out of reach, from later than
    /// now, or to what is past.
    pub fn check(&self, now: Timestamp) -> ApiResult<()> {
        if self.ended {
            return Err(ApiError::new(Code::Ended));
        }
        if self.held {
            return Err(ApiError::new(Code::Duplicate));
        }
        let mut faults = Vec::new();
        if !self.of_enterprise {
            let detail = Text::new("仅企业可授权他人", "only an enterprise has people who speak for it");
            faults.push(Fault::because("", FaultCode::Conflict, detail));
        }
        if self.to_oneself {
            faults.push(Fault::new("/person_id", FaultCode::Conflict));
        } else if !self.in_reach {
            faults.push(Fault::new("/person_id", FaultCode::UnknownReference));
        }
        if self.valid_from > now {
            faults.push(Fault::new("/valid_from", FaultCode::NotWithin));
        }
        if self.valid_to.is_some_and(|end| end <= now || end <= self.valid_from) {
            faults.push(Fault::new("/valid_to", FaultCode::NotWithin));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(faults))
        }
    }
}
