//! What the tables hold about somebody: one statement for each kind of things.

use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{DataSection, DataSubject};
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, sql};
use crate::reporters::domain::{Anonymity, PreferredChannel, ReporterKind};

/// Records of reporters that are told of at most.
const MOST_REPORTERS: i64 = 200;

/// One thing.
#[derive(Debug, FromRow)]
pub struct ItemRow {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) problem_id: Option<Uuid>,
    pub(crate) tracking_no: Option<String>,
    pub(crate) code: String,
    pub(crate) text: Option<String>,
}

/// Begins what is about the problems ($reporters) that somebody raised.
const HIS: &str = " JOIN problem p ON p.id = x.problem_id WHERE x.part = 'primary' AND x.reporter_id";
/// What is about no problem.
const NO_PROBLEM: &str = "CAST(NULL AS uuid) AS problem_id, CAST(NULL AS text) AS tracking_no";

/// A page of one kind, newest first.
pub fn section(of: &DataSubject, section: DataSection, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let statement = sql("SELECT t.id, t.at, t.problem_id, t.tracking_no, t.code, t.text FROM (");
    let statement = inner(statement, of, section).push(") t WHERE 1 = 1");
    let statement = statement.behind(" AND (t.at, t.id) < (", after);
    statement.push_bind(" ORDER BY t.at DESC, t.id DESC LIMIT ", fetch)
}

fn inner(statement: Sql, of: &DataSubject, section: DataSection) -> Sql {
    match section {
        DataSection::Memberships
        | DataSection::Delegations
        | DataSection::Authorisations
        | DataSection::Sessions
        | DataSection::Logins
        | DataSection::Acts => of_account(statement, of, section),
        DataSection::Notices => notices(statement, of),
        DataSection::Attachments => attachments(statement, of),
        DataSection::Reads => statement
            .push("SELECT l.id, l.at, ")
            .push(NO_PROBLEM)
            .push(
                ", l.kind AS code, COALESCE(o.public_name, o.name) AS text FROM access_log l \
                 LEFT JOIN person q ON q.id = l.person_id LEFT JOIN org o ON o.id = q.org_id WHERE l.subject_id",
            )
            .in_list(&of.every_id()),
        _ => of_problems(statement, of, section),
    }
}

/// What a person has as such.
fn of_account(statement: Sql, of: &DataSubject, section: DataSection) -> Sql {
    let (columns, from) = match section {
        DataSection::Memberships => (
            "SELECT m.id, m.valid_from AS at, ",
            ", m.role AS code, o.name AS text FROM membership m JOIN org o ON o.id = m.org_id WHERE m.person_id = ",
        ),
        DataSection::Authorisations => (
            "SELECT a.id, a.valid_from AS at, ",
            ", CASE WHEN a.ended_at IS NULL THEN 'authorised' ELSE 'ended' END AS code, o.name AS text \
             FROM enterprise_authorisation a JOIN service_object o ON o.id = a.enterprise_id WHERE a.person_id = ",
        ),
        DataSection::Sessions => (
            "SELECT s.id, s.created_at AS at, ",
            ", CASE WHEN s.revoked_at IS NULL THEN 'open' ELSE COALESCE(s.revoke_reason, 'ended') END AS code, \
             s.user_agent AS text FROM session_family s WHERE s.person_id = ",
        ),
        DataSection::Logins => (
            "SELECT l.id, l.at, ",
            ", l.kind AS code, l.address AS text FROM access_log l WHERE l.person_id = ",
        ),
        DataSection::Delegations => {
            return statement
                .push("SELECT d.id, d.valid_from AS at, ")
                .push(NO_PROBLEM)
                .push(
                    ", 'given' AS code, q.name AS text FROM delegation d JOIN person q ON q.id = d.to_person_id \
                     WHERE d.from_person_id = ",
                )
                .push_bind("", of.person)
                .push(" UNION ALL SELECT d.id, d.valid_from, ")
                .push(NO_PROBLEM)
                .push_bind(
                    ", 'received', q.name FROM delegation d JOIN person q ON q.id = d.from_person_id \
                     WHERE d.to_person_id = ",
                    of.person,
                );
        }
        _ => {
            return statement.push_bind(
                "SELECT a.id, a.at, p.id AS problem_id, p.tracking_no, a.act AS code, CAST(NULL AS text) AS text \
                 FROM problem_actor a JOIN problem p ON p.id = a.problem_id WHERE a.person_id = ",
                of.person,
            );
        }
    };
    statement.push(columns).push(NO_PROBLEM).push_bind(from, of.person)
}

/// What belongs to the problems that he raised.
fn of_problems(statement: Sql, of: &DataSubject, section: DataSection) -> Sql {
    let (columns, from) = match section {
        DataSection::Supplements => (
            "SELECT s.id, s.at, p.id AS problem_id, p.tracking_no, \
             CASE WHEN s.answers_question THEN 'answer' ELSE 'supplement' END AS code, s.text",
            " FROM problem_reporter x JOIN supplement s ON s.problem_id = x.problem_id AND s.reporter_id = x.reporter_id",
        ),
        DataSection::Ratings => (
            "SELECT r.id, r.rated_at AS at, p.id AS problem_id, p.tracking_no, CAST(r.result AS text) || '/' || \
             CAST(r.speed AS text) || '/' || CAST(r.attitude AS text) AS code, r.words AS text",
            " FROM problem_reporter x JOIN rating r ON r.problem_id = x.problem_id AND r.reporter_id = x.reporter_id",
        ),
        DataSection::Requests => (
            "SELECT r.id, r.asked_at AS at, p.id AS problem_id, p.tracking_no, r.kind AS code, r.reason AS text",
            " FROM problem_reporter x JOIN request r ON r.problem_id = x.problem_id AND r.reporter_id = x.reporter_id",
        ),
        DataSection::Contacts => (
            "SELECT c.id, c.at, p.id AS problem_id, p.tracking_no, c.purpose AS code, \
             CASE WHEN c.public THEN c.words END AS text",
            " FROM problem_reporter x JOIN contact_log c ON c.problem_id = x.problem_id AND c.with_reporter",
        ),
        DataSection::Urges => (
            "SELECT u.id, u.at, p.id AS problem_id, p.tracking_no, 'urge' AS code, CAST(NULL AS text) AS text",
            " FROM problem_reporter x JOIN urge u ON u.problem_id = x.problem_id AND u.by_reporter",
        ),
        DataSection::SurveyAnswers => (
            "SELECT s.id, s.answered_at AS at, p.id AS problem_id, p.tracking_no, s.moment AS code, \
             CAST(s.answers AS text) AS text",
            " FROM problem_reporter x JOIN survey_answer s ON s.problem_id = x.problem_id",
        ),
        DataSection::Comments => {
            // Whoever comments need not have raised the problem.
            let comments = statement
                .push(
                    "SELECT c.id, c.at, p.id AS problem_id, p.tracking_no, c.state AS code, c.text \
                     FROM comment c JOIN problem p ON p.id = c.problem_id WHERE c.reporter_id",
                )
                .in_list(&of.reporters);
            return comments.and_opt("p.id = ", of.case);
        }
        _ => (
            "SELECT p.id, p.recorded_at AS at, p.id AS problem_id, p.tracking_no, p.state AS code, p.statement AS text",
            " FROM problem_reporter x",
        ),
    };
    let his = statement.push(columns).push(from).push(HIS).in_list(&of.reporters);
    his.and_opt("p.id = ", of.case)
}

fn notices(statement: Sql, of: &DataSubject) -> Sql {
    let columns = "SELECT n.id, n.created_at AS at, p.id AS problem_id, p.tracking_no, n.kind AS code, \
                   CAST(NULL AS text) AS text FROM notice n LEFT JOIN problem p ON p.id = n.problem_id WHERE ";
    let told = statement.push(columns).push("n.reporter_id").in_list(&of.reporters);
    let told = told.and_opt("n.problem_id = ", of.case);
    // One that was told to a reporter with an account is his by both.
    told.push(" UNION ")
        .push(columns)
        .push_bind("n.person_id = ", of.person)
}

/// His own, and, where no account uploaded them, those that came with his problems; of a client's only what he may see.
fn attachments(statement: Sql, of: &DataSubject) -> Sql {
    let columns = "SELECT a.id, a.created_at AS at, p.id AS problem_id, p.tracking_no, a.media_type AS code, \
                   a.file_name AS text FROM ";
    let his = statement.push(columns).push_bind(
        "attachment a LEFT JOIN problem p ON p.id = a.problem_id WHERE a.created_by = ",
        of.person,
    );
    let his = his.push(" UNION ALL ").push(columns).push(
        "problem_reporter x JOIN attachment a ON a.problem_id = x.problem_id AND a.created_by IS NULL \
         AND a.owner_kind = 'problem' AND (a.public OR a.client_app_id IS NULL)",
    );
    his.push(HIS).in_list(&of.reporters).and_opt("p.id = ", of.case)
}

/// What was written down of somebody as a reporter, the number sealed.
#[derive(Debug, FromRow)]
pub struct ReporterRecordRow {
    pub(crate) id: Uuid,
    pub(crate) kind: ReporterKind,
    pub(crate) display_name: Option<String>,
    pub(crate) phone_cipher: Option<Vec<u8>>,
    pub(crate) preferred_channel: Option<PreferredChannel>,
    pub(crate) anonymity: Anonymity,
    pub(crate) object_name: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) erased_at: Option<Timestamp>,
}

/// Those records, newest first.
pub async fn reporters(on: impl Into<On<'_>>, ids: &[Uuid]) -> Result<Vec<ReporterRecordRow>, DbError> {
    sql(
        "SELECT r.id, r.kind, r.display_name, r.phone_cipher, r.preferred_channel, r.anonymity, o.name AS object_name, \
         r.created_at, r.erased_at FROM reporter r LEFT JOIN service_object o ON o.id = r.object_id WHERE r.id",
    )
    .in_list(ids)
    .push_bind(" ORDER BY r.created_at DESC, r.id DESC LIMIT ", MOST_REPORTERS)
    .all(on)
    .await
}

/// The records of a person's account.
pub async fn reporters_of_person(on: impl Into<On<'_>>, person: Uuid) -> Result<Vec<Uuid>, DbError> {
    let found: Vec<(Uuid,)> =
        sql("SELECT id FROM reporter WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
            .bind(person)
            .bind(MOST_REPORTERS)
            .all(on)
            .await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// The reporter whom a client calls so.
pub async fn called(on: impl Into<On<'_>>, client: Uuid, system: &str, value: &str) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT entity_id FROM external_id WHERE client_app_id = $1 AND kind = 'reporter' \
         AND system = $2 AND value = $3",
    )
    .bind(client)
    .bind(system)
    .bind(value)
    .optional(on)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// An account.
#[derive(Debug, FromRow)]
pub struct AccountRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) org_name: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) password_changed_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// A person's account.
pub async fn account(on: impl Into<On<'_>>, person: Uuid) -> Result<Option<AccountRow>, DbError> {
    sql(
        "SELECT p.id, p.name, c.username, p.title, o.name AS org_name, p.locale, c.password_changed_at, p.created_at \
         FROM person p LEFT JOIN credential c ON c.person_id = p.id LEFT JOIN org o ON o.id = p.org_id WHERE p.id = $1",
    )
    .bind(person)
    .optional(on)
    .await
}
