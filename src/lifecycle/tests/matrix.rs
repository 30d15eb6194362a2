//! Every state × every action × every role, from the table.

use serde_json::{Value, json};

use super::{answered, follow_up, force, typical};
use crate::lifecycle::workflow::{Action, Need, TRANSITIONS, asking};
use crate::on_both;
use crate::problems::domain::{Disposition, State};
use crate::requests;
use crate::test_support::seed;

/// A body of the right shape for an action.
pub(super) fn body_of(action: Action) -> Value {
    let lead = json!({ "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21" });
    match action {
        Action::DisposeResolvedOnSite => answered(),
        Action::DisposeFollowUp => follow_up(),
        Action::DisposeTypical => typical(),
        Action::Open | Action::Start | Action::Resume => Value::Null,
        Action::Claim | Action::Accept | Action::Confirm | Action::CloseUnanswered => json!({}),
        Action::Assign => lead,
        Action::Answer => json!({ "text": "可以办理。" }),
        Action::Conclude => json!({ "text": "由人社局办理。", "lead_org_id": seed::org("yiwu-hr") }),
        Action::AskReporter => json!({ "question": "请补充。" }),
        Action::Supply => json!({ "answer": "已补充。" }),
        Action::Transfer => {
            json!({ "lead_org_id": seed::org("yiwu-finance"), "due_on": "2019-01-21", "reason": "事权不同" })
        }
        Action::HandOver => json!({ "person_id": seed::member("handler").person }),
        Action::Complete => json!({ "result": "已办好。" }),
        Action::RejectResult | Action::Reopen | Action::Withdraw => json!({ "reason": "没有解决。" }),
        Action::LookBack => json!({ "result": "holds", "method": "phone", "evidence": "电话核实。" }),
        Action::Merge => json!({ "target_id": seed::org("yiwu-hr") }),
        Action::Redispose => json!({ "disposition": follow_up(), "reason": "重新处置" }),
        Action::AskReturn
        | Action::AskEscalate
        | Action::AskHold
        | Action::AskExtend
        | Action::AskDecline
        | Action::Appeal => {
            asking::asked_by(action).map_or(Value::Null, |rule| requests::tests::body(rule.kind.as_str()))
        }
        Action::Urge => json!({ "note": "请尽快。" }),
    }
}

on_both! {
    async fn every_state_answers_every_action_as_the_table_says(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        let mut seen = 0;
        for row in TRANSITIONS {
            let body = body_of(row.action);
            for state in State::ALL {
                for disposition in [None, Some(Disposition::FollowUp)] {
                    force(&world, &problem, *state, disposition).await;
                    for who in ["leader", "officer", "handler", "head", "dispatcher", "supervisor", "reporter", "assessor", "integrator"] {
                        // The version is stale on purpose: whoever may and whenever it may be is refused last, with
                        // 412.
                        let call = world.post(&format!("{path}/{}", row.action.path())).by(who).at(&json!(99));
                        let answer = if body.is_null() { call } else { call.json(body.clone()) }.send().await;
                        let role = seed::member(who).role;
                        let holds = row.who.iter().any(|(may, _)| *may == role);
                        let undisposed = !row.needs.contains(&Need::Undisposed) || disposition.is_none();
                        let stands = row.from.contains(state) && undisposed;
                        // A tie that the caller lacks is 403 as well, and who sees nothing gets 404.
                        let expected: &[u16] = match (holds, stands) {
                            (false, _) => &[403, 404],
                            (true, false) => &[403, 404, 409],
                            (true, true) => &[403, 404, 409, 412],
                        };
                        assert!(expected.contains(&answer.status), "{who} {} {state} {disposition:?}: {}", row.action, answer.status);
                        seen += usize::from(answer.status == 412);
                    }
                }
            }
        }
        assert!(seen > 40, "only {seen} were allowed");
    }

    async fn what_is_listed_as_allowed_is_allowed(world: World) {
        let problem = world.problem_of(&world.visit_in_progress().await).await;
        let path = format!("/problems/{}", problem["id"].as_str().unwrap());
        for state in State::ALL {
            for disposition in [None, Some(Disposition::FollowUp)] {
                force(&world, &problem, *state, disposition).await;
                for who in ["leader", "officer", "dispatcher", "supervisor"] {
                    let seen = world.get(&path).by(who).send().await.expect(200);
                    let listed: Vec<&str> = seen["allowed_actions"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
                    for action in Action::ALL {
                        let body = body_of(*action);
                        let call = world.post(&format!("{path}/{}", action.path())).by(who).at(&json!(99));
                        let answer = if body.is_null() { call } else { call.json(body) }.send().await;
                        assert_eq!(answer.status == 412, listed.contains(&action.as_str()), "{who} {state} {disposition:?} {action}: {}", answer.status);
                    }
                }
            }
        }
    }
}
