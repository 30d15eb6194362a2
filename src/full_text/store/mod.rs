//! Every statement on the index.
//!
//! `put` and `forget` are for those who write a text; `search` is for a list with `q=`. What is found is either few,
//! and then the list begins with them, or many, and then the list goes along its own order and looks at each row. So
//! neither a rare word in a large scope nor a common one costs more than some thousand rows.

pub mod filled;
pub mod weight;

use uuid::Uuid;

use super::domain::{Document, Gram, Query};
use crate::db::{Db, DbError, Sql, Tx, sql};

/// What is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A problem: what whoever sees it may read.
    Problem,
    /// A visit.
    Visit,
    /// A plan.
    ActionPlan,
    /// What the public reads of a published problem.
    PublicProblem,
}

impl Kind {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Visit => "visit",
            Self::ActionPlan => "action_plan",
            Self::PublicProblem => "public_problem",
        }
    }

    /// What every row of the kind is found by, so that words that are common elsewhere cost nothing here. No word of a
    /// text is written so.
    const fn mark(self) -> &'static str {
        match self {
            Self::Problem => "kp",
            Self::Visit => "kv",
            Self::ActionPlan => "ka",
            Self::PublicProblem => "ko",
        }
    }

    const fn is_it(self) -> &'static str {
        match self {
            Self::Problem => "ft.kind = 'problem' AND ft.id = ",
            Self::Visit => "ft.kind = 'visit' AND ft.id = ",
            Self::ActionPlan => "ft.kind = 'action_plan' AND ft.id = ",
            Self::PublicProblem => "ft.kind = 'public_problem' AND ft.id = ",
        }
    }
}

/// Writes what a row is found by, in the transaction that writes its texts; what it was found by before is forgotten.
pub async fn put(tx: &mut Tx, kind: Kind, id: Uuid, document: &Document) -> Result<(), DbError> {
    let grams = written(kind, document);
    if !tx.is_embedded() {
        sql("INSERT INTO full_text (kind, id, grams) VALUES ($1, $2, $3::tsvector) \
             ON CONFLICT (kind, id) DO UPDATE SET grams = excluded.grams")
        .bind(kind.as_str())
        .bind(id)
        .bind(grams)
        .run(tx)
        .await?;
        return Ok(());
    }
    // The update changes nothing: it is there for the number to be told.
    let (number,): (i64,) = sql("INSERT INTO full_text (kind, id) VALUES ($1, $2) \
         ON CONFLICT (kind, id) DO UPDATE SET kind = excluded.kind RETURNING number")
    .bind(kind.as_str())
    .bind(id)
    .one(&mut *tx)
    .await?;
    write_grams(tx, number, grams).await
}

/// The same for a row that is not indexed yet; where somebody has just indexed it, his texts are newer.
pub(super) async fn put_missing(tx: &mut Tx, kind: Kind, id: Uuid, document: &Document) -> Result<(), DbError> {
    let grams = written(kind, document);
    if !tx.is_embedded() {
        sql("INSERT INTO full_text (kind, id, grams) VALUES ($1, $2, $3::tsvector) ON CONFLICT (kind, id) DO NOTHING")
            .bind(kind.as_str())
            .bind(id)
            .bind(grams)
            .run(tx)
            .await?;
        return Ok(());
    }
    let number: Option<(i64,)> =
        sql("INSERT INTO full_text (kind, id) VALUES ($1, $2) ON CONFLICT (kind, id) DO NOTHING RETURNING number")
            .bind(kind.as_str())
            .bind(id)
            .optional(&mut *tx)
            .await?;
    match number {
        Some((number,)) => write_grams(tx, number, grams).await,
        None => Ok(()),
    }
}

async fn write_grams(tx: &mut Tx, number: i64, grams: String) -> Result<(), DbError> {
    sql("INSERT OR REPLACE INTO full_text_grams (rowid, grams) VALUES ($1, $2)")
        .bind(number)
        .bind(grams)
        .run(tx)
        .await?;
    Ok(())
}

/// Forgets what a row is found by: its texts are erased, or no longer published.
pub async fn forget(tx: &mut Tx, kind: Kind, id: Uuid) -> Result<(), DbError> {
    if tx.is_embedded() {
        sql("DELETE FROM full_text_grams WHERE rowid = (SELECT number FROM full_text WHERE kind = $1 AND id = $2)")
            .bind(kind.as_str())
            .bind(id)
            .run(&mut *tx)
            .await?;
    }
    sql("DELETE FROM full_text WHERE kind = $1 AND id = $2")
        .bind(kind.as_str())
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Both databases take words with spaces between them.
fn written(kind: Kind, document: &Document) -> String {
    let words = document.grams().iter().map(Gram::as_str);
    let all: Vec<&str> = std::iter::once(kind.mark()).chain(words).collect();
    all.join(" ")
}

/// How much was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// Nothing can be.
    None,
    /// No more than a filtered page looks at.
    Few,
    /// More.
    Many,
}

/// What a query finds, to be joined to a list.
#[derive(Clone, Debug)]
pub struct Found {
    kind: Kind,
    extent: Extent,
    query: String,
    words: Words,
}

/// What the two databases call it by. The number is how many are few: as many rows as a filtered page looks at.
#[derive(Clone, Copy, Debug)]
struct Words {
    any: [&'static str; 2],
    ids: [&'static str; 2],
    probe: [&'static str; 3],
    and: &'static str,
    begins: &'static str,
}

const SQLITE: Words = Words {
    any: [
        "SELECT 1 AS one FROM full_text_grams fg WHERE fg.full_text_grams MATCH ",
        "",
    ],
    ids: [
        "SELECT ft.id FROM full_text_grams fg CROSS JOIN full_text ft \
         WHERE ft.number = fg.rowid AND fg.full_text_grams MATCH ",
        " LIMIT 5000",
    ],
    probe: [
        " AND EXISTS (SELECT 1 FROM full_text ft CROSS JOIN full_text_grams fg WHERE ",
        " AND fg.rowid = ft.number AND fg.full_text_grams MATCH ",
        ")",
    ],
    and: " AND ",
    begins: "*",
};
const POSTGRES: Words = Words {
    any: ["SELECT 1 AS one FROM full_text ft WHERE ft.grams @@ ", "::tsquery"],
    ids: [
        "SELECT ft.id FROM full_text ft WHERE ft.grams @@ ",
        "::tsquery LIMIT 5000",
    ],
    // One row is looked up by its key, whatever the planner thinks of the words.
    probe: [" AND (SELECT ft.grams FROM full_text ft WHERE ", ") @@ ", "::tsquery"],
    and: " & ",
    begins: ":*",
};
/// So many at most are few.
const FEW: i64 = 5_000;

impl Words {
    fn of(db: &Db) -> Self {
        db.pick(SQLITE, POSTGRES)
    }

    fn query(&self, kind: Kind, query: &Query) -> String {
        let mut text = kind.mark().to_owned();
        for gram in query.whole() {
            text.push_str(self.and);
            text.push_str(gram.as_str());
        }
        for gram in query.beginnings() {
            text.push_str(self.and);
            text.push_str(gram.as_str());
            text.push_str(self.begins);
        }
        text
    }
}

/// What holds all that somebody typed, among what is of this kind.
pub async fn search(db: &Db, kind: Kind, typed: &str) -> Result<Found, DbError> {
    search_up_to(db, kind, typed, FEW).await
}

/// The same where so many are few.
pub(super) async fn search_up_to(db: &Db, kind: Kind, typed: &str, few: i64) -> Result<Found, DbError> {
    let (query, words) = (Query::of(typed), Words::of(db));
    let mut found = Found {
        kind,
        extent: Extent::None,
        query: words.query(kind, &query),
        words,
    };
    if query.is_empty() {
        return Ok(found);
    }
    let [any, end] = words.any;
    let statement = sql("SELECT COUNT(*) FROM (").push_bind(any, &found.query).push(end);
    let (count,): (i64,) = statement.push_bind(" LIMIT ", few + 1).push(") c").one(db).await?;
    found.extent = if count <= few { Extent::Few } else { Extent::Many };
    Ok(found)
}

impl Found {
    /// What it was looked for among.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether each row along the list's own order is to be looked at, so that a page may stop before it is full.
    pub fn is_many(&self) -> bool {
        self.extent == Extent::Many
    }

    /// ` FROM <table> WHERE ` of a list, `scopes` being the alias and table that its order lies in and `id` the column
    /// that names the row; where little is found the list begins with that. `found.from(statement, "problem_scope s",
    /// "s.problem_id")`.
    pub fn from(&self, statement: Sql, table: &'static str, id: &'static str) -> Sql {
        match self.extent {
            Extent::Few => self
                .ids(statement.push(" FROM ("))
                .push(") found CROSS JOIN ")
                .push(table)
                .push(" WHERE found.id = ")
                .push(id),
            Extent::None => statement.push(" FROM ").push(table).push(" WHERE 1 = 0"),
            Extent::Many => statement.push(" FROM ").push(table).push(" WHERE 1 = 1"),
        }
    }

    /// `SELECT id …` of the few that were found.
    pub fn ids(&self, statement: Sql) -> Sql {
        let [select, end] = self.words.ids;
        statement.push_bind(select, &self.query).push(end)
    }

    /// ` AND …`: where much was found, whether the row of this column's id is in it; what little was found,
    /// [`Found::from`] has said.
    pub fn filter(&self, statement: Sql, id: &'static str) -> Sql {
        match self.extent {
            Extent::Many => self.probe(statement, id),
            Extent::None | Extent::Few => statement,
        }
    }

    /// ` AND …`: whether the row of this column's id holds the words, for a list that does not begin with what was
    /// found.
    pub fn probe(&self, statement: Sql, id: &'static str) -> Sql {
        if self.extent == Extent::None {
            return statement.push(" AND 1 = 0");
        }
        let [exists, holds, end] = self.words.probe;
        statement
            .push(exists)
            .push(self.kind.is_it())
            .push(id)
            .push_bind(holds, &self.query)
            .push(end)
    }
}
