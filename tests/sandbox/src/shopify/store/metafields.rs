//! Metafields: values of an owner by namespace and key, some of them unique in the shop.

use serde_json::{Value, json};

use super::gid::{gid, split};
use super::shop::Shop;
use crate::kit::decimals::{Object, text_of};

/// Owner kinds as metafield definitions name them.
const OWNERS: &[(&str, &str)] = &[
    ("Company", "COMPANY"),
    ("Customer", "CUSTOMER"),
    ("DraftOrder", "DRAFTORDER"),
    ("Order", "ORDER"),
    ("Product", "PRODUCT"),
    ("ProductVariant", "PRODUCTVARIANT"),
];

/// The owner type of a kind; `None` when it can have no metafields here.
pub(crate) fn owner_type(kind: &str) -> Option<&'static str> {
    OWNERS.iter().find(|(own, _)| *own == kind).map(|(_, name)| *name)
}

impl Shop {
    /// The metafields of an owner in the order of namespace and key.
    pub(crate) fn metafields_of(&self, owner: &str) -> Vec<String> {
        let own = self.metafields.get(owner).into_iter().flat_map(|own| own.values());
        own.map(|id| gid("Metafield", *id)).collect()
    }

    /// One metafield of an owner.
    pub(crate) fn metafield_of(&self, owner: &str, namespace: &str, key: &str) -> Option<String> {
        let own = self.metafields.get(owner)?;
        own.get(&(namespace.to_owned(), key.to_owned())).map(|id| gid("Metafield", *id))
    }

    /// The definition of a metafield.
    pub(crate) fn definition(&self, owner_type: &str, namespace: &str, key: &str) -> Option<String> {
        let is_it = |body: &Object| {
            text_of(body, "ownerType") == owner_type
                && text_of(body, "namespace") == namespace
                && text_of(body, "key") == key
        };
        let mut rows = self.rows("MetafieldDefinition");
        rows.find(|(_, row)| is_it(&row.body)).map(|(id, _)| gid("MetafieldDefinition", id))
    }

    /// Whether values of this metafield are unique among the owners of a kind.
    pub(crate) fn is_unique(&self, owner_type: &str, namespace: &str, key: &str) -> bool {
        let definition = self.definition(owner_type, namespace, key).and_then(|gid| self.body(&gid));
        definition.is_some_and(|body| {
            body.get("capabilities").is_some_and(|own| own["uniqueValues"]["enabled"] == true)
        })
    }

    /// Owners of a kind with this value.
    pub(crate) fn owners_with(&self, kind: &str, (namespace, key): (&str, &str), value: &str) -> Vec<String> {
        let place = (kind.to_owned(), namespace.to_owned(), key.to_owned(), value.to_owned());
        self.by_metafield.get(&place).into_iter().flatten().cloned().collect()
    }

    /// Sets a metafield; answers its global id.
    pub(crate) fn set_metafield(&mut self, owner: &str, fields: &Object) -> Option<String> {
        let (kind, _) = split(owner)?;
        let owner_type = owner_type(kind)?;
        let (namespace, key) = (text_of(fields, "namespace").to_owned(), text_of(fields, "key").to_owned());
        let value = text_of(fields, "value").to_owned();
        let mut body = fields.clone();
        body.insert("owner".into(), json!(owner));
        body.insert("ownerType".into(), json!(owner_type));
        body.insert("jsonValue".into(), serde_json::from_str(&value).unwrap_or(json!(value)));
        let existing = self.metafield_of(owner, &namespace, &key);
        let name = if let Some(existing) = existing {
            if let Some(old) = self.body(&existing) {
                self.unlist(kind, owner, &old);
            }
            self.merge(&existing, body);
            existing
        } else {
            self.insert("Metafield", body)
        };
        let (_, id) = split(&name)?;
        self.metafields.entry(owner.to_owned()).or_default().insert((namespace.clone(), key.clone()), id);
        let place = (kind.to_owned(), namespace, key, value);
        self.by_metafield.entry(place).or_default().insert(owner.to_owned());
        Some(name)
    }

    fn unlist(&mut self, kind: &str, owner: &str, old: &Object) {
        let text = |name| text_of(old, name).to_owned();
        let place = (kind.to_owned(), text("namespace"), text("key"), text("value"));
        if let Some(owners) = self.by_metafield.get_mut(&place) {
            owners.remove(owner);
        }
    }

    /// Takes all metafields of an owner away.
    pub(crate) fn remove_metafields(&mut self, owner: &str) {
        let Some((kind, _)) = split(owner) else { return };
        let kind = kind.to_owned();
        for id in self.metafields.remove(owner).into_iter().flat_map(std::collections::BTreeMap::into_values)
        {
            let name = gid("Metafield", id);
            if let Some(old) = self.body(&name) {
                self.unlist(&kind, owner, &old);
            }
            self.remove(&name);
        }
    }

    /// A digest of a metafield's value, for compare-and-set.
    pub(crate) fn digest(body: &Object) -> Value {
        use sha2::{Digest as _, Sha256};
        json!(hex::encode(Sha256::digest(text_of(body, "value").as_bytes())))
    }
}
