//! From who is there to what can be decided: pure.

use crate::auth::policy::Role;
use crate::directory::one_level_up::domain::{Way, way};
use crate::directory::orgs::domain::OrgKind;
use crate::text_enum;

text_enum! {
    /// What somebody must decide.
    pub enum Decision {
        Assign = "assign" / "交办、公开认领" / "opening and assigning problems",
        RuleReturn = "rule_return" / "裁定退回" / "ruling on returns",
        Escalate = "escalate" / "提级" / "escalation",
        Extend = "extend" / "延期" / "later dates",
        Decline = "decline" / "不予办理" / "declining",
        Hold = "hold" / "挂起" / "putting on hold",
        Appeal = "appeal" / "申诉" / "appeals",
        LookBack = "look_back" / "回头看" / "look-backs",
        Route = "route" / "无主管单位问题的分流" / "finding somebody for what nobody is competent for",
    }
}

text_enum! {
    /// Who decides it as things are.
    pub enum DecidedBy {
        SameLevel = "same_level" / "由本级督查代为决定" / "a supervisor of the same division",
        DispatchersOrg = "dispatchers_org" / "由最近的交办员所在单位代为分流" / "the organisation of the nearest dispatcher",
        Outside = "outside" / "只能在系统外决定后录入" / "outside, and entered afterwards",
    }
}

/// What is missing where it would be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nobody holds this role.
    Role(Role),
    /// There is no organisation of this kind.
    Org(OrgKind),
}

/// How many hold a role, and whether there is a dispatch office, seen from a division.
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
    /// Whether the division, or one above it, has a dispatch office.
    pub has_dispatch_office: bool,
}

/// A decision as the rules have it.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// What is decided.
    pub decision: Decision,
    /// The roles that decide it; the first is the one that is said to be missing.
    pub roles: &'static [Role],
    /// Whether one level up.
    pub one_level_up: bool,
}

impl Holders {
    fn of(&self, roles: &[Role]) -> (i64, i64) {
        let count = |role, here, above| if roles.contains(&role) { (here, above) } else { (0, 0) };
        let dispatchers = count(Role::Dispatcher, self.dispatchers_here, self.dispatchers_above);
        let supervisors = count(Role::Supervisor, self.supervisors_here, self.supervisors_above);
        (dispatchers.0 + supervisors.0, dispatchers.1 + supervisors.1)
    }

    /// What nobody is competent for falls to the dispatch office; without one, to who dispatches.
    fn unrouted(&self) -> Option<(Decision, Missing, DecidedBy)> {
        let decided_by = match self.dispatchers_here + self.dispatchers_above {
            0 => DecidedBy::Outside,
            _ => DecidedBy::DispatchersOrg,
        };
        let gap = (Decision::Route, Missing::Org(OrgKind::DispatchOffice), decided_by);
        (!self.has_dispatch_office).then_some(gap)
    }
}

/// What does not go its usual way: the decision, what is missing, and who decides instead. The way is that of
/// `one_level_up`, which the decisions themselves ask.
pub fn gaps(holders: Holders, decisions: &[Decided]) -> Vec<(Decision, Missing, DecidedBy)> {
    let size = |count: i64| usize::try_from(count).unwrap_or(0);
    let gap = |decided: &Decided| {
        let (here, above) = holders.of(decided.roles);
        let decided_by = match way(
            decided.one_level_up,
            size(here),
            size(above),
            size(holders.supervisors_here),
        ) {
            Way::Usual => return None,
            Way::SameLevel => DecidedBy::SameLevel,
            Way::Outside => DecidedBy::Outside,
        };
        Some((decided.decision, Missing::Role(*decided.roles.first()?), decided_by))
    };
    decisions.iter().filter_map(gap).chain(holders.unrouted()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DecidedBy, Decision, Holders, gaps};
    use crate::directory::readiness::routes::decisions;

    #[test]
    fn with_everyone_above_nothing_is_missing() {
        let holders = Holders {
            dispatchers_above: 1,
            supervisors_above: 1,
            has_dispatch_office: true,
            ..Holders::default()
        };
        assert_eq!(gaps(holders, &decisions()), []);
    }

    #[test]
    fn the_top_decides_by_its_own_supervisor() {
        let holders = Holders {
            dispatchers_here: 1,
            supervisors_here: 1,
            has_dispatch_office: true,
            ..Holders::default()
        };
        let decided: Vec<_> = gaps(holders, &decisions())
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
        let all = gaps(Holders::default(), &decisions());
        assert_eq!(all.len(), 9);
        assert!(all.iter().all(|(_, _, by)| *by == DecidedBy::Outside));
    }
}
