//! Tables of a manifest.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// A table whose names the author chooses: most have a handful of members and there are thousands of tables, so they are
/// kept in one piece, in the order of their names, without the room that a tree keeps free for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members<V>(Box<[(Box<str>, V)]>);

/// Takes a member apart.
type Apart<'a, V> = fn(&'a (Box<str>, V)) -> (&'a str, &'a V);

/// Names and values.
type Iter<'a, V> = std::iter::Map<std::slice::Iter<'a, (Box<str>, V)>, Apart<'a, V>>;

impl<V> Members<V> {
    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&V> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Whether there is a member of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> Iter<'_, V> {
        self.into_iter()
    }

    /// The names, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// The values, in the order of the names.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<'a, V> IntoIterator for &'a Members<V> {
    type Item = (&'a str, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        let apart: Apart<'a, V> = |(name, value)| (name, value);
        self.0.iter().map(apart)
    }
}

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = BTreeMap::<Box<str>, V>::deserialize(deserializer)?;
        Ok(Self(members.into_iter().collect()))
    }
}

impl<V: JsonSchema> JsonSchema for Members<V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        BTreeMap::<String, V>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        BTreeMap::<String, V>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::Members;

    #[test]
    fn members_are_found_by_name_and_come_in_their_order() {
        let given = "b = 2\n\"\" = 0\na = 1";
        let members: Members<u32> = toml::from_str(given).unwrap();
        assert_eq!(members.iter().collect::<Vec<_>>(), [("", &0), ("a", &1), ("b", &2)]);
        assert_eq!((members.get("b"), members.get("c"), members.len()), (Some(&2), None, 3));
        assert!(toml::from_str::<Members<u32>>("a = 1\na = 2").is_err(), "a name stands once");
    }
}
