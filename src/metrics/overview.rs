//! Makes the answer of the rows.

use std::collections::BTreeMap;

use super::domain::coverage::{County, coverage};
use super::domain::{GroupBy, Part};
use super::dto::{
    ConfirmedFigures, CountyFigures, GroupFigures, LevelFigures, ObjectFigures, ProblemFigures, Ratio, Satisfaction,
    Shares,
};
use super::rollup::Outcome;
use super::store::figures::FigureRow;
use crate::directory::words::{Audience, LeadingBody, Level};
use crate::http::Locale;
use crate::visits::domain::Origin;

/// The rows of an overview, added up.
#[derive(Debug, Default)]
pub struct Sums {
    groups: BTreeMap<Option<String>, Group>,
    objects: BTreeMap<String, i64>,
    counties: Vec<County>,
    labels: Vec<FigureRow>,
}

/// What was counted of one group, or of all.
#[derive(Clone, Debug, Default)]
struct Group {
    parts: BTreeMap<Part, i64>,
    outcomes: BTreeMap<Outcome, i64>,
    visits: i64,
    proactive: i64,
    office: i64,
    levels: BTreeMap<Level, i64>,
}

impl Sums {
    /// Sorts the rows by what they are a part of.
    pub fn of(rows: Vec<FigureRow>) -> Self {
        let mut sums = Self::default();
        for row in rows {
            sums.add(row);
        }
        sums
    }

    fn add(&mut self, row: FigureRow) {
        let word = row.word.as_deref().unwrap_or_default();
        match row.part.as_str() {
            "label" => self.labels.push(row),
            "object" => *self.objects.entry(word.to_owned()).or_default() += row.n,
            "county" => self.counties.push(County {
                key: row.grp.unwrap_or_default(),
                code: row.more.unwrap_or_default(),
                exists: row.valid == 1,
                main_successor: row.word,
                visited: row.n == 1,
            }),
            part => {
                let group = self.groups.entry(row.grp.clone()).or_default();
                match part {
                    "problem" => {
                        let part = Part::parse(word).unwrap_or(Part::Undisposed);
                        *group.parts.entry(part).or_default() += row.n;
                    }
                    "outcome" => {
                        if let Some(outcome) = Outcome::parse(word) {
                            *group.outcomes.entry(outcome).or_default() += row.n;
                        }
                    }
                    _ => group.add_visits(part == "office_visit", word, row.more.as_deref(), row.n),
                }
            }
        }
    }

    /// All groups together.
    pub fn total(&self) -> Total<'_> {
        let mut all = Group::default();
        for group in self.groups.values() {
            all.add(group);
        }
        Total { sums: self, all }
    }

    /// The groups: those that are known beforehand in their order, then what is in none, where there is any.
    pub fn groups(&self, group_by: GroupBy, locale: Locale) -> Vec<GroupFigures> {
        let mut known = self.known(group_by, locale);
        if self.groups.get(&None).is_some_and(|none| none.concerns(group_by)) {
            let label = match locale {
                Locale::Zh => "其余",
                Locale::En => "none of these",
            };
            known.push((None, label.to_owned(), None));
        }
        let empty = Group::default();
        let figures = known.into_iter().map(|(key, label, parent)| {
            let group = self.groups.get(&key).unwrap_or(&empty);
            group.figures(group_by, key, label, parent)
        });
        figures.collect()
    }

    /// Key, label and heading of each group that the answer names.
    fn known(&self, group_by: GroupBy, locale: Locale) -> Vec<(Option<String>, String, Option<String>)> {
        macro_rules! every {
            ($word:ty) => {
                <$word>::ALL
                    .iter()
                    .map(|word| {
                        (
                            Some(word.as_str().to_owned()),
                            word.label(locale).to_owned(),
                            None,
                        )
                    })
                    .collect()
            };
        }
        match group_by {
            GroupBy::Audience => every!(Audience),
            GroupBy::LeadingBody => every!(LeadingBody),
            GroupBy::Disposition => every!(Part),
            GroupBy::Level => every!(Level),
            GroupBy::Origin => every!(Origin),
            GroupBy::Category | GroupBy::Division | GroupBy::Mode | GroupBy::PlaceKind => self.labelled(locale),
        }
    }

    /// Those whose names are data: what exists on the day asked, and what does not and was counted all the same. One
    /// code may have stood for several.
    fn labelled(&self, locale: Locale) -> Vec<(Option<String>, String, Option<String>)> {
        let mut shown: Vec<&FigureRow> = self.labels.iter().collect();
        shown.retain(|label| label.valid == 1 || self.groups.contains_key(&label.grp));
        shown.sort_by(|one, other| {
            (one.n, &one.grp, std::cmp::Reverse(one.valid)).cmp(&(other.n, &other.grp, std::cmp::Reverse(other.valid)))
        });
        shown.dedup_by(|one, other| one.grp == other.grp);
        let named = shown.into_iter().map(|label| {
            let text = match locale {
                Locale::Zh => &label.word,
                Locale::En => &label.more,
            };
            (
                label.grp.clone(),
                text.clone().unwrap_or_default(),
                label.heading.clone(),
            )
        });
        named.collect()
    }
}

impl Group {
    fn add_visits(&mut self, office: bool, level: &str, origin: Option<&str>, visits: i64) {
        self.visits += visits;
        if office {
            self.office += visits;
        }
        if origin == Some(Origin::Proactive.as_str()) {
            self.proactive += visits;
        }
        if let Some(level) = Level::parse(level) {
            *self.levels.entry(level).or_default() += visits;
        }
    }

    fn add(&mut self, other: &Self) {
        for (part, n) in &other.parts {
            *self.parts.entry(*part).or_default() += n;
        }
        for (outcome, n) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += n;
        }
        for (level, n) in &other.levels {
            *self.levels.entry(*level).or_default() += n;
        }
        self.visits += other.visits;
        self.proactive += other.proactive;
        self.office += other.office;
    }

    /// Whether something of what the grouping applies to is in it.
    fn concerns(&self, group_by: GroupBy) -> bool {
        (group_by.of_problems() && self.problems().total > 0) || (group_by.of_visits() && self.visits > 0)
    }

    fn problems(&self) -> ProblemFigures {
        let of = |part| self.parts.get(&part).copied().unwrap_or(0);
        let (resolved_on_site, follow_up, typical) = (of(Part::ResolvedOnSite), of(Part::FollowUp), of(Part::Typical));
        let disposed = resolved_on_site + follow_up + typical;
        ProblemFigures {
            total: disposed + of(Part::Undisposed),
            resolved_on_site,
            follow_up,
            typical,
            undisposed: of(Part::Undisposed),
            shares: Shares {
                resolved_on_site: Ratio::of(resolved_on_site, disposed),
                follow_up: Ratio::of(follow_up, disposed),
                typical: Ratio::of(typical, disposed),
            },
        }
    }

    fn of(&self, outcome: Outcome) -> i64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    fn of_settled(&self, outcome: Outcome) -> Ratio {
        Ratio::of(self.of(outcome), self.of(Outcome::Settled))
    }

    fn satisfaction(&self) -> Satisfaction {
        let rated = self.of(Outcome::Rated);
        Satisfaction {
            mean: Ratio::of(self.of(Outcome::Points), rated),
            satisfied: Ratio::of(self.of(Outcome::Satisfied), rated),
            response_rate: Ratio::of(rated, self.of(Outcome::Invited)),
        }
    }

    fn figures(&self, by: GroupBy, key: Option<String>, label: String, parent: Option<String>) -> GroupFigures {
        GroupFigures {
            key,
            label,
            parent,
            problems: by.of_problems().then(|| self.problems()),
            visits: by.of_visits().then_some(self.visits),
            finally_solved_rate: by.of_problems().then(|| self.of_settled(Outcome::Solved)),
            satisfaction: by.of_problems().then(|| self.satisfaction()),
        }
    }
}

/// Everything together.
#[derive(Debug)]
pub struct Total<'s> {
    sums: &'s Sums,
    all: Group,
}

impl Total<'_> {
    /// What was heard.
    pub fn problems(&self) -> ProblemFigures {
        self.all.problems()
    }

    /// What was finally solved of what was due or closed.
    pub fn finally_solved_rate(&self) -> Ratio {
        self.all.of_settled(Outcome::Solved)
    }

    /// What was closed of what was due or closed.
    pub fn completion_rate(&self) -> Ratio {
        self.all.of_settled(Outcome::Closed)
    }

    /// What its reporters confirmed of what was closed.
    pub fn confirmed(&self) -> Ratio {
        let ConfirmedFigures {
            account,
            link,
            portal,
            call_back,
        } = self.confirmed_via();
        Ratio::of(account + link + portal + call_back, self.all.of(Outcome::Closed))
    }

    /// By which ways they did.
    pub fn confirmed_via(&self) -> ConfirmedFigures {
        ConfirmedFigures {
            account: self.all.of(Outcome::ConfirmedAccount),
            link: self.all.of(Outcome::ConfirmedLink),
            portal: self.all.of(Outcome::ConfirmedPortal),
            call_back: self.all.of(Outcome::ConfirmedCallBack),
        }
    }

    /// What was closed without an answer.
    pub fn unconfirmed(&self) -> i64 {
        self.all.of(Outcome::Unconfirmed)
    }

    /// What those served say.
    pub fn satisfaction(&self) -> Satisfaction {
        self.all.satisfaction()
    }

    /// What organisations came forward for of what came to a lead.
    pub fn claim_rate(&self) -> Ratio {
        let claimed = self.all.of(Outcome::Claimed);
        Ratio::of(claimed, claimed + self.all.of(Outcome::Assigned))
    }

    /// What was solved at no higher level than it was recorded, of what was finally solved.
    pub fn own_level_rate(&self) -> Ratio {
        Ratio::of(self.all.of(Outcome::OwnLevel), self.all.of(Outcome::Solved))
    }

    /// What was closed with one trip of its reporter and one question to him at most, of what was closed.
    pub fn run_once_rate(&self) -> Ratio {
        Ratio::of(self.all.of(Outcome::RunOnce), self.all.of(Outcome::Closed))
    }

    /// How often an outcome was reached, by problem.
    pub fn per_problem(&self, outcome: Outcome) -> Ratio {
        Ratio::of(self.all.of(outcome), self.problems().total)
    }

    /// Completed visits.
    pub fn visits(&self) -> i64 {
        self.all.visits
    }

    /// S-62.
    pub fn proactive_share(&self) -> Ratio {
        Ratio::of(self.all.proactive, self.all.visits)
    }

    /// S-61.
    pub fn on_site_share(&self) -> Ratio {
        Ratio::of(self.all.visits - self.all.office, self.all.visits)
    }

    /// S-63.
    pub fn level_of_place(&self) -> LevelFigures {
        let of = |level| self.all.levels.get(&level).copied().unwrap_or(0);
        LevelFigures {
            province: of(Level::Province),
            city: of(Level::City),
            county: of(Level::County),
            town: of(Level::Town),
            village: of(Level::Village),
        }
    }

    /// S-24.
    pub fn objects(&self) -> ObjectFigures {
        let of = |kind: &str| self.sums.objects.get(kind).copied().unwrap_or(0);
        ObjectFigures {
            enterprises: of("enterprise"),
            households: of("household"),
            communities: of("community"),
        }
    }

    /// S-03.
    pub fn counties(&self) -> CountyFigures {
        let reached = coverage(&self.sums.counties);
        let visited = i64::try_from(reached.codes.len()).unwrap_or(i64::MAX);
        CountyFigures {
            visited,
            total: reached.total,
            rate: Ratio::of(visited, reached.total),
            codes: reached.codes,
        }
    }
}
