//! The rows of what is said of problems, what the handling side says to it, and what everybody may read of them.

use super::Circle::{DispatchersOfTheUnled, Lead, Responsible, Supervisors, Watchers};
use super::Reporters::{No, Yes};
use super::{Told, row};

/// Every event of a comment, a public reply, a publication or a redaction that is told. Whoever wrote a comment is told
/// of its reply apart (`telling::tell_author`), since no event names him.
pub(super) const SAID: &[Told] = &[
    row(
        "problem.commented",
        "有评论或意见，请回复",
        "commented on, a reply is due",
        &[Responsible, Lead, DispatchersOfTheUnled],
        No,
    ),
    row(
        "problem.comment_replied",
        "评论已获回复",
        "a comment is replied to",
        &[Watchers],
        No,
    ),
    row(
        "problem.comment_hidden",
        "评论已隐藏",
        "a comment is hidden",
        &[Supervisors],
        No,
    ),
    row(
        "problem.comment_unhidden",
        "评论已恢复显示",
        "a comment is shown again",
        &[Supervisors],
        No,
    ),
    row(
        "problem.replied",
        "有新的公开回复",
        "publicly replied to",
        &[Watchers],
        Yes,
    ),
    row("problem.published", "问题已公开", "published", &[Watchers], Yes),
    row(
        "problem.unpublished",
        "公开内容已撤回",
        "published no more",
        &[Watchers],
        Yes,
    ),
    row(
        "problem.redacted",
        "部分文字已隐去",
        "a passage was blotted out",
        &[],
        Yes,
    ),
];
