//! The lines of a roster as the bodies that the document describes.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use serde_json::{Map, Value, json};

use crate::app::App;
use crate::directory::import::{ImportFault, ImportFaults, LineCounter};
use crate::error::{Fault, FaultCode};
use crate::http::{Locale, body, strict_json};
use crate::service_objects::dto::ServiceObjectPatch;
use crate::service_objects::words::ObjectType;

/// A line of a roster.
pub struct Line {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What it says; `None` where it has faults.
    pub patch: Option<ServiceObjectPatch>,
    /// What is wrong with its form.
    pub faults: Vec<ImportFault>,
}

/// How the text of a cell is read.
#[derive(Clone, Copy)]
enum Cell {
    Text,
    Number,
    /// `1`, `true`, `是` or `0`, `false`, `否`.
    Flag,
}

/// A column: its name, whether it belongs to the type's own part, whether it must be there.
type Column = (&'static str, Cell, bool);

const COMMON: &[Column] = &[
    ("name", Cell::Text, false),
    ("division", Cell::Text, true),
    ("address", Cell::Text, false),
    ("latitude", Cell::Number, false),
    ("longitude", Cell::Number, false),
    ("hardship", Cell::Number, false),
    ("contact_cadence_days", Cell::Number, false),
    ("owner_org_id", Cell::Text, false),
];

/// The columns of a type's own part.
const fn own(kind: ObjectType) -> &'static [Column] {
    match kind {
        ObjectType::Enterprise => &[
            ("uscc", Cell::Text, false),
            // A reason is given exactly for a code that fails its check.
            ("uscc_unverified_reason", Cell::Text, false),
            ("industry_section", Cell::Text, false),
            ("industry_division", Cell::Text, false),
            ("size", Cell::Text, false),
            ("ownership", Cell::Text, false),
            ("is_star", Cell::Flag, false),
        ],
        ObjectType::Household => &[("alias", Cell::Text, true)],
        ObjectType::Community => &[("kind", Cell::Text, true)],
    }
}

/// The columns of a type's roster, each with whether it must be there.
pub fn columns_of(kind: ObjectType) -> impl Iterator<Item = (&'static str, bool)> {
    let all = COMMON.iter().chain(own(kind));
    all.map(|(name, _, required)| (*name, *required))
}

/// A fault of a body as a fault of a line: a column is called what the body's field is called.
pub fn told(line: u64, kind: ObjectType, fault: &Fault) -> ImportFault {
    let field = fault.pointer.rsplit('/').next().unwrap_or_default();
    // The flag has no column: the reason stands for it.
    let field = if field == "uscc_unverified" {
        "uscc_unverified_reason"
    } else {
        field
    };
    let known = COMMON.iter().chain(own(kind)).find(|(name, ..)| *name == field);
    let words = fault
        .detail
        .as_ref()
        .map_or(fault.code.text(Locale::Zh), |text| text.get(Locale::Zh));
    ImportFault::because(line, known.map(|(name, ..)| *name), fault.code, words)
}

/// Reads a file to its end: its lines, and what is wrong with its header.
pub fn read(app: &App, kind: ObjectType, mut file: impl Read) -> Result<(Vec<Line>, Vec<ImportFault>), ImportFaults> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(ImportFaults::Read)?;
    // Spreadsheets mark UTF-8 with a byte-order mark.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(Cursor::new(bytes));
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(_) => return Err(ImportFaults::File(vec![unreadable(1)])),
    };
    let faults = faults_of_header(kind, &header);
    if !faults.is_empty() {
        return Err(ImportFaults::File(faults));
    }
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut counter = LineCounter::of(bytes);
    for record in reader.records() {
        match record {
            Ok(record) => {
                let number = counter.number_at(record.position());
                lines.push(line(app, kind, number, &header, &record));
            }
            Err(fault) => faults.push(unreadable(counter.number_at(fault.position()))),
        }
    }
    Ok((lines, faults))
}

/// A line that is no CSV, or no UTF-8.
fn unreadable(line: u64) -> ImportFault {
    ImportFault::because(line, None, FaultCode::BadFormat, "不是 UTF-8 编码的 CSV")
}

fn faults_of_header(kind: ObjectType, header: &csv::StringRecord) -> Vec<ImportFault> {
    let columns: Vec<&Column> = COMMON.iter().chain(own(kind)).collect();
    let (mut faults, mut seen) = (Vec::new(), HashSet::new());
    for name in header {
        if !columns.iter().any(|(known, ..)| *known == name) {
            faults.push(ImportFault::new(1, name, FaultCode::UnknownField));
        } else if !seen.insert(name) {
            faults.push(ImportFault::new(1, name, FaultCode::Repeated));
        }
    }
    let missing = columns
        .iter()
        .filter(|(name, _, required)| *required && !seen.contains(name));
    faults.extend(missing.map(|(name, ..)| ImportFault::new(1, name, FaultCode::Required)));
    faults
}

fn line(app: &App, kind: ObjectType, number: u64, header: &csv::StringRecord, record: &csv::StringRecord) -> Line {
    let mut faults = Vec::new();
    if record.len() != header.len() {
        let words = format!("应为{}列，实为{}列", header.len(), record.len());
        faults.push(ImportFault::because(number, None, FaultCode::BadFormat, words));
        return Line {
            number,
            patch: None,
            faults,
        };
    }
    let body = body_of(kind, header, record);
    let told = |faults: &[Fault]| faults.iter().map(|fault| told(number, kind, fault)).collect::<Vec<_>>();
    faults.extend(told(&faults_of_body(app, &body)));
    let mut body = body;
    if let Value::Object(fields) = &mut body {
        fields.remove("type");
    }
    let patch = match body::read::<ServiceObjectPatch>(body) {
        Ok(patch) => Some(patch),
        Err(error) => {
            // Of a body that does not fit the document, only the document's faults help.
            if faults.is_empty() {
                faults.extend(told(error.faults()));
            }
            None
        }
    };
    Line {
        number,
        patch: patch.filter(|_| faults.is_empty()),
        faults,
    }
}

/// What the document, and the care for texts, say of a body.
fn faults_of_body(app: &App, body: &Value) -> Vec<Fault> {
    let operation = app
        .operations
        .all()
        .iter()
        .find(|(_, _, operation)| operation.id == "create_service_object");
    let expected = operation.and_then(|(_, _, operation)| operation.body.as_ref());
    let mut faults = expected.map(|expected| expected.faults(body)).unwrap_or_default();
    faults.extend(strict_json::nul_faults(body));
    faults
}

fn body_of(kind: ObjectType, header: &csv::StringRecord, record: &csv::StringRecord) -> Value {
    let (mut fields, mut part) = (Map::new(), Map::new());
    for (name, text) in header.iter().zip(record).filter(|(_, text)| !text.is_empty()) {
        if let Some((_, cell, _)) = COMMON.iter().find(|(known, ..)| *known == name) {
            fields.insert(name.to_owned(), cell.read(text));
        } else if let Some((_, cell, _)) = own(kind).iter().find(|(known, ..)| *known == name) {
            part.insert(name.to_owned(), cell.read(text));
        }
    }
    if part.contains_key("uscc_unverified_reason") {
        part.insert("uscc_unverified".to_owned(), json!(true));
    }
    fields.insert("type".to_owned(), json!(kind.as_str()));
    fields.insert(kind.as_str().to_owned(), Value::Object(part));
    Value::Object(fields)
}

impl Cell {
    /// The value of a cell; what cannot be read stays text, and is refused as one.
    fn read(self, text: &str) -> Value {
        let whole = || text.parse::<i64>().ok().map(Value::from);
        let read = match self {
            Self::Text => None,
            Self::Number => whole().or_else(|| text.parse::<f64>().ok().map(Value::from)),
            Self::Flag => match text {
                "1" | "true" | "是" => Some(Value::Bool(true)),
                "0" | "false" | "否" => Some(Value::Bool(false)),
                _ => None,
            },
        };
        read.unwrap_or_else(|| Value::String(text.to_owned()))
    }
}
