//! Running a request that was found right.

use std::sync::Arc;

use async_graphql_parser::Positioned;
use async_graphql_parser::types::{BaseType, Field as Asked, Selection, SelectionSet, Type};
use serde_json::{Map, Value, json};

use super::coerce::{coerce, filled};
use super::computed::computed;
use super::cost::{CONNECTION, MUTATION};
use super::page::Wanted;
use super::problem::Problem;
use super::request::Request;
use super::schema::{Field, Kind, Schema, base_name, is_connection};
use crate::kit::decimals::{Object, text_of};
use crate::shopify::change::{Caller, mutate};
use crate::shopify::store::{Shop, View, split};

/// A value before a selection is made on it.
pub(super) enum Raw {
    Value(Value),
    Object(Object),
}

/// One request being run.
pub(crate) struct Run<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) request: &'a Request,
    pub(crate) variables: &'a Map<String, Value>,
    pub(crate) shop: &'a mut Shop,
    pub(crate) view: View,
    /// Scopes of the caller's token.
    pub(crate) scopes: &'a [String],
    /// Who calls, for mutations.
    pub(crate) caller: &'a Caller,
    /// Whether pages have no end: a bulk operation.
    pub(crate) bulk: bool,
    pub(crate) problems: Vec<Problem>,
    /// Entries of `extensions.search`.
    pub(crate) warnings: Vec<Value>,
    /// Points used.
    pub(crate) cost: u64,
}

impl Run<'_> {
    /// Runs the operation; answers `data`.
    pub(crate) fn data(&mut self, root: &'static str) -> Value {
        let request = self.request;
        let Ok(operation) = request.operation() else { return Value::Null };
        Value::Object(self.selected(root, &Object::new(), &operation.selection_set.node, &[]))
    }

    /// The fields of an object a selection asks for.
    fn selected(&mut self, of: &str, body: &Object, set: &SelectionSet, path: &[Value]) -> Object {
        let mut out = Object::new();
        self.select((of, body), set, path, &mut out);
        out
    }

    fn select(&mut self, (of, body): (&str, &Object), set: &SelectionSet, path: &[Value], out: &mut Object) {
        let request = self.request;
        for item in &set.items {
            if self.is_skipped(item) {
                continue;
            }
            let (on, inner) = match &item.node {
                Selection::Field(asked) => {
                    let key = asked.node.response_key().node.to_string();
                    let mut path = path.to_vec();
                    path.push(json!(key));
                    let value = self.field(of, body, asked, &path);
                    merge(out, key, value);
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let on = on.map(|condition| condition.node.on.node.to_string());
                    (on, &fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = request.document().fragments.get(name) else { continue };
                    let on = fragment.node.type_condition.node.on.node.to_string();
                    (Some(on), &fragment.node.selection_set.node)
                }
            };
            let is_abstract = |on: &str| matches!(self.schema.kind(on), Some(Kind::Abstract(_)));
            if on.is_none_or(|on| on == of || is_abstract(&on)) {
                self.select((of, body), inner, path, out);
            }
        }
    }

    fn is_skipped(&self, item: &Positioned<Selection>) -> bool {
        item.node.directives().iter().any(|directive| {
            let condition = directive.node.get_argument("if");
            let holds = condition.and_then(|value| filled(&value.node, self.variables)) == Some(json!(true));
            match directive.node.name.node.as_str() {
                "skip" => holds,
                "include" => !holds,
                _ => false,
            }
        })
    }

    fn field(&mut self, of: &str, body: &Object, asked: &Positioned<Asked>, path: &[Value]) -> Value {
        let name = asked.node.name.node.as_str();
        if name == "__typename" {
            return json!(of);
        }
        let schema = self.schema;
        let Some(field) = schema.field(of, name) else { return Value::Null };
        if let Some(scope) = field.scope.as_ref().filter(|scope| !self.may(scope)) {
            let message = format!("Access denied for {name} field. Required access: `{scope}` access scope.");
            let problem = Problem::coded("ACCESS_DENIED", message)
                .with("documentation", "https://shopify.dev/api/usage/access-scopes")
                .with("requiredAccess", format!("`{scope}` access scope."));
            self.problems.push(problem.at(asked.pos).on(path));
            return Value::Null;
        }
        let raw = self.arguments(asked, field).and_then(|args| {
            let raw = match of {
                "Query" => self.root(name, &args)?,
                "Mutation" => self.mutation(asked, name, &args)?,
                _ => self.inner(of, body, (name, field), &args)?,
            };
            Ok(raw)
        });
        match raw {
            Ok(raw) => self.complete(&field.ty, raw, &asked.node.selection_set.node, path),
            Err(problem) => {
                self.problems.push(problem.at(asked.pos).on(path));
                Value::Null
            }
        }
    }

    /// `write_x` implies `read_x` (fact sheet, "Auth").
    fn may(&self, scope: &str) -> bool {
        let write = scope.strip_prefix("read_").map(|rest| format!("write_{rest}"));
        self.scopes.iter().any(|own| own == scope || Some(own) == write.as_ref())
    }

    fn arguments(&self, asked: &Positioned<Asked>, field: &Field) -> Result<Object, Problem> {
        let mut args = Object::new();
        for (name, input) in &field.args {
            let literal = asked.node.get_argument(name);
            let given = literal.and_then(|value| filled(&value.node, self.variables));
            let Some(value) = given.or_else(|| input.default.clone()) else { continue };
            let value = coerce(self.schema, &input.ty, &value, &[]).map_err(|misfit| {
                Problem::coded(
                    "argumentLiteralsIncompatible",
                    format!("Argument '{name}' has an invalid value: {}", misfit.explanation),
                )
            })?;
            args.insert(name.clone(), value);
        }
        Ok(args)
    }

    fn mutation(&mut self, asked: &Positioned<Asked>, name: &str, args: &Object) -> Result<Raw, Problem> {
        self.cost += MUTATION;
        let mut directives = asked.node.directives.iter();
        let idempotent = directives.find(|directive| directive.node.name.node == "idempotent");
        let key = idempotent.and_then(|directive| {
            let value = filled(&directive.node.get_argument("key")?.node, self.variables)?;
            value.as_str().map(str::to_owned)
        });
        let payload = mutate(self.shop, self.caller, (name, args), key.as_deref())?;
        Ok(Raw::Object(payload))
    }

    fn inner(
        &mut self,
        of: &str,
        body: &Object,
        (name, field): (&str, &Field),
        args: &Object,
    ) -> Result<Raw, Problem> {
        let value = computed(self.shop, of, body, name, args);
        let mut value = value.or_else(|| body.get(name).cloned()).unwrap_or_default();
        if is_connection(&field.ty) && !value.is_object() {
            let wanted = Wanted::of(args, self.bulk)?;
            let filter = self.filter(base_name(&field.ty).trim_end_matches("Connection"), args);
            let mut items = match value {
                Value::Array(items) => items,
                _ => Vec::new(),
            };
            if !text_of(args, "query").is_empty() {
                items.retain(|item| {
                    let Some(gid) = item.as_str() else { return true };
                    let kind = split(gid).map_or("", |(kind, _)| kind);
                    self.shop.body(gid).is_some_and(|body| filter.matches(self.shop, kind, &body))
                });
            }
            return Ok(Raw::Object(wanted.of_list(&items).into_object()));
        }
        if let (Value::Array(items), Some(first)) = (&mut value, args.get("first").and_then(Value::as_u64)) {
            items.truncate(usize::try_from(first).unwrap_or(usize::MAX));
        }
        Ok(Raw::Value(value))
    }

    fn complete(&mut self, ty: &Type, raw: Raw, set: &SelectionSet, path: &[Value]) -> Value {
        let value = match raw {
            Raw::Object(object) => return self.object(base_name(ty), &object, set, path),
            Raw::Value(value) => value,
        };
        match (&ty.base, value) {
            (_, Value::Null) => Value::Null,
            (BaseType::List(inner), Value::Array(items)) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let mut path = path.to_vec();
                    path.push(json!(index));
                    self.complete(inner, Raw::Value(item), set, &path)
                });
                items.collect()
            }
            (BaseType::Named(name), value) if self.schema.is_leaf(name.as_str()) => value,
            (BaseType::Named(name), Value::Object(object)) => self.object(name.as_str(), &object, set, path),
            (BaseType::Named(_), Value::String(gid)) => self.reference(&gid, set, path),
            _ => Value::Null,
        }
    }

    /// The object a global id stands for, as it is now.
    fn reference(&mut self, gid: &str, set: &SelectionSet, path: &[Value]) -> Value {
        let kind = split(gid).map(|(kind, _)| kind.to_owned());
        let (Some(kind), Some(body)) = (kind, self.shop.body(gid)) else { return Value::Null };
        let body: Arc<Object> = body;
        self.object(&kind, &body, set, path)
    }

    fn object(&mut self, of: &str, body: &Object, set: &SelectionSet, path: &[Value]) -> Value {
        let of = match text_of(body, "__typename") {
            "" => of,
            own => own,
        };
        if of.ends_with("Connection") {
            self.cost += CONNECTION;
        }
        self.cost += u64::from(self.schema.is_counted(of));
        Value::Object(self.selected(of, body, set, path))
    }
}

/// Two selections of one field become one.
fn merge(out: &mut Object, key: String, value: Value) {
    match (out.get_mut(&key), value) {
        (Some(Value::Object(own)), Value::Object(more)) => {
            for (key, value) in more {
                merge(own, key, value);
            }
        }
        (Some(Value::Array(own)), Value::Array(more)) if own.len() == more.len() => {
            for (own, more) in own.iter_mut().zip(more) {
                match (own, more) {
                    (Value::Object(own), Value::Object(more)) => {
                        for (key, value) in more {
                            merge(own, key, value);
                        }
                    }
                    (own, more) => *own = more,
                }
            }
        }
        (_, value) => {
            out.insert(key, value);
        }
    }
}
