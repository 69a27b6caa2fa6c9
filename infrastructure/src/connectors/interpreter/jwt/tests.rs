use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair as _;
use serde_json::json;

use super::*;

const ES: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn jwk() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    })
}

/// RFC 7515, A.3.
#[test]
fn the_example_of_the_standard_is_good_and_every_changed_bit_is_not() {
    let token = parse(ES).unwrap();
    assert_eq!(token.verify(JwtAlgorithm::ES256, &jwk()), Ok(()));
    assert_eq!(token.claim("iss"), Some(&json!("joe")));
    for at in [30, 60, ES.len() - 10] {
        let mut other = ES.to_owned();
        let letter = if &ES[at..=at] == "A" { "B" } else { "A" };
        other.replace_range(at..=at, letter);
        let wrong = parse(&other).map(|token| token.verify(JwtAlgorithm::ES256, &jwk()));
        assert!(!matches!(wrong, Ok(Ok(()))), "changed at {at}");
    }
}

#[test]
fn only_the_algorithm_of_the_manifest_is_taken() {
    let token = parse(ES).unwrap();
    assert_eq!(token.verify(JwtAlgorithm::RS256, &jwk()), Err(JwtError::Algorithm));
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, "{}"] {
        let forged = parse(&format!("{}.{}.", part(header), part("{}"))).unwrap();
        assert_eq!(forged.verify(JwtAlgorithm::ES256, &jwk()), Err(JwtError::Algorithm));
    }
    assert_eq!(parse("a.b").unwrap_err(), JwtError::Malformed);
    assert_eq!(parse(&"a".repeat(20_000)).unwrap_err(), JwtError::Malformed);
    let other = json!({ "crv": "P-384", "x": "AA", "y": "AA" });
    assert_eq!(token.verify(JwtAlgorithm::ES256, &other), Err(JwtError::PublicKey));
}

fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn claims() -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), "me".into());
    claims
}

#[test]
fn what_an_elliptic_key_signs_its_public_key_verifies() {
    let key = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let der = key.to_pkcs8v1().unwrap();
    let token = sign(JwtAlgorithm::ES384, &pem(der.as_ref()), Some("k-1"), &claims()).unwrap();
    let point = key.public_key().as_ref();
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({ "crv": "P-384", "x": number(&point[1..49]), "y": number(&point[49..]) });
    let parsed = parse(&token).unwrap();
    assert_eq!((parsed.verify(JwtAlgorithm::ES384, &jwk), parsed.key_id()), (Ok(()), Some("k-1")));
}

#[test]
fn what_an_rsa_key_signs_its_public_key_verifies() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = key.as_der().unwrap();
    // RSAPublicKey (RFC 8017, A.1.1): the modulus, then the tag, length and three bytes of 65537.
    let public = key.public_key().as_ref();
    let end = public.len() - 5;
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({ "n": number(&public[end - 256..end]), "e": number(&[1, 0, 1]) });
    for algorithm in [JwtAlgorithm::RS256, JwtAlgorithm::PS256, JwtAlgorithm::PS512] {
        let token = sign(algorithm, &pem(der.as_ref()), None, &claims()).unwrap();
        assert_eq!(parse(&token).unwrap().verify(algorithm, &jwk), Ok(()));
    }
    let wrong = sign(JwtAlgorithm::ES256, &pem(der.as_ref()), None, &claims());
    assert_eq!(wrong, Err(JwtError::Key));
    assert_eq!(sign(JwtAlgorithm::RS256, "no pem", None, &claims()), Err(JwtError::Key));
}
