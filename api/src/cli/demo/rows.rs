//! Reading views whole.

use application::ports::read_store::{Cell, Query, ReadStore};
use serde_json::Value;

/// Rows read at once.
const PAGE: usize = 2_000;

/// Every row of a view.
pub(super) async fn all(store: &dyn ReadStore, view: &str) -> anyhow::Result<Vec<Value>> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let last = rows.last().and_then(|row| row["id"].as_str()).map(str::to_owned);
        let query = Query {
            from: view.to_owned(),
            conditions: Vec::new(),
            order: "id",
            descending: false,
            after: last.map(|id| (Cell::Text(id.clone()), id)),
            limit: PAGE,
        };
        let page = store.query(&query).await?;
        let whole = page.len() == PAGE;
        rows.extend(page);
        if !whole {
            return Ok(rows);
        }
    }
}
