//! Refusals in the Service Layer's words (fact sheet, "Errors"): the code is a text, and so is the message.

use serde_json::json;

use crate::kit::Answer;

/// A refusal with one of the Service Layer's codes.
pub(super) fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &json!({"error": {"code": code, "message": message}}))
}

/// 401: no session, or one that has ended. A mistyped `/login` is answered so, too.
pub(super) fn no_session() -> Answer {
    refused(401, "301", "Invalid session or session already timeout.")
}

/// 401: the user, its password or the company is not known.
pub(super) fn no_login() -> Answer {
    refused(401, "-304", "Fail to login: invalid user name, password or company database.")
}

/// 401: every licensed session is taken. The code is seen in the field, not in the manual.
pub(super) fn no_licence() -> Answer {
    refused(401, "100000027", "The maximum number of sessions of this user has been reached.")
}

/// 400: the request itself is wrong.
pub(super) fn bad_request(message: &str) -> Answer {
    refused(400, "-1000", message)
}

/// 400: a property that the entity does not have.
pub(super) fn no_property(name: &str, of: &str) -> Answer {
    bad_request(&format!("Property '{name}' of '{of}' is invalid"))
}

/// 404: there is no such entity.
pub(super) fn not_found() -> Answer {
    refused(404, "-2028", "No matching records found (ODBC -2028)")
}

/// 400: an item with this code is there.
pub(super) fn duplicate_item() -> Answer {
    refused(400, "-2035", "This entry already exists in the following tables 'Items' (OITM) (ODBC -2035)")
}

/// 400: a business partner with this code is there.
pub(super) fn duplicate_partner(code: &str) -> Answer {
    let text = "already assigned to a business partner; enter a unique business partner code";
    refused(400, "-10", &format!("1320000140 - Business partner code '{code}' {text}"))
}

/// 400: general business error.
pub(super) fn business(message: &str) -> Answer {
    refused(400, "-10", message)
}

/// 400: a rule of the application refuses the document.
pub(super) fn rule(message: &str) -> Answer {
    refused(400, "-5002", message)
}

/// 400: the entity set does not have this action.
pub(super) fn no_action() -> Answer {
    refused(400, "-5006", "The requested action is not supported for this object.")
}

/// 412: somebody else was faster.
pub(super) fn stale() -> Answer {
    let text =
        "Another user or another operation modified data; to continue, open the window again (ODBC -2039)";
    refused(412, "-2039", text)
}

/// 500: worse.
pub(super) fn internal() -> Answer {
    refused(500, "-1", "Internal error")
}

/// 503 by the load balancer: every worker is busy.
pub(super) fn overloaded() -> Answer {
    let page = "<!DOCTYPE HTML><html><head><title>503 Service Unavailable</title></head><body></body></html>";
    Answer::text(503, "text/html; charset=iso-8859-1", page)
}

/// 501: not modelled here.
pub(super) fn not_modelled(what: &str) -> Answer {
    refused(501, "501", &format!("the simulator does not model {what}"))
}
