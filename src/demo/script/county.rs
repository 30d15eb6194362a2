//! Layer two, the county's daily work: visits of another campaign that show every state which recording, disposing and
//! opening reach. They touch none of the speech's figures. What came without a visit is in `direct`.

use super::model::{Cancellation, Layer};
use super::patterns::Ending;
use super::people::{Team, county_team};
use super::places::County;
use super::scene::{Handling, Occasion, Stage, Stop, Task};
use super::time::{at, clock, day};
use chrono::Days;

/// What became of a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    Completed,
    InProgress,
    Planned,
    Cancelled(&'static str),
}

/// Key, county, division of the team (the province's demo team where it is 330000), day of January, hour, whom, course,
/// and category, ending and handling of each problem.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    u64,
    i64,
    Stop,
    Course,
    &'static [(&'static str, Ending, Handling)],
);

const VISITS: [Row; 8] = [
    (
        "county-visit-completed",
        "330782",
        "330782",
        8,
        9,
        Stop::Grassroots,
        Course::Completed,
        &[
            ("G03", Ending::Answered, Handling::Disposed),
            ("G02", Ending::FollowUp, Handling::AssignedAtOnce),
            ("G05", Ending::Typical, Handling::Disposed),
        ],
    ),
    (
        "county-visit-cancelled",
        "330782",
        "330782",
        10,
        9,
        Stop::Villagers,
        Course::Cancelled("山区道路结冰，为安全起见改期"),
        &[],
    ),
    (
        "county-visit-jingning",
        "331127",
        "331127",
        10,
        14,
        Stop::Villagers,
        Course::Completed,
        &[
            ("M01", Ending::FollowUp, Handling::Proposed),
            ("M02", Ending::Answered, Handling::Disposed),
        ],
    ),
    (
        "county-visit-anji",
        "330523",
        "330523",
        11,
        9,
        Stop::Villagers,
        Course::Completed,
        &[
            ("M01", Ending::FollowUp, Handling::AssignedAtOnce),
            ("M04", Ending::FollowUp, Handling::Proposed),
            ("M99", Ending::Coordinated, Handling::Disposed),
        ],
    ),
    (
        "county-visit-jindong",
        "330703",
        "330700",
        14,
        9,
        Stop::Enterprise,
        Course::Completed,
        &[
            ("E02", Ending::FollowUp, Handling::Proposed),
            ("E03", Ending::Answered, Handling::Disposed),
        ],
    ),
    (
        "county-visit-in-progress",
        "330782",
        "330000",
        14,
        14,
        Stop::Enterprise,
        Course::InProgress,
        &[
            ("E01", Ending::FollowUp, Handling::Undisposed),
            ("E01", Ending::FollowUp, Handling::Proposed),
            ("E02", Ending::FollowUp, Handling::Undisposed),
            ("E04", Ending::FollowUp, Handling::Opened),
            ("E06", Ending::Typical, Handling::Disposed),
        ],
    ),
    (
        "county-visit-planned",
        "330782",
        "330000",
        15,
        9,
        Stop::Villagers,
        Course::Planned,
        &[],
    ),
    (
        "county-visit-planned-2",
        "330782",
        "330782",
        16,
        14,
        Stop::Grassroots,
        Course::Planned,
        &[],
    ),
];

/// Plays the visits of the counties.
pub(super) fn play(stage: &mut Stage, counties: &[County]) {
    for row in VISITS {
        let (_, county, team, ..) = row;
        let team = match team {
            "330000" => stage.cast.teams.first().cloned(),
            code => Some(county_team(code)),
        };
        let county = counties.iter().find(|known| known.code == county);
        if let (Some(county), Some(team)) = (county, team) {
            play_visit(stage, county, &team, &row);
        }
    }
}

fn play_visit(stage: &mut Stage, county: &County, team: &Team, row: &Row) {
    let (key, _, _, of_month, hour, stop, course, problems) = *row;
    let date = day(of_month);
    let begins = clock(hour, 15);
    let key = key.to_owned();
    let occasion = Occasion {
        key,
        layer: Layer::County,
        county,
        team,
        date,
        begins,
        lasts: 140,
        stop,
    };
    let tasks: Vec<Task> = problems
        .iter()
        .map(|&(category, ending, handling)| Task {
            category,
            ending,
            handling,
        })
        .collect();
    match course {
        Course::Completed => stage.visit(&occasion, &tasks),
        Course::InProgress => {
            stage.visit(&occasion, &tasks);
            if let Some(visit) = stage.visits.last_mut() {
                visit.ended_at = None;
                visit.state = "in_progress";
            }
        }
        Course::Planned => {
            let visit = stage.plan(&occasion);
            stage.visits.push(visit);
        }
        Course::Cancelled(reason) => {
            let mut visit = stage.plan(&occasion);
            let cancelled_at = at(date - Days::new(1), clock(16, 40));
            let (by, reason) = (visit.entered_by.clone(), reason.to_owned());
            visit.cancellation = Some(Cancellation {
                at: cancelled_at,
                by,
                reason,
            });
            visit.state = "cancelled";
            stage.visits.push(visit);
        }
    }
}
