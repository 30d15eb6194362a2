//! An event and its hash: pure.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::auth::keys::sha256;
use crate::clock::Timestamp;

/// Who does something, and when: the same for every event of one request.
#[derive(Clone, Debug)]
pub struct Act {
    /// The person who does it; `None`: the service itself, a client, or a reporter by link.
    pub person: Option<Uuid>,
    /// The organisation for which.
    pub org: Option<Uuid>,
    /// The client that authenticated.
    pub client: Option<Uuid>,
    /// The leader for whom a secretary acts.
    pub on_behalf_of: Option<Uuid>,
    /// When, in business time.
    pub at: Timestamp,
}

impl Act {
    /// What the service does by itself.
    pub fn of_the_service(at: Timestamp) -> Self {
        Self {
            person: None,
            org: None,
            client: None,
            on_behalf_of: None,
            at,
        }
    }
}

/// The end of an aggregate's chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `aggregate_seq` of the last event; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: Option<Vec<u8>>,
}

/// An event to be appended.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `problem`, `visit`, `org`, …
    pub aggregate_kind: &'static str,
    /// Which one.
    pub aggregate_id: Uuid,
    /// The problem whose timeline it belongs to.
    pub problem_id: Option<Uuid>,
    /// `problem.recorded`, `visit.started`, …
    pub kind: &'static str,
    /// The state before, of a transition.
    pub from_state: Option<&'static str>,
    /// The state after.
    pub to_state: Option<&'static str>,
    /// Whether the reporter sees it.
    pub public: bool,
    /// Free text that goes with it; kept apart, and erasable.
    pub text: Option<String>,
    /// Codes, ids and numbers: an object.
    pub payload: Value,
}

impl NewEvent {
    /// An event of no transition, not public, without text or payload.
    pub fn of(aggregate_kind: &'static str, aggregate_id: Uuid, kind: &'static str) -> Self {
        Self {
            aggregate_kind,
            aggregate_id,
            problem_id: (aggregate_kind == "problem").then_some(aggregate_id),
            kind,
            from_state: None,
            to_state: None,
            public: false,
            text: None,
            payload: json!({}),
        }
    }

    /// Makes it one of a transition.
    #[must_use]
    pub fn moving(mut self, from: Option<&'static str>, to: &'static str) -> Self {
        (self.from_state, self.to_state) = (from, Some(to));
        self
    }

    /// Lets the reporter see it.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Adds free text.
    #[must_use]
    pub fn with_text(mut self, text: Option<String>) -> Self {
        self.text = text;
        self
    }

    /// Adds codes, ids and numbers.
    #[must_use]
    pub fn with(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }
}

/// What an event's hash covers: all of it but `id` and `feed_pos`.
#[derive(Debug)]
pub struct Hashed<'a> {
    /// The hash before it.
    pub prev_hash: Option<&'a [u8]>,
    /// Place in the chain.
    pub seq: i64,
    /// Kind, id, type, states, public.
    pub what: [Value; 7],
    /// Actor, organisation, client, on whose behalf.
    pub who: [Option<Uuid>; 4],
    /// Occurred and recorded, µs.
    pub when: [i64; 2],
    /// SHA-256 of salt and text.
    pub reason_hash: Option<&'a [u8]>,
    /// The payload.
    pub payload: &'a Value,
}

impl Hashed<'_> {
    /// SHA-256 of the canonical JSON.
    pub fn hash(&self) -> [u8; 32] {
        let whole = json!([
            self.prev_hash.map(hex),
            self.seq,
            self.what,
            self.who,
            self.when,
            self.reason_hash.map(hex),
            canonical(self.payload),
        ]);
        sha256(whole.to_string().as_bytes())
    }
}

/// SHA-256 of a salt and a text, as an event carries it.
pub fn text_hash(salt: &[u8], text: &str) -> [u8; 32] {
    sha256(&[salt, text.as_bytes()].concat())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same value with the keys of every object sorted: PostgreSQL's jsonb keeps no order.
pub fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let sorted: Map<String, Value> = names
                .into_iter()
                .filter_map(|name| Some((name.clone(), canonical(fields.get(name)?))))
                .collect();
            Value::Object(sorted)
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}
