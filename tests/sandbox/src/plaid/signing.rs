//! Keys of the webhooks' signatures: ES256 over a JWT that names the body's hash
//! (fact sheet, "Webhooks").

use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::kit::keyed::Ids;

/// One key.
struct Key {
    kid: String,
    pair: EcdsaKeyPair,
    created: i64,
    expired: Option<i64>,
}

/// The keys there were and the one that signs. Clones share them.
#[derive(Clone)]
pub(crate) struct Signer(Arc<Mutex<State>>);

struct State {
    ids: Ids,
    keys: Vec<Key>,
    /// The key of somebody else.
    strange: EcdsaKeyPair,
}

fn pair() -> std::io::Result<EcdsaKeyPair> {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
        .map_err(|_| std::io::Error::other("no key pair can be made"))
}

impl Signer {
    /// A signer with one key. Errors: no key can be made.
    pub(crate) fn new(seed: u64, now_ms: i64) -> std::io::Result<Self> {
        let state = State { ids: Ids::new(seed ^ 0x6b65_7973), keys: Vec::new(), strange: pair()? };
        let signer = Self(Arc::new(Mutex::new(state)));
        signer.rotate(now_ms)?;
        Ok(signer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds the keys")
    }

    /// A new key signs; the old ones are expired. Answers its id. Errors: no key can be made.
    pub(crate) fn rotate(&self, now_ms: i64) -> std::io::Result<String> {
        let pair = pair()?;
        let mut state = self.state();
        for old in &mut state.keys {
            old.expired.get_or_insert(now_ms / 1000);
        }
        let kid = state.ids.uuid();
        state.keys.push(Key { kid: kid.clone(), pair, created: now_ms / 1000, expired: None });
        Ok(kid)
    }

    /// The id of the key that signs.
    pub(crate) fn current(&self) -> String {
        self.state().keys.last().map(|key| key.kid.clone()).unwrap_or_default()
    }

    /// A key as a JWK; `None` when there is none of this id.
    pub(crate) fn jwk(&self, kid: &str) -> Option<Value> {
        let state = self.state();
        let key = state.keys.iter().find(|key| key.kid == kid)?;
        // Uncompressed: one byte 4, then both coordinates.
        let point = key.pair.public_key().as_ref();
        let (x, y) = point.get(1..33).zip(point.get(33..65))?;
        Some(json!({
            "alg": "ES256",
            "created_at": key.created,
            "crv": "P-256",
            "expired_at": key.expired,
            "kid": key.kid,
            "kty": "EC",
            "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y)
        }))
    }

    /// The value of `Plaid-Verification` for a body: signed by the key of `kid`, or, when `forged`,
    /// by somebody else under its name.
    pub(crate) fn token(&self, kid: &str, forged: bool, iat: i64, body: &[u8]) -> String {
        let header = json!({"alg": "ES256", "kid": kid, "typ": "JWT"}).to_string();
        let claims =
            json!({"iat": iat, "request_body_sha256": hex::encode(Sha256::digest(body))}).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let state = self.state();
        let key = state.keys.iter().find(|key| key.kid == kid).map(|key| &key.pair);
        let pair = key.filter(|_| !forged).unwrap_or(&state.strange);
        let signature =
            pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("a P-256 key signs any message");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}
