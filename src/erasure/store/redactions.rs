//! A passage, replaced in every text that holds it.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::erasure::domain::{Field, MARK, Passage, RedactedField, RedactedVisitField};

/// How one text is changed: $1 is the passage, $2 the mark, $3 the problem or the visit; then what names one of
/// several, and what is told of it.
type Text = (&'static str, &'static str, &'static str);

/// What is left of a text.
#[derive(Debug)]
pub struct Left {
    /// As it now stands.
    pub text: String,
    /// Whether it says something, and is no mere name of somebody, of a file or of a place.
    pub is_sentence: bool,
}

impl Left {
    /// Of what somebody said.
    pub const fn sentence(text: String) -> Self {
        Self {
            text,
            is_sentence: true,
        }
    }
}

/// How the texts are told of that are names.
const NAMES: &[&str] = &[
    " RETURNING author_name",
    " RETURNING file_name",
    " RETURNING place",
    " RETURNING place_note",
];

macro_rules! texts {
    ($of:literal, $id:literal: $($table:literal $column:literal),+) => {
        &[$((
            concat!(
                "UPDATE ", $table, " SET ", $column, " = replace(", $column, ", $1, $2) WHERE replace(", $column,
                ", $1, '') <> ", $column, " AND ", $of
            ),
            $id,
            concat!(" RETURNING ", $column),
        )),+]
    };
}

macro_rules! of_problem {
    ($($table:literal $column:literal),+) => { texts!("problem_id = $3", " AND id = ": $($table $column),+) };
}

const STATEMENT: &[Text] = &[(
    "UPDATE problem SET statement = replace(statement, $1, $2), redactions = redactions + 1 \
     WHERE replace(statement, $1, '') <> statement AND id = $3",
    " AND id = ",
    " RETURNING statement",
)];
const SUMMARY: &[Text] = texts!("id = $3", " AND id = ": "problem" "summary");
const PLACE: &[Text] = texts!("id = $3", " AND id = ": "problem" "place");
const ENDED: &[Text] = texts!("id = $3", " AND id = ": "problem" "end_reason");
const DISPOSITION: &[Text] = of_problem!("disposition" "text", "disposition" "reason");
const AGREED: &[Text] = texts!(
    "disposition_id IN (SELECT q.id FROM disposition q WHERE q.problem_id = $3)", " AND disposition_id = ":
    "disposition_org" "agreed");
const ANALYSIS: &[Text] = of_problem!(
    "analysis" "findings", "analysis" "key_factor", "analysis" "shortfall", "analysis" "correction_reason");
const PLAN: &[Text] = texts!(
    "id IN (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $3)", " AND id = ":
    "action_plan" "title", "action_plan" "need", "action_plan" "blockage", "action_plan" "pain_point",
    "action_plan" "discussion_conclusion", "action_plan" "send_back_reason", "action_plan" "end_reason",
    "action_plan" "template_unchanged_reason");
const MEASURES: &[Text] = texts!(
    "action_plan_id IN (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $3)",
    " AND action_plan_id = ": "measure" "text", "measure" "end_reason");
const STEPS: &[Text] = texts!("problem_id = $3", " AND action_plan_id = ":
    "plan_step" "text", "plan_step" "expected_result", "plan_step" "result", "plan_step" "waive_reason",
    "plan_step" "end_reason");
const ASSIGNMENT: &[Text] = of_problem!("assignment" "duty", "assignment" "state_reason", "assignment" "end_reason");
const REFERRAL: &[Text] = of_problem!("referral" "question", "referral" "result", "referral" "end_reason");
const LOOK_BACK: &[Text] = of_problem!("look_back" "evidence", "look_back" "end_reason");
const RATING: &[Text] = of_problem!("rating" "words", "rating" "review");
const COMMENT: &[Text] = &[(
    "UPDATE comment SET text = replace(text, $1, $2), redactions = redactions + 1, version = version + 1 \
     WHERE replace(text, $1, '') <> text AND problem_id = $3",
    " AND id = ",
    " RETURNING text",
)];
const ABOUT_COMMENT: &[Text] = of_problem!("comment" "reply", "comment" "author_name", "comment" "hidden_note");
const HIDING: &[Text] = texts!(
    "comment_id IN (SELECT c.id FROM comment c WHERE c.problem_id = $3)", " AND comment_id = ":
    "comment_moderation" "note");
const PUBLICATION: &[Text] = of_problem!(
    "publication" "title", "publication" "summary", "publication" "result", "publication" "consent_evidence");
const ATTACHMENT: &[Text] = texts!(
    "(problem_id = $3 OR (owner_kind = 'action_plan' AND owner_id IN \
     (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $3)))", " AND id = ":
    "attachment" "file_name", "attachment" "end_reason");
const WATCH: &[Text] = texts!("problem_id = $3", " AND person_id = ": "watch" "note");
const COMMITMENT: &[Text] = of_problem!("commitment" "text", "commitment" "settlement", "commitment" "end_reason");
const ORDER: &[Text] = of_problem!("supervision_order" "text", "supervision_order" "answer");
const FINDING: &[Text] =
    texts!("problem_id = $3", " AND inspection_sample_id = ": "inspection_sample_problem" "finding");
const LEFT_THEME: &[Text] = texts!("problem_id = $3", " AND theme_id = ": "theme_problem" "leave_reason");
const THEME: &[Text] = texts!(
    "id IN (SELECT x.theme_id FROM theme_problem x WHERE x.problem_id = $3)", " AND id = ":
    "theme" "title", "theme" "description", "theme" "closing_note", "theme" "end_reason");
const OUTPUT: &[Text] = texts!(
    "(id IN (SELECT x.output_id FROM output_problem x WHERE x.problem_id = $3) \
     OR theme_id IN (SELECT x.theme_id FROM theme_problem x WHERE x.problem_id = $3))", " AND id = ":
    "output" "title", "output" "summary", "output" "end_reason");

macro_rules! of_visit {
    ($($column:literal),+) => { texts!("id = $3", " AND id = ": $("visit" $column),+) };
}

const MEMBER: &[Text] = texts!("visit_id = $3", " AND person_id = ": "visit_member" "note");
const PROMISED_THERE: &[Text] = texts!(
    "visit_id = $3 AND problem_id IS NULL", " AND id = ":
    "commitment" "text", "commitment" "settlement", "commitment" "end_reason");
const ATTACHED_THERE: &[Text] = texts!(
    "owner_kind = 'visit' AND owner_id = $3", " AND id = ": "attachment" "file_name", "attachment" "end_reason");

/// The texts of a field.
const fn texts_of(field: Field) -> &'static [&'static [Text]] {
    match field {
        Field::Problem(field) => texts_of_problem(field),
        Field::Visit(field) => texts_of_visit(field),
    }
}

const fn texts_of_visit(field: RedactedVisitField) -> &'static [&'static [Text]] {
    use RedactedVisitField as Field;
    match field {
        Field::Observations => &[of_visit!("observations")],
        Field::Heard => &[of_visit!("heard")],
        Field::Place => &[of_visit!("place_note")],
        Field::Mode => &[of_visit!("mode_note")],
        Field::CancelReason => &[of_visit!("cancel_reason")],
        Field::Member => &[MEMBER],
        Field::Commitment => &[PROMISED_THERE],
        Field::Attachment => &[ATTACHED_THERE],
        Field::Event => &[],
    }
}

const fn texts_of_problem(field: RedactedField) -> &'static [&'static [Text]] {
    use RedactedField as Field;
    match field {
        Field::Statement => &[STATEMENT],
        Field::Summary => &[SUMMARY],
        Field::Place => &[PLACE],
        Field::Result => &[of_problem!("cycle" "result"), ENDED],
        Field::Supplement => &[of_problem!("supplement" "text")],
        Field::Contact => &[of_problem!("contact_log" "words")],
        Field::Disposition => &[DISPOSITION, AGREED],
        Field::Analysis => &[ANALYSIS],
        Field::Plan => &[PLAN, MEASURES, STEPS],
        Field::Assignment => &[ASSIGNMENT],
        Field::Request => &[of_problem!("request" "reason", "request" "ruling")],
        Field::Referral => &[REFERRAL],
        Field::LookBack => &[LOOK_BACK],
        Field::Rating => &[RATING],
        Field::Comment => &[COMMENT, ABOUT_COMMENT, HIDING],
        Field::Reply => &[of_problem!("problem_reply" "text")],
        Field::Note => &[of_problem!("problem_note" "text")],
        Field::Publication => &[PUBLICATION],
        Field::Commitment => &[COMMITMENT],
        Field::Task => &[of_problem!("task" "note")],
        Field::Attachment => &[ATTACHMENT],
        Field::Watch => &[WATCH],
        Field::Oversight => &[ORDER, FINDING],
        Field::Theme => &[LEFT_THEME, THEME],
        Field::Output => &[OUTPUT],
        Field::Event => &[],
    }
}

/// Puts the mark in the place of a passage in every text of its field that holds it (`target`: of that one row alone);
/// those texts as they then are.
pub async fn blot_out(tx: &mut Tx, of: Uuid, passage: Passage<'_>) -> Result<Vec<Left>, DbError> {
    let mut left = Vec::new();
    for (statement, id, returning) in texts_of(passage.field).iter().copied().flatten() {
        let statement = sql(statement).bind(passage.words).bind(MARK).bind(of);
        let statement = match passage.target {
            Some(target) => statement.push_bind(id, target),
            None => statement,
        };
        let changed: Vec<(String,)> = statement.push(returning).all(&mut *tx).await?;
        let is_sentence = !NAMES.contains(returning);
        left.extend(changed.into_iter().map(|(text,)| Left { text, is_sentence }));
    }
    for (read, write) in values_of(passage.field).iter().copied() {
        let rows = sql(read).bind(of).and_opt("id = ", passage.target);
        for (id, mut value) in rows.all::<(Uuid, Json)>(&mut *tx).await? {
            let mut changed = Vec::new();
            blot_json(&mut value, passage.words, &mut changed);
            if changed.is_empty() {
                continue;
            }
            sql(write).bind(value).bind(id).run(&mut *tx).await?;
            let is_sentence = matches!(passage.field, Field::Problem(RedactedField::Request));
            left.extend(changed.into_iter().map(|text| Left { text, is_sentence }));
        }
    }
    Ok(left)
}

/// What of a field stands in one JSON value of a row: how it is read ($1: the problem) and written.
const fn values_of(field: Field) -> &'static [(&'static str, &'static str)] {
    match field {
        // What a request must carry.
        Field::Problem(RedactedField::Request) => &[(
            "SELECT id, facts FROM request WHERE problem_id = $1",
            "UPDATE request SET facts = $1 WHERE id = $2",
        )],
        // Who took part in a discussion.
        Field::Problem(RedactedField::Plan) => &[(
            "SELECT id, discussion_participants FROM action_plan WHERE id IN \
             (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $1)",
            "UPDATE action_plan SET discussion_participants = $1 WHERE id = $2",
        )],
        _ => &[],
    }
}

fn blot_json(value: &mut Json, passage: &str, left: &mut Vec<String>) {
    match value {
        Json::String(text) if text.contains(passage) => {
            *text = text.replace(passage, MARK);
            left.push(text.clone());
        }
        Json::Array(items) => items.iter_mut().for_each(|item| blot_json(item, passage, left)),
        Json::Object(fields) => fields.values_mut().for_each(|field| blot_json(field, passage, left)),
        _ => {}
    }
}

/// The texts that hold a passage in the timeline of a visit, or of a problem with its plans, themes and outputs.
pub async fn events_that_say(tx: &mut Tx, of: Uuid, passage: Passage<'_>) -> Result<Vec<(Uuid, String)>, DbError> {
    let statement = sql(
        "SELECT t.event_id, t.text FROM event_text t JOIN event e ON e.id = t.event_id \
         WHERE t.text IS NOT NULL AND replace(t.text, $1, '') <> t.text AND ",
    )
    .bind(passage.words)
    .bind(of);
    statement
        .push(match passage.field {
            Field::Problem(_) => OF_PROBLEM,
            Field::Visit(_) => "e.aggregate_id = $2",
        })
        .push(" ORDER BY e.recorded_at, e.id")
        .all(tx)
        .await
}

const OF_PROBLEM: &str = "(e.problem_id = $2 OR e.aggregate_id IN \
     (SELECT l.action_plan_id FROM action_plan_problem l WHERE l.problem_id = $2 \
     UNION SELECT x.theme_id FROM theme_problem x WHERE x.problem_id = $2 \
     UNION SELECT x.output_id FROM output_problem x WHERE x.problem_id = $2 \
     UNION SELECT o.id FROM output o JOIN theme_problem x ON x.theme_id = o.theme_id WHERE x.problem_id = $2))";

/// Erases texts of events; each hash stays in its chain.
pub async fn erase_events(tx: &mut Tx, events: &[Uuid], at: Timestamp) -> Result<(), DbError> {
    sql("UPDATE event_text SET text = NULL, salt = $1, erased_at = $2 WHERE erased_at IS NULL AND event_id")
        .bind(&b""[..])
        .bind(at)
        .in_list(events)
        .run(tx)
        .await?;
    Ok(())
}
