//! A CSV file (RFC 4180, UTF-8 with or without BOM) as lines with named columns, and what is wrong with its form.

use std::io::Read;

use super::report::{ImportFault, ImportFaults};
use crate::error::FaultCode;
use crate::privacy::find_id_number;

/// Bytes that a file may have: 64 MiB.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A column that a file may have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether every line must fill it.
    pub required: bool,
    /// Characters that it may hold.
    pub most: usize,
}

/// A file that was read.
#[derive(Debug)]
pub struct Table {
    /// Its lines, the header not among them.
    pub lines: Vec<Line>,
    /// What is wrong with its form.
    pub faults: Vec<ImportFault>,
}

/// A line of a file.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1; the header is line 1.
    pub number: u64,
    fields: Vec<(&'static str, String)>,
}

impl Line {
    /// What a column holds, without the blanks around it; `None` where it is empty or not there.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, text)| *name == column && !text.is_empty())
            .map(|(_, text)| text.as_str())
    }
}

/// Reads a file with these columns, in any order.
///
/// # Errors
/// Where it cannot be read, or is larger than 64 MiB. Everything else is among the table's faults.
pub fn read(reader: impl Read, columns: &[Column]) -> Result<Table, ImportFaults> {
    let mut bytes = Vec::new();
    reader
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(ImportFaults::Read)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ImportFaults::Read(std::io::Error::other("it is larger than 64 MiB")));
    }
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(content);
    let mut records = csv.byte_records();
    let mut table = Table {
        lines: Vec::new(),
        faults: Vec::new(),
    };
    let header = match records.next() {
        Some(header) => read_header(&header.map_err(unreadable)?, columns, &mut table.faults),
        None => read_header(&csv::ByteRecord::new(), columns, &mut table.faults),
    };
    let mut lines = LineCounter::of(content);
    for record in records {
        let record = record.map_err(unreadable)?;
        let number = lines.number_at(record.position());
        let line = read_line(number, &record, &header, &mut table.faults);
        check_line(&line, columns, &header, &mut table.faults);
        table.lines.push(line);
    }
    Ok(table)
}

/// Tells the line that a record begins on. The reader's own count stands before the line ends that it skips.
#[derive(Debug)]
pub struct LineCounter<'a> {
    content: &'a [u8],
    offset: usize,
    number: u64,
}

impl<'a> LineCounter<'a> {
    /// One that stands at the beginning of a file.
    pub const fn of(content: &'a [u8]) -> Self {
        Self {
            content,
            offset: 0,
            number: 1,
        }
    }

    /// The number of the first line with something on it from this place on; places come in ascending order.
    pub fn number_at(&mut self, place: Option<&csv::Position>) -> u64 {
        let from = usize::try_from(place.map_or(0, csv::Position::byte)).unwrap_or(usize::MAX);
        while let Some(&next) = self.content.get(self.offset) {
            if self.offset >= from && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.number += u64::from(next == b'\n');
            self.offset += 1;
        }
        self.number
    }
}

fn unreadable(error: csv::Error) -> ImportFaults {
    ImportFaults::Read(std::io::Error::other(error))
}

/// Which column stands at each place; `None` for one that is not known.
fn read_header(
    record: &csv::ByteRecord,
    columns: &[Column],
    faults: &mut Vec<ImportFault>,
) -> Vec<Option<&'static str>> {
    let mut header: Vec<Option<&'static str>> = Vec::new();
    for field in record {
        let text = String::from_utf8_lossy(field).to_lowercase();
        let known = columns
            .iter()
            .find(|column| column.name == text)
            .map(|column| column.name);
        match known {
            None => faults.push(ImportFault::new(1, &text, FaultCode::UnknownField)),
            Some(name) if header.contains(&Some(name)) => {
                faults.push(ImportFault::new(1, name, FaultCode::Repeated));
            }
            Some(_) => {}
        }
        header.push(known);
    }
    for column in columns.iter().filter(|column| column.required) {
        if !header.contains(&Some(column.name)) {
            faults.push(ImportFault::new(1, column.name, FaultCode::Required));
        }
    }
    header
}

fn read_line(
    number: u64,
    record: &csv::ByteRecord,
    header: &[Option<&'static str>],
    faults: &mut Vec<ImportFault>,
) -> Line {
    if record.len() != header.len() {
        let detail = format!("此行有 {} 列，表头有 {} 列", record.len(), header.len());
        faults.push(ImportFault::because(number, None, FaultCode::WrongType, detail));
    }
    let mut fields = Vec::new();
    for (name, field) in header.iter().zip(record) {
        let Some(name) = name else { continue };
        match std::str::from_utf8(field) {
            Ok(text) => fields.push((*name, text.to_owned())),
            Err(_) => {
                let detail = "不是 UTF-8 编码：请将文件另存为 UTF-8";
                faults.push(ImportFault::because(number, Some(name), FaultCode::BadFormat, detail));
            }
        }
    }
    Line { number, fields }
}

fn check_line(line: &Line, columns: &[Column], header: &[Option<&'static str>], faults: &mut Vec<ImportFault>) {
    for column in columns.iter().filter(|column| header.contains(&Some(column.name))) {
        let mut refuse = |code| faults.push(ImportFault::new(line.number, column.name, code));
        match line.fields.iter().find(|(name, _)| *name == column.name) {
            Some((_, text)) if text.is_empty() && column.required => refuse(FaultCode::Required),
            Some((_, text)) if text.chars().count() > column.most => refuse(FaultCode::TooLong),
            Some((_, text)) if text.contains('\0') => refuse(FaultCode::Nul),
            Some((_, text)) if find_id_number(text).is_some() => refuse(FaultCode::IdNumber),
            _ => {}
        }
    }
}
