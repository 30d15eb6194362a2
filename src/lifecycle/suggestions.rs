//! Which organisations could take a problem (S-55): what claiming and assigning ask, shown before either.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::auth::Role;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On};
use crate::directory::competence::competent_orgs;
use crate::directory::competence::domain::{Ground, Suggestion, suggested};
use crate::directory::refs::OrgRef;
use crate::directory::{memberships, orgs};
use crate::error::{ApiResult, Text};
use crate::http::Locale;
use crate::problems::store::ProblemFacts;

/// An organisation that could take the problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestedOrg {
    /// Which organisation.
    pub org: OrgRef,
    /// On which ground.
    pub ground: Ground,
    /// How many divisions above the problem's own it is competent: 0 is the same; null for one that was proposed and is
    /// not competent.
    #[schema(required, minimum = 0)]
    pub distance: Option<i64>,
    /// The priority of its competence, higher first where two fit equally well; null without one.
    #[schema(required, minimum = -1000, maximum = 1000)]
    pub priority: Option<i64>,
    /// Whether nobody is competent, so that the dispatch office has to find somebody.
    pub unrouted: bool,
    /// The ground in words, in the caller's language.
    #[schema(example = "本区划内主管该分类的问题")]
    pub reason: String,
}

/// The organisations that could take a problem, best first: who was proposed, then who is competent; where there are
/// none, the nearest dispatch office, `unrouted`. Four short queries at most.
pub async fn of(db: &Db, facts: &ProblemFacts, now: Timestamp, locale: Locale) -> ApiResult<Vec<SuggestedOrg>> {
    let all = ranked(db, facts, now).await?.into_iter();
    Ok(all.map(|(one, name)| view(one, name, locale)).collect())
}

/// The same with their names, for whoever has to choose: a problem that is assigned by itself goes to the first.
pub async fn ranked(
    on: impl Into<On<'_>>,
    facts: &ProblemFacts,
    now: Timestamp,
) -> Result<Vec<(Suggestion, String)>, DbError> {
    let mut on = on.into();
    let fits = competent_orgs(&mut on, facts.division_id, facts.category_id, facts.audience, now).await?;
    let suggestions = suggested(facts.proposed_lead_id, &fits);
    let ids: Vec<Uuid> = suggestions.iter().map(|one| one.org).collect();
    let mut names: BTreeMap<Uuid, String> = match ids.as_slice() {
        [] => BTreeMap::new(),
        ids => orgs::store::names(&mut on, ids).await?.into_iter().collect(),
    };
    // One that was proposed may have ended since.
    let mut all: Vec<(Suggestion, String)> = suggestions
        .into_iter()
        .filter_map(|one| Some((one, names.remove(&one.org)?)))
        .collect();
    if all.is_empty()
        && let Some((org, name, distance)) = dispatching(on, facts.division_id, now).await?
    {
        let office = Suggestion {
            org,
            ground: Ground::DispatchOffice,
            distance: Some(distance),
            priority: None,
        };
        all.push((office, name));
    }
    Ok(all)
}

/// Who finds somebody for what nobody is competent for: the nearest dispatch office; where there is none, the nearest
/// organisation that dispatches, which `GET /meta/readiness` tells.
async fn dispatching(mut on: On<'_>, division: Uuid, now: Timestamp) -> Result<Option<(Uuid, String, i64)>, DbError> {
    match orgs::store::dispatch_office(&mut on, division).await? {
        None => memberships::store::nearest_org(on, Role::Dispatcher, division, now).await,
        office => Ok(office),
    }
}

fn view(one: Suggestion, name: String, locale: Locale) -> SuggestedOrg {
    SuggestedOrg {
        org: OrgRef { id: one.org, name },
        ground: one.ground,
        distance: one.distance,
        priority: one.priority,
        unrouted: one.ground == Ground::DispatchOffice,
        reason: reason(one).get(locale).to_owned(),
    }
}

fn reason(one: Suggestion) -> Text {
    let (zh, en) = match one.ground {
        Ground::Proposed => {
            return Text::new(
                "处置时提出由其主办",
                "Proposed as the lead when the problem was disposed of",
            );
        }
        Ground::Category => ("主管该分类的问题", "Competent for problems of this category"),
        Ground::Audience => ("主管该类服务对象的问题", "Competent for problems of this audience"),
        Ground::Division => ("主管该区划的问题", "Competent for problems of the division"),
        Ground::DispatchOffice => (
            "没有单位主管该问题，由“三服务”办公室分流",
            "Nobody is competent: the dispatch office finds somebody",
        ),
    };
    match one.distance.unwrap_or(0) {
        0 => Text::new(format!("本区划内{zh}"), format!("{en}, in its own division")),
        above => Text::new(
            format!("上{above}级区划内{zh}"),
            format!("{en}, in the division {above} above its own"),
        ),
    }
}
