//! The table as a diagram: the README's is printed from here, and a test holds the two together.

use std::fmt::Write as _;

use super::workflow::asking::{RULES, asked_by};
use super::workflow::{Action, TRANSITIONS, Transition};
use crate::problems::domain::State;

/// Where recording leads to: in a visit, and without one.
const BEGINNINGS: [(State, &str); 2] = [(State::Recorded, "record in a visit"), (State::Open, "record")];

/// A row with more states than this to begin in stands below the diagram, where its arrows would hide the others.
const ARROWS: usize = 4;

/// The whole table in Markdown: a Mermaid `stateDiagram-v2`, and a list of what may be done almost anywhere.
pub fn markdown() -> String {
    let mut text = "```mermaid\nstateDiagram-v2\n".to_owned();
    for (state, how) in BEGINNINGS {
        let _ = writeln!(text, "    [*] --> {state}: {how}");
    }
    for from in State::ALL {
        for to in State::ALL {
            let actions = actions(*from, *to);
            if !actions.is_empty() {
                let _ = writeln!(text, "    {from} --> {to}: {}", actions.join(", "));
            }
        }
        if from.has_ended() && State::ALL.iter().any(|before| !actions(*before, *from).is_empty()) {
            let _ = writeln!(text, "    {from} --> [*]");
        }
    }
    text.push_str("```\n\nAnd from many states:\n\n");
    for row in TRANSITIONS.iter().filter(|row| !is_drawn(row)) {
        let _ = writeln!(text, "- `{}`: {} → {}", row.action, names(row.from), where_to(row));
    }
    text
}

/// What leads by an arrow of the diagram from one state to another: actions, and decisions about what was asked.
fn actions(from: State, to: State) -> Vec<String> {
    let leads = |row: &&Transition| is_drawn(row) && row.from.contains(&from) && row.to.contains(&to);
    let acts = TRANSITIONS.iter().filter(leads).map(|row| row.action.to_string());
    acts.chain(decisions(from, to)).collect()
}

/// The decisions that lead from one state to another, as `hold granted`.
pub fn decisions(from: State, to: State) -> Vec<String> {
    let decided = RULES.iter().filter(|rule| rule.decided_in().contains(&from));
    let named = decided.flat_map(|rule| {
        let granted = rule.granted.contains(&to).then(|| format!("{} granted", rule.kind));
        let refused = rule.refused.contains(&to).then(|| format!("{} refused", rule.kind));
        granted.into_iter().chain(refused)
    });
    named.collect()
}

/// Whether a row has arrows: what may be done almost anywhere, or moves nothing, stands below the diagram.
fn is_drawn(row: &Transition) -> bool {
    row.from.len() <= ARROWS && !stays(row)
}

/// Handing over and urging leave a problem in whatever state it is, and so does asking for what it need not wait for.
fn stays(row: &Transition) -> bool {
    matches!(row.action, Action::HandOver | Action::Urge)
        || asked_by(row.action).is_some_and(|rule| rule.meanwhile.is_none())
}

fn where_to(row: &Transition) -> String {
    if stays(row) {
        return "the same state".to_owned();
    }
    names(row.to)
}

fn names(states: &[State]) -> String {
    let names: Vec<String> = states.iter().map(|state| format!("`{state}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_shown_for_each_of_its_states() {
        let text = markdown();
        for row in TRANSITIONS {
            let action = row.action.as_str();
            for from in row.from {
                let on_an_arrow = text.lines().any(|line| {
                    let actions = line
                        .strip_prefix(&format!("    {from} --> "))
                        .and_then(|rest| rest.split(": ").nth(1));
                    actions.is_some_and(|actions| actions.split(", ").any(|named| named == action))
                });
                let in_the_list = text
                    .lines()
                    .filter_map(|line| line.strip_prefix(&format!("- `{action}`: ")))
                    .any(|rest| rest.contains(&format!("`{from}`")));
                assert!(on_an_arrow || in_the_list, "{from} {action}");
            }
        }
    }

    #[test]
    fn handing_over_moves_nothing() {
        assert!(
            markdown()
                .lines()
                .any(|line| line.starts_with("- `hand_over`") && line.ends_with("the same state"))
        );
    }
}
