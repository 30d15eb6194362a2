//! The handler.

use crate::http::routing::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse, get};

use super::dto::{MyDataQuery, MyDataView};
use super::reading;
use crate::auth::Can;
use crate::auth::policy::SignedIn;
use crate::error::ApiResult;
use crate::events::access_log::{self, Entry};
use crate::http::{ValidQuery, Work};

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_my_data);
}

/// What is kept about oneself
///
/// The caller's account, what he raised, said and was told, what he did here, and who read his personal data (PIPL art.
/// 45), in sections of pages; telephone numbers in clear. For the bearer of a receipt: of its one problem, without name
/// and number, since its code passes through other hands. For a client with scope `reporters:act`: of a reporter whom
/// it knows by `system` and `value`. Each read stands in the access log.
#[utoipa::path(operation_id = "get_my_data", tag = "subject_access", params(MyDataQuery),
    responses((status = 200, description = "What is kept", body = MyDataView)),
    extensions(("x-secret-answer" = json!(true)), ("x-error-codes" = json!(["not_found"]))))]
#[get("/me/data")]
async fn get_my_data(
    who: Can<SignedIn>,
    work: Work,
    request: HttpRequest,
    asked: ValidQuery<MyDataQuery>,
) -> ApiResult<HttpResponse> {
    let (mut tx, asked) = (work.begin().await?, asked.0);
    let subject = reading::subject(&mut tx, &who, &asked).await?;
    let whole = asked.section.is_none();
    let view = MyDataView {
        known_by: subject.kind,
        account: reading::account(&mut tx, subject.person.filter(|_| whole)).await?,
        reporters: if whole {
            reading::reporters(&mut tx, &work.app, &subject).await?
        } else {
            Vec::new()
        },
        sections: reading::sections(&mut tx, &subject, &asked, work.locale).await?,
    };
    let mut entry = Entry::of("read_own_data", work.app.real_clock.now()).by(&who.act(work.now()));
    entry.subject = subject.logged_as();
    access_log::append(&mut tx, &work.app.ids, entry.from(&request)).await?;
    work.secret(tx, &view).await
}
