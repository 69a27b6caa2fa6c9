//! The entities every installation knows (`domain.md`, Values), one table per corner of a business.

use std::sync::LazyLock;

use super::{EntitySchema, FieldSchema, FieldType};

mod accounting;
mod build;
mod operations;
mod parties;
mod sales;

static SHIPPED: LazyLock<Vec<EntitySchema>> =
    LazyLock::new(|| [parties::all(), sales::all(), accounting::all(), operations::all()].concat());

/// Every shipped entity.
pub fn shipped() -> &'static [EntitySchema] {
    &SHIPPED
}

/// The shipped entity of this name.
pub fn find(name: &str) -> Option<&'static EntitySchema> {
    SHIPPED.iter().find(|entity| entity.name == name)
}
