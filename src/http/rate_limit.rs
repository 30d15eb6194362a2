//! How many requests a caller may send (draft-ietf-httpapi-ratelimit-headers): by address before anything else, then by
//! who the token says it is.
//!
//! - `address`: every request of an address, so that it cannot keep the process busy with what is refused.
//! - `public`: what needs no token. `token`: what gives tokens, counted apart and much more narrowly.
//! - `caller`: a person through a client. `client`: a client as a whole, where it has a rate of its own.
//!
//! The unit is a token bucket (GCRA): the whole quota may be used at once and comes back evenly. Each process counts by
//! itself, so N replicas let through N times as much. Real time is what counts. What comes from within the process
//! (the demo's loader) has no address and is not counted; probes of health are not either. An address of IPv6 is its
//! /64, of which anybody has 2^64.

mod allowance;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

pub use allowance::Allowance;
use allowance::Standing;

use crate::auth::Caller;
use crate::clock::Clock;
use crate::config::Settings;
use crate::error::{ApiError, ApiResult, Code};

/// Operations that give tokens, or whose codes somebody might guess.
const GIVE_TOKENS: &[&str] = &["create_token", "redeem_reset_code", "create_receipt_token"];
/// Operations that are never refused, because a load balancer or a supervisor asks them.
const NEVER_COUNTED: &[&str] = &["get_health", "get_readiness_probe"];
/// Seconds in which the quotas of the settings come back.
const WINDOW_SECONDS: u32 = 60;
/// Keys that one class remembers; at about 40 bytes each.
const MOST_KEYS: usize = 100_000;
/// After how many requests a class looks whether it remembers too many.
const LOOK_AFTER: u32 = 1024;

/// So many requests in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "requests": 6000, "seconds": 60 }))]
pub struct Rate {
    /// How many requests; as many may come at once.
    #[schema(value_type = u32, minimum = 1, maximum = 1_000_000)]
    pub requests: NonZeroU32,
    /// In how many seconds they come back.
    #[schema(value_type = u32, minimum = 1, maximum = 86_400)]
    pub seconds: NonZeroU32,
}

impl Rate {
    /// So many a minute; `None` for 0, which is no limit.
    fn a_minute(requests: u32) -> Option<Self> {
        NonZeroU32::new(requests)
            .zip(NonZeroU32::new(WINDOW_SECONDS))
            .map(|(requests, seconds)| Self { requests, seconds })
    }

    fn quota(self) -> Option<Quota> {
        let window = Duration::from_secs(u64::from(self.seconds.get()));
        Some(Quota::with_period(window / self.requests.get())?.allow_burst(self.requests))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.requests, self.seconds)
    }
}

/// What a request is counted as, apart from its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Needs no token.
    Public,
    /// Gives tokens.
    Token,
    /// Needs a token, or is no operation.
    Other,
}

impl Kind {
    /// Of an operation; `None` for what is never counted.
    pub fn of(operation: &str, is_guarded: bool) -> Option<Self> {
        match operation {
            id if NEVER_COUNTED.contains(&id) => None,
            id if GIVE_TOKENS.contains(&id) => Some(Self::Token),
            _ if is_guarded => Some(Self::Other),
            _ => Some(Self::Public),
        }
    }
}

/// What a process remembers of its callers' requests.
#[derive(Debug)]
pub struct RateLimits {
    clock: RealTime,
    address: Option<Limiter<IpAddr>>,
    public: Option<Limiter<IpAddr>>,
    token: Option<Limiter<IpAddr>>,
    caller: Option<Limiter<(Uuid, Uuid)>>,
    clients: RwLock<HashMap<Uuid, Arc<Limiter<Uuid>>>>,
}

impl RateLimits {
    /// By the settings; `clock` tells real time.
    pub fn new(settings: &Settings, clock: Clock) -> Self {
        let clock = RealTime(clock);
        Self {
            address: Limiter::new("address", Rate::a_minute(settings.rate_limit_address), &clock),
            public: Limiter::new("public", Rate::a_minute(settings.rate_limit_public), &clock),
            token: Limiter::new("token", Rate::a_minute(settings.rate_limit_token), &clock),
            caller: Limiter::new("caller", Rate::a_minute(settings.rate_limit_caller), &clock),
            clients: RwLock::default(),
            clock,
        }
    }

    /// Counts a request by its address, before its token is looked at.
    ///
    /// # Errors
    /// 429 `rate_limited` with `Retry-After`.
    pub fn count_address(&self, address: IpAddr, kind: Kind, allowance: &mut Allowance) -> ApiResult<()> {
        let network = network_of(address);
        if let Some(limiter) = &self.address {
            limiter.count(&network, allowance)?;
        }
        let apart = match kind {
            Kind::Public => &self.public,
            Kind::Token => &self.token,
            Kind::Other => &None,
        };
        apart
            .as_ref()
            .map_or(Ok(()), |limiter| limiter.count(&network, allowance))
    }

    /// Counts a request by who sends it: a client that has a rate of its own as a whole, anybody else by client and
    /// person.
    ///
    /// # Errors
    /// 429 `rate_limited` with `Retry-After`.
    pub fn count_caller(&self, caller: &Caller, allowance: &mut Allowance) -> ApiResult<()> {
        if let Some(client) = caller.client {
            let own = self
                .clients
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&client)
                .cloned();
            if let Some(own) = own {
                return own.count(&client, allowance);
            }
        }
        let person = caller.actor.unwrap_or(caller.subject);
        let key = (caller.client.unwrap_or_default(), person);
        self.caller
            .as_ref()
            .map_or(Ok(()), |limiter| limiter.count(&key, allowance))
    }

    /// Learns which clients have a rate of their own. What was counted of those whose rate is the same stays.
    pub fn learn(&self, policies: Vec<(Uuid, Value)>) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *clients);
        for (client, policy) in policies {
            let Ok(rate) = serde_json::from_value::<Rate>(policy) else {
                tracing::warn!(%client, "a client's rate policy cannot be read: it has the usual one");
                continue;
            };
            let limiter = match before.remove(&client) {
                Some(known) if known.rate == rate => Some(known),
                _ => Limiter::new("client", Some(rate), &self.clock).map(Arc::new),
            };
            if let Some(limiter) = limiter {
                clients.insert(client, limiter);
            }
        }
    }

    /// Forgets whoever has his whole quota again. To be called every minute or so.
    pub fn sweep(&self) {
        for limiter in [&self.address, &self.public, &self.token].into_iter().flatten() {
            limiter.sweep();
        }
        if let Some(limiter) = &self.caller {
            limiter.sweep();
        }
    }

    /// How many callers are remembered, of all classes.
    pub fn remembered(&self) -> usize {
        let by_address = [&self.address, &self.public, &self.token].into_iter().flatten();
        by_address.map(Limiter::len).sum::<usize>() + self.caller.as_ref().map_or(0, Limiter::len)
    }
}

/// The address, or of IPv6 the network that a subscriber is given at least.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

/// Real time as the library wants it: since the epoch.
#[derive(Clone, Debug)]
struct RealTime(Clock);

impl governor::clock::Clock for RealTime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().micros()).unwrap_or(0))
    }
}

type Buckets<K> = RateLimiter<K, HashMapStateStore<K>, RealTime, StateInformationMiddleware>;

/// One class.
struct Limiter<K: Clone + Eq + Hash> {
    name: &'static str,
    rate: Rate,
    quota: Quota,
    clock: RealTime,
    buckets: RwLock<Buckets<K>>,
    counted: AtomicU32,
}

impl<K: Clone + Eq + Hash> fmt::Debug for Limiter<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Limiter({} {})", self.name, self.rate)
    }
}

impl<K: Clone + Eq + Hash> Limiter<K> {
    fn new(name: &'static str, rate: Option<Rate>, clock: &RealTime) -> Option<Self> {
        let rate = rate?;
        let quota = rate.quota()?;
        Some(Self {
            name,
            rate,
            quota,
            clock: clock.clone(),
            buckets: RwLock::new(buckets(quota, clock)),
            counted: AtomicU32::new(0),
        })
    }

    fn count(&self, key: &K, allowance: &mut Allowance) -> ApiResult<()> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % LOOK_AFTER == LOOK_AFTER - 1 {
            self.keep_small();
        }
        let counted = self
            .buckets
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .check_key(key);
        let not_until = match counted {
            Ok(state) => {
                allowance.note(Standing::new(self.name, self.rate, state.remaining_burst_capacity()));
                return Ok(());
            }
            Err(not_until) => not_until,
        };
        let wait = not_until.wait_time_from(self.clock.now());
        if wait > Duration::from_secs(u64::from(self.rate.seconds.get())) {
            // Nobody waits longer than a window: the machine's clock was set back, and what is remembered lies ahead of
            // it.
            self.forget();
            return Ok(());
        }
        allowance.note(Standing::new(self.name, self.rate, 0));
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Err(ApiError::new(Code::RateLimited)
            .with_header("Retry-After", seconds.max(1).to_string())
            .with_member("violated_policies", vec![self.name]))
    }

    /// A flood from more addresses than are remembered empties the memory: that costs nothing but the count so far.
    fn keep_small(&self) {
        if self.len() > MOST_KEYS {
            self.sweep();
        }
        if self.len() > MOST_KEYS {
            self.forget();
        }
    }

    fn forget(&self) {
        *self.buckets.write().unwrap_or_else(PoisonError::into_inner) = buckets(self.quota, &self.clock);
    }

    fn sweep(&self) {
        let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
        buckets.retain_recent();
        buckets.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn buckets<K: Clone + Eq + Hash>(quota: Quota, clock: &RealTime) -> Buckets<K> {
    RateLimiter::hashmap_with_clock(quota, clock.clone()).with_middleware()
}
