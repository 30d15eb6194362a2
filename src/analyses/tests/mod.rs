//! Through the real router, on both databases.

mod clock;
mod signing;
