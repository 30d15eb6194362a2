//! The questions in `templates`, what is answered in `answers`.

mod answers;
mod templates;

use crate::http::routing::ServiceConfig;

/// The operations of this feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(templates::list_survey_templates)
        .service(templates::get_survey_template)
        .service(templates::create_survey_template)
        .service(answers::create_survey_answer)
        .service(answers::list_survey_answers)
        .service(answers::get_survey_answer);
}
