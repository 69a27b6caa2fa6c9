//! Where the browser is sent (RFC 6749, 4.1.1).

use application::ports::connector::{Authorization, CallError};
use application::ports::credentials::Secrets;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::at::{At, app_secret};
use crate::connectors::interpreter::call::unfilled;
use crate::connectors::services::Services;

/// The authorize URL.
pub(in crate::connectors) fn authorize(
    at: &At<'_>,
    app: &Secrets,
    state: &str,
    redirect_uri: &str,
) -> Result<Authorization, CallError> {
    let oauth2 = at.oauth2;
    let mut url = at.authorize_url()?;
    let today = at.services.clock.now().date_naive();
    let scopes: Vec<&str> =
        oauth2.scopes.iter().filter(|scope| scope.asked_on(today)).map(|scope| scope.name.as_str()).collect();
    let verifier = oauth2.pkce.then(|| verifier(at.services));
    let further = oauth2
        .authorize_parameters
        .iter()
        .map(|(name, template)| Ok((name, template.fill(&at.values(None)).map_err(unfilled)?)));
    let further = further.collect::<Result<Vec<_>, CallError>>()?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", app_secret(app, "client_id")?);
        query.append_pair("redirect_uri", redirect_uri);
        query.append_pair("state", state);
        if !scopes.is_empty() {
            query.append_pair("scope", &scopes.join(&oauth2.scope_separator));
        }
        if let Some(verifier) = &verifier {
            query.append_pair("code_challenge", &challenge(verifier));
            query.append_pair("code_challenge_method", "S256");
        }
        for (name, value) in further {
            query.append_pair(name, &value);
        }
    }
    Ok(Authorization { url: url.to_string(), verifier })
}

/// 256 bits of randomness as 43 characters, which RFC 7636 asks for.
fn verifier(services: &Services) -> SecretString {
    let mut bytes = [0_u8; 32];
    services.ids.random(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

/// RFC 7636, 4.2.
pub(super) fn challenge(verifier: &SecretString) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}
