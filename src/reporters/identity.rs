//! Who somebody of the public is, so that one voice counts once, whichever way it comes.

use uuid::Uuid;

use super::store;
use crate::auth::Caller;
use crate::auth::keys::Keys;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::domain::hex;

/// Somebody who is identified: by an account, by a receipt, or by a client that knows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// His account, where he has one.
    pub person: Option<Uuid>,
    /// His row as a reporter, where it is known.
    pub reporter: Option<Uuid>,
    /// His telephone number's blind index, where it is known.
    phone: Option<Vec<u8>>,
}

impl Identity {
    /// Who a caller is or speaks for. `named`: whether the body names somebody; `reporter`: whose row it is then, or for
    /// whom the caller is known to speak.
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
                });
            }
        };
        let (person, phone) = store::identity(tx, row).await?;
        Ok(Self {
            person,
            reporter: Some(row),
            phone,
        })
    }

    /// What is kept of him where he may be counted once: a keyed hash of his account, else of his telephone number, else
    /// of his row. Of two things that are named differently in `about`, nobody reads from it that it was the same voice.
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
}
