//! Taking and giving back tokens, and the keys that verify them.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::app::App;
use crate::auth::Can;
use crate::auth::dto::token::{Grant, Jwks, TokenAnswer, TokenRequest};
use crate::auth::grants::{Asked, client, password, refresh};
use crate::auth::policy::SignedIn;
use crate::auth::store::sessions;
use crate::error::ApiResult;
use crate::events::access_log::{self, Entry};
use crate::http::{ValidJson, Work};

/// Take an access token
///
/// OAuth 2.0 (RFC 6749), as a form or as JSON. `password`: a person signs in. `client_credentials`: a client by itself,
/// by HTTP Basic or with `client_id` and `client_secret`. `refresh_token`: a session goes on; each refresh token is
/// good for one use, and the second use of one ends the session. `membership` chooses what to act with, `act_for` acts
/// for a leader under his delegation: the token's subject is then the leader, its `act` the caller, and it may do what
/// was delegated and nothing else. Every error also bears OAuth's `error` and `error_description`. After five failures
/// in a row a name has to wait: 1 second, 2, 4 … at most 15 minutes.
#[utoipa::path(operation_id = "create_token", tag = "auth",
    request_body(content((TokenRequest = "application/x-www-form-urlencoded"), (TokenRequest = "application/json"))),
    responses((status = 200, description = "Taken", body = TokenAnswer)),
    extensions(("x-error-codes" = json!(
        ["invalid_grant", "invalid_client", "unsupported_grant_type", "invalid_scope", "too_many_attempts"]))))]
#[post("/auth/token")]
pub async fn create_token(
    request: HttpRequest,
    app: web::Data<App>,
    body: ValidJson<TokenRequest>,
) -> ApiResult<HttpResponse> {
    let grant = body.0.grant()?;
    let mut asked = Asked {
        app: &app,
        request: &request,
        client: None,
        choice: body.0.choice(),
    };
    if let Some(proof) = client::proof(request.headers(), &body.0)? {
        asked.client = Some(client::authenticate(&asked, &proof).await?);
    }
    let answer = match &grant {
        Grant::Password { username, password } => password::sign_in(&asked, username, password).await?,
        Grant::ClientCredentials { scope } => client::own_token(&asked, scope.as_deref()).await?,
        Grant::RefreshToken { token } => refresh::go_on(&asked, token).await?,
    };
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .json(answer))
}

/// Sign out
///
/// Ends the session that the caller's token belongs to, with every token of it: as RFC 7009 has it for a refresh token,
/// but the token is the one in `Authorization`.
#[utoipa::path(operation_id = "revoke_token", tag = "auth", responses((status = 204, description = "Ended")))]
#[post("/auth/revoke")]
pub async fn revoke_token(who: Can<SignedIn>, request: HttpRequest, work: Work) -> ApiResult<HttpResponse> {
    let real_now = work.app.real_clock.now();
    let mut tx = work.begin().await?;
    sessions::end(&mut tx, who.family, "logout", real_now).await?;
    let entry = Entry::of("logout", real_now).by(&who.act(work.now())).from(&request);
    access_log::append(&mut tx, &work.app.ids, entry.on("session_family", who.family)).await?;
    let answer = work.empty(tx).await?;
    work.app.rights.family_ended(who.family, real_now);
    Ok(answer)
}

/// The keys that tokens are signed with
///
/// A JWK set (RFC 7517): the present key first, and after a rotation the one before it. Tokens name theirs by `kid`.
#[utoipa::path(operation_id = "get_jwks", tag = "auth",
    responses((status = 200, description = "The public keys; they may be kept for ten minutes", body = Jwks)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=600"))
        .json(Jwks::of(&app))
}
