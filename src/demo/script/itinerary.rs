//! The plan of a visit: who goes, when, and in what manner.

use super::model::{Member, Visit};
use super::scene::{Occasion, Stage, Stop, campaign_of};
use super::time::{at, clock, day};
use chrono::Days;

impl Stage {
    /// The plan of a visit: who, when, where, how; put down in the afternoon of the day before, or on opening day.
    pub(super) fn plan(&mut self, occasion: &Occasion<'_>) -> Visit {
        let (mode, place_kind) = self.manner(occasion);
        let team = occasion.team;
        let planned_at = at(occasion.date, occasion.begins);
        let afternoon_before = at(occasion.date - Days::new(1), clock(16, 0));
        let opening = at(day(2), clock(8, 30));
        // What is planned for later was put down before the demo begins.
        let last_afternoon = at(day(14), clock(16, 0));
        let mut members = vec![Member {
            person: team.officers.first().cloned().unwrap_or_default(),
            attended: true,
        }];
        let companions = team.secretary.iter().chain(team.officers.get(1));
        members.extend(companions.map(|person| Member {
            person: person.clone(),
            attended: self.random.chance(85),
        }));
        Visit {
            key: occasion.key.clone(),
            layer: occasion.layer,
            campaign: campaign_of(occasion.layer),
            mode,
            mode_note: (mode == "other").then(|| "随送医下乡义诊队现场听取意见".to_owned()),
            origin: if self.random.chance(82) {
                "proactive"
            } else {
                "requested"
            },
            place_kind,
            division: occasion.county.code.to_owned(),
            leader: team.leader.clone(),
            leading_body: team.leading_body,
            organisation: team.office.clone(),
            members,
            objects: Vec::new(),
            observations: None,
            heard: None,
            entered_at: afternoon_before.max(opening).min(last_afternoon),
            entered_by: team.officers.first().cloned().unwrap_or_default(),
            planned_at,
            started_at: None,
            ended_at: None,
            cancellation: None,
            state: "planned",
        }
    }

    fn manner(&mut self, occasion: &Occasion<'_>) -> (&'static str, &'static str) {
        let lot = self.random.below(100);
        match occasion.stop {
            // In January the boat to the outer islands does not always sail.
            Stop::Enterprise if occasion.county.code == "330922" => ("remote", "office"),
            Stop::Villagers if occasion.county.code == "331127" => ("other", "village"),
            Stop::Residents if occasion.county.code == "331127" => ("other", "community"),
            Stop::Enterprise if lot < 62 => ("site_visit", "factory"),
            Stop::Enterprise if lot < 84 => ("symposium", "office"),
            Stop::Enterprise if lot < 95 => ("on_site_office", "factory"),
            Stop::Enterprise => ("site_visit", "site"),
            Stop::Residents if lot < 60 => ("site_visit", "community"),
            Stop::Residents if lot < 85 => ("household_visit", "household"),
            Stop::Residents => ("symposium", "community"),
            Stop::Villagers if lot < 60 => ("household_visit", "household"),
            Stop::Villagers if lot < 90 => ("site_visit", "village"),
            Stop::Villagers => ("symposium", "village"),
            Stop::Grassroots if lot < 45 => ("site_visit", "village"),
            Stop::Grassroots if lot < 70 => ("site_visit", "field"),
            Stop::Grassroots if lot < 90 => ("symposium", "village"),
            Stop::Grassroots => ("symposium", "office"),
        }
    }
}
