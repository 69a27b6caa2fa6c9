//! Who may call: OAuth 2.0 access tokens.

mod jwt;
mod oauth;

pub(super) use oauth::{authorize, identity, revoke, token};

use super::call::Call;
use super::refusal::Refusal;
use super::routes::App;
use crate::kit::consent::bearer;

/// The scopes that exist.
pub(super) const SCOPES: [&str; 8] =
    ["api", "refresh_token", "offline_access", "openid", "id", "profile", "email", "full"];

/// Whether a request may pass.
pub(super) fn admit(app: &App, call: &Call) -> Result<(), Refusal> {
    let token = bearer(&call.headers).ok_or_else(Refusal::unauthorized)?;
    let people = app.people();
    let grant = people.check(token, app.clock.now_ms()).map_err(|_| Refusal::unauthorized())?;
    if grant.allows("api") || grant.allows("full") {
        return Ok(());
    }
    let message = "This session is not valid for use with the REST API";
    Err(Refusal::new(403, "INVALID_SESSION_ID", message))
}
