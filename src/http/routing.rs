//! The one list of routes, read twice: by every worker for its router, and once in a process for the document.
//!
//! utoipa's own `ServiceConfig` describes every operation anew for each router that it makes, which in a process of
//! many workers costs more than all else that a start does. Here a router is a router, and the document is made once.

use std::collections::BTreeMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa_actix_web::OpenApiFactory;

/// What a feature's `routes` adds its operations to.
pub enum ServiceConfig<'c> {
    /// A worker's router.
    Router(&'c mut web::ServiceConfig),
    /// The document.
    Document(&'c mut Described),
}

/// Operations, described, and the schemas that they name.
#[derive(Default)]
pub struct Described {
    paths: Paths,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl ServiceConfig<'_> {
    /// Adds an operation.
    pub fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        match self {
            Self::Router(router) => {
                router.service(operation);
            }
            Self::Document(described) => {
                described.paths.merge(operation.paths());
                described.name_schemas(&operation);
            }
        }
        self
    }

    /// Adds a feature's operations.
    pub fn configure(&mut self, feature: impl FnOnce(&mut ServiceConfig<'_>)) -> &mut Self {
        feature(self);
        self
    }

    /// Adds operations whose paths begin with `prefix`.
    pub fn scope(&mut self, prefix: &str, feature: impl FnOnce(&mut ServiceConfig<'_>)) -> &mut Self {
        match self {
            Self::Router(router) => {
                let scope = web::scope(prefix).configure(|router| feature(&mut ServiceConfig::Router(router)));
                router.service(scope);
            }
            Self::Document(described) => {
                let mut below = Described::default();
                feature(&mut ServiceConfig::Document(&mut below));
                for (path, item) in below.paths.paths {
                    described.paths.paths.insert(format!("{prefix}{path}"), item);
                }
                described.schemas.extend(below.schemas);
            }
        }
        self
    }
}

impl Described {
    /// Keeps each schema once: an operation lists every one that it reaches, as often as it reaches it.
    fn name_schemas(&mut self, operation: &impl OpenApiFactory) {
        let mut named = Vec::new();
        operation.schemas(&mut named);
        for (name, schema) in named {
            let known = self.schemas.get(&name);
            // A name is a type's: two types of one name would each be described as the other.
            debug_assert!(
                known.is_none_or(|known| *known == schema),
                "two schemas are called {name}"
            );
            if known.is_none() {
                self.schemas.insert(name, schema);
            }
        }
    }

    /// Adds them to a document.
    pub fn add_to(self, document: &mut OpenApi) {
        document.paths.merge(self.paths);
        document.components.get_or_insert_default().schemas.extend(self.schemas);
    }
}
