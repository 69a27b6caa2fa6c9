//! Reading what process managers know.

use std::collections::HashMap;

use application::ports::Unavailable;
use application::ports::checkpoints::Instance;

use crate::database::{Database, Param, Row, params};
use crate::micros::time;

/// Every read of instances answers these columns.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT key, index_key, wake_at, state FROM process_state WHERE name = $1 ", $rest)
    };
}

pub(super) const BY_INDEX: &str = select!("AND index_key = $2 AND key > $3 ORDER BY key LIMIT $4");
pub(super) const DUE: &str =
    select!("AND wake_at IS NOT NULL AND wake_at <= $2 ORDER BY wake_at, key LIMIT $3");
pub(super) const ALL: &str = select!("ORDER BY key");
pub(super) const NEXT_WAKE: &str =
    "SELECT min(wake_at) FROM process_state WHERE name = $1 AND wake_at IS NOT NULL";

pub(super) async fn select(
    database: &Database,
    sql: &str,
    params: Vec<Param>,
) -> Result<Vec<Instance>, Unavailable> {
    database.query(sql, params).await?.iter().map(instance).collect()
}

pub(super) async fn by_key(
    database: &Database,
    name: &str,
    keys: &[String],
) -> Result<Vec<Option<Instance>>, Unavailable> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let sql = select!("AND ").to_owned() + &database.any_of("key", "$2");
    let found = select(database, &sql, params![name, keys]).await?;
    let found: HashMap<&str, &Instance> =
        found.iter().map(|instance| (instance.key.as_str(), instance)).collect();
    Ok(keys.iter().map(|key| found.get(key.as_str()).map(|instance| (*instance).clone())).collect())
}

fn instance(row: &Row) -> Result<Instance, Unavailable> {
    Ok(Instance {
        key: row.text(0)?.to_owned(),
        index: row.opt_text(1)?.map(str::to_owned),
        wake_at: row.opt_i64(2)?.map(time).transpose()?,
        state: row.text(3)?.as_bytes().to_vec(),
    })
}
