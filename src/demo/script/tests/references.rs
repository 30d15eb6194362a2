//! Everything that is named exists, and the demo accounts share one story.

use super::*;

fn keys_of<T>(rows: &[T], key: impl Fn(&T) -> &str) -> BTreeSet<String> {
    let keys: BTreeSet<String> = rows.iter().map(|row| key(row).to_owned()).collect();
    assert_eq!(keys.len(), rows.len(), "a key stands twice");
    keys
}

fn all_known<K: AsRef<str> + Debug>(known: &BTreeSet<String>, named: impl IntoIterator<Item = K>) {
    for key in named {
        assert!(known.contains(key.as_ref()), "{key:?} does not exist");
    }
}

/// Kind and key of whatever `@kind/key` a path or a body names.
fn named_in(text: &str) -> Vec<String> {
    let named = text.split('@').skip(1);
    named
        .map(|rest| {
            let mut words = rest.split(['/', '"']);
            format!("{}/{}", words.next().unwrap(), words.next().unwrap())
        })
        .collect()
}

#[test]
fn every_key_that_is_named_exists() {
    for script in SEEDS.map(Script::speech) {
        let organisations = keys_of(&script.organisations, |row| &row.key);
        let people = keys_of(&script.people, |row| &row.key);
        let objects = keys_of(&script.objects, |row| &row.key);
        let reporters = keys_of(&script.reporters, |row| &row.key);
        let visits = keys_of(&script.visits, |row| &row.key);
        let problems = keys_of(&script.problems, |row| &row.key);
        keys_of(&script.organisations, |row| &row.name);
        all_known(
            &organisations,
            script.organisations.iter().filter_map(|row| row.parent.as_ref()),
        );
        all_known(&organisations, referred(&script.problems));
        all_known(&organisations, script.competences.iter().map(|row| &row.organisation));
        all_known(
            &organisations,
            script.people.iter().filter_map(|row| row.organisation.as_ref()),
        );
        all_known(&organisations, script.memberships.iter().map(|row| &row.organisation));
        all_known(&organisations, script.visits.iter().map(|row| &row.organisation));
        all_known(&organisations, script.clients.iter().map(|row| &row.organisation));
        all_known(&people, script.memberships.iter().map(|row| &row.person));
        all_known(&people, script.delegations.iter().flat_map(|row| [&row.from, &row.to]));
        all_known(&people, script.accounts.iter().map(|row| &row.person));
        all_known(
            &people,
            script
                .authorisations
                .iter()
                .flat_map(|row| [&row.person, &row.granted_by]),
        );
        all_known(&people, script.reporters.iter().filter_map(|row| row.person.as_ref()));
        let of_visits = |row: &Visit| [row.leader.clone(), row.entered_by.clone()];
        all_known(&people, script.visits.iter().flat_map(of_visits));
        all_known(
            &people,
            script
                .visits
                .iter()
                .flat_map(|row| row.members.iter().map(|member| &member.person)),
        );
        all_known(
            &people,
            script
                .problems
                .iter()
                .filter_map(|row| row.opened.as_ref().map(|(_, by)| by)),
        );
        all_known(&objects, script.visits.iter().flat_map(|row| &row.objects));
        all_known(&objects, script.problems.iter().filter_map(|row| row.object.as_ref()));
        all_known(&objects, script.authorisations.iter().map(|row| &row.enterprise));
        all_known(&objects, script.reporters.iter().filter_map(|row| row.object.as_ref()));
        all_known(&reporters, script.problems.iter().map(|row| &row.reporter));
        all_known(&visits, script.problems.iter().filter_map(|row| row.visit.as_ref()));
        all_known(&problems, script.fixtures.problems.values());
        all_known(&problems, script.fixtures.shows.values());
        all_known(&problems, script.fixtures.assignments.values());
        all_known(&problems, [&script.fixtures.receipt]);
        let planned = script
            .problems
            .iter()
            .flat_map(|row| &row.acts)
            .filter_map(|act| match &act.deed {
                Deed::Plan(key) => Some(key.clone()),
                _ => None,
            });
        all_known(&planned.collect(), script.fixtures.plans.values());
        let assigned = script.problems.iter().filter(|row| row.layer == Layer::County);
        let assigners = assigned.filter_map(|row| row.assignment.as_ref()?.by.as_ref());
        all_known(&people, assigners);
        let kinds = [
            ("people", &people),
            ("orgs", &organisations),
            ("objects", &objects),
            ("visits", &visits),
            ("problems", &problems),
        ];
        let of_kind = |(kind, keys): &(&str, &BTreeSet<String>)| -> Vec<String> {
            keys.iter().map(|key| format!("{kind}/{key}")).collect()
        };
        let mut ids: BTreeSet<String> = kinds.iter().flat_map(of_kind).collect();
        for act in script.problems.iter().flat_map(|row| &row.acts) {
            if let Doer::Person(person) = &act.by {
                all_known(&people, [person]);
            }
            all_known(&ids, named_in(&act.said.to_string()));
        }
        // What a request makes is known to those after it.
        for request in &script.requests {
            let by = match &request.by {
                Doer::Person(person) => format!("people/{person}"),
                Doer::Receipt(problem) => format!("problems/{problem}"),
            };
            all_known(&ids, [by]);
            all_known(&ids, named_in(request.path));
            all_known(&ids, named_in(&request.said.to_string()));
            let made = request.makes.map(str::to_owned);
            assert!(made.is_none_or(|made| ids.insert(made)), "a key stands twice");
        }
        all_known(&ids, script.fixtures.further.values());
        all_known(&visits, script.fixtures.visits.values());
        for problem in &script.problems {
            match &problem.recorded_by {
                Recorder::Person(person) => all_known(&people, [person]),
                Recorder::Client(client) => assert_eq!(*client, script.clients[0].client_id),
            }
        }
    }
}

#[test]
fn parents_stand_before_their_children() {
    let script = Script::speech(SPEECH_SEED);
    let mut known = BTreeSet::new();
    for organisation in &script.organisations {
        assert!(
            organisation.parent.as_ref().is_none_or(|parent| known.contains(parent)),
            "{organisation:?}"
        );
        known.insert(&organisation.key);
    }
    let slugs: Vec<&str> = script.campaigns.iter().map(|campaign| campaign.slug).collect();
    assert_eq!(slugs, ["2019-study", "2019", "2019-county"]);
}

#[test]
fn the_demo_accounts_share_one_story() {
    for script in SEEDS.map(Script::speech) {
        let led: Vec<&Visit> = visits_of_the_speech(&script)
            .filter(|visit| visit.leader == "leader")
            .collect();
        assert!(led.iter().any(|visit| visit.division == "330782"));
        assert!(led.iter().all(|visit| visit.members[0].person == "officer"));
        let bureau = organisations::key("330782", "human_resources");
        let for_handler = |problem: &&Problem| {
            problem
                .assignment
                .as_ref()
                .is_some_and(|assignment| assignment.organisation == bureau)
        };
        assert!(of_the_speech(&script).any(|problem| for_handler(&problem)));
        let assigned = &script.fixtures.problems["assigned"];
        assert!(
            script
                .problems
                .iter()
                .filter(for_handler)
                .any(|problem| problem.key == *assigned)
        );
        let own = &script.authorisations[0].enterprise;
        let reporter = script
            .reporters
            .iter()
            .find(|reporter| reporter.key == reporter_of(own))
            .unwrap();
        assert_eq!(reporter.person.as_deref(), Some("reporter"));
        assert!(
            script
                .delegations
                .iter()
                .any(|row| row.from == "leader" && row.to == "secretary")
        );
    }
}
