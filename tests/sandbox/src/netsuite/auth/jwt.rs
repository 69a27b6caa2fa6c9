//! Client assertions of machine-to-machine grants (fact sheet, "Auth" (b)).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::SCOPE;
use crate::netsuite::config::NetSuiteConfig;

/// Length in bytes of the DER of a 3072-bit RSA public key: shorter keys are refused.
const SHORTEST_RSA: usize = 416;

/// Longest life of an assertion in seconds.
const LONGEST_S: i64 = 3600;

/// The scopes an assertion asks for. The error is what the login audit trail shows.
pub(super) fn scopes(
    config: &NetSuiteConfig,
    assertion: &str,
    (audience, now_ms): (&str, i64),
) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err("the assertion is no JWT".into()) };
    let (head, claims) = (object(header)?, object(payload)?);
    let kid = head["kid"].as_str().unwrap_or_default();
    let certificate = config.certificates.iter().find(|own| own.id == kid);
    let certificate = certificate.ok_or_else(|| format!("no certificate '{kid}' is mapped"))?;
    if head["typ"] != "JWT" {
        return Err("typ must be JWT".into());
    }
    let (algorithm, is_rsa) = algorithm(head["alg"].as_str().unwrap_or_default())?;
    if is_rsa && certificate.public_key.len() < SHORTEST_RSA {
        return Err("RSA keys must have 3072 or 4096 bits".into());
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the signature is no base64url")?;
    let signed = format!("{header}.{payload}");
    UnparsedPublicKey::new(algorithm, &certificate.public_key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "the signature is wrong")?;
    claimed(config, &claims, (audience, now_ms))
}

fn object(part: &str) -> Result<Value, String> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| "the assertion is no base64url")?;
    serde_json::from_slice(&bytes).map_err(|_| "the assertion is no JSON".into())
}

/// The documented algorithms; RS256 is not one of them.
fn algorithm(name: &str) -> Result<(&'static dyn VerificationAlgorithm, bool), String> {
    Ok(match name {
        "ES256" => (&ECDSA_P256_SHA256_FIXED, false),
        "ES384" => (&ECDSA_P384_SHA384_FIXED, false),
        "ES512" => (&ECDSA_P521_SHA512_FIXED, false),
        "PS256" => (&RSA_PSS_2048_8192_SHA256, true),
        "PS384" => (&RSA_PSS_2048_8192_SHA384, true),
        "PS512" => (&RSA_PSS_2048_8192_SHA512, true),
        other => return Err(format!("alg {other} is not taken")),
    })
}

fn claimed(
    config: &NetSuiteConfig,
    claims: &Value,
    (audience, now_ms): (&str, i64),
) -> Result<Vec<String>, String> {
    if claims["iss"] != config.client.0.as_str() {
        return Err("iss is not the client id".into());
    }
    let official = format!(
        "https://{}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token",
        config.host_name()
    );
    if claims["aud"] != audience && claims["aud"] != official.as_str() {
        return Err("aud is not the token endpoint".into());
    }
    let (Some(issued), Some(expires)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
        return Err("iat and exp must be there".into());
    };
    let now = now_ms / 1000;
    if expires <= now || issued > now + 60 || expires - issued > LONGEST_S {
        return Err("iat or exp is out of range".into());
    }
    let scopes: Vec<String> = match &claims["scope"] {
        Value::String(text) => {
            text.split([',', ' ']).filter(|own| !own.is_empty()).map(str::to_owned).collect()
        }
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let known = [SCOPE, "restlets", "suite_analytics"];
    if scopes.is_empty() || !scopes.iter().all(|scope| known.contains(&scope.as_str())) {
        return Err("scope is missing or unknown".into());
    }
    Ok(scopes)
}
