//! Lines of a file: CSV with a header, or NDJSON.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use clap::ValueEnum;
use domain::fields::Fields;
use serde_json::Value;

use super::record::BadLine;
use crate::cli::terminal::Progress;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values with a header line.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// One line as named cells. Cells of CSV are text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its cells.
    pub(super) cells: Fields,
}

impl Line {
    /// The trimmed text of a cell; empty when there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.cells.get(column).and_then(Value::as_str).unwrap_or_default().trim()
    }
}

/// The lines, read as they are asked for.
pub(super) type Lines = Box<dyn Iterator<Item = Result<Line, BadLine>> + Send>;

impl Format {
    /// By the file's name: `.ndjson`, `.jsonl` and `.json` hold JSON, others CSV.
    pub(super) fn of(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ndjson" | "jsonl" | "json") => Self::Ndjson,
            _ => Self::Csv,
        }
    }

    /// The columns of the file's header (none for NDJSON) and its lines; `progress` follows the bytes read.
    pub(super) fn lines(self, path: &Path, progress: &Progress) -> anyhow::Result<(Vec<String>, Lines)> {
        let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
        let size = file.metadata().map_or(0, |about| about.len());
        self.read(progress.reading(file, size)).with_context(|| format!("{} cannot be read", path.display()))
    }

    /// The lines of what `input` gives.
    pub(super) fn read(self, input: impl Read + Send + 'static) -> anyhow::Result<(Vec<String>, Lines)> {
        match self {
            Self::Csv => csv_lines(input),
            Self::Ndjson => Ok((Vec::new(), Box::new(ndjson_lines(BufReader::new(input))))),
        }
    }
}

fn csv_lines(input: impl Read + Send + 'static) -> anyhow::Result<(Vec<String>, Lines)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header = reader.headers().context("the first line must name the columns")?;
    let columns: Vec<String> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let named = columns.clone();
    let lines = reader.into_byte_records().map(move |record| {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            BadLine::new(line, format!("the line cannot be read: {error}"))
        })?;
        csv_line(&named, &record)
    });
    Ok((columns, Box::new(lines)))
}

fn csv_line(columns: &[String], record: &csv::ByteRecord) -> Result<Line, BadLine> {
    let number = record.position().map_or(0, csv::Position::line);
    if record.len() != columns.len() {
        let reason = format!("it has {} cells, the header names {}", record.len(), columns.len());
        return Err(BadLine::new(number, reason));
    }
    let mut cells = Fields::new();
    for (column, cell) in columns.iter().zip(record) {
        let text = std::str::from_utf8(cell)
            .map_err(|_| BadLine::new(number, format!("`{column}` is not UTF-8: save the file as UTF-8")))?;
        cells.insert(column.clone(), Value::from(text));
    }
    Ok(Line { number, cells })
}

fn ndjson_lines(input: impl BufRead + Send + 'static) -> impl Iterator<Item = Result<Line, BadLine>> + Send {
    let lines = input.split(b'\n').zip(1_u64..).map(move |(line, number)| {
        let line = line.map_err(|error| BadLine::new(number, format!("the line cannot be read: {error}")))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let cells = serde_json::from_slice(&line)
            .map_err(|error| BadLine::new(number, format!("the line is no JSON object: {error}")))?;
        Ok(Some(Line { number, cells }))
    });
    lines.filter_map(Result::transpose)
}
