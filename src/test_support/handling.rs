//! Problems that somebody works at, for tests of what is done about them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::builders::problem_body;
use super::{World, seed};
use crate::auth::Role;
use crate::db::sql;
use crate::problems::domain::{OrgPart, State};

/// The id of something that was answered.
pub fn id_of(resource: &Value) -> Uuid {
    resource["id"].as_str().expect("an id").parse().expect("a UUID")
}

/// An analysis of an enterprise's problem.
pub fn analysis_body() -> Value {
    json!({
        "horizon": "short", "nature": "operational", "causes": ["schooling"],
        "findings": "入学名额按户籍分配，引进人才两年内无法落户。", "key_factor": "高端人才留不住。",
    })
}

/// The body of a problem of another audience.
pub fn problem_of(audience: &str, category: &str) -> Value {
    let mut body = problem_body();
    body["audience"] = json!(audience);
    body["category"] = json!(category);
    body
}

impl World {
    /// A problem that 义乌市人力资源和社会保障局 leads, due in seven working days.
    pub async fn assigned(&self, body: Value) -> Value {
        let problem = self.post("/problems").by("officer").json(body).send().await.expect(201);
        let assign = json!({
            "disposition": "follow_up", "lead_org_id": seed::org("yiwu-hr"), "due_on": "2019-01-21", "assign": true,
        });
        self.dispose("dispatcher", &problem, assign).await.expect(200)
    }

    /// The same with an analysis.
    pub async fn analysed(&self, body: Value) -> Value {
        let problem = self.assigned(body).await;
        let path = format!("/problems/{}/analyses", id_of(&problem));
        self.post(&path)
            .by("handler")
            .json(analysis_body())
            .send()
            .await
            .expect(201);
        problem
    }

    /// An enterprise in Yiwu.
    pub async fn enterprise(&self, name: &str) -> Value {
        let body = json!({ "type": "enterprise", "name": name, "division": "330782" });
        self.post("/service-objects")
            .by("officer")
            .json(body)
            .send()
            .await
            .expect(201)
    }

    /// Puts a problem into a state, past every rule.
    pub async fn force(&self, problem: &Value, state: State) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        for statement in [
            "UPDATE problem SET state = $1 WHERE id = $2",
            "UPDATE problem_scope SET state = $1 WHERE problem_id = $2",
        ] {
            sql(statement)
                .bind(state)
                .bind(id_of(problem))
                .run(&mut tx)
                .await
                .expect("a state");
        }
        tx.commit().await.expect("a commit");
    }

    /// Gives an organisation a part in a problem, past every rule.
    pub async fn take_part(&self, problem: &Value, org: &str, part: &str) {
        let part = OrgPart::parse(part).expect("a part");
        let mut tx = self.app.db.begin().await.expect("a transaction");
        crate::problems::store::write::part(&mut tx, id_of(problem), seed::org(org), part, self.app.clock.now())
            .await
            .expect("a part");
        crate::problems::store::write::scope_rows(&mut tx, id_of(problem))
            .await
            .expect("scopes");
        tx.commit().await.expect("a commit");
    }

    /// What `Authorization` says for a person of the world in another role and organisation.
    pub fn as_other(&self, who: &str, role: Role, org: &str) -> String {
        let mut claims = self.claims(&seed::member(who), false);
        claims.roles = vec![role.as_str().to_owned()];
        for membership in &mut claims.memberships {
            (membership.role, membership.org) = (role, seed::org(org));
        }
        format!("Bearer {}", self.app.tokens.sign(&claims).expect("a signature"))
    }

    /// Every roll-up, in an order that both databases share.
    pub async fn rollups(&self) -> Vec<(String, String, i64)> {
        let mut all: Vec<(String, String, i64)> = sql(
            "SELECT CAST(day AS text), audience || '/' || leading_body || '/' || disposition, problems \
             FROM problem_rollup WHERE problems > 0 UNION ALL SELECT CAST(day AS text), outcome || '/' || \
             CAST(since AS text) || '/' || disposition, amount FROM outcome_rollup WHERE amount > 0 UNION ALL \
             SELECT CAST(day AS text), mode || '/' || origin || '/' || place_kind, visits FROM visit_rollup \
             WHERE visits > 0 UNION ALL SELECT CAST(day AS text), object_type, COUNT(*) FROM visit_fact GROUP BY 1, 2 \
             UNION ALL SELECT CAST(day AS text), audience || '/' || item || '/' || measure, amount FROM survey_rollup \
             UNION ALL SELECT CAST(day AS text), leading_body || '/' || CAST(due_on AS text) || '/' || outcome || '/' || \
             CAST(since AS text), amount FROM commitment_rollup",
        )
        .all(&self.app.db)
        .await
        .expect("rows");
        all.sort();
        all
    }

    /// Fills the roll-ups anew, from what they count.
    pub async fn rebuild_rollups(&self) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        crate::metrics::rebuild::rebuild(&mut tx).await.expect("rebuilt");
        tx.commit().await.expect("a commit");
    }

    /// The types of the events of something, in their order.
    pub async fn event_types(&self, aggregate: Uuid) -> Vec<String> {
        let rows: Vec<(String,)> = sql("SELECT type FROM event WHERE aggregate_id = $1 ORDER BY aggregate_seq")
            .bind(aggregate)
            .all(&self.app.db)
            .await
            .expect("events");
        let whole = crate::events::store::verify(&self.app.db, aggregate)
            .await
            .expect("a chain");
        assert_eq!(whole, None, "the chain is whole");
        rows.into_iter().map(|(kind,)| kind).collect()
    }
}
