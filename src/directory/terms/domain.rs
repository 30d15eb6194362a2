//! What a term may be: pure.

use chrono::NaiveDate;

use crate::directory::words::Audience;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::text_enum;

text_enum! {
    /// The taxonomies that the system knows; grows with the code.
    pub enum TermKind {
        Category = "category" / "问题类别" / "category of a problem",
        Cause = "cause" / "原因" / "cause",
        VisitMode = "visit_mode" / "走访形式" / "how a visit is made",
        PlaceKind = "place_kind" / "走访地点类型" / "kind of place",
        MeasureType = "measure_type" / "举措类型" / "type of measure",
        Reason = "reason" / "理由" / "reason",
        Goal = "goal" / "目标" / "goal",
    }
}

/// What is known of a heading that a new term is to stand under.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// Whether it stands under another itself.
    pub has_parent: bool,
    /// Whether it heads others already.
    pub is_heading: bool,
    /// Whether a problem bears it: what has been chosen cannot become a heading.
    pub in_use: bool,
}

/// Whether a term may be entered. `heading`: the one named; `Some(None)` where there is none such.
///
/// # Errors
/// 422: a category without audience, an audience on what is no category, an unfit heading, an end before the beginning.
pub fn check(
    kind: TermKind,
    audience: Option<Audience>,
    heading: Option<Option<Heading>>,
    valid: (NaiveDate, Option<NaiveDate>),
) -> ApiResult<()> {
    let mut faults = Vec::new();
    if (kind == TermKind::Category) != audience.is_some() {
        let code = if audience.is_none() {
            FaultCode::Required
        } else {
            FaultCode::Conflict
        };
        faults.push(Fault::new("/audience", code));
    }
    let unfit = match heading {
        None => None,
        Some(None) => Some(FaultCode::UnknownReference),
        Some(Some(heading)) if heading.audience != audience => Some(FaultCode::OtherAudience),
        Some(Some(heading)) if heading.has_parent || (heading.in_use && !heading.is_heading) => {
            Some(FaultCode::Conflict)
        }
        Some(Some(_)) => None,
    };
    faults.extend(unfit.map(|code| Fault::new("/parent", code)));
    if valid.1.is_some_and(|to| to <= valid.0) {
        faults.push(Fault::new("/valid_to", FaultCode::NotWithin));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

/// Whether a term may retire on a day: from today on, so that what was chosen before stays right; on its own first day it
/// was added by mistake.
///
/// # Errors
/// 422 at `/valid_to`.
pub fn may_retire(valid_from: Option<NaiveDate>, valid_to: NaiveDate, today: NaiveDate) -> ApiResult<()> {
    if valid_to < today || valid_from.is_some_and(|from| valid_to < from) {
        return Err(ApiError::invalid_at("/valid_to", FaultCode::NotWithin));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Heading, TermKind, check, may_retire};
    use crate::directory::words::Audience;
    use chrono::NaiveDate;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2019, 1, day).expect("a date")
    }

    #[test]
    fn only_a_category_has_an_audience_and_always() {
        let valid = (day(1), None);
        assert!(check(TermKind::Category, Some(Audience::Masses), None, valid).is_ok());
        assert!(check(TermKind::Cause, None, None, valid).is_ok());
        let faults = [
            check(TermKind::Category, None, None, valid)
                .expect_err("no audience")
                .to_string(),
            check(TermKind::Goal, Some(Audience::Masses), None, valid)
                .expect_err("audience")
                .to_string(),
        ];
        assert_eq!(faults, ["invalid /audience:required", "invalid /audience:conflict"]);
    }

    #[test]
    fn a_heading_is_of_the_same_audience_stands_alone_and_was_never_chosen() {
        let heading = Heading {
            audience: None,
            has_parent: false,
            is_heading: false,
            in_use: false,
        };
        let under = |heading| check(TermKind::Cause, None, Some(heading), (day(1), None)).map_err(|e| e.to_string());
        assert_eq!(under(Some(heading)), Ok(()));
        let used_heading = Heading {
            is_heading: true,
            in_use: true,
            ..heading
        };
        assert_eq!(under(Some(used_heading)), Ok(()));
        let conflict = Err("invalid /parent:conflict".to_owned());
        assert_eq!(
            under(Some(Heading {
                has_parent: true,
                ..heading
            })),
            conflict
        );
        assert_eq!(
            under(Some(Heading {
                in_use: true,
                ..heading
            })),
            conflict
        );
        let other = Heading {
            audience: Some(Audience::Masses),
            ..heading
        };
        assert_eq!(under(Some(other)), Err("invalid /parent:other_audience".to_owned()));
        assert_eq!(under(None), Err("invalid /parent:unknown_reference".to_owned()));
    }

    #[test]
    fn a_term_retires_from_today_on() {
        assert!(may_retire(Some(day(1)), day(10), day(10)).is_ok());
        assert!(may_retire(Some(day(1)), day(9), day(10)).is_err());
        assert!(may_retire(Some(day(20)), day(20), day(10)).is_ok());
        assert!(may_retire(Some(day(20)), day(19), day(10)).is_err());
    }
}
