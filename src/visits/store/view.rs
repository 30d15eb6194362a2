//! A visit with all that its representation shows, in one statement.

use serde::Deserialize;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::{LeadingBody, Level};
use crate::problems::hiding::Eyes;
use crate::visits::domain::{Origin, VisitState};

/// A row of a representation; the fields are those of `VisitView`, flat.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct ViewRow {
    pub id: Uuid,
    pub client_ref: Option<Uuid>,
    pub campaign_slug: String,
    pub campaign_name: String,
    pub campaign_year: i64,
    pub state: VisitState,
    pub mode: String,
    pub mode_zh: String,
    pub mode_en: String,
    pub mode_note: Option<String>,
    pub origin: Origin,
    pub place_kind: String,
    pub place_zh: String,
    pub place_en: String,
    pub place_note: Option<String>,
    pub division_code: String,
    pub division_name: String,
    pub division_full_name: String,
    pub place_level: Level,
    pub planned_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub leader_id: Uuid,
    pub leader_name: String,
    pub leading_body: LeadingBody,
    pub org_id: Uuid,
    pub org_name: String,
    pub recorded_by: Option<Uuid>,
    pub recorded_by_name: Option<String>,
    pub members: Json<Vec<MemberPart>>,
    pub objects: Json<Vec<ObjectPart>>,
    pub observations: Option<String>,
    pub heard: Option<String>,
    pub cancel_reason: Option<String>,
    pub erased_at: Option<Timestamp>,
    pub problems: i64,
    pub undisposed: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
    /// Whether the visit lies where the caller may change visits.
    pub may_change: bool,
}

/// One of the team, as the statement aggregates it.
#[derive(Clone, Debug, Deserialize)]
pub struct MemberPart {
    /// Who.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Whether in person.
    pub attended: bool,
}

/// One of the objects, likewise.
#[derive(Clone, Debug, Deserialize)]
pub struct ObjectPart {
    /// Which.
    pub id: Uuid,
    /// Its name; a household's alias.
    pub name: String,
}

/// Where a statement reads: the two databases aggregate JSON by different names.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    members: &'static str,
    objects: &'static str,
}

const OBJECTS: &str = " FROM visit_object b JOIN service_object s ON s.id = b.object_id \
     LEFT JOIN household h ON h.object_id = s.id WHERE b.visit_id = v.id AND ";

impl Dialect {
    // SQLite keeps ids as bytes and truth as a number, neither of which JSON has.
    const SQLITE: Self = Self {
        members: "(SELECT json_group_array(json_object('id', lower(hex(m.person_id)), 'name', p.name, \
                'attended', json(CASE WHEN m.attended THEN 'true' ELSE 'false' END))) \
                FROM visit_member m JOIN person p ON p.id = m.person_id WHERE m.visit_id = v.id) AS members, ",
        objects: "(SELECT json_group_array(json_object('id', lower(hex(b.object_id)), 'name', coalesce(h.alias, s.name)))",
    };
    const POSTGRES: Self = Self {
        members: "(SELECT coalesce(json_agg(json_build_object('id', m.person_id, 'name', p.name, \
                'attended', m.attended)), '[]') \
                FROM visit_member m JOIN person p ON p.id = m.person_id WHERE m.visit_id = v.id) AS members, ",
        objects: "(SELECT coalesce(json_agg(json_build_object('id', b.object_id, 'name', coalesce(h.alias, s.name))), '[]')",
    };

    /// The database's.
    pub fn of(db: &Db) -> Self {
        db.pick(Self::SQLITE, Self::POSTGRES)
    }

    /// The transaction's.
    pub fn of_tx(tx: &Tx) -> Self {
        tx.pick(Self::SQLITE, Self::POSTGRES)
    }
}

const SELECT: &str = "SELECT v.id, v.client_ref, c.slug AS campaign_slug, c.name AS campaign_name, \
     y.year AS campaign_year, v.state, v.mode, coalesce(mt.zh, v.mode) AS mode_zh, coalesce(mt.en, v.mode) AS mode_en, \
     v.mode_note, v.origin, v.place_kind, coalesce(pt.zh, v.place_kind) AS place_zh, \
     coalesce(pt.en, v.place_kind) AS place_en, v.place_note, d.code AS division_code, d.name AS division_name, \
     d.full_name AS division_full_name, d.level AS place_level, v.planned_at, v.started_at, v.ended_at, v.leader_id, \
     l.name AS leader_name, v.leading_body, v.org_id, o.name AS org_name, v.recorded_by, r.name AS recorded_by_name, \
     v.cancel_reason, v.erased_at, v.created_at, v.updated_at, v.version, \
     (SELECT COUNT(*) FROM problem q WHERE q.visit_id = v.id) AS problems, \
     (SELECT COUNT(*) FROM problem q WHERE q.visit_id = v.id AND q.state IN ('recorded', 'open') \
     AND q.disposition IS NULL) AS undisposed, ";

/// Lists leave the long texts where they are.
const NO_TEXTS: &str = ", CAST(NULL AS text) AS observations, CAST(NULL AS text) AS heard";
const TEXTS: &str = ", v.observations, v.heard";

const JOINS: &str = " JOIN campaign_year y ON y.id = v.campaign_year_id JOIN campaign c ON c.id = y.campaign_id \
     JOIN division d ON d.id = v.division_id JOIN person l ON l.id = v.leader_id JOIN org o ON o.id = v.org_id \
     LEFT JOIN person r ON r.id = v.recorded_by \
     LEFT JOIN term mt ON mt.kind = 'visit_mode' AND mt.code = v.mode \
     LEFT JOIN term pt ON pt.kind = 'place_kind' AND pt.code = v.place_kind";

/// Who reads a visit.
#[derive(Clone, Debug)]
pub struct VisitReader {
    /// Where he may change visits.
    pub change_scopes: Vec<Uuid>,
    /// As whom he looks at what it went to.
    pub eyes: Eyes,
}

impl VisitReader {
    /// Adds that he may change the visit `v`.
    fn may_change(&self, statement: Sql) -> Sql {
        statement
            .push("EXISTS (SELECT 1 FROM visit_scope w WHERE w.visit_id = v.id AND w.scope_id")
            .in_list(&self.change_scopes)
            .push(")")
    }

    /// Adds a condition in brackets: that he sees the object `b` of the visit `v`, as he does unless it would tell him
    /// who raised a problem there. Whoever may change the visit sees all that it went to, lest he drop what he does not
    /// see.
    pub(super) fn see_object(&self, statement: Sql) -> Sql {
        let statement = self.may_change(statement.push("("));
        let statement = statement.push(" OR NOT EXISTS (SELECT 1 FROM problem p WHERE p.visit_id = v.id AND NOT ");
        self.eyes.see(statement, "b.object_id").push("))")
    }
}

fn columns(dialect: Dialect, texts: &'static str, reader: &VisitReader) -> Sql {
    let statement = sql(SELECT).push(dialect.members).push(dialect.objects).push(OBJECTS);
    let statement = reader.see_object(statement).push(") AS objects").push(texts).push(", ");
    reader.may_change(statement).push(" AS may_change")
}

/// One visit, where one of the scopes holds it; without scopes: one that the caller has just written.
pub async fn view(
    on: impl Into<On<'_>>,
    dialect: Dialect,
    scopes: Option<&[Uuid]>,
    reader: &VisitReader,
    id: Uuid,
) -> Result<Option<ViewRow>, DbError> {
    let mut statement = columns(dialect, TEXTS, reader)
        .push(" FROM visit v")
        .push(JOINS)
        .push_bind(" WHERE v.id = ", id);
    if let Some(scopes) = scopes {
        statement = statement
            .push(" AND EXISTS (SELECT 1 FROM visit_scope s WHERE s.visit_id = v.id AND s.scope_id")
            .in_list(scopes)
            .push(")");
    }
    statement.optional(on).await
}

/// The beginning of a list's statement, up to ` FROM (`, and what follows the window's `)`.
pub(super) fn list_columns(dialect: Dialect, reader: &VisitReader) -> Sql {
    columns(dialect, NO_TEXTS, reader).push(" FROM (")
}

pub(super) const LIST_JOINS: &str = ") w JOIN visit v ON v.id = w.visit_id";

pub(super) fn joined(statement: Sql) -> Sql {
    statement.push(LIST_JOINS).push(JOINS)
}
