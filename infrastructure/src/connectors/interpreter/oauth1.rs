//! OAuth 1.0a (RFC 5849): signing a call, and getting a token with three legs.

use std::collections::BTreeMap;

use application::ports::connector::{Authorization, Authorized, CallError};
use application::ports::credentials::Secrets;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::value::ErrorClass;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::call::{refused, unfilled};
use super::oauth::TOKEN_TIMEOUT;
use super::tokens::{Grant, missing};
use super::wire::failure;
use crate::connectors::connector::Connector;
use crate::connectors::manifest::{Address, Digest1, Legs, OAuth1, Place1, Values, encoded};
use crate::connectors::services::Services;
use crate::http::Outgoing;

/// A name and its value.
type Pair = (String, String);

/// Signs a call and puts the parameters where the manifest says.
pub(super) fn put(
    oauth1: &OAuth1,
    grant: &Grant,
    (services, values): (&Services, &Values<'_>),
    request: &mut Outgoing,
) -> Result<(), CallError> {
    let secret = |name: &str| grant.secret(name).map(ExposeSecret::expose_secret);
    let token = match oauth1.legs {
        Legs::One => None,
        Legs::Two | Legs::Three => Some((secret(&oauth1.token)?, secret(&oauth1.token_secret)?)),
    };
    let consumer = (secret(&oauth1.consumer_key)?, secret(&oauth1.consumer_secret)?);
    let realm = oauth1.realm.as_ref().map(|realm| realm.fill(values)).transpose().map_err(unfilled)?;
    let signing = Signing { oauth1, consumer, token };
    let parameters = signing.parameters(services, &[]);
    let signed = signing.signed(parameters, request);
    match oauth1.place {
        Place1::Header => request.secret_headers.push(header(realm.as_deref(), &signed)),
        Place1::Query => {
            let mut query = request.url.query_pairs_mut();
            query.extend_pairs(&signed);
        }
    }
    Ok(())
}

/// Who signs.
struct Signing<'s> {
    oauth1: &'s OAuth1,
    consumer: (&'s str, &'s str),
    token: Option<(&'s str, &'s str)>,
}

impl Signing<'_> {
    /// The protocol's parameters without the signature.
    fn parameters(&self, services: &Services, further: &[Pair]) -> Vec<Pair> {
        let mut nonce = [0_u8; 16];
        services.ids.random(&mut nonce);
        let mut parameters = vec![
            pair("oauth_consumer_key", self.consumer.0),
            // A counter would do; an id that no other call has is at hand.
            pair("oauth_nonce", format!("{}{}", hex::encode(nonce), services.ids.next().simple())),
            pair("oauth_signature_method", self.oauth1.signature.as_str()),
            pair("oauth_timestamp", services.clock.now().timestamp().to_string()),
        ];
        parameters.extend(self.token.map(|(token, _)| pair("oauth_token", token)));
        if self.oauth1.version {
            parameters.push(pair("oauth_version", "1.0"));
        }
        parameters.extend_from_slice(further);
        parameters
    }

    /// The parameters with their signature (3.4): over the method, the address without its query, and every parameter
    /// of the query, of a form body and of the protocol.
    fn signed(&self, mut parameters: Vec<Pair>, request: &Outgoing) -> Vec<Pair> {
        let mut all: Vec<Pair> = parameters.iter().map(coded).collect();
        all.extend(
            request.url.query_pairs().map(|(name, value)| coded(&(name.into_owned(), value.into_owned()))),
        );
        all.extend(form_body(request).iter().map(coded));
        all.sort();
        let joined: Vec<String> = all.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut url = request.url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let base = format!("{}&{}&{}", request.method, encoded(url.as_str()), encoded(&joined.join("&")));
        parameters.push(pair("oauth_signature", self.signature(&base)));
        parameters
    }

    fn signature(&self, base: &str) -> String {
        let algorithm = match self.oauth1.signature {
            Digest1::HmacSha256 => hmac::HMAC_SHA256,
            Digest1::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        };
        let token = self.token.map_or("", |(_, secret)| secret);
        let key = format!("{}&{}", encoded(self.consumer.1), encoded(token));
        BASE64_STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), base.as_bytes()))
    }
}

fn pair(name: &str, value: impl Into<String>) -> Pair {
    (name.to_owned(), value.into())
}

fn coded((name, value): &Pair) -> Pair {
    (encoded(name), encoded(value))
}

/// The parameters of a form body (3.4.1.3.1); other bodies are not signed.
fn form_body(request: &Outgoing) -> Vec<Pair> {
    let is_form = request.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value.starts_with("application/x-www-form-urlencoded")
    });
    let body = request.body.as_deref().filter(|_| is_form).unwrap_or_default();
    url::form_urlencoded::parse(body).into_owned().collect()
}

/// The header (3.5.1); the realm is not signed.
fn header(realm: Option<&str>, parameters: &[Pair]) -> (String, SecretString) {
    let mut parts: Vec<String> =
        realm.map(|realm| format!("realm=\"{}\"", encoded(realm))).into_iter().collect();
    parts.extend(parameters.iter().map(|(name, value)| format!("{}=\"{}\"", encoded(name), encoded(value))));
    ("Authorization".to_owned(), format!("OAuth {}", parts.join(", ")).into())
}

/// A provider and the address of one of the steps.
pub(super) struct Step<'a> {
    pub(super) connector: &'a Connector,
    pub(super) oauth1: &'a OAuth1,
    pub(super) services: &'a Services,
    pub(super) values: Values<'a>,
}

impl Step<'_> {
    fn url(&self, operator: Option<&Url>, address: Option<&Address>) -> Result<Url, CallError> {
        let lacking =
            || refused(ErrorClass::Validation, "the manifest has no address for this step of OAuth 1.0a");
        let url = match (operator, address) {
            (Some(url), _) => url.clone(),
            (None, Some(address)) => {
                let filled = address.fill(&self.values);
                let filled = filled.map_err(|error| refused(ErrorClass::Validation, error.to_string()))?;
                self.connector.placed(filled)
            }
            (None, None) => return Err(lacking()),
        };
        if self.connector.owns(&url) || self.services.http.policy().names(&url) {
            return Ok(url);
        }
        let message = format!("tokens do not go to {}", url.origin().ascii_serialization());
        Err(refused(ErrorClass::Permission, message))
    }

    async fn ask(
        &self,
        signing: &Signing<'_>,
        url: Url,
        further: &[Pair],
    ) -> Result<BTreeMap<String, String>, CallError> {
        let mut request = Outgoing {
            method: "POST".to_owned(),
            url,
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body: None,
            timeout: TOKEN_TIMEOUT,
        };
        let parameters = signing.parameters(self.services, further);
        request.secret_headers.push(header(None, &signing.signed(parameters, &request)));
        let answer = self.services.http.send(request).await.map_err(|error| failure(&error).error)?;
        if !(200..300).contains(&answer.status) {
            let class = if answer.status >= 500 { ErrorClass::Transient } else { ErrorClass::Permission };
            return Err(refused(
                class,
                format!("the provider answered HTTP {} to OAuth 1.0a", answer.status),
            ));
        }
        Ok(url::form_urlencoded::parse(&answer.body).into_owned().collect())
    }
}

fn of<'a>(app: &'a Secrets, name: &str) -> Result<&'a str, CallError> {
    app.get(name).map(ExposeSecret::expose_secret).ok_or_else(|| missing(name))
}

fn said(answer: &BTreeMap<String, String>, name: &str) -> Result<String, CallError> {
    let lacking = || refused(ErrorClass::Transient, "the OAuth 1.0a answer has no token");
    answer.get(name).filter(|text| !text.is_empty()).cloned().ok_or_else(lacking)
}

/// Asks for a temporary token and says where to send the browser (2.1, 2.2). The state travels in our own address.
pub(super) async fn authorize(
    step: &Step<'_>,
    app: &Secrets,
    state: &str,
    redirect_uri: &str,
) -> Result<Authorization, CallError> {
    let oauth1 = step.oauth1;
    let endpoints = &step.connector.endpoints;
    let consumer = (of(app, &oauth1.consumer_key)?, of(app, &oauth1.consumer_secret)?);
    let mut back = Url::parse(redirect_uri)
        .map_err(|_| refused(ErrorClass::Validation, "the redirect address is no URL"))?;
    back.query_pairs_mut().append_pair("state", state);
    let request_url = step.url(None, oauth1.request_url.as_ref())?;
    let signing = Signing { oauth1, consumer, token: None };
    let answer = step.ask(&signing, request_url, &[pair("oauth_callback", back.as_str())]).await?;
    let (token, secret) = (said(&answer, "oauth_token")?, said(&answer, "oauth_token_secret")?);
    let mut url = step.url(endpoints.authorize_url.as_ref(), oauth1.authorize_url.as_ref())?;
    url.query_pairs_mut().append_pair("oauth_token", &token);
    Ok(Authorization { url: url.to_string(), verifier: Some(secret.into()) })
}

/// Exchanges the temporary token (2.3).
pub(super) async fn exchange(
    step: &Step<'_>,
    app: &Secrets,
    callback: &BTreeMap<String, String>,
    temporary_secret: Option<&SecretString>,
) -> Result<Authorized, CallError> {
    let oauth1 = step.oauth1;
    let consumer = (of(app, &oauth1.consumer_key)?, of(app, &oauth1.consumer_secret)?);
    let given = |name: &str| {
        let lacking = || refused(ErrorClass::Validation, format!("the callback has no `{name}`"));
        callback.get(name).map(String::as_str).ok_or_else(lacking)
    };
    let (token, verifier) = (given("oauth_token")?, given("oauth_verifier")?);
    let secret = temporary_secret.map_or("", ExposeSecret::expose_secret);
    let url = step.url(step.connector.endpoints.token_url.as_ref(), oauth1.access_url.as_ref())?;
    let signing = Signing { oauth1, consumer, token: Some((token, secret)) };
    let answer = step.ask(&signing, url, &[pair("oauth_verifier", verifier)]).await?;
    let mut secrets = Secrets::default();
    secrets.set(&oauth1.token, said(&answer, "oauth_token")?.into());
    secrets.set(&oauth1.token_secret, said(&answer, "oauth_token_secret")?.into());
    secrets.set("authorized_at", step.services.clock.now().to_rfc3339().into());
    Ok(Authorized { secrets, realm: None, scopes: Vec::new() })
}

#[cfg(test)]
mod tests;
