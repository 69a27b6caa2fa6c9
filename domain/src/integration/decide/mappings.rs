//! What things, types and customers of ours are at the provider; lookup tables.

use uuid::Uuid;

use super::Decision;
use crate::integration::aggregate::Integration;
use crate::integration::error::IntegrationError;
use crate::integration::events::{
    CollectionMappingRemoved, CollectionMappingSet, ConfigurationMappingRemoved, ConfigurationMappingSet,
    CustomerRemoved, CustomerSet, LookupSet,
};
use crate::integration::parts::{
    CollectionMapping, ConfigurationMapping, CustomerSettings, External, LookupTable,
};
use crate::value::NameError;

impl Integration {
    pub(super) fn set_configuration_mapping(&self, mut mapping: ConfigurationMapping) -> Decision {
        check_text(&mapping.mappable_type, "mappable_type", 50)?;
        check_text(&mapping.mappable_id, "mappable_id", 255)?;
        check_external(&mapping.external)?;
        let known = self.configuration_mappings.values().find(|known| {
            known.mappable_type == mapping.mappable_type && known.mappable_id == mapping.mappable_id
        });
        mapping.id = known.map_or(mapping.id, |known| known.id);
        if self.configuration_mappings.get(&mapping.id) == Some(&mapping) {
            return Ok(Vec::new());
        }
        Ok(vec![ConfigurationMappingSet { mapping }.into()])
    }

    pub(super) fn remove_configuration_mapping(&self, id: Uuid) -> Decision {
        check_part(self.configuration_mappings.contains_key(&id), "configuration mapping", id)?;
        Ok(vec![ConfigurationMappingRemoved { id }.into()])
    }

    pub(super) fn set_collection_mapping(&self, mut mapping: CollectionMapping) -> Decision {
        check_text(&mapping.mapping_type, "mapping_type", 50)?;
        check_external(&mapping.external)?;
        let known =
            self.collection_mappings.values().find(|known| known.mapping_type == mapping.mapping_type);
        mapping.id = known.map_or(mapping.id, |known| known.id);
        if self.collection_mappings.get(&mapping.id) == Some(&mapping) {
            return Ok(Vec::new());
        }
        Ok(vec![CollectionMappingSet { mapping }.into()])
    }

    pub(super) fn remove_collection_mapping(&self, id: Uuid) -> Decision {
        check_part(self.collection_mappings.contains_key(&id), "collection mapping", id)?;
        Ok(vec![CollectionMappingRemoved { id }.into()])
    }

    pub(super) fn set_customer(&self, mut customer: CustomerSettings) -> Decision {
        check_text(&customer.customer_id, "customer_id", 255)?;
        check_text(&customer.customer_type, "type", 50)?;
        check_optional(customer.external_customer_id.as_deref(), "external_customer_id")?;
        let known = self.customers.values().find(|known| known.customer_id == customer.customer_id);
        customer.id = known.map_or(customer.id, |known| known.id);
        if self.customers.get(&customer.id) == Some(&customer) {
            return Ok(Vec::new());
        }
        Ok(vec![CustomerSet { customer }.into()])
    }

    pub(super) fn remove_customer(&self, id: Uuid) -> Decision {
        check_part(self.customers.contains_key(&id), "customer", id)?;
        Ok(vec![CustomerRemoved { id }.into()])
    }

    pub(super) fn set_lookup(&self, name: String, table: LookupTable, expected: Option<u32>) -> Decision {
        check_text(&name, "lookup", 50)?;
        let actual = self.lookups_number;
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            return Err(IntegrationError::LookupsChanged { expected, actual });
        }
        if self.lookups.get(&name) == Some(&table) {
            return Ok(Vec::new());
        }
        Ok(vec![LookupSet { name, table, number: actual + 1 }.into()])
    }
}

fn check_part(known: bool, what: &'static str, id: Uuid) -> Result<(), IntegrationError> {
    if known { Ok(()) } else { Err(IntegrationError::NoSuchPart { what, id }) }
}

fn check_external(external: &External) -> Result<(), NameError> {
    check_optional(external.id.as_deref(), "external_id")?;
    check_optional(external.account_code.as_deref(), "external_account_code")?;
    check_optional(external.name.as_deref(), "external_name")
}

fn check_optional(text: Option<&str>, what: &'static str) -> Result<(), NameError> {
    text.map_or(Ok(()), |text| check_text(text, what, 255))
}

fn check_text(text: &str, what: &'static str, limit: usize) -> Result<(), NameError> {
    if text.trim().is_empty() {
        return Err(NameError::Empty { what });
    }
    let length = text.chars().count();
    if length > limit {
        return Err(NameError::TooLong { what, length, limit });
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(NameError::Control { what, code: c as u32 }),
        None => Ok(()),
    }
}
