//! Machine-to-machine grants with a signed assertion.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::desk::parts;
use crate::netsuite::{Certificate, NetSuiteConfig, NetSuiteSandbox, start};
use crate::test_client::client;

enum Key {
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Key {
    fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn rsa(size: KeySize) -> Self {
        Self::Rsa(Box::new(RsaKeyPair::generate(size).unwrap()))
    }

    fn public(&self) -> Vec<u8> {
        match self {
            Self::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Self::Rsa(pair) => {
                use aws_lc_rs::encoding::AsDer as _;
                let der: aws_lc_rs::encoding::PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
                der.as_ref().to_vec()
            }
        }
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let padding: &dyn aws_lc_rs::signature::RsaEncoding =
                    if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    fn assertion(&self, algorithm: &str, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": algorithm, "kid": "cert-1"});
        let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(self.sign(algorithm, signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

async fn open(key: &Key) -> NetSuiteSandbox {
    let certificates = vec![Certificate { id: "cert-1".into(), public_key: key.public() }];
    start(NetSuiteConfig { certificates, ..NetSuiteConfig::unlimited() }).await.unwrap()
}

fn claims(sandbox: &NetSuiteSandbox) -> Value {
    let now = crate::kit::Clock::default().now_ms() / 1000;
    json!({"iss": "ns-client", "scope": "rest_webservices", "aud": sandbox.token_url(), "iat": now, "exp": now + 3000})
}

async fn token(sandbox: &NetSuiteSandbox, assertion: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    parts(client().post(sandbox.token_url()).form(&form).send().await.unwrap()).await
}

#[tokio::test]
async fn an_assertion_is_worth_an_access_token_and_no_refresh_token() {
    let key = Key::ec();
    let sandbox = open(&key).await;
    let (status, tokens) = token(&sandbox, &key.assertion("ES256", &claims(&sandbox))).await;
    assert_eq!((status, tokens.get("refresh_token")), (200, None), "{tokens}");
    let request = client().get(format!("{}/customer", sandbox.record_url()));
    let response = request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn assertions_that_are_not_right_are_invalid_grants() {
    let key = Key::ec();
    let sandbox = open(&key).await;
    let with = |name: &str, value: Value| {
        let mut claims = claims(&sandbox);
        claims[name] = value;
        key.assertion("ES256", &claims)
    };
    let now = crate::kit::Clock::default().now_ms() / 1000;
    for (assertion, why) in [
        (with("iss", json!("other")), "iss"),
        (with("aud", json!("https://elsewhere/")), "aud"),
        (with("exp", json!(now + 3700)), "iat or exp"),
        (with("exp", json!(now - 1)), "iat or exp"),
        (with("scope", json!("everything")), "scope"),
        (Key::ec().assertion("ES256", &claims(&sandbox)), "signature"),
        (key.assertion("HS256", &claims(&sandbox)), "alg HS256"),
        ("a.b".to_owned(), "no JWT"),
    ] {
        assert_eq!(token(&sandbox, &assertion).await, (400, json!({"error": "invalid_grant"})));
        let told = sandbox.login_audit().last().unwrap().clone();
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn rsa_keys_need_pss_and_3072_bits() {
    let key = Key::rsa(KeySize::Rsa3072);
    let sandbox = open(&key).await;
    assert_eq!(token(&sandbox, &key.assertion("PS256", &claims(&sandbox))).await.0, 200);
    assert_eq!(token(&sandbox, &key.assertion("RS256", &claims(&sandbox))).await.0, 400);
    let short = Key::rsa(KeySize::Rsa2048);
    let sandbox = open(&short).await;
    assert_eq!(token(&sandbox, &short.assertion("PS256", &claims(&sandbox))).await.0, 400);
    assert!(sandbox.login_audit()[0].contains("3072"));
}
