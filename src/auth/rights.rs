//! Which tokens are behind the times.
//!
//! Each process looks every two seconds which session families were ended, which receipts replaced and whose rights
//! changed while a token made before could still live; so no request needs a look-up, and no right outlives its end by
//! more than five seconds. The process that makes a change knows it at once: handlers tell it after their commit.
//!
//! A right that ends by its own date needs none of this: no token is made to outlive it (`standing.rs`).

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use uuid::Uuid;

use super::caller::Caller;
use super::case::family_of;
use super::token::{ACCESS_SECONDS, CASE_SECONDS};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, sql};
use crate::error::{ApiError, ApiResult, Code};

/// How often a process looks, in seconds.
pub const REFRESH_SECONDS: u64 = 2;

/// What a process knows of ended families and changed rights.
#[derive(Debug, Default)]
pub struct Rights(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// When each family was ended, or was last read to be that of a replaced receipt.
    ended_families: HashMap<Uuid, Timestamp>,
    /// Rights number now, of whom (person or client) it changed for lately, as the database said.
    changed: HashMap<Uuid, i64>,
    /// The same, as handlers of this process said since; kept until the database has been asked after them.
    announced: HashMap<Uuid, i64>,
}

impl Known {
    fn is_behind(&self, whose: Uuid, rights: i64) -> bool {
        [&self.changed, &self.announced]
            .iter()
            .any(|known| known.get(&whose).is_some_and(|now| *now > rights))
    }
}

impl Rights {
    /// 401 `token_stale` for a token of an ended family, or of rights that have changed: the subject's, or those of the
    /// secretary who acts for him.
    pub fn check(&self, caller: &Caller) -> ApiResult<()> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let stale = known.ended_families.contains_key(&caller.family)
            || known.is_behind(caller.subject, caller.rights)
            || caller
                .actor
                .zip(caller.actor_rights)
                .is_some_and(|(actor, rights)| known.is_behind(actor, rights));
        if stale {
            Err(ApiError::new(Code::TokenStale))
        } else {
            Ok(())
        }
    }

    /// Looks again. `now` is real time, which tokens keep; `business_now` the time that receipts are replaced at.
    pub async fn refresh(&self, db: &Db, now: Timestamp, business_now: Timestamp) -> Result<(), DbError> {
        // A token may live its whole life, and a minute more for clocks that differ.
        let since = now.plus_seconds(-(ACCESS_SECONDS + 60));
        let replaced_since = business_now.plus_seconds(-(CASE_SECONDS + 60));
        let before = self.0.read().unwrap_or_else(PoisonError::into_inner).announced.clone();
        let ended: Vec<(Uuid, Timestamp)> = sql("SELECT id, revoked_at FROM session_family WHERE revoked_at >= $1")
            .bind(since)
            .all(db)
            .await?;
        let replaced: Vec<(Vec<u8>,)> = sql("SELECT hash FROM case_link WHERE replaced_at >= $1")
            .bind(replaced_since)
            .all(db)
            .await?;
        let changed: Vec<(Uuid, i64)> = sql("SELECT id, rights FROM person WHERE rights_changed_at >= $1 \
             UNION ALL SELECT id, rights FROM client_app WHERE rights_changed_at >= $1")
        .bind(since)
        .all(db)
        .await?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // A family that was ended while the database answered must not be forgotten for two seconds.
        let forgotten = now.plus_seconds(-(CASE_SECONDS + 60));
        known.ended_families.retain(|_, ended_at| *ended_at >= forgotten);
        known.ended_families.extend(ended);
        known
            .ended_families
            .extend(replaced.iter().map(|(hash,)| (family_of(hash), now)));
        known.changed = changed.into_iter().collect();
        known
            .announced
            .retain(|whose, rights| before.get(whose) != Some(rights));
        Ok(())
    }

    /// Knows at once that a family was ended here; `now` is real time.
    pub fn family_ended(&self, family: Uuid, now: Timestamp) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .ended_families
            .insert(family, now);
    }

    /// Knows at once that a person's or client's rights changed here. Handlers call it after their commit, with the
    /// number that `accounts::bump_rights` gave.
    pub fn rights_changed(&self, subject: Uuid, rights: i64) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .announced
            .insert(subject, rights);
    }
}
