//! What goes over the wire: bodies, filters, representations.

mod filters;
mod input;
mod view;

pub use filters::{VisitFilters, VisitSort};
pub use input::{
    Attendance, CancelVisit, CompleteVisit, MemberInput, NewVisit, StartVisit, UpdateVisit, day_pointer, lacks_note,
};
pub use view::{VisitCounts, VisitMember, VisitSummary, VisitView};
