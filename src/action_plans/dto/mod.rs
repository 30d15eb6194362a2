//! What goes over the wire: bodies, filters, representations.

mod filters;
mod input;
mod view;

pub use filters::PlanFilters;
pub use input::{
    Abandonment, Discussion, NewActionPlan, NewMeasure, NewStep, SendBack, StepResult, StepWaiver, UpdateActionPlan,
    UpdateMeasure, UpdateStep,
};
pub use view::{
    ActionPlanSummary, ActionPlanView, DiscussionView, MeasureView, PlanCounts, PlanProblem, ProblemRef, StepView,
};
