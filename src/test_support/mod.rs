//! What tests stand on: a database of their own on either kind, the real router, callers as values.
//!
//! `on_both! { async fn a_thing_holds(world: World) { … } }` makes two tests, on SQLite and on PostgreSQL. Each gets a
//! copy of a template that was migrated and filled once per process. The clocks stand still and ids are counted.

pub mod builders;
pub mod databases;
pub mod handling;
pub mod postgres;
pub mod seed;
pub mod world;

pub use world::{Kind, World};

/// Declares a test that runs on both databases, each holding nothing but what ships.
#[macro_export]
macro_rules! on_both_empty {
    ($( $(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block )+) => { $(
        $(#[$meta])*
        async fn $name($world: $crate::test_support::World) $body

        mod $name {
            use $crate::test_support::{Kind, World};

            #[test]
            fn sqlite() {
                World::run_empty(Kind::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                World::run_empty(Kind::Postgres, super::$name);
            }
        }
    )+ };
}

/// Declares a test that runs on both databases.
#[macro_export]
macro_rules! on_both {
    ($( $(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block )+) => { $(
        $(#[$meta])*
        async fn $name($world: $crate::test_support::World) $body

        mod $name {
            use $crate::test_support::{Kind, World};

            #[test]
            fn sqlite() {
                World::run(Kind::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                World::run(Kind::Postgres, super::$name);
            }
        }
    )+ };
}
