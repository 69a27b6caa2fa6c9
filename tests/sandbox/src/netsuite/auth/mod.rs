//! Who may call: token-based authentication and OAuth 2.0.

mod jwt;
mod oauth;
mod tba;

pub(super) use oauth::{authorize, revoke, token};
pub(super) use tba::{Nonces, pct, verify};

#[cfg(test)]
pub(super) use tba::signature;

use super::call::Call;
use super::routes::App;
use crate::kit::consent::{bearer, header_text};
use crate::kit::grants::Why;

/// The scope of REST records and SuiteQL.
pub(super) const SCOPE: &str = "rest_webservices";

/// Whether a request may pass; otherwise what the login audit trail says.
pub(super) fn admit(app: &App, call: &Call) -> Result<(), String> {
    let now_ms = app.clock.now_ms();
    let given = header_text(&call.headers, "authorization");
    if given.starts_with("OAuth ") {
        if app.is_tba_blocked() {
            return Err("token_rejected".into());
        }
        return verify(&app.config, &mut app.nonces(), call, now_ms);
    }
    let Some(token) = bearer(&call.headers) else { return Err("no authorization".into()) };
    let people = app.people();
    match people.check(token, now_ms) {
        Ok(grant) if grant.allows(SCOPE) => Ok(()),
        Ok(_) => Err("scope_mismatch".into()),
        Err(Why::Expired) => Err("token_expired".into()),
        Err(_) => Err("token_rejected".into()),
    }
}
