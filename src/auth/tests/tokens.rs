//! What a bearer token must be: every other one is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, encode};
use serde_json::{Value, json};

use super::{get_root, give_passwords, sign_in};
use crate::auth::keys::Keys;
use crate::auth::token::{Claims, Tokens};
use crate::on_both;
use crate::test_support::{World, seed};

fn claims(world: &World) -> Claims {
    world.claims(&seed::member("officer"), false)
}

fn header(world: &World, algorithm: Algorithm, typ: &str) -> Header {
    let mut header = Header::new(algorithm);
    header.typ = Some(typ.to_owned());
    header.kid = Some(world.app.keys.kid().to_owned());
    header
}

async fn refused(world: &World, token: &str, code: &str) {
    let answer = world
        .get("/me")
        .header("Authorization", &format!("Bearer {token}"))
        .send()
        .await;
    let challenge = answer.headers["www-authenticate"].clone();
    assert_eq!(
        challenge,
        format!("Bearer realm=\"sanfuwu\", error=\"invalid_token\", error_description=\"{code}\"")
    );
    answer.expect_error(401, code);
}

on_both! {
    async fn a_good_token_is_accepted_until_it_ends(world: World) {
        let sign = |claims: &Claims| world.app.tokens.sign(claims).expect("a signature");
        let good = sign(&claims(&world));
        let bearer = format!("Bearer {good}");
        let call = || world.get("/me").header("Authorization", &bearer).send();
        call().await.expect(200);
        super::wait(&world, 900 + 30);
        call().await.expect(200);
        super::wait(&world, 1);
        refused(&world, &good, "token_expired").await;
        let old = Claims { exp: claims(&world).iat - 3600, ..claims(&world) };
        refused(&world, &sign(&old), "token_expired").await;
    }

    async fn a_token_of_another_issuer_or_audience_is_refused(world: World) {
        let sign = |claims: &Claims| world.app.tokens.sign(claims).expect("a signature");
        refused(&world, &sign(&Claims { iss: "https://elsewhere.example".to_owned(), ..claims(&world) }), "token_invalid").await;
        refused(&world, &sign(&Claims { aud: "another".to_owned(), ..claims(&world) }), "token_invalid").await;
    }

    async fn a_token_of_another_key_is_refused(world: World) {
        let keys = Keys::parse(&Keys::generate_text().expect("keys")).expect("keys");
        let (issuer, audience) = (world.app.tokens.issuer().to_owned(), world.app.tokens.audience().to_owned());
        let theirs = Tokens::new(keys.into(), issuer, audience);
        refused(&world, &theirs.sign(&claims(&world)).expect("a signature"), "token_invalid").await;
        // The same under our own key's name.
        let other = Keys::parse(&Keys::generate_text().expect("keys")).expect("keys");
        let token = encode(&header(&world, Algorithm::EdDSA, "at+jwt"), &claims(&world), other.signing()).expect("a token");
        refused(&world, &token, "token_invalid").await;
    }

    async fn a_token_of_another_type_is_refused(world: World) {
        for typ in ["JWT", "jwt", "id+jwt"] {
            let token = encode(&header(&world, Algorithm::EdDSA, typ), &claims(&world), world.app.keys.signing());
            refused(&world, &token.expect("a token"), "token_invalid").await;
        }
        let mut untyped = header(&world, Algorithm::EdDSA, "");
        untyped.typ = None;
        let token = encode(&untyped, &claims(&world), world.app.keys.signing()).expect("a token");
        refused(&world, &token, "token_invalid").await;
    }

    async fn an_unsigned_token_is_refused(world: World) {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let body = part(&json!(claims(&world)));
        for algorithm in ["none", "None", "NONE"] {
            let head = part(&json!({ "typ": "at+jwt", "alg": algorithm, "kid": world.app.keys.kid() }));
            refused(&world, &format!("{head}.{body}."), "token_invalid").await;
        }
    }

    async fn a_public_key_is_no_secret(world: World) {
        let public = &world.app.keys.public_keys()[0].x;
        let raw = URL_SAFE_NO_PAD.decode(public).expect("base64");
        for secret in [public.as_bytes(), &raw] {
            let key = EncodingKey::from_secret(secret);
            let token = encode(&header(&world, Algorithm::HS256, "at+jwt"), &claims(&world), &key).expect("a token");
            refused(&world, &token, "token_invalid").await;
        }
    }

    async fn an_altered_token_is_refused(world: World) {
        let good = world.token("officer");
        let (rest, signature) = good.rsplit_once('.').expect("a signature");
        let (head, _) = rest.split_once('.').expect("a header");
        let body = URL_SAFE_NO_PAD.encode(json!(world.claims(&seed::member("admin"), false)).to_string());
        refused(&world, &format!("{head}.{body}.{signature}"), "token_invalid").await;
        for nonsense in ["x", "a.b.c", "..", &format!("{good}x"), &"x".repeat(5000)] {
            refused(&world, nonsense, "token_invalid").await;
        }
    }

    async fn without_a_bearer_token_it_is_missing(world: World) {
        world.get("/me").send().await.expect_error(401, "token_missing");
        let basic = world.get("/me").header("Authorization", "Basic eDp5").send().await;
        assert_eq!(basic.headers["www-authenticate"], "Bearer realm=\"sanfuwu\"");
        basic.expect_error(401, "token_missing");
        world.get("/me").header("Authorization", "Bearer ").send().await.expect_error(401, "token_invalid");
    }

    async fn whoever_has_the_published_key_can_verify_a_token(world: World) {
        give_passwords(&world, &["officer"]).await;
        let answer = sign_in(&world, "officer").await;
        let published = get_root(&world, "/.well-known/jwks.json").await;
        assert_eq!(published.headers["cache-control"], "public, max-age=600");
        let published = published.expect(200);
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(published).expect("a JWK set");
        let token = answer["access_token"].as_str().expect("a token");
        let head = jsonwebtoken::decode_header(token).expect("a header");
        assert_eq!((head.typ.as_deref(), head.alg), (Some("at+jwt"), Algorithm::EdDSA));
        let key = DecodingKey::from_jwk(set.find(&head.kid.expect("a kid")).expect("the key")).expect("a key");
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&["sanfuwu"]);
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Value>(token, &key, &rules).expect("verified").claims;
        assert_eq!(claims["sub"], json!(seed::member("officer").person));
    }
}
