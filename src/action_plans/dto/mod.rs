//! What goes over the wire: bodies, filters, representations.

mod filters;
mod input;
mod view;

pub use filters::PlanFilters;
pub use input::{
    Abandonment, Discussion, NewActionPlan, NewMeasure, NewStep, SendBack, StepResult, StepWaiver, SubmitPlan,
    UpdateActionPlan, UpdateMeasure, UpdateStep,
};
pub use view::{
    ActionPlanSummary, ActionPlanView, BeganWith, DiscussionView, MeasureView, PlanCounts, PlanProblem, PlanWarning,
    StepView,
};
