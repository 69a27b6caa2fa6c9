use super::*;
use crate::sync_config::FieldPath;
use crate::value::EntityName;

/// The entities that `domain.md` names, with those that its reference data and the mission's ledgers need.
const REQUIRED: &str = "customer vendor contact company lead opportunity deal invoice bill expense credit_note payment \
    subscription product add_on billable_metric order inventory account transaction tax_code term \
    project vat_return shipment message project_relationships transactions bill_payment class journal";

#[test]
fn every_shipped_entity_is_named_once_and_has_readable_unique_paths() {
    let mut names = std::collections::BTreeSet::new();
    for entity in shipped() {
        assert!(names.insert(&entity.name), "{} twice", entity.name);
        EntityName::parse(&entity.name).unwrap();
        let mut paths = std::collections::BTreeSet::new();
        for field in &entity.fields {
            let path = FieldPath::parse(&field.path).unwrap();
            assert_eq!(path.to_string(), field.path, "{}: not the plain spelling", entity.name);
            assert!(paths.insert(&field.path), "{}.{} twice", entity.name, field.path);
            assert!(!field.title.is_empty());
        }
        if let Some(key) = &entity.natural_key {
            assert!(entity.field(key).is_some(), "{}: natural key {key} is no field", entity.name);
        }
    }
    for name in REQUIRED.split_whitespace() {
        assert!(find(name).is_some(), "{name} is missing");
    }
    assert_eq!(names.len(), 31);
}

#[test]
fn references_and_item_keys_lead_to_something() {
    for entity in shipped() {
        for field in &entity.fields {
            if let FieldType::Reference(target) = &field.kind {
                assert!(find(target).is_some(), "{}.{} refers to {target}", entity.name, field.path);
            }
            if field.path.contains("[*]") {
                let array = field.path.split("[*]").next().unwrap();
                assert_eq!(entity.kind(array), Some(FieldType::Array));
                let key = entity.item_key(array).unwrap();
                assert!(entity.field(&format!("{array}[*].{key}")).is_some());
            }
        }
    }
}

#[test]
fn personal_fields_are_told_from_plain_ones_and_custom_fields_count_as_personal() {
    let customer = find("customer").unwrap();
    assert!(customer.is_personal("phone"));
    assert!(customer.is_personal("address"));
    assert!(!customer.is_personal("currency"));
    assert!(customer.is_personal("favourite_colour"));
    assert!(!find("invoice").unwrap().is_personal("lines"));
}

#[test]
fn field_types_are_read_as_they_are_shown() {
    for kind in
        ["text", "integer", "decimal", "money", "boolean", "date", "date_time", "reference:customer", "any"]
    {
        assert_eq!(FieldType::parse(kind).unwrap().to_string(), kind);
    }
    assert!(FieldType::parse("reference:").is_err());
    assert!(FieldType::parse("float").unwrap_err().to_string().contains("`float` is no field type"));
}

#[test]
fn only_values_that_survive_a_copy_fit() {
    use FieldType::{Date, DateTime, Decimal, Integer, Money, Object, Reference, Text};
    assert!(Integer.fits(&Money));
    assert!(!Money.fits(&Integer));
    assert!(Date.fits(&Text));
    assert!(!DateTime.fits(&Date));
    assert!(!Text.fits(&Decimal));
    assert!(!Object.fits(&Text));
    assert!(!Text.fits(&Reference("customer".into())));
    assert!(!Reference("customer".into()).fits(&Reference("customer".into())));
}

#[test]
fn a_ledger_has_what_purchases_refer_to() {
    let refers = |entity: &str, path: &str| find(entity).unwrap().kind(path);
    for (entity, path, target) in [
        ("bill", "vendor", "vendor"),
        ("bill", "lines[*].account", "account"),
        ("bill", "lines[*].class", "class"),
        ("expense", "lines[*].account", "account"),
        ("bill_payment", "vendor", "vendor"),
        ("bill_payment", "bills[*].bill", "bill"),
        ("bill_payment", "bank_account", "account"),
        ("journal", "lines[*].account", "account"),
        ("class", "parent", "class"),
    ] {
        assert_eq!(refers(entity, path), Some(FieldType::Reference(target.to_owned())), "{entity}.{path}");
    }
    assert_eq!(refers("journal", "lines[*].debit"), Some(FieldType::Money));
}
