//! Which of a text's words tell it from others, and what else holds them.

use super::{Kind, Words};
use crate::db::{Db, DbError, Sql, sql};
use crate::full_text::domain::Gram;

/// A word that more rows hold is common; so many of the latest are looked at.
pub const COMMON: i64 = 1_000;

/// A word, and how much it says: 1 for a common one, up to 11 for what one row alone holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The word.
    pub gram: Gram,
    /// How much it says.
    pub weight: i64,
}

/// The words that rows of this kind hold, the rarest first.
pub async fn rarest(db: &Db, kind: Kind, grams: &[Gram]) -> Result<Vec<Weighed>, DbError> {
    if grams.is_empty() {
        return Ok(Vec::new());
    }
    let words = Words::of(db);
    let mut statement = sql("");
    for (index, gram) in grams.iter().enumerate() {
        let [any, end] = words.any;
        statement = statement
            .push(if index == 0 { "" } else { " UNION ALL " })
            .push_bind("SELECT CAST(", i64::try_from(index).unwrap_or(i64::MAX))
            .push(" AS bigint) AS place, (SELECT COUNT(*) FROM (")
            .push_bind(any, one(words, kind, gram))
            .push(end)
            .push_bind(" LIMIT ", COMMON)
            .push(") c) AS n");
    }
    let counts: Vec<(i64, i64)> = statement.all(db).await?;
    let mut known: Vec<(i64, i64)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    known.sort_by_key(|(place, count)| (*count, *place));
    let weighed = known.into_iter().filter_map(|(place, count)| {
        let gram = grams.get(usize::try_from(place).ok()?)?.clone();
        Some(Weighed {
            gram,
            weight: weight(count),
        })
    });
    Ok(weighed.collect())
}

fn weight(count: i64) -> i64 {
    let times = (2 * COMMON / count.max(1)).max(1);
    i64::from(times.ilog2()).max(1)
}

/// `SELECT id, weight …`: a row for each of the words that something holds, of each the latest.
pub fn holding(mut statement: Sql, db: &Db, kind: Kind, weighed: &[Weighed]) -> Sql {
    let words = Words::of(db);
    let [select, latest] = db.pick(
        [
            "SELECT * FROM (SELECT ft.id, CAST(",
            " AS bigint) AS weight FROM full_text_grams fg CROSS JOIN full_text ft \
             WHERE ft.number = fg.rowid AND fg.full_text_grams MATCH ",
        ],
        [
            "SELECT * FROM (SELECT ft.id, CAST(",
            " AS bigint) AS weight FROM full_text ft WHERE ft.grams @@ ",
        ],
    );
    let end = db.pick(
        " ORDER BY fg.rowid DESC LIMIT ",
        "::tsquery ORDER BY ft.number DESC LIMIT ",
    );
    for (index, word) in weighed.iter().enumerate() {
        statement = statement
            .push(if index == 0 { "" } else { " UNION ALL " })
            .push_bind(select, word.weight)
            .push_bind(latest, one(words, kind, &word.gram))
            .push_bind(end, COMMON)
            .push(") h");
    }
    statement
}

/// A question for one word.
fn one(words: Words, kind: Kind, gram: &Gram) -> String {
    [kind.mark(), words.and, gram.as_str()].concat()
}
