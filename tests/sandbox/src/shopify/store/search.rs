//! The `query:` argument: `updated_at:>='2026-01-15T10:20:30Z' AND (tag:vip OR -status:closed)`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::gid::split;
use super::shop::Shop;
use crate::kit::clock::{midnight_ms, parse_date, parse_rfc3339};
use crate::kit::decimals::{Object, items_of, parse, text_of};

/// Filter names by kind, apart from those every kind has.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "Order",
        &[
            "name",
            "email",
            "customer_id",
            "financial_status",
            "fulfillment_status",
            "status",
            "tag",
            "processed_at",
            "source_identifier",
            "source_name",
            "po_number",
            "sku",
            "test",
        ],
    ),
    ("Customer", &["email", "phone", "first_name", "last_name", "state", "tag", "company"]),
    (
        "Product",
        &["title", "handle", "vendor", "product_type", "status", "tag", "sku", "barcode", "published_at"],
    ),
    ("ProductVariant", &["sku", "barcode", "title", "product_id", "inventory_quantity"]),
    ("InventoryItem", &["sku"]),
    ("Location", &["name"]),
    ("DraftOrder", &["status", "tag", "customer_id"]),
    ("Company", &["name", "external_id"]),
    ("WebhookSubscription", &["topic"]),
];

const COMMON: [&str; 3] = ["id", "created_at", "updated_at"];

/// A search, ready to be asked of each object.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    root: Option<Node>,
    /// Names the kind has no filter for. The provider ignores them.
    pub(crate) unknown: Vec<String>,
}

#[derive(Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Term {
        field: String,
        op: Op,
        value: String,
    },
    /// An ignored part: everything passes.
    Ignored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Is,
    Less,
    LessOrIs,
    More,
    MoreOrIs,
}

impl Filter {
    /// Reads the text of a search on a kind. Nothing is ever refused: what is not understood is ignored.
    pub(crate) fn parse(kind: &str, text: &str) -> Self {
        let mut parser = Parser { tokens: tokens(text), at: 0, kind, unknown: Vec::new() };
        let root = parser.any();
        Self { root: Some(root), unknown: parser.unknown }
    }

    /// Whether an object in this state matches.
    pub(crate) fn matches(&self, shop: &Shop, kind: &str, body: &Object) -> bool {
        self.root.as_ref().is_none_or(|node| node.matches(shop, kind, body))
    }
}

impl Node {
    fn matches(&self, shop: &Shop, kind: &str, body: &Object) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.matches(shop, kind, body)),
            Node::Any(nodes) => nodes.iter().any(|node| node.matches(shop, kind, body)),
            Node::Not(node) => !node.matches(shop, kind, body),
            Node::Ignored => true,
            Node::Term { field, op, value } => {
                values(shop, kind, field, body).iter().any(|own| compare(own, *op, value))
            }
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut current = String::new();
    let mut quote = None;
    for letter in text.chars() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, ' ' | '\t' | '\n') => push(&mut tokens, &mut current),
            (None, '(' | ')') => {
                push(&mut tokens, &mut current);
                tokens.push(letter.to_string());
            }
            _ => current.push(letter),
        }
    }
    push(&mut tokens, &mut current);
    tokens
}

fn push(tokens: &mut Vec<String>, current: &mut String) {
    if !current.is_empty() {
        tokens.push(std::mem::take(current));
    }
}

struct Parser<'a> {
    tokens: Vec<String>,
    at: usize,
    kind: &'a str,
    unknown: Vec<String>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn any(&mut self) -> Node {
        let mut nodes = vec![self.all()];
        while self.peek() == Some("OR") {
            self.at += 1;
            nodes.push(self.all());
        }
        Node::Any(nodes)
    }

    fn all(&mut self) -> Node {
        let mut nodes = Vec::new();
        while let Some(token) = self.peek() {
            match token {
                "OR" | ")" => break,
                "AND" => self.at += 1,
                _ => nodes.push(self.one()),
            }
        }
        Node::All(nodes)
    }

    fn one(&mut self) -> Node {
        let Some(token) = self.peek().map(str::to_owned) else { return Node::Ignored };
        self.at += 1;
        match token.as_str() {
            "NOT" => Node::Not(Box::new(self.one())),
            "(" => {
                let inside = self.any();
                if self.peek() == Some(")") {
                    self.at += 1;
                }
                inside
            }
            _ => match token.strip_prefix('-') {
                Some(rest) => Node::Not(Box::new(self.term(rest))),
                None => self.term(&token),
            },
        }
    }

    fn term(&mut self, text: &str) -> Node {
        let Some((field, rest)) = text.split_once(':') else {
            return Node::Term { field: "default".into(), op: Op::Is, value: text.to_owned() };
        };
        if !is_filter(self.kind, field) {
            self.unknown.push(field.to_owned());
            return Node::Ignored;
        }
        let (op, value) = [(">=", Op::MoreOrIs), ("<=", Op::LessOrIs), (">", Op::More), ("<", Op::Less)]
            .into_iter()
            .find_map(|(sign, op)| rest.strip_prefix(sign).map(|value| (op, value)))
            .unwrap_or((Op::Is, rest));
        // A filter and its value may stand apart: `updated_at:>= '2026-01-15'`.
        let value = if value.is_empty() && self.peek().is_some_and(|next| next != ")") {
            self.at += 1;
            self.tokens[self.at - 1].clone()
        } else {
            value.to_owned()
        };
        Node::Term { field: field.to_owned(), op, value }
    }
}

fn is_filter(kind: &str, field: &str) -> bool {
    let own = FIELDS.iter().find(|(own, _)| *own == kind).map_or(&[][..], |(_, fields)| fields);
    COMMON.contains(&field) || own.contains(&field) || field.starts_with("metafields.") || field == "default"
}

/// The values of an object a filter is compared with.
fn values(shop: &Shop, kind: &str, field: &str, body: &Object) -> Vec<String> {
    let text = |name: &str| match body.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let number = |gid: String| split(&gid).map_or_else(Vec::new, |(_, id)| vec![id.to_string()]);
    let sku = |item: &str| shop.body(item).map(|item| text_of(&item, "sku").to_owned());
    let nested = |list: &str, name: &str| -> Vec<String> {
        let gids = items_of(body, list).iter().filter_map(Value::as_str);
        gids.filter_map(|gid| shop.body(gid)).map(|body| text_of(&body, name).to_owned()).collect()
    };
    match field {
        "id" => number(text("id")),
        "customer_id" => number(text("customer")),
        "product_id" => number(text("product")),
        "tag" => items_of(body, "tags").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        "status" if kind == "Order" => vec![order_status(body).to_owned(), "any".to_owned()],
        "financial_status" => vec![text("displayFinancialStatus")],
        "fulfillment_status" => fulfilment(&text("displayFulfillmentStatus")),
        "sku" if kind == "Order" => nested("lineItems", "sku"),
        "sku" if kind == "ProductVariant" => sku(&text("inventoryItem")).into_iter().collect(),
        "sku" if kind == "Product" => {
            nested("variants", "inventoryItem").iter().filter_map(|item| sku(item)).collect()
        }
        "barcode" if kind == "Product" => nested("variants", field),
        "default" => ["name", "email", "title", "sku", "firstName", "lastName"].map(text).into(),
        _ => match field.strip_prefix("metafields.").and_then(|path| path.split_once('.')) {
            Some((namespace, key)) => {
                let found = shop.metafield_of(&text("id"), namespace, key).and_then(|gid| shop.body(&gid));
                found.map(|body| text_of(&body, "value").to_owned()).into_iter().collect()
            }
            None => vec![text(&camel(field))],
        },
    }
}

fn order_status(body: &Object) -> &'static str {
    if body.get("cancelledAt").is_some_and(Value::is_string) {
        "cancelled"
    } else if body.get("closed") == Some(&json!(true)) {
        "closed"
    } else {
        "open"
    }
}

/// The filter has words of its own next to those of the object.
fn fulfilment(status: &str) -> Vec<String> {
    let more = match status {
        "FULFILLED" => "shipped",
        "PARTIALLY_FULFILLED" => "partial",
        _ => "unshipped",
    };
    vec![status.to_owned(), more.to_owned()]
}

/// `updated_at` as the object's `updatedAt`.
pub(crate) fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn compare(own: &str, op: Op, wanted: &str) -> bool {
    if op == Op::Is && (wanted.ends_with('*') || wanted == "*") {
        let start = wanted.trim_end_matches('*').to_lowercase();
        return !own.is_empty() && own.to_lowercase().starts_with(&start);
    }
    let order = match (instant(own), instant(wanted)) {
        (Some(own), Some(wanted)) => Some(own.cmp(&wanted)),
        _ => match (parse(own), parse(wanted)) {
            (Some(own), Some(wanted)) => Some(own.cmp(&wanted)),
            _ if own.is_empty() => None,
            _ => Some(own.to_lowercase().cmp(&wanted.to_lowercase())),
        },
    };
    order.is_some_and(|order| match op {
        Op::Is => order == Ordering::Equal,
        Op::Less => order == Ordering::Less,
        Op::LessOrIs => order != Ordering::Greater,
        Op::More => order == Ordering::Greater,
        Op::MoreOrIs => order != Ordering::Less,
    })
}

/// Whole seconds: the search knows no finer ones.
fn instant(text: &str) -> Option<i64> {
    let ms = parse_rfc3339(text).or_else(|| parse_date(text).map(midnight_ms))?;
    Some(ms.div_euclid(1000))
}
