//! The calendar that a process counts by. It is read at the start, looked at again with the rights every few seconds,
//! and known at once where it was changed.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Calendar, store};
use crate::db::{Db, DbError};

/// The current calendar, shared by a process. A request that asks twice may see two versions; it asks once.
#[derive(Debug)]
pub struct Current(RwLock<Arc<Calendar>>);

impl Default for Current {
    /// What ships, until the database has been asked.
    fn default() -> Self {
        Self(RwLock::new(Arc::new(Calendar::shipped().clone())))
    }
}

impl Current {
    /// The calendar as it is now.
    pub fn get(&self) -> Arc<Calendar> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks again.
    pub async fn refresh(&self, db: &Db) -> Result<(), DbError> {
        let stored = store::load(db).await?;
        if *self.get() != stored {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(stored);
        }
        Ok(())
    }
}
