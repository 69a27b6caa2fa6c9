//! Giving tokens back (RFC 7009).

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use secrecy::ExposeSecret;

use super::at::{At, TOKEN_TIMEOUT, app_secret};
use super::token::{Parameters, basic, form};
use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::wire::failure;
use crate::connectors::manifest::ClientAuth;
use crate::http::Outgoing;

/// Gives a refresh token back. Where the provider has no such endpoint, there is nothing to do.
pub(in crate::connectors) async fn revoke(
    at: &At<'_>,
    app: &Secrets,
    tokens: &Secrets,
) -> Result<(), CallError> {
    let token = tokens.get("refresh_token").or_else(|| tokens.get("access_token"));
    let (Some(url), Some(token)) = (at.revoke_url()?, token) else { return Ok(()) };
    let mut parameters: Parameters = vec![("token".to_owned(), token.expose_secret().to_owned())];
    let mut secret_headers = Vec::new();
    match at.oauth2.client_auth {
        ClientAuth::Basic => secret_headers.push(basic(app)?),
        ClientAuth::Body => {
            parameters.push(("client_id".to_owned(), app_secret(app, "client_id")?.to_owned()));
            parameters.push(("client_secret".to_owned(), app_secret(app, "client_secret")?.to_owned()));
        }
        ClientAuth::Assertion | ClientAuth::None => {}
    }
    let form_type = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let headers = vec![form_type, ("Accept".to_owned(), "application/json".to_owned())];
    let body = Some(form(&parameters).into_bytes());
    let method = "POST".to_owned();
    let request = Outgoing { method, url, headers, secret_headers, body, timeout: TOKEN_TIMEOUT };
    let answer = at.services.http.send(request).await.map_err(|error| failure(&error).error)?;
    match answer.status {
        200..=299 | 400 => Ok(()),
        status => {
            tracing::warn!(status, integration = %at.target.integration, "the provider did not take the token back");
            Err(refused(
                ErrorClass::Transient,
                format!("the provider answered HTTP {status} to the revocation"),
            ))
        }
    }
}
