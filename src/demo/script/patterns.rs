//! The sentence patterns of the demo, one file per audience under `texts/`.
//!
//! A file has a section per category (`== E01 …`) and in it a block per pattern. The head of a block says how the
//! problem ends at the visit: `-- answered`, `-- coordinated`, `-- follow_up LEAD + SUPPORTING …`, `-- typical STUDY`.
//! Its lines are 原话 (the reporter's words), 摘要 (the officer's summary), 原因 (causes), 答复 and 依据 (answer and
//! policy) and 商定 ORG (what each organisation agreed). Organisations are slugs of `organisations.rs`.
//! In a text `{a|b}` is a choice, `{3..9}` and `{300..900/50}` are numbers, `{word=…}` also names what was drawn, and
//! `{word}` repeats it; the speaker's context gives further names, such as `{village}`.

/// How a problem of this pattern ends at its visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    Answered,
    Coordinated,
    FollowUp,
    Typical,
}

/// One way to say one kind of thing.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) category: &'static str,
    /// The category's name.
    pub(super) label: &'static str,
    pub(super) ending: Ending,
    /// The lead organisation, or the one that studies; then the supporting ones.
    pub(super) organisations: Vec<&'static str>,
    pub(super) causes: Vec<&'static str>,
    pub(super) statement: &'static str,
    pub(super) summary: &'static str,
    pub(super) answer: &'static str,
    pub(super) policy: &'static str,
    pub(super) agreed: Vec<(&'static str, &'static str)>,
}

pub(super) const FILES: [&str; 3] = [
    include_str!("texts/enterprise.txt"),
    include_str!("texts/masses.txt"),
    include_str!("texts/grassroots.txt"),
];

/// All patterns, and the lines that were not understood (none, as a test shows).
pub(super) fn read() -> (Vec<Pattern>, Vec<&'static str>) {
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut not_understood = Vec::new();
    let mut section = ("", "");
    for line in FILES.iter().flat_map(|file| file.lines()) {
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if let Some(named) = line.strip_prefix("== ").and_then(|heading| heading.split_once(' ')) {
            section = named;
        } else if let Some(pattern) = line.strip_prefix("-- ").and_then(|head| begin(section, head)) {
            patterns.push(pattern);
        } else if patterns
            .last_mut()
            .and_then(|pattern| continue_with(pattern, line))
            .is_none()
        {
            not_understood.push(line);
        }
    }
    (patterns, not_understood)
}

fn begin((category, label): (&'static str, &'static str), head: &'static str) -> Option<Pattern> {
    let (ending, organisations) = head.split_once(' ').unwrap_or((head, ""));
    let ending = match ending {
        "answered" => Ending::Answered,
        "coordinated" => Ending::Coordinated,
        "follow_up" => Ending::FollowUp,
        "typical" => Ending::Typical,
        _ => return None,
    };
    Some(Pattern {
        category,
        label,
        ending,
        organisations: organisations.split(" + ").filter(|slug| !slug.is_empty()).collect(),
        causes: Vec::new(),
        statement: "",
        summary: "",
        answer: "",
        policy: "",
        agreed: Vec::new(),
    })
}

fn continue_with(pattern: &mut Pattern, line: &'static str) -> Option<()> {
    let (label, text) = line.split_once(": ")?;
    match label {
        "原话" => pattern.statement = text,
        "摘要" => pattern.summary = text,
        "原因" => pattern.causes = text.split(", ").collect(),
        "答复" => pattern.answer = text,
        "依据" => pattern.policy = text,
        _ => pattern.agreed.push((label.strip_prefix("商定 ")?, text)),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_line_is_understood_and_every_pattern_complete() {
        let (patterns, not_understood) = read();
        assert_eq!(not_understood, [""; 0]);
        for pattern in &patterns {
            assert!(
                !pattern.statement.is_empty() && !pattern.summary.is_empty(),
                "{pattern:?}"
            );
            assert_eq!(
                pattern.ending == Ending::Answered,
                !pattern.answer.is_empty() && !pattern.policy.is_empty()
            );
            assert_eq!(
                pattern.ending == Ending::Coordinated,
                pattern.agreed.len() >= 2,
                "{pattern:?}"
            );
            let carried = matches!(pattern.ending, Ending::FollowUp | Ending::Typical);
            assert_eq!(carried, !pattern.organisations.is_empty(), "{pattern:?}");
            assert!(pattern.causes.is_empty() || pattern.category == "E01", "{pattern:?}");
        }
    }

    #[test]
    fn every_category_has_six_patterns_and_every_ending() {
        let mut endings: BTreeMap<&str, Vec<Ending>> = BTreeMap::new();
        for pattern in read().0 {
            endings.entry(pattern.category).or_default().push(pattern.ending);
        }
        assert_eq!(endings.len(), 19);
        for (category, found) in endings {
            assert!(found.len() >= 6, "{category} has {}", found.len());
            for ending in [Ending::Answered, Ending::Coordinated, Ending::FollowUp, Ending::Typical] {
                assert!(found.contains(&ending), "{category} lacks {ending:?}");
            }
        }
    }
}
