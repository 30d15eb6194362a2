//! The hook: called where an event of a problem is written, in its transaction.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Circle, Reporters, told};
use super::store::tell::{self, Telling};
use crate::clock::Ids;
use crate::db::{DbError, Tx};
use crate::events::{Act, NewEvent};

/// Writes down who is to be told of an event of a problem; one statement, or none. The problem and its parts must stand
/// already as the event leaves them. Of what concerns no problem those are told whom the event itself names.
pub async fn tell(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    problem: impl Into<Option<Uuid>>,
    event: &NewEvent,
) -> Result<(), DbError> {
    let Some(row) = told(event.kind) else {
        return Ok(());
    };
    let reporters = event.public
        && match row.reporters {
            Reporters::No => false,
            Reporters::Yes => true,
            Reporters::UnlessHimself => act.person.is_some(),
        };
    // What the payload does not name, nobody is told by.
    let people: Vec<(Circle, Option<Uuid>)> = row
        .people
        .iter()
        .map(|circle| (*circle, named(*circle, event)))
        .filter(|(circle, named)| named.is_some() || circle.named_by().is_none())
        .collect();
    if people.is_empty() && !reporters {
        return Ok(());
    }
    let telling = Telling {
        problem: problem.into(),
        kind: row.kind,
        people: &people,
        reporters,
        for_people: json!({ "from": event.from_state, "to": event.to_state, "by_org": act.org, "event": event.payload }),
        for_reporters: json!({ "to": event.to_state }),
    };
    tell::insert(tx, ids.next(), act, telling).await
}

/// Tells whoever wrote a comment of what became of it: him alone, since no event names him. One who wished not to be
/// known is told by his account, where he has one, and stands in no list of who is to be told.
pub async fn tell_author(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    problem: Uuid,
    kind: &'static str,
    (reporter, anonymous): (Uuid, bool),
) -> Result<(), DbError> {
    tell::author(tx, ids.next(), act, problem, kind, reporter, anonymous).await
}

/// Whom the payload names for a circle.
fn named(circle: Circle, event: &NewEvent) -> Option<Uuid> {
    let text = event.payload.get(circle.named_by()?)?.as_str()?;
    Uuid::try_parse(text).ok()
}
