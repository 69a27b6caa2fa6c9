//! Refusals in the provider's error body.

use serde_json::{Map, Value, json};

use crate::kit::Answer;

/// A refusal before it has a correlation id.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) category: &'static str,
    pub(crate) message: String,
    pub(crate) context: Map<String, Value>,
    pub(crate) not_modelled: bool,
}

impl Problem {
    pub(crate) fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, category, message: message.into(), context: Map::new(), not_modelled: false }
    }

    /// 400.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "VALIDATION_ERROR", message)
    }

    /// 404.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(
            404,
            "OBJECT_NOT_FOUND",
            format!("Object not found.  objectId are usually numeric. ({what})"),
        )
    }

    /// 409.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "CONFLICT", message)
    }

    /// 404 for a path the simulator leaves out.
    pub(crate) fn left_out(what: impl Into<String>) -> Self {
        let message = format!("not modelled by the simulator: {}", what.into());
        Self { not_modelled: true, ..Self::new(404, "NOT_FOUND", message) }
    }

    /// One value of a property that is not right.
    pub(crate) fn property(name: &str, error: &str, message: &str) -> Self {
        let detail = json!([{"isValid": false, "message": message, "error": error, "name": name}]);
        let mut problem = Self::invalid(format!("Property values were not valid: {detail}"));
        problem.context.insert("propertyName".into(), json!([name]));
        problem
    }

    /// Adds a list of words to `context`.
    pub(crate) fn with(mut self, name: &str, values: &[&str]) -> Self {
        self.context.insert(name.to_owned(), json!(values));
        self
    }

    /// As an entry of `errors` in an answer of status 207.
    pub(crate) fn entry(&self) -> Value {
        json!({"status": "error", "category": self.category, "message": self.message, "context": self.context})
    }

    pub(crate) fn answer(&self, correlation_id: &str) -> Answer {
        let mut body = json!({
            "status": "error", "message": self.message, "correlationId": correlation_id, "category": self.category,
        });
        if !self.context.is_empty() {
            body["context"] = json!(self.context);
        }
        Answer::json(self.status, &body)
    }
}
