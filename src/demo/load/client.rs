//! A caller of the real router, in this process, at whatever moment the script says.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::{test, web};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{LoadError, Places, id_of};
use crate::app::App;
use crate::auth::Role;
use crate::auth::caller::TokenMembership;
use crate::auth::token::Claims;
use crate::demo::script::Script;
use crate::directory::divisions;
use crate::http::in_process::InProcess;

/// Calls the API as the people of the script.
pub(super) struct Client {
    app: web::Data<App>,
    router: InProcess,
    tokens: BTreeMap<String, String>,
}

impl Client {
    /// Signs everyone in.
    pub(super) async fn new(app: web::Data<App>, script: &Script, places: &Places) -> Result<Self, LoadError> {
        let mut memberships: BTreeMap<&str, Vec<TokenMembership>> = BTreeMap::new();
        for membership in &script.memberships {
            let division = divisions::find_by_code(&app.db, &membership.division, app.clock.today())
                .await?
                .ok_or_else(|| LoadError::Unknown(membership.division.clone()))?;
            memberships
                .entry(&membership.person)
                .or_default()
                .push(TokenMembership {
                    id: app.ids.next(),
                    role: Role::parse(membership.role).ok_or_else(|| LoadError::Unknown(membership.role.to_owned()))?,
                    org: id_of(&places.orgs, &membership.organisation)?,
                    division: division.id,
                    division_code: division.code,
                });
        }
        let mut tokens = BTreeMap::new();
        for (person, memberships) in memberships {
            let claims = claims(&app, id_of(&places.people, person)?, None, String::new(), memberships);
            tokens.insert(person.to_owned(), app.tokens.sign(&claims)?);
        }
        for client in &script.clients {
            let division = divisions::find_by_code(&app.db, &client.division, app.clock.today())
                .await?
                .ok_or_else(|| LoadError::Unknown(client.division.clone()))?;
            let membership = TokenMembership {
                id: app.ids.next(),
                role: Role::Integrator,
                org: id_of(&places.orgs, &client.organisation)?,
                division: division.id,
                division_code: division.code,
            };
            let id = id_of(&places.people, client.client_id)?;
            let claims = claims(&app, id, Some(id), client.scopes.join(" "), vec![membership]);
            tokens.insert(client.client_id.to_owned(), app.tokens.sign(&claims)?);
        }
        Ok(Self {
            router: InProcess::new(app.clone()).await,
            app,
            tokens,
        })
    }

    /// Asks for something as somebody at a moment; the answer's body.
    pub(super) async fn ask(
        &self,
        who: &str,
        at: DateTime<Utc>,
        (method, path): (Method, &str),
        version: Option<&Value>,
        body: &Value,
    ) -> Result<Value, LoadError> {
        let token = self.tokens.get(who).ok_or_else(|| LoadError::Unknown(who.to_owned()))?;
        self.call(Some(token), at, (method, path), version, body)
            .await
            .map_err(|answer| LoadError::Refused {
                what: format!("{path} by {who} at {at} with {body}"),
                answer,
            })
    }

    /// The application that it calls.
    pub(super) fn app(&self) -> &web::Data<App> {
        &self.app
    }

    /// The token of somebody.
    pub(super) fn token(&self, who: &str) -> Result<String, LoadError> {
        let token = self.tokens.get(who).cloned();
        token.ok_or_else(|| LoadError::Unknown(who.to_owned()))
    }

    /// Asks with a token, if one is needed; the answer's body, or what was said instead.
    pub(super) async fn call(
        &self,
        token: Option<&str>,
        at: DateTime<Utc>,
        (method, path): (Method, &str),
        version: Option<&Value>,
        body: &Value,
    ) -> Result<Value, String> {
        self.app.clock.set(at.into());
        let mut request = test::TestRequest::with_uri(&format!("/api/v1{path}")).method(method);
        if let Some(token) = token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        if let Some(version) = version {
            request = request.insert_header(("If-Match", format!("\"{version}\"")));
        }
        if !body.is_null() {
            request = request
                .insert_header(("Content-Type", "application/json"))
                .set_payload(body.to_string());
        }
        let response = self.router.call(request).await.map_err(|fault| fault.to_string())?;
        let accepted = response.status().is_success();
        let bytes = actix_web::body::to_bytes(response.into_body())
            .await
            .unwrap_or_default();
        if accepted {
            return Ok(serde_json::from_slice(&bytes).unwrap_or_default());
        }
        Err(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn claims(app: &App, subject: Uuid, client: Option<Uuid>, scope: String, memberships: Vec<TokenMembership>) -> Claims {
    Claims {
        client,
        scope,
        membership: memberships.first().map(|membership| membership.id),
        rights: i64::MAX,
        ..app.tokens.claims(
            &app.ids,
            (subject, app.ids.next()),
            memberships,
            (app.real_clock.now(), 3600),
        )
    }
}
