//! Refusals and their bodies: `Fault` with `Error[]` (fact sheet, "Errors").

use serde_json::{Value, json};

/// Why a request was not done. The texts are the provider's.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) detail: String,
    pub(crate) element: String,
}

const VALIDATION: &str = "ValidationFault";
const NOT_MODELLED: &str = "NOT_MODELLED";

impl Refusal {
    fn validation(code: &'static str, message: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 400, kind: VALIDATION, code, message, detail: detail.into(), element: String::new() }
    }

    fn at(mut self, element: impl Into<String>) -> Self {
        self.element = element.into();
        self
    }

    /// The simulator does not know this; never an answer of the provider.
    pub(crate) fn not_modelled(what: impl Into<String>) -> Self {
        Self {
            status: 501,
            kind: NOT_MODELLED,
            code: "",
            message: "",
            detail: what.into(),
            element: String::new(),
        }
    }

    /// 2010: a property that does not exist, or a value of the wrong JSON type.
    pub(crate) fn bad_property(name: &str, why: &str) -> Self {
        Self::validation(
            "2010",
            "Request has invalid or unsupported property",
            format!("Property Name:{name} {why} is unsupported or misspelled"),
        )
        .at(name)
    }

    /// 2010 as the JSON reader words it when the body is no JSON object.
    pub(crate) fn unreadable(why: &str) -> Self {
        Self::validation(
            "2010",
            "Request has invalid or unsupported property",
            format!(
                "Property Name:failed to parse json object; a property specified is unsupported or invalid ({why})"
            ),
        )
    }

    /// 2020: a property that must be there.
    pub(crate) fn missing(name: &str) -> Self {
        Self::validation(
            "2020",
            "Required param missing, need to supply the required value for the API",
            format!("Required parameter {name} is missing in the request"),
        )
        .at(name)
    }

    /// 2040: characters a name may not have.
    pub(crate) fn bad_text(name: &str) -> Self {
        Self::validation(
            "2040",
            "Invalid String. The string contains invalid characters",
            format!("{name} must not contain a colon, tab or newline"),
        )
        .at(name)
    }

    /// 2050: longer than the property may be, in characters.
    pub(crate) fn too_long(name: &str, max: usize, given: usize) -> Self {
        Self::validation(
            "2050",
            "String length is either shorter or longer than supported by specification",
            format!(
                "String length specified does not match the supported length. Min:0 Max:{max} supported. Supplied length:{given}"
            ),
        )
        .at(name)
    }

    /// 2500: a reference to something unknown or inactive.
    pub(crate) fn bad_reference(name: &str, id: &str) -> Self {
        Self::validation(
            "2500",
            "Invalid Reference Id",
            format!(
                "Invalid Reference Id : {name} {id}: Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees."
            ),
        )
        .at(name)
    }

    /// 500: an operation this entity does not have.
    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::validation("500", "Unsupported Operation", what)
    }

    /// 610: no such object, or made inactive.
    pub(crate) fn not_found() -> Self {
        Self::validation(
            "610",
            "Object Not Found",
            "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.",
        )
    }

    /// 5010: the sync token is not the stored one.
    pub(crate) fn stale() -> Self {
        Self::validation(
            "5010",
            "Stale Object Error",
            "Stale Object Error : You and another user were working on this at the same time. The other user finished before you did, so your work was not saved.",
        )
    }

    /// 6000: the books do not allow it.
    pub(crate) fn business(why: impl AsRef<str>) -> Self {
        Self::validation(
            "6000",
            "A business validation error has occurred while processing your request",
            format!("Business Validation Error: {}", why.as_ref()),
        )
    }

    /// 6070: `Amount` is not `Qty` times `UnitPrice`.
    pub(crate) fn amount(supplied: &str) -> Self {
        Self::validation(
            "6070",
            "Amount calculation incorrect in the request.",
            format!("Amount is not equal to UnitPrice * Qty. Supplied value:{supplied}"),
        )
        .at("Line.Amount")
    }

    /// 6140: the document number is in use.
    pub(crate) fn duplicate_document(number: &str, kind: &str, id: u64) -> Self {
        Self::validation(
            "6140",
            "Duplicate Document Number Error",
            format!(
                "Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber={number} is assigned to TxnType={kind} with TxnId={id}"
            ),
        )
    }

    /// 6240: the name is in use.
    pub(crate) fn duplicate_name() -> Self {
        Self::validation(
            "6240",
            "Duplicate Name Exists Error",
            "The name supplied already exists. : Another customer, vendor or employee is already using this name. Please use a different name.",
        )
    }

    /// 4000: the query text cannot be read.
    pub(crate) fn query_syntax(why: impl AsRef<str>) -> Self {
        Self::validation("4000", "Error parsing query", format!("QueryParserError: {}", why.as_ref()))
    }

    /// 4001: the query can be read and asks for what cannot be asked.
    pub(crate) fn query_meaning(why: impl AsRef<str>) -> Self {
        Self::validation("4001", "Invalid query", format!("QueryValidationError: {}", why.as_ref()))
    }

    /// A bad parameter in the address.
    pub(crate) fn bad_parameter(name: &str, why: impl Into<String>) -> Self {
        Self::validation("2030", "Invalid parameter value", why).at(name)
    }

    /// 3100: the token is for another company.
    pub(crate) fn wrong_realm() -> Self {
        Self {
            status: 403,
            kind: "AuthorizationFault",
            code: "3100",
            message: "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
            detail: "The application is not authorized for this company".into(),
            element: String::new(),
        }
    }

    /// 3001: over a limit.
    pub(crate) fn throttled() -> Self {
        Self {
            status: 429,
            kind: "SERVICE",
            code: "3001",
            message: "message=ThrottleExceeded; errorCode=003001; statusCode=429",
            detail: "The request limit was reached.".into(),
            element: String::new(),
        }
    }

    /// Whether this is the simulator's "I do not know that".
    pub(crate) fn is_not_modelled(&self) -> bool {
        self.kind == NOT_MODELLED
    }

    /// The `Fault` object alone, as batches carry it per item.
    pub(crate) fn fault(&self) -> Value {
        if self.is_not_modelled() {
            return json!({"Error": [{"Message": "not modelled", "Detail": self.detail, "code": "501"}], "type": NOT_MODELLED});
        }
        let mut error = json!({"Message": self.message, "Detail": self.detail, "code": self.code});
        error["element"] = Value::from(self.element.as_str());
        json!({"Error": [error], "type": self.kind})
    }

    /// The whole body; `time` is the company's time.
    pub(crate) fn body(&self, time: &str) -> Value {
        if self.is_not_modelled() {
            return json!({"not_modelled": self.detail});
        }
        json!({"Fault": self.fault(), "time": time})
    }
}

/// The body of a 401. Unlike all other faults its names are lower case (recorded answers of the
/// provider's gateway); `time` is in milliseconds there.
pub(crate) fn unauthorized(detail: &str, now_ms: i64) -> Value {
    json!({
        "warnings": null,
        "intuitObject": null,
        "fault": {
            "error": [{
                "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                "detail": detail,
                "code": "3200",
                "element": null
            }],
            "type": "AUTHENTICATION"
        },
        "report": null,
        "queryResponse": null,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": null,
        "requestId": null,
        "time": now_ms,
        "status": null,
        "cdcresponse": []
    })
}
