//! **sanfuwu** (三服务): a JSON REST API for governments that go out to serve. Leaders visit enterprises, households and
//! villages; what they hear becomes a list of problems, each with a plan and someone responsible, closed only when the
//! person who raised it says so and it still holds at a look-back.
//!
//! A request passes `http::gate` (route, token, body against the document, role), reaches a handler in some feature's
//! `routes`, which loads within scope from the feature's `store`, lets its `domain` decide, stores the change and its
//! event in one transaction (`http::respond::Work`) and answers what was stored. The list of routes is in `app`.
//!
//! Every feature folder has the same files: `mod` (its rules in prose), `domain` (pure), `dto` (what goes over the
//! wire), `store` (every SQL statement on its tables), `routes`, `tests`.

pub mod action_plans;
pub mod alike;
pub mod analyses;
pub mod app;
pub mod assignments;
pub mod attachments;
pub mod auditing;
pub mod auth;
pub mod backup;
pub mod calendar;
pub mod campaigns;
pub mod cli;
pub mod clock;
pub mod clock_rules;
pub mod comments;
pub mod commitments;
pub mod config;
pub mod contacts;
pub mod db;
pub mod demo;
pub mod directory;
pub mod doctor;
pub mod erasure;
pub mod error;
pub mod events;
pub mod feedback;
pub mod full_text;
pub mod http;
pub mod lifecycle;
pub mod lists;
pub mod meta;
pub mod metrics;
pub mod notes;
pub mod notices;
pub mod openapi;
pub mod outputs;
pub mod plan_templates;
pub mod privacy;
pub mod problems;
pub mod public_view;
pub mod receipts;
pub mod referrals;
pub mod replies;
pub mod reporters;
pub mod requests;
pub mod server;
pub mod service_objects;
pub mod subject_access;
pub mod surveys;
pub mod tasks;
pub mod telemetry;
pub mod themes;
pub mod visits;
pub mod watches;
pub mod work_lists;

#[cfg(test)]
mod contract_tests;
#[cfg(test)]
mod test_support;
