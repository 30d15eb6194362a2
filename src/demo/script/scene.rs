//! A visit is played: the party arrives, listens, puts each problem on record and disposes of it before it leaves.

use super::author::{Author, Slots};
use super::model::{Layer, Problem, Recorder, Visit};
use super::objects::{Firm, Register, reporter_of};
use super::patterns::Ending;
use super::people::{Cast, Team};
use super::places::{County, Place};
use super::random::Random;
use super::record::Entry;
use super::time::at;
use super::words;
use chrono::{NaiveDate, TimeDelta};

/// Everything that grows while the script is written.
pub(super) struct Stage {
    pub(super) random: Random,
    pub(super) author: Author,
    pub(super) register: Register,
    pub(super) cast: Cast,
    pub(super) visits: Vec<Visit>,
    pub(super) problems: Vec<Problem>,
}

/// Whom a visit calls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Enterprise,
    /// Residents of a community.
    Residents,
    /// Households of a village.
    Villagers,
    /// The village's or sub-district's own officials.
    Grassroots,
}

/// A problem to be met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    pub(super) category: &'static str,
    pub(super) ending: Ending,
    pub(super) handling: Handling,
}

/// How far a problem gets before the clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    /// Disposed; two of five follow-ups are assigned at once, the others proposed.
    Disposed,
    Proposed,
    AssignedAtOnce,
    /// Recorded only.
    Undisposed,
    /// Opened by the county's dispatcher without a disposition.
    Opened,
}

/// When, where and by whom a visit is made.
pub(super) struct Occasion<'a> {
    pub(super) key: String,
    pub(super) layer: Layer,
    pub(super) county: &'a County,
    pub(super) team: &'a Team,
    pub(super) date: NaiveDate,
    /// Minutes after midnight.
    pub(super) begins: i64,
    /// Minutes.
    pub(super) lasts: i64,
    pub(super) stop: Stop,
}

/// Who says it, about what.
pub(super) struct Speaker {
    pub(super) object: Option<String>,
    pub(super) division: String,
    pub(super) reporter: String,
    pub(super) context: Slots,
}

pub(super) fn campaign_of(layer: Layer) -> &'static str {
    match layer {
        Layer::Speech => "2019",
        Layer::County => "2019-county",
    }
}

/// What every text may name.
pub(super) fn context(county: &County, place: &Place, product: &str) -> Slots {
    let street = if county.has_street() {
        county.community.town
    } else {
        "我们街道"
    };
    Slots::from([
        ("county", county.name.to_owned()),
        ("village", place.name.to_owned()),
        ("community", county.community.name.to_owned()),
        ("town", place.town.to_owned()),
        ("street", street.to_owned()),
        ("product", product.to_owned()),
    ])
}

impl Stage {
    /// Plays a whole visit and ends it.
    pub(super) fn visit(&mut self, occasion: &Occasion<'_>, tasks: &[Task]) {
        let mut visit = self.plan(occasion);
        if tasks.iter().any(|task| task.category == "G04") {
            // A sub-district's deputies are heard around a table, not in a field.
            (visit.mode, visit.place_kind) = ("symposium", "office");
        }
        let firms = self.firms_for(occasion, &visit, tasks.len());
        visit.objects.extend(firms.iter().map(|firm| firm.key.clone()));
        let place = self.place_of(occasion);
        let households = self.call_on(occasion, &place, &mut visit, tasks.len());
        let product = firms.first().map_or("", |firm| firm.product);
        let mut slots = context(occasion.county, &place, product);
        visit.observations = Some(words::seen(
            &mut self.random,
            visit.place_kind,
            occasion.stop == Stop::Residents,
            &mut slots,
        ));
        let begins = at(occasion.date, occasion.begins);
        let step = (occasion.lasts - 20) / i64::try_from(tasks.len()).unwrap_or(1).max(1);
        let mut labels = Vec::new();
        let mut minute = 6;
        for (number, task) in tasks.iter().enumerate() {
            let speaker = self.speaker(occasion, &place, *task, &firms, &households, number);
            let Some(written) = self
                .author
                .write(&mut self.random, task.category, task.ending, &speaker.context)
            else {
                continue;
            };
            labels.push(written.pattern.label);
            let observed_at = begins + TimeDelta::minutes(minute);
            let entry = Entry {
                key: format!("{}-problem-{}", occasion.key, number + 1),
                layer: occasion.layer,
                visit: Some(occasion.key.clone()),
                channel: "visit",
                task: *task,
                speaker,
                observed_at,
                recorded_at: observed_at + TimeDelta::minutes(1),
                recorded_by: Recorder::Person(visit.entered_by.clone()),
            };
            let mut problem = self.record(entry, &written);
            self.handle(&mut problem, occasion, *task, &written);
            self.problems.push(problem);
            minute += step;
        }
        visit.heard = Some(words::heard(&mut self.random, &labels, tasks.len()));
        visit.started_at = Some(begins);
        visit.ended_at = Some(begins + TimeDelta::minutes(occasion.lasts));
        visit.state = "completed";
        self.visits.push(visit);
    }

    fn place_of(&mut self, occasion: &Occasion<'_>) -> Place {
        match occasion.stop {
            Stop::Residents => occasion.county.community,
            _ => *self.random.pick(&occasion.county.villages),
        }
    }

    fn firms_for(&mut self, occasion: &Occasion<'_>, visit: &Visit, tasks: usize) -> Vec<Firm> {
        let many = matches!(visit.mode, "symposium" | "on_site_office" | "remote");
        let count = match occasion.stop {
            Stop::Enterprise if many => tasks.clamp(2, 4),
            Stop::Enterprise => 1,
            _ => 0,
        };
        (0..count)
            .map(|_| self.register.enterprise(&mut self.random, occasion.county))
            .collect()
    }

    /// The community and the households of a visit that is not to an enterprise; answers the households' keys.
    fn call_on(&mut self, occasion: &Occasion<'_>, place: &Place, visit: &mut Visit, tasks: usize) -> Vec<String> {
        let kind = if occasion.stop == Stop::Residents {
            "neighbourhood"
        } else {
            "village"
        };
        if occasion.stop == Stop::Enterprise {
            return Vec::new();
        }
        visit
            .objects
            .push(self.register.community(&mut self.random, place, kind));
        let count = if occasion.stop == Stop::Grassroots { 0 } else { tasks };
        let mut households = Vec::new();
        for _ in 0..count {
            let resident = self.cast.name(&mut self.random);
            households.push(self.register.household(&mut self.random, place, &resident));
        }
        visit.objects.extend(households.iter().cloned());
        households
    }

    fn speaker(
        &mut self,
        occasion: &Occasion<'_>,
        place: &Place,
        task: Task,
        firms: &[Firm],
        households: &[String],
        number: usize,
    ) -> Speaker {
        if let Some(firm) = firms.get(number % firms.len().max(1)) {
            return Speaker {
                object: Some(firm.key.clone()),
                division: self.division_of(&firm.key, place.town_code()),
                reporter: reporter_of(&firm.key),
                context: context(occasion.county, place, firm.product),
            };
        }
        let context = context(occasion.county, place, "");
        let community = format!("community-{}", place.code);
        if task.category == "G04" {
            let street = &occasion.county.community;
            let reporter = self.register.congress_committee(street);
            return Speaker {
                object: None,
                division: street.town_code().to_owned(),
                reporter,
                context,
            };
        }
        let household = households.get(number);
        let reporter = reporter_of(household.unwrap_or(&community));
        // A lift belongs to the whole house, not to the one who asks for it.
        let object = household
            .filter(|_| task.category != "M03")
            .unwrap_or(&community)
            .clone();
        Speaker {
            object: Some(object),
            division: place.code.to_owned(),
            reporter,
            context,
        }
    }

    fn division_of(&self, object: &str, otherwise: &str) -> String {
        let found = self.register.objects.iter().find(|known| known.key == object);
        found.map_or(otherwise, |known| &known.division).to_owned()
    }
}
