//! What this process is doing: how many requests it is answering, whether it is about to stop, and whether its demo is
//! being started over.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by all workers.
#[derive(Debug, Default)]
pub struct Traffic {
    in_flight: AtomicU64,
    draining: AtomicBool,
    starting_over: AtomicBool,
}

/// A request that is being answered; it is done when this falls.
#[derive(Debug)]
pub struct Busy<'t>(&'t Traffic);

/// The demo's database is being emptied and filled; that is done when this falls.
#[derive(Debug)]
pub struct StartingOver<'t>(&'t Traffic);

impl Traffic {
    /// Counts a request in.
    pub fn begin(&self) -> Busy<'_> {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        Busy(self)
    }

    /// Requests that are being answered.
    pub fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Acquire)
    }

    /// From now on `/readyz` answers 503, and every answer closes its connection.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// From now on what needs the database is refused.
    pub fn start_over(&self) -> StartingOver<'_> {
        self.starting_over.store(true, Ordering::Release);
        StartingOver(self)
    }

    /// Whether the demo is being started over.
    pub fn is_starting_over(&self) -> bool {
        self.starting_over.load(Ordering::Acquire)
    }

    /// Whether the server is about to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for StartingOver<'_> {
    fn drop(&mut self) {
        self.0.starting_over.store(false, Ordering::Release);
    }
}
