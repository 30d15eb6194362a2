//! What a body refers to, looked up within the caller's reach. Every reference that leads nowhere is named at once.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::domain::Member;
use super::store::references::{self as store, Leadership};
use super::store::view::VisitReader;
use crate::auth::caller::TokenMembership;
use crate::auth::policy::{Permission as _, WriteVisits};
use crate::auth::{Caller, Scope};
use crate::calendar::start_of_shanghai_day;
use crate::campaigns::store::{CampaignYearRow, year_for};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::words::LeadingBody;
use crate::directory::{divisions, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::problems::hiding::Eyes;

/// The membership by which a caller plans visits: the one that he acts with, or else the first that allows it.
///
/// # Errors
/// 403 where none does, which the gate has refused before.
pub fn planner(who: &Caller) -> ApiResult<&TokenMembership> {
    let allows = |membership: &&TokenMembership| WriteVisits::RULE.roles.contains(&membership.role);
    let acting = who.acting().ok().filter(allows);
    acting
        .or_else(|| who.memberships.iter().find(allows))
        .ok_or_else(|| ApiError::new(Code::Forbidden))
}

/// A caller as a reader of visits; most may change none.
pub fn reader(who: &Caller, now: Timestamp) -> VisitReader {
    let change_scopes = if who.may(WriteVisits::RULE) {
        who.scopes_for(WriteVisits::RULE).iter().map(Scope::id).collect()
    } else {
        Vec::new()
    };
    VisitReader {
        change_scopes,
        eyes: Eyes::of(who, now),
    }
}

/// Looks up, and collects what leads nowhere.
#[derive(Debug)]
pub struct References<'t> {
    tx: &'t mut Tx,
    /// The division within which the caller plans visits.
    reach: Uuid,
    faults: Vec<Fault>,
}

impl<'t> References<'t> {
    /// Begins, for a caller who reaches this division.
    pub const fn new(tx: &'t mut Tx, reach: Uuid) -> Self {
        Self {
            tx,
            reach,
            faults: Vec::new(),
        }
    }

    /// Names a fault.
    pub fn fault(&mut self, pointer: impl Into<String>, code: FaultCode) {
        self.faults.push(Fault::new(pointer, code));
    }

    /// Ends.
    ///
    /// # Errors
    /// 422 with all that was found wrong.
    pub fn finish(self) -> ApiResult<()> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(self.faults))
        }
    }

    /// The open campaign-year of a day (S-09); `pointer` names the field that gives the day.
    pub async fn campaign_year(
        &mut self,
        slug: Option<&str>,
        day: NaiveDate,
        pointer: &'static str,
    ) -> ApiResult<Option<CampaignYearRow>> {
        let year = year_for(&mut *self.tx, slug, day).await?;
        if year.is_none() {
            self.fault(pointer, FaultCode::NoOpenCampaign);
        }
        Ok(year)
    }

    /// Whether a term of a kind may be chosen on a day.
    pub async fn term(&mut self, kind: &str, code: &str, day: NaiveDate, pointer: &'static str) -> ApiResult<()> {
        match terms::find(&mut *self.tx, kind, code).await? {
            Some(term) if term.is_heading => self.fault(pointer, FaultCode::UnknownReference),
            Some(term) if !term.is_valid_on(day) => self.fault(pointer, FaultCode::RetiredTerm),
            Some(_) => {}
            None => self.fault(pointer, FaultCode::UnknownReference),
        }
        Ok(())
    }

    /// The division that a code stands for on a day, within the caller's reach.
    pub async fn division(&mut self, code: &str, day: NaiveDate) -> ApiResult<Option<Uuid>> {
        let found = divisions::find_by_code(&mut *self.tx, code, day).await?;
        if let Some(division) = found
            && divisions::is_within(&mut *self.tx, self.reach, division.id).await?
        {
            return Ok(Some(division.id));
        }
        self.fault("/division", FaultCode::UnknownReference);
        Ok(None)
    }

    /// The leader's membership over the division on that day.
    pub async fn leader(&mut self, person: Uuid, division: Uuid, day: NaiveDate) -> ApiResult<Option<Leadership>> {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let span = (start_of_shanghai_day(day), start_of_shanghai_day(next));
        let span = (Timestamp::from(span.0), Timestamp::from(span.1));
        let leadership = store::leadership(&mut *self.tx, person, division, span).await?;
        if leadership.is_none() {
            self.fault("/leader_id", FaultCode::UnknownReference);
        }
        Ok(leadership)
    }

    /// The leader's body: as given, else that of his organisation.
    pub fn leading_body(&mut self, given: Option<LeadingBody>, leadership: Option<Leadership>) -> Option<LeadingBody> {
        let body = given.or_else(|| leadership?.leading_body);
        if body.is_none() && leadership.is_some() {
            self.fault("/leading_body", FaultCode::Required);
        }
        body
    }

    /// Whether all of a team are active people of the administration; those of `known` were found before.
    pub async fn people(&mut self, team: &[Member], known: &[Member]) -> ApiResult<()> {
        let ids: Vec<Uuid> = team.iter().map(|member| member.person_id).collect();
        let found = store::people(&mut *self.tx, &ids).await?;
        for (index, id) in ids.iter().enumerate() {
            if !found.contains(id) && known.iter().all(|member| member.person_id != *id) {
                self.fault(format!("/members/{index}/person_id"), FaultCode::UnknownReference);
            }
        }
        Ok(())
    }

    /// Whether all of the objects exist within the caller's reach; those of `known` were found before.
    pub async fn objects(&mut self, ids: &[Uuid], known: &[Uuid]) -> ApiResult<()> {
        let found = store::objects_within(&mut *self.tx, self.reach, ids).await?;
        for (index, id) in ids.iter().enumerate() {
            if !found.contains(id) && !known.contains(id) {
                self.fault(format!("/object_ids/{index}"), FaultCode::UnknownReference);
            }
        }
        Ok(())
    }
}
