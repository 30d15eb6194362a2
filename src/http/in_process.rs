//! The router called from within the process: by the demo's loader and by tests.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::{Error, test, web};

use crate::app::{self, App};

type Answering = Pin<Box<dyn Future<Output = Result<ServiceResponse<BoxBody>, Error>>>>;

/// The real service of a worker, gate and all, made once.
#[derive(Clone)]
pub struct InProcess(Rc<dyn Fn(test::TestRequest) -> Answering>);

impl fmt::Debug for InProcess {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("InProcess")
    }
}

impl InProcess {
    /// Makes the service.
    pub async fn new(app: web::Data<App>) -> Self {
        let service = Rc::new(test::init_service(app::service(app)).await);
        Self(Rc::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let answer = service.call(request.to_request()).await?;
                Ok(answer.map_into_boxed_body())
            })
        }))
    }

    /// Has a request answered.
    ///
    /// # Errors
    /// Where the service itself fails: what a handler refuses is an answer, and a handler that panics is none.
    pub async fn call(&self, request: test::TestRequest) -> Result<ServiceResponse<BoxBody>, Error> {
        (self.0)(request).await
    }
}
