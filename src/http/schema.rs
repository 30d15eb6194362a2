//! One schema of the document as a validator, and its errors as faults of ours.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use super::strict_json::escape;
use crate::error::{Fault, FaultCode};

/// A validator of a schema whose `$ref`s point into the document. The components that it reaches go along, so that they
/// resolve without the whole document.
pub(super) fn validator(schema: &Value, document: &Value) -> Result<Validator, String> {
    let mut reached = BTreeMap::new();
    reach(schema, document, &mut reached);
    let mut root = schema.clone();
    // A `$ref` at the root must not stand alone beside its definitions' container in older drafts; 2020-12 allows it.
    if let Value::Object(fields) = &mut root {
        fields.insert("components".to_owned(), json!({ "schemas": reached }));
    }
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .build(&root)
        .map_err(|fault| fault.to_string())
}

fn reach<'d>(schema: &Value, document: &'d Value, reached: &mut BTreeMap<String, &'d Value>) {
    match schema {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && !reached.contains_key(name)
            {
                let target = &document["components"]["schemas"][name];
                reached.insert(name.to_owned(), target);
                reach(target, document, reached);
            }
            fields.values().for_each(|field| reach(field, document, reached));
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, document, reached)),
        _ => {}
    }
}

/// Turns a validator's error into faults of ours; the refused value is never repeated.
pub(super) fn collect(error: &ValidationError<'_>, prefix: &str, faults: &mut Vec<Fault>) {
    let at = format!("{prefix}{}", error.instance_path().as_str());
    let mut push = |pointer: String, code| faults.push(Fault::new(pointer, code));
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                push(format!("{at}/{}", escape(name)), FaultCode::UnknownField);
            }
        }
        Kind::Required { property } => {
            push(
                format!("{at}/{}", escape(property.as_str().unwrap_or_default())),
                FaultCode::Required,
            );
        }
        Kind::Type { .. } => push(at, FaultCode::WrongType),
        Kind::Enum { .. } | Kind::Constant { .. } => push(at, FaultCode::NotInList),
        Kind::MinLength { .. } | Kind::MinItems { .. } | Kind::MinProperties { .. } => push(at, FaultCode::TooShort),
        Kind::MaxLength { .. } | Kind::MaxItems { .. } | Kind::MaxProperties { .. } => push(at, FaultCode::TooLong),
        Kind::Minimum { .. } | Kind::Maximum { .. } | Kind::ExclusiveMinimum { .. } | Kind::ExclusiveMaximum { .. } => {
            push(at, FaultCode::OutOfRange);
        }
        Kind::Format { .. } | Kind::Pattern { .. } => push(at, FaultCode::BadFormat),
        Kind::UniqueItems => push(at, FaultCode::Repeated),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => collect_branches(context, &at, faults),
        _ => push(at, FaultCode::NoMatch),
    }
}

/// A value that may be null fails two branches; the fault that helps is that of the branch which is not `null`.
fn collect_branches(context: &[Vec<ValidationError<'static>>], at: &str, faults: &mut Vec<Fault>) {
    let is_null_branch = |errors: &Vec<ValidationError<'static>>| {
        errors
            .iter()
            .all(|error| matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == at)
    };
    let telling: Vec<_> = context.iter().filter(|errors| !is_null_branch(errors)).collect();
    match telling.as_slice() {
        [] => faults.push(Fault::new(at, FaultCode::WrongType)),
        [errors] => errors.iter().for_each(|error| collect(error, "", faults)),
        _ => faults.push(Fault::new(at, FaultCode::NoMatch)),
    }
}
