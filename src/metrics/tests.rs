//! The figures against what was written, and against counting by hand.

mod arrange;
mod bottlenecks;
mod causes;
mod first_response;
mod matrix;
mod measures;
mod overview;
mod partition;
mod rollups;
