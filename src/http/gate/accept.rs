//! Which media types a caller takes (RFC 9110, 12.5.1).

/// Whether a caller who sends this `Accept` takes that media type. The range decides that says most of it; what weighs
/// nothing (`q=0`) is refused.
pub(super) fn takes(accept: &str, produced: &str) -> bool {
    let mut ranges = accept
        .split(',')
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .peekable();
    if ranges.peek().is_none() {
        return true;
    }
    let weighed: Vec<(u8, f32)> = ranges.filter_map(|range| weighed(range, produced)).collect();
    let most = weighed.iter().map(|(says, _)| *says).max();
    // What may be anything is whatever of it the caller takes.
    let decides = |says: u8| produced == ANYTHING || Some(says) == most;
    weighed.iter().any(|(says, weight)| decides(*says) && *weight > 0.0)
}

const ANYTHING: &str = "*/*";

/// How much a range says of a media type that it covers, and its weight.
fn weighed(range: &str, produced: &str) -> Option<(u8, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let named = parts.next().unwrap_or_default().to_ascii_lowercase();
    let kind = produced.split('/').next().unwrap_or_default();
    let says = match named.strip_suffix("/*") {
        _ if named == produced || produced == ANYTHING => 2,
        Some("*") => 0,
        Some(named) if named == kind => 1,
        _ => return None,
    };
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((says, weight.and_then(|weight| weight.parse().ok()).unwrap_or(1.0)))
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn the_range_that_says_most_decides_and_what_weighs_nothing_is_refused() {
        let json = "application/json";
        let taking = [
            "",
            json,
            "*/*",
            "application/*",
            "APPLICATION/JSON;q=0.1",
            "*/*;q=0, application/json",
            "text/html, */*;q=0.1",
        ];
        for accept in taking {
            assert!(takes(accept, json), "{accept}");
        }
        let refusing = [
            "application/json;q=0",
            "application/json; Q=0.000, */*",
            "*/*;q=0",
            "application/*;q=0, */*",
            "text/html",
        ];
        for accept in refusing {
            assert!(!takes(accept, json), "{accept}");
        }
        assert!(
            takes("image/png", "*/*") && takes("text/html;q=0, image/png", "*/*") && !takes("image/png;q=0", "*/*")
        );
    }
}
