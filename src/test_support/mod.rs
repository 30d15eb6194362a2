//! What tests stand on: a database of their own on either kind, the real router, callers as values.
//!
//! `on_both! { async fn a_thing_holds(world: World) { … } }` makes two tests, on SQLite and on PostgreSQL. Each gets a
//! copy of a template that was migrated and filled once per process. The clocks stand still and ids are counted.

pub mod postgres;
pub mod seed;
pub mod world;

pub use seed::People;
pub use world::{Answer, Kind, World};

/// Declares a test that runs on both databases.
#[macro_export]
macro_rules! on_both {
    ($( $(#[$meta:meta])* async fn $name:ident($world:ident: World) $body:block )+) => { $(
        $(#[$meta])*
        mod $name {
            #[expect(unused_imports, reason = "a test may need none of its module's names")]
            use super::*;
            #[expect(unused_imports, reason = "a test may need none of these names")]
            use $crate::test_support::{Kind, World};

            async fn run($world: World) $body

            #[test]
            fn sqlite() {
                $crate::test_support::World::run(Kind::Sqlite, run);
            }

            #[test]
            fn postgres() {
                $crate::test_support::World::run(Kind::Postgres, run);
            }
        }
    )+ };
}
