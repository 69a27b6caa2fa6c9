//! Views: the names under which read models are read. They join and rename; they do not parse.

use application::ports::read_store::{Column, ColumnType, Table};

use crate::row::TableRow;

/// One column of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name.
    pub name: &'static str,
    /// What is selected.
    pub expression: String,
    /// Its type.
    pub kind: ColumnType,
    /// What it means.
    pub doc: String,
}

/// A view over the tables of read models. Tables stand in `from` as `{name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row of it is.
    pub doc: &'static str,
    /// Its columns, in order.
    pub columns: Vec<ViewColumn>,
    /// The tables it joins.
    pub from: String,
    /// Which rows it shows.
    pub filter: Option<&'static str>,
}

impl View {
    /// A view without columns yet.
    pub fn new(name: &'static str, doc: &'static str, from: &str) -> Self {
        Self { name, doc, columns: Vec::new(), from: from.to_owned(), filter: None }
    }

    /// Shows only rows that fit `condition`.
    #[must_use]
    pub fn only(mut self, condition: &'static str) -> Self {
        self.filter = Some(condition);
        self
    }

    /// Columns of `R`, which stands under `alias`, by their own names.
    #[must_use]
    pub fn own<R: TableRow>(mut self, alias: &str, names: &[&'static str]) -> Self {
        self.columns.extend(names.iter().map(|name| of::<R>(alias, name, name)));
        self
    }

    /// A column of `R`, which stands under `alias`, by another name or meaning: `name` here, `column` there.
    #[must_use]
    pub fn renamed<R: TableRow>(
        mut self,
        alias: &str,
        (name, column): (&'static str, &str),
        doc: &str,
    ) -> Self {
        self.columns.push(ViewColumn { doc: doc.to_owned(), ..of::<R>(alias, name, column) });
        self
    }

    /// A text or number computed from joined rows.
    #[must_use]
    pub fn computed(mut self, name: &'static str, kind: ColumnType, expression: &str, doc: &str) -> Self {
        self.columns.push(ViewColumn { name, expression: expression.to_owned(), kind, doc: doc.to_owned() });
        self
    }

    /// The view's query over `tables`.
    pub fn sql(&self, tables: &[Table]) -> String {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("{} AS {}", column.expression, column.name)).collect();
        let filter = self.filter.map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        let sql = format!("SELECT {} FROM {}{filter}", columns.join(", "), self.from);
        tables.iter().fold(sql, |sql, table| sql.replace(&format!("{{{}}}", table.name), &table.physical()))
    }
}

fn of<R: TableRow>(alias: &str, name: &'static str, column: &str) -> ViewColumn {
    let Column { kind, doc, .. } = column_of::<R>(column);
    ViewColumn { name, expression: format!("{alias}.{column}"), kind: *kind, doc: doc.trim().to_owned() }
}

fn column_of<R: TableRow>(name: &str) -> &'static Column {
    let table = R::TABLE;
    let column = table.columns.iter().find(|column| column.name == name);
    column.unwrap_or_else(|| panic!("a view names `{name}`, which `{}` does not have", table.name))
}
