//! Handing out the link of an invitation to rate: to whom, when, and what it takes the place of.

use actix_web::HttpRequest;
use serde_json::json;
use uuid::Uuid;

use super::domain::can_be_rated;
use super::dto::{InvitationLink, InvitationView};
use super::store::{self, invitations};
use crate::auth::{Caller, Role};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _, Text};
use crate::events::NewEvent;
use crate::http::{PathRef, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::store::{ProblemFacts, change, facts_to_change, write};
use crate::receipts::issuing;
use crate::reporters::domain::{Anonymity, KNOW_MASKED, Reader};

/// Makes a link for the invitation of the present round: what is handed out, and the families of the tokens that end
/// once it is committed.
///
/// # Errors
/// 404; 403 `forbidden` for who may not, 403 `separation_of_duties` for who handled it or is of who does; 409 `merged`,
/// `erased`, `transition_not_allowed` where nothing is said to be done, `no_contact` where nobody knows the reporter,
/// `duplicate` where he has rated the round, `ended` 30 days after closing.
pub async fn hand_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    request: &HttpRequest,
    scopes: &[Uuid],
    problem: &PathRef,
) -> ApiResult<(InvitationLink, Vec<Uuid>)> {
    let (now, ids) = (work.now(), &work.app.ids);
    let facts = facts_to_change(tx, scopes, problem, who, now).await?.or_not_found()?;
    let reporter = check(tx, who, &facts).await?;
    let issued = issuing::issue(work, tx, who, request, &facts).await?;
    let act = who.act(now);
    write::acted(tx, ids, facts.id, &act, ProblemAct::IssueInvitation).await?;
    let event = NewEvent::of("problem", facts.id, "problem.invited")
        .public()
        .with(json!({ "cycle": facts.cycle_no }));
    change::note(tx, ids, &act, &facts, event).await?;
    store::invite(tx, facts.id, facts.cycle_no, None, now).await?;
    invitations::link_issued(tx, &act, facts.id, facts.cycle_no, reporter).await?;
    let invitation = invitations::find(tx, facts.id, facts.cycle_no, reporter)
        .await?
        .ok_or_else(|| ApiError::internal("an invitation that was just made is gone"))?;
    let link = InvitationLink {
        invitation: InvitationView::for_reader(invitation, reader(who, &facts)),
        receipt: issued.receipt,
        expires_at: issued.expires_at,
    };
    Ok((link, issued.ended))
}

/// To which reporter the caller hands it out.
async fn check(tx: &mut Tx, who: &Caller, facts: &ProblemFacts) -> ApiResult<Uuid> {
    who.person().filter(|_| may_hand_out(who, facts)).ok_or_else(|| {
        ApiError::new(Code::Forbidden).with_detail(Text::new(
            "评价链接由交办员、督查或记录单位的走访干部发放",
            "A link is handed out by a dispatcher, a supervisor or an officer of the recording organisation",
        ))
    })?;
    issuing::must_be_apart(tx, who, facts.id).await?;
    facts.state.must_not_be_merged()?;
    facts.must_not_be_erased()?;
    can_be_rated(facts.state)?;
    let known = facts
        .reporter_anonymity
        .is_some_and(|known| known != Anonymity::Unknown);
    let reporter = facts
        .reporter_id
        .filter(|_| known)
        .ok_or_else(|| ApiError::new(Code::NoContact))?;
    if invitations::has_rated(tx, facts.id, facts.cycle_no, reporter).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    Ok(reporter)
}

fn may_hand_out(who: &Caller, facts: &ProblemFacts) -> bool {
    let recorded = who
        .memberships
        .iter()
        .any(|held| held.role == Role::Officer && facts.recorder_org_id == Some(held.org));
    recorded || reader(who, facts) == Reader::CallsBack
}

/// In which capacity somebody of the administration reads of a problem's invitations.
pub fn reader(who: &Caller, facts: &ProblemFacts) -> Reader {
    if facts.roles_of(who).iter().any(|role| KNOW_MASKED.contains(role)) {
        Reader::CallsBack
    } else {
        Reader::Administration
    }
}
