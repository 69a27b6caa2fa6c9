//! The documentation of the views, made of their declarations: `docs/views.md`.

use std::fmt::Write as _;

use application::ports::read_store::ColumnType;

use crate::view::View;

#[cfg(test)]
mod tests;

const HEAD: &str = "# Views\n\n\
    The SQL views for reporting, the same on SQLite and PostgreSQL. Every row belongs to one organization, and every \
    query should name it. Times are UTC. Views follow the event log within moments; `headwater projections list` shows \
    how far each of them is. This page is generated from the declarations in `projections/`.\n";

/// The text of `docs/views.md`.
pub fn documentation(views: &[View]) -> String {
    views.iter().fold(HEAD.to_owned(), |text, view| text + &section(view))
}

fn section(view: &View) -> String {
    let mut text =
        format!("\n## {}\n\n{}\n\n| column | type | meaning |\n|---|---|---|\n", view.name, view.doc);
    for column in &view.columns {
        let doc = column.doc.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
        writeln!(text, "| `{}` | {} | {doc} |", column.name, name(column.kind))
            .expect("a String takes any text");
    }
    text
}

const fn name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Integer => "integer",
        ColumnType::Boolean => "boolean",
        ColumnType::Time => "time",
        ColumnType::Decimal => "decimal",
        ColumnType::Json => "JSON",
    }
}
