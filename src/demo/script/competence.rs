//! Which bureau is competent for which category, at the province and in the staffed divisions.

use super::model::Competence;
use super::organisations::{PROVINCE, STAFFED, county_bureau, key};

/// Category, audience, slug of the bureau that is competent.
const COMPETENT: [(&str, &str, &str); 16] = [
    ("E01", "enterprise", "human_resources"),
    ("E02", "enterprise", "local_finance"),
    ("E03", "enterprise", "human_resources"),
    ("E04", "enterprise", "transport"),
    ("E05", "enterprise", "energy"),
    ("E06", "enterprise", "industry"),
    ("E07", "enterprise", "federation"),
    ("M01", "masses", "culture"),
    ("M02", "masses", "medical_security"),
    ("M03", "masses", "housing"),
    ("M04", "masses", "education"),
    ("G01", "grassroots", "reform"),
    ("G02", "grassroots", "agriculture"),
    ("G03", "grassroots", "services"),
    ("G04", "grassroots", "peoples_congress_office"),
    ("G05", "grassroots", "agriculture"),
];

/// Who is competent at the province and in the staffed divisions; elsewhere the dispatch office decides.
pub(super) fn competences() -> Vec<Competence> {
    let divisions = [PROVINCE].into_iter().chain(STAFFED.iter().map(|(code, _)| *code));
    divisions
        .flat_map(|division| {
            COMPETENT.iter().map(move |&(category, audience, slug)| Competence {
                organisation: if division == PROVINCE {
                    key(division, slug)
                } else {
                    county_bureau(division, slug)
                },
                category,
                audience,
                division: division.to_owned(),
                priority: 0,
            })
        })
        .collect()
}
