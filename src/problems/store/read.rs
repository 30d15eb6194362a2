//! The joined statement behind every view of a problem: one query for a single read, one for a page.

use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::domain::{Channel, ConfirmedVia, Disposition, Matter, OnSiteKind, State, Urgency};
use super::ties::{self, Ties};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, Sql, Tx, sql};
use crate::directory::refs::TermColumn;
use crate::directory::words::Audience;
use crate::http::PathRef;
use crate::reporters::domain::{Anonymity, PreferredChannel, Reporter, ReporterKind};

/// A problem with everything that its view embeds.
#[derive(Debug, sqlx::FromRow)]
pub struct ProblemRow {
    pub(crate) id: Uuid,
    pub(crate) tracking_no: String,
    pub(crate) version: i64,
    pub(crate) state: State,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) channel: Channel,
    pub(crate) audience: Audience,
    pub(crate) statement: String,
    pub(crate) summary: Option<String>,
    pub(crate) place: Option<String>,
    pub(crate) urgency: Urgency,
    pub(crate) matter: Matter,
    pub(crate) cycle_no: i64,
    pub(crate) unrouted: bool,
    pub(crate) observed_at: Option<Timestamp>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) due_key: i64,
    pub(crate) urgency_due_key: i64,
    pub(crate) response_due_key: i64,
    pub(crate) last_progress_at: Timestamp,
    pub(crate) category_code: String,
    pub(crate) category_zh: String,
    pub(crate) category_en: String,
    pub(crate) division_code: String,
    pub(crate) division_name: String,
    pub(crate) division_full_name: String,
    pub(crate) object_id: Option<Uuid>,
    pub(crate) object_name: Option<String>,
    pub(crate) object_is_reporters: bool,
    pub(crate) campaign_slug: String,
    pub(crate) visit_id: Option<Uuid>,
    pub(crate) visit_leader_id: Option<Uuid>,
    pub(crate) visit_leader_name: Option<String>,
    pub(crate) recorded_by: Option<Uuid>,
    pub(crate) recorded_by_name: Option<String>,
    pub(crate) recorder_org_id: Option<Uuid>,
    pub(crate) recorder_org_name: Option<String>,
    pub(crate) lead_org_id: Option<Uuid>,
    pub(crate) lead_org_name: Option<String>,
    pub(crate) lead_org_public_name: Option<String>,
    pub(crate) lead_person_id: Option<Uuid>,
    pub(crate) lead_person_name: Option<String>,
    pub(crate) asked_at: Option<Timestamp>,
    pub(crate) result: Option<String>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) confirmed_via: Option<ConfirmedVia>,
    pub(crate) unconfirmed: bool,
    pub(crate) first_response_due: Timestamp,
    pub(crate) first_response_at: Option<Timestamp>,
    pub(crate) resolution_at: Option<Timestamp>,
    pub(crate) pause_began: Option<Timestamp>,
    pub(crate) provisional: bool,
    pub(crate) causes: Option<Json<Vec<TermColumn>>>,
    pub(crate) goals: Option<Json<Vec<TermColumn>>>,
    pub(crate) supplements: i64,
    pub(crate) reporter_trips: i64,
    pub(crate) info_requests: i64,
    pub(crate) urges: i64,
    pub(crate) urges_of_reporter: i64,
    pub(crate) erased_at: Option<Timestamp>,
    pub(crate) theme_id: Option<Uuid>,
    pub(crate) theme_title: Option<String>,
    #[sqlx(flatten)]
    pub(crate) ties: Ties,
    #[sqlx(flatten)]
    pub(crate) disposed: DisposedColumns,
    #[sqlx(flatten)]
    pub(crate) reporter: ReporterColumns,
}

impl ProblemRow {
    /// The organisation that leads it, else the one that studies it.
    pub fn responsible(&self) -> Option<Uuid> {
        self.lead_org_id.or(self.disposed.study_org_id)
    }
}

/// The current disposition.
#[derive(Debug, sqlx::FromRow)]
pub struct DisposedColumns {
    pub(crate) on_site_kind: Option<OnSiteKind>,
    pub(crate) disposed_text: Option<String>,
    pub(crate) policy_ref: Option<String>,
    pub(crate) resolved_at: Option<Timestamp>,
    pub(crate) proposed_lead_id: Option<Uuid>,
    pub(crate) proposed_lead_name: Option<String>,
    pub(crate) proposed_lead_public_name: Option<String>,
    pub(crate) study_org_id: Option<Uuid>,
    pub(crate) study_org_name: Option<String>,
    pub(crate) study_org_public_name: Option<String>,
    pub(crate) due_on: Option<chrono::NaiveDate>,
    pub(crate) decided_by: Option<Uuid>,
    pub(crate) decided_by_name: Option<String>,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) disposed_orgs: Option<Json<Vec<DisposedOrgColumn>>>,
}

/// The primary reporter, where the outer join found one.
#[derive(Debug, sqlx::FromRow)]
pub struct ReporterColumns {
    pub(crate) reporter_id: Option<Uuid>,
    pub(crate) reporter_kind: Option<ReporterKind>,
    pub(crate) reporter_display_name: Option<String>,
    pub(crate) reporter_phone_masked: Option<String>,
    pub(crate) reporter_preferred_channel: Option<PreferredChannel>,
    pub(crate) reporter_anonymity: Option<Anonymity>,
    pub(crate) reporter_person_id: Option<Uuid>,
}

impl ReporterColumns {
    /// The reporter, if there is one.
    pub fn reporter(self) -> Option<Reporter> {
        Some(Reporter {
            id: self.reporter_id?,
            kind: self.reporter_kind?,
            display_name: self.reporter_display_name,
            phone_masked: self.reporter_phone_masked,
            preferred_channel: self.reporter_preferred_channel,
            anonymity: self.reporter_anonymity?,
            person_id: self.reporter_person_id,
        })
    }
}

/// An organisation of a disposition, within an aggregated column.
#[derive(Debug, Deserialize)]
pub struct DisposedOrgColumn {
    pub(crate) org_id: Uuid,
    pub(crate) name: String,
    pub(crate) public_name: Option<String>,
    pub(crate) agreed: Option<String>,
}

macro_rules! columns {
    ($statement:literal, $result:literal, $array:literal, $object:literal, $org:literal) => {
        concat!(
            "SELECT p.id, p.tracking_no, p.version, p.state, p.disposition, p.channel, p.audience, ",
            $statement,
            " AS statement, ",
            $result,
            " AS result, p.erased_at, p.reporter_trips, p.info_requests, p.summary, p.place, p.urgency, p.matter, p.cycle_no, p.unrouted, p.observed_at, \
             p.recorded_at, \
             p.updated_at, p.due_at, p.merged_into, p.due_key, p.urgency_due_key, p.response_due_key, p.last_progress_at, c.code AS category_code, \
             c.zh AS category_zh, c.en AS category_en, d.code AS division_code, d.name AS division_name, \
             d.full_name AS division_full_name, p.object_id, o.name AS object_name, \
             COALESCE(o.type = 'household' OR r.object_id = p.object_id, p.id IS NULL) AS object_is_reporters, ca.slug AS campaign_slug, \
             p.visit_id, v.leader_id AS visit_leader_id, vl.name AS visit_leader_name, \
             p.recorded_by, rp.name AS recorded_by_name, p.recorder_org_id, ro.name AS recorder_org_name, \
             p.lead_org_id, lo.name AS lead_org_name, lo.public_name AS lead_org_public_name, \
             p.lead_person_id, lp.name AS lead_person_name, \
             cy.first_response_due, cy.first_response_at, cy.resolution_at, cy.pause_began, cy.provisional, \
             cy.asked_at, cy.closed_at, cy.confirmed_via, cy.unconfirmed, p.theme_id, th.title AS theme_title, \
             (SELECT ",
            $array,
            "(",
            $object,
            "('code', t.code, 'zh', t.zh, 'en', t.en) ORDER BY t.code) FROM problem_cause x JOIN term t ON t.id = x.term_id \
             WHERE x.problem_id = p.id) AS causes, (SELECT ",
            $array,
            "(",
            $object,
            "('code', t.code, 'zh', t.zh, 'en', t.en) ORDER BY t.code) FROM problem_goal x JOIN term t ON t.id = x.term_id \
             WHERE x.problem_id = p.id) AS goals, \
             (SELECT COUNT(*) FROM supplement x WHERE x.problem_id = p.id) AS supplements, \
             (SELECT COUNT(*) FROM urge x WHERE x.problem_id = p.id) AS urges, \
             (SELECT COUNT(*) FROM urge x WHERE x.problem_id = p.id AND x.by_reporter) AS urges_of_reporter, \
             q.on_site_kind, q.text AS disposed_text, q.policy_ref, q.resolved_at, \
             q.lead_org_id AS proposed_lead_id, ql.name AS proposed_lead_name, \
             ql.public_name AS proposed_lead_public_name, qs.public_name AS study_org_public_name, \
             q.study_org_id, qs.name AS study_org_name, q.due_on, q.decided_by, qd.name AS decided_by_name, q.decided_at, \
             (SELECT ",
            $array,
            "(",
            $object,
            "('org_id', ",
            $org,
            ", 'name', t.name, 'public_name', t.public_name, 'agreed', x.agreed) ORDER BY t.name) FROM disposition_org x \
             JOIN org t ON t.id = x.org_id WHERE x.disposition_id = q.id) AS disposed_orgs, \
             r.id AS reporter_id, r.kind AS reporter_kind, r.display_name AS reporter_display_name, \
             r.phone_masked AS reporter_phone_masked, r.preferred_channel AS reporter_preferred_channel, \
             r.anonymity AS reporter_anonymity, r.person_id AS reporter_person_id, "
        )
    };
}

const JOINS: &str = "JOIN term c ON c.id = p.category_id JOIN division d ON d.id = p.division_id \
     JOIN campaign_year y ON y.id = p.campaign_year_id JOIN campaign ca ON ca.id = y.campaign_id \
     JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no \
     LEFT JOIN service_object o ON o.id = p.object_id LEFT JOIN visit v ON v.id = p.visit_id \
     LEFT JOIN person vl ON vl.id = v.leader_id LEFT JOIN person rp ON rp.id = p.recorded_by \
     LEFT JOIN org ro ON ro.id = p.recorder_org_id LEFT JOIN org lo ON lo.id = p.lead_org_id \
     LEFT JOIN person lp ON lp.id = p.lead_person_id \
     LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL \
     LEFT JOIN org ql ON ql.id = q.lead_org_id LEFT JOIN org qs ON qs.id = q.study_org_id \
     LEFT JOIN person qd ON qd.id = q.decided_by LEFT JOIN theme th ON th.id = p.theme_id \
     LEFT JOIN problem_reporter pr ON pr.problem_id = p.id AND pr.part = 'primary' \
     LEFT JOIN reporter r ON r.id = pr.reporter_id";

/// The columns of a single read. SQLite and PostgreSQL call their JSON aggregates by other names; SQLite's has no
/// UUIDs, so an id inside one goes as hexadecimal text.
pub(super) fn whole(db: &Db) -> &'static str {
    db.pick(
        columns!(
            "p.statement",
            "cy.result",
            "json_group_array",
            "json_object",
            "lower(hex(x.org_id))"
        ),
        columns!("p.statement", "cy.result", "json_agg", "json_build_object", "x.org_id"),
    )
}

/// The columns of a page: without the long texts.
pub fn brief(db: &Db) -> &'static str {
    db.pick(
        columns!("''", "''", "json_group_array", "json_object", "lower(hex(x.org_id))"),
        columns!("''", "''", "json_agg", "json_build_object", "x.org_id"),
    )
}

/// The tables behind those columns.
pub const fn joins() -> &'static str {
    JOINS
}

/// One problem within these scopes, by id or `tracking_no`.
pub fn one(db: &Db, scopes: &[Uuid], reference: &PathRef, who: &Caller, now: Timestamp) -> Sql {
    let statement = ties::columns(sql(whole(db)), db.pick(ties::SQLITE, ties::POSTGRES), who, now);
    let statement = statement.push("FROM problem p ").push(joins()).push(" WHERE ");
    super::within(super::by_reference(statement, reference), scopes)
}

/// One problem, whatever the scope: for the answer to the change that was just made to it.
pub fn stored(tx: &Tx, id: Uuid, who: &Caller, now: Timestamp) -> Sql {
    let columns = tx.pick(
        columns!(
            "p.statement",
            "cy.result",
            "json_group_array",
            "json_object",
            "lower(hex(x.org_id))"
        ),
        columns!("p.statement", "cy.result", "json_agg", "json_build_object", "x.org_id"),
    );
    ties::columns(sql(columns), tx.pick(ties::SQLITE, ties::POSTGRES), who, now)
        .push("FROM problem p ")
        .push(joins())
        .push_bind(" WHERE p.id = ", id)
}
