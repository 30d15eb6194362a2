//! Organisations, people, accounts, rights, competence, clients and campaigns of the script.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{LoadError, Places, id_of};
use crate::app::App;
use crate::auth::{Role, accounts, password};
use crate::calendar::start_of_shanghai_day;
use crate::campaigns;
use crate::campaigns::dto::{NewCampaign, NewCampaignYear};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::demo::script::Script;
use crate::directory::clients::dto::NewClientApp;
use crate::directory::competence::store::Insert as NewCompetence;
use crate::directory::words::{Audience, Level};
use crate::directory::{clients, competence, delegations, divisions, memberships, orgs, people, terms};
use crate::events::Act;

/// What a secretary may do for a leader: enter visits and what they heard.
const DELEGATED: [&str; 6] = [
    "create_visit",
    "update_visit",
    "start_visit",
    "complete_visit",
    "create_problem",
    "dispose_problem",
];

/// Enters them, in one transaction.
pub(in crate::demo) async fn enter(app: &App, script: &Script) -> Result<Places, LoadError> {
    // Argon2 is slow on purpose, and SQLite's writer must not wait for it.
    let mut hashes = BTreeMap::new();
    for account in &script.accounts {
        hashes.insert(
            &account.person,
            password::hash(&SecretString::from(account.password.clone())).await?,
        );
    }
    let first_day = script
        .campaigns
        .iter()
        .map(|campaign| campaign.opens_on)
        .min()
        .unwrap_or_default();
    let act = Act::of_the_service(start_of_shanghai_day(first_day).into());
    let mut tx = app.db.begin().await?;
    let mut places = Places::default();
    enter_orgs(app, &mut tx, &act, script, &mut places).await?;
    enter_people(app, &mut tx, &act, script, &mut places, &hashes).await?;
    enter_rights(app, &mut tx, &act, script, &places).await?;
    enter_competences(app, &mut tx, &act, script, &places).await?;
    enter_clients(app, &mut tx, &act, script, &mut places).await?;
    enter_campaigns(app, &mut tx, &act, script).await?;
    tx.commit().await?;
    Ok(places)
}

async fn division(tx: &mut Tx, act: &Act, code: &str) -> Result<(Uuid, Level), LoadError> {
    let found = divisions::find_by_code(&mut *tx, code, act.at.shanghai_date()).await?;
    found
        .map(|division| (division.id, division.level))
        .ok_or_else(|| LoadError::Unknown(code.to_owned()))
}

fn value<T: serde::de::DeserializeOwned>(what: &str, json: serde_json::Value) -> Result<T, LoadError> {
    serde_json::from_value(json).map_err(|fault| LoadError::Refused {
        what: what.to_owned(),
        answer: fault.to_string(),
    })
}

async fn enter_orgs(app: &App, tx: &mut Tx, act: &Act, script: &Script, places: &mut Places) -> Result<(), LoadError> {
    for org in &script.organisations {
        let parent = org
            .parent
            .as_ref()
            .map(|parent| id_of(&places.orgs, parent))
            .transpose()?;
        let body = value(
            &org.name,
            json!({
                "name": org.name, "kind": org.kind, "level": org.level, "division": org.division, "parent_id": parent,
                "leading_body": org.leading_body,
            }),
        )?;
        let stands_in = division(tx, act, &org.division).await?;
        let id = orgs::store::insert(tx, &app.ids, act, &body, stands_in).await?;
        places.orgs.insert(org.key.clone(), id);
    }
    Ok(())
}

async fn enter_people(
    app: &App,
    tx: &mut Tx,
    act: &Act,
    script: &Script,
    places: &mut Places,
    hashes: &BTreeMap<&String, String>,
) -> Result<(), LoadError> {
    for person in &script.people {
        let kept_by = script
            .memberships
            .iter()
            .find(|membership| membership.person == person.key);
        let org = person
            .organisation
            .as_ref()
            .or(kept_by.map(|membership| &membership.organisation));
        let org = org.ok_or_else(|| LoadError::Unknown(person.key.clone()))?;
        let body = value(
            &person.key,
            json!({
                "name": person.name, "title": person.title, "org_id": id_of(&places.orgs, org)?,
            }),
        )?;
        let id = people::store::insert(tx, &app.ids, act, &body).await?;
        places.people.insert(person.key.clone(), id);
    }
    for account in &script.accounts {
        // A client is not a person: its account is its secret.
        let (Some(person), Some(hash)) = (places.people.get(&account.person), hashes.get(&account.person)) else {
            continue;
        };
        accounts::create_account(tx, &app.ids, act, *person, &account.username, Some(hash), false).await?;
    }
    Ok(())
}

async fn enter_rights(app: &App, tx: &mut Tx, act: &Act, script: &Script, places: &Places) -> Result<(), LoadError> {
    for membership in &script.memberships {
        let row = memberships::store::NewRow {
            person: id_of(&places.people, &membership.person)?,
            role: Role::parse(membership.role).ok_or_else(|| LoadError::Unknown(membership.role.to_owned()))?,
            org: id_of(&places.orgs, &membership.organisation)?,
            division: division(tx, act, &membership.division).await?.0,
            valid_from: start_of_shanghai_day(membership.valid_from).into(),
            valid_to: None,
        };
        memberships::store::insert(tx, &app.ids, act, &row).await?;
    }
    for delegation in &script.delegations {
        let body = value(
            &delegation.from,
            json!({
                "to_person_id": id_of(&places.people, &delegation.to)?, "actions": DELEGATED,
                "valid_from": Timestamp::from(start_of_shanghai_day(delegation.valid_from)),
                "valid_to": Timestamp::from(start_of_shanghai_day(delegation.valid_to)),
            }),
        )?;
        delegations::store::insert(tx, &app.ids, act, id_of(&places.people, &delegation.from)?, &body).await?;
    }
    Ok(())
}

async fn enter_competences(
    app: &App,
    tx: &mut Tx,
    act: &Act,
    script: &Script,
    places: &Places,
) -> Result<(), LoadError> {
    for row in &script.competences {
        let category = terms::find(&mut *tx, "category", row.category).await?;
        let new = NewCompetence {
            id: app.ids.next(),
            org_id: id_of(&places.orgs, &row.organisation)?,
            category_id: category.map(|term| term.id),
            audience: Audience::parse(row.audience),
            division_id: division(tx, act, &row.division).await?.0,
            priority: i64::from(row.priority),
        };
        competence::store::insert(tx, act, &new).await?;
    }
    Ok(())
}

async fn enter_clients(
    app: &App,
    tx: &mut Tx,
    act: &Act,
    script: &Script,
    places: &mut Places,
) -> Result<(), LoadError> {
    for client in &script.clients {
        let new: NewClientApp = value(
            client.client_id,
            json!({
                "client_id": client.client_id, "name": client.name, "org_id": id_of(&places.orgs, &client.organisation)?,
                "scopes": client.scopes,
            }),
        )?;
        let id = app.ids.next();
        clients::store::insert(tx, id, act, act.at, &new, client.secret).await?;
        places.people.insert(client.client_id.to_owned(), id);
    }
    Ok(())
}

async fn enter_campaigns(app: &App, tx: &mut Tx, act: &Act, script: &Script) -> Result<(), LoadError> {
    for campaign in &script.campaigns {
        let new: NewCampaign = value(
            campaign.slug,
            json!({
                "slug": campaign.slug, "name": campaign.name, "theme": campaign.theme, "parent": campaign.parent,
                "goals": campaign.goals,
            }),
        )?;
        let parent = match campaign.parent {
            Some(slug) => campaigns::store::by_slug(&mut *tx, slug).await?.map(|parent| parent.id),
            None => None,
        };
        let id = app.ids.next();
        campaigns::store::insert(tx, id, act, &new, parent, campaign.illustrative).await?;
        // What has parts is done in its parts: only they have years, so that a record without a campaign named goes
        // there.
        if script.campaigns.iter().any(|part| part.parent == Some(campaign.slug)) {
            continue;
        }
        let year: NewCampaignYear = value(
            campaign.slug,
            json!({
                "year": campaign.year, "opens_on": campaign.opens_on, "closes_on": campaign.closes_on,
            }),
        )?;
        campaigns::store::insert_year(tx, app.ids.next(), act, id, &year).await?;
    }
    Ok(())
}
