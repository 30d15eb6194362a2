//! Service objects, visits and problems of the script, in the order in which they were entered.

use actix_web::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::acts;
use super::client::Client;
use super::{LoadError, Places, by_itself, id_of};
use crate::demo::script::{
    Act, Assignment, Disposal, ObjectDetail, Problem, Recorder, Request, Script, ServiceObject, Visit,
};

/// One thing that somebody did.
enum Step<'s> {
    Plan(&'s Visit),
    Start(&'s Visit),
    Record(&'s Problem),
    Dispose(&'s Problem),
    Open(&'s Problem),
    Assign(&'s Problem, &'s Assignment, &'s str),
    Act(&'s Problem, &'s Act),
    Complete(&'s Visit),
    Cancel(&'s Visit),
    Send(&'s Request),
}

impl Step<'_> {
    /// Where two were done at the same moment, what must come first.
    const fn rank(&self) -> u8 {
        match self {
            Self::Plan(_) => 0,
            Self::Start(_) => 1,
            Self::Record(_) => 2,
            Self::Open(_) => 3,
            Self::Dispose(_) => 4,
            Self::Assign(..) => 5,
            Self::Act(..) => 6,
            Self::Complete(_) | Self::Cancel(_) => 7,
            Self::Send(_) => 8,
        }
    }
}

/// Does everything, in order.
pub(super) async fn carry_out(client: &Client, script: &Script, places: &mut Places) -> Result<(), LoadError> {
    let keeper = script.fixtures.accounts.get("dispatcher").cloned().unwrap_or_default();
    let keepers: Vec<&str> = script
        .memberships
        .iter()
        .filter(|membership| membership.role == "dispatcher" && membership.division == "330000")
        .map(|membership| membership.person.as_str())
        .collect();
    let keeper = keepers.first().copied().unwrap_or(&keeper);
    let began = script
        .visits
        .iter()
        .map(|visit| visit.entered_at)
        .min()
        .unwrap_or(script.clock_starts_at);
    for object in &script.objects {
        let body = object_body(object);
        let stored = client
            .ask(keeper, began, (Method::POST, "/service-objects"), None, &body)
            .await?;
        places.objects.insert(object.key.clone(), id(&stored)?);
    }
    for granted in &script.authorisations {
        let path = format!(
            "/service-objects/{}/authorisations",
            id_of(&places.objects, &granted.enterprise)?
        );
        let body = json!({ "person_id": id_of(&places.people, &granted.person)? });
        client
            .ask(&granted.granted_by, began, (Method::POST, &path), None, &body)
            .await?;
    }
    for (at, step) in steps(script) {
        // Who acts at the very moment at which it would happen by itself is in time.
        by_itself(client.app(), at - TimeDelta::seconds(1)).await?;
        do_step(client, script, places, at, &step).await?;
    }
    Ok(())
}

fn steps(script: &Script) -> Vec<(DateTime<Utc>, Step<'_>)> {
    let mut steps = Vec::new();
    for visit in &script.visits {
        steps.push((visit.entered_at, Step::Plan(visit)));
        steps.extend(visit.started_at.map(|at| (at, Step::Start(visit))));
        steps.extend(
            visit
                .ended_at
                .filter(|_| visit.state == "completed")
                .map(|at| (at, Step::Complete(visit))),
        );
        steps.extend(
            visit
                .cancellation
                .as_ref()
                .map(|cancellation| (cancellation.at, Step::Cancel(visit))),
        );
    }
    for problem in &script.problems {
        steps.push((problem.recorded_at, Step::Record(problem)));
        steps.extend(problem.opened.as_ref().map(|(at, _)| (*at, Step::Open(problem))));
        steps.extend(
            problem
                .disposition
                .as_ref()
                .map(|disposition| (disposition.at, Step::Dispose(problem))),
        );
        steps.extend(assigned_later(problem));
        steps.extend(problem.acts.iter().map(|act| (act.at, Step::Act(problem, act))));
    }
    steps.extend(script.requests.iter().map(|request| (request.at, Step::Send(request))));
    steps.sort_by_key(|(at, step)| (*at, step.rank()));
    steps
}

/// What somebody assigned after it was disposed of. What goes to its bureau by itself is nobody's request.
fn assigned_later(problem: &Problem) -> Option<(DateTime<Utc>, Step<'_>)> {
    let assignment = problem.assignment.as_ref()?;
    let at_once = problem
        .disposition
        .as_ref()
        .is_some_and(|disposition| disposition.at == assignment.at);
    let by = assignment.by.as_deref().filter(|_| !at_once)?;
    Some((assignment.at, Step::Assign(problem, assignment, by)))
}

async fn do_step(
    client: &Client,
    script: &Script,
    places: &mut Places,
    at: DateTime<Utc>,
    step: &Step<'_>,
) -> Result<(), LoadError> {
    match step {
        Step::Plan(visit) => {
            let body = visit_body(visit, places)?;
            let stored = client
                .ask(&visit.entered_by, at, (Method::POST, "/visits"), None, &body)
                .await?;
            places.visits.insert(visit.key.clone(), id(&stored)?);
        }
        Step::Start(visit) => {
            move_visit(
                client,
                places,
                visit,
                at,
                "start",
                json!({ "started_at": visit.started_at }),
            )
            .await?;
        }
        Step::Complete(visit) => {
            let body = json!({ "ended_at": visit.ended_at, "observations": visit.observations, "heard": visit.heard });
            move_visit(client, places, visit, at, "complete", body).await?;
        }
        Step::Cancel(visit) => {
            let reason = visit
                .cancellation
                .as_ref()
                .map(|cancellation| cancellation.reason.as_str());
            move_visit(client, places, visit, at, "cancel", json!({ "reason": reason })).await?;
        }
        Step::Record(problem) => {
            let body = problem_body(script, problem, places)?;
            let who = match &problem.recorded_by {
                Recorder::Person(person) => person.as_str(),
                Recorder::Client(client) => client,
            };
            let stored = client.ask(who, at, (Method::POST, "/problems"), None, &body).await?;
            places.problems.insert(problem.key.clone(), id(&stored)?);
            if let Some(code) = stored["receipt"]["code"].as_str() {
                places.receipts.insert(problem.key.clone(), code.to_owned());
            }
        }
        Step::Assign(problem, assignment, by) => {
            let body = json!({
                "lead_org_id": id_of(&places.orgs, &assignment.organisation)?, "due_on": assignment.due_on,
            });
            move_problem(client, places, problem, by, at, "assign", body).await?;
        }
        Step::Act(problem, act) => acts::carry_out(client, places, problem, act).await?,
        Step::Send(request) => acts::send(client, places, request).await?,
        Step::Open(problem) => {
            let who = problem.opened.as_ref().map(|(_, who)| who.as_str()).unwrap_or_default();
            move_problem(client, places, problem, who, at, "open", Value::Null).await?;
        }
        Step::Dispose(problem) => {
            if let Some(disposition) = &problem.disposition {
                let body = disposition_body(problem, &disposition.how, places, at)?;
                move_problem(client, places, problem, &disposition.by, at, "dispose", body).await?;
            }
        }
    }
    Ok(())
}

async fn move_visit(
    client: &Client,
    places: &Places,
    visit: &Visit,
    at: DateTime<Utc>,
    action: &str,
    body: Value,
) -> Result<(), LoadError> {
    let path = format!("/visits/{}", id_of(&places.visits, &visit.key)?);
    let who = visit
        .cancellation
        .as_ref()
        .map_or(&visit.entered_by, |cancellation| &cancellation.by);
    let now = client.ask(who, at, (Method::GET, &path), None, &Value::Null).await?;
    client
        .ask(
            who,
            at,
            (Method::POST, &format!("{path}/{action}")),
            Some(&now["version"]),
            &body,
        )
        .await?;
    Ok(())
}

async fn move_problem(
    client: &Client,
    places: &Places,
    problem: &Problem,
    who: &str,
    at: DateTime<Utc>,
    action: &str,
    body: Value,
) -> Result<(), LoadError> {
    let path = format!("/problems/{}", id_of(&places.problems, &problem.key)?);
    let now = client.ask(who, at, (Method::GET, &path), None, &Value::Null).await?;
    client
        .ask(
            who,
            at,
            (Method::POST, &format!("{path}/{action}")),
            Some(&now["version"]),
            &body,
        )
        .await?;
    Ok(())
}

pub(super) fn id(stored: &Value) -> Result<uuid::Uuid, LoadError> {
    let text = stored["id"].as_str().unwrap_or_default();
    text.parse().map_err(|_| LoadError::Unknown(stored.to_string()))
}

fn object_body(object: &ServiceObject) -> Value {
    let mut body = json!({
        "name": object.name, "division": object.division, "address": object.address, "hardship": object.hardship,
    });
    match &object.detail {
        ObjectDetail::Enterprise {
            uscc,
            industry_section,
            industry_division,
            size,
            ownership,
            is_star,
        } => {
            body["type"] = json!("enterprise");
            body["enterprise"] = json!({
                "uscc": uscc, "industry_section": industry_section, "industry_division": industry_division, "size": size,
                "ownership": ownership, "is_star": is_star,
            });
        }
        ObjectDetail::Household { alias } => {
            body["type"] = json!("household");
            body["household"] = json!({ "alias": alias });
        }
        ObjectDetail::Community { kind } => {
            body["type"] = json!("community");
            body["community"] = json!({ "kind": kind });
        }
    }
    body
}

fn visit_body(visit: &Visit, places: &Places) -> Result<Value, LoadError> {
    let members = visit
        .members
        .iter()
        .map(|member| Ok(json!({ "person_id": id_of(&places.people, &member.person)?, "attended": member.attended })));
    let objects = visit
        .objects
        .iter()
        .map(|object| Ok(json!(id_of(&places.objects, object)?)));
    Ok(json!({
        "campaign": visit.campaign, "mode": visit.mode, "mode_note": visit.mode_note, "origin": visit.origin,
        "place_kind": visit.place_kind, "division": visit.division, "planned_at": visit.planned_at,
        "leader_id": id_of(&places.people, &visit.leader)?, "leading_body": visit.leading_body,
        "members": members.collect::<Result<Vec<_>, LoadError>>()?,
        "object_ids": objects.collect::<Result<Vec<_>, LoadError>>()?,
        "observations": visit.observations.as_ref().filter(|_| visit.state != "completed"),
    }))
}

fn problem_body(script: &Script, problem: &Problem, places: &Places) -> Result<Value, LoadError> {
    let reporter = script
        .reporters
        .iter()
        .find(|reporter| reporter.key == problem.reporter)
        .ok_or_else(|| LoadError::Unknown(problem.reporter.clone()))?;
    // Who records for himself is the reporter by his account.
    let himself = matches!(&problem.recorded_by, Recorder::Person(person) if reporter.person.as_ref() == Some(person));
    let reporter = json!({
        "kind": reporter.kind, "display_name": reporter.display_name, "phone": reporter.phone,
        "preferred_channel": reporter.preferred_channel, "anonymity": reporter.anonymity,
    });
    let object = problem
        .object
        .as_ref()
        .map(|object| id_of(&places.objects, object))
        .transpose()?;
    let visit = problem
        .visit
        .as_ref()
        .map(|visit| id_of(&places.visits, visit))
        .transpose()?;
    Ok(json!({
        "visit_id": visit, "campaign": problem.campaign, "channel": problem.channel, "audience": problem.audience,
        "category": problem.category, "causes": problem.causes, "statement": problem.statement,
        "summary": problem.summary, "object_id": object, "division": problem.division, "urgency": problem.urgency,
        "matter": problem.matter, "goals": problem.goals, "observed_at": problem.observed_at,
        "reporter": if himself { Value::Null } else { reporter },
    }))
}

fn disposition_body(problem: &Problem, how: &Disposal, places: &Places, at: DateTime<Utc>) -> Result<Value, LoadError> {
    Ok(match how {
        Disposal::Answered { text, policy_ref } => json!({
            "disposition": "resolved_on_site", "on_site_kind": "answered", "text": text, "policy_ref": policy_ref,
            "resolved_at": at,
        }),
        Disposal::Coordinated { text, agreed } => {
            let orgs = agreed
                .iter()
                .map(|(org, agreed)| Ok(json!({ "org_id": id_of(&places.orgs, org)?, "agreed": agreed })));
            json!({
                "disposition": "resolved_on_site", "on_site_kind": "coordinated", "text": text, "resolved_at": at,
                "organisations": orgs.collect::<Result<Vec<_>, LoadError>>()?,
            })
        }
        Disposal::FollowUp {
            lead,
            supporting,
            due_on,
        } => {
            let orgs = supporting
                .iter()
                .map(|org| Ok(json!({ "org_id": id_of(&places.orgs, org)?, "agreed": "协同办理" })));
            json!({
                "disposition": "follow_up", "lead_org_id": id_of(&places.orgs, lead)?, "due_on": due_on,
                "organisations": orgs.collect::<Result<Vec<_>, LoadError>>()?,
                "assign": problem.assignment.as_ref().is_some_and(|assignment| assignment.at == at),
            })
        }
        Disposal::Typical { study, due_on } => json!({
            "disposition": "typical", "study_org_id": id_of(&places.orgs, study)?, "due_on": due_on,
        }),
    })
}
