//! What is published, and what the public reads, on the wire.

mod figures;
mod publishing;
mod shown;

pub use figures::{PublicOverview, PublicOverviewParams, PublicRatio, PublicSatisfaction};
pub use publishing::{
    EnterpriseConsent, PublicSupport, PublicationView, PublishProblem, SupportProblem, UnpublishProblem,
};
pub use shown::{
    PublicEnterprise, PublicEntry, PublicFilters, PublicMeasure, PublicOutput, PublicOutputFilters, PublicPlan,
    PublicPlanStep, PublicProblem, PublicProblemDetail,
};
