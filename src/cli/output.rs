//! Speaking to whoever typed the command. A reader that has gone away (`sanfuwu openapi | head`) is no fault.

use std::io::{self, Write as _};

/// A line on standard output.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Text on standard output as it is.
pub(super) fn write(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// What went wrong, on standard error.
pub(super) fn complain(message: &str) {
    let _ = writeln!(io::stderr().lock(), "sanfuwu: {message}");
}
