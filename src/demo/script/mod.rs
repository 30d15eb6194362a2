//! The script of the demo: the speech of 2019-01-14 retold as plain values, the same bytes for the same seed.
//!
//! Layer one is the speech (campaign `2019`): 52 counties visited by leaders of the four bodies between 2019-01-02 and
//! 2019-01-14, 417 problems, 76 resolved on site, 204 followed up, 137 typical. Layer two (campaign `2019-county`)
//! shows every state that acts reach, and what belongs to it: plans, parts, ratings, look-backs; promises, comments and
//! surveys; themes, outputs and what everybody reads. Nothing here touches a database; a loader puts each row through
//! the domain's own functions, in the order of time, and must arrive at the `state` that the row names.
//!
//! Read on in `model` (what there is), `speech` (layer one), `county`, `direct`, `lives`, `voices` and `solutions`
//! (layer two), `itinerary`, `scene` and `record` (how a visit is played), `patterns` and `author` (where the words
//! come from).

mod accounts;
mod author;
mod competence;
mod county;
mod direct;
mod itinerary;
mod lives;
mod model;
mod objects;
mod organisations;
mod patterns;
mod people;
mod places;
pub(crate) mod random;
mod record;
mod scene;
mod sending;
mod solutions;
mod speech;
#[cfg(test)]
mod tests;
mod time;
mod voices;
mod words;

pub use model::{
    Account, Act, Assignment, Authorisation, Campaign, Cancellation, Client, Competence, Deed, Delegation, Disposal,
    Disposition, Doer, Fixtures, Focus, Layer, Member, Membership, ObjectDetail, Organisation, Person, Problem,
    Recorder, Reporter, Request, Script, ServiceObject, Visit,
};

use self::scene::Stage;
use std::collections::{BTreeMap, BTreeSet};

/// The seed of `serve --demo`: the date of the speech.
pub const SPEECH_SEED: u64 = 20_190_114;

impl Script {
    /// Writes the demo. The same seed gives the same script for ever; another seed gives other words, names and days
    /// with the same figures.
    #[must_use]
    pub fn speech(seed: u64) -> Self {
        let mut random = random::Random::new(seed);
        let cast = people::Cast::new(&mut random);
        let (author, register) = (author::Author::new(), objects::Register::default());
        let mut stage = Stage {
            random,
            author,
            register,
            cast,
            visits: Vec::new(),
            problems: Vec::new(),
        };
        let counties = places::counties();
        speech::play(&mut stage, &counties);
        county::play(&mut stage, &counties);
        let demo = counties.iter().find(|county| county.code == "330782");
        let mut authorisations = Vec::new();
        if let Some(county) = demo {
            let authorised = direct::play(&mut stage, county);
            lives::play(&mut stage, county, &authorised.enterprise);
            authorisations.push(authorised);
        }
        let Stage {
            register,
            cast,
            mut visits,
            mut problems,
            ..
        } = stage;
        visits.sort_by_key(|visit| visit.planned_at);
        problems.sort_by_key(|problem| problem.recorded_at);
        let names: Vec<(&str, &str)> = counties.iter().map(|county| (county.code, county.name)).collect();
        let accounts = accounts::accounts();
        let fixtures = fixtures(&accounts, &visits, &problems);
        Self {
            seed,
            clock_starts_at: time::demo_starts_at(),
            campaigns: campaigns(),
            organisations: organisations::all(&names, referred(&problems)),
            competences: competence::competences(),
            people: cast.people,
            memberships: cast.memberships,
            delegations: cast.delegations,
            accounts,
            clients: vec![accounts::client()],
            authorisations,
            objects: register.objects,
            reporters: register.reporters,
            visits,
            problems,
            requests: requests(),
            fixtures,
        }
    }
}

/// What is said, promised and learnt in layer two: the same whatever the seed.
fn requests() -> Vec<Request> {
    let mut requests = [voices::requests(), solutions::requests()].concat();
    requests.sort_by_key(|request| request.at);
    requests
}

fn campaigns() -> Vec<Campaign> {
    let campaign = |slug, name, theme, parent| Campaign {
        slug,
        name,
        theme,
        parent,
        illustrative: true,
        goals: vec!["stabilise_enterprises", "increase_momentum", "keep_safe"],
        year: 2019,
        stage: "deployment",
        opens_on: time::day(2),
        closes_on: time::day(365),
        focus: vec![Focus {
            audience: "enterprise",
            ownership: "private",
        }],
        deployment: Some(("“服务企业、服务群众、服务基层”活动部署（示例）", time::day(2))),
    };
    let theme = "“八八战略”再深化、改革开放再出发";
    vec![
        campaign("2019-study", "大学习大调研大抓落实（示例）", theme, None),
        campaign(
            "2019",
            "服务企业、服务群众、服务基层（示例）",
            theme,
            Some("2019-study"),
        ),
        // A sibling of the speech's campaign, so that no sum over that one can include it.
        campaign("2019-county", "县级日常服务（示例）", theme, Some("2019-study")),
    ]
}

/// Every organisation that a problem names.
fn referred(problems: &[Problem]) -> BTreeSet<String> {
    let mut organisations = BTreeSet::new();
    for problem in problems {
        organisations.extend(
            problem
                .assignment
                .iter()
                .map(|assignment| assignment.organisation.clone()),
        );
        match problem.disposition.as_ref().map(|disposition| &disposition.how) {
            Some(Disposal::Coordinated { agreed, .. }) => {
                organisations.extend(agreed.iter().map(|(organisation, _)| organisation.clone()));
            }
            Some(Disposal::FollowUp { lead, supporting, .. }) => {
                organisations.extend(supporting.iter().chain([lead]).cloned());
            }
            Some(Disposal::Typical { study, .. }) => {
                organisations.insert(study.clone());
            }
            Some(Disposal::Answered { .. }) | None => {}
        }
    }
    organisations
}

/// What the requests made that is worth a look.
fn further() -> BTreeMap<&'static str, String> {
    let rows = voices::SHOWN.iter().chain(&solutions::SHOWN);
    rows.map(|(shows, made)| (*shows, (*made).to_owned())).collect()
}

/// The first row of each state in 义乌市's county layer, whole lives before others; of the assigned problems the first
/// that the demo's handler can accept.
fn fixtures(accounts: &[Account], visits: &[Visit], problems: &[Problem]) -> Fixtures {
    let handlers = organisations::key("330782", "human_resources");
    let elsewhere = |problem: &Problem| {
        problem
            .assignment
            .as_ref()
            .is_some_and(|assignment| assignment.organisation != handlers)
    };
    let mut problem_of = BTreeMap::new();
    let local = problems
        .iter()
        .filter(|row| row.layer == Layer::County && row.division.starts_with("330782"));
    let (lived, others): (Vec<&Problem>, Vec<&Problem>) = local.partition(|problem| !problem.acts.is_empty());
    // What was assigned in the course of a life was handed to another bureau.
    let lived = lived.into_iter().filter(|problem| problem.state != "assigned");
    for problem in lived.chain(others).filter(|problem| !elsewhere(problem)) {
        problem_of.entry(problem.state).or_insert_with(|| problem.key.clone());
    }
    let mut visit_of = BTreeMap::new();
    for visit in visits
        .iter()
        .filter(|row| row.layer == Layer::County && row.division == "330782")
    {
        visit_of.entry(visit.state).or_insert_with(|| visit.key.clone());
    }
    let account_of = accounts.iter().map(|account| (account.role, account.username.clone()));
    let client = ("integrator", accounts::client().client_id.to_owned());
    Fixtures {
        problems: problem_of,
        shows: lives::shows(),
        plans: lives::plans(),
        assignments: lives::assignments(),
        receipt: lives::RECEIPT.to_owned(),
        visits: visit_of,
        further: further(),
        accounts: account_of.chain([client]).collect(),
    }
}
