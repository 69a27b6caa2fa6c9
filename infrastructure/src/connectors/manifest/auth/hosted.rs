//! A page of the provider that one call opens, and another call tells the end of.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::connectors::manifest::{Matching, Place, Request};

/// A hosted page, such as Plaid's Link: a call opens it, a person does there what has to be done, it sends the browser
/// back, a call tells how it ended, and what it ended with is exchanged for a token that does not end by itself.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hosted {
    /// Opens the page for a new connection.
    pub begin: Opening,
    /// Opens it for a connection that has its token; token and company stay as they are. Absent: as `begin`.
    pub again: Option<Opening>,
    /// Tells how the page ended.
    pub result: Ending,
    /// Exchanges what the page ended with for the token.
    pub exchange: Redeeming,
    /// Gives the token back, when the integration is disconnected.
    pub remove: Option<Request>,
}

/// The call that opens a page.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The call; `{hosted.return}` is our address, which the page sends the browser back to.
    pub request: Request,
    /// Where the answer has the page's address; its origin must be listed.
    pub url: Place,
    /// Where the answer has what the page is known by; kept until the browser is back.
    pub ticket: Place,
    /// `again` only: refusals, by status and code, that mean the token is no longer known: a new connection begins.
    #[serde(default)]
    pub gone: Vec<Matching>,
}

/// The call that tells how a page ended.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// The call; `{hosted.ticket}` is what the page is known by.
    pub request: Request,
    /// Where the answer has the array of visits, the last one last; absent: the answer is the only one.
    pub each: Option<Place>,
    /// Where a visit has what is exchanged.
    pub code: Place,
    /// Where a visit says that it is over; what a person left before its end has no results either.
    pub finished: Place,
    /// Where a visit says that it was given up.
    pub given_up: Option<Place>,
}

/// The call that exchanges what a page ended with. It is made once; when its answer is lost, a person begins anew.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeeming {
    /// The call; `{hosted.code}` is what the page ended with.
    pub request: Request,
    /// Where the answer has the token, which is kept as `access_token`.
    pub token: Place,
}
