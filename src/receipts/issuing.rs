//! Making a new code for the reporter of a problem, in the place of those before it, and who may: receipts and
//! invitations alike. Each time stands in the access log.

use actix_web::HttpRequest;
use serde_json::Value;
use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::auth::Caller;
use crate::auth::keys::{random_secret, sha256};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Text};
use crate::events::access_log::{self, Entry};
use crate::http::Work;
use crate::problems::dto::Receipt;
use crate::problems::separation::{HANDLED, keep_apart};
use crate::problems::store::ProblemFacts;
use crate::problems::store::acts::{acts_of, took_part};

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

/// Keeps the code from whoever would speak for the reporter about his own work, or his organisation's: he handled the
/// problem, himself or in whose name, or belongs to an organisation that handles it, or did.
///
/// # Errors
/// 403 `separation_of_duties`, with `earlier_act` where it was one.
pub async fn must_be_apart(tx: &mut Tx, who: &Caller, problem: Uuid) -> ApiResult<()> {
    keep_apart(&acts_of(&mut *tx, problem, who).await?, HANDLED)?;
    let orgs: Vec<Uuid> = who.memberships.iter().map(|held| held.org).collect();
    if took_part(tx, problem, &orgs).await? {
        return Err(ApiError::new(Code::SeparationOfDuties).with_member("earlier_act", Value::Null));
    }
    Ok(())
}

/// Makes a new code of a problem that the transaction has locked. Whether the caller may have it was decided before.
///
/// # Errors
/// 409 `ended` where more than 30 days have passed since the problem was closed.
pub async fn issue(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    request: &HttpRequest,
    facts: &ProblemFacts,
) -> ApiResult<Issued> {
    let code = random_secret().map_err(ApiError::internal)?;
    let replaced = store::replace(tx, facts.id, &sha256(code.as_bytes()), work.now()).await?;
    if replaced.expires_at.is_some_and(|end| end <= work.now()) {
        return Err(too_late());
    }
    let entry = Entry::of("issue_link", work.app.real_clock.now()).by(&who.act(work.now()));
    let entry = entry.on("problem", facts.id).from(request);
    access_log::append(tx, &work.app.ids, entry).await?;
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
