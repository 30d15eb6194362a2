//! What follows from a problem's transitions, called as `lifecycle` calls it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{add_step, approved, draft, enterprise_plan_body, force, plan_body, read, step_body, with};
use crate::action_plans::domain::PlanState;
use crate::action_plans::store;
use crate::db::{DbError, Tx, sql};
use crate::events::Act;
use crate::on_both;
use crate::problems::domain::State;
use crate::test_support::World;
use crate::test_support::builders::problem_body;
use crate::test_support::handling::id_of;

#[derive(Clone, Copy)]
enum Call {
    Begin,
    Settle,
    Revive,
}

async fn call(world: &World, tx: &mut Tx, what: Call, id: Uuid) -> Result<(), DbError> {
    let (ids, act) = (&world.app.ids, Act::of_the_service(world.app.clock.now()));
    match what {
        Call::Begin => store::begin(tx, ids, &act, id).await,
        Call::Settle => store::settle(tx, ids, &act, id).await,
        Call::Revive => store::revive(tx, ids, &act, id).await,
    }
}

async fn follow(world: &World, what: Call, of: &Value) {
    let mut tx = world.app.db.begin().await.unwrap();
    call(world, &mut tx, what, id_of(of)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn state(world: &World, plan: &Value) -> String {
    read(world, "head", plan).await["state"].as_str().unwrap().to_owned()
}

on_both! {
    async fn an_approved_plan_begins_once_and_nothing_else_does(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = approved(&world, &problem).await;
        follow(&world, Call::Begin, &plan).await;
        let begun = read(&world, "head", &plan).await;
        assert_eq!((begun["state"].as_str(), begun["started_at"].as_str()), (Some("executing"), Some("2019-01-10T02:00:00Z")));
        follow(&world, Call::Begin, &plan).await;
        assert_eq!(read(&world, "head", &plan).await, begun, "a second start changes nothing");
        for other in ["draft", "submitted", "done", "abandoned"] {
            force(&world, &plan, other).await;
            follow(&world, Call::Begin, &plan).await;
            assert_eq!(state(&world, &plan).await, other);
        }
        assert_eq!(world.event_types(id_of(&plan)).await.last().map(String::as_str), Some("action_plan.begun"));
        follow(&world, Call::Settle, &world.open_problem().await).await;
    }

    async fn a_plan_is_done_when_the_last_of_its_problems_has_ended(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let about = || world.analysed(with(problem_body(), json!({ "object_id": enterprise["id"] })));
        let (one, two) = (about().await, about().await);
        let plan = draft(&world, enterprise_plan_body(&enterprise, &[&one, &two])).await;
        force(&world, &plan, "executing").await;
        world.force(&one, State::Closed).await;
        follow(&world, Call::Settle, &one).await;
        assert_eq!(state(&world, &plan).await, "executing");
        world.force(&two, State::PendingConfirmation).await;
        follow(&world, Call::Settle, &two).await;
        assert_eq!(state(&world, &plan).await, "executing", "what awaits confirmation has not ended");
        world.force(&two, State::Withdrawn).await;
        follow(&world, Call::Settle, &two).await;
        let done = read(&world, "head", &plan).await;
        assert_eq!((done["state"].as_str(), done["done_at"].as_str()), (Some("done"), Some("2019-01-10T02:00:00Z")));
        for other in ["draft", "submitted", "approved", "abandoned"] {
            force(&world, &plan, other).await;
            follow(&world, Call::Settle, &two).await;
            assert_eq!(state(&world, &plan).await, other);
        }
    }

    async fn of_two_problems_that_end_at_once_the_second_settles_the_plan(world: World) {
        let enterprise = world.enterprise("浙江示例纺织有限公司").await;
        let about = || world.analysed(with(problem_body(), json!({ "object_id": enterprise["id"] })));
        let (one, two) = (about().await, about().await);
        let plan = draft(&world, enterprise_plan_body(&enterprise, &[&one, &two])).await;
        force(&world, &plan, "executing").await;
        let end = async |problem: &Value| {
            let mut tx = world.app.db.begin().await.unwrap();
            sql("UPDATE problem SET state = 'closed' WHERE id = $1").bind(id_of(problem)).run(&mut tx).await.unwrap();
            call(&world, &mut tx, Call::Settle, id_of(problem)).await.unwrap();
            tx.commit().await.unwrap();
        };
        futures_util::future::join(end(&one), end(&two)).await;
        assert_eq!(state(&world, &plan).await, "done");
        let events = world.event_types(id_of(&plan)).await;
        assert_eq!(events.iter().filter(|kind| *kind == "action_plan.done").count(), 1);
    }

    async fn a_next_cycle_carries_a_done_plan_on_and_needs_a_new_step(world: World) {
        let problem = world.analysed(problem_body()).await;
        let plan = approved(&world, &problem).await;
        for other in ["draft", "submitted", "approved", "executing", "abandoned"] {
            force(&world, &plan, other).await;
            follow(&world, Call::Revive, &problem).await;
            assert_eq!(state(&world, &plan).await, other);
        }
        force(&world, &plan, "done").await;
        let mut tx = world.app.db.begin().await.unwrap();
        sql("UPDATE problem SET cycle_no = 2, state = 'assigned'").run(&mut tx).await.unwrap();
        sql("UPDATE cycle SET n = 2").run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        follow(&world, Call::Revive, &problem).await;
        let revived = read(&world, "head", &plan).await;
        assert_eq!((&revived["state"], &revived["done_at"]), (&json!("executing"), &Value::Null));
        let old = store::standing(&world.app.db, id_of(&problem), 2).await.unwrap();
        assert_eq!((old.steps, old.open_steps.len()), (0, 1), "the steps of the first cycle are not of this one");
        add_step(&world, "handler", &plan, step_body()).await;
        let new = store::standing(&world.app.db, id_of(&problem), 2).await.unwrap();
        assert_eq!((new.steps, new.open_steps.len(), new.state), (1, 2, Some(PlanState::Executing)));
        let first = store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!((first.steps, first.open_steps.len()), (1, 1));
    }

    async fn a_problem_without_a_plan_stands_alone(world: World) {
        let problem = world.analysed(problem_body()).await;
        assert_eq!(store::standing(&world.app.db, id_of(&problem), 1).await.unwrap(), store::Standing::default());
        for what in [Call::Settle, Call::Revive, Call::Begin] {
            follow(&world, what, &problem).await;
        }
        let plan = draft(&world, plan_body(&problem)).await;
        let standing = store::standing(&world.app.db, id_of(&problem), 1).await.unwrap();
        assert_eq!((standing.plan, standing.version, standing.steps), (Some(id_of(&plan)), 1, 0));
    }
}
