//! The table as a diagram: the README's is printed from here, and a test holds the two together.

use std::fmt::Write as _;

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
    for row in TRANSITIONS.iter().filter(|row| row.from.len() > ARROWS) {
        let _ = writeln!(text, "- `{}`: {} → {}", row.action, names(row.from), where_to(row));
    }
    text
}

/// What leads by an arrow of the diagram from one state to another.
fn actions(from: State, to: State) -> Vec<&'static str> {
    let leads = |row: &&Transition| row.from.contains(&from) && row.to.contains(&to) && row.from.len() <= ARROWS;
    TRANSITIONS
        .iter()
        .filter(leads)
        .map(|row| row.action.as_str())
        .collect()
}

/// Handing over and urging leave a problem in whatever state it is.
fn where_to(row: &Transition) -> String {
    if matches!(row.action, Action::HandOver | Action::Urge) {
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
