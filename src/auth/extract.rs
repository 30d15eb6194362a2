//! The permission as a type in a handler's signature.
//!
//! The gate has verified the token and the role before a handler is reached; `Can<P>` hands over the caller and makes
//! sure that the handler asks for the permission that the table gives its operation.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::caller::Caller;
use super::policy::Permission;
use super::scope::Scope;
use crate::error::{ApiError, ApiResult};
use crate::http::operations::Served;

/// A caller who holds permission `P`.
#[derive(Debug)]
pub struct Can<P>(Arc<Caller>, PhantomData<P>);

impl<P> Deref for Can<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: Permission> Can<P> {
    /// The scopes in which the caller holds this permission, widest first.
    pub fn scopes(&self) -> Vec<Scope> {
        self.0.scopes_for(P::RULE)
    }

    /// The ids of those scopes, for a single read.
    pub fn scope_ids(&self) -> Vec<uuid::Uuid> {
        self.scopes().iter().map(Scope::id).collect()
    }

    /// The scope that a list runs in: `?scope=`, or the widest.
    pub fn list_scope(&self, named: Option<&str>) -> ApiResult<Scope> {
        Scope::choose(self.scopes(), named)
    }
}

impl<P: Permission> FromRequest for Can<P> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let guarded = extensions
            .get::<Served>()
            .is_some_and(|served| P::RULE.operations.contains(&served.operation.id.as_str()));
        ready(match extensions.get::<Arc<Caller>>() {
            Some(caller) if guarded => Ok(Self(Arc::clone(caller), PhantomData)),
            _ => Err(ApiError::internal(format!(
                "the policy does not give {} to this operation",
                P::RULE.permission
            ))),
        })
    }
}
