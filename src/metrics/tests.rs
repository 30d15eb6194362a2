//! The figures against what was written, and against counting by hand.

mod arrange;
mod bottlenecks;
mod first_response;
mod matrix;
mod overview;
mod partition;
mod rollups;
