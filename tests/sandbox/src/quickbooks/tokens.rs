//! The authorization server's memory: codes, access tokens, refresh tokens.

use std::collections::HashMap;

use super::config::QuickBooksConfig;
use crate::faults::mix;
use crate::kit::grants::challenge_of;

/// Lifetime of a refresh token in seconds: 100 days (fact sheet, "Auth").
pub(crate) const REFRESH_TTL_S: u64 = 100 * 24 * 3600;

/// A pair of tokens, for callers that skip the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// For the token endpoint.
    pub refresh_token: String,
    /// Lifetime of the access token in seconds.
    pub expires_in: u64,
}

/// An authorization waiting to be redeemed.
struct Code {
    redirect_uri: String,
    challenge: Option<String>,
    until_ms: i64,
}

/// All grants of the one app on the one company.
pub(crate) struct Grants {
    seed: u64,
    made: u64,
    access_ttl_s: u64,
    code_ttl_s: u64,
    rotates: bool,
    grace_ms: i64,
    codes: HashMap<String, Code>,
    access: HashMap<String, i64>,
    /// Until when each refresh token works.
    refresh: HashMap<String, i64>,
}

/// Why the token endpoint refused: an OAuth error code.
pub(crate) const INVALID_GRANT: &str = "invalid_grant";

impl Grants {
    pub(crate) fn new(config: &QuickBooksConfig) -> Self {
        Self {
            seed: config.seed,
            made: 0,
            access_ttl_s: config.access_token_ttl_s,
            code_ttl_s: config.code_ttl_s,
            rotates: config.refresh_rotates,
            grace_ms: ms(config.refresh_grace_s),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    fn word(&mut self, prefix: &str) -> String {
        self.made += 1;
        let (high, low) = (mix(self.seed ^ mix(self.made)), mix(mix(self.seed) ^ self.made));
        format!("{prefix}{}{high:016x}{low:016x}", self.made)
    }

    /// Issues a code for an approved authorization.
    pub(crate) fn approve(&mut self, redirect_uri: &str, challenge: Option<&str>, now_ms: i64) -> String {
        let code = self.word("XAB1");
        let until_ms = now_ms + ms(self.code_ttl_s);
        let challenge = challenge.map(str::to_owned);
        self.codes.insert(code.clone(), Code { redirect_uri: redirect_uri.to_owned(), challenge, until_ms });
        code
    }

    /// Redeems a code once.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        (redirect_uri, verifier): (&str, Option<&str>),
        now_ms: i64,
    ) -> Result<Tokens, &'static str> {
        let code = self.codes.remove(code).ok_or(INVALID_GRANT)?;
        let is_proven = match (&code.challenge, verifier) {
            (None, _) => true,
            (Some(challenge), Some(verifier)) => *challenge == challenge_of(verifier),
            (Some(_), None) => false,
        };
        if code.until_ms <= now_ms || code.redirect_uri != redirect_uri || !is_proven {
            return Err(INVALID_GRANT);
        }
        Ok(self.issue(now_ms))
    }

    /// A fresh pair.
    pub(crate) fn issue(&mut self, now_ms: i64) -> Tokens {
        let refresh_token = self.word("RT1-");
        self.refresh.insert(refresh_token.clone(), now_ms + ms(REFRESH_TTL_S));
        self.with_access(refresh_token, now_ms)
    }

    fn with_access(&mut self, refresh_token: String, now_ms: i64) -> Tokens {
        let access_token = self.word("eyJ-");
        self.access.insert(access_token.clone(), now_ms + ms(self.access_ttl_s));
        Tokens { access_token, refresh_token, expires_in: self.access_ttl_s }
    }

    /// A new access token; with rotation a new refresh token too, the old one good for the grace.
    pub(crate) fn refresh(&mut self, token: &str, now_ms: i64) -> Result<Tokens, &'static str> {
        let until = self.refresh.get_mut(token).filter(|until| **until > now_ms).ok_or(INVALID_GRANT)?;
        if !self.rotates {
            *until = now_ms + ms(REFRESH_TTL_S);
            return Ok(self.with_access(token.to_owned(), now_ms));
        }
        *until = (*until).min(now_ms + self.grace_ms);
        Ok(self.issue(now_ms))
    }

    /// Whether an access token works; otherwise why not.
    pub(crate) fn check(&self, token: &str, now_ms: i64) -> Result<(), &'static str> {
        match self.access.get(token) {
            Some(until) if *until > now_ms => Ok(()),
            Some(_) => Err("Token expired"),
            None => Err("Token revoked or malformed"),
        }
    }

    /// Whether the revocation endpoint knows the token. Revoking one ends the whole connection.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let is_known = self.access.contains_key(token) || self.refresh.contains_key(token);
        if is_known {
            self.revoke_all();
        }
        is_known
    }

    pub(crate) fn revoke_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    /// Ends every access token; refresh tokens stay.
    pub(crate) fn expire_access(&mut self) {
        for until in self.access.values_mut() {
            *until = i64::MIN;
        }
    }
}

fn ms(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}
