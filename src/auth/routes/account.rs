//! The accounts that an administrator keeps. He reaches a person whose organisation and memberships all lie in his
//! divisions; anybody else does not exist (404).

use actix_web::{HttpResponse, post};

use crate::auth::dto::account::{AccountView, DisablePerson, NewResetCode, ResetCode};
use crate::auth::policy::ManageDirectory;
use crate::auth::store::accounts as store;
use crate::auth::{Can, accounts};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::http::{IfMatch, PathId, ValidJson, Work};

/// Make a one-time code
///
/// For a person who has forgotten the password, or has none yet: then `username` opens an account. The code is good for
/// 24 hours and once (`redeem_reset_code`), replaces an earlier one, and is shown this once; what is stored is its
/// hash. It changes nothing by itself: password and sessions stay until it is redeemed.
#[utoipa::path(operation_id = "create_reset_code", tag = "auth", request_body = Option<NewResetCode>,
    params(("id" = Uuid, Path, description = "The person's id")),
    responses((status = 200, description = "Made", body = ResetCode)),
    extensions(("x-error-codes" = json!(["duplicate"]))))]
#[post("/people/{id}/reset-code")]
pub async fn create_reset_code(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    body: ValidJson<NewResetCode>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let account = store::find(&mut tx, &who.scope_ids(), id.0, work.now())
        .await?
        .or_not_found()?;
    let code = accounts::make_reset_code(&mut tx, &work.app, &who, &account, body.0.username.as_deref()).await?;
    work.ok(tx, &code).await
}

/// Let a person no longer in
///
/// Ends every session and every token of the person at once. Memberships stay, and hold again when the person is
/// enabled. An administrator cannot disable himself.
#[utoipa::path(operation_id = "disable_person", tag = "auth", request_body = DisablePerson,
    params(("id" = Uuid, Path, description = "The person's id"),
        ("If-Match" = Option<String>, Header, description = "The version of the person that was read")),
    responses((status = 200, description = "Disabled", body = AccountView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/people/{id}/disable")]
pub async fn disable_person(
    who: Can<ManageDirectory>,
    work: Work,
    id: PathId,
    at: IfMatch,
    body: ValidJson<DisablePerson>,
) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let account = store::find(&mut tx, &who.scope_ids(), id.0, work.now())
        .await?
        .or_not_found()?;
    if !account.active || who.person() == Some(account.id) {
        let allowed: &[&str] = if account.active { &[] } else { &["enable"] };
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("allowed", allowed));
    }
    at.check(account.version)?;
    let (view, ended) = accounts::disable(&mut tx, &work.app, &who, account, body.0.reason).await?;
    let answer = work.ok(tx, &view).await?;
    work.app.rights.rights_changed(view.id, view.rights);
    accounts::tell_ended(&work.app, ended);
    Ok(answer)
}

/// Let a person in again
///
/// With the memberships that hold; sessions have to be opened anew.
#[utoipa::path(operation_id = "enable_person", tag = "auth",
    params(("id" = Uuid, Path, description = "The person's id"),
        ("If-Match" = Option<String>, Header, description = "The version of the person that was read")),
    responses((status = 200, description = "Enabled", body = AccountView)),
    extensions(("x-error-codes" = json!(["transition_not_allowed"]))))]
#[post("/people/{id}/enable")]
pub async fn enable_person(who: Can<ManageDirectory>, work: Work, id: PathId, at: IfMatch) -> ApiResult<HttpResponse> {
    let mut tx = work.begin().await?;
    let account = store::find(&mut tx, &who.scope_ids(), id.0, work.now())
        .await?
        .or_not_found()?;
    if account.active {
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("allowed", &["disable"][..]));
    }
    at.check(account.version)?;
    let view = accounts::enable(&mut tx, &work.app, &who, account).await?;
    let answer = work.ok(tx, &view).await?;
    work.app.rights.rights_changed(view.id, view.rights);
    Ok(answer)
}
