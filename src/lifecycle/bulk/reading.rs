//! An item's body, read as the operation that carries the action out by itself reads it.

use serde_json::{Map, Value};

use super::dto::BulkAction;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::http::body::read;
use crate::http::operations::Operations;
use crate::http::strict_json::escape;
use crate::lifecycle::command::Command;
use crate::lifecycle::step::permit;

/// The command of an item.
///
/// # Errors
/// 403 where the caller may not call the operation; 422 with every fault of the body, pointers into it.
pub fn command(
    operations: &Operations,
    who: &Caller,
    action: BulkAction,
    body: Map<String, Value>,
) -> ApiResult<Command> {
    let id = action.operation();
    permit(who, id)?;
    let operation = operations
        .named(id)
        .ok_or_else(|| ApiError::internal(format!("no operation {id}")))?;
    let unknown = |name: &String| Fault::new(format!("/{}", escape(name)), FaultCode::UnknownField);
    let (faults, body) = match &operation.body {
        Some(expected) => {
            let body = Value::Object(body);
            (expected.faults(&body), body)
        }
        None => (body.keys().map(unknown).collect(), Value::Null),
    };
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    Ok(match action {
        BulkAction::Dispose => Command::Dispose(read(body)?),
        BulkAction::Open => Command::Open,
        BulkAction::Claim => Command::Claim(read(body)?),
        BulkAction::Assign => Command::Assign(read(body)?),
        BulkAction::Answer => Command::Answer(read(body)?),
        BulkAction::Accept => Command::Accept(read(body)?),
        BulkAction::Conclude => Command::Conclude(read(body)?),
        BulkAction::Start => Command::Start,
        BulkAction::AskReporter => Command::AskReporter(read(body)?),
        BulkAction::Supply => Command::Supply(read(body)?),
        BulkAction::Resume => Command::Resume,
        BulkAction::Transfer => Command::Transfer(read(body)?),
        BulkAction::HandOver => Command::HandOver(read(body)?),
        BulkAction::Complete => Command::Complete(read(body)?),
        BulkAction::Confirm => Command::Confirm(read(body)?),
        BulkAction::RejectResult => Command::RejectResult(read(body)?),
        BulkAction::CloseUnanswered => Command::CloseUnanswered(read(body)?),
        BulkAction::LookBack => Command::LookBack(read(body)?),
        BulkAction::Reopen => Command::Reopen(read(body)?),
        BulkAction::Merge => Command::Merge(read(body)?),
        BulkAction::Withdraw => Command::Withdraw(read(body)?),
        BulkAction::Redispose => Command::Redispose(read(body)?),
        BulkAction::Requests => Command::Ask(read(body)?),
        BulkAction::Urge => Command::Urge(read(body)?),
    })
}
