//! One way in per role. Passwords and secret are public on purpose; demo mode alone accepts them.

use super::model::{Account, Client};
use super::organisations::key;

/// The roles that people have; `integrator` is the client's.
const ROLES: [&str; 10] = [
    "reporter",
    "officer",
    "leader",
    "handler",
    "head",
    "dispatcher",
    "supervisor",
    "assessor",
    "admin",
    "auditor",
];

/// An account per role: the username is the role, and the key of the person.
pub(super) fn accounts() -> Vec<Account> {
    let account = |role: &'static str| Account {
        role,
        username: role.to_owned(),
        password: format!("sanfuwu-demo-{role}"),
        person: role.to_owned(),
    };
    ROLES.into_iter().map(account).collect()
}

/// The city hotline of 义乌市: the client of role integrator.
pub(super) fn client() -> Client {
    Client {
        client_id: "integrator",
        secret: "sanfuwu-demo-integrator",
        name: "义乌市12345政务服务热线（示例）",
        organisation: key("330782", "services"),
        division: "330782".to_owned(),
        scopes: vec![
            "problems:read",
            "problems:write",
            "objects:write",
            "reporters:act",
            "feed:read",
        ],
    }
}
