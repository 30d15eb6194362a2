//! What a refusal leaves in the access log: written in a transaction of its own, behind the request's, which is undone.
//! No refusal of that kind is told without its entry.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;

use super::answer::{self, Context};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::events::access_log;

/// A handler's answer in its one form, what it leaves being written.
pub(super) async fn left<B: MessageBody + 'static>(
    app: &App,
    response: ServiceResponse<B>,
    context: &Context,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    match write(app, &response).await {
        Ok(()) => answer::render_errors(response, context),
        Err(error) => response
            .into_response(answer::of_error(&error, context))
            .map_into_right_body(),
    }
}

async fn write<B>(app: &App, response: &ServiceResponse<B>) -> ApiResult<()> {
    let error = response.response().error();
    let traces = error
        .and_then(|error| error.as_error::<ApiError>())
        .map(ApiError::traces);
    let Some(traces) = traces.filter(|traces| !traces.is_empty()) else {
        return Ok(());
    };
    let mut tx = app.db.begin().await?;
    for entry in traces {
        let entry = entry.clone().from(response.request());
        access_log::append(&mut tx, &app.ids, entry).await?;
    }
    Ok(tx.commit().await?)
}
