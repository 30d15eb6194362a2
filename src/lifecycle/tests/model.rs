//! Problems at random against a model: whoever asks for whatever in whatever state, the answer is what the model
//! foresees, a refusal changes nothing, and after each step the rows hold together.
//!
//! An episode is a dozen problems that live side by side for a hundred steps; the clock moves on by hours and days
//! between them. `MODEL_EPISODES` and `MODEL_SEED` make a longer or another run (`.ci/long`); a failure names seed and
//! step.

mod ask;
mod asking;
mod deciding;
mod ending;
mod expected;
mod foresee;
mod help;
mod invariants;
mod passing;
mod people;
mod reporter;

use std::collections::BTreeMap;

use serde_json::Value;

use self::ask::{Said, Sent, weight};
use self::expected::{Expected, Refusal};
use self::foresee::{Ask, Ready};
use self::people::{Persona, everybody};
use crate::clock::Timestamp;
use crate::demo::script::random::Random;
use crate::lifecycle::workflow::asking::asked_by;
use crate::lifecycle::workflow::{Action, transition};
use crate::on_both;
use crate::problems::domain::State;
use crate::requests::domain::RequestKind;
use crate::tasks::engine::Engine;
use crate::test_support::world::Answer;
use crate::test_support::{World, seed};

const EPISODES: u64 = 16;
const PROBLEMS: u64 = 12;
const STEPS: u64 = 100;
const SEED: u64 = 2019;
/// Whose lists are read.
const LISTERS: &[&str] = &[
    "officer",
    "handler",
    "finance-handler",
    "study-handler",
    "dispatcher",
    "reporter",
    "integrator",
    "leader",
];

on_both! {
    async fn random_problems_live_as_the_model_says(world: World) {
        let (episodes, seed) = (setting("MODEL_EPISODES", EPISODES), setting("MODEL_SEED", SEED));
        help::make_competent(&world).await;
        let mut run = Run {
            people: everybody(&world),
            random: Random::new(seed),
            problems: Vec::new(),
            first: 0,
            done: BTreeMap::new(),
            decided: BTreeMap::new(),
            asked: 0,
            engine: Engine::new(world.app.clone()),
            happened: 0,
            world,
        };
        // A run goes on until every rare thing has happened once, thrice as long at most.
        let mut episode = 0;
        while episode < episodes || episode < 3 * episodes && !(run.missing().is_empty() && run.undecided().is_empty()) {
            run.live(episode, &format!("MODEL_SEED={seed}, episode {episode}")).await;
            episode += 1;
        }
        let (missing, undecided) = (run.missing(), run.undecided());
        assert!(missing.is_empty(), "never carried out: {missing:?}; {:?}", run.done);
        assert!(undecided.is_empty(), "never decided: {undecided:?}; {:?}", run.decided);
        assert!(run.happened > 100, "only {} tasks happened by themselves", run.happened);
        assert!(run.asked >= episode * STEPS / 2, "only {} of {} steps were requests", run.asked, episode * STEPS);
    }
}

#[expect(clippy::disallowed_methods, reason = "the size of a test, chosen from outside")]
fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What somebody asks for.
struct Request {
    who: Persona,
    action: Action,
    said: Said,
    sent: Sent,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            who,
            action,
            said,
            sent,
        } = self;
        write!(out, "{} {action} {said:?} {sent:?}", who.name)
    }
}

/// A run of the model.
struct Run {
    world: World,
    people: Vec<Persona>,
    random: Random,
    problems: Vec<Expected>,
    /// Where the problems of this episode begin.
    first: usize,
    /// How often each action was carried out, and each kind of request granted and refused.
    done: BTreeMap<Action, u64>,
    decided: BTreeMap<(RequestKind, bool), u64>,
    asked: u64,
    /// What carries out what happens by itself, and how much did.
    engine: Engine,
    happened: usize,
}

impl Run {
    /// What was never carried out yet.
    fn missing(&self) -> Vec<Action> {
        let never = |action: &&Action| !self.done.contains_key(action);
        Action::ALL.iter().filter(never).copied().collect()
    }

    /// Which decisions were never made yet.
    fn undecided(&self) -> Vec<(RequestKind, bool)> {
        let all = RequestKind::ALL.iter().flat_map(|kind| [(*kind, true), (*kind, false)]);
        all.filter(|decision| !self.decided.contains_key(decision)).collect()
    }

    /// One episode, from a random day of the year.
    async fn live(&mut self, episode: u64, name: &str) {
        let start: Timestamp = seed::NOW.parse().expect("a literal");
        self.world
            .app
            .clock
            .set(start.plus_seconds(i64::try_from(self.random.below(240 * 24)).unwrap_or(0) * 3600));
        let visit = help::visit(&self.world).await;
        self.first = self.problems.len();
        for _ in 0..PROBLEMS {
            let number = u64::try_from(self.problems.len()).unwrap_or(0);
            let problem = help::record(&self.world, &mut self.random, &visit, number).await;
            self.problems.push(problem);
        }
        for step in 0..STEPS {
            let context = format!("{name}, step {step}");
            self.pass_time(&context).await;
            let mut index = self.first + self.random.index(self.problems.len() - self.first);
            if !self.problems[index].is_alive() && self.random.chance(80) {
                index = self.first + self.random.index(self.problems.len() - self.first);
            }
            if self.random.chance(50) && self.problems[index].asked.is_some() {
                self.decide(index, &context).await;
            } else if self.random.chance(25) && self.problems[index].is_worked_at() {
                self.help(index).await;
                self.look(index, &context).await;
            } else {
                self.ask(index, &context).await;
            }
        }
        let world = &self.world;
        invariants::hold(world, None, name).await;
        invariants::parts_sum(world, name).await;
        invariants::rollups_are_true(world, name).await;
        // The lists grow with every episode, so they are read in some only.
        if episode % 4 == 3 {
            for who in LISTERS {
                invariants::lists_fit(world, help::called(&self.people, who), &self.problems, name).await;
            }
        }
        // Who bears a receipt sees the one problem alone.
        for (index, status) in [(self.first, 200), (self.first + 1, 404)] {
            let path = format!("/problems/{}", self.problems[index].id);
            let bearer = self.bearer(self.first);
            let read = world.get(&path).header("Authorization", &bearer.token).send().await;
            assert_eq!(read.status, status, "{name}");
        }
    }

    fn bearer(&self, index: usize) -> Persona {
        let problem = &self.problems[index];
        Persona::bearer(problem.id, &problem.receipt)
    }

    /// Does what a transition may wait for.
    async fn help(&mut self, index: usize) {
        let bearer = self.bearer(index);
        let (world, people, random) = (&self.world, &self.people, &mut self.random);
        let problem = &mut self.problems[index];
        match (problem.state, random.below(4)) {
            (State::Accepted, 0..=2) => help::plan(world, people, problem, random).await,
            (State::InProgress, 0..=1) => help::do_steps(world, people, problem).await,
            (State::InProgress, 2) if !problem.duties.is_empty() => help::waive_parts(world, people, problem).await,
            (State::PendingConfirmation | State::Closed, 0) => {
                let result = random.between(1, 5);
                reporter::rate(world, &bearer, problem, result).await;
            }
            (State::PendingConfirmation, _) => reporter::contact(world, people, problem, false).await,
            (State::Assigned | State::Accepted | State::InProgress | State::AwaitingReporter, 3) => {
                let org = *random.pick(&["yiwu-hr", "yiwu-finance", "province-hr"]);
                help::give_part(world, people, problem, org).await;
            }
            _ => {
                let met = random.chance(50);
                reporter::contact(world, people, problem, met).await;
            }
        }
    }

    /// Draws somebody and what he asks for: mostly what the table lets him.
    fn draw_action(&mut self, index: usize) -> (Persona, Action) {
        self.problems[index].now = self.world.app.clock.now();
        let bearer = self.bearer(index);
        let other = self.first + self.random.index(self.problems.len() - self.first);
        let stranger = self.bearer(other);
        let problem = &self.problems[index];
        let everybody = || self.people.iter().chain([&bearer]);
        let likely: Vec<Action> = Action::ALL
            .iter()
            .filter(|action| transition(**action).is_some_and(|row| row.from.contains(&problem.state)))
            .flat_map(|action| std::iter::repeat_n(*action, weight(*action)))
            .collect();
        if likely.is_empty() || self.random.chance(12) {
            let who = if self.random.chance(10) {
                stranger
            } else {
                (*self.random.pick(&everybody().collect::<Vec<_>>())).clone()
            };
            return (who, *self.random.pick(Action::ALL));
        }
        let action = *self.random.pick(&likely);
        let may: Vec<&Persona> = everybody()
            .filter(|who| problem.ask_table(who, action).is_ok())
            .collect();
        let who = if may.is_empty() || self.random.chance(12) {
            (*self.random.pick(&everybody().collect::<Vec<_>>())).clone()
        } else {
            (*self.random.pick(&may)).clone()
        };
        (who, action)
    }

    /// Draws a request.
    fn draw(&mut self, index: usize) -> Request {
        let (who, action) = self.draw_action(index);
        let at = (self.world.app.clock.now(), self.problems.len() - self.first);
        let said = Said::draw(&mut self.random, &self.problems[index], &who, action, at);
        let sent = match self.random.below(20) {
            0 => Sent::Stale,
            1 => Sent::Missing,
            _ => Sent::Right,
        };
        Request {
            who,
            action,
            said,
            sent,
        }
    }

    fn foresee(&self, index: usize, request: &Request, ready: Ready) -> Result<Expected, Refusal> {
        self.problems[index].foresee(&Ask {
            who: &request.who,
            action: request.action,
            said: &request.said,
            sent: request.sent,
            now: self.world.app.clock.now(),
            others: &self.problems[self.first..],
            ready,
        })
    }

    /// Asks for something: as it comes, or drawn again where it would be refused, so that problems get somewhere.
    async fn ask(&mut self, index: usize, context: &str) {
        self.asked += 1;
        let ready = help::ready(&self.world, &self.problems[index]).await;
        let as_it_comes = self.random.chance(35);
        let mut request = self.draw(index);
        for _ in 0..3 {
            if !as_it_comes && self.foresee(index, &request, ready).is_err() {
                request = self.draw(index);
            }
        }
        let (number, state) = (self.problems[index].number.clone(), self.problems[index].state);
        let context = format!("{context}: on {number} in {state}: {request:?}");
        match self.foresee(index, &request, ready) {
            Ok(next) => self.expect_done(index, &request, next, &context).await,
            Err(refusal) => self.expect_refused(index, &request, refusal, &context).await,
        }
    }

    async fn send(&self, index: usize, request: &Request) -> Answer {
        let (problem, said, action) = (&self.problems[index], &request.said, request.action);
        let version = match request.sent {
            Sent::Right => Some(problem.version),
            Sent::Stale => Some(problem.version - 1),
            Sent::Missing => None,
        };
        // Either name of a problem will do.
        let name = if said.rating {
            problem.number.clone()
        } else {
            problem.id.to_string()
        };
        let path = format!("/problems/{name}/{}", action.path());
        let body = said.body(action, problem, &self.problems[self.first..]);
        help::call(&self.world, &request.who, &path, version, body).await
    }

    async fn expect_done(&mut self, index: usize, request: &Request, next: Expected, context: &str) {
        let (who, action, before) = (&request.who, request.action, self.problems[index].state);
        let answer = self.send(index, request).await;
        let asks = asked_by(action).is_some();
        assert_eq!(
            answer.status,
            if asks { 201 } else { 200 },
            "{}: {context}",
            answer.json()
        );
        let row = transition(action).expect("a row");
        assert!(row.from.contains(&before) && row.to.contains(&next.state), "{context}");
        // Asking answers the request, which is new.
        assert_eq!(
            answer.json()["version"],
            if asks { 1 } else { next.version },
            "{context}"
        );
        self.problems[index] = next;
        if action == Action::Merge {
            let target = self.first + request.said.target;
            self.problems[target].version += 1;
            self.look(target, context).await;
        }
        *self.done.entry(action).or_default() += 1;
        self.look(index, context).await;
        let allowed = self.problems[index].allowed(who);
        let listed = answer.json();
        let listed: Vec<&str> = listed["allowed_actions"]
            .as_array()
            .expect("actions")
            .iter()
            .filter_map(|one| one["action"].as_str())
            .collect();
        if who.sees(&self.problems[index]) && !asks {
            assert_eq!(listed, allowed, "what {} may do next: {context}", who.name);
        }
    }

    async fn expect_refused(&mut self, index: usize, request: &Request, refusal: Refusal, context: &str) {
        let (before, counted) = (self.read(index).await, invariants::fingerprint(&self.world).await);
        let answer = self.send(index, request).await;
        let body = answer.json();
        assert_eq!(
            (answer.status, body["code"].as_str()),
            (refusal.0, Some(refusal.1)),
            "{body}: {context}"
        );
        assert_eq!(self.read(index).await, before, "a refusal changes nothing: {context}");
        assert_eq!(
            invariants::fingerprint(&self.world).await,
            counted,
            "a refusal writes nothing: {context}"
        );
        self.problems[index].agree(&before, context);
    }

    async fn read(&self, index: usize) -> Value {
        let path = format!("/problems/{}", self.problems[index].id);
        self.world
            .get(&path)
            .header("Authorization", &help::called(&self.people, "dispatcher").token)
            .send()
            .await
            .expect(200)
    }

    /// Looks whether a problem stands as the model says, in the answer and in the rows.
    async fn look(&self, index: usize, context: &str) {
        let problem = &self.problems[index];
        problem.agree(&self.read(index).await, context);
        assert!(self.waits_for_somebody(index), "nothing waits for nobody: {context}");
        invariants::hold(&self.world, Some(problem.id), context).await;
        invariants::add_up(&self.world, problem, context).await;
    }
}
