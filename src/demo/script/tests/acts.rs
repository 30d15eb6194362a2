//! Who acts, when, and with what each disposition must carry.

use super::*;

#[test]
fn s02_leaders_of_the_four_bodies_lead_and_nobody_is_in_two_places() {
    for script in SEEDS.map(Script::speech) {
        let bodies = count_by(visits_of_the_speech(&script), |visit| visit.leading_body);
        assert_eq!(bodies.len(), 4);
        let mut leaders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut taken: HashMap<&str, Vec<_>> = HashMap::new();
        for visit in &script.visits {
            let from = visit.started_at.unwrap_or(visit.planned_at);
            let to = visit.ended_at.unwrap_or(from + chrono::TimeDelta::hours(2));
            let members = visit.members.iter().map(|member| member.person.as_str());
            for person in members.chain([visit.leader.as_str()]) {
                let busy = taken.entry(person).or_default();
                assert!(
                    busy.iter().all(|(start, end)| to <= *start || from >= *end),
                    "{person} at {from}"
                );
                busy.push((from, to));
            }
            if visit.layer == Layer::Speech {
                leaders.entry(visit.leading_body).or_default().insert(&visit.leader);
            }
        }
        assert!(leaders.values().all(|leaders| leaders.len() >= 3));
    }
}

#[test]
fn what_is_done_at_a_visit_is_done_before_it_ends() {
    for script in SEEDS.map(Script::speech) {
        let visits: HashMap<&str, &Visit> = script.visits.iter().map(|visit| (visit.key.as_str(), visit)).collect();
        for problem in &script.problems {
            assert!(problem.observed_at <= problem.recorded_at && problem.recorded_at < script.clock_starts_at);
            let Some(visit) = problem.visit.as_ref().map(|visit| visits[visit.as_str()]) else {
                continue;
            };
            assert!(visit.started_at.unwrap() < problem.observed_at);
            let end = visit.ended_at.unwrap_or(script.clock_starts_at);
            if let Some(disposition) = &problem.disposition {
                assert!(problem.recorded_at < disposition.at && disposition.at < end);
                let allowed = disposition.by == visit.leader || visit.members[0].person == disposition.by;
                assert!(allowed && (class_of(problem) != "typical" || disposition.by == visit.leader));
            }
            assert!(visit.state != "completed" || problem.disposition.is_some());
            assert!(visit.members[0].attended, "the officer who records is there");
            assert!(
                problem
                    .object
                    .as_ref()
                    .is_none_or(|object| visit.objects.contains(object))
            );
        }
    }
}

#[test]
fn s07_due_dates_are_working_days_and_never_later_than_the_rule() {
    for script in SEEDS.map(Script::speech) {
        for problem in &script.problems {
            let recorded = (problem.recorded_at + chrono::TimeDelta::hours(8)).date_naive();
            let how = problem.disposition.as_ref().map(|disposition| &disposition.how);
            let due = match how {
                Some(Disposal::FollowUp { due_on, .. } | Disposal::Typical { due_on, .. }) => Some(*due_on),
                _ => problem.assignment.as_ref().map(|assignment| assignment.due_on),
            };
            let Some(due) = due else { continue };
            assert!(time::is_working_day(due) && due > recorded);
            assert!(
                due <= time::working_day_after(recorded, allowed_days(problem)),
                "{problem:?}"
            );
        }
    }
}

#[test]
fn s06_s40_s41_s08_each_class_carries_what_it_must() {
    for script in SEEDS.map(Script::speech) {
        let kinds: HashMap<&str, &Organisation> = script
            .organisations
            .iter()
            .map(|organisation| (organisation.key.as_str(), organisation))
            .collect();
        for problem in of_the_speech(&script) {
            match &problem.disposition.as_ref().unwrap().how {
                Disposal::Answered { text, policy_ref } => assert!(!text.is_empty() && !policy_ref.is_empty()),
                Disposal::Coordinated { text, agreed } => {
                    let organisations: BTreeSet<&str> = agreed.iter().map(|(key, _)| key.as_str()).collect();
                    assert!(organisations.len() >= 2 && !text.is_empty());
                    assert!(agreed.iter().all(|(_, what)| !what.is_empty()));
                }
                Disposal::FollowUp { lead, supporting, .. } => assert!(!supporting.contains(lead)),
                Disposal::Typical { study, .. } => assert_eq!(kinds[study.as_str()].level, "province"),
            }
        }
    }
}
