//! Misuse of what all operations share: what each part refuses, and what the gate makes of a whole request.

mod cors;
mod cursors;
mod gate;
mod headers;
mod json;
mod rate_limit;
mod windows;
