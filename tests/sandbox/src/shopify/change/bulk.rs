//! Bulk operations: accepted here, run by `bulk` when their time has come.

use async_graphql_parser::types::{Selection, SelectionSet};
use serde_json::{Map, Value, json};

use super::perform::{Caller, Outcome, Refusal, coded, payload, users};
use crate::kit::decimals::{Object, text_of};
use crate::shopify::graph::request::Request;
use crate::shopify::graph::schema::{Schema, base_name, is_connection};
use crate::shopify::graph::validate::validate;
use crate::shopify::store::Shop;

/// Connections in one bulk query (fact sheet, "Bulk").
const MOST_CONNECTIONS: usize = 5;
/// Levels of connections inside the first one.
const DEEPEST: usize = 2;
/// The first version with several operations at once.
const SEVERAL_SINCE: &str = "2026-01";

pub(super) fn run_query(shop: &mut Shop, caller: &Caller, args: &Object) -> Outcome {
    let text = text_of(args, "query");
    if args.get("groupObjects") == Some(&json!(true)) {
        return Err(coded("groupObjects", "INVALID", "not modelled by the simulator: groupObjects"));
    }
    check(&caller.schema, text).map_err(|message| coded("query", "INVALID", message))?;
    let running = shop.rows("BulkOperation").filter(|(_, row)| is_running(&row.body)).count();
    let allowed = if caller.version.as_str() >= SEVERAL_SINCE { 5 } else { 1 };
    if running >= allowed {
        let message = "A bulk query operation for this app and shop is already in progress.";
        return Err(coded("", "OPERATION_IN_PROGRESS", message));
    }
    let ready_ms = shop.clock.now_ms() + i64::try_from(caller.bulk_ms).unwrap_or(i64::MAX / 2);
    let body = json!({
        "type": "QUERY", "status": "CREATED", "query": text, "objectCount": "0", "rootObjectCount": "0",
        "readyMs": ready_ms, "version": caller.version, "base": caller.base_url,
        "scopes": caller.scopes,
    });
    let fields = match body {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Ok(payload("bulkOperation", shop.insert("BulkOperation", fields)))
}

/// Whether an operation is not over yet.
pub(super) fn is_running(body: &Object) -> bool {
    matches!(text_of(body, "status"), "CREATED" | "RUNNING" | "CANCELING")
}

pub(super) fn cancel(shop: &mut Shop, args: &Object) -> Outcome {
    let id = text_of(args, "id").to_owned();
    let body =
        shop.body_of("BulkOperation", &id).ok_or_else(|| users("id", "Bulk operation does not exist"))?;
    if !is_running(&body) {
        let message = format!(
            "A bulk operation cannot be canceled when it is {}",
            text_of(&body, "status").to_lowercase()
        );
        return Err(Refusal::Users(vec![super::perform::user("", message)]));
    }
    shop.merge(&id, payload("status", "CANCELED"));
    Ok(payload("bulkOperation", id))
}

/// What a bulk query must be like.
fn check(schema: &Schema, text: &str) -> Result<(), String> {
    let request = Request::parse(text, Map::new(), None).map_err(|problem| message(&problem.body()))?;
    if let Some(problem) = validate(schema, &request).first() {
        return Err(format!("Invalid bulk query: {}", message(&problem.body())));
    }
    if request.is_mutation() {
        return Err("Invalid bulk query: must be a query".into());
    }
    let operation = request.operation().map_err(|problem| message(&problem.body()))?;
    let mut found = Found { connections: 0, depth: 0, fault: None };
    walk(schema, &request, ("Query", &operation.selection_set.node), 0, &mut found);
    match found {
        Found { fault: Some(fault), .. } => Err(fault),
        Found { connections: 0, .. } => Err("Bulk queries must contain at least one connection.".into()),
        Found { connections, .. } if connections > MOST_CONNECTIONS => {
            Err(format!("Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."))
        }
        Found { depth, .. } if depth > DEEPEST + 1 => Err(format!(
            "Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
        )),
        Found { .. } => Ok(()),
    }
}

fn message(body: &Value) -> String {
    body["message"].as_str().unwrap_or_default().to_owned()
}

struct Found {
    connections: usize,
    depth: usize,
    fault: Option<String>,
}

fn walk(
    schema: &Schema,
    request: &Request,
    (of, set): (&str, &SelectionSet),
    depth: usize,
    found: &mut Found,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(asked) => {
                let Some(field) = schema.field(of, asked.node.name.node.as_str()) else { continue };
                let inner = (base_name(&field.ty), &asked.node.selection_set.node);
                let is_list = is_connection(&field.ty);
                if is_list {
                    found.connections += 1;
                    found.depth = found.depth.max(depth + 1);
                    if depth > 0 && schema.is_counted(of) && !selects_id(set) {
                        let rule = "The parent 'node' field for a nested connection must select the 'id' field without an alias";
                        found.fault = Some(rule.into());
                    }
                }
                walk(schema, request, inner, depth + usize::from(is_list), found);
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref();
                let on = on.map_or(of, |condition| condition.node.on.node.as_str());
                walk(schema, request, (on, &fragment.node.selection_set.node), depth, found);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = request.document().fragments.get(name) else { continue };
                let on = fragment.node.type_condition.node.on.node.as_str();
                walk(schema, request, (on, &fragment.node.selection_set.node), depth, found);
            }
        }
    }
}

fn selects_id(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| {
        matches!(&item.node, Selection::Field(asked)
            if asked.node.name.node.as_str() == "id" && asked.node.alias.is_none())
    })
}
