//! Whom a token stands for, and the making of it.
//!
//! A person acts with one of the memberships that hold now: the one that was asked for, the one the session had, or the
//! widest. Under a delegation (`act_for`) the rights are the leader's: the token's subject is the leader, its `act` the
//! secretary, and it carries those of the leader's memberships that the delegated operations need, and their names,
//! which the gate demands. No token outlives the first end of anything that it carries.

use std::collections::BTreeSet;

use secrecy::SecretString;
use uuid::Uuid;

use super::domain::{Delegated, Reach, lifetime, scopes_of, widest};
use super::dto::token::TokenAnswer;
use super::policy::Role;
use super::store::clients::ClientRow;
use super::store::subjects::{self, Membership, Subject};
use super::token::{Actor, Claims};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};

/// What a token request wishes for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// For whom to act; the person himself: for nobody else any more.
    pub act_for: Option<Uuid>,
    /// The membership to act with.
    pub membership: Option<Uuid>,
}

/// What a session had until now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    /// For whom the person acts.
    pub on_behalf_of: Option<Uuid>,
    /// The membership that was asked for.
    pub membership: Option<Uuid>,
}

/// A person at the moment of taking a token.
#[derive(Debug)]
pub struct Standing {
    /// Whose rights are used, with the memberships that the token carries.
    pub subject: Subject,
    /// The secretary, under a delegation.
    pub actor: Option<Subject>,
    delegated: Option<Delegated>,
    /// The membership that was asked for, now or when the session began.
    pub asked: Option<Uuid>,
    /// The membership to act with; `None`: the person has none.
    pub acting: Option<Uuid>,
    must_change: bool,
}

impl Standing {
    /// What a person stands for at `now` (business time).
    ///
    /// # Errors
    /// 400 `invalid_grant` for who may not come in, or no longer acts for whom the session was opened; 400
    /// `invalid_request` for a wish that cannot be granted.
    pub async fn find(tx: &mut Tx, person: Uuid, choice: Choice, kept: Kept, now: Timestamp) -> ApiResult<Self> {
        let refused = || ApiError::new(Code::InvalidGrant);
        let himself = subjects::find(&mut *tx, person, now).await?;
        let himself = himself.filter(|person| person.active).ok_or_else(refused)?;
        let must_change = himself.must_change;
        let whom = choice.act_for.or(kept.on_behalf_of).filter(|whom| *whom != person);
        let (subject, actor, delegated) = match whom {
            None => (himself, None, None),
            Some(whom) => {
                let Some((leader, delegated)) = leader(tx, person, whom, now).await? else {
                    return Err(match choice.act_for {
                        Some(_) => unknown("/act_for"),
                        None => refused(),
                    });
                };
                (leader, Some(himself), Some(delegated))
            }
        };
        let holds = |id: &Uuid| subject.memberships.iter().any(|held| held.reach.membership.id == *id);
        if choice.membership.is_some_and(|id| !holds(&id)) {
            return Err(unknown("/membership"));
        }
        let asked = choice.membership.or(kept.membership).filter(holds);
        let reaches: Vec<Reach> = subject.memberships.iter().map(|held| held.reach.clone()).collect();
        let acting = asked.or_else(|| widest(&reaches).map(|membership| membership.id));
        Ok(Self {
            subject,
            actor,
            delegated,
            asked,
            acting,
            must_change,
        })
    }

    /// The person who signed in.
    pub fn signed_in(&self) -> Uuid {
        self.actor.as_ref().unwrap_or(&self.subject).id
    }

    /// For whom he acts.
    pub fn on_behalf_of(&self) -> Option<Uuid> {
        self.actor.as_ref().map(|_| self.subject.id)
    }

    /// Makes the answer of a token request.
    pub fn answer(
        &self,
        app: &App,
        family: Uuid,
        client: Option<&ClientRow>,
        refresh: &SecretString,
    ) -> ApiResult<TokenAnswer> {
        let memberships = &self.subject.memberships;
        let ends = memberships.iter().filter_map(|held| held.valid_to);
        let ends = ends.chain(self.delegated.as_ref().and_then(|delegated| delegated.ends_at));
        let roles = roles(memberships);
        let claims = Claims {
            act: self.actor.as_ref().map(|actor| Actor {
                sub: actor.id,
                rights: actor.rights,
            }),
            delegated: self
                .delegated
                .as_ref()
                .map(|delegated| delegated.actions.iter().cloned().collect()),
            must_change: self.must_change,
            rights: self.subject.rights,
            membership: self.acting,
            scope: scopes_of(&roles, self.delegated.as_ref()).join(" "),
            ..claims(
                app,
                self.subject.id,
                family,
                memberships,
                lifetime(app.clock.now(), ends),
            )
        };
        let claims = with_client(claims, client);
        let acting = memberships
            .iter()
            .find(|held| Some(held.reach.membership.id) == self.acting);
        TokenAnswer::new(app, &claims, acting, Some(refresh))
    }
}

/// The answer of a client's own token request.
pub fn client_answer(app: &App, client: &ClientRow, family: Uuid, scopes: &[String]) -> ApiResult<TokenAnswer> {
    let membership = client.membership();
    let memberships = std::slice::from_ref(&membership);
    let claims = Claims {
        rights: client.rights,
        membership: Some(membership.reach.membership.id),
        scope: scopes.join(" "),
        ..claims(app, client.id, family, memberships, lifetime(app.clock.now(), []))
    };
    TokenAnswer::new(app, &with_client(claims, Some(client)), Some(&membership), None)
}

/// The leader for whom a secretary may act, with the memberships that he needs for it, and what was delegated.
async fn leader(tx: &mut Tx, secretary: Uuid, whom: Uuid, now: Timestamp) -> ApiResult<Option<(Subject, Delegated)>> {
    let delegations = subjects::delegations(&mut *tx, secretary, Some(whom), now).await?;
    if delegations.is_empty() {
        return Ok(None);
    }
    let leader = subjects::find(&mut *tx, whom, now).await?;
    Ok(leader.filter(|leader| leader.active).map(|mut leader| {
        let delegations = delegations.iter().map(|row| (row.actions(), row.valid_to));
        let delegated = Delegated::of(delegations, &roles(&leader.memberships));
        leader
            .memberships
            .retain(|held| delegated.needs(held.reach.membership.role));
        (leader, delegated)
    }))
}

fn unknown(pointer: &str) -> ApiError {
    ApiError::new(Code::InvalidRequest).with_faults(vec![Fault::new(pointer, FaultCode::UnknownReference)])
}

/// The distinct roles of memberships.
fn roles(memberships: &[Membership]) -> Vec<Role> {
    let roles: BTreeSet<Role> = memberships.iter().map(|held| held.reach.membership.role).collect();
    roles.into_iter().collect()
}

fn with_client(claims: Claims, client: Option<&ClientRow>) -> Claims {
    match client {
        None => claims,
        Some(client) => Claims {
            client: Some(client.id),
            client_id: client.client_id.clone(),
            ..claims
        },
    }
}

/// What is the same in every token of somebody with these memberships.
pub(super) fn claims(app: &App, subject: Uuid, family: Uuid, memberships: &[Membership], lifetime: i64) -> Claims {
    let memberships = memberships.iter().map(|held| held.reach.membership.clone()).collect();
    let time = (app.real_clock.now(), lifetime);
    app.tokens.claims(&app.ids, (subject, family), memberships, time)
}
