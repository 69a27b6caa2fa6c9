//! The root fields of queries.

use serde_json::{Value, json};

use super::page::{Listing, Wanted, page};
use super::problem::Problem;
use super::run::{Raw, Run};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::shopify::store::{Filter, split};

/// Counts stop here (fact sheet, "Pagination").
const MOST: usize = 25_001;

/// Root connections and the kinds they list.
const LISTS: &[(&str, &str)] = &[
    ("orders", "Order"),
    ("customers", "Customer"),
    ("products", "Product"),
    ("productVariants", "ProductVariant"),
    ("inventoryItems", "InventoryItem"),
    ("locations", "Location"),
    ("draftOrders", "DraftOrder"),
    ("companies", "Company"),
    ("webhookSubscriptions", "WebhookSubscription"),
];

/// Root fields that find one object by its id, and the kind it must be of.
const SINGLES: &[(&str, &str)] = &[
    ("order", "Order"),
    ("customer", "Customer"),
    ("product", "Product"),
    ("productVariant", "ProductVariant"),
    ("inventoryItem", "InventoryItem"),
    ("inventoryLevel", "InventoryLevel"),
    ("fulfillment", "Fulfillment"),
    ("fulfillmentOrder", "FulfillmentOrder"),
    ("draftOrder", "DraftOrder"),
    ("company", "Company"),
    ("bulkOperation", "BulkOperation"),
    ("webhookSubscription", "WebhookSubscription"),
];

const COUNTS: &[(&str, &str)] =
    &[("ordersCount", "Order"), ("customersCount", "Customer"), ("productsCount", "Product")];

fn of(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(own, _)| *own == name).map(|(_, kind)| *kind)
}

impl Run<'_> {
    /// The raw value of a root field.
    pub(super) fn root(&mut self, name: &str, args: &Object) -> Result<Raw, Problem> {
        if let Some(kind) = of(LISTS, name) {
            return self.list(kind, args).map(Raw::Object);
        }
        if let Some(kind) = of(SINGLES, name) {
            return Ok(Raw::Value(self.single(kind, text_of(args, "id"))));
        }
        if let Some(kind) = of(COUNTS, name) {
            return Ok(Raw::Value(self.count(kind, args)));
        }
        Ok(match name {
            "shop" => Raw::Object(self.shop.info().clone()),
            "node" => Raw::Value(self.node(text_of(args, "id"))),
            "nodes" => {
                let ids = items_of(args, "ids").iter().filter_map(Value::as_str);
                Raw::Value(ids.map(|gid| self.node(gid)).collect())
            }
            "location" => match text_of(args, "id") {
                "" => Raw::Value(json!(self.shop.rows("Location").next().map(|(_, row)| row.body.get("id")))),
                id => Raw::Value(self.single("Location", id)),
            },
            "currentBulkOperation" => {
                let latest = self.shop.rows("BulkOperation").next_back();
                Raw::Value(json!(latest.map(|(_, row)| row.body.get("id"))))
            }
            "currentAppInstallation" => Raw::Object(self.installation()),
            _ => Raw::Value(self.by_identifier(name, args)),
        })
    }

    fn list(&mut self, kind: &'static str, args: &Object) -> Result<Object, Problem> {
        let wanted = Wanted::of(args, self.bulk)?;
        let listing =
            Listing { kind, filter: self.filter(kind, args), sort_key: text_of(args, "sortKey"), only: None };
        Ok(page(self.shop, self.view, &listing, &wanted).into_object())
    }

    /// The search of a list. Names the kind has no filter for are warned of and ignored.
    pub(super) fn filter(&mut self, kind: &str, args: &Object) -> Filter {
        let text = text_of(args, "query");
        let mut filter = if text.is_empty() { Filter::default() } else { Filter::parse(kind, text) };
        if let Some(topics) = args.get("topics").and_then(Value::as_array) {
            let wanted: Vec<String> =
                topics.iter().filter_map(Value::as_str).map(|topic| format!("topic:{topic}")).collect();
            filter = Filter::parse(kind, &wanted.join(" OR "));
        }
        if !filter.unknown.is_empty() {
            let warning =
                |field: &String| json!({"field": field, "message": "Invalid search field for this query."});
            let warnings: Vec<Value> = filter.unknown.iter().map(warning).collect();
            self.warnings.push(json!({"query": text, "warnings": warnings}));
        }
        filter
    }

    fn count(&mut self, kind: &'static str, args: &Object) -> Value {
        let filter = self.filter(kind, args);
        let limit = args.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        let most = limit.unwrap_or(MOST).min(MOST);
        let matching = self.shop.rows(kind).filter(|(_, row)| {
            let seen = self.view.seen(row).filter(|_| self.view.may_see(kind, row));
            seen.is_some_and(|(body, _)| filter.matches(self.shop, kind, body))
        });
        let count = matching.take(most + 1).count();
        if count > most {
            json!({"count": most, "precision": "AT_LEAST"})
        } else {
            json!({"count": count, "precision": "EXACT"})
        }
    }

    /// An object by the global id of its kind; another kind or an unknown number finds nothing.
    fn single(&self, kind: &str, gid: &str) -> Value {
        match split(gid) {
            Some((own, _)) if own == kind => self.node(gid),
            _ => Value::Null,
        }
    }

    fn node(&self, gid: &str) -> Value {
        let Some((kind, _)) = split(gid) else { return Value::Null };
        let row = self.shop.row(gid).filter(|row| self.view.may_see(kind, row));
        json!(row.map(|_| gid))
    }

    fn by_identifier(&self, name: &str, args: &Object) -> Value {
        let kind = match name {
            "customerByIdentifier" => "Customer",
            "productByIdentifier" => "Product",
            _ => "Order",
        };
        let found = args.get("identifier").and_then(Value::as_object);
        let found =
            found.and_then(|identifier| crate::shopify::change::identified(self.shop, kind, identifier));
        found.map_or(Value::Null, |gid| self.node(&gid))
    }

    fn installation(&self) -> Object {
        let scope = |scope: &String| json!({"handle": scope, "description": scope});
        let mut object = Object::new();
        object.insert("id".into(), json!("gid://shopify/AppInstallation/1"));
        object.insert("app".into(), json!({"id": "gid://shopify/App/1", "title": "App"}));
        object.insert("accessScopes".into(), self.scopes.iter().map(scope).collect());
        object
    }
}
