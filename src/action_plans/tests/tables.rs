//! The tables against the operations: every state answers every action as its line says.

use serde_json::{Value, json};

use super::{draft, force, path_of, plan_body, step_body, with};
use crate::action_plans::domain::{Bound, PlanKind, PlanState, StepState, lacks_policy};
use crate::action_plans::workflow::{PLAN_TRANSITIONS, PlanAction, STEP_TRANSITIONS, StepAction, StepSituation};
use crate::auth::Role;
use crate::on_both;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;
use crate::test_support::seed;

/// What a request for an action looks like; the version is stale on purpose, so that whoever may, when it may be, is
/// refused last, with 412.
fn request(action: PlanAction) -> Option<(&'static str, Value)> {
    match action {
        PlanAction::Update => Some(("PATCH", json!({ "need": "就近入学" }))),
        PlanAction::Submit | PlanAction::Approve => Some(("POST", Value::Null)),
        PlanAction::SendBack | PlanAction::Abandon => Some(("POST", json!({ "reason": "再议" }))),
        PlanAction::AddStep | PlanAction::AddMeasure | PlanAction::Begin | PlanAction::Settle | PlanAction::Revive => {
            None
        }
    }
}

on_both! {
    async fn every_state_of_a_plan_answers_every_action_as_the_table_says(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        for action in PlanAction::ALL {
            let Some((method, body)) = request(*action) else { continue };
            let path = action.path().map_or_else(|| path_of(&plan), |path| format!("{}/{path}", path_of(&plan)));
            for state in PlanState::ALL {
                force(&world, &plan, state.as_str()).await;
                for who in ["handler", "head", "dispatcher"] {
                    let call = if method == "PATCH" { world.patch(&path) } else { world.post(&path) };
                    let call = call.by(who).at(&json!(99));
                    let answer = if body.is_null() { call } else { call.json(body.clone()) }.send().await;
                    let role = seed::member(who).role;
                    let lines = || PLAN_TRANSITIONS.iter().filter(|line| line.action == *action);
                    let here = lines().find(|line| line.from.contains(state));
                    let expected = match here {
                        Some(line) if line.roles.contains(&role) => 412,
                        None if lines().any(|line| line.roles.contains(&role)) => 409,
                        _ => 403,
                    };
                    assert_eq!(answer.status, expected, "{who} {action} {state}");
                }
            }
        }
    }

    async fn every_state_of_a_step_answers_every_action_as_the_table_says(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = draft(&world, with(plan_body(&problem), json!({ "steps": [step_body()] }))).await;
        let path = format!("{}/steps/{}", path_of(&plan), id_of(&plan["steps"][0]));
        for action in StepAction::ALL {
            for state in PlanState::ALL {
                force(&world, &plan, state.as_str()).await;
                for who in ["handler", "head", "dispatcher"] {
                    let call = match action {
                        StepAction::Update => world.patch(&path).json(json!({ "text": "改" })),
                        StepAction::Remove => world.call(actix_web::http::Method::DELETE, &format!("/api/v1{path}")),
                        StepAction::Done => world.post(&format!("{path}/done")).json(json!({ "result": "成" })),
                        StepAction::Waive => world.post(&format!("{path}/waive")).json(json!({ "reason": "免" })),
                    };
                    let answer = call.by(who).at(&json!(99)).send().await;
                    let role = seed::member(who).role;
                    // The handler owns the step.
                    let may = |line: &crate::action_plans::workflow::StepTransition| {
                        line.roles.contains(&role) || (line.owner && who == "handler")
                    };
                    let lines = || STEP_TRANSITIONS.iter().filter(|line| line.action == *action);
                    let expected = match lines().find(|line| line.plan.contains(state)) {
                        Some(line) if may(line) => 412,
                        None if lines().any(may) => 409,
                        _ => 403,
                    };
                    assert_eq!(answer.status, expected, "{who} {action} {state}");
                }
            }
        }
    }
}

#[test]
fn a_table_has_one_line_for_an_action_in_a_state_and_names_what_exists() {
    for state in PlanState::ALL {
        for action in PlanAction::ALL {
            let lines = PLAN_TRANSITIONS
                .iter()
                .filter(|line| line.action == *action && line.from.contains(state));
            assert!(lines.count() <= 1, "{state} {action}");
        }
    }
    for action in PlanAction::ALL {
        assert!(PLAN_TRANSITIONS.iter().any(|line| line.action == *action), "{action}");
        if let Some(operation) = action.operation() {
            let rule = crate::auth::policy::rule_of(operation).expect("a rule");
            let lines = PLAN_TRANSITIONS.iter().filter(|line| line.action == *action);
            let roles: Vec<Role> = lines.flat_map(|line| line.roles).copied().collect();
            assert!(rule.roles.iter().all(|role| roles.contains(role)), "{operation}");
        }
    }
    for action in StepAction::ALL {
        assert!(STEP_TRANSITIONS.iter().any(|line| line.action == *action), "{action}");
        assert!(crate::auth::policy::rule_of(action.operation()).is_some(), "{action}");
    }
}

#[test]
fn a_step_that_is_done_or_waived_stays_so() {
    for plan in PlanState::ALL {
        for step in [StepState::Done, StepState::Waived] {
            let situation = StepSituation {
                plan: *plan,
                step,
                roles: &[Role::Handler, Role::Head],
                owns: true,
            };
            assert_eq!(situation.allowed(), []);
        }
    }
}

#[test]
fn a_policy_is_named_by_what_implements_one() {
    assert!(lacks_policy("implement_policy", None) && lacks_policy("implement_policy", Some("  ")));
    assert!(!lacks_policy("implement_policy", Some("示例〔2018〕12号")) && !lacks_policy("other", None));
}

proptest::proptest! {
    #[test]
    fn a_kind_is_bound_to_an_enterprise_or_to_one_discussed_problem(
        enterprise: bool, problems in 1_usize..4, object: bool, discussed: bool, repeated: bool,
    ) {
        let mut ids: Vec<uuid::Uuid> = (0..problems).map(|n| uuid::Uuid::from_u128(n as u128 + 1)).collect();
        if repeated {
            ids.push(ids[0]);
        }
        let kind = if enterprise { PlanKind::OneEnterpriseOnePolicy } else { PlanKind::OneMatterOneDiscussion };
        let bound = Bound { kind, problems: &ids, names_object: object, discussed_on: discussed.then(|| "2019-01-10".parse().unwrap()) };
        let sound = !repeated && if enterprise { !discussed } else { !object && discussed && ids.len() == 1 };
        proptest::prop_assert_eq!(bound.faults().is_empty(), sound);
    }
}
