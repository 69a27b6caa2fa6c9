//! A request against the schema: fields, arguments, variables, fragments.

use std::collections::BTreeSet;

use async_graphql_parser::types::{
    BaseType, Field as Asked, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::Value as Literal;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::Request;
use super::schema::{Input, Kind, Schema, base_name};

/// Fragments inside fragments beyond this are taken for a circle.
const DEEPEST: usize = 40;

/// Name of the root type of an operation.
pub(crate) fn root_type(operation: &OperationDefinition) -> Option<&'static str> {
    match operation.ty {
        OperationType::Query => Some("Query"),
        OperationType::Mutation => Some("Mutation"),
        OperationType::Subscription => None,
    }
}

/// All that is wrong with a request before it is run.
pub(crate) fn validate(schema: &Schema, request: &Request) -> Vec<Problem> {
    let operation = match request.operation() {
        Ok(operation) => operation,
        Err(problem) => return vec![problem],
    };
    let Some(root) = root_type(operation) else {
        return vec![Problem::new("Schema is not configured for subscriptions")];
    };
    let mut check = Check { schema, request, operation, problems: Vec::new(), used: BTreeSet::new() };
    let path = [json!(root.to_lowercase())];
    check.selections(root, &operation.selection_set.node, &path, 0);
    check.unused();
    check.problems
}

/// The type a literal must have, and whether there is a default for it.
#[derive(Clone, Copy)]
struct Place<'a> {
    ty: &'a Type,
    has_default: bool,
}

impl<'a> Place<'a> {
    fn of(input: &'a Input) -> Self {
        Self { ty: &input.ty, has_default: input.default.is_some() }
    }
}

/// Where a literal stands.
#[derive(Clone, Copy)]
struct At<'a> {
    argument: &'a str,
    pos: Pos,
    path: &'a [Value],
}

struct Check<'a> {
    schema: &'a Schema,
    request: &'a Request,
    operation: &'a OperationDefinition,
    problems: Vec<Problem>,
    used: BTreeSet<String>,
}

impl Check<'_> {
    fn selections(&mut self, of: &str, set: &SelectionSet, path: &[Value], depth: usize) {
        if depth > DEEPEST {
            self.problems.push(Problem::coded("infiniteLoop", "Fragments contain an infinite loop"));
            return;
        }
        for item in &set.items {
            match &item.node {
                Selection::Field(asked) => self.field(of, asked, path, depth),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let on = on.map_or(of, |condition| condition.node.on.node.as_str());
                    if self.is_known(on, item, path) {
                        self.selections(on, &fragment.node.selection_set.node, path, depth + 1);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let Some(fragment) = self.request.document().fragments.get(name) else {
                        let message = format!("Fragment {name} was used, but not defined");
                        self.problems
                            .push(Problem::coded("useAndDefineFragment", message).at(item.pos).on(path));
                        continue;
                    };
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    if self.is_known(on, item, path) {
                        self.selections(on, &fragment.node.selection_set.node, path, depth + 1);
                    }
                }
            }
        }
    }

    fn is_known(&mut self, on: &str, item: &Positioned<Selection>, path: &[Value]) -> bool {
        let is_known = matches!(self.schema.kind(on), Some(Kind::Object(_) | Kind::Abstract(_)));
        if !is_known {
            let message = format!("No such type {on}, so it can't be a fragment condition");
            let problem = Problem::coded("undefinedType", message).at(item.pos).on(path);
            self.problems.push(problem.left_out());
        }
        is_known
    }

    fn field(&mut self, of: &str, asked: &Positioned<Asked>, path: &[Value], depth: usize) {
        let name = asked.node.name.node.as_str();
        let mut path = path.to_vec();
        path.push(json!(asked.node.response_key().node.as_str()));
        self.directives(asked);
        if name == "__typename" {
            return;
        }
        let schema = self.schema;
        let Some(field) = schema.field(of, name) else {
            let message = format!("Field '{name}' doesn't exist on type '{of}'");
            let problem = Problem::coded("undefinedField", message).with("typeName", of);
            self.problems.push(problem.with("fieldName", name).at(asked.pos).on(&path).left_out());
            return;
        };
        self.arguments(asked, (of, name), &field.args, &path);
        let base = base_name(&field.ty);
        let set = &asked.node.selection_set.node;
        let is_leaf = schema.is_leaf(base);
        if is_leaf != set.items.is_empty() {
            let rule = if is_leaf { "Selections can't be made on" } else { "Field must have selections" };
            let message = format!("{rule} (field '{name}' returns {base})");
            let problem = Problem::coded("selectionMismatch", message).with("typeName", base);
            self.problems.push(problem.at(asked.pos).on(&path));
            return;
        }
        self.selections(base, set, &path, depth);
    }

    /// Variables inside directives count as used.
    fn directives(&mut self, asked: &Positioned<Asked>) {
        for directive in &asked.node.directives {
            if !matches!(directive.node.name.node.as_str(), "include" | "skip" | "idempotent") {
                let message = format!("Directive @{} is not defined", directive.node.name.node);
                self.problems.push(Problem::coded("undefinedDirective", message).at(directive.pos));
            }
            for (_, value) in &directive.node.arguments {
                self.note_variables(&value.node);
            }
        }
    }

    fn note_variables(&mut self, literal: &Literal) {
        match literal {
            Literal::Variable(name) => {
                self.used.insert(name.to_string());
            }
            Literal::List(items) => items.iter().for_each(|item| self.note_variables(item)),
            Literal::Object(fields) => fields.values().for_each(|value| self.note_variables(value)),
            _ => {}
        }
    }

    fn arguments(
        &mut self,
        asked: &Positioned<Asked>,
        (of, name): (&str, &str),
        args: &std::collections::BTreeMap<String, Input>,
        path: &[Value],
    ) {
        for (given, value) in &asked.node.arguments {
            let Some(arg) = args.get(given.node.as_str()) else {
                let message = format!("Field '{name}' doesn't accept argument '{}'", given.node);
                let problem = Problem::coded("argumentNotAccepted", message).with("name", name);
                let problem = problem.with("typeName", "Field").with("argumentName", given.node.as_str());
                self.problems.push(problem.at(given.pos).on(path).left_out());
                continue;
            };
            let at = At { argument: given.node.as_str(), pos: value.pos, path };
            self.literal(&value.node, Place::of(arg), at);
        }
        let is_missing = |(arg, input): &(&String, &Input)| {
            !input.ty.nullable && input.default.is_none() && asked.node.get_argument(arg).is_none()
        };
        let missing: Vec<&str> = args.iter().filter(is_missing).map(|(arg, _)| arg.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("Field '{name}' is missing required arguments: {}", missing.join(", "));
            let problem = Problem::coded("missingRequiredArguments", message).with("className", "Field");
            self.problems.push(problem.with("typeName", of).at(asked.pos).on(path));
        }
    }

    /// A literal against the type of its place; variables against their own declarations.
    fn literal(&mut self, literal: &Literal, place: Place<'_>, at: At<'_>) {
        let fits = match (literal, &place.ty.base) {
            (Literal::Variable(name), _) => {
                self.used.insert(name.to_string());
                self.variable(name.as_str(), place, at);
                true
            }
            (Literal::Null, _) => place.ty.nullable,
            (Literal::List(items), BaseType::List(inner)) => {
                for item in items {
                    self.literal(item, Place { ty: inner, has_default: false }, at);
                }
                true
            }
            (Literal::List(_), BaseType::Named(name)) => name.as_str() == "JSON",
            (_, BaseType::List(inner)) => {
                self.literal(literal, Place { ty: inner, has_default: false }, at);
                true
            }
            (_, BaseType::Named(name)) => self.named(literal, name.as_str(), at),
        };
        if !fits {
            let (argument, ty) = (at.argument, place.ty);
            let message =
                format!("Argument '{argument}' has an invalid value ({literal}). Expected type '{ty}'.");
            let problem = Problem::coded("argumentLiteralsIncompatible", message);
            self.problems.push(problem.with("argumentName", argument).at(at.pos).on(at.path));
        }
    }

    /// Whether a literal that is no list fits a named type.
    fn named(&mut self, literal: &Literal, name: &str, at: At<'_>) -> bool {
        let schema = self.schema;
        match (schema.kind(name), literal) {
            (Some(Kind::Enum(values)), Literal::Enum(given)) => {
                values.iter().any(|own| own == given.as_str())
            }
            (Some(Kind::Input(fields)), Literal::Object(given)) => {
                let mut fits = true;
                for (key, value) in given {
                    match fields.get(key.as_str()) {
                        Some(field) => self.literal(value, Place::of(field), at),
                        None => fits = false,
                    }
                }
                let is_given = |key: &str| given.keys().any(|own| own.as_str() == key);
                let is_owed = |(key, field): (&String, &Input)| {
                    !field.ty.nullable && field.default.is_none() && !is_given(key)
                };
                fits && !fields.iter().any(is_owed)
            }
            (Some(Kind::Enum(_) | Kind::Input(_)), _) => false,
            // An enumeration in the provider's schema, a pattern here.
            (_, Literal::Enum(_)) => matches!(name, "CurrencyCode" | "CountryCode"),
            _ => true,
        }
    }

    fn variable(&mut self, name: &str, place: Place<'_>, at: At<'_>) {
        let ty = place.ty;
        let mut definitions = self.operation.variable_definitions.iter();
        let Some(declared) = definitions.find(|own| own.node.name.node.as_str() == name) else {
            let message = format!("Variable ${name} is used but not declared");
            let problem = Problem::coded("variableNotDefined", message).with("variableName", name);
            self.problems.push(problem.at(at.pos).on(at.path));
            return;
        };
        let declared = &declared.node;
        let owned = &declared.var_type.node;
        let is_filled = declared.default_value.is_some() || place.has_default;
        let fits = fits(owned, ty) || (is_filled && fits(&Type { nullable: false, ..owned.clone() }, ty));
        if !fits {
            let rule = if base_name(owned) == base_name(ty) { "Nullability" } else { "Type" };
            let argument = at.argument;
            let message =
                format!("{rule} mismatch on variable ${name} and argument {argument} ({owned} / {ty})");
            let problem = Problem::coded("variableMismatch", message).with("variableName", name);
            self.problems.push(problem.at(at.pos).on(at.path));
        }
    }

    fn unused(&mut self) {
        for definition in &self.operation.variable_definitions {
            let name = definition.node.name.node.as_str();
            if !self.used.contains(name) {
                let message = format!("Variable ${name} is declared but not used");
                let problem = Problem::coded("variableNotUsed", message).with("variableName", name);
                self.problems.push(problem.at(definition.pos));
            }
        }
    }
}

/// Whether a variable of type `given` may stand where `wanted` is expected.
fn fits(given: &Type, wanted: &Type) -> bool {
    if given.nullable && !wanted.nullable {
        return false;
    }
    match (&given.base, &wanted.base) {
        (BaseType::List(given), BaseType::List(wanted)) => fits(given, wanted),
        (BaseType::Named(given), BaseType::Named(wanted)) => given == wanted,
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}
