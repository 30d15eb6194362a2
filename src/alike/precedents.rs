//! Finding solved cases like a problem, and showing of them what says nothing of whose they were.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::domain::{Score, Traits, precedent};
use super::dto::{Precedent, PrecedentOutput};
use super::store::{self, CaseRow, CauseRow, MeasureRow, OutputRow};
use crate::db::{Db, DbError};
use crate::directory::refs::{OrgRef, TermRef};
use crate::full_text::domain::signature;
use crate::http::Locale;
use crate::problems::hiding::Eyes;

/// What was read of the cases.
struct Read {
    causes: Vec<CauseRow>,
    outputs: Vec<OutputRow>,
    measures: Vec<MeasureRow>,
}

/// The cases most like this problem of this category, the most first.
///
/// # Errors
/// Where the database is away.
pub async fn find(
    db: &Db,
    locale: Locale,
    (problem, category, eyes): (Uuid, Uuid, &Eyes),
    most: usize,
) -> Result<Vec<Precedent>, DbError> {
    let rows = store::candidates(db, &[problem], eyes).await?;
    let texts = rows
        .iter()
        .map(|row| [row.summary.as_deref().unwrap_or_default(), &row.statement].join("\n"));
    let causes = causes_of(&store::causes(db, &[problem]).await?, problem);
    let wanted = Traits {
        words: texts.flat_map(|text| signature(&text)).collect(),
        category: Some(category),
        causes: causes.clone(),
        object: None,
    };
    let causes: Vec<Uuid> = causes.into_iter().collect();
    let cases = store::solved(db, problem, category, &causes).await?;
    let ids: Vec<Uuid> = cases.iter().map(|case| case.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let read = Read {
        causes: store::causes(db, &ids).await?,
        outputs: store::outputs(db, &ids).await?,
        measures: store::measures(db, &ids).await?,
    };
    let mut found: Vec<(CaseRow, Score)> = cases
        .into_iter()
        .filter_map(|case| {
            let score = precedent(&wanted, &read.traits(&case))?;
            Some((case, score))
        })
        .collect();
    // Equally alike: the latest first, as they were read.
    found.sort_by(|(_, one), (_, other)| other.value.total_cmp(&one.value));
    found.truncate(most);
    Ok(found
        .into_iter()
        .map(|(case, score)| read.show(case, score, locale))
        .collect())
}

fn causes_of(rows: &[CauseRow], problem: Uuid) -> BTreeSet<Uuid> {
    let of_it = rows.iter().filter(|(of, ..)| *of == problem);
    of_it.map(|(_, cause, ..)| *cause).collect()
}

impl Read {
    fn outputs_of(&self, case: Uuid) -> impl Iterator<Item = &OutputRow> {
        self.outputs.iter().filter(move |output| output.problem_id == case)
    }

    fn traits(&self, case: &CaseRow) -> Traits {
        let outputs = self.outputs_of(case.id);
        let words = outputs.flat_map(|output| signature(&[output.title.as_str(), &output.summary].join("\n")));
        Traits {
            words: words.collect(),
            category: Some(case.category_id),
            causes: causes_of(&self.causes, case.id),
            object: None,
        }
    }

    fn show(&self, case: CaseRow, score: Score, locale: Locale) -> Precedent {
        let term = |code: &String, zh: &String, en: &String| TermRef::new(code.clone(), zh.clone(), en.clone(), locale);
        let causes = self.causes.iter().filter(|(of, ..)| *of == case.id);
        let measures = self.measures.iter().filter(|(of, ..)| *of == case.id);
        Precedent {
            audience: case.audience,
            causes: causes.map(|(_, _, code, zh, en)| term(code, zh, en)).collect(),
            measures: measures.map(|(_, code, zh, en)| term(code, zh, en)).collect(),
            outputs: self.outputs_of(case.id).map(output).collect(),
            category: TermRef::new(case.category_code, case.category_zh, case.category_en, locale),
            matter: case.matter,
            horizon: case.horizon,
            nature: case.nature,
            cycles: case.cycle_no,
            days: ((case.closed_at.seconds() - case.recorded_at.seconds()) / 86_400).max(0),
            confirmed_via: case.confirmed_via,
            holds: case.holds,
            score: score.value,
            reasons: score.reasons,
        }
    }
}

fn output(row: &OutputRow) -> PrecedentOutput {
    PrecedentOutput {
        id: row.id,
        kind: row.kind,
        title: row.title.clone(),
        document_no: row.document_no.clone(),
        effective_on: row.effective_on,
        summary: row.summary.clone(),
        issuing_org: OrgRef {
            id: row.issuing_org_id,
            name: row.issuing_org_name.clone(),
        },
    }
}
