//! What an answer says of the quotas that its request was counted in.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::Rate;

/// How a caller stands in one class after his request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    name: &'static str,
    rate: Rate,
    remaining: u32,
}

impl Standing {
    /// `remaining` requests may come at once.
    pub(super) fn new(name: &'static str, rate: Rate, remaining: u32) -> Self {
        Self { name, rate, remaining }
    }

    /// Seconds until the whole quota is there again.
    fn reset(&self) -> u64 {
        let (quota, seconds) = (u64::from(self.rate.requests.get()), u64::from(self.rate.seconds.get()));
        let used = quota.saturating_sub(u64::from(self.remaining));
        (used * seconds).div_ceil(quota)
    }
}

/// The classes in which a request was counted.
#[derive(Clone, Debug, Default)]
pub struct Allowance(Vec<Standing>);

impl Allowance {
    pub(super) fn note(&mut self, standing: Standing) {
        self.0.push(standing);
    }

    /// Adds `RateLimit-Policy: "caller";q=1200;w=60` and `RateLimit: "caller";r=1199;t=1`, an item a class.
    pub fn write(&self, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        let policy = self.list(|one| format!("\"{}\";q={};w={}", one.name, one.rate.requests, one.rate.seconds));
        let limit = self.list(|one| format!("\"{}\";r={};t={}", one.name, one.remaining, one.reset()));
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", limit)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }

    fn list(&self, item: impl Fn(&Standing) -> String) -> String {
        self.0.iter().map(item).collect::<Vec<_>>().join(", ")
    }
}
