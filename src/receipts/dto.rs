//! Receipts on the wire. What is handed out with one is `problems::dto::Receipt`.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::problems::refs::ProblemRef;

/// The code of a receipt.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "pXr1yQ0mT8bq3Zt7cVf2nJk5hLs9wEa4uGd6oRi1xMY" }))]
pub struct ReceiptCode {
    /// The code as it stands on the receipt, or in its link.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 200)]
    pub code: SecretString,
}

/// A token for one problem, in the place of its reporter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptToken {
    /// The access token (RFC 9068), for `Authorization: Bearer`. Nothing refreshes it: exchange the code again.
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it ends: 1800, less where the code ends before.
    #[schema(minimum = 0, maximum = 1800, example = 1800)]
    pub expires_in: i64,
    /// The `operationId`s that it may call, for this problem only.
    #[schema(example = json!(["get_problem", "create_supplement"]))]
    pub operations: Vec<&'static str>,
    /// The problem.
    pub problem: ProblemRef,
}
