//! The schema files themselves.

use super::schema::{Kind, Schema, base_name};

#[test]
fn every_type_a_field_or_argument_names_is_there() {
    for version in ["2026-01", "2026-04", "unstable"] {
        let schema = Schema::of(version);
        for name in schema.names() {
            let Some(Kind::Object(fields)) = schema.kind(name) else { continue };
            for (field_name, field) in fields {
                let args = field.args.values().map(|input| &input.ty);
                for ty in args.chain([&field.ty]) {
                    assert!(schema.kind(base_name(ty)).is_some(), "{name}.{field_name}: {ty}");
                }
            }
        }
    }
}

#[test]
fn directives_of_the_files_cut_a_version() {
    let has = |version: &str, field: &str| match Schema::of(version).kind("InventoryQuantityInput") {
        Some(Kind::Input(fields)) => fields.contains_key(field),
        _ => false,
    };
    assert!(has("2026-01", "compareQuantity") && has("2026-01", "changeFromQuantity"));
    assert!(!has("2026-04", "compareQuantity") && has("unstable", "changeFromQuantity"));
    assert!(!has("2025-10", "changeFromQuantity"));
}
