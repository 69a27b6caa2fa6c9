//! A GraphQL schema: requests are validated by it, and answers must have the shape that was asked for.

use std::path::Path;

use anyhow::Context as _;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

use super::{Exchange, Verdict};

/// A schema.
pub struct GraphQl(Valid<Schema>);

impl GraphQl {
    /// Reads a schema in SDL.
    ///
    /// Errors: it cannot be read, or is not valid.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        Self::new(&std::fs::read_to_string(path)?).with_context(|| path.display().to_string())
    }

    /// A schema that was read.
    pub(crate) fn new(text: &str) -> anyhow::Result<Self> {
        let text = &format!("{text}{}", missing(text));
        let schema = Schema::parse_and_validate(text, "schema.graphql");
        Ok(Self(schema.map_err(|wrong| anyhow::anyhow!("{}", wrong.errors))?))
    }

    /// Holds an exchange with a GraphQL endpoint against the schema.
    pub(crate) fn check(&self, exchange: &Exchange) -> Verdict {
        let body = exchange.body_json().filter(|_| exchange.path.ends_with("/graphql.json"));
        let Some((body, query)) =
            body.and_then(|body| body["query"].as_str().map(str::to_owned).map(|q| (body, q)))
        else {
            return Verdict::Undescribed(exchange.summary());
        };
        let document = match ExecutableDocument::parse_and_validate(&self.0, &query, "request.graphql") {
            Ok(document) => document,
            Err(wrong) => {
                let operation = query.lines().next().unwrap_or_default().trim().to_owned();
                let problems = wrong.errors.iter().map(|error| error.error.to_string()).collect();
                return Verdict::Checked { operation, problems };
            }
        };
        let name = body["operationName"].as_str();
        let Ok(operation) = document.operations.get(name) else {
            return Verdict::Checked {
                operation: query,
                problems: vec!["names no operation of it".to_owned()],
            };
        };
        let mut problems = self.variables(operation, &body["variables"]);
        if let Some(Value::Object(data)) = exchange.answer_json().map(|mut answer| answer["data"].take()) {
            let answer = Answer { schema: &self.0, document: &document };
            answer.object(&operation.selection_set, &Value::Object(data), ("data", &mut problems));
        }
        Verdict::Checked { operation: named(operation), problems }
    }

    fn variables(&self, operation: &Operation, given: &Value) -> Vec<String> {
        let given = given.as_object().cloned().unwrap_or_default();
        let text = Value::Object(given).to_string();
        let Ok(values) = serde_json::from_str::<JsonMap>(&text) else {
            return vec!["the variables are no object".to_owned()];
        };
        let unknown = values
            .iter()
            .filter(|(name, _)| !operation.variables.iter().any(|known| known.name.as_str() == name.as_str()))
            .map(|(name, _)| format!("variable `{}` is not declared", name.as_str()));
        let mut problems: Vec<String> = unknown.collect();
        if let Err(wrong) = coerce_variable_values(&self.0, operation, &values) {
            problems.push(format!("variables: {}", wrong.message()));
        }
        problems
    }
}

/// What a printed schema of Shopify's leaves out: its roots have names of their own, and `@idempotent` came with 2026-01
/// (shopify.dev, "Idempotent requests"), after the last schema that was published whole.
fn missing(text: &str) -> &'static str {
    if text.contains("type QueryRoot") && !text.contains("schema {") {
        "\nschema { query: QueryRoot mutation: Mutation }\ndirective @idempotent(key: String!) on FIELD\n"
    } else {
        ""
    }
}

/// `mutation productUpdate`: the kind and its top-level fields.
fn named(operation: &Operation) -> String {
    let fields: Vec<&str> = operation
        .selection_set
        .selections
        .iter()
        .filter_map(|selection| selection.as_field().map(|field| field.name.as_str()))
        .collect();
    format!("{} {}", operation.operation_type, fields.join(", "))
}

/// An answer under examination.
struct Answer<'a> {
    schema: &'a Valid<Schema>,
    document: &'a ExecutableDocument,
}

type Found<'a> = (&'a str, &'a mut Vec<String>);

impl Answer<'_> {
    fn object(&self, asked: &SelectionSet, value: &Value, (path, problems): Found<'_>) {
        let Some(members) = value.as_object() else {
            problems.push(format!("answer: `{path}` is no object"));
            return;
        };
        let (mut fields, mut is_exact) = (Vec::new(), true);
        self.fields(asked, &mut fields, &mut is_exact);
        for field in &fields {
            let key = field.response_key().as_str();
            match members.get(key) {
                Some(value) => {
                    self.value(field, &field.definition.ty, value, (&format!("{path}.{key}"), problems));
                }
                None if is_exact => problems.push(format!("answer: `{path}.{key}` is missing")),
                None => {}
            }
        }
        let extra =
            members.keys().filter(|key| !fields.iter().any(|field| field.response_key().as_str() == *key));
        problems.extend(extra.map(|key| format!("answer: `{path}.{key}` was not asked for")));
    }

    /// The fields asked for; not exact where a type condition decides about some.
    fn fields<'b>(&'b self, asked: &'b SelectionSet, fields: &mut Vec<&'b Field>, is_exact: &mut bool) {
        for selection in &asked.selections {
            match selection {
                Selection::Field(field) => fields.push(field),
                Selection::InlineFragment(inline) => {
                    *is_exact = false;
                    self.fields(&inline.selection_set, fields, is_exact);
                }
                Selection::FragmentSpread(spread) => {
                    *is_exact = false;
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.fields(&fragment.selection_set, fields, is_exact);
                    }
                }
            }
        }
    }

    fn value(&self, field: &Field, ty: &Type, value: &Value, (path, problems): Found<'_>) {
        if value.is_null() {
            if ty.is_non_null() {
                problems.push(format!("answer: `{path}` is null"));
            }
        } else if ty.is_list() {
            let Some(items) = value.as_array() else {
                problems.push(format!("answer: `{path}` is no list"));
                return;
            };
            for (at, item) in items.iter().enumerate() {
                self.value(field, ty.item_type(), item, (&format!("{path}[{at}]"), problems));
            }
        } else if field.selection_set.selections.is_empty() {
            problems.extend(self.leaf(ty, value).map(|why| format!("answer: `{path}` {why}")));
        } else {
            self.object(&field.selection_set, value, (path, problems));
        }
    }

    /// What is wrong with a scalar or an enum value.
    fn leaf(&self, ty: &Type, value: &Value) -> Option<String> {
        let name = ty.inner_named_type();
        let fits = match self.schema.types.get(name)? {
            ExtendedType::Enum(known) => {
                value.as_str().is_some_and(|given| known.values.keys().any(|word| word.as_str() == given))
            }
            ExtendedType::Scalar(_) => match name.as_str() {
                "Int" => value.is_i64(),
                "Float" => value.is_number(),
                "Boolean" => value.is_boolean(),
                "JSON" => true,
                // Shopify's own scalars (Decimal, DateTime, Money, UnsignedInt64, URL) are texts.
                _ => value.is_string(),
            },
            _ => false,
        };
        (!fits).then(|| format!("is no {name}: {value}"))
    }
}
