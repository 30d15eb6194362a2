//! 三服务: a JSON REST API for governments that go out to serve.

pub mod calendar;
pub mod directory;
pub mod privacy;
pub mod service_objects;
