//! Reading objects: one statement a read or page, with all that a view shows.

use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::directory::words::Level;
use crate::http::total;
use crate::service_objects::domain::{Community, Draft, Enterprise, Household, Place};
use crate::service_objects::dto::{ExternalIdView, ObjectFilters, ServiceObjectView};
use crate::service_objects::words::{CommunityKind, EnterpriseSize, ObjectType, Ownership};

/// An object with its part, its division, its owner and its external ids.
#[derive(Clone, Debug, FromRow)]
pub struct ObjectRow {
    /// Row id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    r#type: ObjectType,
    division_id: Uuid,
    division_level: Level,
    division_code: String,
    division_name: String,
    division_full_name: String,
    address: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    hardship: i64,
    contact_cadence_days: Option<i64>,
    last_visit_at: Option<Timestamp>,
    owner_org_id: Option<Uuid>,
    owner_org_name: Option<String>,
    end_reason: Option<String>,
    erased_at: Option<Timestamp>,
    created_at: Timestamp,
    uscc: Option<String>,
    uscc_unverified: Option<bool>,
    uscc_unverified_reason: Option<String>,
    industry_section: Option<String>,
    industry_division: Option<String>,
    size: Option<EnterpriseSize>,
    ownership: Option<Ownership>,
    is_star: Option<bool>,
    alias: Option<String>,
    community_kind: Option<CommunityKind>,
    external_ids: Option<Json<Vec<(String, String, String)>>>,
}

impl ObjectRow {
    fn enterprise(&self) -> Option<Enterprise> {
        Some(Enterprise {
            uscc: self.uscc.clone(),
            uscc_unverified: self.uscc_unverified?,
            uscc_unverified_reason: self.uscc_unverified_reason.clone(),
            industry_section: self.industry_section.clone(),
            industry_division: self.industry_division.clone(),
            size: self.size,
            ownership: self.ownership,
            is_star: self.is_star?,
        })
    }

    fn household(&self) -> Option<Household> {
        self.alias.clone().map(|alias| Household { alias })
    }

    fn community(&self) -> Option<Community> {
        self.community_kind.map(|kind| Community { kind })
    }

    /// What the object is, as a draft to be changed.
    pub fn draft(&self) -> Draft {
        Draft {
            kind: self.r#type,
            name: self.name.clone(),
            place: Place::Known {
                id: self.division_id,
                level: self.division_level,
            },
            address: self.address.clone(),
            latitude: self.latitude,
            longitude: self.longitude,
            hardship: self.hardship,
            contact_cadence_days: self.contact_cadence_days,
            owner_org_id: self.owner_org_id,
            enterprise: self.enterprise(),
            household: self.household(),
            community: self.community(),
        }
    }

    /// The object as the API shows it.
    pub fn view(self) -> ServiceObjectView {
        let (enterprise, household, community) = (self.enterprise(), self.household(), self.community());
        ServiceObjectView {
            id: self.id,
            kind: self.r#type,
            name: self.name,
            division: DivisionRef {
                code: self.division_code,
                name: self.division_name,
                full_name: self.division_full_name,
            },
            address: self.address,
            latitude: self.latitude,
            longitude: self.longitude,
            hardship: self.hardship,
            contact_cadence_days: self.contact_cadence_days,
            last_visit_at: self.last_visit_at,
            owner_org: OrgRef::from_parts(self.owner_org_id, self.owner_org_name),
            enterprise,
            household,
            community,
            external_ids: external_ids(self.external_ids),
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            erased_at: self.erased_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// The rows `[client, system, value]` that the statement gathers, in order.
fn external_ids(gathered: Option<Json<Vec<(String, String, String)>>>) -> Vec<ExternalIdView> {
    let mut ids: Vec<ExternalIdView> = gathered
        .map(|rows| rows.0)
        .unwrap_or_default()
        .into_iter()
        .map(|(client_id, system, value)| ExternalIdView {
            client_id,
            system,
            value,
        })
        .collect();
    ids.sort();
    ids
}

/// `SELECT … FROM …` of everything above. The two databases name their JSON aggregates differently.
fn select(on: &On<'_>) -> Sql {
    sql(
        "SELECT o.id, o.type, o.name, o.division_id, d.level AS division_level, d.code AS division_code, \
         d.name AS division_name, d.full_name AS division_full_name, o.address, o.latitude, o.longitude, o.hardship, \
         o.contact_cadence_days, o.last_visit_at, o.owner_org_id, g.name AS owner_org_name, o.ended_at, o.end_reason, \
         o.erased_at, o.version, o.created_at, o.updated_at, e.uscc, e.uscc_unverified, e.uscc_unverified_reason, \
         e.industry_section, e.industry_division, e.size, e.ownership, e.is_star, h.alias, c.kind AS community_kind, \
         (SELECT ",
    )
    .push(on.pick(
        "json_group_array(json_array(a.client_id, x.system, x.value))",
        "json_agg(json_build_array(a.client_id, x.system, x.value))",
    ))
    .push(
        " FROM external_id x JOIN client_app a ON a.id = x.client_app_id \
         WHERE x.kind = 'service_object' AND x.entity_id = o.id) AS external_ids",
    )
    .push(FROM)
    // Every object has its division; LEFT keeps SQLite from beginning with the divisions, out of the list's order.
    .push(" LEFT JOIN division d ON d.id = o.division_id LEFT JOIN org g ON g.id = o.owner_org_id")
}

const FROM: &str = " FROM service_object o LEFT JOIN enterprise e ON e.object_id = o.id \
     LEFT JOIN household h ON h.object_id = o.id LEFT JOIN community c ON c.object_id = o.id";

/// The object, where it lies under one of these divisions.
pub async fn find(on: impl Into<On<'_>>, divisions: &[Uuid], id: Uuid) -> Result<Option<ObjectRow>, DbError> {
    let on = on.into();
    select(&on)
        .push_bind(" WHERE o.id = ", id)
        .push(" AND EXISTS (SELECT 1 FROM division_ancestor w WHERE w.descendant_id = o.division_id AND w.ancestor_id")
        .in_list(divisions)
        .push(")")
        .optional(on)
        .await
}

/// The object, wherever it lies: for the installation's own imports.
pub async fn find_anywhere(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<ObjectRow>, DbError> {
    let on = on.into();
    select(&on).push_bind(" WHERE o.id = ", id).optional(on).await
}

/// Narrows a statement to the subtree of `division` and to the filters.
fn filtered(statement: Sql, db: &Db, division: Uuid, filters: &ObjectFilters) -> Sql {
    let mut statement = statement
        .push(" WHERE EXISTS (SELECT 1 FROM division_ancestor w WHERE w.descendant_id = o.division_id")
        .and("w.ancestor_id = ", division)
        .push(")")
        .and_in("o.type", &filters.kind)
        .and_in("e.ownership", &filters.ownership)
        .and_opt("e.industry_section = ", filters.industry_section.as_deref())
        .and_opt("o.hardship >= ", filters.hardship_min);
    if !filters.include_ended.unwrap_or(false) {
        statement = statement.push(" AND o.ended_at IS NULL");
    }
    if let Some(code) = &filters.division {
        // Every division that ever bore the code.
        statement = statement
            .push(" AND EXISTS (SELECT 1 FROM division_ancestor s JOIN division t ON t.id = s.ancestor_id")
            .push_bind(" WHERE s.descendant_id = o.division_id AND t.code = ", code)
            .push(")");
    }
    if let Some(text) = &filters.q {
        // SQLite's LIKE takes ASCII letters of either case for equal, PostgreSQL's does not, its ILIKE does.
        let part = format!("%{}%", escape_like(text));
        let beginning = format!("{}%", escape_like(&text.trim().to_ascii_uppercase()));
        statement = statement
            .push(db.pick(" AND (o.name LIKE ", " AND (o.name ILIKE "))
            .push_bind("", part.clone())
            .push(db.pick(" ESCAPE '\\' OR h.alias LIKE ", " ESCAPE '\\' OR h.alias ILIKE "))
            .push_bind("", part)
            .push_bind(" ESCAPE '\\' OR e.uscc LIKE ", beginning)
            .push(" ESCAPE '\\')");
    }
    statement
}

/// A text that LIKE takes literally.
fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Objects in the subtree of `division` by name, after a position; to be read as [`ObjectRow`]s.
pub fn list_by_name(
    db: &Db,
    division: Uuid,
    filters: &ObjectFilters,
    after: Option<(String, Uuid)>,
    fetch: i64,
) -> Sql {
    let mut statement = filtered(select(&On::Db(db)), db, division, filters);
    statement = statement.behind(" AND (o.name, o.id) > (", after);
    statement.push_bind(" ORDER BY o.name, o.id LIMIT ", fetch)
}

/// Objects in the subtree of `division`, last changed first, after a position; to be read as [`ObjectRow`]s.
pub fn list_by_update(
    db: &Db,
    division: Uuid,
    filters: &ObjectFilters,
    after: Option<(Timestamp, Uuid)>,
    fetch: i64,
) -> Sql {
    let mut statement = filtered(select(&On::Db(db)), db, division, filters);
    statement = statement.behind(" AND (o.updated_at, o.id) < (", after);
    statement.push_bind(" ORDER BY o.updated_at DESC, o.id DESC LIMIT ", fetch)
}

/// How many objects a list has, counted no further than the list tells.
pub async fn count(db: &Db, division: Uuid, filters: &ObjectFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one").push(FROM);
    total::count(db, filtered(rows, db, division, filters)).await
}
