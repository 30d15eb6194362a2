//! The operations on service objects.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpResponse, get, patch, post, web};
use uuid::Uuid;

use super::dto::{
    EndServiceObject, NewServiceObject, ObjectFilters, ObjectSort, ServiceObjectPatch, ServiceObjectView,
};
use super::entry;
use super::reach::{Reach, divisions_of, list_division};
use super::store::{self, KIND, ObjectRow};
use crate::app::App;
use crate::auth::Can;
use crate::auth::policy::{ReadServiceObjects, WriteServiceObjects};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::NewEvent;
use crate::events::store::append_to;
use crate::http::{IfMatch, ListParams, Page, PathId, ValidJson, ValidQuery, View, Work};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_service_objects)
        .service(get_service_object)
        .service(create_service_object)
        .service(update_service_object)
        .service(end_service_object);
}

/// List service objects (服务对象)
///
/// In the subtree of one of the caller's divisions: the one that `scope` names, or the widest. Sorted by name, or by
/// the last change; ended objects are hidden unless asked for.
#[utoipa::path(operation_id = "list_service_objects", tag = "service_objects", params(ListParams, ObjectFilters),
    responses((status = 200, description = "A page", body = Page<ServiceObjectView>)))]
#[get("/service-objects")]
async fn list_service_objects(
    who: Can<ReadServiceObjects>,
    app: web::Data<App>,
    list: ValidQuery<ListParams>,
    filters: ValidQuery<ObjectFilters>,
) -> ApiResult<Page<ServiceObjectView>> {
    let (scope, filters) = (list_division(&who, filters.0.scope.as_deref())?, filters.0);
    let request = list.0.page(&("list_service_objects", &scope, &filters))?;
    let (db, division, fetch) = (&app.db, scope.id(), request.fetch());
    let page = match filters.sort.unwrap_or(ObjectSort::Name) {
        ObjectSort::Name => {
            let statement = store::list_by_name(db, division, &filters, request.after()?, fetch);
            request.page(
                statement.all(db).await?,
                |row: &ObjectRow| (row.name.clone(), row.id),
                ObjectRow::view,
            )
        }
        ObjectSort::Updated => {
            let statement = store::list_by_update(db, division, &filters, request.after()?, fetch);
            request.page(
                statement.all(db).await?,
                |row: &ObjectRow| (row.updated_at, row.id),
                ObjectRow::view,
            )
        }
    };
    let total = request.total(store::count(db, division, &filters)).await?;
    Ok(page.with_total(total))
}

/// Read a service object
///
/// Where it lies under one of the caller's divisions; elsewhere it does not exist.
#[utoipa::path(operation_id = "get_service_object", tag = "service_objects",
    params(("id" = Uuid, Path, description = "The object's id")),
    responses((status = 200, description = "The object", body = ServiceObjectView)))]
#[get("/service-objects/{id}")]
async fn get_service_object(
    who: Can<ReadServiceObjects>,
    app: web::Data<App>,
    id: PathId,
) -> ApiResult<View<ServiceObjectView>> {
    let row = store::find(&app.db, &divisions_of(&who), id.0).await?.or_not_found()?;
    Ok(View(row.view()))
}

/// Enter a service object
///
/// An enterprise (its credit code by the whole rule of GB 32100-2015, or kept with `uscc_unverified` and a reason), a
/// household (alias and village) or a community. 409 `duplicate` where the code, or the town or village, is entered
/// already, ended or not; `existing_id` says as which object, if the caller may see it. A client that sends one of its
/// own `external_ids` again gets the object that bears it with 200, as it is: change it with PATCH.
#[utoipa::path(operation_id = "create_service_object", tag = "service_objects", request_body = NewServiceObject,
    responses(
        (status = 201, description = "Entered", body = ServiceObjectView),
        (status = 200, description = "The client had entered it before", body = ServiceObjectView),
    ),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/service-objects")]
async fn create_service_object(
    who: Can<WriteServiceObjects>,
    work: Work,
    body: ValidJson<NewServiceObject>,
) -> ApiResult<HttpResponse> {
    let (reach, act, names) = (Reach::of(&who), who.act(work.now()), body.0.external_ids.clone());
    let mut tx = work.begin().await?;
    if let Some(id) = entry::known_by(&mut tx, who.client, &names).await? {
        // It may have been moved out of the client's reach since.
        let known = store::find(&mut tx, &divisions_of(&who), id).await?;
        let view = known.ok_or_else(|| ApiError::new(Code::Duplicate))?.view();
        return work.ok(tx, &view).await;
    }
    let (blank, patch) = body.0.into_patch();
    let settled = entry::settle(&mut tx, &reach, &act, blank, patch).await?;
    let settled = settled.map_err(ApiError::invalid)?;
    let id = entry::create(&mut tx, &work.app, &reach, &act, &settled).await?;
    if let Some(client) = who.client.filter(|_| !names.is_empty()) {
        store::name_it(&mut tx, &work.app.ids, &act, client, id, &names).await?;
    }
    let view = within(&mut tx, &who, id).await?.view();
    work.created(tx, format!("/api/v1/service-objects/{id}"), &view).await
}

/// Change a service object
///
/// A merge patch: what is absent stays, `null` empties. The object as it will be must obey the rules of a new one. A
/// patch that changes nothing is answered with the object, its version as before. A client's `external_ids` take the
/// place of those by which this client called it.
#[utoipa::path(operation_id = "update_service_object", tag = "service_objects",
    params(("id" = Uuid, Path, description = "The object's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    request_body = ServiceObjectPatch,
    responses((status = 200, description = "As it is now", body = ServiceObjectView)),
    extensions(("x-error-codes" = json!(["duplicate", "ended"]))))]
#[patch("/service-objects/{id}")]
async fn update_service_object(
    who: Can<WriteServiceObjects>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<ServiceObjectPatch>,
) -> ApiResult<HttpResponse> {
    let (reach, act, names) = (Reach::of(&who), who.act(work.now()), body.0.external_ids.clone());
    let mut tx = work.begin().await?;
    let row = open_at(&mut tx, &who, id.0, &at).await?;
    let settled = entry::settle(&mut tx, &reach, &act, row.draft(), body.0).await?;
    let settled = settled.map_err(ApiError::invalid)?;
    let names = match &names {
        Some(names) => Some((entry::client_of(who.client)?, names.as_slice())),
        None => None,
    };
    entry::change(&mut tx, &work.app, &reach, &act, &row, &settled, names).await?;
    let view = within(&mut tx, &who, id.0).await?.view();
    work.ok(tx, &view).await
}

/// End a service object
///
/// It closed down, moved away or was entered by mistake: lists hide it, what was recorded about it stays, and its
/// credit code stays taken. Its open problems go on.
#[utoipa::path(operation_id = "end_service_object", tag = "service_objects",
    params(("id" = Uuid, Path, description = "The object's id"),
        ("If-Match" = Option<String>, Header, description = "The version that was read; required")),
    request_body = EndServiceObject,
    responses((status = 200, description = "Ended", body = ServiceObjectView)),
    extensions(("x-error-codes" = json!(["ended"]))))]
#[post("/service-objects/{id}/end")]
async fn end_service_object(
    who: Can<WriteServiceObjects>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<EndServiceObject>,
) -> ApiResult<HttpResponse> {
    let (act, reason) = (who.act(work.now()), body.0.reason.trim().to_owned());
    let mut tx = work.begin().await?;
    let row = open_at(&mut tx, &who, id.0, &at).await?;
    if !store::end(&mut tx, row.id, row.version, &act, &reason).await? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let event = NewEvent::of(KIND, row.id, "service_object.ended").with_text(Some(reason));
    append_to(&mut tx, &work.app.ids, &act, event).await?;
    let view = within(&mut tx, &who, row.id).await?.view();
    work.ok(tx, &view).await
}

/// The object within the caller's reach, or 404.
async fn within(tx: &mut Tx, who: &Can<WriteServiceObjects>, id: Uuid) -> ApiResult<ObjectRow> {
    store::find(tx, &divisions_of(who), id).await?.or_not_found()
}

/// The same, where it has not ended (409) and is at the version that the caller read (412, 428).
async fn open_at(tx: &mut Tx, who: &Can<WriteServiceObjects>, id: Uuid, at: &IfMatch) -> ApiResult<ObjectRow> {
    let row = within(tx, who, id).await?;
    if row.ended_at.is_some() {
        return Err(ApiError::new(Code::Ended));
    }
    at.check(row.version)?;
    Ok(row)
}
