//! Everything in one shop.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use super::gid::{gid, split};
use super::table::{Row, Table};
use crate::kit::clock::{parse_rfc3339, rfc3339};
use crate::kit::decimals::{Object, text_of};
use crate::kit::{Clock, Tally};
use crate::shopify::change::Kept;
use crate::shopify::config::ShopifyConfig;

/// Orders older than this need `read_all_orders`: 60 days (fact sheet, "Auth").
const RECENT_MS: i64 = 60 * 24 * 3_600_000;

/// Fields no two objects of a kind share.
const UNIQUE: &[(&str, &str)] = &[("Customer", "email"), ("Customer", "phone"), ("Product", "handle")];

/// A change webhooks tell of.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// As in the subscription: `ORDERS_CREATE`.
    pub(crate) topic: &'static str,
    /// The object's global id.
    pub(crate) gid: String,
    /// The whole payload where it is not made from the object: a deletion.
    pub(crate) payload: Option<Value>,
}

/// What lists may show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) now_ms: i64,
    pub(crate) lag_ms: i64,
    /// Whether orders older than 60 days are shown.
    pub(crate) all_orders: bool,
}

impl View {
    /// The state a list shows, with its change time; `None` while a new object is not there yet.
    pub(crate) fn seen<'a>(&self, row: &'a Row) -> Option<(&'a Arc<Object>, i64)> {
        if self.lag_ms == 0 || row.updated_ms + self.lag_ms <= self.now_ms {
            return Some((&row.body, row.updated_ms));
        }
        row.previous.as_ref().map(|(body, at)| (body, *at))
    }

    /// Whether a row may be read at all.
    pub(crate) fn may_see(&self, kind: &str, row: &Row) -> bool {
        kind != "Order" || self.all_orders || row.created_ms > self.now_ms - RECENT_MS
    }
}

/// One shop. The object of a kind is stored in the shape of its GraphQL type; a text that is a
/// global id stands for the object it names.
#[derive(Debug)]
pub(crate) struct Shop {
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) currency: String,
    pub(crate) marker: Option<String>,
    pub(crate) keep_previous: bool,
    /// Changes not handed to the webhook sender yet.
    pub(crate) changes: Vec<Change>,
    /// Orders of each customer.
    pub(crate) orders_of: HashMap<String, Vec<String>>,
    /// Metafields of each owner by namespace and key.
    pub(crate) metafields: HashMap<String, BTreeMap<(String, String), u64>>,
    /// Owners by kind, namespace, key and value of a metafield.
    pub(crate) by_metafield: HashMap<(String, String, String, String), BTreeSet<String>>,
    /// Results kept for idempotency keys.
    pub(crate) kept: HashMap<String, Kept>,
    /// Files of finished bulk operations by number.
    pub(crate) files: HashMap<u64, String>,
    tables: BTreeMap<String, Table>,
    unique: HashMap<(&'static str, &'static str, String), u64>,
    last: u64,
    info: Object,
}

impl Shop {
    pub(crate) fn new(config: &ShopifyConfig, clock: Clock, tally: Tally) -> Self {
        let mut shop = Self {
            clock,
            tally,
            currency: config.currency.clone(),
            marker: config.reference_marker.clone(),
            keep_previous: false,
            changes: Vec::new(),
            orders_of: HashMap::new(),
            metafields: HashMap::new(),
            by_metafield: HashMap::new(),
            kept: HashMap::new(),
            files: HashMap::new(),
            tables: BTreeMap::new(),
            unique: HashMap::new(),
            last: 5_000_000_000,
            info: Object::new(),
        };
        shop.info = info(config, &rfc3339(shop.clock.now_ms()));
        for name in &config.locations {
            let address = json!({"address1": "1 Dock Road", "city": "Harbour", "country": "United States", "countryCode": "US", "zip": "10001"});
            let body =
                json!({"name": name, "isActive": true, "fulfillsOnlineOrders": true, "address": address});
            shop.insert("Location", object(body));
        }
        shop
    }

    /// The shop itself.
    pub(crate) fn info(&self) -> &Object {
        &self.info
    }

    pub(crate) fn now(&self) -> String {
        rfc3339(self.clock.now_ms())
    }

    /// The next number; ids of all kinds come from one sequence.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn table(&self, kind: &str) -> Option<&Table> {
        self.tables.get(kind)
    }

    /// Rows of a kind by id.
    pub(crate) fn rows(&self, kind: &str) -> impl DoubleEndedIterator<Item = (u64, &Row)> {
        self.tables.get(kind).into_iter().flat_map(Table::rows)
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.tables.get(kind).map_or(0, Table::len)
    }

    /// The row a global id names.
    pub(crate) fn row(&self, gid: &str) -> Option<&Row> {
        let (kind, id) = split(gid)?;
        self.tables.get(kind)?.get(id)
    }

    /// The object a global id names, as it is now.
    pub(crate) fn body(&self, gid: &str) -> Option<Arc<Object>> {
        self.row(gid).map(|row| row.body.clone())
    }

    /// The object a global id of this kind names.
    pub(crate) fn body_of(&self, kind: &str, gid: &str) -> Option<Arc<Object>> {
        (split(gid)?.0 == kind).then(|| self.body(gid)).flatten()
    }

    /// The object whose unique field has this value, letter case aside.
    pub(crate) fn with(&self, kind: &str, field: &str, value: &str) -> Option<String> {
        let (kind, field) = UNIQUE.iter().find(|own| **own == (kind, field)).copied()?;
        let id = self.unique.get(&(kind, field, value.to_lowercase()))?;
        Some(gid(kind, *id))
    }

    /// Stores a new object; answers its global id. `createdAt` is kept when it is given.
    pub(crate) fn insert(&mut self, kind: &str, mut body: Object) -> String {
        let id = self.next_number();
        let name = gid(kind, id);
        let now_ms = self.clock.now_ms();
        let created_ms = parse_rfc3339(text_of(&body, "createdAt")).unwrap_or(now_ms);
        body.insert("id".into(), json!(name));
        body.insert("createdAt".into(), json!(rfc3339(created_ms)));
        body.insert("updatedAt".into(), json!(rfc3339(now_ms)));
        if kind == "Order" && !text_of(&body, "customer").is_empty() {
            let customer = text_of(&body, "customer").to_owned();
            self.orders_of.entry(customer).or_default().push(name.clone());
        }
        self.index(kind, id, &body);
        let row = Row { body: Arc::new(body), created_ms, updated_ms: now_ms, previous: None };
        self.tables.entry(kind.to_owned()).or_default().put(id, row);
        name
    }

    /// Changes an object; its change time moves on. Nothing happens when it is gone.
    pub(crate) fn change(&mut self, gid: &str, change: impl FnOnce(&mut Object)) {
        let Some((kind, id)) = split(gid) else { return };
        let now_ms = self.clock.now_ms();
        let Some(row) = self.row(gid).cloned() else { return };
        let mut body = row.body.as_ref().clone();
        self.unindex(kind, &body);
        change(&mut body);
        body.insert("updatedAt".into(), json!(rfc3339(now_ms)));
        self.index(kind, id, &body);
        let previous = self.keep_previous.then_some((row.body, row.updated_ms));
        let row = Row { body: Arc::new(body), created_ms: row.created_ms, updated_ms: now_ms, previous };
        self.tables.entry(kind.to_owned()).or_default().put(id, row);
    }

    /// Merges fields into an object.
    pub(crate) fn merge(&mut self, gid: &str, fields: Object) {
        self.change(gid, |body| body.extend(fields));
    }

    /// Takes an object out, with its metafields.
    pub(crate) fn remove(&mut self, gid: &str) -> Option<Row> {
        let (kind, id) = split(gid)?;
        let row = self.tables.get_mut(kind)?.remove(id)?;
        self.unindex(kind, &row.body);
        self.remove_metafields(gid);
        if kind == "Order"
            && let Some(orders) = self.orders_of.get_mut(text_of(&row.body, "customer"))
        {
            orders.retain(|order| order != gid);
        }
        Some(row)
    }

    fn index(&mut self, kind: &str, id: u64, body: &Object) {
        for (own, field) in UNIQUE.iter().filter(|(own, _)| *own == kind) {
            let value = text_of(body, field).to_lowercase();
            if !value.is_empty() {
                self.unique.insert((own, field, value), id);
            }
        }
    }

    fn unindex(&mut self, kind: &str, body: &Object) {
        for (own, field) in UNIQUE.iter().filter(|(own, _)| *own == kind) {
            self.unique.remove(&(*own, *field, text_of(body, field).to_lowercase()));
        }
    }

    /// Remembers a change for webhooks.
    pub(crate) fn tell(&mut self, topic: &'static str, gid: &str) {
        self.changes.push(Change { topic, gid: gid.to_owned(), payload: None });
    }

    /// Remembers a deletion for webhooks: its payload is the number alone.
    pub(crate) fn tell_gone(&mut self, topic: &'static str, gid: &str) {
        let payload = split(gid).map(|(_, id)| json!({"id": id}));
        self.changes.push(Change { topic, gid: gid.to_owned(), payload });
    }
}

/// The fields of a JSON object; none for other values.
fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn info(config: &ShopifyConfig, now: &str) -> Object {
    object(json!({
        "id": gid("Shop", config.shop_id),
        "name": config.shop_name,
        "email": format!("owner@{}", config.shop_domain),
        "myshopifyDomain": config.shop_domain,
        "url": format!("https://{}", config.shop_domain),
        "currencyCode": config.currency,
        "enabledPresentmentCurrencies": [config.currency],
        "ianaTimezone": "America/New_York",
        "timezoneOffset": "-0500",
        "taxesIncluded": false,
        "plan": {"displayName": "Basic", "partnerDevelopment": true, "shopifyPlus": false},
        "createdAt": now,
        "updatedAt": now,
    }))
}
