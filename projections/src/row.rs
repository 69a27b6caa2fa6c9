//! Typed rows: a struct per read model whose fields are the columns of its table.

use std::fmt;

use application::ports::read_store::{Cell, ColumnType, Row, Table};
use chrono::{DateTime, SubsecRound, Utc};
use domain::fields::Fields;
use domain::ids::{CallId, IntegrationId, OrganizationId, ProjectId, SyncConfigId, SyncRunId};
use domain::value::{
    Connection, DeletePolicy, DeliveryStatus, Direction, ErrorClass, FilterExit, MergeFallback, Operation,
    RunStatus, RunType, Side, Strategy, SyncStatus, TriggerKind, TriggeredBy,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[cfg(test)]
mod tests;

/// A stored row that is not of its table's shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` of `{table}` holds no valid value: rebuild the projection")]
pub struct BadRow {
    /// The table, without version.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

/// A Rust type that fits into a column.
pub trait Field: Sized {
    /// The column's type.
    const KIND: ColumnType;
    /// The value as a cell.
    fn into_cell(self) -> Cell;
    /// The value of a cell; `None` if the cell is of another type.
    fn from_cell(cell: Cell) -> Option<Self>;
}

/// A row with typed fields.
pub trait TableRow: Sized + Send + Sync + 'static {
    /// Its table; the version is the projection's.
    const TABLE: Table;
    /// One cell per column.
    fn into_cells(self) -> Row;
    /// The row of these cells.
    fn from_cells(row: Row) -> Result<Self, BadRow>;
}

/// Declares a row: struct, columns with their documentation, and the way to cells and back.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $row:ident in $table:literal version $version:literal indexed [$($index:expr),* $(,)?]
        { $($(#[doc = $doc:literal])+ $field:ident: $type:ty),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $row { $($(#[doc = $doc])+ pub $field: $type),+ }

        impl $crate::row::TableRow for $row {
            const TABLE: application::ports::read_store::Table = application::ports::read_store::Table {
                name: $table,
                version: $version,
                columns: &[$(application::ports::read_store::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::row::Field>::KIND,
                    doc: concat!($($doc),+),
                }),+],
                indexes: &[$(&$index),*],
            };

            fn into_cells(self) -> application::ports::read_store::Row {
                vec![$($crate::row::Field::into_cell(self.$field)),+]
            }

            fn from_cells(row: application::ports::read_store::Row) -> Result<Self, $crate::row::BadRow> {
                let mut cells = row.into_iter();
                Ok(Self { $($field: $crate::row::next(&mut cells, $table, stringify!($field))?),+ })
            }
        }
    };
}
pub(crate) use row;

/// The next cell as a field.
pub(crate) fn next<F: Field>(
    cells: &mut impl Iterator<Item = Cell>,
    table: &'static str,
    column: &'static str,
) -> Result<F, BadRow> {
    cells.next().and_then(F::from_cell).ok_or(BadRow { table, column })
}

impl<F: Field> Field for Option<F> {
    const KIND: ColumnType = F::KIND;

    fn into_cell(self) -> Cell {
        self.map_or(Cell::Null, F::into_cell)
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => F::from_cell(cell).map(Some),
        }
    }
}

impl Field for String {
    const KIND: ColumnType = ColumnType::Text;

    fn into_cell(self) -> Cell {
        Cell::Text(self)
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Field for bool {
    const KIND: ColumnType = ColumnType::Boolean;

    fn into_cell(self) -> Cell {
        Cell::Boolean(self)
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Boolean(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for i64 {
    const KIND: ColumnType = ColumnType::Integer;

    fn into_cell(self) -> Cell {
        Cell::Integer(self)
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Integer(value) => Some(value),
            _ => None,
        }
    }
}

/// Microseconds, what every database keeps; so that a row is the same before and after it was stored.
impl Field for DateTime<Utc> {
    const KIND: ColumnType = ColumnType::Time;

    fn into_cell(self) -> Cell {
        Cell::Time(self.trunc_subsecs(6))
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Time(at) => Some(at),
            _ => None,
        }
    }
}

impl Field for Value {
    const KIND: ColumnType = ColumnType::Json;

    fn into_cell(self) -> Cell {
        Cell::Json(self)
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Json(value) => Some(value),
            _ => None,
        }
    }
}

impl Field for Fields {
    const KIND: ColumnType = ColumnType::Json;

    fn into_cell(self) -> Cell {
        Cell::Json(Value::Object(self))
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        match cell {
            Cell::Json(Value::Object(fields)) => Some(fields),
            _ => None,
        }
    }
}

/// Counts and versions. No event carries one beyond 63 bits.
macro_rules! unsigned {
    ($($type:ty),+) => {$(
        impl Field for $type {
            const KIND: ColumnType = ColumnType::Integer;

            fn into_cell(self) -> Cell {
                Cell::Integer(i64::try_from(self).unwrap_or(i64::MAX))
            }

            fn from_cell(cell: Cell) -> Option<Self> {
                i64::from_cell(cell).and_then(|value| value.try_into().ok())
            }
        }
    )+};
}
unsigned!(u32, u64);

/// Values that stand as text: ids by their `FromStr`.
macro_rules! ids {
    ($($type:ty),+) => {$(
        impl Field for $type {
            const KIND: ColumnType = ColumnType::Text;

            fn into_cell(self) -> Cell {
                Cell::Text(self.to_string())
            }

            fn from_cell(cell: Cell) -> Option<Self> {
                String::from_cell(cell).and_then(|text| text.parse().ok())
            }
        }
    )+};
}
ids!(OrganizationId, ProjectId, IntegrationId, SyncConfigId, SyncRunId, CallId);

/// The language's enumerations, by their word.
macro_rules! words {
    ($($type:ty),+) => {$(
        impl Field for $type {
            const KIND: ColumnType = ColumnType::Text;

            fn into_cell(self) -> Cell {
                Cell::Text(self.as_str().to_owned())
            }

            fn from_cell(cell: Cell) -> Option<Self> {
                String::from_cell(cell).and_then(|text| Self::parse(&text).ok())
            }
        }
    )+};
}
words!(
    Connection,
    DeletePolicy,
    DeliveryStatus,
    Direction,
    ErrorClass,
    FilterExit,
    MergeFallback,
    Operation,
    RunStatus,
    RunType,
    Side,
    Strategy,
    SyncStatus,
    TriggerKind,
    TriggeredBy
);

/// A value the fold needs and nobody asks for: kept as JSON text, shown in no view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoded<T>(pub T);

impl<T: Serialize + DeserializeOwned> Field for Encoded<T> {
    const KIND: ColumnType = ColumnType::Text;

    fn into_cell(self) -> Cell {
        Cell::Text(serde_json::to_string(&self.0).expect("states have text keys only"))
    }

    fn from_cell(cell: Cell) -> Option<Self> {
        String::from_cell(cell).and_then(|text| serde_json::from_str(&text).ok()).map(Self)
    }
}

/// Any part of an event as JSON.
pub(crate) fn json(part: &impl Serialize) -> Value {
    serde_json::to_value(part).expect("parts of events have text keys only")
}

/// A word of the events that is no column type of its own (`snake_case` enums), as text.
pub(crate) fn word(part: &impl Serialize) -> String {
    match json(part) {
        Value::String(word) => word,
        other => other.to_string(),
    }
}

/// A list of words as one text, separated by spaces.
pub(crate) fn spaced<T: fmt::Display>(words: &[T]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
