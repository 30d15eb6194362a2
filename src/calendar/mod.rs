//! Working days of China: which day is one, and when a period of n working days ends.
//!
//! - A day is a working day if it is Monday to Friday and the State Council gave it no day off, or if it is a weekend
//!   day the State Council made a working day (调休).
//! - Counting excludes the start day. A period of n working days ends at 17:00 in Shanghai on the n-th working day
//!   after the start day.
//! - A working day has the hours from 09:00 to 17:00: pauses are counted in working minutes (`working_time.rs`).
//! - A year whose notice has not been published is counted by weekdays alone, and every answer that leans on it, or on
//!   the days of December that its notice may move, is `provisional`. The notice comes each November; an administrator
//!   adds it, and what was provisional is computed anew.
//! - A correction of a published year moves nothing that was settled: a reporter was told that day, and a plan was made
//!   for it; where it takes days away, an extension gives them back, seen and decided. (The specification knows one
//!   recomputing, of what was provisional.)
//! - Answers depend on the notices known, so whoever stores one stores [`Calendar::version`] with it.
//! - The clock of Shanghai is UTC+08:00 all year: China has had no summer time since 1991, years before this data
//!   begin. So a fixed offset is exact here and no time-zone database is needed.
//!
//! `domain`, `notice` and `working_time` are pure: callers pass the time. `store` keeps the notices that an
//! administrator gives, `current` is what a process counts by, `routes` serve the years.

pub mod current;
mod data;
mod domain;
pub mod dto;
pub mod giving;
pub mod notice;
pub mod routes;
mod shanghai;
pub mod store;
#[cfg(test)]
mod tests;
mod working_time;

pub use domain::{Calendar, Day, Due, Version};
pub use shanghai::{CLOSE_OF_BUSINESS, NOON, START_OF_BUSINESS, shanghai_date, shanghai_time, start_of_shanghai_day};
pub use working_time::MINUTES_OF_A_WORKING_DAY;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(routes::list_calendar_years)
        .service(routes::get_calendar_year)
        .service(routes::list_calendar_days)
        .service(routes::create_calendar_year)
        .service(routes::update_calendar_year);
}
