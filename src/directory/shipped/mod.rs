//! The divisions of Zhejiang that every installation begins with.
//!
//! - The province, its cities and counties with their validity: 89 counties on 2019-01-14 and 90 today, so that a visit
//!   of 2019 to 下城区 stays readable and coverage is counted against the list of the day. Codes that went on under a
//!   changed area (上城, 拱墅, 余杭, 萧山, 苍南) are one row.
//! - Towns and villages as of 2023-06-30; since when each is valid is not known. 龙港市 has no towns: its villages hang on
//!   a statistical stand-in (330383198) that full names leave out.
//! - Which division took another's place ([`successors`]).
//!
//! The data files beside this one name their origins. Parents follow from the codes. Administrators add what comes
//! later.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use uuid::Uuid;

use super::stable_id::stable_id;
use super::words::Level;

#[cfg(test)]
mod tests;

const COUNTIES: &str = include_str!("counties.tsv");
const TOWNS: &str = include_str!("towns.tsv");
const VILLAGES: &str = include_str!("villages.tsv");

/// How the statisticians name the stand-in for the towns of a county that has none.
const STAND_IN_FOR_TOWNS: &str = "直辖村级区划";

/// A division as shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippedDivision {
    /// 6 digits (GB/T 2260), or 9 or 12 (statistical code) for a town or village.
    pub code: &'static str,
    /// Its own name, as in 西湖区.
    pub name: &'static str,
    /// Its name with those above it, as in 浙江省杭州市西湖区.
    pub full_name: String,
    /// Its level.
    pub level: Level,
    /// The code of the division it lies in; `None` for the province.
    pub parent_code: Option<&'static str>,
    /// The first day on which it exists; `None`: not known, but before 2019-01-14 for a county or above.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it no longer exists; `None` while it does.
    pub valid_to: Option<NaiveDate>,
}

/// How much of an ended or diminished division a successor took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// Most of it: what was counted for the old division counts for this one.
    Main,
    /// Some of it.
    Part,
}

/// That `new_code` took over area of `old_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Succession {
    /// The division that ended, or went on with less.
    pub old_code: &'static str,
    /// The division that took the area.
    pub new_code: &'static str,
    /// How much it took.
    pub share: Share,
}

/// The successions between 2019-01-14 and today.
const SUCCESSORS: &[Succession] = &[
    succession("330103", "330105", Share::Main), // 下城 → 拱墅
    succession("330104", "330102", Share::Main), // 江干 → 上城
    succession("330104", "330114", Share::Part), // 江干 → 钱塘
    succession("330109", "330114", Share::Part), // 萧山 → 钱塘
    succession("330110", "330113", Share::Part), // 余杭 → 临平
    succession("330327", "330383", Share::Part), // 苍南 → 龙港
];

const fn succession(old_code: &'static str, new_code: &'static str, share: Share) -> Succession {
    Succession {
        old_code,
        new_code,
        share,
    }
}

/// Name of every division that another can lie in, by code.
static NAMES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = rows(COUNTIES).chain(rows(TOWNS));
    rows.map(|row| (row.code, row.name)).collect()
});

/// The province, its 11 cities, and the counties that exist or existed since 2019-01-14.
pub fn province_cities_counties() -> impl Iterator<Item = ShippedDivision> {
    rows(COUNTIES).filter_map(Row::into_division)
}

/// The towns, townships, subdistricts and their like of 2023-06-30.
pub fn towns() -> impl Iterator<Item = ShippedDivision> {
    rows(TOWNS).filter_map(Row::into_division)
}

/// The villages and communities of 2023-06-30.
pub fn villages() -> impl Iterator<Item = ShippedDivision> {
    rows(VILLAGES).filter_map(Row::into_division)
}

/// Which division took another's place.
pub fn successors() -> &'static [Succession] {
    SUCCESSORS
}

/// The id of a shipped division, the same in every installation. A code that is given anew is another division, so the
/// day from which it is valid belongs to the key.
pub fn division_id(code: &str, valid_from: Option<NaiveDate>) -> Uuid {
    let since = valid_from.map(|date| date.to_string()).unwrap_or_default();
    stable_id("division", &format!("{code}:{since}"))
}

impl ShippedDivision {
    /// Its id, see [`division_id`].
    pub fn id(&self) -> Uuid {
        division_id(self.code, self.valid_from)
    }

    /// Whether it exists on this day, as far as is known.
    pub fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date < to)
    }
}

/// A line of a data file.
struct Row {
    code: &'static str,
    name: &'static str,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}

/// The lines of a data file but for its notes. A line that is none would be left out; a test counts them.
fn rows(file: &'static str) -> impl Iterator<Item = Row> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let (code, name) = (fields.next()?, fields.next()?);
        let mut date = || fields.next().and_then(|text| text.parse().ok());
        Some(Row {
            code,
            name,
            valid_from: date(),
            valid_to: date(),
        })
    })
}

impl Row {
    fn into_division(self) -> Option<ShippedDivision> {
        let Self {
            code,
            name,
            valid_from,
            valid_to,
        } = self;
        let level = Level::of_code(code)?;
        let parent = parent(code);
        let full_name = above(parent) + name;
        Some(ShippedDivision {
            code,
            name,
            full_name,
            level,
            parent_code: parent.map(|(code, _)| code),
            valid_from,
            valid_to,
        })
    }
}

/// Code and name of the division that the one of this code lies in.
fn parent(code: &str) -> Option<(&'static str, &'static str)> {
    let parent_code = match Level::of_code(code)? {
        Level::Province => return None,
        Level::City => format!("{}0000", code.get(..2)?),
        Level::County => format!("{}00", code.get(..4)?),
        Level::Town => code.get(..6)?.to_owned(),
        Level::Village => code.get(..9)?.to_owned(),
    };
    NAMES
        .get_key_value(parent_code.as_str())
        .map(|(code, name)| (*code, *name))
}

/// The names from the province down to this division, written together.
fn above(division: Option<(&'static str, &'static str)>) -> String {
    let Some((code, name)) = division else {
        return String::new();
    };
    let names_above = above(parent(code));
    if name.ends_with(STAND_IN_FOR_TOWNS) {
        names_above
    } else {
        names_above + name
    }
}
