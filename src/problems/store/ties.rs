//! How a caller stands to a problem, as columns of whatever statement reads it.
//!
//! `allowed_actions` of a page and the check before a transition ask the same questions, so the columns stand here
//! once. The statement must name the problem `p`, its present disposition `q`, its cycle `cy` and its primary reporter
//! `r`. What only one state asks is not looked up in others: there the column says what leaves the decision to the
//! state.

use uuid::Uuid;

use super::super::domain::ProblemAct;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::Sql;

/// The columns.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ties {
    /// The caller's scopes in which the problem lies: what he may do and know here comes from them alone.
    reached: Option<String>,
    /// Whether he recorded it, for another than himself.
    recorded_for_other: bool,
    /// Whether he took part in the visit.
    pub(crate) caller_in_visit: bool,
    /// While open: whether an organisation of his is competent, or the proposed lead. Otherwise true.
    pub(crate) competent: bool,
    /// Whether the organisation that leads or studies lies below one that he heads.
    pub(crate) heads: bool,
    /// Whether a request waits for a decision.
    pub(crate) waits: bool,
    /// Whether somebody was ruled to lead it in this cycle.
    pub(crate) ruled: bool,
    /// Whether that is who leads it now.
    pub(crate) is_final: bool,
    /// Once closed: whether an organisation of his had a part in handling.
    pub(crate) took_part: bool,
    /// While pending confirmation or closed: what he, and whoever he acts for, did to it before, as a list with commas.
    acts: Option<String>,
    /// Whether he watches the problem.
    pub(crate) watches: bool,
    /// Whether the primary reporter's enterprise authorises him, or he is the client that knows the reporter.
    pub(crate) authorised: bool,
}

/// Whose questions the columns answer. Each database has its own name for joining the texts of several rows.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    reached: &'static str,
    acts: &'static str,
}

/// SQLite's words; it has no UUIDs, so an id in a list goes as hexadecimal text.
pub const SQLITE: Words = Words {
    reached: "(SELECT group_concat(lower(hex(z.scope_id))) FROM problem_scope z WHERE z.problem_id = p.id AND z.scope_id",
    acts: "group_concat(z.act)",
};
/// PostgreSQL's.
pub const POSTGRES: Words = Words {
    reached: "(SELECT string_agg(CAST(z.scope_id AS text), ',') FROM problem_scope z WHERE z.problem_id = p.id AND z.scope_id",
    acts: "string_agg(z.act, ',')",
};

/// Adds the columns.
pub fn columns(statement: Sql, words: Words, who: &Caller, now: Timestamp) -> Sql {
    let orgs = |roles: &[Role]| -> Vec<Uuid> {
        let held = who.memberships.iter().filter(|held| roles.contains(&held.role));
        held.map(|held| held.org).collect()
    };
    let doers = orgs(&[Role::Officer, Role::Handler]);
    let statement = statement
        .push(words.reached)
        .in_list(&who.every_scope())
        .push(") AS reached, ")
        .push_bind(
            "(p.recorder_org_id IS NOT NULL AND COALESCE(p.recorded_by = ",
            who.subject,
        )
        .push(", FALSE)) AS recorded_for_other, ")
        .push_bind(
            "EXISTS (SELECT 1 FROM visit_member z WHERE z.visit_id = p.visit_id AND z.person_id = ",
            who.subject,
        )
        .push(") AS caller_in_visit, ")
        .push_bind(
            "EXISTS (SELECT 1 FROM watch z WHERE z.problem_id = p.id AND z.person_id = ",
            who.subject,
        )
        .push(") AS watches, ");
    let statement = match doers.as_slice() {
        [] => statement.push("p.state <> 'open' AS competent, "),
        doers => statement
            .push("(p.state <> 'open' OR COALESCE(q.lead_org_id")
            .in_list(doers)
            .push(", p.id IS NULL) OR EXISTS (SELECT 1 FROM competence k JOIN division_ancestor a ON a.ancestor_id = k.division_id \
                   WHERE a.descendant_id = p.division_id AND (k.category_id IS NULL OR k.category_id = p.category_id) \
                   AND (k.audience IS NULL OR k.audience = p.audience) AND k.ended_at IS NULL AND k.org_id")
            .in_list(doers)
            .push_bind(" AND k.valid_from <= ", now)
            .push_bind(" AND (k.valid_to IS NULL OR k.valid_to > ", now)
            .push("))) AS competent, "),
    };
    let statement = match orgs(&[Role::Head]).as_slice() {
        [] => statement.push("p.id IS NULL AS heads, "),
        headed => statement
            .push(
                "EXISTS (SELECT 1 FROM org_ancestor a WHERE a.descendant_id = COALESCE(p.lead_org_id, q.study_org_id) \
                 AND a.ancestor_id",
            )
            .in_list(headed)
            .push(") AS heads, "),
    };
    let statement = match doers.as_slice() {
        [] => statement.push("p.id IS NULL AS took_part, "),
        doers => statement
            .push(
                "(p.state = 'closed' AND EXISTS (SELECT 1 FROM problem_org z WHERE z.problem_id = p.id \
                 AND z.part IN ('lead', 'former_lead', 'supporting', 'study') AND z.org_id",
            )
            .in_list(doers)
            .push(")) AS took_part, "),
    };
    let statement = statement
        .push(
            "EXISTS (SELECT 1 FROM request z WHERE z.problem_id = p.id AND z.state = 'open') AS waits, \
             EXISTS (SELECT 1 FROM assignment z WHERE z.problem_id = p.id AND z.cycle_no = p.cycle_no AND z.final) AS ruled, \
             EXISTS (SELECT 1 FROM assignment z WHERE z.problem_id = p.id AND z.role = 'lead' AND z.ended_at IS NULL \
             AND z.final) AS is_final, ",
        )
        .push("CASE WHEN p.state IN ('pending_confirmation', 'closed') THEN (SELECT ")
        .push(words.acts)
        .push(" FROM problem_actor z WHERE z.problem_id = p.id AND z.person_id")
        .in_list(&who.persons().collect::<Vec<_>>())
        .push(") END AS acts, ");
    if who.is_client {
        statement
            .push_bind(
                "EXISTS (SELECT 1 FROM external_id z WHERE z.entity_id = r.id AND z.kind = 'reporter' AND z.client_app_id = ",
                who.subject,
            )
            .push(") AS authorised ")
    } else {
        statement
            .push_bind(
                "(COALESCE(r.kind, '') = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation z WHERE z.enterprise_id = r.object_id \
                 AND z.ended_at IS NULL AND z.person_id = ",
                who.subject,
            )
            .push_bind(" AND z.valid_from <= ", now)
            .push_bind(" AND (z.valid_to IS NULL OR z.valid_to > ", now)
            .push("))) AS authorised ")
    }
}

impl Ties {
    /// The caller's roles here: those of the memberships that reach the problem. His own report makes nothing but a
    /// reporter of him, whatever he is elsewhere; if he was on the visit, or recorded it for another, his roles count.
    pub fn roles_of(&self, who: &Caller) -> Vec<Role> {
        let ids = self.reached.iter().flat_map(|ids| ids.split(','));
        let mut reached: Vec<Uuid> = ids.filter_map(|id| Uuid::try_parse(id).ok()).collect();
        let did_it = self.caller_in_visit || self.recorded_for_other;
        let of_own = reached.contains(&who.own());
        if !did_it {
            reached.retain(|id| *id != who.own());
        }
        let mut roles = who.roles_within(&reached);
        if of_own && !did_it && who.has(Role::Reporter) {
            roles.push(Role::Reporter);
        }
        roles
    }

    /// Whether the caller sees the problem from inside: a reporter does not (S-59), whatever he may be elsewhere.
    pub fn are_inside(&self, who: &Caller) -> bool {
        self.roles_of(who).iter().any(|role| role.is_inside())
    }

    /// What the caller did to the problem before, where that is asked.
    pub fn acts(&self) -> impl Iterator<Item = ProblemAct> {
        let acts = self.acts.iter().flat_map(|acts| acts.split(','));
        acts.filter_map(ProblemAct::parse)
    }
}
