//! The router called from within the process: by the demo's loader and by tests.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::{test, web};

use crate::app::{self, App};

type Answering = Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

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
                test::call_service(&*service, request.to_request())
                    .await
                    .map_into_boxed_body()
            })
        }))
    }

    /// Has a request answered.
    pub async fn call(&self, request: test::TestRequest) -> ServiceResponse<BoxBody> {
        (self.0)(request).await
    }
}
