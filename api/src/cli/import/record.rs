//! What a file yields: records to register, and lines that cannot be taken.

use domain::fields::Fields;

/// A record made of one or more lines of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ImportedRecord {
    /// The line it begins at, from 1.
    pub(super) line: u64,
    /// Our entity.
    pub(super) entity: String,
    /// Its id.
    pub(super) local_id: String,
    /// Its fields.
    pub(super) fields: Fields,
    /// Whether one that is there already stays as it is: the file mentions the record but is not its home.
    pub(super) keep_existing: bool,
}

/// A line that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct BadLine {
    /// Its number, from 1; the header is line 1 of a CSV file.
    pub(super) line: u64,
    /// Why, and what to do.
    pub(super) reason: String,
}

impl BadLine {
    pub(super) fn new(line: u64, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}
