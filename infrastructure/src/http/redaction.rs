//! Secrets out of words.

use secrecy::{ExposeSecret, SecretString};

/// Stands for a secret.
const MASK: &str = "[redacted]";
/// Most characters of a provider's words that are kept.
const LONGEST: usize = 500;
/// Words before a credential in a header.
const SCHEMES: [&str; 2] = ["bearer ", "basic "];

/// A text without any of `secrets` and without what follows `Bearer` or `Basic`, cut to 500 characters.
pub fn redact(text: &str, secrets: &[&SecretString]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let secret = secret.expose_secret();
        if secret.len() >= 4 && text.contains(secret) {
            text = text.replace(secret, MASK);
        }
    }
    for scheme in SCHEMES {
        text = after_scheme(&text, scheme);
    }
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').take(LONGEST).collect()
}

/// Masks the long word after each `scheme`.
fn after_scheme(text: &str, scheme: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(found) = lower[rest..].find(scheme) {
        let start = rest + found + scheme.len();
        let length = text[start..].find(|letter: char| !is_token(letter)).unwrap_or(text.len() - start);
        out.push_str(&text[rest..start]);
        out.push_str(if length >= 8 { MASK } else { &text[start..start + length] });
        rest = start + length;
    }
    out.push_str(&text[rest..]);
    out
}

fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-._~+/=".contains(letter)
}
