//! What a campaign-year must be like: pure.

use chrono::{Datelike as _, NaiveDate};

use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::text_enum;

text_enum! {
    /// Where a year stands (S-13).
    pub enum Stage {
        Deployment = "deployment" / "部署" / "deployment",
        Inspection = "inspection" / "督查" / "inspection",
        Summary = "summary" / "总结" / "summary",
    }
}

/// Whether a year's period holds together: it begins within the year and ends after it began.
///
/// # Errors
/// 422 at `/opens_on` or `/closes_on`.
pub fn check_period(year: i64, opens_on: NaiveDate, closes_on: NaiveDate) -> ApiResult<()> {
    let mut faults = Vec::new();
    if i64::from(opens_on.year()) != year {
        faults.push(Fault::new("/opens_on", FaultCode::Conflict));
    }
    if closes_on < opens_on {
        faults.push(Fault::new("/closes_on", FaultCode::Conflict));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

#[cfg(test)]
mod tests {
    use super::check_period;
    use chrono::NaiveDate;

    #[test]
    fn a_period_begins_in_its_year_and_ends_after_it_began() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        assert!(check_period(2019, day(2019, 1, 2), day(2019, 1, 2)).is_ok());
        assert!(check_period(2019, day(2019, 12, 1), day(2020, 1, 31)).is_ok());
        let error = check_period(2019, day(2018, 12, 31), day(2018, 1, 1)).expect_err("faults");
        assert_eq!(error.to_string(), "invalid /opens_on:conflict /closes_on:conflict");
    }
}
