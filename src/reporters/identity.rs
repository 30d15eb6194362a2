//! Who somebody of the public is, so that one voice counts once, whichever way it comes.

use uuid::Uuid;

use super::store;
use crate::auth::Caller;
use crate::auth::keys::Keys;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::domain::hex;

/// The accounts and the blind indexes of telephone numbers by which somebody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Accounts.
    pub persons: Vec<Uuid>,
    /// Blind indexes of numbers.
    pub phones: Vec<Vec<u8>>,
}

/// Somebody who is identified: by an account, by a receipt, or by a client that knows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// His account, where he has one.
    pub person: Option<Uuid>,
    /// His row as a reporter, where it is known.
    pub reporter: Option<Uuid>,
    /// His telephone number's blind index, where it is known.
    phone: Option<Vec<u8>>,
    /// Whatever else he goes by: every account and number of rows that share one of these with him.
    known: Known,
}

impl Identity {
    /// Who a caller is or speaks for. `named`: whether the body names somebody; `reporter`: whose row it is then, or
    /// for whom the caller is known to speak.
    ///
    /// # Errors
    /// 403 for who acts for another under a delegation; 422 at `at`: `clients_only` where a person names somebody,
    /// `required` where a client speaks for nobody.
    pub async fn of(
        tx: &mut Tx,
        who: &Caller,
        (named, reporter): (bool, Option<Uuid>),
        at: &'static str,
    ) -> ApiResult<Self> {
        if who.actor.is_some() {
            return Err(ApiError::new(Code::Forbidden));
        }
        if named && !who.is_client {
            return Err(ApiError::invalid_at(at, FaultCode::ClientsOnly));
        }
        let row = match (who.is_client, who.case, reporter) {
            (true, _, None) => return Err(ApiError::invalid_at(at, FaultCode::Required)),
            (true, _, Some(reporter)) => reporter,
            (false, Some(_), _) => who.subject,
            (false, None, reporter) => {
                return Ok(Self {
                    person: Some(who.subject),
                    reporter,
                    phone: None,
                    known: store::known_as(tx, Some(who.subject), None).await?,
                });
            }
        };
        let (person, phone) = store::identity(&mut *tx, row).await?;
        let known = store::known_as(tx, person, phone.as_deref()).await?;
        Ok(Self {
            person,
            reporter: Some(row),
            phone,
            known,
        })
    }

    /// What is kept of him where he may be counted once: a keyed hash of his account, else of his telephone number,
    /// else of his row. Of two things that are named differently in `about`, nobody reads from it that it was the same
    /// voice.
    pub fn hash(&self, keys: &Keys, about: &str) -> Vec<u8> {
        let what = match self {
            Self {
                person: Some(person), ..
            } => format!("person:{person}"),
            Self { phone: Some(phone), .. } => format!("phone:{}", hex(phone)),
            Self { reporter, .. } => format!("reporter:{}", reporter.unwrap_or_default()),
        };
        keys.blind_index(&format!("{about}:{what}"))
    }

    /// The same of everything that he goes by, the first of which is [`Identity::hash`]: he may have come before by
    /// another way, when it was not known yet that it was he.
    pub fn hashes(&self, keys: &Keys, about: &str) -> Vec<Vec<u8>> {
        let persons = self.known.persons.iter().map(|person| format!("person:{person}"));
        let phones = self.phones().iter().map(|phone| format!("phone:{}", hex(phone)));
        let rows = self.reporter.iter().map(|reporter| format!("reporter:{reporter}"));
        let mut hashes = vec![self.hash(keys, about)];
        hashes.extend(
            persons
                .chain(phones)
                .chain(rows)
                .map(|what| keys.blind_index(&format!("{about}:{what}"))),
        );
        hashes
    }

    /// The blind indexes of his telephone numbers, as far as they are known.
    pub fn phones(&self) -> &[Vec<u8>] {
        &self.known.phones
    }
}
