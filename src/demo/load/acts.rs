//! What followed the record of a problem: each act and each further request, sent by whoever did it, at its moment.

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::client::Client;
use super::records::id;
use super::{LoadError, Places, id_of};
use crate::demo::script::{Act, Deed, Doer, Problem, Request, Script};

/// Somebody at a moment.
struct Doing<'c> {
    client: &'c Client,
    token: String,
    at: DateTime<Utc>,
}

/// Does it.
pub(super) async fn carry_out(
    client: &Client,
    places: &mut Places,
    problem: &Problem,
    act: &Act,
) -> Result<(), LoadError> {
    let doing = Doing {
        client,
        token: token(client, places, &act.by, act.at).await?,
        at: act.at,
    };
    let said = with_ids(&act.said, places)?;
    let path = format!("/problems/{}", id_of(&places.problems, &problem.key)?);
    match &act.deed {
        Deed::Transition(action) => doing.move_it(&path, action, &said).await,
        Deed::Ask => doing.move_it(&path, "requests", &said).await,
        Deed::Decide => doing.decide(&path, &said).await,
        Deed::Analyse => doing.post(&format!("{path}/analyses"), None, &said).await,
        Deed::Contact => doing.post(&format!("{path}/contacts"), None, &said).await,
        Deed::GivePart(key) => {
            let version = &doing.get(&path).await?["version"];
            let given = doing.post(&format!("{path}/assignments"), Some(version), &said).await?;
            places.parts.insert(key.clone(), id(&given)?);
            return Ok(());
        }
        Deed::MovePart(key, action) => {
            let part = format!("/assignments/{}", id_of(&places.parts, key)?);
            doing.move_it(&part, action, &said).await
        }
        Deed::Plan(key) => {
            let plan = doing.post("/action-plans", None, &said).await?;
            places.plans.insert(key.clone(), id(&plan)?);
            return Ok(());
        }
        Deed::MovePlan(key, action) => doing.move_it(&plan(places, key)?, action, &said).await,
        Deed::AddStep(key) => doing.move_it(&plan(places, key)?, "steps", &said).await,
        Deed::StepDone(key) => doing.step_done(&plan(places, key)?, &said).await,
    }
    .map(drop)
}

/// Sends a request; what it makes is named from then on.
pub(super) async fn send(client: &Client, places: &mut Places, request: &Request) -> Result<(), LoadError> {
    let doing = Doing {
        client,
        token: token(client, places, &request.by, request.at).await?,
        at: request.at,
    };
    let (path, said) = (path_with_ids(request.path, places)?, with_ids(&request.said, places)?);
    let answer = match path.rsplit_once('/') {
        Some((resource, action)) if request.moves => doing.move_it(resource, action, &said).await?,
        _ => doing.post(&path, None, &said).await?,
    };
    if let Some(made) = request.makes {
        places.made.insert(made.to_owned(), id(&answer)?);
    }
    Ok(())
}

fn plan(places: &Places, key: &str) -> Result<String, LoadError> {
    Ok(format!("/action-plans/{}", id_of(&places.plans, key)?))
}

/// The token of a person, or the one that the code of the receipt is exchanged for.
async fn token(client: &Client, places: &Places, by: &Doer, at: DateTime<Utc>) -> Result<String, LoadError> {
    let person = match by {
        Doer::Person(person) => person,
        Doer::Receipt(problem) => {
            let code = places.receipts.get(problem);
            let token = String::new();
            let doing = Doing { client, token, at };
            let path = "/public/receipts/token";
            let answer = doing.post(path, None, &json!({ "code": code })).await?;
            return Ok(answer["access_token"].as_str().unwrap_or_default().to_owned());
        }
    };
    client.token(person)
}

impl Doing<'_> {
    async fn ask(&self, method: Method, path: &str, version: Option<&Value>, said: &Value) -> Result<Value, LoadError> {
        let token = Some(self.token.as_str()).filter(|token| !token.is_empty());
        self.client
            .call(token, self.at, (method, path), version, said)
            .await
            .map_err(|answer| LoadError::Refused {
                what: format!("{path} at {} with {said}", self.at),
                answer,
            })
    }

    async fn get(&self, path: &str) -> Result<Value, LoadError> {
        self.ask(Method::GET, path, None, &Value::Null).await
    }

    async fn post(&self, path: &str, version: Option<&Value>, said: &Value) -> Result<Value, LoadError> {
        self.ask(Method::POST, path, version, said).await
    }

    /// Does something to a resource as it stands.
    async fn move_it(&self, path: &str, action: &str, said: &Value) -> Result<Value, LoadError> {
        let version = &self.get(path).await?["version"];
        self.post(&format!("{path}/{action}"), Some(version), said).await
    }

    /// Decides what was asked about a problem.
    async fn decide(&self, path: &str, said: &Value) -> Result<Value, LoadError> {
        let page = self.get(&format!("{path}/requests")).await?;
        let mut items = page["items"].as_array().into_iter().flatten();
        let open = items.find(|item| item["state"] == "open");
        let open = open.ok_or_else(|| LoadError::Unknown(format!("an open request of {path}")))?;
        let path = format!("/requests/{}/decide", id(open)?);
        self.post(&path, Some(&open["version"]), said).await
    }

    /// Reports the first open step of a plan done.
    async fn step_done(&self, path: &str, said: &Value) -> Result<Value, LoadError> {
        let plan = self.get(path).await?;
        let mut steps = plan["steps"].as_array().into_iter().flatten();
        let open = steps.find(|step| step["state"] == "open");
        let step = open.ok_or_else(|| LoadError::Unknown(format!("an open step of {path}")))?;
        let path = format!("{path}/steps/{}/done", id(step)?);
        self.post(&path, Some(&step["version"]), said).await
    }
}

/// What was said, with the ids of the keys that it names.
fn with_ids(said: &Value, places: &Places) -> Result<Value, LoadError> {
    Ok(match said {
        Value::String(text) => match text.strip_prefix('@').and_then(|named| named.split_once('/')) {
            Some((kind, key)) => json!(places.named(kind, key)?),
            None => said.clone(),
        },
        Value::Array(items) => items
            .iter()
            .map(|item| with_ids(item, places))
            .collect::<Result<_, _>>()?,
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| Ok((name.clone(), with_ids(field, places)?)))
            .collect::<Result<_, LoadError>>()?,
        plain => plain.clone(),
    })
}

/// A path, with the ids of the keys that it names.
fn path_with_ids(path: &str, places: &Places) -> Result<String, LoadError> {
    let (mut words, mut written) = (path.split('/'), Vec::new());
    while let Some(word) = words.next() {
        written.push(match word.strip_prefix('@') {
            Some(kind) => places.named(kind, words.next().unwrap_or_default())?.to_string(),
            None => word.to_owned(),
        });
    }
    Ok(written.join("/"))
}

/// Of each state that the fixtures name, an assignment in it: by state, its id.
pub(super) async fn found_assignments(client: &Client, script: &Script, places: &Places) -> Result<Value, LoadError> {
    let mut found = serde_json::Map::new();
    let (who, at) = ("dispatcher", script.clock_starts_at);
    for (state, key) in &script.fixtures.assignments {
        let path = format!("/problems/{}/assignments", id_of(&places.problems, key)?);
        let page = client.ask(who, at, (Method::GET, &path), None, &Value::Null).await?;
        let mut items = page["items"].as_array().into_iter().flatten();
        let one = items.find(|item| item["state"] == *state);
        let one = one.ok_or_else(|| LoadError::Unknown(format!("{state} assignment of {key}")))?;
        found.insert((*state).to_owned(), one["id"].clone());
    }
    Ok(Value::Object(found))
}
