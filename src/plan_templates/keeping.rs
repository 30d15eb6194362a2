//! Making a template, replacing it by its next version, ending it.

use serde_json::json;
use uuid::Uuid;

use super::dto::NewPlanTemplate;
use super::store::{self, Numbered, TemplateRow};
use crate::auth::policy::KeepPlanTemplates;
use crate::auth::{Caller, Can};
use crate::db::Tx;
use crate::directory::{divisions, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, Work};

/// Makes a template; its id.
///
/// # Errors
/// 422 with every fault.
pub async fn create(work: &Work, tx: &mut Tx, who: &Can<KeepPlanTemplates>, new: &NewPlanTemplate) -> ApiResult<Uuid> {
    let looked_up = look_up(work, tx, who, new, None).await?;
    let id = work.app.ids.next();
    let place = Numbered {
        id,
        series: id,
        number: 1,
    };
    store::insert(tx, &who.act(work.now()), place, looked_up, new).await?;
    told(work, tx, who, id, "plan_template.created", json!({ "number": 1 }), None).await?;
    Ok(id)
}

/// The division and category that a version names, in the caller's reach.
async fn look_up(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepPlanTemplates>,
    new: &NewPlanTemplate,
    former: Option<Uuid>,
) -> ApiResult<(Uuid, Option<Uuid>)> {
    let (today, mut faults) = (work.now().shanghai_date(), Vec::new());
    let division = match &new.division {
        Some(code) => divisions::find_by_code(&mut *tx, code, today)
            .await?
            .map(|found| found.id),
        None => Some(former.map_or_else(|| who.acting().map(|own| own.division), Ok)?),
    };
    let division = match division {
        Some(division) if divisions::is_within_any(&mut *tx, &who.scope_ids(), division).await? => Some(division),
        _ => None,
    };
    if division.is_none() {
        faults.push(Fault::new("/division", FaultCode::UnknownReference));
    }
    let category = match &new.category {
        Some(code) => Some(terms::find(&mut *tx, "category", code).await?),
        None => None,
    };
    faults.extend(match &category {
        Some(None) => Some(Fault::new("/category", FaultCode::UnknownReference)),
        Some(Some(term)) if !term.is_valid_on(today) => Some(Fault::new("/category", FaultCode::RetiredTerm)),
        Some(Some(term)) if term.audience.is_some_and(|of| of != new.audience) => {
            Some(Fault::new("/category", FaultCode::OtherAudience))
        }
        _ => None,
    });
    for (index, measure) in new.measures.iter().enumerate() {
        let term = terms::find(&mut *tx, "measure_type", &measure.r#type).await?;
        if term.is_none_or(|term| term.is_heading || !term.is_valid_on(today)) {
            faults.push(Fault::new(
                format!("/measures/{index}/type"),
                FaultCode::UnknownReference,
            ));
        }
    }
    match (division, faults.as_slice()) {
        (Some(division), []) => Ok((division, category.flatten().map(|term| term.id))),
        _ => Err(ApiError::invalid(faults)),
    }
}

/// A version that the caller keeps, the latest of its series.
async fn take(tx: &mut Tx, who: &Can<KeepPlanTemplates>, id: Uuid, at: &IfMatch) -> ApiResult<TemplateRow> {
    let row = store::find(&mut *tx, who, id).await?.or_not_found()?;
    if !divisions::is_within_any(&mut *tx, &who.scope_ids(), row.division_id).await? {
        return Err(ApiError::new(Code::Forbidden));
    }
    if row.ended_at.is_some() || row.replaced_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(row.version)?;
    Ok(row)
}

/// Replaces a version by the next one; its id.
///
/// # Errors
/// 404; 403 for one of a division above; 409 `ended` for one that was replaced or ended; 412/428; 422: in this order.
pub async fn replace(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepPlanTemplates>,
    id: Uuid,
    at: &IfMatch,
    new: &NewPlanTemplate,
) -> ApiResult<Uuid> {
    let row = take(tx, who, id, at).await?;
    let looked_up = look_up(work, tx, who, new, Some(row.division_id)).await?;
    let act = who.act(work.now());
    if !store::replace(tx, &act, &row).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let place = Numbered {
        id: work.app.ids.next(),
        series: row.series_id,
        number: row.number + 1,
    };
    store::insert(tx, &act, place, looked_up, new).await?;
    let payload = json!({ "number": place.number, "version": place.id });
    told(work, tx, who, row.series_id, "plan_template.replaced", payload, None).await?;
    Ok(place.id)
}

/// Ends a template.
///
/// # Errors
/// As replacing.
pub async fn end(
    work: &Work,
    tx: &mut Tx,
    who: &Can<KeepPlanTemplates>,
    id: Uuid,
    at: &IfMatch,
    reason: String,
) -> ApiResult<()> {
    let row = take(tx, who, id, at).await?;
    if !store::end(tx, &who.act(work.now()), &row, &reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let payload = json!({ "number": row.number });
    told(
        work,
        tx,
        who,
        row.series_id,
        "plan_template.ended",
        payload,
        Some(reason),
    )
    .await
}

/// An event in the chain of the series.
async fn told(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    series: Uuid,
    kind: &'static str,
    payload: serde_json::Value,
    text: Option<String>,
) -> ApiResult<()> {
    let event = NewEvent::of("plan_template", series, kind)
        .with_text(text)
        .with(payload);
    events::store::append_to(tx, &work.app.ids, &who.act(work.now()), event).await?;
    Ok(())
}
