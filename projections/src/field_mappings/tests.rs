//! Mapping rules: what a rule carries stands in its row.

use domain::sync_config::field_path::FieldPath;
use domain::sync_config::transform::Transform;
use domain::sync_config::{Mapping, MappingReplaced, MappingRule, SyncConfigEvent};
use domain::value::Direction;
use serde_json::json;

use super::FieldMappingProjection;
use crate::testing::{Log, config_stream};

#[test]
fn a_rule_shows_its_transform_default_and_direction() {
    let rule = MappingRule {
        id: "currency".to_owned(),
        local: None,
        remote: Some(FieldPath::parse("CurrencyRef.value").unwrap()),
        direction: Some(Direction::Outbound),
        transform: Transform::Constant { value: json!("EUR") },
        default: Some(json!(1)),
        required: true,
    };
    let replaced = MappingReplaced { mapping: Mapping { rules: vec![rule] }, number: 4 };
    let row = Log::of(&config_stream(), [SyncConfigEvent::from(replaced)]).row(FieldMappingProjection);
    assert_eq!((row.mapping_number, row.rule_id.as_str()), (4, "currency"));
    assert_eq!((row.local_field, row.remote_field.as_deref()), (None, Some("CurrencyRef.value")));
    assert_eq!((row.transform_type.as_str(), row.transform_config), ("constant", json!({"value": "EUR"})));
    assert_eq!((row.direction, row.is_required), (Some(Direction::Outbound), true));
    assert_eq!(row.default_value, Some(json!(1)));
}
