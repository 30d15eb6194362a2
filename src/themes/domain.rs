//! A theme: how it stands, who may do what with it, and when it may be closed. Pure.

use crate::error::{ApiError, ApiResult, Code};
use crate::text_enum;

text_enum! {
    /// How a theme stands.
    pub enum ThemeState {
        Open = "open" / "研究中" / "open",
        Closed = "closed" / "已办结" / "closed with an output",
        Ended = "ended" / "已终止" / "ended: it was none",
    }
}

text_enum! {
    /// What can be done with a theme.
    pub enum ThemeAction {
        Update = "update" / "修改" / "change",
        AddProblems = "add_problems" / "归入问题" / "add problems",
        RemoveProblems = "remove_problems" / "移出问题" / "take problems out",
        Close = "close" / "办结" / "close",
        Reopen = "reopen" / "重新研究" / "reopen",
        End = "end" / "终止" / "end",
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct ThemeRule {
    /// What is done.
    pub action: ThemeAction,
    /// The state from which it may be.
    pub from: ThemeState,
    /// Whether the studying organisation's handlers may, beside its heads and the dispatchers.
    pub handlers: bool,
    /// The operation that carries it out.
    pub operation: &'static str,
    /// Its place below the theme's; `None`: a PATCH of the theme itself.
    pub path: Option<&'static str>,
}

const fn rule(
    action: ThemeAction,
    from: ThemeState,
    handlers: bool,
    operation: &'static str,
    path: Option<&'static str>,
) -> ThemeRule {
    ThemeRule {
        action,
        from,
        handlers,
        operation,
        path,
    }
}

/// Everything that can be done with a theme; handlers and `allowed_actions` read it.
pub const THEME_RULES: &[ThemeRule] = {
    use ThemeState::{Closed, Open};
    &[
        rule(ThemeAction::Update, Open, true, "update_theme", None),
        rule(
            ThemeAction::AddProblems,
            Open,
            true,
            "add_theme_problems",
            Some("problems"),
        ),
        rule(
            ThemeAction::RemoveProblems,
            Open,
            true,
            "remove_theme_problems",
            Some("problems/remove"),
        ),
        rule(ThemeAction::Close, Open, false, "close_theme", Some("close")),
        rule(ThemeAction::Reopen, Closed, false, "reopen_theme", Some("reopen")),
        rule(ThemeAction::End, Open, false, "end_theme", Some("end")),
    ]
};

/// How many problems a theme has to have to be closed, and to let one of them be reported done: one by itself is no
/// common problem.
pub const FEWEST: i64 = 2;

/// How many problems a theme has at most.
pub const MOST: i64 = 500;

/// How a caller stands to a theme.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// How the theme stands.
    pub state: ThemeState,
    /// Whether he dispatches for its division.
    pub dispatches: bool,
    /// Whether he heads the organisation that studies it, or one above.
    pub heads: bool,
    /// Whether he is a handler of that organisation.
    pub handles: bool,
}

impl Standing {
    const fn may(&self, rule: &ThemeRule) -> bool {
        self.dispatches || self.heads || (rule.handlers && self.handles)
    }

    /// What the caller may do now.
    pub fn allowed(&self) -> impl Iterator<Item = &'static ThemeRule> {
        let standing = *self;
        THEME_RULES
            .iter()
            .filter(move |rule| rule.from == standing.state && standing.may(rule))
    }

    /// Lets the caller, or says why not.
    ///
    /// # Errors
    /// 403 `forbidden`; 409 `transition_not_allowed` with `allowed` in another state.
    pub fn check(&self, action: ThemeAction) -> ApiResult<()> {
        let rule = THEME_RULES.iter().find(|rule| rule.action == action);
        let Some(rule) = rule.filter(|rule| self.may(rule)) else {
            return Err(ApiError::new(Code::Forbidden));
        };
        if rule.from == self.state {
            return Ok(());
        }
        let allowed: Vec<&str> = self.allowed().map(|rule| rule.action.as_str()).collect();
        Err(ApiError::new(Code::TransitionNotAllowed)
            .with_member("state", self.state.as_str())
            .with_member("allowed", allowed))
    }
}

/// Whether a theme with so many members that go on, and so many outputs, may be closed.
///
/// # Errors
/// 409 `members_missing` with `problems`; 409 `output_missing` (S-47).
pub fn may_close(problems: i64, outputs: i64) -> ApiResult<()> {
    if problems < FEWEST {
        return Err(ApiError::new(Code::MembersMissing).with_member("problems", problems));
    }
    if outputs < 1 {
        return Err(ApiError::new(Code::OutputMissing));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Standing, THEME_RULES, ThemeAction, ThemeState, may_close};

    #[test]
    fn whoever_may_is_let_in_where_the_state_allows_it_and_told_what_is_allowed() {
        for bits in 0..8_u8 {
            for state in ThemeState::ALL {
                let standing = Standing {
                    state: *state,
                    dispatches: bits & 1 > 0,
                    heads: bits & 2 > 0,
                    handles: bits & 4 > 0,
                };
                for action in ThemeAction::ALL {
                    let listed = standing.allowed().any(|rule| rule.action == *action);
                    let checked = standing.check(*action);
                    assert_eq!(listed, checked.is_ok(), "{standing:?} {action}");
                    let decides = standing.dispatches || standing.heads;
                    let rule = THEME_RULES.iter().find(|rule| rule.action == *action).expect("a rule");
                    let may = decides || (rule.handlers && standing.handles);
                    if let Err(refused) = checked {
                        let code = if may { "transition_not_allowed" } else { "forbidden" };
                        assert_eq!(refused.code().as_str(), code, "{standing:?} {action}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_theme_needs_two_problems_and_an_output() {
        let code = |problems, outputs| may_close(problems, outputs).err().map(|error| error.code().as_str());
        assert_eq!(code(1, 3), Some("members_missing"));
        assert_eq!(code(2, 0), Some("output_missing"));
        assert_eq!(code(2, 1), None);
    }
}
