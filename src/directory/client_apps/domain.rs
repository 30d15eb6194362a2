//! What a client may be given: pure.

use std::collections::BTreeSet;

use crate::auth::keys::sha256;
use crate::auth::policy::{RULES, Role};
use crate::error::{Fault, FaultCode};

/// How long the old secret is good after a rotation, in seconds: a day.
pub const OVERLAP_SECONDS: i64 = 24 * 3600;

/// The scopes that a client can be given: those that some permission of integrators asks for.
pub fn known_scopes() -> BTreeSet<&'static str> {
    RULES
        .iter()
        .filter(|rule| rule.roles.contains(&Role::Integrator))
        .map(|rule| rule.scope)
        .collect()
}

/// The faults of the scopes asked for: unknown ones and repeated ones.
pub fn scope_faults(scopes: &[String]) -> Vec<Fault> {
    let known = known_scopes();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (index, scope) in scopes.iter().enumerate() {
        if !known.contains(scope.as_str()) {
            faults.push(Fault::new(format!("/scopes/{index}"), FaultCode::NotInList));
        } else if !seen.insert(scope) {
            faults.push(Fault::new(format!("/scopes/{index}"), FaultCode::Repeated));
        }
    }
    faults
}

/// How a secret is stored: `sha256:` and 64 hexadecimal digits.
pub fn stored_form(secret: &str) -> String {
    let digits: String = sha256(secret.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use super::{known_scopes, scope_faults, stored_form};

    #[test]
    fn only_scopes_that_integrators_can_use_are_known() {
        assert!(known_scopes().contains("problems:write"));
        assert!(!known_scopes().contains("directory:write"));
        let asked = ["me", "problems:read", "problems:read", "directory:write", "all"].map(ToOwned::to_owned);
        let faults: Vec<String> = scope_faults(&asked)
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code.as_str()))
            .collect();
        assert_eq!(faults, ["/scopes/2 repeated", "/scopes/3 enum", "/scopes/4 enum"]);
    }

    #[test]
    fn a_secret_is_stored_as_its_hash() {
        assert_eq!(
            stored_form("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
