//! The app's tokens on the shop: lasting, expiring with a refresh token, and of client credentials.

use std::collections::HashMap;

use crate::kit::Ids;
use crate::kit::clock::seconds_ms;

/// Lifetime of a refresh token in seconds: 90 days, from each refresh (fact sheet, "Auth").
pub(crate) const REFRESH_TTL_S: u64 = 90 * 24 * 3600;
/// Lifetime of a code in seconds.
const CODE_TTL_S: u64 = 300;
/// Lifetime of tokens of users and of client credentials in seconds: a day.
pub(crate) const DAY_S: u64 = 86_399;

/// How long a token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// For ever.
    Lasting,
    /// A while, with a refresh token.
    Expiring,
    /// A day, without one.
    Day,
}

/// What the token endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopifyTokens {
    /// For `X-Shopify-Access-Token`.
    pub access_token: String,
    /// Comma separated in the answer.
    pub scopes: Vec<String>,
    /// Lifetime in seconds; `None` when it has no end.
    pub expires_in: Option<u64>,
    /// For the token endpoint; only with expiring tokens.
    pub refresh_token: Option<String>,
}

struct Code {
    redirect_uri: String,
    scopes: Vec<String>,
    until_ms: i64,
}

struct Access {
    scopes: Vec<String>,
    until_ms: i64,
    lasting: bool,
    /// The refresh token it came with.
    refresh: Option<String>,
}

struct Refresh {
    scopes: Vec<String>,
    until_ms: i64,
    /// The one it replaced, which dies when this pair is first used.
    replaced: Option<String>,
}

/// All tokens of the app.
pub(crate) struct Grants {
    ids: Ids,
    ttl_s: u64,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

/// What a working token may do.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) scopes: Vec<String>,
    pub(crate) lasting: bool,
}

impl Grants {
    pub(crate) fn new(seed: u64, ttl_s: u64) -> Self {
        let ids = Ids::new(seed);
        Self { ids, ttl_s, codes: HashMap::new(), access: HashMap::new(), refresh: HashMap::new() }
    }

    /// Issues a code for an approved installation.
    pub(crate) fn approve(&mut self, redirect_uri: &str, scopes: &[String], now_ms: i64) -> String {
        let text = self.ids.base62("", 32);
        let until_ms = now_ms + seconds_ms(CODE_TTL_S);
        let code = Code { redirect_uri: redirect_uri.to_owned(), scopes: scopes.to_vec(), until_ms };
        self.codes.insert(text.clone(), code);
        text
    }

    /// Redeems a code once. A redirect address is compared when it is given.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        redirect_uri: Option<&str>,
        life: Life,
        now_ms: i64,
    ) -> Option<ShopifyTokens> {
        let code = self.codes.remove(code)?;
        let is_here = redirect_uri.is_none_or(|given| given == code.redirect_uri);
        (is_here && code.until_ms > now_ms).then(|| self.issue(code.scopes, life, now_ms))
    }

    /// A new token.
    pub(crate) fn issue(&mut self, scopes: Vec<String>, life: Life, now_ms: i64) -> ShopifyTokens {
        self.issue_after(scopes, life, None, now_ms)
    }

    fn issue_after(
        &mut self,
        scopes: Vec<String>,
        life: Life,
        replaced: Option<String>,
        now_ms: i64,
    ) -> ShopifyTokens {
        let access_token = self.ids.base62("shpat_", 32).to_lowercase();
        let expires_in = match life {
            Life::Lasting => None,
            Life::Expiring => Some(self.ttl_s),
            Life::Day => Some(DAY_S),
        };
        let refresh_token = (life == Life::Expiring).then(|| {
            let text = self.ids.base62("shprt_", 32).to_lowercase();
            let until_ms = now_ms + seconds_ms(REFRESH_TTL_S);
            self.refresh.insert(text.clone(), Refresh { scopes: scopes.clone(), until_ms, replaced });
            text
        });
        let access = Access {
            scopes: scopes.clone(),
            until_ms: expires_in.map_or(i64::MAX, |seconds| now_ms + seconds_ms(seconds)),
            lasting: life == Life::Lasting,
            refresh: refresh_token.clone(),
        };
        self.access.insert(access_token.clone(), access);
        ShopifyTokens { access_token, scopes, expires_in, refresh_token }
    }

    /// A new pair. The refresh token used stays good until the new pair is first used.
    pub(crate) fn refresh(&mut self, token: &str, now_ms: i64) -> Option<ShopifyTokens> {
        self.settle(token);
        let known = self.refresh.get(token).filter(|known| known.until_ms > now_ms)?;
        let scopes = known.scopes.clone();
        Some(self.issue_after(scopes, Life::Expiring, Some(token.to_owned()), now_ms))
    }

    /// The pair of this refresh token is in use: the one before it is dead.
    fn settle(&mut self, refresh: &str) {
        if let Some(old) = self.refresh.get_mut(refresh).and_then(|known| known.replaced.take()) {
            self.refresh.remove(&old);
        }
    }

    /// Exchanges a lasting token for an expiring pair; the lasting one is dead after it.
    pub(crate) fn migrate(&mut self, token: &str, now_ms: i64) -> Option<ShopifyTokens> {
        let is_lasting = self.access.get(token).is_some_and(|access| access.lasting);
        let access = is_lasting.then(|| self.access.remove(token)).flatten()?;
        Some(self.issue(access.scopes, Life::Expiring, now_ms))
    }

    /// What a token may do; `None` when it is dead.
    pub(crate) fn check(&mut self, token: &str, now_ms: i64) -> Option<Checked> {
        let access = self.access.get(token).filter(|access| access.until_ms > now_ms)?;
        let checked = Checked { scopes: access.scopes.clone(), lasting: access.lasting };
        if let Some(refresh) = access.refresh.clone() {
            self.settle(&refresh);
        }
        Some(checked)
    }

    /// Ends every access token; refresh tokens stay.
    pub(crate) fn expire_access(&mut self) {
        self.access.clear();
    }

    /// Ends everything, as uninstalling does.
    pub(crate) fn revoke_all(&mut self) {
        self.codes.clear();
        self.access.clear();
        self.refresh.clear();
    }
}
