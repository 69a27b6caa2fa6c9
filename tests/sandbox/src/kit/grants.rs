//! The memory of an OAuth 2.0 authorization server: codes, access tokens, refresh tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::clock::seconds_ms;
use super::keyed::Ids;

/// The rules of one provider.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Seed of codes and tokens.
    pub seed: u64,
    /// Lifetime of a code in seconds.
    pub code_ttl_s: u64,
    /// Lifetime of an access token in seconds; `None` for tokens that never expire.
    pub access_ttl_s: Option<u64>,
    /// Lifetime of a refresh token in seconds; `None` for ones that never expire.
    pub refresh_ttl_s: Option<u64>,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// Whether the lifetime of a refresh token that is not rotated starts again at each refresh.
    pub refresh_slides: bool,
    /// Whether a refresh ends the access tokens issued before.
    pub refresh_ends_access: bool,
    /// Beginnings of codes, access tokens and refresh tokens.
    pub prefixes: [&'static str; 3],
    /// Makes the text of an access token from its grant, a unique word and its end in
    /// milliseconds since 1970 (for tokens that carry claims); `None` for the word itself.
    pub access_text: Option<fn(&Grant, &str, i64) -> String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            seed: 1,
            code_ttl_s: 300,
            access_ttl_s: Some(3600),
            refresh_ttl_s: None,
            rotation: Rotation::Never,
            refresh_slides: true,
            refresh_ends_access: false,
            prefixes: ["code-", "at-", "rt-"],
            access_text: None,
        }
    }
}

/// What a refresh does to the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The same one works on (see [`Rules::refresh_slides`]).
    Never,
    /// A new one each time; the old one works for `grace_s` more seconds (0: single use).
    Single {
        /// Seconds the old one still works.
        grace_s: u64,
        /// Whether using a dead one ends the whole grant (reuse detection).
        reuse_ends_grant: bool,
    },
}

/// What a user granted, or what a client has by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grant {
    /// Number of the grant, the same through all refreshes; given by [`Grants`].
    pub id: u64,
    /// The client.
    pub client_id: String,
    /// The user, shop, company or account it is for.
    pub subject: String,
    /// What it allows.
    pub scopes: Vec<String>,
    /// Anything the provider keeps with it.
    pub data: Value,
}

impl Grant {
    /// Whether it allows `scope`.
    pub fn allows(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

/// What the token endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// For the token endpoint; `None` with client credentials, or when the grant has none.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token in seconds; `None` when it has no end.
    pub expires_in: Option<u64>,
    /// Number of the grant ([`Grants::grant`]).
    pub grant_id: u64,
}

/// Why a code or token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Never issued, revoked, or a code used before.
    Unknown,
    /// Its time is over.
    Expired,
    /// A code for another client or redirect address, or with a wrong or missing verifier.
    Mismatch,
    /// A refresh token replaced by a newer one.
    Reused,
}

struct Code {
    grant: u64,
    redirect_uri: String,
    challenge: Option<String>,
    with_refresh: bool,
    until_ms: i64,
}

struct Token {
    grant: u64,
    until_ms: i64,
    /// A refresh token that was rotated.
    replaced: bool,
}

/// All grants of a provider's apps.
pub struct Grants {
    rules: Rules,
    ids: Ids,
    live: HashMap<u64, Grant>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

/// What comes with a code at the authorization endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The redirect address.
    pub redirect_uri: &'a str,
    /// `code_challenge` (S256).
    pub challenge: Option<&'a str>,
    /// Whether the code is worth no refresh token (as without `offline_access`).
    pub without_refresh: bool,
}

/// What comes with a code at the token endpoint.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proof<'a> {
    /// The client that redeems.
    pub client_id: &'a str,
    /// The redirect address again.
    pub redirect_uri: &'a str,
    /// `code_verifier`.
    pub verifier: Option<&'a str>,
}

impl Grants {
    /// No grants yet.
    pub fn new(rules: Rules) -> Self {
        let ids = Ids::new(rules.seed);
        Self {
            rules,
            ids,
            live: HashMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
        }
    }

    fn admit(&mut self, mut grant: Grant) -> u64 {
        let id = self.ids.made() + 1;
        let _ = self.ids.number();
        grant.id = id;
        self.live.insert(id, grant);
        id
    }

    /// Issues a code for an approved authorization.
    pub fn approve(&mut self, grant: Grant, asked: Asked<'_>, now_ms: i64) -> String {
        let grant = self.admit(grant);
        let text = self.ids.word(self.rules.prefixes[0]);
        let code = Code {
            grant,
            redirect_uri: asked.redirect_uri.to_owned(),
            challenge: asked.challenge.map(str::to_owned),
            with_refresh: !asked.without_refresh,
            until_ms: now_ms + seconds_ms(self.rules.code_ttl_s),
        };
        self.codes.insert(text.clone(), code);
        text
    }

    /// Redeems a code once. A refused attempt uses the code up too.
    pub fn redeem(&mut self, code: &str, proof: Proof<'_>, now_ms: i64) -> Result<Tokens, Why> {
        let code = self.codes.remove(code).ok_or(Why::Unknown)?;
        if code.until_ms <= now_ms {
            return Err(Why::Expired);
        }
        let is_proven = match (&code.challenge, proof.verifier) {
            (None, _) => true,
            (Some(challenge), Some(verifier)) => *challenge == challenge_of(verifier),
            (Some(_), None) => false,
        };
        let grant = self.live.get(&code.grant).ok_or(Why::Unknown)?;
        if !is_proven || grant.client_id != proof.client_id || code.redirect_uri != proof.redirect_uri {
            return Err(Why::Mismatch);
        }
        Ok(self.tokens(code.grant, code.with_refresh, now_ms))
    }

    /// A pair of tokens without the consent page.
    pub fn issue(&mut self, grant: Grant, now_ms: i64) -> Tokens {
        let grant = self.admit(grant);
        self.tokens(grant, true, now_ms)
    }

    /// An access token alone, as client credentials get.
    pub fn issue_access(&mut self, grant: Grant, now_ms: i64) -> Tokens {
        let grant = self.admit(grant);
        self.tokens(grant, false, now_ms)
    }

    fn tokens(&mut self, grant: u64, with_refresh: bool, now_ms: i64) -> Tokens {
        let refresh_token = with_refresh.then(|| {
            let text = self.ids.word(self.rules.prefixes[2]);
            let until_ms = until(self.rules.refresh_ttl_s, now_ms);
            self.refresh.insert(text.clone(), Token { grant, until_ms, replaced: false });
            text
        });
        self.with_access(grant, refresh_token, now_ms)
    }

    fn with_access(&mut self, id: u64, refresh_token: Option<String>, now_ms: i64) -> Tokens {
        let until_ms = until(self.rules.access_ttl_s, now_ms);
        let mut access_token = self.ids.word(self.rules.prefixes[1]);
        if let (Some(make), Some(grant)) = (self.rules.access_text, self.live.get(&id)) {
            access_token = make(grant, &access_token, until_ms);
        }
        self.access.insert(access_token.clone(), Token { grant: id, until_ms, replaced: false });
        Tokens { access_token, refresh_token, expires_in: self.rules.access_ttl_s, grant_id: id }
    }

    /// A new access token; with rotation a new refresh token too.
    pub fn refresh(&mut self, token: &str, now_ms: i64) -> Result<Tokens, Why> {
        let known = self.refresh.get_mut(token).ok_or(Why::Unknown)?;
        let grant = known.grant;
        let (is_over, is_replaced) = (known.until_ms <= now_ms, known.replaced);
        match self.rules.rotation {
            Rotation::Single { reuse_ends_grant, .. } if is_over && is_replaced => {
                if reuse_ends_grant {
                    self.end_grant(grant);
                }
                return Err(Why::Reused);
            }
            _ if is_over => return Err(Why::Expired),
            Rotation::Never if self.rules.refresh_slides => {
                known.until_ms = until(self.rules.refresh_ttl_s, now_ms);
            }
            Rotation::Never => {}
            Rotation::Single { grace_s, .. } => {
                known.until_ms = known.until_ms.min(now_ms + seconds_ms(grace_s));
                known.replaced = true;
            }
        }
        if self.rules.refresh_ends_access {
            self.access.retain(|_, access| access.grant != grant);
        }
        match self.rules.rotation {
            Rotation::Never => Ok(self.with_access(grant, Some(token.to_owned()), now_ms)),
            Rotation::Single { .. } => Ok(self.tokens(grant, true, now_ms)),
        }
    }

    /// The grant of an access token that works; otherwise why it does not.
    pub fn check(&self, token: &str, now_ms: i64) -> Result<&Grant, Why> {
        let access = self.access.get(token).ok_or(Why::Unknown)?;
        if access.until_ms <= now_ms {
            return Err(Why::Expired);
        }
        self.live.get(&access.grant).ok_or(Why::Unknown)
    }

    /// A grant by its number.
    pub fn grant(&self, id: u64) -> Option<&Grant> {
        self.live.get(&id)
    }

    /// A grant by its number, to change what is kept with it.
    pub fn grant_mut(&mut self, id: u64) -> Option<&mut Grant> {
        self.live.get_mut(&id)
    }

    /// The grant of an access or refresh token, expired or not.
    pub fn grant_of(&self, token: &str) -> Option<&Grant> {
        let token = self.access.get(token).or_else(|| self.refresh.get(token))?;
        self.live.get(&token.grant)
    }

    /// Ends this one access or refresh token. Answers whether it was known.
    pub fn revoke_token(&mut self, token: &str) -> bool {
        self.access.remove(token).is_some() || self.refresh.remove(token).is_some()
    }

    /// Ends the grant of this access or refresh token with all its tokens. Answers whether it was known.
    pub fn revoke(&mut self, token: &str) -> bool {
        let grant = self.grant_of(token).map(|grant| grant.id);
        grant.inspect(|grant| self.end_grant(*grant)).is_some()
    }

    /// Ends every grant of a user, shop or company.
    pub fn revoke_subject(&mut self, subject: &str) {
        let ids: Vec<u64> =
            self.live.values().filter(|grant| grant.subject == subject).map(|grant| grant.id).collect();
        for id in ids {
            self.end_grant(id);
        }
    }

    /// Ends a grant with all its codes and tokens.
    pub fn end_grant(&mut self, id: u64) {
        self.live.remove(&id);
        self.codes.retain(|_, code| code.grant != id);
        self.access.retain(|_, token| token.grant != id);
        self.refresh.retain(|_, token| token.grant != id);
    }

    /// Ends everything.
    pub fn revoke_all(&mut self) {
        self.live.clear();
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access(&mut self) {
        for token in self.access.values_mut() {
            token.until_ms = i64::MIN;
        }
    }
}

fn until(ttl_s: Option<u64>, now_ms: i64) -> i64 {
    ttl_s.map_or(i64::MAX, |seconds| now_ms.saturating_add(seconds_ms(seconds)))
}

/// S256 of RFC 7636.
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
