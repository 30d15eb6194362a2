//! Outputs on the wire: what is said of them, what they are asked for by, how they are shown.

mod input;
mod view;

pub use input::{EndOutput, EnterOutput, NewOutput, UpdateOutput};
pub use view::{CaseFilters, CaseView, OutputFilters, OutputThemeRef, OutputView};
