//! Who speaks for a reporter.

use uuid::Uuid;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::reporters::domain::Anonymity;
use crate::reporters::identity::Known;
use crate::reporters::voice::{ACTS_FOR_REPORTERS, Spoken, Voice};

/// Whether the caller may speak for the primary reporter of a problem, and by which way; in one query.
///
/// By account (the reporter's own, or one that its enterprise authorises at `now`; never under a delegation), by the
/// receipt of this very problem, or as the client that knows the reporter by an external id. Says nothing of whether
/// the problem lies in the caller's scope, nor of what its state allows.
pub async fn spoken(
    on: impl Into<On<'_>>,
    who: &Caller,
    problem: Uuid,
    now: Timestamp,
) -> Result<Option<Spoken>, DbError> {
    let primary = sql(
        "SELECT r.id, r.anonymity FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.part = 'primary' AND x.problem_id = $1",
    )
    .bind(problem);
    let (voice, statement) = match who.case {
        Some(case) if case == problem => (Voice::Link, primary.and("r.id = ", who.subject)),
        Some(_) => return Ok(None),
        None if who.is_client && !who.scopes.contains(ACTS_FOR_REPORTERS) => return Ok(None),
        None if who.is_client => {
            let known = primary
                .push(" AND EXISTS (SELECT 1 FROM external_id e WHERE e.entity_id = r.id AND e.kind = 'reporter'")
                .and("e.client_app_id = ", who.subject)
                .push(")");
            (Voice::Portal, known)
        }
        None if who.actor.is_some() => return Ok(None),
        None => {
            let authorised = primary
                .push_bind(" AND (r.person_id = ", who.subject)
                .push(" OR (r.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation a")
                .push(" WHERE a.enterprise_id = r.object_id AND a.ended_at IS NULL")
                .and("a.person_id = ", who.subject)
                .and("a.valid_from <= ", now)
                .push_bind(" AND (a.valid_to IS NULL OR a.valid_to > ", now)
                .push("))))");
            (Voice::Account, authorised)
        }
    };
    let found: Option<(Uuid, Anonymity)> = statement.optional(on).await?;
    Ok(found.map(|(reporter_id, anonymity)| Spoken {
        voice,
        reporter_id,
        anonymity,
    }))
}

/// Whether a person may speak for an enterprise at `now`.
pub async fn is_authorised(
    on: impl Into<On<'_>>,
    person: Uuid,
    enterprise: Uuid,
    now: Timestamp,
) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT id FROM enterprise_authorisation WHERE person_id = $1 AND enterprise_id = $2 AND ended_at IS NULL \
         AND valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3) LIMIT 1",
    )
    .bind(person)
    .bind(enterprise)
    .bind(now)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// What tells that two rows are one reporter: his account, be it of another row with his telephone number, and the
/// blind index of that number.
pub async fn identity(on: impl Into<On<'_>>, reporter: Uuid) -> Result<(Option<Uuid>, Option<Vec<u8>>), DbError> {
    let found: Option<(Option<Uuid>, Option<Vec<u8>>)> = sql(
        "SELECT COALESCE(r.person_id, (SELECT o.person_id FROM reporter o WHERE o.phone_index = r.phone_index \
             AND o.person_id IS NOT NULL ORDER BY o.id LIMIT 1)), r.phone_index FROM reporter r WHERE r.id = $1",
    )
    .bind(reporter)
    .optional(on)
    .await?;
    Ok(found.unwrap_or_default())
}

/// By what else somebody is known who has this account, or this number: the numbers of rows of the account, and the
/// accounts of rows with the number.
pub async fn known_as(tx: &mut Tx, person: Option<Uuid>, phone: Option<&[u8]>) -> Result<Known, DbError> {
    let rows: Vec<(Option<Uuid>, Option<Vec<u8>>)> = sql(
        "SELECT r.person_id, r.phone_index FROM reporter r WHERE r.erased_at IS NULL AND r.person_id = $1 \
         UNION SELECT r.person_id, r.phone_index FROM reporter r WHERE r.erased_at IS NULL AND r.phone_index = $2",
    )
    .bind(person)
    .bind(phone.map(<[u8]>::to_vec))
    .all(tx)
    .await?;
    let mut known = Known {
        persons: person.into_iter().collect(),
        phones: phone.map(<[u8]>::to_vec).into_iter().collect(),
    };
    for (person, phone) in rows {
        known.persons.extend(person);
        known.phones.extend(phone);
    }
    known.persons.sort_unstable();
    known.persons.dedup();
    known.phones.sort_unstable();
    known.phones.dedup();
    Ok(known)
}
