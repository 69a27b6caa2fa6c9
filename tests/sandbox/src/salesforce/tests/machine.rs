//! The JWT bearer and client credentials flows.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::desk::parts;
use crate::salesforce::{SalesforceConfig, SalesforceSandbox, start};
use crate::test_client::client;

fn public(key: &RsaKeyPair) -> Vec<u8> {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    der.as_ref().to_vec()
}

fn assertion(key: &RsaKeyPair, algorithm: &str, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": algorithm});
    let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = format!("{header}.{claims}");
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn token(sandbox: &SalesforceSandbox, assertion: &str) -> (u16, Value) {
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)];
    parts(client().post(sandbox.token_url()).form(&form).send().await.unwrap()).await
}

fn claims() -> Value {
    let exp = crate::kit::Clock::default().now_ms() / 1000 + 180;
    json!({"iss": "sf-consumer-key", "sub": "integration@acme.example", "aud": "https://login.salesforce.com", "exp": exp})
}

#[tokio::test]
async fn an_assertion_is_worth_an_access_token_and_no_refresh_token() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let config = SalesforceConfig { certificate: Some(public(&key)), ..SalesforceConfig::unlimited() };
    let sandbox = start(config).await.unwrap();
    let (status, tokens) = token(&sandbox, &assertion(&key, "RS256", &claims())).await;
    assert_eq!((status, tokens.get("refresh_token")), (200, None), "{tokens}");
    assert_eq!(tokens["instance_url"], json!(sandbox.instance_url));
    let request = client().get(format!("{}/limits", sandbox.data_url()));
    let response = request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn assertions_that_are_not_right_are_invalid_grants() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let other = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let config = SalesforceConfig { certificate: Some(public(&key)), ..SalesforceConfig::unlimited() };
    let sandbox = start(config.clone()).await.unwrap();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        assertion(&key, "RS256", &claims)
    };
    let now = crate::kit::Clock::default().now_ms() / 1000;
    for (assertion, why) in [
        (with("iss", json!("other")), "iss"),
        (with("aud", json!("https://elsewhere")), "audience"),
        (with("sub", json!("nobody@acme.example")), "approved"),
        (with("exp", json!(now + 3600)), "too far"),
        (with("exp", json!(now - 60)), "expired"),
        (assertion(&other, "RS256", &claims()), "signature"),
        (assertion(&key, "none", &claims()), "RS256"),
        ("a.b".to_owned(), "invalid assertion"),
    ] {
        let (status, body) = token(&sandbox, &assertion).await;
        assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")));
        assert!(body["error_description"].as_str().unwrap().contains(why), "{body}");
    }
    let sandbox = start(SalesforceConfig { pre_authorized: false, ..config }).await.unwrap();
    assert_eq!(token(&sandbox, &assertion(&key, "RS256", &claims())).await.0, 400);
}

#[tokio::test]
async fn client_credentials_need_to_be_switched_on() {
    for (client_credentials, wanted) in [(false, 400), (true, 200)] {
        let config = SalesforceConfig { client_credentials, ..SalesforceConfig::unlimited() };
        let sandbox = start(config).await.unwrap();
        let request = client().post(sandbox.token_url()).form(&[("grant_type", "client_credentials")]);
        let request = request.basic_auth("sf-consumer-key", Some("sf-consumer-secret"));
        assert_eq!(parts(request.send().await.unwrap()).await.0, wanted);
    }
}
