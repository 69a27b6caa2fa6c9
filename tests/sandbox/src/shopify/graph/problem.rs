//! Errors at the top of a GraphQL answer.

use async_graphql_parser::Pos;
use serde_json::{Map, Value, json};

/// One entry of `errors`.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    message: String,
    pos: Option<Pos>,
    path: Vec<Value>,
    extensions: Map<String, Value>,
    /// Whether it is something the simulator leaves out, not something the provider refuses.
    pub(crate) not_modelled: bool,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            pos: None,
            path: Vec::new(),
            extensions: Map::new(),
            not_modelled: false,
        }
    }

    /// With `extensions.code`.
    pub(crate) fn coded(code: &str, message: impl Into<String>) -> Self {
        Self::new(message).with("code", code)
    }

    /// Adds an entry to `extensions`.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn at(mut self, pos: Pos) -> Self {
        self.pos = Some(pos);
        self
    }

    pub(crate) fn on(mut self, path: &[Value]) -> Self {
        self.path = path.to_vec();
        self
    }

    /// Marks it as left out here.
    pub(crate) fn left_out(mut self) -> Self {
        self.not_modelled = true;
        self
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message});
        if let Some(pos) = self.pos {
            body["locations"] = json!([{"line": pos.line, "column": pos.column}]);
        }
        if !self.path.is_empty() {
            body["path"] = Value::Array(self.path.clone());
        }
        if !self.extensions.is_empty() {
            body["extensions"] = Value::Object(self.extensions.clone());
        }
        body
    }
}
