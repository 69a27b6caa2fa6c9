//! Refusals and their bodies: `{"error": {…}}` (fact sheet, "Errors").

use serde_json::{Map, Value, json};

const INVALID: &str = "invalid_request_error";

/// Why a request was not done. Texts are the provider's where they are published.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    code: &'static str,
    message: String,
    param: String,
    decline: Option<Box<Decline>>,
    /// Whether the endpoint had begun: only then is the answer kept for its idempotency key.
    pub(crate) executed: bool,
    /// `Stripe-Should-Retry`.
    pub(crate) retry: Option<bool>,
    /// `Stripe-Rate-Limited-Reason`.
    pub(crate) limited: &'static str,
}

/// What a bank said to a card, and the payment intent it said it about.
#[derive(Clone, Debug)]
struct Decline {
    code: &'static str,
    payment_intent: Value,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code,
            message: message.into(),
            param: String::new(),
            decline: None,
            executed: false,
            retry: None,
            limited: "",
        }
    }

    /// 400 `invalid_request_error` before anything was done.
    pub(crate) fn invalid(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self::new(400, INVALID, code, message).at(param)
    }

    fn at(mut self, param: &str) -> Self {
        param.clone_into(&mut self.param);
        self
    }

    /// 400 for something the state of an object does not allow.
    pub(crate) fn state(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self { executed: true, ..Self::invalid(code, param, message) }
    }

    pub(crate) fn unknown_parameter(path: &str) -> Self {
        Self::invalid("parameter_unknown", path, format!("Received unknown parameter: {path}"))
    }

    pub(crate) fn missing(path: &str) -> Self {
        Self::invalid("parameter_missing", path, format!("Missing required param: {path}."))
    }

    pub(crate) fn empty(path: &str) -> Self {
        let message = format!(
            "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
        );
        Self::invalid("parameter_invalid_empty", path, message)
    }

    /// `what` is the object name, `param` the parameter that named it: 404 for the `id` of the path,
    /// 400 for a reference among the parameters.
    pub(crate) fn no_such(what: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {}: '{id}'", what.replace('_', ""));
        let status = if param == "id" { 404 } else { 400 };
        Self { executed: true, ..Self::new(status, INVALID, "resource_missing", message).at(param) }
    }

    /// The same where the other mode has such an object.
    pub(crate) fn other_mode(mut self, live: bool) -> Self {
        let (there, here) = if live { ("test", "live") } else { ("live", "test") };
        self.message = format!(
            "{}; a similar object exists in {there} mode, but a {here} mode key was used to make this request.",
            self.message
        );
        self
    }

    pub(crate) fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(401, INVALID, code, message)
    }

    pub(crate) fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(403, INVALID, code, message)
    }

    /// 429 of a limiter.
    pub(crate) fn rate(reason: &'static str) -> Self {
        let message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.";
        Self { limited: reason, ..Self::new(429, INVALID, "rate_limit", message) }
    }

    /// 429 because another request works on the object.
    pub(crate) fn locked() -> Self {
        let message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.";
        Self { retry: Some(true), ..Self::new(429, INVALID, "lock_timeout", message) }
    }

    /// 400: a key with another request than its first.
    pub(crate) fn other_request(key: &str, same_endpoint: bool) -> Self {
        let only = if same_endpoint { "with the same parameters" } else { "for the same endpoint" };
        let message = format!(
            "Keys for idempotent requests can only be used {only} they were first used {}. Try using a key other than '{key}' if you meant to execute a different request.",
            if same_endpoint { "with" } else { "for" }
        );
        Self::new(400, "idempotency_error", "", message)
    }

    /// 409: the first request of the key is not finished.
    pub(crate) fn in_progress(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key ({key}). Please try again later."
        );
        let refusal = Self::new(409, "idempotency_error", "idempotency_key_in_use", message);
        Self { retry: Some(true), ..refusal }
    }

    /// 402: the card was declined.
    pub(crate) fn declined(decline_code: &'static str, payment_intent: Value) -> Self {
        let message = match decline_code {
            "insufficient_funds" => "Your card has insufficient funds.",
            _ => "Your card was declined.",
        };
        let decline = Some(Box::new(Decline { code: decline_code, payment_intent }));
        Self { executed: true, decline, ..Self::new(402, "card_error", "card_declined", message) }
    }

    /// 402: the bank wants the customer to act.
    pub(crate) fn action_required(message: &str, payment_intent: Value) -> Self {
        let decline = Some(Box::new(Decline { code: "", payment_intent }));
        let code = "invoice_payment_intent_requires_action";
        Self { executed: true, decline, ..Self::new(402, "card_error", code, message) }
    }

    /// 500.
    pub(crate) fn broken() -> Self {
        let message =
            "An unknown error occurred. If this persists, contact support at https://support.stripe.com.";
        Self { executed: true, ..Self::new(500, "api_error", "", message) }
    }

    /// The simulator does not know this; never an answer of the provider.
    pub(crate) fn not_modelled(what: impl Into<String>, param: &str) -> Self {
        Self::new(501, INVALID, "not_modelled", format!("not modelled: {}", what.into())).at(param)
    }

    pub(crate) fn is_not_modelled(&self) -> bool {
        self.code == "not_modelled"
    }

    /// The whole body.
    pub(crate) fn body(&self, request_id: &str, livemode: bool) -> Value {
        let mut error = Map::new();
        error.insert("type".into(), json!(self.kind));
        error.insert("message".into(), json!(self.message));
        if !self.code.is_empty() {
            error.insert("code".into(), json!(self.code));
            error.insert(
                "doc_url".into(),
                json!(format!("https://stripe.com/docs/error-codes/{}", self.code)),
            );
        }
        if !self.param.is_empty() {
            error.insert("param".into(), json!(self.param));
        }
        if let Some(decline) = &self.decline {
            if !decline.code.is_empty() {
                error.insert("decline_code".into(), json!(decline.code));
            }
            error.insert("charge".into(), decline.payment_intent["latest_charge"].clone());
            error.insert("payment_intent".into(), decline.payment_intent.clone());
        }
        if self.status >= 400 && self.status != 429 && !request_id.is_empty() {
            let mode = if livemode { "" } else { "/test" };
            let url = format!("https://dashboard.stripe.com{mode}/logs/{request_id}");
            error.insert("request_log_url".into(), json!(url));
        }
        json!({"error": error})
    }
}
