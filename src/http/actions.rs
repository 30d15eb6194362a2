//! What a caller may do now, as representations list it.

use serde::Serialize;
use utoipa::ToSchema;

/// Something that this caller may do to the resource now; read from the table that the act itself consults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllowedAction {
    /// The action's name.
    #[schema(example = "start")]
    pub action: &'static str,
    /// What to call it, in the caller's language.
    #[schema(example = "开始")]
    pub label: &'static str,
    /// Where it is done: a POST, for `update` a PATCH.
    #[schema(example = "/api/v1/visits/0168341f-0000-7000-8000-000000000001/start")]
    pub href: String,
}
