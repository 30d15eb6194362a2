//! The demo: the speech of 2019-01-14 as a data set that a stranger can act in.
//!
//! [`script`] says *what* happened, as plain values without a database; a loader puts it through the domain's own
//! functions. Names are invented, enterprises are marked 示例, and no leader who ever held office appears.

pub mod script;
