//! What figures are made of: exact ratios, the four parts of every total, the counties that were reached.
//!
//! A ratio never stands alone: it comes with its numerator and denominator, is null where there is nothing to divide
//! by, and is rounded once, half to even, to four decimals. Everything is integers until then.

pub mod coverage;
pub mod formulas;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use crate::error::{ApiError, ApiResult, FaultCode};
use crate::text_enum;

text_enum! {
    /// One of the four parts into which every total of problems falls (S-05), whatever the filter.
    pub enum Part {
        ResolvedOnSite = "resolved_on_site" / "现场解决" / "resolved on site",
        FollowUp = "follow_up" / "后续落实" / "to be followed up",
        Typical = "typical" / "带回典型" / "typical, taken along",
        Undisposed = "undisposed" / "未处置" / "not yet disposed of",
    }
}

impl Part {
    /// The word in the roll-ups, where '' stands for no disposition.
    pub const fn stored(self) -> &'static str {
        match self {
            Self::Undisposed => "",
            _ => self.as_str(),
        }
    }
}

text_enum! {
    /// What the figures are grouped by.
    pub enum GroupBy {
        Audience = "audience" / "服务对象类别" / "audience",
        LeadingBody = "leading_body" / "领导班子" / "leading body",
        Category = "category" / "问题分类" / "category",
        Disposition = "disposition" / "处置方式" / "disposition",
        /// The divisions right below the one that the figures are of.
        Division = "division" / "下级行政区划" / "division",
        /// The level of the problem's or visit's own division.
        Level = "level" / "层级" / "level",
        Mode = "mode" / "走访形式" / "mode of visit",
        Origin = "origin" / "走访缘起" / "origin of visit",
        PlaceKind = "place_kind" / "地点类别" / "kind of place",
    }
}

impl GroupBy {
    /// Whether problems bear it; those that they do not are of visits alone.
    pub const fn of_problems(self) -> bool {
        !matches!(self, Self::Mode | Self::Origin | Self::PlaceKind)
    }

    /// Whether visits bear it.
    pub const fn of_visits(self) -> bool {
        !matches!(self, Self::Audience | Self::Category | Self::Disposition)
    }
}

text_enum! {
    /// Whether figures can still change by what is yet to be done (初步统计).
    pub enum FigureStatus {
        Preliminary = "preliminary" / "初步统计" / "a year that they cover is not closed",
        Final = "final" / "最终统计" / "every year that they cover is closed",
    }
}

/// A number with four decimals, kept as ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(i64);

impl Decimal {
    /// numerator/denominator rounded half to even; `None` where the denominator is not positive or the result beyond
    /// ±9·10¹¹.
    pub fn quotient(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        let (numerator, denominator) = (i128::from(numerator) * 10_000, i128::from(denominator));
        let (floor, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let rounded = match (rest * 2).cmp(&denominator) {
            Ordering::Less => floor,
            Ordering::Equal if floor % 2 == 0 => floor,
            Ordering::Equal | Ordering::Greater => floor + 1,
        };
        i64::try_from(rounded)
            .ok()
            .filter(|units| units.unsigned_abs() < 1 << 53)
            .map(Self)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Below 2^53 the quotient is the double nearest to the decimal, whose shortest form is the decimal itself.
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 nothing is lost")]
        serializer.serialize_f64(self.0 as f64 / 10_000.0)
    }
}

/// The days that count: from `since` (if any) up to but not including `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day; `None`: from the beginning.
    pub since: Option<NaiveDate>,
    /// The day after the last.
    pub until: NaiveDate,
    /// The day on which divisions, outcomes and coverage are looked at.
    pub as_of: NaiveDate,
}

impl Period {
    /// [from, to) as far as it had come by the end of `as_of`.
    ///
    /// # Errors
    /// 422 `conflict` at `?to` where it is not after `from`.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>, as_of: NaiveDate) -> ApiResult<Self> {
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            return Err(ApiError::invalid_at("?to", FaultCode::Conflict));
        }
        let tomorrow = as_of.succ_opt().unwrap_or(as_of);
        Ok(Self {
            since: from,
            until: to.map_or(tomorrow, |to| to.min(tomorrow)),
            as_of,
        })
    }
}
