//! A request to the token endpoint.

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::answer::{TokenAnswer, read};
use super::assertion::assertion;
use super::at::{At, TOKEN_TIMEOUT, app_secret};
use crate::connectors::interpreter::call::unfilled;
use crate::connectors::interpreter::tokens::holes;
use crate::connectors::interpreter::wire::failure;
use crate::connectors::manifest::{ClientAuth, TokenFormat, encoded};
use crate::http::Outgoing;

/// What a client assertion is (RFC 7523, 2.2).
const CLIENT_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Names and values of a request; the values may be secret.
pub(super) type Parameters = Vec<(String, String)>;

/// Asks for tokens. `app` has what proves the app.
pub(super) async fn ask(
    at: &At<'_>,
    app: &Secrets,
    mut parameters: Parameters,
) -> Result<TokenAnswer, CallError> {
    let url = at.token_url()?;
    let named = holes(app);
    for (name, template) in &at.oauth2.token_parameters {
        parameters.push((name.to_owned(), template.fill(&at.values(Some(&named))).map_err(unfilled)?));
    }
    let mut secret_headers = Vec::new();
    match at.oauth2.client_auth {
        ClientAuth::Basic => secret_headers.push(basic(app)?),
        ClientAuth::Body => {
            parameters.push(("client_id".to_owned(), app_secret(app, "client_id")?.to_owned()));
            parameters.push(("client_secret".to_owned(), app_secret(app, "client_secret")?.to_owned()));
        }
        ClientAuth::Assertion => {
            parameters.push(("client_assertion_type".to_owned(), CLIENT_ASSERTION.to_owned()));
            parameters.push(("client_assertion".to_owned(), assertion(at, app, url.as_str())?));
        }
        ClientAuth::None if at.oauth2.assertion.is_none() => {
            parameters.push(("client_id".to_owned(), app_secret(app, "client_id")?.to_owned()));
        }
        ClientAuth::None => {}
    }
    let (kind, body) = written(at.oauth2.token_format, &parameters);
    let headers = vec![
        ("Content-Type".to_owned(), kind.to_owned()),
        ("Accept".to_owned(), "application/json".to_owned()),
    ];
    let method = "POST".to_owned();
    let request = Outgoing { method, url, headers, secret_headers, body: Some(body), timeout: TOKEN_TIMEOUT };
    let answer = at.services.http.send(request).await.map_err(|error| failure(&error).error)?;
    read(at.oauth2, &answer)
}

/// The app's id and secret, each encoded as in a form first (RFC 6749, 2.3.1).
pub(super) fn basic(app: &Secrets) -> Result<(String, SecretString), CallError> {
    let (id, secret) = (app_secret(app, "client_id")?, app_secret(app, "client_secret")?);
    let pair = BASE64_STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    Ok(("Authorization".to_owned(), format!("Basic {pair}").into()))
}

fn written(format: TokenFormat, parameters: &Parameters) -> (&'static str, Vec<u8>) {
    match format {
        TokenFormat::Form => ("application/x-www-form-urlencoded", form(parameters).into_bytes()),
        TokenFormat::Json => {
            let object: Map<String, Value> =
                parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            ("application/json", serde_json::to_vec(&object).unwrap_or_default())
        }
    }
}

/// Parameters as a form (`application/x-www-form-urlencoded`).
pub(super) fn form(parameters: &Parameters) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}
