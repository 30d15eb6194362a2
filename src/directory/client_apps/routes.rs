//! Listing, registering and ending clients, and changing their secrets.

use actix_web::{HttpResponse, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::domain::{scope_faults, stored_form};
use super::dto::{ClientAppFilters, ClientAppView, ClientAppWithSecret, NewClientApp};
use super::store;
use crate::app::App;
use crate::auth::Can;
use crate::auth::keys::random_secret;
use crate::auth::policy::ManageDirectory;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::ending::Ending;
use crate::directory::rights::ChangedRights;
use crate::directory::{divisions, orgs};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations on clients.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_client_apps)
        .service(create_client_app)
        .service(get_client_app)
        .service(rotate_client_secret)
        .service(end_client_app);
}

/// List clients
///
/// Of organisations within the administrator's division, by `client_id`.
#[utoipa::path(operation_id = "list_client_apps", tag = "directory", params(ListParams, ClientAppFilters),
    responses((status = 200, description = "A page of clients", body = Page<ClientAppView>)))]
#[get("/client-apps")]
async fn list_client_apps(
    who: Can<ManageDirectory>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<ClientAppFilters>,
) -> ApiResult<Page<ClientAppView>> {
    let scopes = who.scope_ids();
    let page = list.0.page(&("list_client_apps", &scopes, &filters.0))?;
    store::list(&app.db, &scopes, &filters.0, &page).await
}

/// Register a client
///
/// For an organisation within the administrator's division. The answer holds its secret, once. Refuses a `client_id`
/// that is taken (409 `duplicate`) and scopes that integrators cannot use.
#[utoipa::path(operation_id = "create_client_app", tag = "directory", request_body = NewClientApp,
    responses((status = 201, description = "Registered", body = ClientAppWithSecret)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/client-apps")]
async fn create_client_app(
    who: Can<ManageDirectory>,
    work: Work,
    body: ValidJson<NewClientApp>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let (scopes, act, real_now) = (who.scope_ids(), who.act(work.now()), work.app.real_clock.now());
    let division = look_up(&mut tx, &scopes, &body.0, act.at).await?;
    let client_secret = random_secret().map_err(ApiError::internal)?;
    let hash = stored_form(&client_secret);
    let id = store::insert(&mut tx, &work.app.ids, &act, &body.0, division, hash, real_now).await?;
    let client = store::find_view(&mut tx, &scopes, id).await?;
    let made = ClientAppWithSecret { client, client_secret };
    work.created(tx, format!("/api/v1/client-apps/{id}"), &made).await
}

/// Read a client
///
/// Ended or not; never its secret.
#[utoipa::path(operation_id = "get_client_app", tag = "directory",
    params(("id" = Uuid, Path, description = "The client's id")),
    responses((status = 200, description = "The client", body = ClientAppView)))]
#[get("/client-apps/{id}")]
async fn get_client_app(who: Can<ManageDirectory>, app: web::Data<App>, id: PathId) -> ApiResult<View<ClientAppView>> {
    Ok(View(store::find_view(&app.db, &who.scope_ids(), id.0).await?))
}

/// Give a client a new secret
///
/// The answer holds it, once. The secret before it is good for 24 hours more, the one before that no longer.
#[utoipa::path(operation_id = "rotate_client_secret", tag = "directory",
    params(("id" = Uuid, Path, description = "The client's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Rotated", body = ClientAppWithSecret)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/client-apps/{id}/rotate-secret")]
async fn rotate_client_secret(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let scopes = who.scope_ids();
    find_open(&mut tx, &scopes, id.0, &at).await?;
    let client_secret = random_secret().map_err(ApiError::internal)?;
    let (ids, act, real_now) = (&work.app.ids, who.act(work.now()), work.app.real_clock.now());
    store::rotate(&mut tx, ids, &act, id.0, stored_form(&client_secret), real_now).await?;
    let client = store::find_view(&mut tx, &scopes, id.0).await?;
    work.ok(tx, &ClientAppWithSecret { client, client_secret }).await
}

/// End a client
///
/// With a reason; its tokens are stale at once here, within five seconds everywhere.
#[utoipa::path(operation_id = "end_client_app", tag = "directory", request_body = Ending,
    params(("id" = Uuid, Path, description = "The client's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read, such as `\"1\"`")),
    responses((status = 200, description = "Ended", body = ClientAppView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/client-apps/{id}/end")]
async fn end_client_app(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<Ending>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let scopes = who.scope_ids();
    find_open(&mut tx, &scopes, id.0, &at).await?;
    let (ids, act, real_now) = (&work.app.ids, who.act(work.now()), work.app.real_clock.now());
    let rights = store::end(&mut tx, ids, &act, id.0, &body.0.reason, real_now).await?;
    let view = store::find_view(&mut tx, &scopes, id.0).await?;
    let answer = work.ok(tx, &view).await?;
    ChangedRights::of(id.0, rights).tell(&work.app);
    Ok(answer)
}

/// Locks a client and makes sure that it is the caller's, has not ended, and is as he read it.
async fn find_open(tx: &mut Tx, scopes: &[Uuid], id: Uuid, at: &IfMatch) -> ApiResult<()> {
    store::lock(tx, id).await?;
    let client = store::find_view(&mut *tx, scopes, id).await?;
    if client.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(client.version)
}

/// The division of a new client; tells every fault of what it names.
async fn look_up(tx: &mut Tx, scopes: &[Uuid], body: &NewClientApp, now: Timestamp) -> ApiResult<Uuid> {
    let mut faults = scope_faults(&body.scopes);
    let org = orgs::store::find_within(&mut *tx, scopes, body.org_id).await?;
    let org = org.filter(|org| !org.ended);
    let mut division = org.as_ref().map(|org| org.division_id);
    if org.is_none() {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    if let Some(code) = &body.division {
        let found = divisions::find_by_code(&mut *tx, code, now.shanghai_date()).await?;
        let fault = match (&found, &org) {
            (None, _) => Some(FaultCode::UnknownReference),
            (Some(found), Some(org)) if !divisions::is_within(&mut *tx, org.division_id, found.id).await? => {
                Some(FaultCode::Conflict)
            }
            _ => None,
        };
        faults.extend(fault.map(|code| Fault::new("/division", code)));
        division = found.map(|found| found.id);
    }
    match division {
        Some(division) if faults.is_empty() => Ok(division),
        _ => Err(ApiError::invalid(faults)),
    }
}
