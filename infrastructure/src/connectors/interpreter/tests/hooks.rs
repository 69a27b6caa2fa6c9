//! Webhooks as providers sign them.

use std::collections::BTreeMap;

use application::ports::connector::{Connectors as _, WebhookCall, WebhookRejection};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::json as value;
use sha2::{Digest as _, Sha256};

use super::door::{Door, events, json};
use crate::connectors::interpreter::jwt;
use crate::connectors::manifest::JwtAlgorithm;

/// 2026-01-02T03:04:05Z, the clock of these tests.
const NOW: &str = "1767323045";
const SHAPE: &str = r#"
[[webhooks.shapes]]
root = "object"
entity = { at = "type", split = ".", part = 0 }
verb = { at = "type", split = ".", part = 1 }
id = { at = "id" }
dedupe = { at = "event" }
"#;
const BODY: &str = r#"{"type":"customer.updated","id":"c1","event":"e1"}"#;
const TAKEN: [&str; 1] = ["customer.updated c1 -"];

fn manifest(webhooks: &str) -> String {
    format!("auth = {{ kind = \"none\" }}\n[webhooks]\nsecret = \"app\"\n{webhooks}\n{SHAPE}")
}

fn mac(secret: &str, message: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), message.as_bytes()).as_ref().to_vec()
}

fn post(headers: &[(&str, &str)], body: &str) -> WebhookCall {
    WebhookCall {
        method: "POST".to_owned(),
        url: "https://hub.example/v1/webhooks/door?tag=a%2Fb".to_owned(),
        query: [("tag".to_owned(), "a/b".to_owned())].into(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

const STRIPE: &str = r#"signature = { header = "Stripe-Signature", encoding = "hex", pairs = { timestamp = "t", signature = "v1" }, over = "{timestamp}.{body}", tolerance_s = 300 }"#;

#[tokio::test]
async fn a_list_of_signatures_with_a_timestamp_is_good_while_it_is_fresh() {
    let door = Door::new(&manifest(STRIPE), vec![]).await;
    let good = hex::encode(mac("whsec_new", &format!("{NOW}.{BODY}")));
    let header = format!("t={NOW},v1={},v1={good},v0=00", "ab".repeat(32));
    let call = post(&[("stripe-signature", &header)], BODY);
    // While a secret is changed, either is good.
    let both = [("webhook_secret", "whsec_new"), ("webhook_secret_previous", "whsec_old")];
    assert_eq!(events(door.deliver(&both, &call).await), TAKEN);
    let swapped = [("webhook_secret", "whsec_newer"), ("webhook_secret_previous", "whsec_new")];
    assert_eq!(events(door.deliver(&swapped, &call).await), TAKEN);
    assert_eq!(
        door.deliver(&[("webhook_secret", "whsec_old")], &call).await.unwrap_err(),
        WebhookRejection::WrongSignature
    );
    let other = post(&[("stripe-signature", &header)], &BODY.replace("c1", "c2"));
    assert_eq!(door.deliver(&both, &other).await.unwrap_err(), WebhookRejection::WrongSignature);
    door.bench.clock.advance(TimeDelta::seconds(301));
    assert_eq!(door.deliver(&both, &call).await.unwrap_err(), WebhookRejection::Replayed);
    assert_eq!(door.deliver(&[], &call).await.unwrap_err(), WebhookRejection::NoSecret);
    assert_eq!(door.deliver(&both, &post(&[], BODY)).await.unwrap_err(), WebhookRejection::MissingSignature);
    let undated = format!("v1={good}");
    let undated = door.deliver(&both, &post(&[("stripe-signature", &undated)], BODY)).await;
    assert_eq!(undated.unwrap_err(), WebhookRejection::MissingSignature);
}

#[tokio::test]
async fn a_timestamp_header_is_part_of_what_is_signed() {
    let slack = r#"signature = { header = "X-Slack-Signature", encoding = "hex", prefix = "v0=", timestamp = { header = "X-Slack-Request-Timestamp" }, over = "v0:{timestamp}:{body}", tolerance_s = 300 }
[[webhooks.handshakes]]
when = { field = "type", equals = "url_verification" }
echo = { at = "challenge" }
signed = true"#;
    let door = Door::new(&manifest(slack), vec![]).await;
    let signed = |body: &str| {
        let signature = format!("v0={}", hex::encode(mac("s", &format!("v0:{NOW}:{body}"))));
        post(&[("x-slack-signature", &signature), ("x-slack-request-timestamp", NOW)], body)
    };
    let secret = [("webhook_secret", "s")];
    assert_eq!(events(door.deliver(&secret, &signed(BODY)).await), TAKEN);
    let challenge = r#"{"type":"url_verification","challenge":"ch-1"}"#;
    assert_eq!(events(door.deliver(&secret, &signed(challenge)).await), ["text/plain; charset=utf-8: ch-1"]);
    let forged = post(&[("x-slack-signature", "v0=00"), ("x-slack-request-timestamp", NOW)], challenge);
    assert_eq!(door.deliver(&secret, &forged).await.unwrap_err(), WebhookRejection::WrongSignature);
}

#[tokio::test]
async fn the_address_as_called_may_be_signed() {
    let hubspot = r#"secrets = ["client_secret"]
signature = { header = "X-HubSpot-Signature-v3", encoding = "base64", timestamp = { header = "X-HubSpot-Request-Timestamp", unit = "ms" }, over = "{method}{url}{body}{timestamp}", url_decode = ":/?@!$'()*,;", tolerance_s = 300 }"#;
    let door = Door::new(&manifest(hubspot), vec![]).await;
    let message = format!("POSThttps://hub.example/v1/webhooks/door?tag=a/b{BODY}{NOW}000");
    let signature = BASE64_STANDARD.encode(mac("hush", &message));
    let stamp = format!("{NOW}000");
    let call = post(&[("x-hubspot-signature-v3", &signature), ("x-hubspot-request-timestamp", &stamp)], BODY);
    assert_eq!(events(door.deliver(&[("client_secret", "hush")], &call).await), TAKEN);
    let elsewhere = WebhookCall { url: "https://hub.example/v1/webhooks/door".to_owned(), ..call };
    let refused = door.deliver(&[("client_secret", "hush")], &elsewhere).await;
    assert_eq!(refused.unwrap_err(), WebhookRejection::WrongSignature);
}

/// The example of the Standard Webhooks specification.
#[tokio::test]
async fn a_key_may_be_written_in_base64_behind_a_prefix() {
    let standard = r#"signature = { header = "webhook-signature", encoding = "base64", prefix = "v1,", separator = " ", key = { encoding = "base64", strip = "whsec_" }, timestamp = { header = "webhook-timestamp" }, over = "{header.webhook-id}.{timestamp}.{body}", tolerance_s = 999999999 }"#;
    let shape = "auth = { kind = \"none\" }\n[webhooks]\nsecret = \"app\"\nshapes = [{ root = \"object\", entity = { value = \"test\" }, verb = { value = \"seen\" }, id = { at = \"test\" } }]\n";
    let door = Door::new(&format!("{shape}{standard}\n"), vec![]).await;
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let secret = [("webhook_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let taken = door.deliver(&secret, &post(&headers, r#"{"test": 2432232314}"#)).await;
    assert_eq!(events(taken), ["test.seen 2432232314 -"]);
}

#[tokio::test]
async fn an_empty_list_of_events_is_answered_when_it_is_signed_and_refused_when_it_is_not() {
    let xero = r#"signature = { header = "x-xero-signature", encoding = "base64" }
deleted = ["archive"]
ended = ["app.uninstalled"]
[[webhooks.shapes]]
root = "object"
each = ["events"]
realm = { at = "tenantId" }
entity = { at = "eventCategory" }
verb = { at = "eventType" }
id = { at = "resourceId", prepend = "gid/", strip = "x-" }
[webhooks.entities]
INVOICE = ["SalesInvoice", "Bill"]"#;
    let door = Door::new(&manifest(xero), vec![]).await;
    let secret = [("webhook_secret", "s")];
    let signed = |body: &str| post(&[("x-xero-signature", &BASE64_STANDARD.encode(mac("s", body)))], body);
    let empty = r#"{"events":[],"firstEventSequence":0}"#;
    assert!(events(door.deliver(&secret, &signed(empty)).await).is_empty());
    let bad = post(&[("x-xero-signature", "AAAA")], empty);
    assert_eq!(door.deliver(&secret, &bad).await.unwrap_err(), WebhookRejection::WrongSignature);
    let two = r#"{"events":[{"tenantId":"t","eventCategory":"INVOICE","eventType":"UPDATE","resourceId":"x-1"},{"tenantId":"t","eventCategory":"app","eventType":"UNINSTALLED","resourceId":"2"}]}"#;
    assert_eq!(
        events(door.deliver(&secret, &signed(two)).await),
        ["SalesInvoice.update gid/1 t", "Bill.update gid/1 t", "app.uninstalled gid/2 t ended"]
    );
}

#[tokio::test]
async fn what_a_request_says_in_its_headers_counts() {
    let shopify = r#"auth = { kind = "none" }
[webhooks]
secret = "app"
secrets = ["client_secret"]
deleted = ["delete"]
signature = { header = "X-Shopify-Hmac-SHA256", encoding = "base64" }
[[webhooks.shapes]]
root = "object"
realm = { header = "X-Shopify-Shop-Domain" }
entity = { header = "X-Shopify-Topic", split = "/", part = 0 }
verb = { header = "X-Shopify-Topic", split = "/", part = 1 }
id = { at = "admin_graphql_api_id" }
dedupe = { header = "X-Shopify-Webhook-Id" }
[[webhooks.shapes]]
root = "object"
when = { field = "bulk", equals = true }
entity = { value = "Orders" }
verb = { value = "changed" }
"#;
    let door = Door::new(shopify, vec![]).await;
    let body = r#"{"admin_graphql_api_id":"gid://shopify/Order/1"}"#;
    let signature = BASE64_STANDARD.encode(mac("hush", body));
    let headers = [
        ("x-shopify-hmac-sha256", signature.as_str()),
        ("x-shopify-topic", "orders/delete"),
        ("x-shopify-shop-domain", "a.myshopify.com"),
        ("x-shopify-webhook-id", "w-1"),
    ];
    let secret = [("client_secret", "hush")];
    assert_eq!(
        events(door.deliver(&secret, &post(&headers, body)).await),
        ["orders.delete gid://shopify/Order/1 a.myshopify.com deleted"]
    );
    let whole = r#"{"bulk":true}"#;
    let signature = BASE64_STANDARD.encode(mac("hush", whole));
    let taken = door.deliver(&secret, &post(&[("x-shopify-hmac-sha256", &signature)], whole)).await;
    assert_eq!(events(taken), ["Orders.changed  -"]);
}

#[tokio::test]
async fn an_endpoint_greets_those_that_ask_first() {
    let greetings = r#"signature = { kind = "shared", at = "clientState" }
[[webhooks.handshakes]]
echo = { query = "validationToken" }
[[webhooks.handshakes]]
echo = { header = "x-okta-verification-challenge" }
json = "verification"
[[webhooks.handshakes]]
form = "webhook_id""#;
    let door = Door::new(&manifest(greetings), vec![]).await;
    let asked = |query: &[(&str, &str)], headers: &[(&str, &str)], body: &str| WebhookCall {
        query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..post(headers, body)
    };
    let token = asked(&[("validationToken", "a b<c>")], &[], "");
    assert_eq!(events(door.deliver(&[], &token).await), ["text/plain; charset=utf-8: a b<c>"]);
    let okta = asked(&[], &[("x-okta-verification-challenge", "v\"1")], "");
    assert_eq!(events(door.deliver(&[], &okta).await), [r#"application/json: {"verification":"v\"1"}"#]);
    assert_eq!(events(door.deliver(&[], &asked(&[], &[], "webhook_id=7")).await), [": "]);
    let long = "x".repeat(2_000);
    let long = asked(&[("validationToken", &long)], &[], "");
    assert!(door.deliver(&[], &long).await.is_err());
    let known = [("webhook_secret", "state-1")];
    let event = r#"{"type":"customer.updated","id":"c1","event":"e1","clientState":"state-1"}"#;
    assert_eq!(events(door.deliver(&known, &asked(&[], &[], event)).await), TAKEN);
    let other = event.replace("state-1", "state-2");
    assert_eq!(
        door.deliver(&known, &asked(&[], &[], &other)).await.unwrap_err(),
        WebhookRejection::WrongSignature
    );
    assert_eq!(
        door.deliver(&known, &asked(&[], &[], BODY)).await.unwrap_err(),
        WebhookRejection::MissingSignature
    );
}

struct Plaid {
    key: EcdsaKeyPair,
}

impl Plaid {
    fn new() -> Self {
        Self { key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap() }
    }

    fn jwk(&self, ended: bool) -> String {
        let point = self.key.public_key().as_ref();
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let ended = ended.then_some(1);
        value!({"key": {"kty": "EC", "crv": "P-256", "x": number(&point[1..33]), "y": number(&point[33..]), "expired_at": ended}})
            .to_string()
    }

    fn call(&self, body: &str, (key_id, iat): (&str, i64)) -> WebhookCall {
        let pem = BASE64_STANDARD.encode(self.key.to_pkcs8v1().unwrap().as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----");
        let claims = value!({"iat": iat, "request_body_sha256": hex::encode(Sha256::digest(body))});
        let token = jwt::sign(JwtAlgorithm::ES256, &pem, Some(key_id), claims.as_object().unwrap()).unwrap();
        post(&[("plaid-verification", &token)], body)
    }
}

const PLAID: &str = r#"auth = { kind = "api_key", send = [{ secret = "client_secret", header = "PLAID-SECRET" }] }
[webhooks]
secret = "app"
signature = { kind = "jwt", header = "Plaid-Verification", algorithm = "ES256", body_sha256 = "request_body_sha256", tolerance_s = 300, keys = { request = { method = "POST", path = "/key", body = { key_id = "{webhook.key_id}" } }, key = "key", ended = "expired_at" } }
"#;

#[tokio::test]
async fn a_token_over_the_body_is_verified_under_a_key_that_is_fetched_once() {
    let plaid = Plaid::new();
    let door = Door::new(&format!("{PLAID}{SHAPE}"), vec![json(&plaid.jwk(false))]).await;
    let app = [("client_secret", "hush")];
    let now = NOW.parse().unwrap();
    let call = plaid.call(BODY, ("k-1", now));
    assert_eq!(events(door.deliver(&app, &call).await), TAKEN);
    assert_eq!(events(door.deliver(&app, &call).await), TAKEN);
    assert_eq!(door.server.lines(), ["POST /api/key"]);
    assert_eq!(
        (door.asked(0).1.as_str(), door.header(0, "plaid-secret").as_deref()),
        (r#"{"key_id":"k-1"}"#, Some("hush"))
    );
    let other = WebhookCall { body: BODY.replace("c1", "c2").into_bytes(), ..call.clone() };
    assert_eq!(door.deliver(&app, &other).await.unwrap_err(), WebhookRejection::WrongSignature);
    let stranger = Plaid::new().call(BODY, ("k-1", now));
    assert_eq!(door.deliver(&app, &stranger).await.unwrap_err(), WebhookRejection::WrongSignature);
    let old = plaid.call(BODY, ("k-1", now - 301));
    assert_eq!(door.deliver(&app, &old).await.unwrap_err(), WebhookRejection::Replayed);
    assert_eq!(door.server.lines().len(), 1, "a bad token fetched a key");
}

#[tokio::test]
async fn a_key_that_ended_is_void_and_one_that_cannot_be_fetched_is_tried_again() {
    let plaid = Plaid::new();
    let plays =
        vec![json(&plaid.jwk(true)), crate::http::canned::Play::json(500, "{}"), json(&plaid.jwk(false))];
    let door = Door::new(&format!("{PLAID}{SHAPE}"), plays).await;
    let app = [("client_secret", "hush")];
    let now = NOW.parse().unwrap();
    let ended = plaid.call(BODY, ("ended", now));
    assert_eq!(door.deliver(&app, &ended).await.unwrap_err(), WebhookRejection::WrongSignature);
    let fresh = plaid.call(BODY, ("fresh", now));
    assert!(matches!(door.deliver(&app, &fresh).await, Err(WebhookRejection::KeyAway(_))));
    assert_eq!(events(door.deliver(&app, &fresh).await), TAKEN);
}

#[tokio::test]
async fn no_bytes_make_a_verifier_panic() {
    let plaid = format!("{PLAID}{SHAPE}");
    let mut number = 7_u64;
    let mut noise = move || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let length = usize::try_from(number >> 58).unwrap();
        (0..length)
            .map(|at| char::from(u8::try_from((number >> (at % 56)) & 0x7f).unwrap()))
            .collect::<String>()
    };
    for text in [manifest(STRIPE), plaid] {
        let door = Door::new(&text, vec![]).await;
        for _ in 0..300 {
            let headers: BTreeMap<String, String> = ["stripe-signature", "plaid-verification"]
                .map(|name| (name.to_owned(), format!("{}.{},t={}", noise(), noise(), noise())))
                .into();
            let call = WebhookCall { headers, ..post(&[], &noise()) };
            assert!(door.deliver(&[("webhook_secret", "s")], &call).await.is_err());
        }
        assert!(door.registry.subscriptions("door").is_none());
    }
}

const CERTIFIED: &str = r#"auth = { kind = "none" }
[webhooks]
secret = "app"
signature = { kind = "certificate", header = "Signature", url = "{header.cert-url}", host = "api.door.example", over = "{header.id}|{body_crc32}" }
"#;

#[tokio::test]
async fn a_certificate_comes_from_an_origin_of_the_manifest_and_from_a_public_authority() {
    let pem = include_str!("../webhook/certificate/door.pem");
    let signature = include_str!("../webhook/certificate/door.sig");
    let plays = vec![crate::http::canned::Play::json(503, "{}"), json(pem)];
    let door = Door::new(&format!("{CERTIFIED}{SHAPE}"), plays).await;
    let call = |url: &str, signature: &str| {
        post(&[("signature", signature), ("id", "id-1"), ("cert-url", url)], BODY)
    };
    let own = "https://api.door.example/cert.pem";
    // Nobody is asked for a certificate elsewhere, nor for one of a signature that is none.
    for (url, signature) in [
        ("https://evil.example/cert.pem", signature),
        ("https://door.example.evil.example/cert.pem", signature),
        ("http://api.door.example/cert.pem", signature),
        ("file:///etc/passwd", signature),
        (own, "not base64!"),
    ] {
        let refused = door.deliver(&[], &call(url, signature)).await.unwrap_err();
        assert_eq!(refused, WebhookRejection::WrongSignature, "{url}");
    }
    assert_eq!(door.server.lines(), [""; 0]);
    let away = door.deliver(&[], &call(own, signature)).await.unwrap_err();
    assert!(matches!(away, WebhookRejection::KeyAway(_)), "{away:?}");
    // The signature is right, but no public authority vouches for the certificate; it is fetched once.
    for _ in 0..2 {
        let refused = door.deliver(&[], &call(own, signature)).await.unwrap_err();
        assert_eq!(refused, WebhookRejection::WrongSignature);
    }
    assert_eq!(door.server.lines(), ["GET /cert.pem", "GET /cert.pem"]);
    let unsigned = door.deliver(&[], &post(&[("id", "id-1")], BODY)).await.unwrap_err();
    assert_eq!(unsigned, WebhookRejection::MissingSignature);
}
