//! What the endpoints do.

pub(crate) mod accounts;
pub(crate) mod institutions;
pub(crate) mod items;
pub(crate) mod links;
pub(crate) mod recurring;
pub(crate) mod sandbox_only;
pub(crate) mod sync;
pub(crate) mod transactions;

use serde_json::Value;

use crate::kit::decimals::Object;

/// A field of `options`.
fn option<'a>(body: &'a Object, name: &str) -> Option<&'a Value> {
    body.get("options")?.get(name).filter(|value| !value.is_null())
}

/// A flag of `options`; false when absent.
fn wants(body: &Object, name: &str) -> bool {
    option(body, name).and_then(Value::as_bool).unwrap_or(false)
}
