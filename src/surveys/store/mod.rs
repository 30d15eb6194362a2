//! Every statement on surveys: the questions in `templates`, what was answered in `answers`, what figures count in
//! `counts`.

pub mod answers;
pub mod counts;
pub mod templates;
