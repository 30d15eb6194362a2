//! A problem on the wire.

mod filters;
mod input;
mod view;

pub use filters::{Breach, ProblemFilters, ProblemSort};
pub use input::{Dispose, DisposeOrg, NewProblem, NewSupplement, UpdateProblem};
pub use view::{
    ClockView, ClosureView, DispositionOrgView, DispositionView, MergeTarget, ProblemCounts, ProblemSummary,
    ProblemTheme, ProblemView, Receipt, RecordedProblem, SupplementView, VisitRef,
};
