//! What happens to one problem: it is put on record, and disposed of at the visit by the rules that the domain will
//! apply again when the script is loaded.

use super::author::Written;
use super::model::{Assignment, Disposal, Disposition, Layer, Problem, Recorder};
use super::organisations::{PROVINCE, county_bureau, key};
use super::patterns::Ending;
use super::people::dispatcher_of;
use super::scene::{Handling, Occasion, Speaker, Stage, Task, campaign_of};
use super::time::{at, clock, demo_starts_at, working_day_after};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A problem on its way into the record.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) layer: Layer,
    pub(super) visit: Option<String>,
    pub(super) channel: &'static str,
    pub(super) task: Task,
    pub(super) speaker: Speaker,
    pub(super) observed_at: DateTime<Utc>,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) recorded_by: Recorder,
}

/// The audience that a category belongs to.
pub(super) fn audience_of(category: &str) -> &'static str {
    match category.chars().next() {
        Some('E') => "enterprise",
        Some('M') => "masses",
        _ => "grassroots",
    }
}

impl Stage {
    /// A problem on record, without a disposition: `recorded` in a visit, else `open`.
    pub(super) fn record(&mut self, entry: Entry, written: &Written) -> Problem {
        let audience = audience_of(entry.task.category);
        let matter = match entry.task.ending {
            Ending::Answered => "simple",
            Ending::FollowUp if self.random.chance(12) => "simple",
            Ending::Coordinated | Ending::FollowUp => "complex",
            Ending::Typical => "institutional",
        };
        let urgency = match self.random.below(100) {
            0..=4 => "critical",
            5..=19 => "urgent",
            _ => "normal",
        };
        let goals: &[&'static str] = match (audience, self.random.below(3)) {
            ("enterprise", 0) => &["stabilise_enterprises", "increase_momentum"],
            ("enterprise", _) => &["stabilise_enterprises"],
            ("masses", 0) => &["keep_safe"],
            ("grassroots", 0) => &["increase_momentum"],
            _ => &[],
        };
        // Who files a problem alone leaves no summary: that is an officer's.
        let summary = entry.visit.is_some().then(|| written.summary.clone());
        let state = if entry.visit.is_some() { "recorded" } else { "open" };
        Problem {
            key: entry.key,
            layer: entry.layer,
            campaign: campaign_of(entry.layer),
            visit: entry.visit,
            channel: entry.channel,
            audience,
            category: entry.task.category,
            causes: written.pattern.causes.clone(),
            statement: written.statement.clone(),
            summary,
            object: entry.speaker.object,
            division: entry.speaker.division,
            urgency,
            matter,
            goals: goals.to_vec(),
            reporter: entry.speaker.reporter,
            observed_at: entry.observed_at,
            recorded_at: entry.recorded_at,
            recorded_by: entry.recorded_by,
            disposition: None,
            opened: None,
            assignment: None,
            acts: Vec::new(),
            state,
        }
    }

    /// Does at the visit what the task asks for.
    pub(super) fn handle(&mut self, problem: &mut Problem, occasion: &Occasion<'_>, task: Task, written: &Written) {
        match task.handling {
            Handling::Undisposed => {}
            Handling::Opened => {
                problem.opened = Some((problem.recorded_at + TimeDelta::minutes(20), "dispatcher".to_owned()));
                problem.state = "open";
            }
            Handling::Disposed | Handling::Proposed | Handling::AssignedAtOnce => {
                self.dispose(problem, occasion, task, written);
            }
        }
    }

    fn dispose(&mut self, problem: &mut Problem, occasion: &Occasion<'_>, task: Task, written: &Written) {
        let minutes = i64::try_from(self.random.between(1, 4)).unwrap_or(1);
        let disposed_at = problem.recorded_at + TimeDelta::minutes(minutes);
        let leader = occasion.team.leader.clone();
        let mut by_leader = task.ending == Ending::Typical || self.random.chance(50);
        let how = self.disposal(occasion, problem, written);
        problem.state = match &how {
            Disposal::FollowUp { lead, due_on, .. } => {
                let at_once = match task.handling {
                    Handling::AssignedAtOnce => true,
                    Handling::Proposed => false,
                    _ => self.random.chance(40),
                };
                by_leader |= at_once;
                let assignment = Assignment {
                    organisation: lead.clone(),
                    due_on: *due_on,
                    at: if at_once {
                        disposed_at
                    } else {
                        noon_of_next_working_day(occasion.date)
                    },
                    // What nobody claimed in the county layer its dispatcher hands out; in the speech's it goes by
                    // itself.
                    by: if at_once {
                        Some(leader.clone())
                    } else {
                        (occasion.layer == Layer::County).then(|| dispatcher_of(occasion.county.code))
                    },
                };
                problem.assignment = Some(assignment).filter(|assignment| assignment.at <= demo_starts_at());
                if problem.assignment.is_some() {
                    "assigned"
                } else {
                    "open"
                }
            }
            Disposal::Typical { .. } => "studying",
            Disposal::Answered { .. } | Disposal::Coordinated { .. } => "pending_confirmation",
        };
        let officer = occasion.team.officers.first().cloned();
        let by = officer.filter(|_| !by_leader).unwrap_or(leader);
        problem.disposition = Some(Disposition {
            at: disposed_at,
            by,
            how,
        });
    }

    /// Leads are the county's bureaus in two cases of three; what a provincial leader takes along as typical, the
    /// province studies. In 义乌市 the county leads always, so that the demo accounts have something to do.
    fn disposal(&mut self, occasion: &Occasion<'_>, problem: &Problem, written: &Written) -> Disposal {
        let county = occasion.county.code;
        let provincial = occasion.layer == Layer::Speech && county != "330782" && self.random.chance(35);
        let organisation = |slug: &&'static str| match provincial {
            true => key(PROVINCE, slug),
            false => county_bureau(county, slug),
        };
        let mut organisations = written.pattern.organisations.iter();
        let first = organisations.next();
        let due_on = self.due(occasion.date, problem);
        match written.pattern.ending {
            Ending::Answered => Disposal::Answered {
                text: written.answer.clone(),
                policy_ref: written.policy.clone(),
            },
            Ending::Coordinated => {
                let agreed = written
                    .agreed
                    .iter()
                    .map(|(slug, text)| (county_bureau(county, slug), text.clone()));
                Disposal::Coordinated {
                    text: format!("现场协调：{}", written.summary),
                    agreed: agreed.collect(),
                }
            }
            Ending::FollowUp => {
                let lead = first.map(organisation).unwrap_or_default();
                // A county's energy work lies with its development and reform bureau, which then supports nobody.
                let supporting = organisations
                    .map(organisation)
                    .filter(|supporting| *supporting != lead)
                    .collect();
                Disposal::FollowUp {
                    lead,
                    supporting,
                    due_on,
                }
            }
            Ending::Typical if occasion.team.is_provincial() => Disposal::Typical {
                study: first.map(|slug| key(PROVINCE, slug)).unwrap_or_default(),
                due_on,
            },
            Ending::Typical => Disposal::Typical {
                study: first.map(|slug| county_bureau(county, slug)).unwrap_or_default(),
                due_on,
            },
        }
    }

    /// A leader may set an earlier date than the rule's working days (institutional 30, complex 7, simple 3; half of it
    /// when critical), never a later one.
    pub(super) fn due(&mut self, date: NaiveDate, problem: &Problem) -> NaiveDate {
        let latest = allowed_days(problem);
        working_day_after(date, self.random.between(latest - latest / 3, latest))
    }
}

/// Working days that the rule allows for resolution.
pub(super) fn allowed_days(problem: &Problem) -> u64 {
    let days: u64 = match problem.matter {
        "institutional" => 30,
        "complex" => 7,
        _ => 3,
    };
    if problem.urgency == "critical" {
        days.div_ceil(2)
    } else {
        days
    }
}

/// When a proposal that nobody claimed is assigned by itself.
pub(super) fn noon_of_next_working_day(date: NaiveDate) -> DateTime<Utc> {
    at(working_day_after(date, 1), clock(12, 0))
}
