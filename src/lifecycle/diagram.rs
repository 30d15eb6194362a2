//! The table as a diagram: the README's is printed from here, and a test holds the two together.

use std::fmt::Write as _;

use super::workflow::{Action, TRANSITIONS, Transition};
use crate::problems::domain::State;

/// Where recording leads to: in a visit, and without one.
const BEGINNINGS: [(State, &str); 2] = [(State::Recorded, "record in a visit"), (State::Open, "record")];

/// A Mermaid `stateDiagram-v2` with an arrow for each pair of states that some action joins, and its actions on it.
pub fn mermaid() -> String {
    let mut text = "stateDiagram-v2\n".to_owned();
    for (state, how) in BEGINNINGS {
        let _ = writeln!(text, "    [*] --> {state}: {how}");
    }
    for from in State::ALL {
        for to in State::ALL {
            let actions: Vec<&str> = TRANSITIONS
                .iter()
                .filter(|row| joins(row, *from, *to))
                .map(|row| row.action.as_str())
                .collect();
            if !actions.is_empty() {
                let _ = writeln!(text, "    {from} --> {to}: {}", actions.join(", "));
            }
        }
        if from.has_ended() && TRANSITIONS.iter().any(|row| row.to.contains(from)) {
            let _ = writeln!(text, "    {from} --> [*]");
        }
    }
    text
}

/// Whether a row leads from one state to another. Handing over leaves a problem in whatever state it is.
fn joins(row: &Transition, from: State, to: State) -> bool {
    let leads = row.from.contains(&from) && row.to.contains(&to);
    leads && (row.action != Action::HandOver || from == to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_on_an_arrow_out_of_each_of_its_states() {
        let diagram = mermaid();
        for row in TRANSITIONS {
            for from in row.from {
                let arrow = format!("    {from} --> ");
                let mut arrows = diagram.lines().filter(|line| line.starts_with(&arrow));
                let named = |line: &str| {
                    line.split(": ")
                        .nth(1)
                        .is_some_and(|actions| actions.split(", ").any(|action| action == row.action.as_str()))
                };
                assert!(arrows.any(named), "{from} {}", row.action);
            }
        }
        assert!(!diagram.contains("accepted --> studying"), "handing over moves nothing");
    }
}
