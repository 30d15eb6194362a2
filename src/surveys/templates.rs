//! Giving an audience new questions.

use serde_json::json;
use sqlx::types::Json;

use super::domain::{Item, SCALE, item_faults};
use super::dto::NewSurveyTemplate;
use super::store::templates::{self as store, TemplateRow};
use crate::auth::{Caller, Role};
use crate::db::Tx;
use crate::directory::listing::require_highest;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::events::{self, NewEvent};
use crate::http::Work;

/// Makes the next number of an audience's survey, which takes the place of the one before on its day.
///
/// # Errors
/// 403 for who is not of the highest administrators, since surveys are the whole installation's; 422 with every fault.
pub async fn make(work: &Work, tx: &mut Tx, who: &Caller, body: NewSurveyTemplate) -> ApiResult<TemplateRow> {
    require_highest(&mut *tx, who, &[Role::Admin]).await?;
    let (today, act) = (work.now().shanghai_date(), who.act(work.now()));
    let last = store::last(tx, body.audience).await?;
    let valid_from = body.valid_from.unwrap_or(today);
    let codes: Vec<&str> = body.items.iter().map(|item| item.code.as_str()).collect();
    let mut faults = item_faults(body.audience, &codes);
    if valid_from < today || last.as_ref().is_some_and(|last| valid_from < last.valid_from) {
        faults.push(Fault::new("/valid_from", FaultCode::NotWithin));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let item = |item: super::dto::NewSurveyItem| Item {
        code: item.code,
        zh: item.zh,
        en: item.en,
        scale: SCALE,
    };
    let row = TemplateRow {
        id: work.app.ids.next(),
        audience: body.audience,
        number: last.as_ref().map_or(1, |last| last.number + 1),
        title: body.title,
        title_en: body.title_en,
        items: Json(body.items.into_iter().map(item).collect()),
        valid_from,
        valid_to: None,
    };
    let items = serde_json::to_value(&row.items.0).map_err(ApiError::internal)?;
    store::insert(tx, &act, &row, items).await?;
    if let Some(last) = last {
        store::end(tx, &act, last.id, valid_from).await?;
    }
    let event = NewEvent::of("survey_template", row.id, "survey_template.created")
        .with(json!({ "audience": row.audience, "number": row.number, "valid_from": valid_from }));
    events::store::append_to(tx, &work.app.ids, &act, event).await?;
    Ok(row)
}
