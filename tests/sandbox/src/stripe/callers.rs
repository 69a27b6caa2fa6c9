//! Keys and the accounts they open (fact sheet, "Auth").

use std::collections::{BTreeMap, BTreeSet};

use super::config::{Access, StripeConfig};
use super::kind::Kind;
use super::refusal::Refusal;
use crate::kit::grants::{Grant, Grants, Rules, Tokens};
use crate::kit::keyed::Ids;

/// Who asks: which account's objects in which mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) livemode: bool,
    /// `None` for a key that may do everything.
    permissions: Option<BTreeMap<String, Access>>,
}

impl Caller {
    /// Whether the key may do this to objects of a kind.
    pub(crate) fn may(&self, key: &str, kind: Kind, access: Access) -> Result<(), Refusal> {
        let Some(permissions) = &self.permissions else { return Ok(()) };
        let name = kind.permission();
        if permissions.get(name).is_some_and(|own| *own >= access) {
            return Ok(());
        }
        let verb = if access == Access::Write { "write" } else { "read" };
        let message = format!(
            "The provided key '{}' does not have the required permissions for this endpoint on account '{}'. Having the 'rak_{name}_{verb}' permission would allow this request to continue.",
            masked(key),
            self.account
        );
        Err(Refusal::forbidden("", message))
    }
}

/// `sk_test_*********ater`, as messages show a key.
fn masked(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    let (start, end) = (characters.len().min(8), characters.len().saturating_sub(4).max(8));
    let hidden = "*".repeat(end.saturating_sub(start));
    let tail: String = characters.iter().skip(end).collect();
    let head: String = characters.iter().take(start).collect();
    format!("{head}{hidden}{tail}")
}

/// All keys of the platform account, and the accounts connected to it.
pub(crate) struct Callers {
    platform: String,
    keys: BTreeMap<String, Caller>,
    expired: BTreeSet<String>,
    pub(crate) connected: BTreeSet<String>,
    pub(crate) grants: Grants,
    ids: Ids,
}

impl Callers {
    pub(crate) fn new(config: &StripeConfig) -> Self {
        let mut keys = BTreeMap::new();
        let full = |livemode| Caller { account: config.account_id.clone(), livemode, permissions: None };
        keys.insert(config.secret_key.clone(), full(false));
        keys.insert(config.live_secret_key.clone(), full(true));
        for restricted in &config.restricted_keys {
            let permissions = Some(restricted.permissions.clone());
            let livemode = restricted.key.starts_with("rk_live_");
            keys.insert(restricted.key.clone(), Caller { permissions, ..full(livemode) });
        }
        let rules = Rules {
            seed: config.seed,
            access_ttl_s: None,
            prefixes: ["ac_", "sk_test_connect_", "rt_"],
            ..Rules::default()
        };
        Self {
            platform: config.account_id.clone(),
            keys,
            expired: BTreeSet::new(),
            connected: config.connected_accounts.iter().cloned().collect(),
            grants: Grants::new(rules),
            ids: Ids::new(config.seed ^ 0x5eed),
        }
    }

    /// The caller behind a key, acting for `account` when that is not empty.
    pub(crate) fn check(&self, key: &str, account: &str, now_ms: i64) -> Result<Caller, Refusal> {
        if key.is_empty() {
            let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
            return Err(Refusal::unauthorized("", message));
        }
        if key.starts_with("pk_") {
            let message = "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";
            return Err(Refusal::unauthorized("secret_key_required", message));
        }
        if self.expired.contains(key) {
            return Err(Refusal::unauthorized(
                "api_key_expired",
                format!("Expired API Key provided: {}", masked(key)),
            ));
        }
        let known = self.keys.get(key).cloned().or_else(|| self.of_connect(key, now_ms));
        let mut caller = known
            .ok_or_else(|| Refusal::unauthorized("", format!("Invalid API Key provided: {}", masked(key))))?;
        if account.is_empty() || account == caller.account {
            return Ok(caller);
        }
        if caller.account != self.platform || !self.connected.contains(account) {
            let message = format!(
                "The provided key '{}' does not have access to account '{account}' (or that account does not exist). Application access may have been revoked.",
                masked(key)
            );
            return Err(Refusal::forbidden("account_invalid", message));
        }
        account.clone_into(&mut caller.account);
        Ok(caller)
    }

    /// The access token of a Connect authorization is a key of the connected account.
    fn of_connect(&self, key: &str, now_ms: i64) -> Option<Caller> {
        let grant = self.grants.check(key, now_ms).ok()?;
        Some(Caller { account: grant.subject.clone(), livemode: false, permissions: None })
    }

    /// Tokens of a connected account without the page.
    pub(crate) fn connect(&mut self, account: &str, now_ms: i64) -> Tokens {
        self.connected.insert(account.to_owned());
        let grant =
            Grant { subject: account.to_owned(), scopes: vec!["read_write".into()], ..Grant::default() };
        self.grants.issue(grant, now_ms)
    }

    /// The account ends what it had granted. Answers whether it had.
    pub(crate) fn deauthorize(&mut self, account: &str) -> bool {
        self.grants.revoke_subject(account);
        self.connected.remove(account)
    }

    /// A new secret key of a mode; the old ones of that mode are expired.
    pub(crate) fn roll(&mut self, livemode: bool) -> String {
        let old: Vec<String> = self
            .keys
            .iter()
            .filter(|(_, caller)| caller.livemode == livemode)
            .map(|(key, _)| key.clone())
            .collect();
        self.expired.extend(old);
        let prefix = if livemode { "sk_live_" } else { "sk_test_" };
        let key = self.ids.base62(prefix, 24);
        let caller = Caller { account: self.platform.clone(), livemode, permissions: None };
        self.keys.insert(key.clone(), caller);
        key
    }

    /// Every key there is has expired.
    pub(crate) fn expire_all(&mut self) {
        self.expired.extend(self.keys.keys().cloned());
    }

    /// Every key there is was deleted, and every connected account has left.
    pub(crate) fn revoke_all(&mut self) {
        self.keys.clear();
        self.connected.clear();
        self.grants.revoke_all();
    }
}
