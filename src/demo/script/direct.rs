//! Layer two, what came without a visit: by the portal from the enterprise of the account `reporter`, and by the
//! hotline.

use super::model::{Assignment, Authorisation, Layer, Problem, Recorder};
use super::objects::reporter_of;
use super::organisations::county_bureau;
use super::patterns::Ending;
use super::people::dispatcher_of;
use super::places::County;
use super::record::{Entry, noon_of_next_working_day};
use super::scene::{Handling, Speaker, Stage, Task, context};
use super::time::{at, clock, day};
use chrono::{NaiveDate, TimeDelta};

/// Records them all; answers who may speak for the enterprise.
pub(super) fn play(stage: &mut Stage, county: &County) -> Authorisation {
    let firm = stage.register.enterprise(&mut stage.random, county);
    stage.register.speaks_for("reporter", &firm.key);
    let by_reporter = |number: u64, category, january: u64, minutes: i64| Direct {
        key: format!("county-portal-{number}"),
        channel: "portal",
        category,
        recorded_by: Recorder::Person("reporter".to_owned()),
        january,
        minutes,
    };
    let by_hotline = |number: u64, category, january: u64, minutes: i64| Direct {
        key: format!("county-hotline-{number}"),
        channel: "hotline",
        category,
        recorded_by: Recorder::Client("integrator"),
        january,
        minutes,
    };
    let division = stage.register.objects.iter().find(|object| object.key == firm.key);
    let division = division.map_or(county.code, |object| &object.division).to_owned();
    let place = county.villages.first().unwrap_or(&county.community);
    for direct in [
        by_reporter(1, "E01", 10, clock(9, 40)),
        by_reporter(2, "E01", 14, clock(10, 5)),
    ] {
        let speaker = Speaker {
            object: Some(firm.key.clone()),
            division: division.clone(),
            reporter: reporter_of(&firm.key),
            context: context(county, place, firm.product),
        };
        enter(stage, county, direct, speaker);
    }
    for direct in [
        by_hotline(1, "M03", 9, clock(15, 30)),
        by_hotline(2, "M02", 14, clock(11, 20)),
    ] {
        let place = if direct.category == "M03" {
            &county.community
        } else {
            place
        };
        let resident = stage.cast.name(&mut stage.random);
        let household = stage.register.household(&mut stage.random, place, &resident);
        let speaker = Speaker {
            division: place.code.to_owned(),
            reporter: reporter_of(&household),
            object: Some(household),
            context: context(county, place, ""),
        };
        enter(stage, county, direct, speaker);
    }
    let (person, granted_by) = ("reporter".to_owned(), dispatcher_of(county.code));
    Authorisation {
        person,
        enterprise: firm.key,
        granted_by,
        valid_from: day(2),
    }
}

/// A problem that nobody visited for.
struct Direct {
    key: String,
    channel: &'static str,
    category: &'static str,
    recorded_by: Recorder,
    january: u64,
    minutes: i64,
}

/// Puts it on record; what is older than a working day the dispatcher has handed to its bureau.
fn enter(stage: &mut Stage, county: &County, direct: Direct, speaker: Speaker) {
    let task = Task {
        category: direct.category,
        ending: Ending::FollowUp,
        handling: Handling::Undisposed,
    };
    let Some(written) = stage
        .author
        .write(&mut stage.random, task.category, task.ending, &speaker.context)
    else {
        return;
    };
    let date = day(direct.january);
    let recorded_at = at(date, direct.minutes);
    let entry = Entry {
        key: direct.key,
        layer: Layer::County,
        visit: None,
        channel: direct.channel,
        task,
        speaker,
        observed_at: recorded_at - TimeDelta::minutes(5),
        recorded_at,
        recorded_by: direct.recorded_by,
    };
    let mut problem = stage.record(entry, &written);
    if direct.january < 14 {
        hand_out(
            stage,
            county,
            &mut problem,
            date,
            written.pattern.organisations.first().copied(),
        );
    }
    stage.problems.push(problem);
}

fn hand_out(
    stage: &mut Stage,
    county: &County,
    problem: &mut Problem,
    date: NaiveDate,
    competent: Option<&'static str>,
) {
    let Some(slug) = competent else { return };
    problem.assignment = Some(Assignment {
        organisation: county_bureau(county.code, slug),
        due_on: stage.due(date, problem),
        at: noon_of_next_working_day(date),
        by: Some(dispatcher_of(county.code)),
    });
    problem.state = "assigned";
}
