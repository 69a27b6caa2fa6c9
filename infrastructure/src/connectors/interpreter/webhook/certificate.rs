//! RSA with SHA-256 under the key of a certificate that the delivery names: the certificate must come from an origin of
//! the manifest, be issued by a public authority for the name the manifest gives, and be valid now.

use std::time::Duration;

use application::ports::connector::WebhookRejection;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use pki_types::pem::PemObject as _;
use pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use url::Url;
use webpki::{EndEntityCert, KeyUsage};

use super::keys::KeyCache;
use super::over::{Told, filled};
use super::signature::fresh;
use super::verify::Delivery;
use crate::connectors::manifest::{Over, OverPart, Signature};
use crate::http::Outgoing;

#[cfg(test)]
mod tests;

/// A certificate that has not come after this is given up.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest address of a certificate.
const LONGEST_URL: usize = 500;

/// Checks the signature, then how old it is.
pub(super) async fn check(
    delivery: &Delivery<'_>,
    described: &Signature,
    keys: &KeyCache,
) -> Result<(), WebhookRejection> {
    let (Some(header), Some(url), Some(host)) = (&described.header, &described.url, &described.host) else {
        return Err(WebhookRejection::Unsupported);
    };
    let given = delivery.header(header).ok_or(WebhookRejection::MissingSignature)?;
    let signature = BASE64_STANDARD.decode(given).map_err(|_| WebhookRejection::WrongSignature)?;
    let timestamp = described.timestamp.as_ref().and_then(|timestamp| delivery.header(&timestamp.header));
    let told = Told { timestamp, url_decode: &described.url_decode };
    let raw = Over(vec![OverPart::Body]);
    let message = filled(described.over.as_ref().unwrap_or(&raw), delivery, &told);
    let message = message.ok_or(WebhookRejection::MissingSignature)?;
    let url = filled(url, delivery, &told).and_then(|url| String::from_utf8(url).ok()).unwrap_or_default();
    let pem = keys.certificate(delivery, &url).await?;
    let wrong = |_| WebhookRejection::WrongSignature;
    verified((&pem, host), (&message, &signature), (delivery.now, &keys.roots)).map_err(wrong)?;
    fresh(described, timestamp, delivery.now)
}

/// The certificate at an address; only of an origin that the manifest lists.
pub(super) async fn fetch(delivery: &Delivery<'_>, url: &str) -> Result<Option<String>, WebhookRejection> {
    let away = |why: String| WebhookRejection::KeyAway(why);
    let connection =
        delivery.connection.ok_or_else(|| away("the provider's address is not known".to_owned()))?;
    let parsed = Url::parse(url).ok().filter(|_| url.len() <= LONGEST_URL);
    let owned = |url: &Url| connection.connector.owns(url) || connection.services.http.policy().names(url);
    let Some(url) = parsed.filter(owned) else { return Ok(None) };
    let url = connection.connector.placed(url);
    let request = Outgoing {
        method: "GET".to_owned(),
        url,
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: None,
        timeout: TIMEOUT,
    };
    let answer = connection.services.http.send(request).await.map_err(|error| away(error.to_string()))?;
    match answer.status {
        200 => Ok(String::from_utf8(answer.body).ok()),
        404 | 410 => Ok(None),
        status => Err(away(format!("HTTP {status}"))),
    }
}

/// Whether the first certificate of a PEM text, issued for `host`, signed a message.
fn verified(
    (pem, host): (&str, &str),
    (message, signature): (&[u8], &[u8]),
    (now, roots): (chrono::DateTime<chrono::Utc>, &[TrustAnchor<'static>]),
) -> Result<(), String> {
    let why = |error: &dyn std::fmt::Display| error.to_string();
    let chain: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| why(&error))?;
    let (leaf, intermediates) = chain.split_first().ok_or_else(|| "no certificate".to_owned())?;
    let leaf = EndEntityCert::try_from(leaf).map_err(|error| why(&error))?;
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        roots,
        intermediates,
        UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
        KeyUsage::server_auth(),
        None,
        None,
    )
    .map_err(|error| why(&error))?;
    let name = ServerName::try_from(host).map_err(|error| why(&error))?;
    leaf.verify_is_valid_for_subject_name(&name).map_err(|error| why(&error))?;
    leaf.verify_signature(webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256, message, signature)
        .map_err(|error| why(&error))
}
