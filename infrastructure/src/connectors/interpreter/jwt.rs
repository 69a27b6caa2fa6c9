//! JSON Web Tokens (RFC 7515, 7518, 7519), compact: signing our own and verifying a provider's, over aws-lc-rs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair, RsaParameters, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::connectors::manifest::JwtAlgorithm;

/// Longest token that is looked at.
const LONGEST: usize = 16 * 1024;

/// Why a token cannot be made or is not good. Shows neither keys nor tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum JwtError {
    /// The private key is no PEM of PKCS#8, or of another kind than the algorithm.
    #[error(
        "the private key cannot be used: give PKCS#8 PEM (BEGIN PRIVATE KEY) of the kind the algorithm needs"
    )]
    Key,
    /// No compact JWT.
    #[error("it is no JWT")]
    Malformed,
    /// Another algorithm than the manifest's.
    #[error("it is signed with another algorithm")]
    Algorithm,
    /// The key is of another kind, or void.
    #[error("the key cannot be used")]
    PublicKey,
    /// The signature is another.
    #[error("its signature does not match")]
    Signature,
}

/// A signed token with these header members (besides `alg` and `typ`) and claims.
pub(super) fn sign(
    algorithm: JwtAlgorithm,
    pem: &str,
    key_id: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<String, JwtError> {
    let mut header = Map::new();
    header.insert("alg".to_owned(), algorithm.as_str().into());
    header.insert("typ".to_owned(), "JWT".into());
    if let Some(key_id) = key_id {
        header.insert("kid".to_owned(), key_id.into());
    }
    let part = |object: &Map<String, Value>| {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(object).unwrap_or_default())
    };
    let signed = format!("{}.{}", part(&header), part(claims));
    let signature = signature(algorithm, &der(pem)?, signed.as_bytes())?;
    Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// The bytes of the first private key of a PEM text (RFC 7468).
fn der(pem: &str) -> Result<Zeroizing<Vec<u8>>, JwtError> {
    let after = pem.split_once("PRIVATE KEY-----").ok_or(JwtError::Key)?.1;
    let inner = after.split_once("-----END").ok_or(JwtError::Key)?.0;
    let text: Zeroizing<String> = Zeroizing::new(inner.split_whitespace().collect());
    BASE64_STANDARD.decode(text.as_bytes()).map(Zeroizing::new).map_err(|_| JwtError::Key)
}

fn signature(algorithm: JwtAlgorithm, key: &[u8], message: &[u8]) -> Result<Vec<u8>, JwtError> {
    use JwtAlgorithm as A;
    let padding: &'static dyn signature::RsaEncoding = match algorithm {
        A::RS256 => &signature::RSA_PKCS1_SHA256,
        A::RS384 => &signature::RSA_PKCS1_SHA384,
        A::RS512 => &signature::RSA_PKCS1_SHA512,
        A::PS256 => &signature::RSA_PSS_SHA256,
        A::PS384 => &signature::RSA_PSS_SHA384,
        A::PS512 => &signature::RSA_PSS_SHA512,
        A::ES256 => return ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, key, message),
        A::ES384 => return ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, key, message),
    };
    let pair = RsaKeyPair::from_pkcs8(key).map_err(|_| JwtError::Key)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(padding, &SystemRandom::new(), message, &mut signature).map_err(|_| JwtError::Key)?;
    Ok(signature)
}

fn ecdsa(
    kind: &'static signature::EcdsaSigningAlgorithm,
    key: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, JwtError> {
    let pair = EcdsaKeyPair::from_pkcs8(kind, key).map_err(|_| JwtError::Key)?;
    let signature = pair.sign(&SystemRandom::new(), message).map_err(|_| JwtError::Key)?;
    Ok(signature.as_ref().to_vec())
}

/// A token that was taken apart, and not verified yet.
#[derive(Debug)]
pub(super) struct Parsed {
    signed: String,
    signature: Vec<u8>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

/// Takes a compact token apart.
pub(super) fn parse(token: &str) -> Result<Parsed, JwtError> {
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwtError::Malformed);
    };
    if token.len() > LONGEST {
        return Err(JwtError::Malformed);
    }
    let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed);
    let object = |part: &str| serde_json::from_slice(&bytes(part)?).map_err(|_| JwtError::Malformed);
    Ok(Parsed {
        signed: format!("{header}.{claims}"),
        signature: bytes(signature)?,
        header: object(header)?,
        claims: object(claims)?,
    })
}

impl Parsed {
    /// The id of its key.
    pub(super) fn key_id(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// A claim of a token that came straight from its issuer, or was verified.
    pub(super) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// Refuses any algorithm but the manifest's; `none` and an HMAC under the public key among them.
    pub(super) fn check_algorithm(&self, algorithm: JwtAlgorithm) -> Result<(), JwtError> {
        let given = self.header.get("alg").and_then(Value::as_str);
        if given == Some(algorithm.as_str()) { Ok(()) } else { Err(JwtError::Algorithm) }
    }

    /// Verifies it under a JWK (RFC 7517).
    pub(super) fn verify(&self, algorithm: JwtAlgorithm, jwk: &Value) -> Result<(), JwtError> {
        use JwtAlgorithm as A;
        self.check_algorithm(algorithm)?;
        let rsa: &'static RsaParameters = match algorithm {
            A::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            A::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            A::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            A::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
            A::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
            A::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
            A::ES256 => return self.verify_point(&ECDSA_P256_SHA256_FIXED, (jwk, "P-256", 32)),
            A::ES384 => return self.verify_point(&ECDSA_P384_SHA384_FIXED, (jwk, "P-384", 48)),
        };
        let (n, e) = (member(jwk, "n")?, member(jwk, "e")?);
        let key = PublicKeyComponents { n: &n, e: &e };
        key.verify(rsa, self.signed.as_bytes(), &self.signature).map_err(|_| JwtError::Signature)
    }

    fn verify_point(
        &self,
        algorithm: &'static signature::EcdsaVerificationAlgorithm,
        (jwk, curve, length): (&Value, &str, usize),
    ) -> Result<(), JwtError> {
        if jwk.get("crv").and_then(Value::as_str).is_some_and(|given| given != curve) {
            return Err(JwtError::PublicKey);
        }
        let (x, y) = (member(jwk, "x")?, member(jwk, "y")?);
        if (x.len(), y.len()) != (length, length) {
            return Err(JwtError::PublicKey);
        }
        let point: Vec<u8> = [&[4][..], &x, &y].concat();
        UnparsedPublicKey::new(algorithm, point)
            .verify(self.signed.as_bytes(), &self.signature)
            .map_err(|_| JwtError::Signature)
    }
}

/// A number of a JWK.
fn member(jwk: &Value, name: &str) -> Result<Vec<u8>, JwtError> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or(JwtError::PublicKey)?;
    BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| JwtError::PublicKey)
}

#[cfg(test)]
mod tests;
