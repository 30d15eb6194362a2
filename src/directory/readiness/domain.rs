//! From who is there to what can be decided: pure.

use crate::auth::policy::Role;
use crate::text_enum;

text_enum! {
    /// What somebody must decide.
    pub enum Decision {
        Assign = "assign" / "交办、公开认领" / "opening and assigning problems",
        RuleReturn = "rule_return" / "裁定退回" / "ruling on returns",
        Escalate = "escalate" / "提级" / "escalation",
        Decline = "decline" / "不予办理" / "declining",
        Hold = "hold" / "挂起" / "putting on hold",
        Appeal = "appeal" / "申诉" / "appeals",
        LookBack = "look_back" / "回头看" / "look-backs",
    }
}

text_enum! {
    /// Who decides it as things are.
    pub enum DecidedBy {
        SameLevel = "same_level" / "由本级督查代为决定" / "a supervisor of the same division",
        Outside = "outside" / "只能在系统外决定后录入" / "outside, and entered afterwards",
    }
}

/// How many hold a role, seen from a division.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// Dispatchers of the division itself.
    pub dispatchers_here: i64,
    /// Dispatchers of divisions above it.
    pub dispatchers_above: i64,
    /// Supervisors of the division itself.
    pub supervisors_here: i64,
    /// Supervisors of divisions above it.
    pub supervisors_above: i64,
}

/// Every decision with the role that makes it.
const DECISIONS: &[(Decision, Role)] = &[
    (Decision::Assign, Role::Dispatcher),
    (Decision::RuleReturn, Role::Dispatcher),
    (Decision::Escalate, Role::Dispatcher),
    (Decision::Decline, Role::Dispatcher),
    (Decision::Hold, Role::Supervisor),
    (Decision::Appeal, Role::Supervisor),
    (Decision::LookBack, Role::Supervisor),
];

/// What does not go its usual way: the decision, the role that is missing, and who decides instead.
pub fn gaps(holders: Holders) -> Vec<(Decision, Role, DecidedBy)> {
    let dispatchers = holders.dispatchers_here + holders.dispatchers_above;
    let supervisors = holders.supervisors_here + holders.supervisors_above;
    let gap = |&(decision, role): &(Decision, Role)| {
        let usual = match decision {
            Decision::Assign => dispatchers > 0,
            // A dispatcher's or a supervisor's.
            Decision::RuleReturn => dispatchers + supervisors > 0,
            Decision::Escalate | Decision::Decline => holders.dispatchers_above > 0,
            Decision::Hold => holders.supervisors_above > 0,
            Decision::Appeal | Decision::LookBack => supervisors > 0,
        };
        let one_level_up = matches!(decision, Decision::Escalate | Decision::Decline | Decision::Hold);
        let decided_by = if one_level_up && holders.supervisors_here > 0 {
            DecidedBy::SameLevel
        } else {
            DecidedBy::Outside
        };
        (!usual).then_some((decision, role, decided_by))
    };
    DECISIONS.iter().filter_map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::{DecidedBy, Decision, Holders, gaps};

    #[test]
    fn with_everyone_above_nothing_is_missing() {
        let holders = Holders {
            dispatchers_above: 1,
            supervisors_above: 1,
            ..Holders::default()
        };
        assert_eq!(gaps(holders), []);
    }

    #[test]
    fn the_top_decides_by_its_own_supervisor() {
        let holders = Holders {
            dispatchers_here: 1,
            supervisors_here: 1,
            ..Holders::default()
        };
        let decided: Vec<_> = gaps(holders)
            .into_iter()
            .map(|(decision, _, by)| (decision, by))
            .collect();
        assert_eq!(
            decided,
            [
                (Decision::Escalate, DecidedBy::SameLevel),
                (Decision::Decline, DecidedBy::SameLevel),
                (Decision::Hold, DecidedBy::SameLevel),
            ]
        );
    }

    #[test]
    fn with_nobody_everything_is_decided_outside() {
        let all = gaps(Holders::default());
        assert_eq!(all.len(), 7);
        assert!(all.iter().all(|(_, _, by)| *by == DecidedBy::Outside));
    }
}
