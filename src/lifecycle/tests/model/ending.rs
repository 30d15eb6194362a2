//! How the model lets a problem be done, end and begin anew.

use std::collections::BTreeSet;

use chrono::Days;

use super::asking::Asked;
use super::expected::{Expected, Raised, Refusal};
use super::foresee::{Ask, INVALID};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::problems::domain::{Matter, State};
use crate::requests::domain::RequestKind;

impl Expected {
    pub(super) fn complete(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let said = ask.said;
        match () {
            () if ask.ready.open_steps > 0 || !self.duties.is_empty() => Err((409, "open_duties")),
            () if !said.is_excused && !self.met && self.raised != Raised::ByNobody => Err((409, "no_face_to_face")),
            () if self.matter == Matter::Institutional && !said.with_output && !self.outputs => {
                Err((409, "output_missing"))
            }
            () => {
                self.outputs |= said.with_output;
                self.reported_done(ask.now);
                Ok(())
            }
        }
    }

    /// By which way he confirms or rejects: with a call back exactly where he does not speak for the reporter.
    fn way(&self, ask: &Ask<'_>) -> Result<(), Refusal> {
        let since = self.resolved_at.expect("reported done");
        match (self.speaks(ask.who), ask.said.called_at) {
            (true, None) => Ok(()),
            (false, Some(at)) if at >= since && at <= ask.now => Ok(()),
            _ => Err(INVALID),
        }
    }

    pub(super) fn confirm(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        if self.is_too_old(ask.now) {
            return Err((409, "too_late"));
        }
        self.way(ask)?;
        if ask.said.rating && !self.speaks(ask.who) {
            return Err(INVALID);
        }
        if ask.said.rating && self.rated {
            return Err((409, "duplicate"));
        }
        self.rated |= ask.said.rating;
        if ask.said.rating {
            self.acts.extend(ask.who.person.map(|person| (person, "rate")));
        }
        self.close(ask.now);
        self.confirmed = true;
        Ok(())
    }

    pub(super) fn close(&mut self, now: Timestamp) {
        self.closed_at = self.closed_at.or(Some(now));
        self.duties.clear();
        self.enter(State::Closed);
    }

    /// More than a year after closing.
    pub(super) fn is_too_old(&self, now: Timestamp) -> bool {
        let until = self.closed_at.map(|at| at.shanghai_date() + Days::new(365));
        self.state == State::Closed && until.is_some_and(|until| now.shanghai_date() > until)
    }

    pub(super) fn reject(&mut self, ask: &Ask<'_>) -> Result<(), Refusal> {
        self.way(ask)?;
        if self.rejections >= 2 && !self.was_appealed() {
            self.asked = Some(Asked {
                kind: RequestKind::Appeal,
                askers: BTreeSet::new(),
                org: None,
                by_itself: false,
                from: self.state,
                decide_by: Calendar::shipped().due_at(ask.now.utc(), 3).0.into(),
                days: 0,
                until: None,
            });
            self.enter(State::InDispute);
            self.back_to = Some(State::PendingConfirmation);
            return Ok(());
        }
        self.rejections += 1;
        let matter = if self.matter == Matter::Simple {
            Matter::Complex
        } else {
            self.matter
        };
        self.begin_anew(ask.now, matter);
        Ok(())
    }

    pub(super) fn begin_anew(&mut self, now: Timestamp, matter: Matter) {
        (self.matter, self.cycle, self.began) = (matter, self.cycle + 1, now);
        (self.asked_at, self.resolved_at, self.closed_at, self.confirmed) = (None, None, None, false);
        (self.met, self.notice, self.rated) = (false, None, false);
        self.attempts.clear();
        self.duties.clear();
        (self.now, self.paused_due, self.paused_at) = (now, None, None);
        self.due = self.last_lead.map(|org| self.rule(self.disposition, Some(org), now));
        (self.lead, self.person) = (None, None);
        match self.last_lead {
            Some(org) => {
                self.lead_by(org);
                self.enter(State::Assigned);
            }
            None => self.enter(State::Open),
        }
    }

    pub(super) fn close_unanswered(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let done = self.resolved_at.expect("reported done");
        let (until, _) = Calendar::shipped().due_at(done.utc(), 10);
        match () {
            () if now.utc() < until => Err((409, "too_early")),
            () if self.raised == Raised::ByNobody && self.notice.is_none() => Err((409, "result_notice_missing")),
            () if self.raised == Raised::ByNobody && self.notice > Some(now) => Err((409, "too_early")),
            () if self.attempts.iter().filter(|at| **at >= done).count() < 2 && self.raised != Raised::ByNobody => {
                Err((409, "attempts_missing"))
            }
            () => {
                self.close(now);
                Ok(())
            }
        }
    }
}
