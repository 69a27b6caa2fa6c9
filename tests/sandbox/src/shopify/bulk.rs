//! Bulk operations: run when their time has come, fetched as JSON lines.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::app::App;
use super::graph::request::Request;
use super::graph::run::Run;
use super::store::{Shop, split};
use crate::kit::Answer;
use crate::kit::clock::parse_rfc3339;
use crate::kit::decimals::{Object, items_of, text_of};

/// Links to results die after 7 days (fact sheet, "Bulk").
const KEPT_MS: i64 = 7 * 24 * 3_600_000;

/// Finishes the operations whose time has come.
pub(crate) fn advance(app: &App, shop: &mut Shop) {
    let now_ms = app.clock.now_ms();
    let open: Vec<Arc<Object>> = shop
        .rows("BulkOperation")
        .map(|(_, row)| row.body.clone())
        .filter(|body| matches!(text_of(body, "status"), "CREATED" | "RUNNING"))
        .collect();
    for body in open {
        let id = text_of(&body, "id").to_owned();
        let ready_ms = body.get("readyMs").and_then(Value::as_i64).unwrap_or(0);
        if ready_ms <= now_ms {
            finish(app, shop, &id, &body);
        } else if text_of(&body, "status") == "CREATED" {
            shop.change(&id, |body| {
                body.insert("status".into(), json!("RUNNING"));
            });
        }
    }
}

fn finish(app: &App, shop: &mut Shop, id: &str, body: &Object) {
    let scopes = items_of(body, "scopes").iter().filter_map(|scope| scope.as_str().map(str::to_owned));
    let scopes: Vec<String> = scopes.collect();
    let asked = (text_of(body, "version"), text_of(body, "query"));
    let Some(data) = read(app, shop, asked, &scopes) else {
        let now = shop.now();
        shop.change(id, |body| {
            body.insert("status".into(), json!("FAILED"));
            body.insert("errorCode".into(), json!("ACCESS_DENIED"));
            body.insert("completedAt".into(), json!(now));
        });
        shop.tell("BULK_OPERATIONS_FINISH", id);
        app.publish(shop);
        return;
    };
    let mut lines = Lines::default();
    if let Value::Object(data) = &data {
        data.values().for_each(|value| lines.root(value));
    }
    let number = split(id).map_or(0, |(_, number)| number);
    let now = shop.now();
    let mut fields = json!({
        "status": "COMPLETED", "completedAt": now, "objectCount": lines.count.to_string(),
        "rootObjectCount": lines.roots.to_string(),
    });
    if !lines.text.is_empty() {
        fields["url"] = json!(format!("{}/bulk/{number}.jsonl", text_of(body, "base")));
        fields["fileSize"] = json!(lines.text.len().to_string());
    }
    shop.files.insert(number, lines.text);
    if let Value::Object(fields) = fields {
        shop.merge(id, fields);
    }
    shop.tell("BULK_OPERATIONS_FINISH", id);
    app.publish(shop);
}

/// The whole result of a query that was found right when it was accepted; `None` when a scope is
/// missing.
fn read(app: &App, shop: &mut Shop, (version, text): (&str, &str), scopes: &[String]) -> Option<Value> {
    let request = Request::parse(text, Map::new(), None).ok()?;
    let schema = app.schema(version);
    let caller = app.caller(version, String::new(), false);
    let mut run = Run {
        schema: &schema,
        request: &request,
        variables: &Map::new(),
        view: app.view(scopes.iter().any(|scope| scope == "read_all_orders")),
        shop,
        scopes,
        caller: &caller,
        bulk: true,
        problems: Vec::new(),
        warnings: Vec::new(),
        cost: 0,
    };
    let data = run.data("Query");
    run.problems.is_empty().then_some(data)
}

/// The file being written.
#[derive(Default)]
struct Lines {
    text: String,
    count: u64,
    roots: u64,
}

impl Lines {
    /// A root field: the nodes of a connection, or one object with connections inside.
    fn root(&mut self, value: &Value) {
        match nodes(value) {
            Some(nodes) => {
                for node in nodes {
                    self.roots += 1;
                    self.node(node, None);
                }
            }
            None if value.is_object() => {
                self.roots += 1;
                self.node(value, None);
            }
            None => {}
        }
    }

    /// One object on a line, then its children on lines of their own.
    fn node(&mut self, node: &Value, parent: Option<&Value>) {
        let Value::Object(fields) = node else { return };
        let mut own = Object::new();
        let mut children = Vec::new();
        for (name, value) in fields {
            match nodes(value) {
                Some(nodes) => children.extend(nodes),
                None => {
                    own.insert(name.clone(), value.clone());
                }
            }
        }
        if let Some(parent) = parent {
            own.insert("__parentId".into(), parent.clone());
        }
        self.count += 1;
        let id = own.get("id").cloned();
        writeln!(self.text, "{}", Value::Object(own)).expect("writing to a string cannot fail");
        for child in children {
            self.node(child, id.as_ref());
        }
    }
}

/// The nodes of a connection that was selected by `edges` or `nodes`.
fn nodes(value: &Value) -> Option<Vec<&Value>> {
    if let Some(edges) = value.get("edges").and_then(Value::as_array) {
        return Some(edges.iter().map(|edge| &edge["node"]).collect());
    }
    Some(value.get("nodes")?.as_array()?.iter().collect())
}

/// `GET /bulk/{number}.jsonl`: without a token, as a signed link is.
pub(crate) async fn file(State(app): State<Arc<App>>, Path(file): Path<String>) -> Response {
    app.tally.request("bulk file");
    let number = file.strip_suffix(".jsonl").and_then(|number| number.parse().ok()).unwrap_or(0);
    let shop = app.shop();
    let done = shop.body(&super::store::gid("BulkOperation", number));
    let done = done.and_then(|body| parse_rfc3339(text_of(&body, "completedAt")));
    let is_alive = done.is_some_and(|done| done + KEPT_MS > app.clock.now_ms());
    match shop.files.get(&number).filter(|_| is_alive) {
        Some(text) => Answer::text(200, "application/jsonl", text.clone()).into_response(),
        None => Answer::text(404, "application/xml", "<Error><Code>NoSuchKey</Code></Error>").into_response(),
    }
}
