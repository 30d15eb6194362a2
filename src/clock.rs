//! The only source of time and of ids.
//!
//! Business time (`Clock`) is what rules read: it may stand still in a test and runs from the speech's evening in the
//! demo. Real time (`Clock::real`) is what tokens, logs and the `Date` header keep. Nothing else in the crate asks the
//! operating system for either (`clippy.toml`), so a test freezes both and whole answers are literals.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

/// An instant of the years 1 to 9999, as RFC 3339 has them; cut to microseconds because PostgreSQL keeps no more. On
/// the wire in UTC with `Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// The first and the last microsecond that a [`Timestamp`] can be.
const YEARS: RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// A text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no instant of the years 1 to 9999 as RFC 3339 has it")]
pub struct NoInstant;

impl Timestamp {
    /// The instant so many microseconds after 1970-01-01T00:00:00Z; `None` outside the years 1 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        let micros = Some(micros).filter(|micros| YEARS.contains(micros))?;
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// That instant, or the nearest that there is.
    fn nearest(micros: i64) -> Self {
        let within = micros.clamp(*YEARS.start(), *YEARS.end());
        Self(DateTime::from_timestamp_micros(within).unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Whole seconds since 1970-01-01T00:00:00Z (JWT's NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// The same instant as chrono has it.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The calendar date of this instant in Asia/Shanghai.
    pub fn shanghai_date(self) -> NaiveDate {
        self.0.with_timezone(&shanghai()).date_naive()
    }

    /// This instant moved by so many seconds (negative: into the past); saturates at the ends of time.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::nearest(self.micros().saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Asia/Shanghai: UTC+8 without daylight saving since 1991, so a fixed offset is the zone.
pub fn shanghai() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(instant: DateTime<Utc>) -> Self {
        Self::nearest(instant.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = NoInstant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| NoInstant)?;
        Self::from_micros(instant.timestamp_micros()).ok_or(NoInstant)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "An instant, RFC 3339; answers are in UTC with `Z`, to the microsecond.",
            ))
            .examples(["2019-01-14T09:00:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {}

/// Tells the time. Cheap to clone; clones share one time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    /// The machine's clock plus so many microseconds.
    Running { offset: AtomicI64 },
    /// Stands still at so many microseconds since the epoch until it is set.
    Frozen { micros: AtomicI64 },
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(Arc::new(Source::Running {
            offset: AtomicI64::new(0),
        }))
    }

    /// A clock that ticks with the machine's but says `now` at this moment.
    pub fn starting_at(now: Timestamp) -> Self {
        let offset = now.micros() - machine_micros();
        Self(Arc::new(Source::Running {
            offset: AtomicI64::new(offset),
        }))
    }

    /// A clock that stands still.
    pub fn frozen(now: Timestamp) -> Self {
        Self(Arc::new(Source::Frozen {
            micros: AtomicI64::new(now.micros()),
        }))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let micros = match &*self.0 {
            Source::Running { offset } => machine_micros().saturating_add(offset.load(Ordering::Relaxed)),
            Source::Frozen { micros } => micros.load(Ordering::Relaxed),
        };
        Timestamp::nearest(micros)
    }

    /// Makes every clone of this clock say `now` at this moment; a running one goes on ticking from there.
    pub fn set(&self, now: Timestamp) {
        match &*self.0 {
            Source::Running { offset } => offset.store(now.micros() - machine_micros(), Ordering::Relaxed),
            Source::Frozen { micros } => micros.store(now.micros(), Ordering::Relaxed),
        }
    }

    /// Today in Asia/Shanghai.
    pub fn today(&self) -> NaiveDate {
        self.now().shanghai_date()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_micros() -> i64 {
    Utc::now().timestamp_micros()
}

/// Makes ids: UUIDv7, so that a row's key grows with time and an index's newest page stays in memory.
#[derive(Clone, Debug)]
pub struct Ids(Arc<IdSource>);

#[derive(Debug)]
enum IdSource {
    Random,
    /// 1, 2, 3 … in the shape of a UUIDv7, told apart by `series`: for tests, and for data that must come out the same
    /// byte for byte.
    Counted {
        series: u32,
        next: AtomicU64,
    },
}

impl Ids {
    /// Ids that nobody can guess.
    pub fn random() -> Self {
        Self(Arc::new(IdSource::Random))
    }

    /// Ids that count; two series never meet.
    pub fn counted(series: u32) -> Self {
        Self(Arc::new(IdSource::Counted {
            series,
            next: AtomicU64::new(1),
        }))
    }

    /// The next id.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn next(&self) -> Uuid {
        match &*self.0 {
            IdSource::Random => Uuid::now_v7(),
            IdSource::Counted { series, next } => {
                let count = next.fetch_add(1, Ordering::Relaxed);
                // 48 bits of time, version 7, 12 bits, variant, 62 bits: the count lies in the last 48 of them.
                Uuid::from_u128(
                    (u128::from(*series) << 96) | (0x7000_u128 << 64) | (0x8000_u128 << 48) | u128::from(count),
                )
            }
        }
    }
}
