//! Who the caller is here, put together for `GET /me`: what the token says, with the names that the database has.

use super::caller::Caller;
use super::dto::me::{ClientRef, HeldMembership, MeView};
use super::policy::{RULES, Role};
use super::scope::Scope;
use super::store::subjects::Membership;
use super::store::{clients, subjects};
use crate::app::App;
use crate::directory::refs::PersonRef;
use crate::error::{ApiResult, OrNotFound as _};

/// The view of the caller.
pub async fn view(app: &App, who: &Caller) -> ApiResult<MeView> {
    let mut view = of_token(who);
    let client = match who.client {
        Some(client) => clients::find(&app.db, client).await?,
        None => None,
    };
    view.client = client.as_ref().map(|client| ClientRef {
        id: client.id,
        name: client.name.clone(),
    });
    let now = app.clock.now();
    let held = match who.person() {
        None => client.iter().map(clients::ClientRow::membership).collect(),
        Some(person) => {
            let subject = subjects::find(&app.db, who.subject, now).await?.or_not_found()?;
            let signed_in = match who.actor {
                None => subject.clone(),
                Some(actor) => {
                    view.on_behalf_of = Some(PersonRef {
                        id: subject.id,
                        name: subject.name.clone(),
                    });
                    subjects::find(&app.db, actor, now).await?.or_not_found()?
                }
            };
            view.username = signed_in.username;
            view.person = Some(PersonRef {
                id: signed_in.id,
                name: signed_in.name,
            });
            let received = subjects::delegations(&app.db, person, None, now).await?;
            view.delegations = received.into_iter().map(Into::into).collect();
            subject.memberships
        }
    };
    view.memberships = carried(who, &held);
    Ok(view)
}

/// The memberships that the token carries, with their names.
fn carried(who: &Caller, held: &[Membership]) -> Vec<HeldMembership> {
    let in_token = |id| who.memberships.iter().any(|membership| membership.id == id);
    held.iter()
        .filter(|held| in_token(held.reach.membership.id))
        .map(|held| HeldMembership::of(held, Some(who.acting)))
        .collect()
}

fn of_token(who: &Caller) -> MeView {
    let mut roles: Vec<Role> = who.memberships.iter().map(|membership| membership.role).collect();
    roles.sort_unstable();
    roles.dedup();
    let mut scopes: Vec<Scope> = who
        .memberships
        .iter()
        .flat_map(|membership| Scope::of(who.subject, membership))
        .collect();
    scopes.sort();
    scopes.dedup();
    MeView {
        person: None,
        client: None,
        on_behalf_of: None,
        username: None,
        must_change_password: who.must_change,
        roles,
        permissions: RULES
            .iter()
            .filter(|rule| who.may(rule))
            .map(|rule| rule.permission)
            .collect(),
        scopes: scopes.iter().map(Scope::name).collect(),
        memberships: Vec::new(),
        delegations: Vec::new(),
        delegated: who
            .delegated
            .as_ref()
            .map(|operations| operations.iter().cloned().collect()),
        rights: who.rights,
    }
}
