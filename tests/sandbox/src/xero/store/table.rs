//! One entity's rows, in the order they were made, by id and by natural key.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::kit::decimals::{Object, text_of};
use crate::xero::kind::Kind;

/// An object.
#[derive(Clone, Debug)]
pub(in crate::xero) struct Row {
    /// Place in the order of creation.
    pub(in crate::xero) place: u64,
    pub(in crate::xero) body: Arc<Object>,
    /// Last change in milliseconds since 1970.
    pub(in crate::xero) updated_ms: i64,
    /// The state before the last change, shown to lists while they lag.
    pub(in crate::xero) previous: Option<Arc<Object>>,
}

/// The rows of one entity.
pub(super) struct Table {
    kind: Kind,
    rows: BTreeMap<u64, (String, Row)>,
    places: HashMap<String, u64>,
    keys: HashMap<String, BTreeSet<u64>>,
}

impl Table {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, rows: BTreeMap::new(), places: HashMap::new(), keys: HashMap::new() }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(self.places.get(id)?).map(|(_, row)| row)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.values().map(|(id, row)| (id.as_str(), row))
    }

    /// Rows of which property `field`, one of [`keys_of`], is `value`, letter case aside.
    pub(super) fn with_key(&self, field: &str, value: &str) -> impl Iterator<Item = (&str, &Row)> {
        let places = self.keys.get(&key(field, value)).into_iter().flatten();
        places.filter_map(|place| self.rows.get(place)).map(|(id, row)| (id.as_str(), row))
    }

    pub(super) fn put(&mut self, id: &str, row: Row) {
        self.remove(id);
        for key in self.index(&row.body) {
            self.keys.entry(key).or_default().insert(row.place);
        }
        self.places.insert(id.to_owned(), row.place);
        self.rows.insert(row.place, (id.to_owned(), row));
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Row> {
        let place = self.places.remove(id)?;
        let (_, row) = self.rows.remove(&place)?;
        for key in self.index(&row.body) {
            if let Some(places) = self.keys.get_mut(&key) {
                places.remove(&place);
                if places.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
        Some(row)
    }

    fn index(&self, body: &Object) -> Vec<String> {
        let fields = keys_of(self.kind).iter();
        let keys = fields.map(|field| (field, text_of(body, field))).filter(|(_, value)| !value.is_empty());
        keys.map(|(field, value)| key(field, value)).collect()
    }
}

/// The indexed properties of an entity.
fn keys_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Contact => &["Name", "ContactNumber"],
        Kind::Invoice => &["InvoiceNumber"],
        Kind::CreditNote => &["CreditNoteNumber"],
        Kind::Item => &["Code"],
        Kind::Account => &["Code", "Name"],
        Kind::TaxRate | Kind::TrackingCategory => &["Name"],
        Kind::Payment | Kind::Organisation => &[],
    }
}

fn key(field: &str, value: &str) -> String {
    format!("{field}:{}", value.to_lowercase())
}
