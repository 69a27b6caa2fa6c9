//! Fields survive the way to a cell and back.

use chrono::{DateTime, Utc};
use domain::value::SyncStatus;
use serde_json::json;

use super::{BadRow, Cell, Encoded, Field, TableRow, row};

row! {
    /// A row for these tests.
    #[expect(unreachable_pub, reason = "rows are public")]
    SampleRow in "samples" version 3 indexed [["name"], ["name", "at"]] {
        /// Its key.
        id: String,
        /// A name,
        /// on two lines.
        name: Option<String>,
        /// A count.
        count: u64,
        /// A status.
        status: SyncStatus,
        /// A time.
        at: DateTime<Utc>,
        /// A body.
        body: serde_json::Value,
        /// A state.
        state: Encoded<Vec<u32>>,
    }
}

fn sample() -> SampleRow {
    SampleRow {
        id: "a".to_owned(),
        name: None,
        count: 7,
        status: SyncStatus::NeedsDecision,
        at: "2026-11-02T09:00:00.123456Z".parse().unwrap(),
        body: json!({"amount": 12.50}),
        state: Encoded(vec![1, 2]),
    }
}

#[test]
fn a_row_is_the_same_after_the_way_to_cells_and_back() {
    let cells = sample().into_cells();
    assert_eq!(cells[1], Cell::Null);
    assert_eq!(cells[3], Cell::Text("needs_decision".to_owned()));
    assert_eq!(SampleRow::from_cells(cells), Ok(sample()));
}

#[test]
fn a_declared_table_has_its_columns_and_indexes_in_order() {
    let table = SampleRow::TABLE;
    assert_eq!(table.physical(), "samples_3");
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    assert_eq!(names, ["id", "name", "count", "status", "at", "body", "state"]);
    assert_eq!(table.columns[1].doc, " A name, on two lines.");
    assert_eq!(table.indexes, [&["name"][..], &["name", "at"]]);
}

#[test]
fn a_cell_of_another_type_is_refused_with_its_column() {
    let mut cells = sample().into_cells();
    cells[2] = Cell::Integer(-1);
    assert_eq!(SampleRow::from_cells(cells), Err(BadRow { table: "samples", column: "count" }));
    let short = sample().into_cells()[..6].to_vec();
    assert_eq!(SampleRow::from_cells(short), Err(BadRow { table: "samples", column: "state" }));
}

#[test]
fn times_are_kept_to_the_microsecond() {
    let fine: DateTime<Utc> = "2026-11-02T09:00:00.123456789Z".parse().unwrap();
    assert_eq!(fine.into_cell(), Cell::Time("2026-11-02T09:00:00.123456Z".parse().unwrap()));
}
