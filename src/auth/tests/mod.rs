//! Signing in, through the real router.

mod accounts;
mod clients;
mod codes;
mod password;
mod pure;
mod rights;
mod secrets;
mod sessions;
mod standing;
mod sweeping;
mod tokens;

use std::sync::OnceLock;

use actix_web::http::Method;
use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::domain::Username;
use crate::auth::store::credentials;
use crate::clock::Timestamp;
use crate::db::sql;
use crate::events::Act;
use crate::test_support::world::{Answer, Call};
use crate::test_support::{World, seed};

/// The password of everyone to whom a test gives one.
pub const PASSWORD: &str = "三服务 three words";

/// Its hash, at parameters that a test can afford: what is stored says which.
pub fn cheap_hash(password: &str) -> String {
    let params = Params::new(Params::MIN_M_COST, 1, 1, None).expect("parameters");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password(password.as_bytes()).expect("a hash").to_string()
}

fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| cheap_hash(PASSWORD))
}

/// Gives people of the world the user name that is their key, and the password.
pub async fn give_passwords(world: &World, people: &[&str]) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    for who in people {
        let name = Username::parse(who).expect("a name");
        let person = seed::member(who).person;
        let act = Act::of_the_service(world.app.clock.now());
        credentials::insert(&mut tx, person, &name, Some(hash()), false, &act)
            .await
            .expect("a credential");
    }
    tx.commit().await.expect("a commit");
}

/// `POST /auth/token` with a JSON body.
pub fn token_request(world: &World, body: Value) -> Call<'_> {
    world.post("/auth/token").json(body)
}

/// Signs in, with more parameters.
pub async fn try_sign_in(world: &World, who: &str, password: &str, more: Value) -> Answer {
    let mut body = json!({ "grant_type": "password", "username": who, "password": password });
    let more = more.as_object().cloned().unwrap_or_default();
    body.as_object_mut().expect("an object").extend(more);
    token_request(world, body).send().await
}

/// Signs in; the answer's body.
pub async fn sign_in(world: &World, who: &str) -> Value {
    try_sign_in(world, who, PASSWORD, json!({})).await.expect(200)
}

/// Exchanges the refresh token of an answer.
pub async fn refresh(world: &World, answer: &Value) -> Answer {
    let body = json!({ "grant_type": "refresh_token", "refresh_token": answer["refresh_token"] });
    token_request(world, body).send().await
}

/// A request with the access token of an answer.
pub fn with<'w>(call: Call<'w>, answer: &Value) -> Call<'w> {
    let token = answer["access_token"].as_str().expect("an access token");
    call.header("Authorization", &format!("Bearer {token}"))
}

/// `GET /me` with the access token of an answer.
pub async fn me(world: &World, answer: &Value) -> Answer {
    with(world.get("/me"), answer).send().await
}

/// The claims of an access token, unverified.
pub fn claims(answer: &Value) -> Value {
    use base64::Engine as _;
    let token = answer["access_token"].as_str().expect("an access token");
    let middle = token.split('.').nth(1).expect("three parts");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(middle)
        .expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Lets real time pass.
pub fn wait(world: &World, seconds: i64) {
    world
        .app
        .real_clock
        .set(world.app.real_clock.now().plus_seconds(seconds));
}

/// The kinds and reasons in the access log, oldest first.
pub async fn access_log(world: &World) -> Vec<String> {
    let rows: Vec<(String, Value)> = sql("SELECT kind, detail FROM access_log ORDER BY id")
        .all(&world.app.db)
        .await
        .expect("rows");
    let text = |detail: &Value, name: &str| detail[name].as_str().map(|text| format!(" {text}")).unwrap_or_default();
    rows.iter()
        .map(|(kind, detail)| format!("{kind}{}{}", text(detail, "grant"), text(detail, "reason")))
        .collect()
}

/// A further membership of a person of the world.
pub async fn add_membership(
    world: &World,
    who: &str,
    role: &str,
    org: &str,
    division: &str,
    valid_to: Option<Timestamp>,
) -> Uuid {
    let id = world.app.ids.next();
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, valid_to, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6)")
    .bind(id)
    .bind(seed::member(who).person)
    .bind(role)
    .bind(seed::org(org))
    .bind(seed::division(division))
    .bind(world.app.clock.now().plus_seconds(-60))
    .bind(valid_to)
    .run(&mut tx)
    .await
    .expect("a membership");
    tx.commit().await.expect("a commit");
    id
}

/// A delegation between people of the world, good for `seconds` of business time.
pub async fn delegate(world: &World, from: &str, to: &str, actions: &[&str], seconds: i64) -> Uuid {
    let id = world.app.ids.next();
    let now = world.app.clock.now();
    let mut tx = world.app.db.begin().await.expect("a transaction");
    sql("INSERT INTO delegation (id, from_person_id, to_person_id, actions, valid_from, valid_to, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $5, $5)")
    .bind(id)
    .bind(seed::member(from).person)
    .bind(seed::member(to).person)
    .bind(json!(actions))
    .bind(now.plus_seconds(-60))
    .bind(now.plus_seconds(seconds))
    .run(&mut tx)
    .await
    .expect("a delegation");
    tx.commit().await.expect("a commit");
    id
}

/// `GET` outside `/api/v1`.
pub async fn get_root(world: &World, path: &str) -> Answer {
    world.call(Method::GET, path).send().await
}
