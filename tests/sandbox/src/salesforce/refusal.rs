//! Refusals and their bodies: an array of errors (fact sheet, "Errors").

use serde_json::{Value, json};

use crate::kit::Answer;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    code: String,
    message: String,
    fields: Vec<String>,
}

const NOT_MODELLED: &str = "NOT_MODELLED";

impl Refusal {
    pub(super) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), fields: Vec::new() }
    }

    /// 400 with this code.
    pub(super) fn bad(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// The fields it is about.
    pub(super) fn at(mut self, fields: &[&str]) -> Self {
        self.fields = fields.iter().map(|&field| field.to_owned()).collect();
        self
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    pub(super) fn deleted() -> Self {
        Self::bad("ENTITY_IS_DELETED", "entity is deleted")
    }

    pub(super) fn stale() -> Self {
        Self::new(412, "PRECONDITION_FAILED", "The record was changed after the given time or version")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    /// The day's requests are used up, or too many long ones run at once.
    pub(super) fn throttled(what: &str) -> Self {
        Self::new(403, "REQUEST_LIMIT_EXCEEDED", format!("{what} Limit exceeded."))
    }

    pub(super) fn unexpected() -> Self {
        let message =
            "An unexpected error occurred. Please include this ErrorId if you contact support: sandbox";
        Self::new(500, "UNKNOWN_EXCEPTION", message)
    }

    pub(super) fn unknown_field(kind: &str, name: &str) -> Self {
        Self::bad("INVALID_FIELD", format!("No such column '{name}' on sobject of type {kind}"))
    }

    /// The simulator does not know this; never an answer of the provider.
    pub(super) fn not_modelled(what: impl Into<String>) -> Self {
        Self::new(501, NOT_MODELLED, format!("the simulator does not model {}", what.into()))
    }

    pub(super) fn is_not_modelled(&self) -> bool {
        self.code == NOT_MODELLED
    }

    /// The body of a request that was refused as a whole.
    pub(super) fn body(&self) -> Value {
        let mut error = json!({"message": self.message, "errorCode": self.code});
        if self.status == 400 {
            error["fields"] = json!(self.fields);
        }
        json!([error])
    }

    /// The result of one record of a collection.
    pub(super) fn result(&self) -> Value {
        let error = json!({"statusCode": self.code, "message": self.message, "fields": self.fields});
        json!({"success": false, "errors": [error]})
    }

    pub(super) fn answer(&self) -> Answer {
        Answer::json(self.status, &self.body()).with("content-type", "application/json;charset=UTF-8")
    }
}
