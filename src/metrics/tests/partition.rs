//! Random problems and visits under random filters, against counting them one by one.

use std::collections::BTreeSet;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::arrange::{Problem, Visit, categories, day, problem, problems, visit, visits};
use crate::directory::words::{Audience, LeadingBody};
use crate::on_both;

const DISPOSITIONS: [Option<&str>; 4] = [None, Some("resolved_on_site"), Some("follow_up"), Some("typical")];
/// Two counties, a town of the one, a county that is gone, a city and the province.
const DIVISIONS: [&str; 6] = ["330782", "330782001", "330521", "330104", "330700", "330000"];
/// Caller, the `division` asked for, and the divisions above that lie in it.
const SCOPES: [(&str, &str, &[&str]); 5] = [
    ("province-leader", "", &DIVISIONS),
    ("province-leader", "330700", &["330782", "330782001", "330700"]),
    ("supervisor", "", &["330782", "330782001"]),
    ("officer", "330782001", &["330782001"]),
    ("deqing-leader", "", &["330521"]),
];
const GROUPINGS: [&str; 7] = [
    "",
    "audience",
    "leading_body",
    "category",
    "disposition",
    "division",
    "level",
];

#[derive(Clone, Debug)]
struct Question {
    scope: usize,
    audience: Vec<Audience>,
    category: Vec<&'static str>,
    leading_body: Vec<LeadingBody>,
    disposition: Vec<Option<&'static str>>,
    as_of: u32,
    group_by: &'static str,
}

fn a_problem() -> impl Strategy<Value = Problem> {
    let body = proptest::option::of(select(LeadingBody::ALL));
    let parts = (
        1_u32..=14,
        select(&DIVISIONS[..]),
        select(categories()),
        body,
        select(&DISPOSITIONS[..]),
    );
    parts.prop_map(
        |(date, division, (category, audience), leading_body, disposition)| Problem {
            audience,
            category,
            leading_body,
            ..problem(&format!("2019-01-{date:02}"), division, disposition)
        },
    )
}

fn a_visit() -> impl Strategy<Value = Visit> {
    let parts = (
        1_u32..=14,
        select(&DIVISIONS[..]),
        select(LeadingBody::ALL),
        select(vec!["office", "field"]),
    );
    parts.prop_map(|(date, division, leading_body, place_kind)| Visit {
        leading_body,
        place_kind,
        ..visit(&format!("2019-01-{date:02}"), division)
    })
}

fn a_question() -> impl Strategy<Value = Question> {
    let codes: Vec<&'static str> = categories().into_iter().map(|(code, _)| code).collect();
    let filters = (
        subsequence(Audience::ALL, 0..=2),
        prop_oneof![Just(Vec::new()), subsequence(codes, 1..=12)],
        subsequence(LeadingBody::ALL, 0..=3),
        subsequence(&DISPOSITIONS[..], 0..=3),
    );
    (0..SCOPES.len(), filters, 1_u32..=14, select(&GROUPINGS[..])).prop_map(|(scope, filters, as_of, group_by)| {
        let (audience, category, leading_body, disposition) = filters;
        Question {
            scope,
            audience,
            category,
            leading_body,
            disposition,
            as_of,
            group_by,
        }
    })
}

impl Question {
    fn query(&self) -> String {
        let mut query = format!("as_of=2019-01-{:02}", self.as_of);
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={value}"));
            }
        };
        add("division", SCOPES[self.scope].1);
        self.audience
            .iter()
            .for_each(|audience| add("audience", audience.as_str()));
        self.category.iter().for_each(|code| add("category", code));
        self.leading_body
            .iter()
            .for_each(|body| add("leading_body", body.as_str()));
        self.disposition
            .iter()
            .for_each(|part| add("disposition", part.unwrap_or("undisposed")));
        add("group_by", self.group_by);
        query
    }

    fn takes_problem(&self, one: &Problem) -> bool {
        let body = |body: &LeadingBody| one.leading_body == Some(*body);
        one.day <= day(&format!("2019-01-{:02}", self.as_of))
            && SCOPES[self.scope].2.contains(&one.division)
            && (self.audience.is_empty() || self.audience.contains(&one.audience))
            && (self.category.is_empty() || self.category.contains(&one.category))
            && (self.leading_body.is_empty() || self.leading_body.iter().any(body))
            && (self.disposition.is_empty() || self.disposition.contains(&one.disposition))
    }

    fn takes_visit(&self, one: &Visit) -> bool {
        one.day <= day(&format!("2019-01-{:02}", self.as_of))
            && SCOPES[self.scope].2.contains(&one.division)
            && (self.leading_body.is_empty() || self.leading_body.contains(&one.leading_body))
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).expect("a small number")
}

fn count(figures: &Value, part: &str) -> i64 {
    figures[part].as_i64().unwrap_or(-1)
}

/// What the answer must say, counted one by one.
fn check(question: &Question, all: &[Problem], visited: &[Visit], answer: &Value) {
    let figures = &answer["problems"];
    let taken: Vec<&Problem> = all.iter().filter(|one| question.takes_problem(one)).collect();
    let of = |disposition| number(taken.iter().filter(|one| one.disposition == disposition).count());
    let parts = ["undisposed", "resolved_on_site", "follow_up", "typical"];
    for (part, disposition) in parts.iter().zip(DISPOSITIONS) {
        assert_eq!(count(figures, part), of(disposition), "{part} of {question:?}");
    }
    let sum: i64 = parts.iter().map(|part| count(figures, part)).sum();
    assert_eq!(count(figures, "total"), sum, "{question:?}");
    let groups = answer["groups"].as_array().expect("groups");
    if !question.group_by.is_empty() {
        let total: i64 = groups.iter().map(|group| count(&group["problems"], "total")).sum();
        assert_eq!(total, sum, "groups of {question:?}");
    }
    let seen: Vec<&Visit> = visited.iter().filter(|one| question.takes_visit(one)).collect();
    assert_eq!(count(answer, "visits"), number(seen.len()), "visits of {question:?}");
    let on_site = number(seen.iter().filter(|one| one.place_kind != "office").count());
    assert_eq!(count(&answer["on_site_share"], "numerator"), on_site);
    // The town lies in its county; the city and the province are no counties.
    let counties: BTreeSet<&str> = seen
        .iter()
        .filter_map(|one| one.division.get(..6))
        .filter(|code| !code.ends_with("00"))
        .collect();
    let expected: BTreeSet<&str> = if question.scope == 3 { BTreeSet::new() } else { counties };
    let codes: BTreeSet<&str> = answer["counties"]["codes"]
        .as_array()
        .expect("codes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(codes, expected, "counties of {question:?}");
}

on_both! {
    async fn s05_under_any_filter_the_parts_and_the_groups_sum_to_the_total_and_s86_only_the_scope_is_counted(world: World) {
        let mut runner = TestRunner::deterministic();
        let everything = (collection::vec(a_problem(), 150), collection::vec(a_visit(), 40));
        let (all, visited) = everything.new_tree(&mut runner).expect("a value").current();
        problems(&world, &all).await;
        visits(&world, &visited).await;
        for _ in 0..120 {
            let question = a_question().new_tree(&mut runner).expect("a value").current();
            let path = format!("/metrics/overview?{}", question.query());
            let answer = world.get(&path).by(SCOPES[question.scope].0).send().await.expect(200);
            check(&question, &all, &visited, &answer);
        }
    }
}
