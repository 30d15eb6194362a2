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
use crate::reporters::voice::nobody;

/// Somebody of the public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supporter {
    /// His account, where he has one.
    person: Option<Uuid>,
    /// His telephone number's blind index, where it is known.
    phone: Option<Vec<u8>>,
    /// He as a reporter, where he is known as one.
    reporter: Option<Uuid>,
}

impl Supporter {
    /// Who a caller is or speaks for.
    ///
    /// # Errors
    /// 403 for a secretary, since nobody supports for another; 422 for a client that names nobody whom it knows, and for
    /// anybody else who names somebody.
    pub async fn of(tx: &mut Tx, who: &Caller, body: &SupportProblem) -> ApiResult<Self> {
        if who.actor.is_some() {
            return Err(ApiError::new(Code::Forbidden));
        }
        let reporter = match (&body.reporter, who.is_client) {
            (None, true) => return Err(ApiError::invalid_at("/reporter", FaultCode::Required)),
            (Some(_), false) => return Err(ApiError::invalid_at("/reporter", FaultCode::ClientsOnly)),
            (Some(name), true) => {
                let known = supporters::called(&mut *tx, who.subject, &name.system, &name.value).await?;
                Some(known.ok_or_else(|| ApiError::invalid_at("/reporter", FaultCode::UnknownReference))?)
            }
            (None, false) => who.case.map(|_| who.subject),
        };
        let (person, phone) = match reporter {
            Some(reporter) => supporters::known_as(tx, reporter).await?,
            None => (Some(who.subject), None),
        };
        Ok(Self {
            person,
            phone,
            reporter,
        })
    }

    /// What tells him from everybody else: his account, else his telephone number, else his row.
    fn identity(&self) -> String {
        match self {
            Self {
                person: Some(person), ..
            } => format!("person:{person}"),
            Self { phone: Some(phone), .. } => format!("phone:{}", events::domain::hex(phone)),
            Self { reporter, .. } => format!("reporter:{}", reporter.unwrap_or_default()),
        }
    }
}

/// Supports a problem that everybody may see.
///
/// # Errors
/// 404 for one that nobody may; 403 for whoever raised it; 409 `duplicate` for whoever supports it already; 422 as of
/// [`Supporter::of`].
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
    let supporter = Supporter::of(tx, who, body).await?;
    let speaks = !who.is_client && reporters::store::spoken(&mut *tx, who, problem, now).await?.is_some();
    if speaks || supporters::raised(tx, problem, supporter.reporter, supporter.person).await? {
        return Err(ApiError::new(Code::Forbidden).with_detail(Text::new(
            "反映人不能支持自己反映的问题",
            "Who raised a problem does not support it too",
        )));
    }
    let hash = work
        .app
        .keys
        .blind_index(&format!("supporter:{problem}:{}", supporter.identity()));
    let counted = match supporters::count_in(tx, problem, hash, now).await {
        Err(fault) if fault.is_unique("problem_supporter") => return Err(ApiError::new(Code::Duplicate)),
        other => other?,
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
