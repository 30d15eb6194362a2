//! The document, compiled: which operation a request asks for, and what its body and query must look like.
//!
//! Limits, types and required fields stand once, in the OpenAPI document that the handlers generate; here each
//! operation's schemas become validators at start, so that an input is checked against what was published and every
//! fault is found at once.

use std::collections::{BTreeSet, HashMap};

use actix_web::http::Method;
use jsonschema::Validator;
use matchit::Router;
use serde_json::{Map, Value, json};

use super::schema::{collect, validator};
use crate::auth::policy::{self, Rule};
use crate::error::{Fault, FaultCode};

/// The media type of OAuth's requests.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The media type of uploads.
pub const MULTIPART: &str = "multipart/form-data";

/// The operation that a request asked for; put into the request's extensions by the gate.
#[derive(Clone, Debug)]
pub struct Served {
    /// Which operation it is.
    pub operation: &'static Operation,
}

/// One operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    /// The permission that guards it; `None`: no token needed.
    pub rule: Option<&'static Rule>,
    /// What its body must be; `None`: a read, whose body means nothing (RFC 9110, 9.3.1).
    pub body: Option<Body>,
    /// Whether `Idempotency-Key` is honoured.
    pub idempotent: bool,
    /// Its media types for answers, first the usual one.
    pub produces: Vec<String>,
    query: Query,
}

/// What a body must be.
#[derive(Debug)]
pub struct Body {
    /// Accepted media types.
    pub media_types: Vec<String>,
    /// Whether it may be missing.
    pub required: bool,
    /// Whether the document names none: then it may hold nothing, and be sent as whatever it likes while it is empty.
    pub nothing: bool,
    /// Its fields that are secrets, by the document's `format: password`.
    pub secrets: Vec<String>,
    validator: Option<Validator>,
}

#[derive(Debug)]
struct Query {
    parameters: HashMap<String, QueryKind>,
    validator: Validator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueryKind {
    Text,
    Integer,
    Number,
    Boolean,
    TextList,
}

/// Every operation, found by method and path.
#[derive(Debug)]
pub struct Operations {
    router: Router<Vec<(Method, &'static Operation)>>,
    all: Vec<(Method, String, &'static Operation)>,
}

/// What a method and a path lead to.
#[derive(Debug)]
pub enum Found {
    /// An operation.
    Operation(&'static Operation),
    /// No such path.
    NoPath,
    /// The path exists with these methods only.
    NoMethod(Vec<Method>),
}

/// Why a document cannot be compiled: a bug in the document, found at start.
#[derive(Debug, thiserror::Error)]
#[error("the document cannot be compiled at {at}: {reason}")]
pub struct DocumentFault {
    at: String,
    reason: String,
}

impl Operations {
    /// Compiles a document. The operations live as long as the process: there is one document per binary.
    ///
    /// # Errors
    /// A path or schema that cannot be compiled.
    pub fn compile(document: &Value) -> Result<Self, DocumentFault> {
        let fault = |at: &str, reason: String| DocumentFault {
            at: at.to_owned(),
            reason,
        };
        let mut router = Router::new();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            let mut methods = Vec::new();
            for (name, operation) in item.as_object().into_iter().flatten() {
                let Ok(method) = Method::from_bytes(name.to_uppercase().as_bytes()) else {
                    continue;
                };
                let Some(id) = operation["operationId"].as_str() else {
                    continue;
                };
                let compiled = Operation::compile(id, &method, operation, document).map_err(|why| fault(id, why))?;
                let compiled: &'static Operation = Box::leak(Box::new(compiled));
                all.push((method.clone(), path.clone(), compiled));
                methods.push((method, compiled));
            }
            router
                .insert(path.clone(), methods)
                .map_err(|why| fault(path, why.to_string()))?;
        }
        Ok(Self { router, all })
    }

    /// Finds the operation of a request.
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let Ok(found) = self.router.at(path) else {
            return Found::NoPath;
        };
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        match found.value.iter().find(|(method, _)| method == wanted) {
            Some((_, operation)) => Found::Operation(operation),
            None => Found::NoMethod(found.value.iter().map(|(method, _)| method.clone()).collect()),
        }
    }

    /// The operation of this `operationId`.
    pub fn named(&self, id: &str) -> Option<&'static Operation> {
        self.all
            .iter()
            .map(|(_, _, operation)| *operation)
            .find(|operation| operation.id == id)
    }

    /// Method, path and operation of all, in the order of the document.
    pub fn all(&self) -> &[(Method, String, &'static Operation)] {
        &self.all
    }
}

impl Operation {
    fn compile(id: &str, method: &Method, operation: &Value, document: &Value) -> Result<Self, String> {
        let content = |value: &Value| -> Vec<String> {
            value["content"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(media_type, _)| media_type.clone())
                .collect()
        };
        let request = &operation["requestBody"];
        let body = if request.is_object() {
            let media_types = content(request);
            let schemas = ["application/json", MULTIPART].map(|media_type| &request["content"][media_type]["schema"]);
            let schema = schemas.into_iter().find(|schema| !schema.is_null());
            let validator = schema.map(|schema| validator(schema, document)).transpose()?;
            Some(Body {
                media_types,
                required: request["required"] == true,
                nothing: false,
                secrets: schema.map(|schema| secrets_of(schema, document)).unwrap_or_default(),
                validator,
            })
        } else if *method == Method::GET {
            None
        } else {
            let nothing = json!({ "type": "object", "properties": {}, "additionalProperties": false });
            Some(Body {
                media_types: vec!["application/json".to_owned()],
                required: false,
                nothing: true,
                secrets: Vec::new(),
                validator: Some(validator(&nothing, document)?),
            })
        };
        let success = operation["responses"].as_object().into_iter().flatten();
        let produces: Vec<String> = success
            .filter(|(status, _)| status.starts_with('2'))
            .flat_map(|(_, answer)| content(answer))
            .collect();
        let takes_key = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["$ref"] == "#/components/parameters/IdempotencyKey");
        Ok(Self {
            id: id.to_owned(),
            rule: policy::rule_of(id),
            body,
            idempotent: *method == Method::POST && takes_key,
            produces,
            query: Query::compile(operation, document)?,
        })
    }
}

/// The fields of a body's schema that are secrets.
fn secrets_of(schema: &Value, document: &Value) -> Vec<String> {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/components/schemas/"));
    let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
    let fields = schema["properties"].as_object().into_iter().flatten();
    let secrets = fields.filter(|(_, field)| field["format"] == "password");
    secrets.map(|(name, _)| name.clone()).collect()
}

impl Operation {
    /// Whether its body may be a form: an operation that OAuth defines, whose errors bear OAuth's names too.
    pub fn takes_form(&self) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| body.media_types.iter().any(|media_type| media_type == FORM))
    }
}

impl Body {
    /// Whether it is a form with files, which its handler reads as it comes.
    pub fn is_upload(&self) -> bool {
        self.media_types.iter().any(|media_type| media_type == MULTIPART)
    }

    /// Every fault of a body against the document.
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        let Some(validator) = &self.validator else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        for error in validator.iter_errors(value) {
            collect(&error, "", &mut faults);
        }
        // What has the wrong type is in no list either; saying it once is enough.
        let mistyped: BTreeSet<String> = faults
            .iter()
            .filter(|fault| fault.code == FaultCode::WrongType)
            .map(|fault| fault.pointer.clone())
            .collect();
        faults.retain(|fault| fault.code == FaultCode::WrongType || !mistyped.contains(&fault.pointer));
        faults
    }
}

impl Query {
    fn compile(operation: &Value, document: &Value) -> Result<Self, String> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut parameters = HashMap::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (Some("query"), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else {
                continue;
            };
            parameters.insert(name.to_owned(), QueryKind::of(&parameter["schema"]));
            properties.insert(name.to_owned(), parameter["schema"].clone());
            if parameter["required"] == true {
                required.push(name);
            }
        }
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        Ok(Self {
            parameters,
            validator: validator(&schema, document)?,
        })
    }
}

impl QueryKind {
    fn of(schema: &Value) -> Self {
        let has = |name: &str| match &schema["type"] {
            Value::String(one) => one == name,
            Value::Array(several) => several.iter().any(|one| one == name),
            _ => false,
        };
        match () {
            () if has("array") => Self::TextList,
            () if has("integer") => Self::Integer,
            () if has("number") => Self::Number,
            () if has("boolean") => Self::Boolean,
            () => Self::Text,
        }
    }

    /// The JSON value that a parameter's text stands for; text that is no number stays text and fails as a wrong type.
    fn read(self, text: String) -> Value {
        match self {
            Self::Integer => text.parse::<i64>().map_or(Value::String(text), Value::from),
            Self::Number => text.parse::<f64>().map_or(Value::String(text), Value::from),
            Self::Boolean => text.parse::<bool>().map_or(Value::String(text), Value::from),
            Self::Text | Self::TextList => Value::String(text),
        }
    }
}

/// A query, read against its operation.
#[derive(Debug, Default)]
pub struct ReadQuery {
    /// The parameters as a JSON object.
    pub value: Map<String, Value>,
    /// Unknown and repeated parameters: 400.
    pub malformed: Vec<Fault>,
    /// Values that the document does not allow: 422.
    pub invalid: Vec<Fault>,
}

impl Operation {
    /// Reads a query string against this operation's parameters.
    pub fn read_query(&self, text: &str) -> ReadQuery {
        let mut read = ReadQuery::default();
        for (name, text) in form_urlencoded::parse(text.as_bytes()) {
            let pointer = format!("?{name}");
            let Some(kind) = self.query.parameters.get(name.as_ref()) else {
                read.malformed.push(Fault::new(pointer, FaultCode::UnknownParameter));
                continue;
            };
            if text.contains('\0') {
                read.invalid.push(Fault::new(pointer, FaultCode::Nul));
                continue;
            }
            let value = kind.read(text.into_owned());
            match (kind, read.value.get_mut(name.as_ref())) {
                (QueryKind::TextList, Some(Value::Array(list))) => list.push(value),
                (QueryKind::TextList, _) => _ = read.value.insert(name.into_owned(), Value::Array(vec![value])),
                (_, Some(_)) => read.malformed.push(Fault::new(pointer, FaultCode::Repeated)),
                (_, None) => _ = read.value.insert(name.into_owned(), value),
            }
        }
        let value = Value::Object(std::mem::take(&mut read.value));
        for error in self.query.validator.iter_errors(&value) {
            collect(&error, "", &mut read.invalid);
        }
        for fault in &mut read.invalid {
            if let Some(name) = fault.pointer.strip_prefix('/') {
                fault.pointer = format!("?{}", name.split('/').next().unwrap_or_default());
            }
        }
        if let Value::Object(fields) = value {
            read.value = fields;
        }
        read
    }
}
