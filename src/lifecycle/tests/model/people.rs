//! Who acts, and how the model says that each stands to a problem.

use uuid::Uuid;

use super::expected::{Expected, Org};
use crate::auth::Role;
use crate::test_support::{World, seed};

/// Somebody who acts: a person in one role at one organisation, the client, or who bears the receipt of a problem.
#[derive(Clone, Debug)]
pub struct Persona {
    /// What to call him when a test fails.
    pub name: &'static str,
    /// His role.
    pub role: Role,
    /// His organisation.
    pub org: Org,
    /// The person; `None` for the client and for who bears a receipt.
    pub person: Option<Uuid>,
    /// The problem whose receipt he bears.
    pub case: Option<Uuid>,
    /// His division.
    division: &'static str,
    /// What `Authorization` says.
    pub token: String,
}

/// (name, person of the world, role, organisation): who has a role beside his own in the world.
const OTHER_ROLES: &[(&str, &str, Role, Org)] = &[
    ("finance-head", "officer2", Role::Head, "yiwu-finance"),
    ("study-head", "study-handler", Role::Head, "province-hr"),
    // What they did as one is held against them as the other.
    (
        "handler-who-supervises",
        "handler",
        Role::Supervisor,
        "yiwu-supervision",
    ),
    ("head-who-dispatches", "head", Role::Dispatcher, "yiwu-office"),
];

/// (person of the world, organisation)
const THEMSELVES: &[(&str, Org)] = &[
    ("leader", "yiwu-government"),
    ("officer", "yiwu-government"),
    ("officer2", "yiwu-finance"),
    ("handler", "yiwu-hr"),
    ("head", "yiwu-hr"),
    ("finance-handler", "yiwu-finance"),
    ("study-handler", "province-hr"),
    ("dispatcher", "yiwu-office"),
    ("supervisor", "yiwu-supervision"),
    ("reporter", "yiwu-office"),
    ("assessor", "yiwu-office"),
    ("deqing-dispatcher", "deqing-office"),
    ("province-dispatcher", "province-office"),
    (seed::CLIENT, "yiwu-hr"),
];

/// Everybody but who bears a receipt.
pub fn everybody(world: &World) -> Vec<Persona> {
    let themselves = THEMSELVES.iter().map(|(key, org)| {
        let member = seed::member(key);
        assert_eq!(member.org, seed::org(org), "{key}");
        Persona {
            name: key,
            role: member.role,
            org,
            person: (*key != seed::CLIENT).then_some(member.person),
            case: None,
            division: member.division.1,
            token: format!("Bearer {}", world.token(key)),
        }
    });
    let others = OTHER_ROLES.iter().map(|(name, key, role, org)| Persona {
        name,
        role: *role,
        org,
        person: Some(seed::member(key).person),
        case: None,
        division: seed::member(key).division.1,
        token: world.as_other(key, *role, org),
    });
    themselves.chain(others).collect()
}

/// The people of an organisation, who can be made responsible there.
pub fn members(org: Org) -> Vec<Uuid> {
    let own = THEMSELVES.iter().filter(|(key, of)| *of == org && *key != seed::CLIENT);
    own.map(|(key, _)| seed::member(key).person).collect()
}

/// The organisation right above.
pub fn above(org: Org) -> Option<Org> {
    match org {
        "yiwu-hr" | "yiwu-finance" => Some("yiwu-government"),
        "province-hr" => Some("province-government"),
        _ => None,
    }
}

impl Persona {
    /// Who bears the receipt of a problem.
    pub fn bearer(problem: Uuid, token: &str) -> Self {
        Self {
            name: "bearer",
            role: Role::Reporter,
            org: "",
            person: None,
            case: Some(problem),
            division: seed::YIWU,
            token: format!("Bearer {token}"),
        }
    }

    /// The scopes that his membership gives, with the names that a list knows them by.
    pub fn scopes(&self) -> Vec<(Uuid, String)> {
        let own = self.case.or(self.person);
        let own = || own.map(|id| (id, "own".to_owned()));
        let org = || (seed::org(self.org), format!("org:{}", seed::org(self.org)));
        let division = || (seed::division(self.division), format!("division:{}", self.division));
        match self.role {
            Role::Reporter => own().into_iter().collect(),
            Role::Officer => own().into_iter().chain([org()]).collect(),
            Role::Leader => own().into_iter().chain([division()]).collect(),
            Role::Handler | Role::Head | Role::Integrator => vec![org()],
            _ => vec![division()],
        }
    }

    /// Whether the problem exists for him.
    pub fn sees(&self, problem: &Expected) -> bool {
        self.scopes().iter().any(|(id, _)| problem.seen.contains(id))
    }

    /// Whether his membership is in this division.
    pub fn is_of(&self, division: &str) -> bool {
        self.division == division
    }

    /// Whether he works for whoever handles.
    pub fn is_doer(&self) -> bool {
        matches!(self.role, Role::Officer | Role::Handler)
    }
}
