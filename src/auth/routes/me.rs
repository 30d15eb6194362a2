//! One's own account.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::accounts::{self, passwords};
use crate::auth::dto::me::{ChangePassword, MeView, RedeemCode};
use crate::auth::policy::SignedIn;
use crate::auth::{Can, whoami};
use crate::error::{ApiError, ApiResult, Code};
use crate::http::{ValidJson, View, Work};

/// Who am I
///
/// The person (or client) behind the token, the memberships with what they reach, the roles and permissions, the scopes
/// that a list may run in, and the delegations received.
#[utoipa::path(operation_id = "get_me", tag = "auth", responses((status = 200, description = "The caller", body = MeView)))]
#[get("/me")]
pub async fn get_me(who: Can<SignedIn>, app: web::Data<App>) -> ApiResult<View<MeView>> {
    Ok(View(whoami::view(&app, &who).await?))
}

/// Change one's password
///
/// Every other session of the caller ends; this one goes on. A one-time password is changed here before anything else
/// can be done; then `refresh_token` gives a token that can do it. Passwords are any Unicode text of 10 to 128
/// characters, compared in the form NFC. A wrong old password counts as a failure to sign in.
#[utoipa::path(operation_id = "change_password", tag = "auth", request_body = ChangePassword,
    responses((status = 204, description = "Changed")), extensions(("x-error-codes" = json!(["too_many_attempts"]))))]
#[post("/me/password")]
pub async fn change_password(
    who: Can<SignedIn>,
    request: HttpRequest,
    work: Work,
    body: ValidJson<ChangePassword>,
) -> ApiResult<HttpResponse> {
    let person = who.person().ok_or_else(|| ApiError::new(Code::Forbidden))?;
    let checked = passwords::check_change(&work.app, &request, person, &body.0).await?;
    let mut tx = work.begin().await?;
    let ended = passwords::change(&mut tx, &work.app, &who, &checked).await?;
    let answer = work.empty(tx).await?;
    accounts::tell_ended(&work.app, ended);
    Ok(answer)
}

/// Set a password by a one-time code
///
/// The code comes from an administrator (`create_reset_code`), is good for 24 hours and once. Every session of the
/// person ends. An unknown user, a wrong code and one that has ended are refused alike.
#[utoipa::path(operation_id = "redeem_reset_code", tag = "auth", request_body = RedeemCode,
    responses((status = 204, description = "Set")),
    extensions(("x-error-codes" = json!(["invalid_grant", "too_many_attempts"]))))]
#[post("/auth/reset")]
pub async fn redeem_reset_code(
    request: HttpRequest,
    work: Work,
    body: ValidJson<RedeemCode>,
) -> ApiResult<HttpResponse> {
    let checked = passwords::check_code(&work.app, &request, &body.0).await?;
    let mut tx = work.begin().await?;
    let ended = passwords::redeem_code(&mut tx, &work.app, &checked).await?;
    let answer = work.empty(tx).await?;
    accounts::tell_ended(&work.app, ended);
    Ok(answer)
}
