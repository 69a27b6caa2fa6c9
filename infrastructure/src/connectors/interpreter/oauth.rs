//! OAuth 2.0 with an authorization code (RFC 6749, RFC 7636, RFC 9700), over our own HTTP client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use application::ports::connector::{Authorization, Authorized, CallError, Target};
use application::ports::credentials::Secrets;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::value::ErrorClass;
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::call::refused;
use super::tokens::basic;
use super::wire::{failure, form};
use crate::connectors::connector::Connector;
use crate::connectors::manifest::{ClientAuth, OAuth2};
use crate::connectors::services::Services;
use crate::http::{HttpClient, HttpError, Outgoing};

/// A token endpoint that has not answered after this is given up.
pub(super) const TOKEN_TIMEOUT: Duration = Duration::from_secs(30);

/// A client with an authorize and a token endpoint.
type Client = BasicClient<EndpointMaybeSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet>;
/// Whose tokens, and how.
type Of<'a> = (&'a Arc<Connector>, &'a OAuth2, &'a Services);

/// The authorize URL.
pub(in crate::connectors) fn authorize(
    (connector, services): (&Arc<Connector>, &Services),
    app: &Secrets,
    state: &str,
    redirect_uri: &str,
) -> Result<Authorization, CallError> {
    let oauth2 = described(connector)?;
    let client = client((connector, oauth2, services), app, Some(redirect_uri))?;
    let mut request = client
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .map_err(|error| refused(ErrorClass::Validation, error.to_string()))?;
    for scope in &oauth2.scopes {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    for (name, value) in &oauth2.authorize_parameters {
        request = request.add_extra_param(name, value);
    }
    let verifier = oauth2.pkce.then(|| verifier(services));
    if let Some(verifier) = &verifier {
        let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
        request = request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    }
    let (url, _) = request.url();
    Ok(Authorization { url: url.to_string(), pkce_verifier: verifier })
}

/// 256 bits of randomness as 43 characters, which RFC 7636 asks for.
fn verifier(services: &Services) -> SecretString {
    let mut bytes = [0_u8; 32];
    services.ids.random(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

/// Exchanges the callback's code.
pub(in crate::connectors) async fn exchange(
    (connector, services): (&Arc<Connector>, &Services),
    app: &Secrets,
    callback: &BTreeMap<String, String>,
    redirect_uri: &str,
    pkce_verifier: Option<&SecretString>,
) -> Result<Authorized, CallError> {
    let oauth2 = described(connector)?;
    let code = code(callback)?;
    let realm = realm(oauth2, callback)?;
    let wire = Wire::to(services);
    let client = client((connector, oauth2, services), app, Some(redirect_uri))?;
    let mut request = client.exchange_code(AuthorizationCode::new(code)).map_err(misdescribed)?;
    if let Some(verifier) = pkce_verifier {
        request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
    }
    let answer =
        request.request_async(&|request| wire.clone().send(request)).await.map_err(|error| denied(&error))?;
    let scopes = answer.scopes().map_or_else(
        || oauth2.scopes.clone(),
        |scopes| scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
    );
    Ok(Authorized { secrets: secrets((oauth2, services), &answer, &wire), realm, scopes })
}

/// New tokens for a refresh token.
pub(super) async fn refresh(
    (connector, oauth2, services): Of<'_>,
    app: &Secrets,
    token: &SecretString,
) -> Result<Secrets, CallError> {
    let wire = Wire::to(services);
    let client = client((connector, oauth2, services), app, None)?;
    let token = RefreshToken::new(token.expose_secret().to_owned());
    let request = client.exchange_refresh_token(&token).map_err(misdescribed)?;
    let answer =
        request.request_async(&|request| wire.clone().send(request)).await.map_err(|error| denied(&error))?;
    Ok(secrets((oauth2, services), &answer, &wire))
}

/// Gives a refresh token back (RFC 7009). Where the provider has no such endpoint, there is nothing to do.
pub(in crate::connectors) async fn revoke(
    (connector, services): (&Arc<Connector>, &Services),
    app: &Secrets,
    tokens: &Secrets,
    target: &Target,
) -> Result<(), CallError> {
    let oauth2 = described(connector)?;
    let url = connector.endpoints.revoke_url.clone().or_else(|| oauth2.revoke_url.clone());
    let token = tokens.get("refresh_token").or_else(|| tokens.get("access_token"));
    let (Some(url), Some(token)) = (url, token) else { return Ok(()) };
    check_origin(connector, services, &url)?;
    let (id, secret) = (app_secret(app, "client_id")?, app_secret(app, "client_secret")?);
    let mut parameters = BTreeMap::from([("token", token.expose_secret())]);
    let mut secret_headers = Vec::new();
    match oauth2.client_auth {
        ClientAuth::Basic => secret_headers.push(basic(id, secret)),
        ClientAuth::Body => parameters.extend([("client_id", id), ("client_secret", secret)]),
    }
    let form_type = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let headers = vec![form_type, ("Accept".to_owned(), "application/json".to_owned())];
    let body = Some(form(&parameters).into_bytes());
    let request =
        Outgoing { method: "POST".to_owned(), url, headers, secret_headers, body, timeout: TOKEN_TIMEOUT };
    let answer = services.http.send(request).await.map_err(|error| failure(&error).error)?;
    match answer.status {
        200..=299 | 400 => Ok(()),
        status => {
            tracing::warn!(status, integration = %target.integration, "the provider did not take the token back");
            Err(refused(
                ErrorClass::Transient,
                format!("the provider answered HTTP {status} to the revocation"),
            ))
        }
    }
}

fn described(connector: &Connector) -> Result<&OAuth2, CallError> {
    connector.manifest.auth.oauth2.as_ref().ok_or_else(|| {
        let message = format!("{} does not use OAuth: give its credentials instead", connector.manifest.name);
        refused(ErrorClass::Validation, message)
    })
}

fn client(
    (connector, oauth2, services): Of<'_>,
    app: &Secrets,
    redirect: Option<&str>,
) -> Result<Client, CallError> {
    let authorize = connector.endpoints.authorize_url.clone().unwrap_or_else(|| oauth2.authorize_url.clone());
    let token = connector.endpoints.token_url.clone().unwrap_or_else(|| oauth2.token_url.clone());
    check_origin(connector, services, &token)?;
    let auth_type = match oauth2.client_auth {
        ClientAuth::Basic => AuthType::BasicAuth,
        ClientAuth::Body => AuthType::RequestBody,
    };
    let mut client = BasicClient::new(ClientId::new(app_secret(app, "client_id")?.to_owned()))
        .set_client_secret(ClientSecret::new(app_secret(app, "client_secret")?.to_owned()))
        .set_auth_type(auth_type)
        .set_auth_uri_option(Some(AuthUrl::from_url(authorize)))
        .set_token_uri_option(Some(TokenUrl::from_url(token)));
    if let Some(redirect) = redirect {
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|_| refused(ErrorClass::Validation, "the redirect address is no URL"))?;
        client = client.set_redirect_uri(redirect);
    }
    Ok(client)
}

/// Client secrets and tokens go to the origins of the manifest, and to those an operator names.
fn check_origin(connector: &Connector, services: &Services, url: &Url) -> Result<(), CallError> {
    if connector.owns(url) || services.http.policy().names(url) {
        return Ok(());
    }
    let origin = url.origin().ascii_serialization();
    Err(refused(
        ErrorClass::Permission,
        format!("tokens of {} do not go to {origin}", connector.manifest.name),
    ))
}

fn app_secret<'a>(app: &'a Secrets, name: &str) -> Result<&'a str, CallError> {
    app.get(name).map(ExposeSecret::expose_secret).ok_or_else(|| {
        let mut error = refused(ErrorClass::Permission, format!("the app has no `{name}`"));
        error.next_step = Some("give the client id and secret of the provider's app".to_owned());
        error
    })
}

fn code(callback: &BTreeMap<String, String>) -> Result<String, CallError> {
    if let Some(error) = callback.get("error") {
        let reason: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        return Err(refused(ErrorClass::Permission, format!("the authorization was not given: {reason}")));
    }
    callback.get("code").cloned().ok_or_else(|| refused(ErrorClass::Validation, "the callback has no `code`"))
}

fn realm(oauth2: &OAuth2, callback: &BTreeMap<String, String>) -> Result<Option<String>, CallError> {
    let Some(from) = &oauth2.realm else { return Ok(None) };
    match callback.get(&from.callback).filter(|realm| !realm.is_empty()) {
        Some(realm) => Ok(Some(realm.clone())),
        None => Err(refused(ErrorClass::Validation, format!("the callback has no `{}`", from.callback))),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn misdescribed(error: oauth2::ConfigurationError) -> CallError {
    refused(ErrorClass::Validation, format!("the provider's OAuth is not fully described: {error}"))
}

/// What a refusal of the token endpoint means. Never shows its body, which may hold tokens.
fn denied(error: &BasicRequestTokenError<HttpError>) -> CallError {
    use oauth2::RequestTokenError::{Other, Parse, Request, ServerResponse};
    let answer = match error {
        Request(error) => return failure(error).error,
        Parse(..) | Other(_) => {
            return refused(ErrorClass::Transient, "the token endpoint's answer makes no sense");
        }
        ServerResponse(answer) => answer,
    };
    let class = match answer.error() {
        BasicErrorResponseType::InvalidGrant => ErrorClass::AuthExpired,
        BasicErrorResponseType::Extension(_) => ErrorClass::Transient,
        _ => ErrorClass::Permission,
    };
    let mut refusal = refused(class, format!("the token endpoint refused: {}", answer.error()));
    refusal.next_step = match class {
        ErrorClass::AuthExpired => Some("connect again".to_owned()),
        ErrorClass::Permission => Some("check the client id and secret of the provider's app".to_owned()),
        _ => None,
    };
    refusal
}

fn secrets((oauth2, services): (&OAuth2, &Services), answer: &BasicTokenResponse, wire: &Wire) -> Secrets {
    let now = services.clock.now();
    let after =
        |seconds: u64| now + TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(0)).unwrap_or_default();
    let mut secrets = Secrets::default();
    secrets.set("access_token", answer.access_token().secret().clone().into());
    if let Some(token) = answer.refresh_token() {
        secrets.set("refresh_token", token.secret().clone().into());
    }
    let refresh_life = wire.number(oauth2.refresh_expiry_member.as_deref()).or(oauth2.refresh_token_s);
    if let (Some(life), Some(_)) = (refresh_life, answer.refresh_token()) {
        secrets.set("refresh_token_expires_at", after(life).to_rfc3339().into());
    }
    let life = answer.expires_in().map_or(oauth2.access_token_s, |life| life.as_secs());
    secrets.expires_at = Some(after(life));
    secrets
}

/// The `oauth2` crate's requests over our client. The last answer is kept for members the crate does not know.
#[derive(Clone)]
struct Wire {
    http: HttpClient,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn to(services: &Services) -> Self {
        Self { http: services.http.clone(), last: Arc::default() }
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|_| unsendable("its address is no URL"))?;
        let mut secret_headers = Vec::new();
        for (name, value) in &parts.headers {
            let text = value.to_str().map_err(|_| unsendable("a header is no text"))?;
            secret_headers.push((name.as_str().to_owned(), text.to_owned().into()));
        }
        let method = parts.method.as_str().to_owned();
        let request = Outgoing {
            method,
            url,
            headers: Vec::new(),
            secret_headers,
            body: Some(body),
            timeout: TOKEN_TIMEOUT,
        };
        let answer = self.http.send(request).await?;
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&answer.body);
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = oauth2::http::StatusCode::from_u16(answer.status)
            .map_err(|_| unsendable("the status is unknown"))?;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    /// A whole number of the last answer.
    fn number(&self, member: Option<&str>) -> Option<u64> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let answer: serde_json::Value = serde_json::from_slice(&last).ok()?;
        answer.get(member?)?.as_u64()
    }
}

fn unsendable(why: &str) -> HttpError {
    HttpError::Unsendable(why.to_owned())
}
