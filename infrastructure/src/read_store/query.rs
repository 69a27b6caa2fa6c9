//! Lists: conditions, keyset pages, capped totals.

use application::ports::Unavailable;
use application::ports::read_store::{Cell, ColumnType, Condition, Query};

use super::columns::{Found, selected};
use super::schema::{cast, quoted};
use crate::database::{Database, Param, away};

/// A statement under construction.
pub(super) struct Select<'a> {
    postgres: bool,
    from: &'a str,
    columns: &'a [Found],
    clauses: Vec<String>,
    params: Vec<Param>,
}

impl<'a> Select<'a> {
    pub(super) fn new(database: &Database, from: &'a str, columns: &'a [Found]) -> Self {
        let postgres = database.is_postgres();
        Self { postgres, from, columns, clauses: Vec::new(), params: Vec::new() }
    }

    /// The page of a query. The first column is the key.
    pub(super) fn page(mut self, query: &Query) -> Result<(String, Vec<Param>), Unavailable> {
        self.conditions(&query.conditions)?;
        let order = self.column(query.order)?;
        let key = self.columns.first().ok_or_else(|| away("a view without columns"))?;
        let (order_sql, key_sql) = (self.compared(order), quoted(&key.name));
        let (sign, way) = if query.descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some((at, last)) = &query.after {
            let (at, last) = (self.bind(order, at), self.bind(key, &Cell::Text(last.clone())));
            self.clauses.push(format!("({order_sql}, {key_sql}) {sign} ({at}, {last})"));
        }
        let sql = format!(
            "SELECT {} FROM {}{} ORDER BY {order_sql} {way}, {key_sql} {way} LIMIT {}",
            selected(self.columns),
            quoted(self.from),
            self.filter(),
            query.limit
        );
        Ok((sql, self.params))
    }

    /// The number of rows that match, up to `cap`.
    pub(super) fn count(
        mut self,
        conditions: &[Condition],
        cap: u64,
    ) -> Result<(String, Vec<Param>), Unavailable> {
        self.conditions(conditions)?;
        let (from, filter) = (quoted(self.from), self.filter());
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {from}{filter} LIMIT {cap}) AS matching");
        Ok((sql, self.params))
    }

    fn conditions(&mut self, conditions: &[Condition]) -> Result<(), Unavailable> {
        for condition in conditions {
            let clause = match condition {
                Condition::Is(name, Cell::Null) => format!("{} IS NULL", quoted(&self.column(name)?.name)),
                Condition::Is(name, cell) => self.comparison(name, "=", cell)?,
                Condition::After(name, cell) => self.comparison(name, ">", cell)?,
                Condition::Before(name, cell) => self.comparison(name, "<", cell)?,
                Condition::In(name, cells) => self.one_of(name, cells)?,
            };
            self.clauses.push(clause);
        }
        Ok(())
    }

    fn comparison(&mut self, name: &str, sign: &str, cell: &Cell) -> Result<String, Unavailable> {
        let column = self.column(name)?;
        let value = self.bind(column, cell);
        Ok(format!("{} {sign} {value}", self.compared(column)))
    }

    fn one_of(&mut self, name: &str, cells: &[Cell]) -> Result<String, Unavailable> {
        let column = self.column(name)?;
        if cells.is_empty() {
            // Nothing is one of none.
            return Ok("1 = 0".to_owned());
        }
        let values: Vec<String> = cells.iter().map(|cell| self.bind(column, cell)).collect();
        Ok(format!("{} IN ({})", self.compared(column), values.join(", ")))
    }

    fn column(&self, name: &str) -> Result<&'a Found, Unavailable> {
        let found = self.columns.iter().find(|column| column.name == name);
        found.ok_or_else(|| away(format!("view `{}` has no column `{name}`", self.from)))
    }

    /// A column as it is compared. SQLite keeps decimals as text, and compares them as numbers of 15 digits.
    fn compared(&self, column: &Found) -> String {
        let name = quoted(&column.name);
        if self.by_number(column) { format!("CAST({name} AS NUMERIC)") } else { name }
    }

    fn by_number(&self, column: &Found) -> bool {
        !self.postgres && column.kind == Some(ColumnType::Decimal)
    }

    /// Takes a value up and answers its placeholder.
    fn bind(&mut self, column: &Found, cell: &Cell) -> String {
        self.params.push(match cell {
            Cell::Null => Param::Null,
            Cell::Text(text) => Param::Text(text.clone()),
            Cell::Integer(value) => Param::Int(*value),
            Cell::Boolean(value) => Param::Bool(*value),
            Cell::Time(time) => Param::Time(*time),
            Cell::Json(json) => Param::Text(json.to_string()),
        });
        let place = self.params.len();
        match column.kind {
            Some(kind) if self.postgres => format!("${place}::{}", cast(kind)),
            _ if self.by_number(column) => format!("CAST(${place} AS NUMERIC)"),
            _ => format!("${place}"),
        }
    }

    fn filter(&self) -> String {
        if self.clauses.is_empty() { String::new() } else { format!(" WHERE {}", self.clauses.join(" AND ")) }
    }
}
