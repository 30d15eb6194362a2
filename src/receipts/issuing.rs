//! Making a new code for the reporter of a problem, in the place of those before it.

use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::auth::keys::{random_secret, sha256};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::http::Work;
use crate::problems::dto::Receipt;
use crate::problems::store::ProblemFacts;

/// A new code.
#[derive(Debug)]
pub struct Issued {
    /// What is handed out, once.
    pub receipt: Receipt,
    /// When it expires; `None`: 30 days after the problem is closed.
    pub expires_at: Option<Timestamp>,
    /// The families of the tokens that end, once the transaction is committed.
    pub ended: Vec<Uuid>,
}

/// Makes a new code of a problem that the transaction has locked. Whether the caller may have it was decided before.
///
/// # Errors
/// 409 `ended` where more than 30 days have passed since the problem was closed.
pub async fn issue(work: &Work, tx: &mut Tx, facts: &ProblemFacts) -> ApiResult<Issued> {
    let code = random_secret().map_err(ApiError::internal)?;
    let replaced = store::replace(tx, facts.id, &sha256(code.as_bytes()), work.now()).await?;
    if replaced.expires_at.is_some_and(|end| end <= work.now()) {
        return Err(too_late());
    }
    Ok(Issued {
        receipt: Receipt {
            tracking_no: facts.tracking_no.clone(),
            url: work.app.settings.receipt_url(&code),
            code,
        },
        expires_at: replaced.expires_at,
        ended: replaced.families,
    })
}

/// Ends the tokens of what a new code took the place of, in this process at once.
pub fn end(app: &App, families: Vec<Uuid>) {
    for family in families {
        app.rights.family_ended(family, app.real_clock.now());
    }
}

fn too_late() -> ApiError {
    ApiError::new(Code::Ended).with_detail(Text::new(
        "销号已满30日，回执不再有效",
        "More than 30 days have passed since it was closed: no receipt is good any longer",
    ))
}
