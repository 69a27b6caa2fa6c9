//! Refusals and their bodies (fact sheet, "Errors"; codes outside the specification: unverified).

use serde_json::{Value, json};

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    code: String,
    reason: Option<String>,
    message: String,
    /// What may be shown to the person at the bank.
    display: Option<&'static str>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, code: &str, message: impl Into<String>) -> Self {
        Self { status, kind, code: code.to_owned(), reason: None, message: message.into(), display: None }
    }

    pub(crate) fn request(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_REQUEST", code, message)
    }

    pub(crate) fn input(code: &str, message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_INPUT", code, message)
    }

    pub(crate) fn missing(fields: &[String]) -> Self {
        let message = format!("the following required fields are missing: {}", fields.join(", "));
        Self::request("MISSING_FIELDS", message)
    }

    pub(crate) fn unknown(field: &str) -> Self {
        let message = format!("the following fields are not recognized by this endpoint: {field}");
        Self::request("UNKNOWN_FIELDS", message)
    }

    pub(crate) fn field(field: &str, why: &str) -> Self {
        Self::request("INVALID_FIELD", format!("{field} {why}"))
    }

    pub(crate) fn bad_keys() -> Self {
        Self::input("INVALID_API_KEYS", "invalid client_id or secret provided")
    }

    pub(crate) fn bad_access_token() -> Self {
        Self::input("INVALID_ACCESS_TOKEN", "could not find matching access token")
    }

    /// The item of the token is in a bad state.
    pub(crate) fn item(code: &str, reason: Option<&str>) -> Self {
        let (message, display) = match code {
            "ITEM_LOGIN_REQUIRED" => (
                "the login details of this item have changed (credentials, MFA, or required user action) and a user login is required to update this information. use Link's update mode to restore the item to a good state",
                Some("The credentials you provided were incorrect. Please try again."),
            ),
            "ITEM_NOT_FOUND" => (
                "The Item you requested cannot be found. This Item does not exist, has been previously removed via /item/remove, or has had access removed by the user.",
                None,
            ),
            "PRODUCT_NOT_READY" => (
                "the requested product is not yet ready. please provide a webhook or try the request again later",
                None,
            ),
            "NO_ACCOUNTS" => ("no valid accounts were found for this item", None),
            "PRODUCTS_NOT_SUPPORTED" => ("the product is not supported by this institution", None),
            "ACCESS_NOT_GRANTED" => ("access to this product was not granted for the account", None),
            "USER_PERMISSION_REVOKED" => ("the end user has revoked access to their data", None),
            _ => ("the item cannot be used", None),
        };
        let reason = reason.map(str::to_owned);
        Self { reason, display, ..Self::new(400, "ITEM_ERROR", code, message) }
    }

    pub(crate) fn institution(code: &str) -> Self {
        let message = "this institution is not currently responding to this request. please try again soon";
        Self::new(400, "INSTITUTION_ERROR", code, message)
    }

    /// Pages that no longer fit together (fact sheet, "Incremental reads").
    pub(crate) fn mutation() -> Self {
        Self::new(
            400,
            "TRANSACTIONS_ERROR",
            "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION",
            "Underlying transaction data changed since last page was fetched. Please restart pagination from last update.",
        )
    }

    /// 429, without any header that says when.
    pub(crate) fn limit(code: &str, of_item: bool) -> Self {
        let whose = if of_item { "this item" } else { "this client" };
        let message = format!("rate limit exceeded for attempts to access {whose}. please try again later");
        Self::new(429, "RATE_LIMIT_EXCEEDED", code, message)
    }

    pub(crate) fn broken() -> Self {
        let message = "an unexpected error occurred";
        Self::new(500, "API_ERROR", "INTERNAL_SERVER_ERROR", message)
    }

    /// No such path, or not with this method.
    pub(crate) fn not_found() -> Self {
        Self {
            status: 404,
            ..Self::request("NOT_FOUND", "the path or method was not found; every endpoint is POST")
        }
    }

    /// The simulator does not know this; never an answer of the provider.
    pub(crate) fn not_modelled(what: impl AsRef<str>) -> Self {
        Self::new(501, "INVALID_REQUEST", "NOT_MODELLED", format!("not modelled: {}", what.as_ref()))
    }

    pub(crate) fn is_not_modelled(&self) -> bool {
        self.code == "NOT_MODELLED"
    }

    /// The error object, as answers and webhooks carry it.
    pub(crate) fn body(&self, request_id: &str) -> Value {
        let anchor = self.code.to_ascii_lowercase();
        let kind = self.kind.to_ascii_lowercase().replace('_', "-").replace("-error", "");
        json!({
            "causes": [],
            "display_message": self.display,
            "documentation_url": format!("https://plaid.com/docs/errors/{kind}/#{anchor}"),
            "error_code": self.code,
            "error_code_reason": self.reason,
            "error_message": self.message,
            "error_type": self.kind,
            "request_id": request_id,
            "suggested_action": null
        })
    }
}
