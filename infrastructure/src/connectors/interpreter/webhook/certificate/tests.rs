use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use pki_types::TrustAnchor;

use super::*;

/// An authority of these tests, and what it issued for `api.door.example` and for `api.elsewhere.example`. Their keys
/// were thrown away; each signed [`MESSAGE`] before.
const AUTHORITY: &str = include_str!("authority.pem");
const DOOR: &str = include_str!("door.pem");
const ELSEWHERE: &str = include_str!("elsewhere.pem");
const MESSAGE: &[u8] = b"id-1|1405814533";

fn signature(of: &str) -> Vec<u8> {
    let text = if of == DOOR { include_str!("door.sig") } else { include_str!("elsewhere.sig") };
    BASE64_STANDARD.decode(text).unwrap()
}

fn roots() -> Vec<TrustAnchor<'static>> {
    let authority = CertificateDer::from_pem_slice(AUTHORITY.as_bytes()).unwrap();
    vec![webpki::anchor_from_trusted_cert(&authority).unwrap().to_owned()]
}

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().unwrap()
}

/// Whether a message is good under a certificate for `api.door.example`.
fn good(pem: &str, message: &[u8], signature: &[u8], now: &str) -> Result<(), String> {
    verified((pem, "api.door.example"), (message, signature), (at(now), &roots()))
}

const THEN: &str = "2027-06-01T00:00:00Z";

#[test]
fn what_the_named_host_signed_is_good_while_its_certificate_is_valid() {
    assert_eq!(good(DOOR, MESSAGE, &signature(DOOR), THEN), Ok(()));
    assert_eq!(good(&format!("{DOOR}{AUTHORITY}"), MESSAGE, &signature(DOOR), THEN), Ok(()));
    for (never, why) in [("2026-01-02T00:00:00Z", "CertNotValidYet"), ("2040-01-01T00:00:00Z", "CertExpired")]
    {
        let refused = good(DOOR, MESSAGE, &signature(DOOR), never).unwrap_err();
        assert!(refused.contains(why), "{never}: {refused}");
    }
}

#[test]
fn another_message_another_signature_and_another_host_are_refused() {
    assert!(good(DOOR, b"id-2|1405814533", &signature(DOOR), THEN).is_err());
    assert!(good(DOOR, MESSAGE, &signature(ELSEWHERE), THEN).is_err());
    assert!(good(DOOR, MESSAGE, b"", THEN).is_err());
    // The authority is the same, and the signature is its own; it is another host's all the same.
    let refused = good(ELSEWHERE, MESSAGE, &signature(ELSEWHERE), THEN).unwrap_err();
    assert!(refused.contains("CertNotValidForName"), "{refused}");
}

#[test]
fn an_authority_that_nobody_trusts_and_what_is_no_certificate_are_refused() {
    let nobody = verified((DOOR, "api.door.example"), (MESSAGE, &signature(DOOR)), (at(THEN), &[]));
    assert!(nobody.unwrap_err().contains("UnknownIssuer"));
    let public = webpki_roots::TLS_SERVER_ROOTS;
    let signed = signature(DOOR);
    assert!(verified((DOOR, "api.door.example"), (MESSAGE, &signed), (at(THEN), public)).is_err());
    for nonsense in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(good(nonsense, MESSAGE, &signed, THEN).is_err(), "{nonsense}");
    }
    assert!(good(AUTHORITY, MESSAGE, &signed, THEN).is_err(), "an authority signs no deliveries");
}
