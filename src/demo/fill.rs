//! `sanfuwu demo-data`: fills an empty database with any number of visits and problems, for trials and measurements.
//!
//! The directory is the speech's. Rows are written in bulk and have what lists, reads and figures need: visits,
//! problems with cycles and dispositions, parts, scopes, roll-ups. They have no events, no reporters and no tasks:
//! their timelines are empty. They are found by no words until a server has indexed them beside its requests. The same
//! seed gives the same rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web;
use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::load::{LoadError, directory, id_of};
use super::script::{SPEECH_SEED, Script};
use crate::app::App;
use crate::auth::keys::Keys;
use crate::calendar::{CLOSE_OF_BUSINESS, shanghai_time};
use crate::clock::{Clock, Ids, Timestamp};
use crate::config::Settings;
use crate::db::{Db, DbError, Tx, Value, setting, sql};
use crate::directory::terms_shipped::{SHIPPED_TERMS, ShippedTerm};
use crate::metrics::rebuild::rebuild;
use crate::problems::domain::{Urgency, due_key, tracking_no, urgency_due_key};
use crate::tasks::store::filled::{self, Filled};

/// Rows of one transaction: 500 problems of 25 values keep under the databases' limit of values a statement.
const BATCH: usize = 500;

/// How much to make.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Problems.
    pub problems: usize,
    /// Visits.
    pub visits: usize,
    /// What chance begins with.
    pub seed: u64,
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let index = self.below(from.len());
        from.get(index)
    }
}

/// What rows are made from.
struct Stock {
    counties: Vec<(Uuid, String)>,
    categories: Vec<&'static ShippedTerm>,
    orgs: Vec<Uuid>,
    leaders: Vec<(Uuid, Uuid)>,
    campaign_year: Uuid,
    numbers: BTreeMap<String, i64>,
    chance: Chance,
}

/// Fills a migrated database that holds nothing; `progress` is told how many rows of how many are done.
///
/// # Errors
/// Where the database refuses.
pub async fn fill(
    db: &Db,
    settings: &Settings,
    keys: Arc<Keys>,
    amount: Amount,
    progress: impl Fn(usize, usize),
) -> Result<(), LoadError> {
    let script = Script::speech(SPEECH_SEED);
    let clock = Clock::frozen(script.clock_starts_at.into());
    let app = App::new(
        settings.clone(),
        db.clone(),
        keys,
        clock,
        Clock::real(),
        Ids::counted(0x0190_0001),
    )?;
    let app = web::Data::new(app);
    let places = directory::enter(&app, &script).await?;
    let (campaign_year,): (Uuid,) =
        sql("SELECT y.id FROM campaign_year y JOIN campaign c ON c.id = y.campaign_id WHERE c.slug = $1")
            .bind("2019")
            .one(db)
            .await?;
    let leaders = script
        .memberships
        .iter()
        .filter(|membership| membership.role == "leader");
    let mut stock = Stock {
        counties: sql("SELECT id, code FROM division WHERE level = 'county' AND valid_to IS NULL ORDER BY code")
            .all(db)
            .await?,
        categories: SHIPPED_TERMS
            .iter()
            .filter(|term| term.kind == "category" && !term.is_heading())
            .collect(),
        orgs: places.orgs.values().copied().collect(),
        leaders: leaders
            .map(|membership| {
                Ok((
                    id_of(&places.people, &membership.person)?,
                    id_of(&places.orgs, &membership.organisation)?,
                ))
            })
            .collect::<Result<_, LoadError>>()?,
        campaign_year,
        numbers: BTreeMap::new(),
        chance: Chance(amount.seed),
    };
    let (total, mut done) = (amount.problems + amount.visits, 0);
    let mut visits = Vec::new();
    while visits.len() < amount.visits {
        let count = BATCH.min(amount.visits - visits.len());
        let mut tx = db.begin().await?;
        visits.extend(insert_visits(&mut tx, &app, &mut stock, count).await?);
        tx.commit().await?;
        done += count;
        progress(done, total);
    }
    let mut made = 0;
    while made < amount.problems {
        let count = BATCH.min(amount.problems - made);
        let mut tx = db.begin().await?;
        insert_problems(&mut tx, &app, &mut stock, count, &visits).await?;
        tx.commit().await?;
        made += count;
        done += count;
        progress(done, total);
    }
    finish(db, &app, &stock).await?;
    Ok(())
}

/// Some moment of working hours in 2019.
fn moment(chance: &mut Chance) -> Timestamp {
    let first = NaiveDate::from_ymd_opt(2019, 1, 2).unwrap_or_default();
    let day = first + Days::new(u64::try_from(chance.below(300)).unwrap_or(0));
    let before_closing = i64::try_from(chance.below(8 * 3600)).unwrap_or(0);
    Timestamp::from(shanghai_time(day, CLOSE_OF_BUSINESS)).plus_seconds(-before_closing)
}

async fn insert_visits(tx: &mut Tx, app: &App, stock: &mut Stock, count: usize) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    let (mut rows, mut made) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let at = moment(&mut stock.chance);
        let (Some((division, _)), Some((leader, org))) = (
            stock.chance.pick(&stock.counties).cloned(),
            stock.chance.pick(&stock.leaders).copied(),
        ) else {
            break;
        };
        let id = app.ids.next();
        made.push((id, division));
        let modes = ["site_visit", "symposium", "household_visit"];
        let bodies = ["party_committee", "peoples_congress", "government", "cppcc"];
        let mode = *stock.chance.pick(&modes).unwrap_or(&"site_visit");
        let body = *stock.chance.pick(&bodies).unwrap_or(&"government");
        rows.push([
            id.into(),
            stock.campaign_year.into(),
            mode.into(),
            "proactive".into(),
            "factory".into(),
            division.into(),
            at.into(),
            at.into(),
            at.plus_seconds(5400).into(),
            leader.into(),
            body.into(),
            org.into(),
            "completed".into(),
            at.plus_seconds(5400).into(),
            at.into(),
            at.into(),
        ] as [Value; 16]);
    }
    sql("INSERT INTO visit (id, campaign_year_id, mode, origin, place_kind, division_id, planned_at, started_at, ended_at, \
         leader_id, leading_body, org_id, state, completed_at, created_at, updated_at)")
    .values(rows)
    .run(tx)
    .await?;
    let ids: Vec<Uuid> = made.iter().map(|(id, _)| *id).collect();
    // Each branch is bound to this batch: what was made before is not looked at again.
    sql("INSERT INTO visit_scope (scope_id, visit_id, state, planned_at) \
         SELECT s.scope_id, v.id, v.state, v.planned_at FROM visit v JOIN ( \
         SELECT x.id AS visit_id, a.ancestor_id AS scope_id FROM visit x JOIN division_ancestor a ON a.descendant_id = x.division_id \
         WHERE x.id")
    .in_list(&ids)
    .push(" UNION SELECT x.id, a.ancestor_id FROM visit x JOIN org_ancestor a ON a.descendant_id = x.org_id WHERE x.id")
    .in_list(&ids)
    .push(" UNION SELECT x.id, x.leader_id FROM visit x WHERE x.id")
    .in_list(&ids)
    .push(") s ON s.visit_id = v.id")
    .run(tx)
    .await?;
    Ok(made)
}

async fn insert_problems(
    tx: &mut Tx,
    app: &App,
    stock: &mut Stock,
    count: usize,
    visits: &[(Uuid, Uuid)],
) -> Result<(), DbError> {
    let (mut problems, mut cycles, mut parts, mut dispositions, mut ids) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let at = moment(&mut stock.chance);
        let visit = stock.chance.pick(visits).copied();
        let (Some(county), Some(category), Some(org)) = (
            stock.chance.pick(&stock.counties).cloned(),
            stock.chance.pick(&stock.categories).copied(),
            stock.chance.pick(&stock.orgs).copied(),
        ) else {
            break;
        };
        let (division, code) = match visit {
            Some((_, division)) => stock
                .counties
                .iter()
                .find(|(id, _)| *id == division)
                .cloned()
                .unwrap_or(county),
            None => county,
        };
        let number = stock.numbers.entry(code.clone()).or_insert(0);
        *number += 1;
        let (id, number) = (app.ids.next(), *number);
        ids.push(id);
        let urgency = *stock
            .chance
            .pick(&[
                Urgency::Normal,
                Urgency::Normal,
                Urgency::Normal,
                Urgency::Urgent,
                Urgency::Critical,
            ])
            .unwrap_or(&Urgency::Normal);
        let (class, state) = match stock.chance.below(100) {
            0..18 => ("resolved_on_site", "pending_confirmation"),
            18..50 => ("follow_up", "open"),
            50..67 => ("follow_up", "assigned"),
            _ => ("typical", "studying"),
        };
        let due = (class != "resolved_on_site").then(|| at.plus_seconds(7 * 86400));
        let lead = (state == "assigned").then_some(org);
        let response_due = at.plus_seconds(86400);
        problems.push([
            id.into(),
            tracking_no(2019, &code, number).into(),
            stock.campaign_year.into(),
            visit.map(|(visit, _)| visit).into(),
            "visit".into(),
            category.audience.unwrap_or("enterprise").into(),
            category.id().into(),
            format!(
                "示例问题{number}：{}方面的困难，希望有关部门帮助协调解决。",
                category.zh
            )
            .into(),
            category.zh.into(),
            division.into(),
            urgency.into(),
            class.into(),
            state.into(),
            lead.into(),
            at.into(),
            org.into(),
            due.into(),
            due_key(due).into(),
            urgency_due_key(urgency, due).into(),
            at.into(),
            at.into(),
            at.into(),
            response_due.micros().into(),
            lead.map(|_| "assigned").into(),
            lead.map(|_| at).into(),
        ] as [Value; 25]);
        cycles.push([
            app.ids.next().into(),
            id.into(),
            1_i64.into(),
            "first".into(),
            at.into(),
            response_due.into(),
            due.into(),
            false.into(),
            "2026.1".into(),
        ] as [Value; 9]);
        parts.push([
            id.into(),
            org.into(),
            if lead.is_some() { "lead" } else { "recorder" }.into(),
            at.into(),
        ] as [Value; 4]);
        let on_site = (class == "resolved_on_site").then_some("answered");
        dispositions.push([
            app.ids.next().into(),
            id.into(),
            class.into(),
            on_site.into(),
            (class == "follow_up").then_some(org).into(),
            (class == "typical").then_some(org).into(),
            at.into(),
            at.into(),
        ] as [Value; 8]);
    }
    sql("INSERT INTO problem (id, tracking_no, campaign_year_id, visit_id, channel, audience, category_id, statement, summary, \
         division_id, urgency, disposition, state, lead_org_id, recorded_at, recorder_org_id, due_at, due_key, \
         urgency_due_key, last_progress_at, created_at, updated_at, response_due_key, first_lead_origin, first_led_at)")
    .values(problems)
    .run(tx)
    .await?;
    sql("INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, resolution_due, provisional, calendar_version)")
        .values(cycles)
        .run(tx)
        .await?;
    sql("INSERT INTO problem_org (problem_id, org_id, part, since)")
        .values(parts)
        .run(tx)
        .await?;
    sql("INSERT INTO disposition (id, problem_id, class, on_site_kind, lead_org_id, study_org_id, decided_at, created_at)")
        .values(dispositions)
        .run(tx)
        .await?;
    sql("INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT s.scope_id, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key, \
         p.response_due_key, p.last_progress_at FROM problem p JOIN ( \
         SELECT x.id AS problem_id, a.ancestor_id AS scope_id FROM problem x \
         JOIN division_ancestor a ON a.descendant_id = x.division_id WHERE x.id")
    .in_list(&ids)
    .push(" UNION SELECT x.problem_id, a.ancestor_id FROM problem_org x JOIN org_ancestor a ON a.descendant_id = x.org_id WHERE x.problem_id")
    .in_list(&ids)
    .push(" UNION SELECT x.id, v.leader_id FROM problem x JOIN visit v ON v.id = x.visit_id WHERE x.id")
    .in_list(&ids)
    .push(" UNION SELECT x.id, x.id FROM problem x WHERE x.id")
    .in_list(&ids)
    .push(") s ON s.problem_id = p.id")
    .run(tx)
    .await?;
    Ok(())
}

/// Counters, roll-ups, and the mark that this is no real data.
async fn finish(db: &Db, app: &App, stock: &Stock) -> Result<(), LoadError> {
    let mut tx = db.begin().await?;
    let rows = stock
        .numbers
        .iter()
        .map(|(code, number)| -> [Value; 3] { [2019_i64.into(), code.as_str().into(), (*number).into()] });
    if !stock.numbers.is_empty() {
        sql("INSERT INTO counter (year, code6, value)")
            .values(rows)
            .run(&mut tx)
            .await?;
    }
    rebuild(&mut tx).await?;
    let mark = serde_json::json!({ "problems": {}, "visits": {}, "generated": true });
    setting::put(&mut tx, super::load::MARK, mark, app.clock.now()).await?;
    super::clock::keep(&mut tx, app.clock.now()).await?;
    // What has no events has no tasks either: nothing happens by itself beside what is measured.
    filled::read(&mut tx, app.clock.now()).await?;
    filled::keep(&mut tx, Filled::Whole, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
