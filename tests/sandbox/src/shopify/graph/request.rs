//! A GraphQL request: its body, the operation meant, its variables.

use async_graphql_parser::parse_query;
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition,
};
use serde_json::{Map, Value};

use super::coerce::coerce;
use super::problem::Problem;
use super::schema::{Kind, Schema, base_name};

/// A request that can be checked and run.
pub(crate) struct Request {
    document: ExecutableDocument,
    operation_name: Option<String>,
    /// The variables as they came.
    pub(crate) given: Map<String, Value>,
}

impl Request {
    /// Reads `{query, variables, operationName}`.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Problem> {
        let body: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| Problem::coded("BAD_REQUEST", "Invalid JSON in the request body"))?;
        let text = body.get("query").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Problem::new("Required parameter missing or invalid: query"))?;
        let given = match body.get("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(given)) => given.clone(),
            Some(_) => return Err(Problem::coded("BAD_REQUEST", "Variables must be an object")),
        };
        let operation_name = body.get("operationName").and_then(Value::as_str).map(str::to_owned);
        Self::parse(text, given, operation_name)
    }

    /// Parses a query text.
    pub(crate) fn parse(
        text: &str,
        given: Map<String, Value>,
        operation_name: Option<String>,
    ) -> Result<Self, Problem> {
        let document = parse_query(text).map_err(|error| {
            let problem = Problem::coded("PARSE_ERROR", format!("syntax error: {error}"));
            match error.positions().next() {
                Some(pos) => problem.at(pos),
                None => problem,
            }
        })?;
        Ok(Self { document, operation_name, given })
    }

    /// The document, for its fragments.
    pub(crate) fn document(&self) -> &ExecutableDocument {
        &self.document
    }

    /// The operation to run.
    pub(crate) fn operation(&self) -> Result<&OperationDefinition, Problem> {
        match (&self.document.operations, &self.operation_name) {
            (DocumentOperations::Single(operation), _) => Ok(&operation.node),
            (DocumentOperations::Multiple(operations), Some(name)) => {
                let found = operations.iter().find(|(own, _)| own.as_str() == name);
                let missing = || Problem::new(format!("No operation named \"{name}\""));
                found.map(|(_, operation)| &operation.node).ok_or_else(missing)
            }
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
                let only = operations.values().next().expect("the guard counted one");
                Ok(&only.node)
            }
            _ => Err(Problem::new("An operation name is required")),
        }
    }

    /// Whether it can change something. A request that cannot be read changes nothing.
    pub(crate) fn is_mutation(&self) -> bool {
        self.operation().is_ok_and(|operation| operation.ty == OperationType::Mutation)
    }

    /// The variables against their declared types, defaults filled in.
    pub(crate) fn variables(&self, schema: &Schema) -> Result<Map<String, Value>, Vec<Problem>> {
        let operation = self.operation().map_err(|problem| vec![problem])?;
        let mut variables = Map::new();
        let mut problems = Vec::new();
        for definition in &operation.variable_definitions {
            match self.variable(schema, &definition.node) {
                Ok(Some(value)) => {
                    variables.insert(definition.node.name.node.to_string(), value);
                }
                Ok(None) => {}
                Err(problem) => problems.push(problem.at(definition.pos)),
            }
        }
        if problems.is_empty() { Ok(variables) } else { Err(problems) }
    }

    fn variable(&self, schema: &Schema, definition: &VariableDefinition) -> Result<Option<Value>, Problem> {
        let (name, ty) = (definition.name.node.as_str(), &definition.var_type.node);
        let is_input =
            matches!(schema.kind(base_name(ty)), Some(Kind::Scalar | Kind::Enum(_) | Kind::Input(_)));
        if !is_input {
            let message = format!("{} isn't a defined input type (on ${name})", base_name(ty));
            return Err(Problem::coded("variableRequiresValidType", message).left_out());
        }
        let default = definition.default_value.as_ref().and_then(|value| value.node.clone().into_json().ok());
        let Some(value) = self.given.get(name).cloned().or(default) else {
            if ty.nullable {
                return Ok(None);
            }
            return Err(Problem::coded(
                "INVALID_VARIABLE",
                format!("Variable ${name} of type {ty} was provided invalid value"),
            )
            .with("value", Value::Null));
        };
        coerce(schema, ty, &value, &[]).map(Some).map_err(|misfit| {
            let at: Vec<String> =
                misfit.path.iter().map(|step| step.to_string().trim_matches('"').to_owned()).collect();
            let place = if at.is_empty() { String::new() } else { format!(" for {}", at.join(".")) };
            let explanation = misfit.explanation;
            Problem::coded(
                "INVALID_VARIABLE",
                format!("Variable ${name} of type {ty} was provided invalid value{place} ({explanation})"),
            )
            .with("value", value)
            .with("problems", serde_json::json!([{"path": misfit.path, "explanation": explanation}]))
        })
    }
}
