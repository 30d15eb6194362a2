//! Who comes first among the competent: pure.

use std::cmp::Reverse;

use crate::text_enum;

text_enum! {
    /// What a row of competence speaks of.
    pub enum Match {
        Category = "category" / "按事项类别" / "the category itself",
        Audience = "audience" / "按服务对象" / "everything of an audience",
        Any = "any" / "一般" / "anything in the division",
    }
}

/// Why an organisation is competent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// How far the row's division lies above the one asked for: 0 is that division itself.
    pub distance: i64,
    /// What the row speaks of.
    pub by: Match,
    /// The row's priority; higher wins.
    pub priority: i64,
}

impl Reason {
    /// Smaller comes first: the longest division match, then category over audience over none, then priority.
    fn rank(self) -> (i64, Match, Reverse<i64>) {
        (self.distance, self.by, Reverse(self.priority))
    }
}

/// Puts the competent in their order, each once with its best reason; `tie` decides between equals, so that the answer
/// does not depend on the database.
pub fn order<T, K: Ord>(mut rows: Vec<(T, Reason)>, tie: impl Fn(&T) -> K) -> Vec<(T, Reason)> {
    rows.sort_by_cached_key(|(holder, reason)| (reason.rank(), tie(holder)));
    let mut seen = Vec::new();
    rows.retain(|(holder, _)| {
        let key = tie(holder);
        let new = !seen.contains(&key);
        if new {
            seen.push(key);
        }
        new
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::{Match, Reason, order};

    fn reason(distance: i64, by: Match, priority: i64) -> Reason {
        Reason { distance, by, priority }
    }

    fn names(rows: Vec<(&'static str, Reason)>) -> Vec<&'static str> {
        order(rows, |name| *name).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_longest_division_match_goes_before_all_else() {
        let near = ("town", reason(0, Match::Any, 0));
        let far = ("county", reason(1, Match::Category, 9));
        assert_eq!(names(vec![far, near]), ["town", "county"]);
    }

    #[test]
    fn category_goes_over_audience_over_none() {
        let rows = vec![
            ("any", reason(1, Match::Any, 9)),
            ("audience", reason(1, Match::Audience, 5)),
            ("category", reason(1, Match::Category, 0)),
        ];
        assert_eq!(names(rows), ["category", "audience", "any"]);
    }

    #[test]
    fn priority_decides_between_equals_and_then_the_name() {
        let rows = vec![
            ("c", reason(1, Match::Category, 1)),
            ("b", reason(1, Match::Category, 1)),
            ("a", reason(1, Match::Category, 0)),
        ];
        assert_eq!(names(rows), ["b", "c", "a"]);
    }

    #[test]
    fn each_is_named_once_with_its_best_reason() {
        let rows = vec![
            ("one", reason(2, Match::Any, 0)),
            ("one", reason(1, Match::Audience, 0)),
            ("other", reason(1, Match::Any, 0)),
        ];
        let ordered = order(rows, |name| *name);
        assert_eq!(
            ordered,
            [
                ("one", reason(1, Match::Audience, 0)),
                ("other", reason(1, Match::Any, 0))
            ]
        );
    }
}
