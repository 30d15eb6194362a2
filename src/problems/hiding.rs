//! Who sees what a problem is about, where that would tell who raised it.
//!
//! A household, and what a reporter belongs to, is as good as his name. Where the primary reporter is not named,
//! whoever may not know him sees neither object nor place, and finds the problem by its object nowhere: a dispatcher or
//! supervisor does who reaches it, and whoever speaks for the reporter. Nor do the visit, the plan or the promise tell
//! him, which have the same object. A view asks the row that it has, a statement asks as [`Eyes`] do.

use uuid::Uuid;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Sql;
use crate::reporters::domain::KNOW_MASKED;

/// Adds the beginning of a condition, its bracket left open: that an object (by this column) is as good as the name of
/// the primary reporter `hr` of the problem `p`, who is not named.
fn is_as_good_as_a_name(statement: Sql, object: &'static str) -> Sql {
    statement
        .push(
            "EXISTS (SELECT 1 FROM problem_reporter hx JOIN reporter hr ON hr.id = hx.reporter_id \
             LEFT JOIN service_object ho ON ho.id = ",
        )
        .push(object)
        .push(
            " WHERE hx.problem_id = p.id AND hx.part = 'primary' AND hr.anonymity <> 'named' \
             AND (ho.type = 'household' OR hr.object_id = ",
        )
        .push(object)
        .push(")")
}

/// Adds a condition: that some who see the problem `p` do not see its object and place.
pub fn is_hidden_from_some(statement: Sql) -> Sql {
    is_as_good_as_a_name(statement, "p.object_id").push(")")
}

/// As whom a statement looks.
#[derive(Clone, Debug)]
pub struct Eyes {
    call_back: Vec<Uuid>,
    subject: Uuid,
    own: Uuid,
    is_client: bool,
    now: Timestamp,
}

impl Eyes {
    /// Those of a caller.
    pub fn of(who: &Caller, now: Timestamp) -> Self {
        Self {
            call_back: who.scopes_of(|role| KNOW_MASKED.contains(&role)),
            subject: who.subject,
            own: who.own(),
            is_client: who.is_client,
            now,
        }
    }

    /// Adds a condition in brackets: that what the problem `p` is about tells the caller nobody's name that he may not
    /// know.
    pub fn see_object(&self, statement: Sql) -> Sql {
        self.see(statement, "p.object_id")
    }

    /// Adds a condition in brackets: that an object (by this column) tells the caller nobody's name that he may not
    /// know, being somewhere beside the problem `p`.
    pub fn see(&self, statement: Sql, object: &'static str) -> Sql {
        let statement = is_as_good_as_a_name(statement.push("(NOT "), object);
        let statement = if self.is_client {
            statement
                .push_bind(
                    " AND NOT EXISTS (SELECT 1 FROM external_id hz WHERE hz.entity_id = hr.id AND hz.kind = 'reporter' \
                     AND hz.client_app_id = ",
                    self.subject,
                )
                .push(")")
        } else {
            statement
                .push_bind(" AND (hr.person_id IS NULL OR hr.person_id <> ", self.subject)
                .push_bind(
                    ") AND NOT (hr.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation hz \
                     WHERE hz.enterprise_id = hr.object_id AND hz.ended_at IS NULL AND hz.person_id = ",
                    self.subject,
                )
                .push_bind(" AND hz.valid_from <= ", self.now)
                .push_bind(" AND (hz.valid_to IS NULL OR hz.valid_to > ", self.now)
                .push(")))")
        };
        statement
            .push_bind(") OR p.id = ", self.own)
            .push(" OR EXISTS (SELECT 1 FROM problem_scope hz WHERE hz.problem_id = p.id AND hz.scope_id")
            .in_list(&self.call_back)
            .push("))")
    }
}
