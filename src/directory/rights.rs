//! Whose rights a request changed, to be told to this process once the change is committed; the other processes look
//! for themselves (`auth::rights`).

use uuid::Uuid;

use crate::app::App;

/// People and clients with the new number of their rights.
#[derive(Debug, Default)]
#[must_use = "tokens of ended rights go on until the other processes look"]
pub struct ChangedRights(Vec<(Uuid, i64)>);

impl ChangedRights {
    /// One person's or client's.
    pub fn of(subject: Uuid, rights: i64) -> Self {
        Self(vec![(subject, rights)])
    }

    /// One more.
    pub fn add(&mut self, subject: Uuid, rights: i64) {
        self.0.push((subject, rights));
    }

    /// Tells this process; after the commit.
    pub fn tell(&self, app: &App) {
        for (subject, rights) in &self.0 {
            app.rights.rights_changed(*subject, *rights);
        }
    }
}
