//! The rules of signing in: pure.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use super::caller::TokenMembership;
use super::policy::{self, RULES, Role, Rule};
use super::scope::Scope;
use super::token::ACCESS_SECONDS;
use crate::clock::Timestamp;
use crate::directory::words::Level;

/// Characters that a user name may have.
const USERNAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;
/// Failures in a row that cost nothing but themselves.
const FREE_FAILURES: i64 = 4;
/// The longest wait that failures earn, in seconds.
const LONGEST_WAIT_SECONDS: i64 = 15 * 60;

/// A user name: Unicode's form NFKC in lower case, 2 to 64 characters without spaces and control characters. So `Ｌｉ`
/// and `li` are one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// The name that a text stands for; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let lower: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
        // Lower case may decompose: the form is made once more.
        let name: String = lower.nfkc().collect();
        let fits = USERNAME_LENGTH.contains(&name.chars().count());
        (fits && !name.chars().any(|letter| letter.is_whitespace() || letter.is_control())).then_some(Self(name))
    }

    /// The name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many seconds must pass after so many failures in a row: none up to the fourth, then 1, 2, 4 … at most 15
/// minutes.
pub fn wait_after(failures: i64) -> i64 {
    let doublings = failures - FREE_FAILURES - 1;
    if doublings < 0 {
        return 0;
    }
    let doublings = u32::try_from(doublings).unwrap_or(u32::MAX);
    1_i64
        .checked_shl(doublings)
        .filter(|seconds| (1..=LONGEST_WAIT_SECONDS).contains(seconds))
        .unwrap_or(LONGEST_WAIT_SECONDS)
}

/// The letters of a one-time code, however they were typed.
pub fn code_letters(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// Roles by how much they let one see to, for choosing between memberships of equal reach.
const WIDEST_ROLE_FIRST: [Role; 11] = [
    Role::Dispatcher,
    Role::Supervisor,
    Role::Leader,
    Role::Assessor,
    Role::Head,
    Role::Handler,
    Role::Officer,
    Role::Admin,
    Role::Auditor,
    Role::Integrator,
    Role::Reporter,
];

/// What tells which of two memberships is wider.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The membership as a token carries it.
    pub membership: TokenMembership,
    /// The level of its division.
    pub level: Level,
}

/// The widest membership: one that sees a division's subtree before one that sees an organisation's or only the
/// person's own, then the higher division, then the role, then the older one.
pub fn widest(reaches: &[Reach]) -> Option<&TokenMembership> {
    let key = |reach: &Reach| {
        let membership = &reach.membership;
        let sees = Scope::of(Uuid::nil(), membership)
            .into_iter()
            .min()
            .map(|scope| match scope {
                Scope::Division { .. } => 0,
                Scope::Org(_) => 1,
                Scope::Own(_) => 2,
            });
        let role = WIDEST_ROLE_FIRST.iter().position(|role| *role == membership.role);
        (sees, reach.level, role, membership.id)
    };
    reaches
        .iter()
        .min_by_key(|reach| key(reach))
        .map(|reach| &reach.membership)
}

/// What a leader has handed on, all delegations from him to one secretary together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delegated {
    /// The operations; those that the leader could not hand on now are left out.
    pub actions: BTreeSet<String>,
    /// When the first of the delegations ends, in business time.
    pub ends_at: Option<Timestamp>,
}

impl Delegated {
    /// Puts the delegations (operations, end) of a leader with these roles together.
    pub fn of(delegations: impl IntoIterator<Item = (Vec<String>, Timestamp)>, roles: &[Role]) -> Self {
        let mut whole = Self::default();
        for (actions, ends_at) in delegations {
            let allowed = actions
                .into_iter()
                .filter(|operation| policy::may_be_delegated(operation, roles));
            whole.actions.extend(allowed);
            whole.ends_at = Some(whole.ends_at.map_or(ends_at, |earlier| earlier.min(ends_at)));
        }
        whole
    }

    /// Whether some delegated operation needs the role.
    pub fn needs(&self, role: Role) -> bool {
        RULES
            .iter()
            .any(|rule| rule.roles.contains(&role) && self.reaches(rule))
    }

    fn reaches(&self, rule: &Rule) -> bool {
        rule.operations
            .iter()
            .any(|operation| self.actions.contains(*operation))
    }
}

/// How long an access token may live, in seconds: 15 minutes, but no longer than anything it carries.
pub fn lifetime(now: Timestamp, ends: impl IntoIterator<Item = Timestamp>) -> i64 {
    let left = ends.into_iter().map(|end| end.seconds() - now.seconds()).min();
    left.map_or(ACCESS_SECONDS, |left| left.clamp(0, ACCESS_SECONDS))
}

/// The scopes (as clients know them) that the roles give, as far as they were delegated, for `scope` in a person's
/// token.
pub fn scopes_of(roles: &[Role], delegated: Option<&Delegated>) -> Vec<&'static str> {
    let mut scopes: Vec<&str> = RULES
        .iter()
        .filter(|rule| {
            let held = rule.roles.iter().any(|role| roles.contains(role));
            let handed_on = delegated.is_none_or(|delegated| delegated.reaches(rule));
            rule.is_about_oneself() || (held && handed_on)
        })
        .map(|rule| rule.scope)
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
