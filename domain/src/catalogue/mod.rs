//! What the world looks like: the entities Headwater knows, field by field, as values.
//!
//! An organization may add entities of its own; fields that no schema names are custom fields and are kept.

mod entity_schema;
mod field_type;
mod shipped;
#[cfg(test)]
mod tests;

pub use entity_schema::{EntitySchema, FieldSchema};
pub use field_type::{FieldType, UnknownFieldType};
pub use shipped::{find, shipped};
