//! Keeping clients, within the administrator's division.

use actix_web::{HttpResponse, get, patch, post, web};
use serde_json::json;
use uuid::Uuid;

use super::dto::{ClientAppPatch, ClientAppView, ClientFilters, ClientSecretView, EndReason, NewClientApp};
use super::store::{self, ClientRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::keys::random_secret;
use crate::auth::policy::ManageDirectory;
use crate::db::Tx;
use crate::directory::{divisions, orgs};
use crate::error::{ApiError, ApiResult, Code, FaultCode, OrNotFound as _};
use crate::events::{self, NewEvent};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// How long a secret that was rotated away stays good, in seconds.
const OVERLAP_SECONDS: i64 = 24 * 3600;

/// Clients
///
/// Those whose organisations lie in the administrator's division.
#[utoipa::path(operation_id = "list_client_apps", tag = "directory", params(ListParams, ClientFilters),
    responses((status = 200, description = "A page", body = Page<ClientAppView>)))]
#[get("/client-apps")]
pub async fn list_client_apps(
    who: Can<ManageDirectory>,
    app: web::Data<App>,
    params: ValidQuery<ListParams>,
    filters: ValidQuery<ClientFilters>,
) -> ApiResult<Page<ClientAppView>> {
    let (divisions, filters) = (who.scope_ids(), filters.0);
    let page = params.0.page(&("list_client_apps", &divisions, &filters))?;
    let rows: Vec<ClientRow> = store::page(&divisions, &filters, page.after()?, page.fetch())
        .all(&app.db)
        .await?;
    let total = page.total(store::count(&app.db, &divisions, &filters)).await?;
    let place = |row: &ClientRow| (row.client_id.clone(), row.id);
    Ok(page.page(rows, place, ClientAppView::from).with_total(total))
}

/// One client
///
/// Without its secret, which is shown once when it is made.
#[utoipa::path(operation_id = "get_client_app", tag = "directory",
    params(("id" = Uuid, Path, description = "The client's id")),
    responses((status = 200, description = "The client", body = ClientAppView)))]
#[get("/client-apps/{id}")]
pub async fn get_client_app(
    who: Can<ManageDirectory>,
    app: web::Data<App>,
    id: PathId,
) -> ApiResult<View<ClientAppView>> {
    let row: Option<ClientRow> = store::one(&who.scope_ids(), id.0).optional(&app.db).await?;
    Ok(View(row.or_not_found()?.into()))
}

async fn stored(who: &Can<ManageDirectory>, tx: &mut Tx, id: Uuid) -> ApiResult<ClientAppView> {
    Ok(store::one(&who.scope_ids(), id)
        .one::<ClientRow>(&mut *tx)
        .await?
        .into())
}

/// Add a client
///
/// The answer holds its secret, this once.
#[utoipa::path(operation_id = "create_client_app", tag = "directory", request_body = NewClientApp,
    responses((status = 201, description = "Added", body = ClientSecretView)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/client-apps")]
pub async fn create_client_app(
    who: Can<ManageDirectory>,
    work: Work,
    body: ValidJson<NewClientApp>,
) -> ApiResult<HttpResponse> {
    let (mut tx, new, act) = (work.begin().await?, body.0, who.act(work.now()));
    let org = orgs::find_ref(&mut tx, new.org_id).await?.filter(|org| !org.ended);
    let mut within = false;
    for division in who.scope_ids() {
        within |= match &org {
            Some(org) => divisions::is_within(&mut tx, division, org.division_id).await?,
            None => false,
        };
    }
    if !within {
        return Err(ApiError::invalid_at("/org_id", FaultCode::UnknownReference));
    }
    if store::is_taken(&mut tx, &new.client_id).await? {
        return Err(ApiError::new(Code::Duplicate));
    }
    let (id, secret) = (work.app.ids.next(), random_secret().map_err(ApiError::internal)?);
    store::insert(&mut tx, id, &act, work.app.real_clock.now(), &new, &secret).await?;
    let event = NewEvent::of("client_app", id, "client_app.created")
        .with(json!({ "client_id": new.client_id, "scopes": new.scopes }));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = ClientSecretView {
        client: stored(&who, &mut tx, id).await?,
        client_secret: secret,
    };
    work.created(tx, format!("/api/v1/client-apps/{id}"), &view).await
}

/// Give a client a new secret
///
/// The old one is good for 24 hours more.
#[utoipa::path(operation_id = "rotate_client_secret", tag = "directory",
    params(("id" = Uuid, Path, description = "The client's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "With the new secret, this once", body = ClientSecretView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/client-apps/{id}/rotate-secret")]
pub async fn rotate_client_secret(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let (mut tx, act) = (work.begin().await?, who.act(work.now()));
    let row = live(&who, &mut tx, id.0).await?;
    at.check(row.version)?;
    let secret = random_secret().map_err(ApiError::internal)?;
    let until = work.app.real_clock.now().plus_seconds(OVERLAP_SECONDS);
    if !store::rotate(&mut tx, id.0, row.version, &act, &secret, until).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    events::store::append_to(
        &mut tx,
        &work.app.ids,
        &act,
        NewEvent::of("client_app", id.0, "client_app.secret_rotated"),
    )
    .await?;
    let view = ClientSecretView {
        client: stored(&who, &mut tx, id.0).await?,
        client_secret: secret,
    };
    work.ok(tx, &view).await
}

/// Change a client
///
/// How many requests it may send: known to every replica within seconds.
#[utoipa::path(operation_id = "update_client_app", tag = "directory", request_body = ClientAppPatch,
    params(("id" = Uuid, Path, description = "The client's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Changed", body = ClientAppView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[patch("/client-apps/{id}")]
pub async fn update_client_app(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<ClientAppPatch>,
) -> ApiResult<HttpResponse> {
    let (mut tx, act) = (work.begin().await?, who.act(work.now()));
    let row = live(&who, &mut tx, id.0).await?;
    at.check(row.version)?;
    if let Some(rate) = body.0.rate_policy {
        if !store::set_rate(&mut tx, id.0, row.version, &act, rate).await? {
            return Err(ApiError::new(Code::PreconditionFailed));
        }
        let event = NewEvent::of("client_app", id.0, "client_app.rate_changed").with(json!({ "rate_policy": rate }));
        events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    }
    let view = stored(&who, &mut tx, id.0).await?;
    work.ok(tx, &view).await
}

/// The client within the caller's divisions, if it has not ended.
async fn live(who: &Can<ManageDirectory>, tx: &mut Tx, id: Uuid) -> ApiResult<ClientRow> {
    let row: Option<ClientRow> = store::one(&who.scope_ids(), id).optional(&mut *tx).await?;
    let row = row.or_not_found()?;
    if row.ended_at.is_some() {
        Err(ApiError::new(Code::Ended))
    } else {
        Ok(row)
    }
}

/// End a client
///
/// Its tokens are stale within five seconds, its secrets at once.
#[utoipa::path(operation_id = "end_client_app", tag = "directory", request_body = EndReason,
    params(("id" = Uuid, Path, description = "The client's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read")),
    responses((status = 200, description = "Ended", body = ClientAppView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/client-apps/{id}/end")]
pub async fn end_client_app(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndReason>,
) -> ApiResult<HttpResponse> {
    let (mut tx, act) = (work.begin().await?, who.act(work.now()));
    let row = live(&who, &mut tx, id.0).await?;
    at.check(row.version)?;
    if !store::end(
        &mut tx,
        id.0,
        row.version,
        &act,
        work.app.real_clock.now(),
        &body.0.reason,
    )
    .await?
    {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of("client_app", id.0, "client_app.ended").with_text(Some(body.0.reason));
    events::store::append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = stored(&who, &mut tx, id.0).await?;
    let answer = work.ok(tx, &view).await?;
    work.app.rights.rights_changed(id.0, row.rights + 1);
    Ok(answer)
}
