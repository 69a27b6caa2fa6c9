//! A value that only the provider knows, in a header, a query parameter or in each event; compared in constant time.

use application::ports::connector::WebhookRejection;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::ExposeSecret;

use super::verify::Delivery;
use crate::connectors::manifest::Webhooks;

/// Checks a value outside the body; one inside is checked event by event.
pub(super) fn check(delivery: &Delivery<'_>, webhooks: &Webhooks) -> Result<(), WebhookRejection> {
    let described = &webhooks.signature;
    let given = match (&described.header, &described.query) {
        (Some(header), _) => delivery.header(header),
        (None, Some(parameter)) => delivery.call.query.get(parameter).map(String::as_str),
        (None, None) => return delivery.signing(webhooks).map(drop),
    };
    let given = given.ok_or(WebhookRejection::MissingSignature)?;
    is_known(delivery, webhooks, given.strip_prefix(&described.prefix).unwrap_or(given))
}

/// Whether it is one of the secrets.
pub(super) fn is_known(
    delivery: &Delivery<'_>,
    webhooks: &Webhooks,
    given: &str,
) -> Result<(), WebhookRejection> {
    let secrets = delivery.signing(webhooks)?;
    let same = |secret: &str| verify_slices_are_equal(secret.as_bytes(), given.as_bytes()).is_ok();
    // Every secret is compared, so that the time tells nothing of which it was.
    let hits = secrets.into_iter().filter(|secret| same(secret.expose_secret())).count();
    if hits > 0 { Ok(()) } else { Err(WebhookRejection::WrongSignature) }
}
