//! The small world that tests live in: one organisation and one person per role, in 义乌市 (330782) and above it.

use serde_json::json;
use uuid::Uuid;

use crate::auth::Role;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Tx, sql};
use crate::directory::seed::{Extent, ensure};
use crate::directory::shipped::division_id;
use crate::directory::stable_id::stable_id;

/// The county that most tests happen in.
pub const YIWU: &str = "330782";
/// Another county, whose people must never see Yiwu's problems.
pub const DEQING: &str = "330521";
/// When the frozen business clock stands: a Thursday morning in Asia/Shanghai.
pub const NOW: &str = "2019-01-10T02:00:00Z";
/// When the frozen real clock stands.
pub const REAL_NOW: &str = "2026-01-05T00:00:00Z";

/// A person of the world, and the membership that he acts with.
#[derive(Clone, Debug)]
pub struct Member {
    /// Person id.
    pub person: Uuid,
    /// Membership id.
    pub membership: Uuid,
    /// Role.
    pub role: Role,
    /// Organisation.
    pub org: Uuid,
    /// Division and its code.
    pub division: (Uuid, &'static str),
}

/// (key, name, kind, level, division code, leading body, parent)
type OrgSeed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

const ORGS: &[OrgSeed] = &[
    (
        "province-government",
        "浙江省人民政府",
        "government",
        "province",
        "330000",
        Some("government"),
        None,
    ),
    (
        "province-office",
        "浙江省“三服务”办公室",
        "dispatch_office",
        "province",
        "330000",
        None,
        None,
    ),
    (
        "province-hr",
        "浙江省人力资源和社会保障厅",
        "department",
        "province",
        "330000",
        None,
        Some("province-government"),
    ),
    (
        "yiwu-government",
        "义乌市人民政府",
        "government",
        "county",
        YIWU,
        Some("government"),
        None,
    ),
    (
        "yiwu-office",
        "义乌市“三服务”办公室",
        "dispatch_office",
        "county",
        YIWU,
        None,
        None,
    ),
    (
        "yiwu-hr",
        "义乌市人力资源和社会保障局",
        "department",
        "county",
        YIWU,
        None,
        Some("yiwu-government"),
    ),
    (
        "yiwu-finance",
        "义乌市财政局",
        "department",
        "county",
        YIWU,
        None,
        Some("yiwu-government"),
    ),
    (
        "yiwu-supervision",
        "义乌市委督查室",
        "supervision_office",
        "county",
        YIWU,
        None,
        None,
    ),
    (
        "deqing-government",
        "德清县人民政府",
        "government",
        "county",
        DEQING,
        Some("government"),
        None,
    ),
    (
        "deqing-office",
        "德清县“三服务”办公室",
        "dispatch_office",
        "county",
        DEQING,
        None,
        None,
    ),
];

/// (key, name, org, role, division code of the membership)
const PEOPLE: &[(&str, &str, &str, Role, &str)] = &[
    ("leader", "示例带队领导", "yiwu-government", Role::Leader, YIWU),
    ("officer", "示例走访干部", "yiwu-government", Role::Officer, YIWU),
    ("officer2", "示例走访干部乙", "yiwu-finance", Role::Officer, YIWU),
    ("handler", "示例承办人", "yiwu-hr", Role::Handler, YIWU),
    ("head", "示例局长", "yiwu-hr", Role::Head, YIWU),
    ("finance-handler", "示例财政承办人", "yiwu-finance", Role::Handler, YIWU),
    (
        "study-handler",
        "示例研究承办人",
        "province-hr",
        Role::Handler,
        "330000",
    ),
    ("dispatcher", "示例交办员", "yiwu-office", Role::Dispatcher, YIWU),
    ("supervisor", "示例督查员", "yiwu-supervision", Role::Supervisor, YIWU),
    ("assessor", "示例评价员", "yiwu-office", Role::Assessor, YIWU),
    ("admin", "示例管理员", "yiwu-office", Role::Admin, YIWU),
    ("auditor", "示例审计员", "yiwu-office", Role::Auditor, YIWU),
    ("reporter", "示例反映人", "yiwu-office", Role::Reporter, YIWU),
    (
        "province-leader",
        "示例省领导",
        "province-government",
        Role::Leader,
        "330000",
    ),
    (
        "province-dispatcher",
        "示例省交办员",
        "province-office",
        Role::Dispatcher,
        "330000",
    ),
    (
        "province-admin",
        "示例省管理员",
        "province-office",
        Role::Admin,
        "330000",
    ),
    (
        "deqing-officer",
        "示例德清走访干部",
        "deqing-government",
        Role::Officer,
        DEQING,
    ),
    (
        "deqing-leader",
        "示例德清领导",
        "deqing-government",
        Role::Leader,
        DEQING,
    ),
    (
        "deqing-dispatcher",
        "示例德清交办员",
        "deqing-office",
        Role::Dispatcher,
        DEQING,
    ),
    ("deqing-admin", "示例德清管理员", "deqing-office", Role::Admin, DEQING),
];

/// The client that stands for an integrating system of 义乌市人力资源和社会保障局.
pub const CLIENT: &str = "integrator";

/// The id of an organisation of the world.
pub fn org(key: &str) -> Uuid {
    stable_id("test-org", key)
}

/// The id of a division that is valid since ever.
pub fn division(code: &str) -> Uuid {
    division_id(code, None)
}

/// A person of the world.
pub fn member(key: &str) -> Member {
    if key == CLIENT {
        return Member {
            person: stable_id("test-client", key),
            membership: stable_id("test-membership", key),
            role: Role::Integrator,
            org: org("yiwu-hr"),
            division: (division(YIWU), YIWU),
        };
    }
    let (_, _, org_key, role, code) = PEOPLE
        .iter()
        .copied()
        .find(|(name, ..)| *name == key)
        .unwrap_or_else(|| panic!("nobody is called {key}"));
    Member {
        person: stable_id("test-person", key),
        membership: stable_id("test-membership", key),
        role,
        org: org(org_key),
        division: (division(code), code),
    }
}

/// The keys of everyone, one per role first.
pub fn everyone() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|(key, ..)| *key).chain([CLIENT])
}

/// Fills a migrated database.
pub async fn fill(db: &Db) -> Result<(), DbError> {
    let now: Timestamp = "2019-01-01T00:00:00Z".parse().expect("a literal");
    ensure(db, now, Extent::TownsOf(YIWU)).await?;
    let mut tx = db.begin().await?;
    for (key, name, kind, level, code, body, parent) in ORGS {
        sql(
            "INSERT INTO org (id, name, kind, level, division_id, parent_id, leading_body, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        )
        .bind(org(key))
        .bind(*name)
        .bind(*kind)
        .bind(*level)
        .bind(division(code))
        .bind(parent.map(org))
        .bind(*body)
        .bind(now)
        .run(&mut tx)
        .await?;
        for (depth, ancestor) in [Some(*key), *parent].into_iter().flatten().enumerate() {
            sql("INSERT INTO org_ancestor (ancestor_id, descendant_id, depth) VALUES ($1, $2, $3)")
                .bind(org(ancestor))
                .bind(org(key))
                .bind(i64::try_from(depth).unwrap_or(0))
                .run(&mut tx)
                .await?;
        }
    }
    for (key, name, ..) in PEOPLE {
        person(&mut tx, key, name, now).await?;
    }
    let client = member(CLIENT);
    sql("INSERT INTO client_app (id, client_id, name, org_id, division_id, scopes, rights_changed_at, created_at, updated_at) \
         VALUES ($1, $2, '示例对接系统', $3, $4, $5, $6, $6, $6)")
    .bind(client.person)
    .bind(CLIENT)
    .bind(client.org)
    .bind(client.division.0)
    .bind(json!(every_scope()))
    .bind(now)
    .run(&mut tx)
    .await?;
    campaign(&mut tx, now).await?;
    tx.commit().await
}

/// Every scope that a client can be given.
pub fn every_scope() -> Vec<&'static str> {
    let mut scopes: Vec<_> = crate::auth::policy::RULES.iter().map(|rule| rule.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

async fn person(tx: &mut Tx, key: &str, name: &str, now: Timestamp) -> Result<(), DbError> {
    let member = member(key);
    sql("INSERT INTO person (id, name, org_id, rights_changed_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $4, $4)")
        .bind(member.person)
        .bind(name)
        .bind(member.org)
        .bind(now)
        .run(tx)
        .await?;
    sql(
        "INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $6)",
    )
    .bind(member.membership)
    .bind(member.person)
    .bind(member.role)
    .bind(member.org)
    .bind(member.division.0)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// The campaign of the speech, open throughout 2019 and 2020.
async fn campaign(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    let id = stable_id("test-campaign", "2019");
    sql("INSERT INTO campaign (id, slug, name, theme, created_at, updated_at) \
         VALUES ($1, '2019', '“三服务”活动', '“八八战略”再深化、改革开放再出发', $2, $2)")
    .bind(id)
    .bind(now)
    .run(tx)
    .await?;
    sql(
        "INSERT INTO campaign_year (id, campaign_id, year, stage, opens_on, closes_on, created_at, updated_at) \
         VALUES ($1, $2, 2019, 'deployment', $3, $4, $5, $5)",
    )
    .bind(stable_id("test-campaign-year", "2019"))
    .bind(id)
    .bind(chrono::NaiveDate::from_ymd_opt(2019, 1, 2))
    .bind(chrono::NaiveDate::from_ymd_opt(2019, 12, 31))
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}
