//! The speech's figures and the states of its problems.

use super::*;
use chrono::NaiveTime;

#[test]
fn the_same_seed_gives_the_same_bytes() {
    insta::assert_snapshot!(digest(&Script::speech(SPEECH_SEED)), @"eb5d27c29dabc1626eb5498b6fabb8e5cd95c508bc3832aa7dfda8d391c59cb1");
    assert_ne!(digest(&Script::speech(1)), digest(&Script::speech(2)));
}

#[test]
fn s05_417_problems_are_76_and_204_and_137() {
    for script in SEEDS.map(Script::speech) {
        let classes = count_by(of_the_speech(&script), class_of);
        assert_eq!(
            classes,
            BTreeMap::from([("follow_up", 204), ("resolved_on_site", 76), ("typical", 137)])
        );
        assert!(of_the_speech(&script).all(|problem| problem.campaign == "2019"));
        let others = script.problems.iter().filter(|problem| problem.layer == Layer::County);
        assert!(others.clone().count() > 10 && others.clone().all(|problem| problem.campaign == "2019-county"));
    }
}

#[test]
fn s03_52_counties_are_visited_on_working_days_from_2_to_14_january() {
    for script in SEEDS.map(Script::speech) {
        let counties: BTreeSet<&str> = visits_of_the_speech(&script)
            .map(|visit| visit.division.as_str())
            .collect();
        assert_eq!(counties.len(), 52);
        assert!(counties.is_disjoint(&BTreeSet::from(["330103", "330104", "330113", "330114", "330383"])));
        let mut days = BTreeSet::new();
        for visit in visits_of_the_speech(&script) {
            let (started_at, ended_at) = (visit.started_at.unwrap(), visit.ended_at.unwrap());
            let beijing = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
            let (from, to) = (started_at.with_timezone(&beijing), ended_at.with_timezone(&beijing));
            assert_eq!(from.date_naive(), to.date_naive());
            assert!(from.time() >= NaiveTime::from_hms_opt(8, 30, 0).unwrap() && from < to);
            assert!(to.time() <= NaiveTime::from_hms_opt(17, 0, 0).unwrap() && ended_at < script.clock_starts_at);
            assert!(visit.entered_at <= visit.planned_at && visit.planned_at <= started_at);
            assert_eq!(visit.state, "completed");
            days.insert(from.date_naive());
        }
        assert_eq!(days.into_iter().collect::<Vec<_>>(), time::working_days_of_the_speech());
    }
}

#[test]
fn the_states_are_those_that_the_acts_reach() {
    for script in SEEDS.map(Script::speech) {
        // What acts made of a life is shown by loading it.
        for problem in script.problems.iter().filter(|problem| problem.acts.is_empty()) {
            let expected = match (class_of(problem), &problem.assignment, &problem.opened, &problem.visit) {
                ("resolved_on_site", ..) => "pending_confirmation",
                ("typical", ..) => "studying",
                (_, Some(_), ..) => "assigned",
                ("follow_up", None, ..) | (_, None, Some(_), _) | (_, None, None, None) => "open",
                _ => "recorded",
            };
            assert_eq!(problem.state, expected);
            let overdue = problem.assignment.is_none() && class_of(problem) == "follow_up";
            assert!(
                !overdue || problem.recorded_at.date_naive() == time::day(14),
                "noon has passed: {problem:?}"
            );
        }
        let reached: Vec<&str> = script.fixtures.problems.keys().copied().collect();
        assert_eq!(
            reached,
            [
                "accepted",
                "assigned",
                "awaiting_reporter",
                "closed",
                "declined",
                "escalated",
                "in_dispute",
                "in_progress",
                "merged",
                "on_hold",
                "open",
                "pending_confirmation",
                "recorded",
                "studying",
                "withdrawn"
            ]
        );
        let plans: Vec<&str> = script.fixtures.plans.keys().copied().collect();
        assert_eq!(
            plans,
            ["abandoned", "approved", "done", "draft", "executing", "submitted"]
        );
        let parts: Vec<&str> = script.fixtures.assignments.keys().copied().collect();
        assert_eq!(
            parts,
            ["accepted", "done", "pending", "refused", "superseded", "waived"]
        );
        let visits: Vec<&str> = script.fixtures.visits.keys().copied().collect();
        assert_eq!(visits, ["cancelled", "completed", "in_progress", "planned"]);
        assert_eq!(script.fixtures.accounts.len(), 11);
    }
}

#[test]
fn s15_s16_s17_every_category_occurs_in_a_plausible_proportion() {
    for script in SEEDS.map(Script::speech) {
        let categories = count_by(of_the_speech(&script), |problem| problem.category);
        let planned: BTreeMap<&str, usize> = speech::FIGURES
            .iter()
            .map(|(category, a, b, c)| (*category, a + b + c))
            .collect();
        assert_eq!(categories, planned);
        let audiences = count_by(of_the_speech(&script), |problem| problem.audience);
        assert_eq!(
            audiences,
            BTreeMap::from([("enterprise", 189), ("grassroots", 110), ("masses", 118)])
        );
        let urgencies = count_by(of_the_speech(&script), |problem| problem.urgency);
        assert!(urgencies["normal"] > 300 && urgencies["urgent"] > 30 && urgencies["critical"] > 5);
        let matters = count_by(of_the_speech(&script), |problem| problem.matter);
        assert_eq!(matters.len(), 3);
        let causes: BTreeSet<&str> = of_the_speech(&script)
            .flat_map(|problem| problem.causes.clone())
            .collect();
        assert_eq!(
            causes,
            BTreeSet::from(["credential_recognition", "industry_mismatch", "schooling"])
        );
        assert!(of_the_speech(&script).any(|problem| problem.causes.len() == 3), "S-53");
    }
}

#[test]
fn s04_s61_s62_every_manner_of_visiting_occurs() {
    let script = Script::speech(SPEECH_SEED);
    let modes = count_by(script.visits.iter(), |visit| visit.mode);
    assert_eq!(modes.len(), 6, "{modes:?}");
    assert!(
        script
            .visits
            .iter()
            .all(|visit| (visit.mode == "other") == visit.mode_note.is_some())
    );
    let places = count_by(script.visits.iter(), |visit| visit.place_kind);
    assert_eq!(places.len(), 7, "{places:?}");
    assert_eq!(count_by(script.visits.iter(), |visit| visit.origin).len(), 2);
    assert!(
        script
            .visits
            .iter()
            .any(|visit| visit.members.iter().any(|member| !member.attended)),
        "S-65"
    );
}

#[test]
fn nothing_was_entered_after_the_demo_begins() {
    let script = Script::speech(SPEECH_SEED);
    assert!(
        script
            .visits
            .iter()
            .all(|visit| visit.entered_at < script.clock_starts_at)
    );
    assert!(
        script
            .problems
            .iter()
            .all(|problem| problem.recorded_at < script.clock_starts_at)
    );
    let mut acts = script.problems.iter().flat_map(|problem| &problem.acts);
    assert!(acts.all(|act| act.at < script.clock_starts_at));
}

fn in_office_hours(at: chrono::DateTime<chrono::Utc>) -> bool {
    let local = at + chrono::TimeDelta::hours(8);
    let office = NaiveTime::from_hms_opt(8, 30, 0).unwrap()..NaiveTime::from_hms_opt(17, 0, 0).unwrap();
    time::is_working_day(local.date_naive()) && office.contains(&local.time())
}

#[test]
fn a_life_is_lived_forwards_in_working_hours() {
    for script in SEEDS.map(Script::speech) {
        let lives: Vec<&Problem> = script
            .problems
            .iter()
            .filter(|problem| !problem.acts.is_empty())
            .collect();
        assert!(lives.len() >= 12 && lives.iter().all(|problem| problem.campaign == "2019-county"));
        for problem in lives {
            assert!(problem.recorded_at < problem.acts[0].at, "{}", problem.key);
            assert!(
                problem.acts.is_sorted_by(|one, next| one.at < next.at),
                "{}",
                problem.key
            );
            for act in &problem.acts {
                assert!(in_office_hours(act.at), "{act:?}");
            }
        }
    }
}

#[test]
fn what_is_said_draws_nothing_and_is_said_in_working_hours() {
    let requests = Script::speech(SPEECH_SEED).requests;
    assert!(SEEDS.iter().all(|seed| Script::speech(*seed).requests == requests));
    for request in &requests {
        assert!(
            in_office_hours(request.at) && request.at < time::demo_starts_at(),
            "{request:?}"
        );
    }
}
