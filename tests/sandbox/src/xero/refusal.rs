//! Refusals and their bodies (fact sheet, "Errors").

use serde_json::{Value, json};

use crate::kit::Answer;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// One element breaks rules; prose only, no codes.
    Invalid(Vec<String>),
    /// `PostDataInvalidException` 14: the body cannot be read.
    Malformed(String),
    /// `QueryParseException` 16: a bad `where` or `order`.
    BadQuery(String),
    /// 404.
    NotFound,
    /// 412: a header that cannot be read.
    Precondition(String),
    /// 400 on the idempotency key.
    Key(String),
    /// 501: the provider has no such method.
    NotOffered(String),
    /// 501 of the simulator, never an answer of the provider.
    NotModelled(String),
}

impl Refusal {
    /// One broken rule.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(vec![message.into()])
    }

    pub(super) fn not_modelled(what: impl Into<String>) -> Self {
        Self::NotModelled(what.into())
    }

    pub(super) fn is_not_modelled(&self) -> bool {
        matches!(self, Self::NotModelled(_))
    }

    /// As an answer; for [`Refusal::Invalid`] without the element it is about.
    pub(super) fn answer(&self) -> Answer {
        let exception = |status, number: u32, kind: &str, message: &str| {
            Answer::json(status, &json!({"ErrorNumber": number, "Type": kind, "Message": message}))
        };
        match self {
            Self::Invalid(messages) => {
                let element = json!({"ValidationErrors": errors(messages)});
                Answer::json(400, &validation(&[element]))
            }
            Self::Malformed(why) => exception(400, 14, "PostDataInvalidException", why),
            Self::BadQuery(why) => exception(400, 16, "QueryParseException", why),
            Self::NotFound => {
                let text = "The resource you're looking for cannot be found";
                Answer::text(404, "text/html; charset=utf-8", text)
            }
            Self::Precondition(why) => exception(412, 412, "PreconditionFailedException", why),
            Self::Key(why) => exception(400, 10, "ValidationException", why),
            Self::NotOffered(what) => exception(501, 20, "ApiMethodNotImplementedException", what),
            Self::NotModelled(what) => {
                exception(501, 0, "NotModelled", &format!("the simulator does not model {what}"))
            }
        }
    }
}

/// `[{"Message": …}]`
pub(super) fn errors(messages: &[String]) -> Value {
    messages.iter().map(|message| json!({"Message": message})).collect()
}

/// The body of a 400 about these elements.
pub(super) fn validation(elements: &[Value]) -> Value {
    json!({
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements
    })
}

/// The body of 401 and 403.
pub(super) fn problem(status: u16, title: &str, detail: &str, instance: &str) -> Answer {
    let body = json!({
        "Type": null, "Title": title, "Status": status, "Detail": detail, "Instance": instance, "Extensions": {}
    });
    Answer::json(status, &body)
}
