//! Supporting a published problem, once for each human being as far as he can be told apart.
//!
//! A supporter is an account, or whoever a receipt or a portal speaks for. What is kept is a keyed hash of who he is
//! together with the problem, so that nobody can read from it who supported what.

use serde_json::json;
use uuid::Uuid;

use super::dto::{PublicSupport, SupportProblem};
use super::store::{shown, supporters};
use crate::auth::Caller;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _, Text};
use crate::events::{self, NewEvent};
use crate::http::Work;
use crate::reporters;
use crate::reporters::identity::Identity;
use crate::reporters::voice::nobody;

/// Who a caller is or speaks for.
///
/// # Errors
/// As of [`Identity::of`], and 422 for a client that names nobody whom it knows.
async fn supporter(tx: &mut Tx, who: &Caller, body: &SupportProblem) -> ApiResult<Identity> {
    let known = match &body.reporter {
        Some(name) if who.is_client => {
            let known = reporters::store::known_by(&mut *tx, who.subject, name).await?;
            Some(known.ok_or_else(|| ApiError::invalid_at("/reporter", FaultCode::UnknownReference))?)
        }
        _ => None,
    };
    Identity::of(tx, who, (body.reporter.is_some(), known), "/reporter").await
}

/// Supports a problem that everybody may see.
///
/// # Errors
/// 404 for one that nobody may; 403 for whoever raised it; 409 `duplicate` for whoever supports it already; 422 as of
/// [`Identity::of`], and for a client that names nobody whom it knows.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    problem: Uuid,
    body: &SupportProblem,
) -> ApiResult<PublicSupport> {
    let now = work.now();
    shown::is_public(&mut *tx, problem, now)
        .await?
        .then_some(())
        .or_not_found()?;
    let supporter = supporter(tx, who, body).await?;
    let speaks = !who.is_client && reporters::store::spoken(&mut *tx, who, problem, now).await?.is_some();
    if speaks || supporters::raised(tx, problem, &supporter).await? {
        return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "反映人不能支持自己反映的问题",
            "Who raised a problem does not support it too",
        )));
    }
    let hashes = supporter.hashes(&work.app.keys, &format!("supporter:{problem}"));
    let Some(counted) = supporters::count_in(tx, problem, &hashes, now).await? else {
        return Err(ApiError::new(Code::Duplicate));
    };
    // A chain of its own, so that supporters do not wait for whoever handles the problem, nor stand in its course.
    let event = NewEvent::of("support", work.app.ids.next(), "problem.supported").with(json!({ "problem": problem }));
    let act = nobody(who.act(now));
    events::store::append(tx, &work.app.ids, &act, &events::Head::default(), event).await?;
    Ok(PublicSupport {
        problem_id: problem,
        supporters: counted,
    })
}
