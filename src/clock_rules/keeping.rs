//! Setting a rule, and being refused where it would burden those below.

use serde_json::json;
use uuid::Uuid;

use super::domain::effective;
use super::dto::NewClockRule;
use super::store::{self, Insert};
use crate::app::App;
use crate::auth::Caller;
use crate::db::{DbError, Tx};
use crate::directory::divisions;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, Text};
use crate::events::{self, Act, NewEvent, access_log};
use crate::http::Work;

/// Everything that is wrong at once; where it is a burden on those below: in which division, and the value above.
struct Refused {
    faults: Vec<Fault>,
    burden: Option<(Uuid, u32)>,
}

/// Sets a rule within these divisions, in a transaction that is given back with its id.
///
/// # Errors
/// 422 with every fault: `unknown_reference`, `not_within`, `layered_burden` (which is logged); 409 `duplicate` where
/// one of the division for this term begins on the same day.
pub async fn set(work: &Work, mut tx: Tx, who: &Caller, scopes: &[Uuid], new: &NewClockRule) -> ApiResult<(Tx, Uuid)> {
    let insert = match check(work, &mut tx, scopes, new).await? {
        Ok(insert) => insert,
        Err(refused) => {
            // SQLite has one writer: let it go before the attempt is logged.
            drop(tx);
            if let Some((division, above)) = refused.burden {
                log_attempt(&work.app, &who.act(work.now()), new, division, above).await?;
            }
            let error = ApiError::invalid(refused.faults);
            return Err(match refused.burden {
                Some((_, above)) => error.with_member("above", above),
                None => error,
            });
        }
    };
    let act = who.act(work.now());
    match store::insert(&mut tx, &act, &insert).await {
        Err(fault) if fault.is_unique("clock_rule") => return Err(ApiError::new(Code::Duplicate)),
        other => other?,
    }
    let event = NewEvent::of("clock_rule", insert.id, "clock_rule.set").with(json!({
        "division": insert.division_id, "term": insert.term, "working_days": insert.working_days,
        "valid_from": insert.valid_from, "valid_to": insert.valid_to,
    }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    Ok((tx, insert.id))
}

async fn check(work: &Work, tx: &mut Tx, scopes: &[Uuid], new: &NewClockRule) -> ApiResult<Result<Insert, Refused>> {
    let (mut faults, today) = (Vec::new(), work.now().shanghai_date());
    let valid_from = new.valid_from.unwrap_or(today);
    if valid_from < today {
        faults.push(Fault::new("/valid_from", FaultCode::NotWithin));
    }
    if new.valid_to.is_some_and(|to| to <= valid_from) {
        faults.push(Fault::new("/valid_to", FaultCode::NotWithin));
    }
    let found = divisions::find_by_code(&mut *tx, &new.division, today).await?;
    let within = match &found {
        Some(division) => divisions::is_within_any(&mut *tx, scopes, division.id).await?,
        None => false,
    };
    let Some(division) = found.filter(|_| within).map(|division| division.id) else {
        faults.push(Fault::new("/division", FaultCode::UnknownReference));
        return Ok(Err(Refused { faults, burden: None }));
    };
    let above = match store::above(&mut *tx, division).await? {
        Some(above) => {
            let chain = store::in_force(&mut *tx, above, valid_from.max(today)).await?;
            Some(effective(new.term, &chain).0)
        }
        None => None,
    };
    let burden = above.filter(|above| new.working_days < *above);
    faults.extend(burden.map(burdened));
    if !faults.is_empty() {
        let burden = burden.map(|above| (division, above));
        return Ok(Err(Refused { faults, burden }));
    }
    Ok(Ok(Insert {
        id: work.app.ids.next(),
        division_id: division,
        term: new.term,
        working_days: new.working_days,
        valid_from,
        valid_to: new.valid_to,
    }))
}

fn burdened(above: u32) -> Fault {
    let detail = Text::new(
        format!("上级规定为 {above} 个工作日，下级不得更短（层层加码）"),
        format!("the level above gives {above} working days; a lower one may not give fewer"),
    );
    Fault::because("/working_days", FaultCode::LayeredBurden, detail)
}

/// The attempt leaves a trace although the request changes nothing: a signal reads it.
async fn log_attempt(app: &App, act: &Act, new: &NewClockRule, division: Uuid, above: u32) -> Result<(), DbError> {
    let entry = access_log::Entry::of("layered_burden", app.real_clock.now())
        .by(act)
        .on("division", division)
        .with(json!({ "term": new.term, "working_days": new.working_days, "above": above, "org": act.org }));
    let mut tx = app.db.begin().await?;
    access_log::append(&mut tx, &app.ids, entry).await?;
    tx.commit().await
}
