//! Every column that could hold words about a problem is emptied, or is known to hold none.

use super::is_postgres;
use crate::db::sql;
use crate::on_both;
use crate::test_support::World;

/// Tables of a problem that have no column `problem_id` of its own.
const ALSO: &[&str] = &[
    "problem",
    "action_plan",
    "measure",
    "disposition_org",
    "comment_moderation",
];

/// Columns of codes, days and ids, or of what is no case's: `table.column`, or `*.column` in any.
const NO_WORDS: &[&str] = &[
    "*.state",
    "*.due_on",
    "*.kind",
    "*.origin",
    "*.channel",
    "*.audience",
    "*.part",
    "*.calendar_version",
    "*.policy_ref",
    "action_plan.discussion_on",
    "analysis.horizon",
    "analysis.nature",
    "analysis.dimensions",
    "analysis.causes",
    "assignment.role",
    "attachment.owner_kind",
    "attachment.media_type",
    "comment.hidden_reason",
    "comment.reply_calendar_version",
    "comment_moderation.act",
    "comment_moderation.reason",
    "contact_log.purpose",
    "cycle.confirmed_via",
    "disposition.class",
    "disposition.on_site_kind",
    "event.aggregate_kind",
    "event.type",
    "event.from_state",
    "event.to_state",
    "event.payload",
    // Of a firm on a list, whose own term begins when it leaves it.
    "financing_entry.*",
    "look_back.method",
    "look_back.result",
    "measure.type",
    "notice.payload",
    "problem.tracking_no",
    "problem.urgency",
    "problem.matter",
    "problem.disposition",
    "problem.return_state",
    "problem.first_lead_origin",
    "problem_actor.act",
    "publication.consent_given_on",
    "rating.via",
    "rating.review_outcome",
    "request.from_state",
    "request.reason_code",
    "request.until_on",
    "request.outside_body",
    "request.outside_document_no",
    "request.outside_decided_on",
    "stay.stage",
    "stay.left_on",
    "survey_answer.moment",
    "survey_answer.via",
    "survey_answer.answers",
    "task.performer",
    "task.dedupe_key",
    "task.payload",
    "task.taken_by",
    "task.last_error",
    "task.outcome",
];

/// Of visits.
const NO_WORDS_OF_VISITS: &[&str] = &[
    "visit.mode",
    "visit.origin",
    "visit.place_kind",
    "visit.leading_body",
    "visit.state",
];

/// The texts of tables that `which` picks out, but for those that hold no words: table and column.
async fn texts(world: &World, which: &'static str, tables: &[&str], no_words: &[&str]) -> Vec<(String, String)> {
    let columns: Vec<(String, String)> = sql(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
         AND c.type = 'TEXT' AND (",
    )
    .push(which)
    .push("m.name")
    .in_list(tables)
    .push(") ORDER BY 1, 2")
    .all(&world.app.db)
    .await
    .unwrap();
    let known = |table: &str, column: &str| {
        [format!("{table}.{column}"), format!("*.{column}"), format!("{table}.*")]
            .iter()
            .any(|name| no_words.contains(&name.as_str()))
    };
    let words = columns.into_iter().filter(|(table, column)| !known(table, column));
    words.collect()
}

async fn of_problems(world: &World) -> Vec<(String, String)> {
    let theirs = "EXISTS (SELECT 1 FROM pragma_table_info(m.name) k WHERE k.name = 'problem_id') OR ";
    texts(world, theirs, ALSO, NO_WORDS).await
}

on_both! {
    async fn every_text_about_a_problem_is_erased_or_holds_no_words(world: World) {
        if is_postgres(&world) {
            return; // The two schemas are the same, by a test of their own; only one tells a text from a day.
        }
        let columns = of_problems(&world).await;
        assert!(columns.len() > 50, "{}", columns.len());
        let statements: String = include_str!("../store/texts.rs").replace("\\\n", " ");
        let empties = |table: &str, column: &str| {
            statements.split(&format!("UPDATE {table} SET ")).skip(1).any(|statement| {
                let set = statement.split("WHERE").next().unwrap_or_default();
                set.split_whitespace().collect::<Vec<_>>().windows(2).any(|words| words == [column, "="])
            })
        };
        let left: Vec<String> = columns
            .iter()
            .filter(|(table, column)| !empties(table, column))
            .map(|(table, column)| format!("{table}.{column}"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "erasure/store/texts.rs empties them, or NO_WORDS says why not");
    }

    async fn a_redaction_reaches_every_text_of_a_problem_and_of_a_visit(world: World) {
        if is_postgres(&world) {
            return;
        }
        let mut columns = of_problems(&world).await;
        columns.extend(texts(&world, "", &["visit", "visit_member"], NO_WORDS_OF_VISITS).await);
        let source = include_str!("../store/redactions.rs");
        let reaches = |table: &str, column: &str| {
            source.contains(&format!("\"{table}\" \"{column}\""))
                || source.contains(&format!("UPDATE {table} SET {column} = "))
                || (table == "visit" && source.contains(&format!("of_visit!(\"{column}\")")))
        };
        let left: Vec<String> = columns
            .iter()
            .filter(|(table, column)| !reaches(table, column))
            .map(|(table, column)| format!("{table}.{column}"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "erasure/store/redactions.rs blots a passage out of each");
    }
}
