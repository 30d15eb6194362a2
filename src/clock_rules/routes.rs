//! Reading and keeping clock rules.

use actix_web::{HttpResponse, get, post, web};
use uuid::Uuid;

use super::domain::{Term, effective};
use super::dto::{ClockRuleFilters, ClockRuleView, EffectiveAt, EffectiveClockRules, EffectiveTerm, NewClockRule};
use super::keeping;
use super::store::{self, ClockRuleRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{KeepClockRules, ReadClockRules};
use crate::directory::clients::dto::EndReason;
use crate::directory::divisions;
use crate::directory::refs::DivisionRef;
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, ListParams, Locale, Page, PathId, ValidJson, ValidQuery, View, Work};

/// Clock rules
///
/// Those that were set, in the order in which they were; what they come to somewhere is `GET /clock-rules/effective`.
#[utoipa::path(operation_id = "list_clock_rules", tag = "clock_rules", params(ListParams, ClockRuleFilters),
    responses((status = 200, description = "A page", body = Page<ClockRuleView>)))]
#[get("/clock-rules")]
pub async fn list_clock_rules(
    _who: Can<ReadClockRules>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ClockRuleFilters>,
) -> ApiResult<Page<ClockRuleView>> {
    let page = params.0.page(&("list_clock_rules", &filters.0))?;
    let division = match &filters.0.division {
        Some(code) => Some(division(&app, code).await?.id),
        None => None,
    };
    let after = page.after::<i64>()?.map(|(_, id)| id);
    let rows: Vec<ClockRuleRow> = store::page(&filters.0, division, after, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &filters.0, division)).await?;
    let place = |row: &ClockRuleRow| (0_i64, row.id);
    Ok(page.page(rows, place, ClockRuleView::of).with_total(total))
}

async fn division(app: &App, code: &str) -> ApiResult<divisions::DivisionRow> {
    let found = divisions::find_by_code(&app.db, code, app.clock.today()).await?;
    found.ok_or_else(|| ApiError::invalid_at("?division", FaultCode::UnknownReference))
}

/// What is in force in a division
///
/// Every term with its working days on a day and the rule that they come from: the top division's takes the place of
/// the default, one further down counts only where it is looser (S-73).
#[utoipa::path(operation_id = "get_effective_clock_rules", tag = "clock_rules", params(EffectiveAt),
    responses((status = 200, description = "Every term", body = EffectiveClockRules)))]
#[get("/clock-rules/effective")]
pub async fn get_effective_clock_rules(
    _who: Can<ReadClockRules>,
    app: web::Data<App>,
    query: ValidQuery<EffectiveAt>,
    locale: Locale,
) -> ApiResult<View<EffectiveClockRules>> {
    let on = query.0.on.unwrap_or_else(|| app.clock.today());
    let division = division(&app, &query.0.division).await?;
    let chain = store::in_force(&app.db, division.id, on).await?;
    let found: Vec<_> = Term::ALL.iter().map(|term| (*term, effective(*term, &chain))).collect();
    let ids: Vec<Uuid> = found
        .iter()
        .filter_map(|(_, (_, rule))| Some(rule.as_ref()?.id))
        .collect();
    let rules: Vec<ClockRuleRow> = store::these(&ids).all(&app.db).await?;
    let terms = found.into_iter().map(|(term, (working_days, rule))| EffectiveTerm {
        term,
        label: term.label(locale).to_owned(),
        working_days,
        default_working_days: term.default_days(),
        rule: rule
            .and_then(|rule| rules.iter().find(|row| row.id == rule.id))
            .map(|row| ClockRuleView::of(row.clone())),
    });
    Ok(View(EffectiveClockRules {
        on,
        terms: terms.collect(),
        division: DivisionRef {
            code: division.code,
            name: division.name,
            full_name: division.full_name,
        },
    }))
}

/// One clock rule
///
/// In force or ended.
#[utoipa::path(operation_id = "get_clock_rule", tag = "clock_rules",
    params(("id" = Uuid, Path, description = "The rule's id")),
    responses((status = 200, description = "The rule", body = ClockRuleView)))]
#[get("/clock-rules/{id}")]
pub async fn get_clock_rule(
    _who: Can<ReadClockRules>,
    app: web::Data<App>,
    id: PathId,
) -> ApiResult<View<ClockRuleView>> {
    let row: Option<ClockRuleRow> = store::one(id.0).optional(&app.db).await?;
    Ok(View(ClockRuleView::of(row.or_not_found()?)))
}

/// Set a clock rule
///
/// Within the caller's division. The top division's may be anything; below, one that is stricter than what comes from
/// above is 422 `layered_burden` with the value `above`, and the attempt is logged (S-73). Times that were chosen stay.
#[utoipa::path(operation_id = "create_clock_rule", tag = "clock_rules", request_body = NewClockRule,
    responses((status = 201, description = "Set", body = ClockRuleView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/clock-rules")]
pub async fn create_clock_rule(
    who: Can<KeepClockRules>,
    work: Work,
    body: ValidJson<NewClockRule>,
) -> ApiResult<HttpResponse> {
    let tx = work.begin().await?;
    let (mut tx, id) = keeping::set(&work, tx, &who, &who.scope_ids(), &body.0).await?;
    let row: ClockRuleRow = store::one(id).one(&mut tx).await?;
    work.created(tx, format!("/api/v1/clock-rules/{id}"), &ClockRuleView::of(row))
        .await
}

/// End a clock rule
///
/// From now on times are chosen by what is above it; those that it chose stay.
#[utoipa::path(operation_id = "end_clock_rule", tag = "clock_rules", request_body = EndReason,
    params(("id" = Uuid, Path, description = "The rule's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = ClockRuleView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/clock-rules/{id}/end")]
pub async fn end_clock_rule(
    who: Can<KeepClockRules>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndReason>,
) -> ApiResult<HttpResponse> {
    let (mut tx, act) = (work.begin().await?, who.act(work.now()));
    let row: Option<ClockRuleRow> = store::one_within(&who.scope_ids(), id.0).optional(&mut tx).await?;
    let row = row.or_not_found()?;
    if row.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(row.version)?;
    if !store::end(&mut tx, id.0, row.version, &act, &body.0.reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of("clock_rule", id.0, "clock_rule.ended").with_text(Some(body.0.reason));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let row: ClockRuleRow = store::one(id.0).one(&mut tx).await?;
    work.ok(tx, &ClockRuleView::of(row)).await
}
