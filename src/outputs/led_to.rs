//! What a problem led to, said in one place for every store that asks: its own outputs, and those of the theme in which
//! it stands. Whether they are ended or public is the asker's to say.

use uuid::Uuid;

use crate::db::Sql;

/// `(SELECT problem_id, output_id …)` of these problems, each pair once.
pub fn led_to(statement: Sql, problems: &[Uuid]) -> Sql {
    statement
        .push("(SELECT x.problem_id, x.output_id FROM output_problem x WHERE x.problem_id")
        .in_list(problems)
        .push(
            " UNION SELECT m.problem_id, t.id FROM theme_problem m JOIN output t ON t.theme_id = m.theme_id \
             WHERE m.left_at IS NULL AND m.problem_id",
        )
        .in_list(problems)
        .push(")")
}
