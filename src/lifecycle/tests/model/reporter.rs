//! What is done with and by the reporter that is no transition: contacts, notices of a result, ratings.

use serde_json::json;

use super::expected::{Expected, Raised};
use super::help::{call, called};
use super::people::Persona;
use crate::calendar::Calendar;
use crate::problems::domain::State;
use crate::test_support::World;

/// Logs a meeting with the reporter, or an attempt that reached nobody. Whom nobody knows is shown the result instead.
pub async fn contact(world: &World, people: &[Persona], problem: &mut Expected, met: bool) {
    if problem.raised == Raised::ByNobody && problem.state == State::PendingConfirmation {
        let body = json!({ "kind": "result_notice", "title": "入学", "summary": "入学难。", "result": "已统筹。", "reason": "公示" });
        let (path, now) = (format!("/problems/{}/publish", problem.id), world.app.clock.now());
        call(world, called(people, "dispatcher"), &path, Some(problem.version), body)
            .await
            .expect(200);
        let until = Calendar::shipped().due_at(now.utc(), 10).0.into();
        problem.notice = Some(problem.notice.filter(|shown| *shown <= now).unwrap_or(until));
        return;
    }
    let body = if met {
        json!({ "purpose": "contact", "channel": "visit", "face_to_face": true, "with_reporter": true, "words": "上门说明。" })
    } else {
        json!({ "purpose": "attempt", "channel": "phone", "with_reporter": false })
    };
    let path = format!("/problems/{}/contacts", problem.id);
    call(world, called(people, "dispatcher"), &path, None, body)
        .await
        .expect(201);
    problem.met |= met;
    if !met {
        problem.attempts.push(world.app.clock.now());
    }
}

/// Rates the round of handling as its reporter: once.
pub async fn rate(world: &World, who: &Persona, problem: &mut Expected, result: u64) {
    let body = json!({ "result": result, "speed": 3, "attitude": 4 });
    let answer = call(world, who, &format!("/problems/{}/ratings", problem.id), None, body).await;
    if problem.rated {
        answer.expect_error(409, "duplicate");
    } else {
        answer.expect(201);
    }
    problem.rated = true;
    problem.acts.extend(who.person.map(|person| (person, "rate")));
}
