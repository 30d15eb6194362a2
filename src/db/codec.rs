//! How a Rust value is written to and read from either database.
//!
//! PostgreSQL has native types; SQLite has five. `Timestamp` is `timestamptz` there and whole microseconds here; a text
//! enum is text with a CHECK in both. A value that does not fit is an error that says so, never a cast or a panic.

use serde_json::Value as Json;
use sqlx::postgres::{PgTypeInfo, PgValueRef, Postgres};
use sqlx::sqlite::{Sqlite, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Type};
use uuid::Uuid;

use crate::clock::Timestamp;

/// A value on its way to a statement. Each variant is optional because PostgreSQL wants to know a NULL's type.
#[derive(Clone, Debug)]
pub enum Value {
    /// `text` / `TEXT`.
    Text(Option<String>),
    /// A word of a closed set: `text` / `TEXT`.
    Static(&'static str),
    /// `uuid` / `BLOB`, 16 bytes.
    Uuid(Option<Uuid>),
    /// `bigint` / `INTEGER`.
    Int(Option<i64>),
    /// `double precision` / `REAL`.
    Real(Option<f64>),
    /// `boolean` / `INTEGER`, 0 or 1.
    Bool(Option<bool>),
    /// `timestamptz` / `INTEGER`, µs since 1970.
    Time(Option<Timestamp>),
    /// `date` / `TEXT`, `YYYY-MM-DD`.
    Date(Option<chrono::NaiveDate>),
    /// `jsonb` / `TEXT`.
    Json(Option<Json>),
    /// `bytea` / `BLOB`.
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($variant:ident: $type:ty),+ $(,)?) => { $(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(Some(value))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value)
            }
        }
    )+ };
}

value_from! {
    Text: String, Uuid: Uuid, Int: i64, Real: f64, Bool: bool, Time: Timestamp, Date: chrono::NaiveDate, Json: Json,
    Bytes: Vec<u8>,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(ToOwned::to_owned))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

impl Value {
    /// Adds this value to a statement's arguments.
    pub(super) fn add_to<'q, A, D>(self, arguments: &mut A) -> Result<(), sqlx::error::BoxDynError>
    where
        D: sqlx::Database,
        A: sqlx::Arguments<Database = D>,
        Option<String>: Encode<'q, D> + Type<D>,
        &'static str: Encode<'q, D> + Type<D>,
        Option<Uuid>: Encode<'q, D> + Type<D>,
        Option<i64>: Encode<'q, D> + Type<D>,
        Option<f64>: Encode<'q, D> + Type<D>,
        Option<bool>: Encode<'q, D> + Type<D>,
        Option<Timestamp>: Encode<'q, D> + Type<D>,
        Option<chrono::NaiveDate>: Encode<'q, D> + Type<D>,
        Option<sqlx::types::Json<Json>>: Encode<'q, D> + Type<D>,
        Option<Vec<u8>>: Encode<'q, D> + Type<D>,
    {
        match self {
            Self::Text(value) => arguments.add(value),
            Self::Static(value) => arguments.add(value),
            Self::Uuid(value) => arguments.add(value),
            Self::Int(value) => arguments.add(value),
            Self::Real(value) => arguments.add(value),
            Self::Bool(value) => arguments.add(value),
            Self::Time(value) => arguments.add(value),
            Self::Date(value) => arguments.add(value),
            Self::Json(value) => arguments.add(value.map(sqlx::types::Json)),
            Self::Bytes(value) => arguments.add(value),
        }
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        <chrono::DateTime<chrono::Utc> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(
        &self,
        buffer: &mut <Postgres as sqlx::Database>::ArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.utc(), buffer)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, sqlx::error::BoxDynError> {
        <chrono::DateTime<chrono::Utc> as Decode<'_, Postgres>>::decode(value).map(Self::from)
    }
}

impl Type<Sqlite> for Timestamp {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(stored: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(stored)
    }
}

impl Encode<'_, Sqlite> for Timestamp {
    fn encode_by_ref(
        &self,
        buffer: &mut <Sqlite as sqlx::Database>::ArgumentBuffer,
    ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
        Encode::<Sqlite>::encode_by_ref(&self.micros(), buffer)
    }
}

impl Decode<'_, Sqlite> for Timestamp {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, sqlx::error::BoxDynError> {
        let micros = <i64 as Decode<'_, Sqlite>>::decode(value)?;
        Self::from_micros(micros).ok_or_else(|| format!("{micros} µs is no instant").into())
    }
}

/// Declares an enum that is the same closed set of words in Rust, on the wire, in both databases and in the document.
///
/// `pub enum Audience { Enterprise = "enterprise" / "企业" / "enterprises", … }`
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident = $text:literal / $zh:literal / $en:literal ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $( #[doc = $zh] $(#[$variant_meta])* #[serde(rename = $text)] $variant ),+
        }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The word's label in a language.
            pub const fn label(self, locale: $crate::http::locale::Locale) -> &'static str {
                match (self, locale) {
                    $(
                        (Self::$variant, $crate::http::locale::Locale::Zh) => $zh,
                        (Self::$variant, $crate::http::locale::Locale::En) => $en,
                    )+
                }
            }

            /// The value that a word stands for.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl From<$name> for $crate::db::Value {
            fn from(value: $name) -> Self {
                Self::Static(value.as_str())
            }
        }

        impl From<Option<$name>> for $crate::db::Value {
            fn from(value: Option<$name>) -> Self {
                value.map_or(Self::Text(None), Self::from)
            }
        }

        impl<D: sqlx::Database> sqlx::Type<D> for $name where str: sqlx::Type<D> {
            fn type_info() -> D::TypeInfo {
                <str as sqlx::Type<D>>::type_info()
            }

            fn compatible(stored: &D::TypeInfo) -> bool {
                <str as sqlx::Type<D>>::compatible(stored)
            }
        }

        impl<'r, D: sqlx::Database> sqlx::Decode<'r, D> for $name where &'r str: sqlx::Decode<'r, D> {
            fn decode(value: D::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let text = <&str as sqlx::Decode<'r, D>>::decode(value)?;
                Self::parse(text).ok_or_else(|| format!("`{text}` is no {}", stringify!($name)).into())
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let description = [$(concat!("`", $text, "` ", $zh, " (", $en, ")")),+].join(", ");
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .description(Some(description))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
