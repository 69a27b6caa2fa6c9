//! OAuth 2.0.

use super::super::super::address::Address;
use super::super::super::auth::{ClientAuth, Grant, OAuth2};
use super::super::Problems;
use super::super::identity::inside;
use super::At;

pub(super) fn check(at: At<'_>, oauth2: &OAuth2, problems: &mut Problems) {
    addresses(at, oauth2, problems);
    browser(at, oauth2, problems);
    assertion(at, oauth2, problems);
    for (number, scope) in oauth2.scopes.iter().enumerate() {
        let place = format!("scopes#{number}");
        let pointless = !scope.ask && scope.until.is_none();
        let told = ("the scope is neither asked for nor does it end", "give `until`, or remove it");
        at.when(pointless, &["oauth2", &place], told, problems);
        let stray = ("a replacement of a scope that does not end", "give `until`");
        at.when(scope.replacement.is_some() && scope.until.is_none(), &["oauth2", &place], stray, problems);
    }
    let at_once = oauth2.access_token_s.is_some_and(|life| oauth2.refresh_margin_s >= life);
    let told = ("every token would be refreshed at once", "use a margin shorter than access_token_s");
    at.when(at_once, &["oauth2", "refresh_margin_s"], told, problems);
}

fn addresses(at: At<'_>, oauth2: &OAuth2, problems: &mut Problems) {
    let sandbox = &oauth2.sandbox;
    let bound: [(&[&str], Option<&Address>); 4] = [
        (&["oauth2", "token_url"], Some(&oauth2.token_url)),
        (&["oauth2", "revoke_url"], oauth2.revoke_url.as_ref()),
        (&["oauth2", "sandbox", "token_url"], sandbox.token_url.as_ref()),
        (&["oauth2", "sandbox", "revoke_url"], sandbox.revoke_url.as_ref()),
    ];
    for (below, address) in bound {
        let place: Vec<&str> = at.place.iter().chain(below).copied().collect();
        if let Some(address) = address {
            inside(at.manifest, address, &place, problems);
        }
    }
    let browsers: [(&[&str], Option<&Address>); 2] = [
        (&["oauth2", "authorize_url"], oauth2.authorize_url.as_ref()),
        (&["oauth2", "sandbox", "authorize_url"], sandbox.authorize_url.as_ref()),
    ];
    for (below, address) in browsers {
        let plain = address.is_some_and(|address| !address.is_https());
        at.when(plain, below, ("browsers would be sent to a plain address", "use https://"), problems);
        let place: Vec<&str> = at.place.iter().chain(below).copied().collect();
        let holes = address.into_iter().flat_map(Address::holes);
        super::super::request::holes(at.manifest, holes, &place, &[], problems);
    }
}

fn browser(at: At<'_>, oauth2: &OAuth2, problems: &mut Problems) {
    let browser = oauth2.grant == Grant::AuthorizationCode;
    let missing = ("authorize_url is missing", "say where the browser is sent, or choose another grant");
    at.when(browser && oauth2.authorize_url.is_none(), &["oauth2"], missing, problems);
    let unused = [
        ("authorize_url", oauth2.authorize_url.is_some()),
        ("pkce", oauth2.pkce),
        ("callback_hmac", oauth2.callback_hmac.is_some()),
        ("authorize_parameters", !oauth2.authorize_parameters.is_empty()),
        ("consent_s", oauth2.consent_s.is_some()),
    ];
    for (name, given) in unused {
        let told = (
            format!("{name} is not used without a browser"),
            "remove it, or use grant = \"authorization_code\"",
        );
        at.when(!browser && given, &["oauth2", name], told, problems);
    }
    if let Some(hmac) = &oauth2.callback_hmac {
        let half = hmac.timestamp.is_some() != hmac.tolerance_s.is_some();
        let told = ("`timestamp` and `tolerance_s` belong together", "give both, or none");
        at.when(half, &["oauth2", "callback_hmac"], told, problems);
    }
}

fn assertion(at: At<'_>, oauth2: &OAuth2, problems: &mut Problems) {
    let needed = oauth2.client_auth == ClientAuth::Assertion || oauth2.grant == Grant::JwtBearer;
    let missing = ("[auth.oauth2.assertion] is missing", "describe the JWT that is signed");
    at.when(needed && oauth2.assertion.is_none(), &["oauth2"], missing, problems);
    let unused = ("the assertion is not used", "use client_auth = \"assertion\" or grant = \"jwt_bearer\"");
    at.when(!needed && oauth2.assertion.is_some(), &["oauth2", "assertion"], unused, problems);
    let Some(assertion) = &oauth2.assertion else { return };
    let long = assertion.lifetime_s == 0 || assertion.lifetime_s > 3600;
    let told = ("an assertion holds for a moment only", "use 1 to 3600 seconds");
    at.when(long, &["oauth2", "assertion", "lifetime_s"], told, problems);
    for claim in ["iat", "exp", "jti"] {
        let given = assertion.claims.contains_key(claim);
        let told = (format!("{claim} is added by itself"), "remove it");
        at.when(given, &["oauth2", "assertion", "claims", claim], told, problems);
    }
}
