//! Problems and visits written by hand, with the roll-ups that belong to them.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::directory::shipped::{province_cities_counties, towns};
use crate::directory::stable_id::stable_id;
use crate::directory::terms_shipped::{SHIPPED_TERMS, term_id};
use crate::directory::words::{Audience, LeadingBody};
use crate::metrics::rollup::{self, ProblemKey, VisitFact, VisitKey};
use crate::test_support::{World, seed};

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Ten in the morning of a day in Shanghai.
pub fn morning(day: NaiveDate) -> Timestamp {
    format!("{day}T10:00:00+08:00").parse().expect("an instant")
}

pub fn campaign_year() -> Uuid {
    stable_id("test-campaign-year", "2019")
}

/// The id of a shipped division, of whichever validity.
pub fn division(code: &str) -> Uuid {
    let mut all = province_cities_counties().chain(towns());
    all.find(|division| division.code == code).expect("a division").id()
}

/// A problem as figures see it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub day: NaiveDate,
    pub division: &'static str,
    pub audience: Audience,
    pub category: &'static str,
    pub leading_body: Option<LeadingBody>,
    pub disposition: Option<&'static str>,
}

pub fn problem(day_text: &str, division: &'static str, disposition: Option<&'static str>) -> Problem {
    Problem {
        day: day(day_text),
        division,
        audience: Audience::Enterprise,
        category: "E01",
        leading_body: Some(LeadingBody::Government),
        disposition,
    }
}

impl Problem {
    pub fn key(&self) -> ProblemKey {
        ProblemKey {
            campaign_year_id: campaign_year(),
            day: self.day,
            division_id: division(self.division),
            audience: self.audience,
            category_id: term_id("category", self.category),
            leading_body: self.leading_body,
            disposition: self.disposition,
        }
    }

    /// Its row, and a visit's where it has a leading body; returns its id. Not yet counted.
    pub async fn write(&self, world: &World, tx: &mut Tx) -> Result<Uuid, DbError> {
        let visit = match self.leading_body {
            Some(body) => {
                let mut visit = visit(&self.day.to_string(), self.division);
                (visit.leading_body, visit.state) = (body, "in_progress");
                Some(visit.write(world, tx).await?)
            }
            None => None,
        };
        let (id, at) = (world.app.ids.next(), morning(self.day));
        let state = if self.disposition.is_some() { "studying" } else { "open" };
        sql(
            "INSERT INTO problem (id, tracking_no, campaign_year_id, visit_id, channel, audience, category_id, statement, \
             division_id, disposition, state, recorded_at, due_key, urgency_due_key, last_progress_at, created_at, \
             updated_at) VALUES ($1, $2, $3, $4, 'visit', $5, $6, '示例', $7, $8, $9, $10, 0, 0, $10, $10, $10)",
        )
        .bind(id)
        .bind(id.to_string())
        .bind(campaign_year())
        .bind(visit)
        .bind(self.audience)
        .bind(term_id("category", self.category))
        .bind(division(self.division))
        .bind(self.disposition)
        .bind(state)
        .bind(at)
        .run(tx)
        .await?;
        Ok(id)
    }
}

/// Writes problems and counts them; returns their ids.
pub async fn problems(world: &World, all: &[Problem]) -> Vec<Uuid> {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let mut ids = Vec::new();
    for one in all {
        ids.push(one.write(world, &mut tx).await.expect("a problem"));
        rollup::problem(&mut tx, &one.key(), 1).await.expect("counted");
    }
    tx.commit().await.expect("committed");
    ids
}

/// A visit as figures see it.
#[derive(Clone, Debug)]
pub struct Visit {
    pub day: NaiveDate,
    pub division: &'static str,
    pub leading_body: LeadingBody,
    pub mode: &'static str,
    pub origin: &'static str,
    pub place_kind: &'static str,
    pub state: &'static str,
    pub objects: Vec<(Uuid, &'static str)>,
}

pub fn visit(day_text: &str, division: &'static str) -> Visit {
    Visit {
        day: day(day_text),
        division,
        leading_body: LeadingBody::Government,
        mode: "site_visit",
        origin: "proactive",
        place_kind: "factory",
        state: "completed",
        objects: Vec::new(),
    }
}

impl Visit {
    async fn write(&self, world: &World, tx: &mut Tx) -> Result<Uuid, DbError> {
        let (id, at) = (world.app.ids.next(), morning(self.day));
        let leader = seed::member("leader");
        sql(
            "INSERT INTO visit (id, campaign_year_id, mode, origin, place_kind, division_id, planned_at, started_at, \
             leader_id, leading_body, org_id, state, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $7, $7)",
        )
        .bind(id)
        .bind(campaign_year())
        .bind(self.mode)
        .bind(self.origin)
        .bind(self.place_kind)
        .bind(division(self.division))
        .bind(at)
        .bind(leader.person)
        .bind(self.leading_body)
        .bind(leader.org)
        .bind(self.state)
        .run(tx)
        .await?;
        for (object, _) in &self.objects {
            sql("INSERT INTO visit_object (visit_id, object_id) VALUES ($1, $2)")
                .bind(id)
                .bind(*object)
                .run(tx)
                .await?;
        }
        Ok(id)
    }

    pub fn key(&self) -> VisitKey {
        VisitKey {
            campaign_year_id: campaign_year(),
            day: self.day,
            division_id: division(self.division),
            leading_body: self.leading_body,
            mode: self.mode.to_owned(),
            origin: self.origin,
            place_kind: self.place_kind.to_owned(),
        }
    }
}

/// Writes completed visits and counts them.
pub async fn visits(world: &World, all: &[Visit]) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    for one in all {
        let id = one.write(world, &mut tx).await.expect("a visit");
        rollup::visit(&mut tx, &one.key(), 1).await.expect("counted");
        let facts: Vec<VisitFact> = one.objects.iter().map(|object| fact(one, id, *object)).collect();
        rollup::visit_fact(&mut tx, &facts).await.expect("kept");
    }
    tx.commit().await.expect("committed");
}

fn fact(visit: &Visit, visit_id: Uuid, (object_id, object_type): (Uuid, &'static str)) -> VisitFact {
    VisitFact {
        visit_id,
        object_id,
        object_type,
        division_id: division(visit.division),
        day: visit.day,
        campaign_year_id: campaign_year(),
        org_id: seed::member("leader").org,
    }
}

/// A service object in a division; returns its id and type.
pub async fn object(world: &World, kind: &'static str, code: &str) -> (Uuid, &'static str) {
    let mut tx = world.app.db.begin().await.expect("a transaction");
    let id = world.app.ids.next();
    sql("INSERT INTO service_object (id, type, name, division_id, created_at, updated_at) VALUES ($1, $2, '示例', $3, $4, $4)")
        .bind(id)
        .bind(kind)
        .bind(division(code))
        .bind(world.app.clock.now())
        .run(&mut tx)
        .await
        .expect("an object");
    tx.commit().await.expect("committed");
    (id, kind)
}

/// The codes of the categories that can be chosen, with their audience.
pub fn categories() -> Vec<(&'static str, Audience)> {
    let chosen = SHIPPED_TERMS
        .iter()
        .filter(|term| term.kind == "category" && !term.is_heading());
    chosen
        .filter_map(|term| Some((term.code, Audience::parse(term.audience?)?)))
        .collect()
}
