//! What the fuzz targets do with their bytes. The same inputs go through `tests/it/connectors/fuzzed.rs` on a stable
//! compiler, seeds and chance both.

mod inputs;
#[path = "../../it/connectors/ports.rs"]
mod ports;

/// A provider's folder.
pub fn manifest(data: &[u8]) {
    inputs::manifest(data);
}

/// An expression and a record.
pub fn expression(data: &[u8]) {
    inputs::expression(data);
}

/// A delivery of a webhook.
pub fn webhook(data: &[u8]) {
    inputs::webhook(data);
}

/// A cursor, a `Link` header and a page.
pub fn page(data: &[u8]) {
    inputs::page(data);
}
