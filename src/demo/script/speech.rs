//! Layer one, the speech's own figures: 52 counties, one party each, 417 = 76 + 204 + 137 problems on nine working
//! days.

use super::model::Layer;
use super::patterns::Ending;
use super::places::County;
use super::scene::{Handling, Occasion, Stage, Stop, Task};
use super::time::{clock, working_days_of_the_speech};
use chrono::NaiveDate;

/// Category; how many are resolved on site, followed up, taken along as typical. The columns add up to 76, 204 and 137.
pub(super) const FIGURES: [(&str, usize, usize, usize); 19] = [
    ("E01", 9, 25, 18),
    ("E02", 7, 21, 12),
    ("E03", 4, 12, 8),
    ("E04", 3, 8, 5),
    ("E05", 3, 8, 7),
    ("E06", 2, 5, 5),
    ("E07", 2, 6, 4),
    ("E99", 4, 8, 3),
    ("M01", 5, 14, 9),
    ("M02", 6, 11, 9),
    ("M03", 5, 14, 8),
    ("M04", 4, 12, 9),
    ("M99", 4, 6, 2),
    ("G01", 2, 9, 9),
    ("G02", 5, 16, 9),
    ("G03", 5, 14, 7),
    ("G04", 2, 5, 5),
    ("G05", 2, 7, 7),
    ("G99", 2, 3, 1),
];

/// Parties on each of the nine working days; 52 in all.
const PARTIES: [usize; 9] = [4, 6, 6, 6, 6, 7, 6, 6, 5];

/// The party that goes to 义乌市: a multiple of the number of teams, so that the demo leader leads it (2019-01-09).
const DEMO_PARTY: usize = 30;

/// Parties that leave out the people, and as many others that leave out the grassroots.
const SHORT: usize = 8;

/// One county's day.
struct Party<'a> {
    county: &'a County,
    date: NaiveDate,
    team: usize,
    stops: Vec<(Stop, Vec<Task>)>,
}

/// Plays all visits of the speech.
pub(super) fn play(stage: &mut Stage, counties: &[County]) {
    let teams = stage.cast.teams.clone();
    let mut number = 0;
    for party in parties(stage, counties, teams.len()) {
        let Some(team) = teams.get(party.team) else { continue };
        for (stop, tasks) in &party.stops {
            let late = i64::try_from(stage.random.below(4)).unwrap_or(0) * 5;
            let (begins, lasts) = match stop {
                Stop::Enterprise => (clock(9, 0) + late, 130),
                Stop::Residents | Stop::Villagers => (clock(13, 20) + late, 80),
                Stop::Grassroots => (clock(15, 5) + late, 80),
            };
            number += 1;
            let key = format!("visit-{number:03}");
            let (county, date) = (party.county, party.date);
            stage.visit(
                &Occasion {
                    key,
                    layer: Layer::Speech,
                    county,
                    team,
                    date,
                    begins,
                    lasts,
                    stop: *stop,
                },
                tasks,
            );
        }
    }
}

fn parties<'a>(stage: &mut Stage, counties: &'a [County], teams: usize) -> Vec<Party<'a>> {
    let mut order: Vec<&County> = counties.iter().collect();
    stage.random.shuffle(&mut order);
    if let Some(demo) = order.iter().position(|county| county.code == "330782") {
        order.swap(demo, DEMO_PARTY);
    }
    let dates = working_days_of_the_speech().into_iter().zip(PARTIES);
    let dates = dates.flat_map(|(date, parties)| std::iter::repeat_n(date, parties));
    let numbered = order.into_iter().zip(dates).enumerate();
    let mut parties: Vec<Party<'a>> = numbered
        .map(|(number, (county, date))| Party {
            county,
            date,
            team: number % teams.max(1),
            stops: Vec::new(),
        })
        .collect();
    let (people, grassroots) = called_on(stage, &parties);
    let (towns, villages) = people.split_at(people.len() / 2);
    let mut everywhere: Vec<usize> = (0..parties.len()).collect();
    everywhere.swap(0, DEMO_PARTY);

    // The demo accounts work in a human resources bureau: 义乌市 hears of talent first.
    let mut enterprise = tasks_of(stage, |category| category.starts_with('E'));
    let talent = enterprise
        .iter()
        .position(|task| task.category == "E01" && task.ending == Ending::FollowUp);
    let talent: Vec<Task> = talent.map(|found| enterprise.swap_remove(found)).into_iter().collect();
    hand_out(stage, &mut parties, &everywhere, Stop::Enterprise, talent, enterprise);

    // Lifts and medical care are spoken of in communities, homestays and village schools in villages.
    let in_towns = tasks_of(stage, |category| matches!(category, "M02" | "M03"));
    let in_villages = tasks_of(stage, |category| matches!(category, "M01" | "M04" | "M99"));
    hand_out(stage, &mut parties, towns, Stop::Residents, Vec::new(), in_towns);
    hand_out(stage, &mut parties, villages, Stop::Villagers, Vec::new(), in_villages);

    let congress = tasks_of(stage, |category| category == "G04");
    let rest = tasks_of(stage, |category| category.starts_with('G') && category != "G04");
    hand_out(stage, &mut parties, &grassroots, Stop::Grassroots, congress, rest);
    parties
}

/// The parties that call on the people, and those that call on the grassroots: of these first the ones whose county has
/// a sub-district, which alone can speak of its people's congress. Nobody leaves out both.
fn called_on(stage: &mut Stage, parties: &[Party<'_>]) -> (Vec<usize>, Vec<usize>) {
    let calls_on_all = |party: &Party<'_>| matches!(party.county.code, "330782" | "331127");
    let mut order: Vec<usize> = (0..parties.len()).collect();
    stage.random.shuffle(&mut order);
    order.sort_by_key(|number| parties.get(*number).is_some_and(calls_on_all));
    let people = order.iter().skip(SHORT).copied().collect();
    let (without_grassroots, rest) = (SHORT..2 * SHORT, order.iter().enumerate());
    let grassroots = rest
        .filter(|(rank, _)| !without_grassroots.contains(rank))
        .map(|(_, number)| *number);
    let mut grassroots: Vec<usize> = grassroots.collect();
    grassroots.sort_by_key(|number| parties.get(*number).is_none_or(|party| !party.county.has_street()));
    (people, grassroots)
}

/// The tasks of some categories, shuffled. On site, answers and coordination take turns.
fn tasks_of(stage: &mut Stage, wanted: impl Fn(&str) -> bool) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (category, on_site, follow_up, typical) in FIGURES.into_iter().filter(|row| wanted(row.0)) {
        let turns = [Ending::Answered, Ending::Coordinated]
            .into_iter()
            .cycle()
            .take(on_site);
        let follow_ups = std::iter::repeat_n(Ending::FollowUp, follow_up);
        let endings = turns
            .chain(follow_ups)
            .chain(std::iter::repeat_n(Ending::Typical, typical));
        tasks.extend(endings.map(|ending| Task {
            category,
            ending,
            handling: Handling::Disposed,
        }));
    }
    stage.random.shuffle(&mut tasks);
    tasks
}

/// Deals tasks to the parties named: each of `first` to one party, in their order, then the rest.
fn hand_out(
    stage: &mut Stage,
    parties: &mut [Party<'_>],
    called: &[usize],
    stop: Stop,
    first: Vec<Task>,
    rest: Vec<Task>,
) {
    let shares = stage.random.deal(first.len() + rest.len(), called.len());
    let (mut first, mut rest) = (first.into_iter(), rest.into_iter());
    for (number, share) in called.iter().zip(shares) {
        let mut tasks: Vec<Task> = first.next().into_iter().collect();
        let missing = share.saturating_sub(tasks.len());
        tasks.extend(rest.by_ref().take(missing));
        if let Some(party) = parties.get_mut(*number) {
            party.stops.push((stop, tasks));
        }
    }
}
