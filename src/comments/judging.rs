//! Who is criticised by what is said of a problem, and therefore does not judge it.

use uuid::Uuid;

use super::domain;
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::ApiResult;
use crate::problems::store::acts::{acts_of, took_part};

/// Refuses whoever acted on the problem, himself or in whose name, or belongs to an organisation that handles it, or
/// did.
///
/// # Errors
/// 403 `separation_of_duties`.
pub async fn must_not_be_criticised(tx: &mut Tx, who: &Caller, problem: Uuid) -> ApiResult<()> {
    let acts = acts_of(&mut *tx, problem, who).await?;
    let orgs: Vec<Uuid> = who.memberships.iter().map(|held| held.org).collect();
    let took_part = took_part(&mut *tx, problem, &orgs).await?;
    domain::must_not_be_criticised(&acts, took_part)
}
