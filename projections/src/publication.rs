//! Which table each view reads: kept by a view of its own, so that it changes in the same transaction as they do.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use application::ports::checkpoints::Checkpoints;
use application::ports::read_store::{Query, ReadStore, Table};

use crate::view::View;

/// The view that names the tables in use.
const TABLES: &str = "projection_tables";

/// Numbers of a projection version: a rebuild of the same version fills the next one.
const GENERATIONS: u32 = 100_000;

/// Prefix of the names of projections' checkpoints.
const PREFIX: &str = "projection/";

/// The checkpoint of a table.
pub(crate) fn checkpoint_name(table: &Table) -> String {
    format!("{PREFIX}{}", table.physical())
}

/// The table of a projection under this number.
pub(crate) fn numbered(code: &Table, number: u32) -> Table {
    Table { version: number, ..code.clone() }
}

/// The first number of a projection's version.
pub(crate) const fn first_number(code: &Table) -> u32 {
    code.version * GENERATIONS
}

/// The projection version that a number belongs to.
pub(crate) const fn version_of(number: u32) -> u32 {
    number / GENERATIONS
}

/// The numbers that the views read, by projection; empty before anything was published.
pub(crate) async fn published(
    checkpoints: &dyn Checkpoints,
    store: &dyn ReadStore,
) -> Result<BTreeMap<String, u32>, Unavailable> {
    let known = checkpoints.list().await?;
    if !known.iter().any(|(name, _)| name.starts_with(PREFIX)) {
        return Ok(BTreeMap::new());
    }
    let query = Query {
        from: TABLES.to_owned(),
        conditions: Vec::new(),
        order: "id",
        descending: false,
        after: None,
        limit: 1_000,
    };
    let rows = store.query(&query).await?;
    let number = |row: &serde_json::Value| {
        let number = row.get("number")?.as_u64()?;
        Some((row.get("id")?.as_str()?.to_owned(), u32::try_from(number).ok()?))
    };
    rows.iter()
        .map(|row| number(row).ok_or_else(|| Unavailable::new("read store", format!("{TABLES} shows {row}"))))
        .collect()
}

/// The number after every one that this projection version ever had.
pub(crate) async fn next_number(checkpoints: &dyn Checkpoints, code: &Table) -> Result<u32, Unavailable> {
    let known = checkpoints.list().await?;
    let number = |name: &str| {
        let (table, number) = name.strip_prefix(PREFIX)?.rsplit_once('_')?;
        let number = number.parse::<u32>().ok()?;
        (table == code.name && version_of(number) == code.version).then_some(number)
    };
    let last = known.iter().filter_map(|(name, _)| number(name)).max();
    Ok(last.map_or_else(|| first_number(code), |last| last + 1))
}

/// Points the views at `tables`.
pub(crate) async fn publish(store: &dyn ReadStore, tables: &[Table]) -> Result<(), Unavailable> {
    let mut views = resolved(&crate::views(), tables);
    let names: Vec<String> = tables
        .iter()
        .map(|table| {
            format!(
                "SELECT CAST('{}' AS text) AS id, CAST({} AS bigint) AS number",
                table.name, table.version
            )
        })
        .collect();
    views.push((TABLES.to_owned(), names.join(" UNION ALL ")));
    store.publish(tables, &views).await
}

/// The views whose tables are all there.
pub(crate) fn resolved(views: &[View], tables: &[Table]) -> Vec<(String, String)> {
    let sql = views.iter().map(|view| (view.name.to_owned(), view.sql(tables)));
    sql.filter(|(_, sql)| !sql.contains('{')).collect()
}
