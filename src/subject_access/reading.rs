//! Whose data the caller may read, and what stands at the head of them.

use uuid::Uuid;

use super::domain::{DataSection, DataSubject, SubjectKind};
use super::dto::{MyAccount, MyDataQuery, MyDataSection, MyReporterRecord};
use super::store::{self, ItemRow};
use crate::app::App;
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::http::{ListParams, Locale};
use crate::reporters::voice::ACTS_FOR_REPORTERS;

/// Whom a caller asks about: himself, and as a client a reporter of its own.
///
/// # Errors
/// 403 under a delegation and for a client without `reporters:act`; 404 for a name that is none of the client's; 422
/// where a client names nobody, or anybody else does, and for a cursor of no section.
pub async fn subject(tx: &mut Tx, who: &Caller, asked: &MyDataQuery) -> ApiResult<DataSubject> {
    if who.actor.is_some() || (who.is_client && !who.scopes.contains(ACTS_FOR_REPORTERS)) {
        return Err(ApiError::new(Code::Forbidden));
    }
    let named = [("?system", &asked.system), ("?value", &asked.value)];
    let fault = if who.is_client {
        FaultCode::Required
    } else {
        FaultCode::ClientsOnly
    };
    let mut faults: Vec<Fault> = named
        .iter()
        .filter(|(_, name)| name.is_some() != who.is_client)
        .map(|(pointer, _)| Fault::new(*pointer, fault))
        .collect();
    if asked.cursor.is_some() && asked.section.is_none() {
        faults.push(Fault::new("?section", FaultCode::Required));
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let of_reporter = |kind, reporter: Uuid, case| DataSubject {
        kind,
        person: None,
        reporters: vec![reporter],
        case,
    };
    match (who.case, asked.system.as_deref().zip(asked.value.as_deref())) {
        (Some(case), _) => Ok(of_reporter(SubjectKind::Receipt, who.subject, Some(case))),
        (None, Some((system, value))) => {
            let reporter = store::called(&mut *tx, who.subject, system, value)
                .await?
                .or_not_found()?;
            Ok(of_reporter(SubjectKind::Client, reporter, None))
        }
        (None, None) => Ok(DataSubject {
            kind: SubjectKind::Account,
            person: Some(who.subject),
            reporters: store::reporters_of_person(&mut *tx, who.subject).await?,
            case: None,
        }),
    }
}

/// His account, where he has one.
///
/// # Errors
/// Where the database refuses.
pub async fn account(tx: &mut Tx, person: Option<Uuid>) -> ApiResult<Option<MyAccount>> {
    let Some(person) = person else { return Ok(None) };
    let row = store::account(&mut *tx, person).await?;
    Ok(row.map(|row| MyAccount {
        id: row.id,
        name: row.name,
        username: row.username,
        title: row.title,
        org: row.org_name,
        locale: row.locale,
        password_changed_at: row.password_changed_at,
        created_at: row.created_at,
    }))
}

/// What was written down of him as a reporter: his numbers in clear, and to a receipt no name and no number, since
/// whoever bears it need not be he.
///
/// # Errors
/// 500 for a number that was sealed with another key.
pub async fn reporters(tx: &mut Tx, app: &App, subject: &DataSubject) -> ApiResult<Vec<MyReporterRecord>> {
    let (mut records, tells) = (Vec::new(), subject.kind.tells_who_he_is());
    for row in store::reporters(&mut *tx, &subject.reporters).await? {
        let phone = match row.phone_cipher.as_ref().filter(|_| tells) {
            None => None,
            Some(sealed) => Some(app.keys.decrypt(row.id, sealed).ok_or_else(|| {
                ApiError::internal(format!(
                    "the number of reporter {} was not sealed with the data key",
                    row.id
                ))
            })?),
        };
        records.push(MyReporterRecord {
            id: row.id,
            kind: row.kind,
            display_name: row.display_name.filter(|_| tells),
            phone,
            preferred_channel: row.preferred_channel,
            anonymity: row.anonymity,
            object: row.object_name.filter(|_| tells),
            created_at: row.created_at,
            erased_at: row.erased_at,
        });
    }
    Ok(records)
}

/// The sections that were asked for: one, or a page of each.
///
/// # Errors
/// 400 for a cursor of another section or subject.
pub async fn sections(
    tx: &mut Tx,
    subject: &DataSubject,
    asked: &MyDataQuery,
    locale: Locale,
) -> ApiResult<Vec<MyDataSection>> {
    let params = ListParams {
        limit: asked.limit,
        cursor: asked.cursor.clone(),
        with_total: None,
    };
    let mut sections = Vec::new();
    for section in asked
        .section
        .map_or_else(|| DataSection::ALL.to_vec(), |section| vec![section])
    {
        let page = params.page(&("get_my_data", subject, section))?;
        let rows: Vec<ItemRow> = store::section(subject, section, page.after::<Timestamp>()?, page.fetch())
            .all(&mut *tx)
            .await?;
        let page = page.page(rows, |row| (row.at, row.id), Into::into);
        sections.push(MyDataSection::of(section, page, locale));
    }
    Ok(sections)
}
