//! What is said, and the names of those who say it.

use super::*;

#[test]
fn every_statement_is_its_own_and_every_text_is_whole() {
    for script in SEEDS.map(Script::speech) {
        let statements: BTreeSet<&str> = script
            .problems
            .iter()
            .map(|problem| problem.statement.as_str())
            .collect();
        assert_eq!(statements.len(), script.problems.len());
        for statement in &statements {
            let length = statement.chars().count();
            assert!((25..=120).contains(&length), "{length}: {statement}");
        }
        let everything = format!("{script:?}");
        // Braces of the Debug output stand beside a space, those of a slot that nobody filled beside its name.
        let slot = everything
            .as_bytes()
            .windows(2)
            .find(|pair| pair[0] == b'{' && pair[1] != b' ' && pair[1] != b'"');
        assert_eq!(slot, None);
        let seed = script.seed.to_string();
        let mut runs = everything.split(|c: char| !c.is_ascii_digit());
        assert!(
            runs.all(|run| run.len() < 17 || run == seed),
            "nothing looks like an identity-card number"
        );
    }
}

#[test]
fn visits_note_what_was_seen_and_heard() {
    let script = Script::speech(SPEECH_SEED);
    for visit in script.visits.iter().filter(|visit| visit.started_at.is_some()) {
        assert!(
            visit
                .observations
                .as_ref()
                .is_some_and(|text| text.chars().count() >= 30),
            "{visit:?}"
        );
        assert!(visit.heard.as_ref().is_some_and(|text| text.chars().count() >= 10));
        assert!(!visit.objects.is_empty());
    }
}

#[test]
fn names_are_invented() {
    for script in SEEDS.map(Script::speech) {
        let leaders = [
            "车俊",
            "袁家军",
            "葛慧君",
            "梁黎明",
            "郑栅洁",
            "冯飞",
            "任振鹤",
            "周江勇",
            "黄建发",
            "朱国贤",
        ];
        let names: BTreeSet<&str> = script.people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names.len(), script.people.len());
        assert!(leaders.iter().all(|leader| !names.contains(leader)));
        let enterprises = script
            .objects
            .iter()
            .filter(|object| object.key.starts_with("enterprise"));
        assert!(enterprises.clone().count() > 52);
        assert!(
            enterprises
                .clone()
                .all(|object| object.name.starts_with("浙江示例") && object.name.ends_with("有限公司"))
        );
        let phones: Vec<&str> = script
            .reporters
            .iter()
            .filter_map(|reporter| reporter.phone.as_deref())
            .collect();
        assert!(
            phones
                .iter()
                .all(|phone| phone.len() == 11 && phone.starts_with("1390000"))
        );
        let anonymity = count_by(script.reporters.iter(), |reporter| reporter.anonymity);
        assert!(
            anonymity["named"] * 10 > script.reporters.len() * 8 && anonymity.len() == 3,
            "{anonymity:?}"
        );
    }
}

#[test]
fn credit_codes_are_unique_and_carry_their_county() {
    let script = Script::speech(SPEECH_SEED);
    let mut seen = BTreeSet::new();
    for object in &script.objects {
        if let ObjectDetail::Enterprise { uscc, .. } = &object.detail {
            assert!(
                uscc.len() == 18 && object.division.starts_with(uscc.get(2..8).unwrap()),
                "{uscc}"
            );
            assert!(seen.insert(uscc));
        }
    }
}
