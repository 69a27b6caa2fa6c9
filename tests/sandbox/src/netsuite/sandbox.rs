//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::auth::SCOPE;
use super::config::NetSuiteConfig;
use super::kind::Kind;
use super::record::one;
use super::routes::{App, router};
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::clock::parse_date;
use crate::kit::hands::Hands as _;
use crate::kit::{Grant, Recorder, Tokens};
use crate::server::{Running, serve};

/// A running account. Methods act at once, as a user of the web interface would: no limit, no fault.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::netsuite::{NetSuiteConfig, start};
///
/// let account = start(NetSuiteConfig::unlimited()).await?;
/// let token = account.issue_tokens().access_token;
/// // Send requests to account.record_url() with `Authorization: Bearer {token}` (or signed with
/// // the consumer and token of the configuration), then look inside:
/// assert_eq!(account.duplicates(), 0);
/// account.stop().await;
/// # Ok(()) }
/// ```
pub struct NetSuiteSandbox {
    /// `http://127.0.0.1:PORT`: base of the API, of OAuth and of `/admin`.
    pub base_url: String,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The account id as realms spell it.
    pub account_id: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: NetSuiteConfig) -> io::Result<NetSuiteSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config));
    let running = serve(router(&app), addr).await?;
    Ok(NetSuiteSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        account_id: app.config.account_id.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
    })
}

impl NetSuiteSandbox {
    /// `{base_url}/services/rest/record/v1`.
    pub fn record_url(&self) -> String {
        format!("{}/services/rest/record/v1", self.base_url)
    }

    /// `{base_url}/services/rest/query/v1/suiteql`.
    pub fn suiteql_url(&self) -> String {
        format!("{}/services/rest/query/v1/suiteql", self.base_url)
    }

    /// `{base_url}/app/login/oauth2/authorize.nl`.
    pub fn authorize_url(&self) -> String {
        format!("{}/app/login/oauth2/authorize.nl", self.base_url)
    }

    /// `{base_url}/services/rest/auth/oauth2/v1/token`.
    pub fn token_url(&self) -> String {
        format!("{}/services/rest/auth/oauth2/v1/token", self.base_url)
    }

    /// OAuth 2.0 tokens without the consent page.
    pub fn issue_tokens(&self) -> Tokens {
        let grant = Grant {
            client_id: self.app.config.client.0.clone(),
            subject: "5".into(),
            scopes: vec![SCOPE.to_owned()],
            ..Grant::default()
        };
        self.app.people().issue(grant, self.app.clock.now_ms())
    }

    /// All records of a type (`invoice`), sublists expanded.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        let Some(kind) = Kind::named(entity) else { return Vec::new() };
        let ledger = self.app.ledger();
        let ids = ledger.rows(kind).map(|(id, _)| id);
        ids.filter_map(|id| one(&ledger, (kind, id), &self.record_url(), true)).map(Value::Object).collect()
    }

    /// How many records of a type there are.
    pub fn count(&self, entity: &str) -> usize {
        Kind::named(entity).map_or(0, |kind| self.app.ledger().count(kind))
    }

    /// One record by its id or `eid:` external id; `None` when unknown or deleted.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        let kind = Kind::named(entity)?;
        let ledger = self.app.ledger();
        let id = ledger.find(kind, id)?;
        one(&ledger, (kind, id), &self.record_url(), true).map(Value::Object)
    }

    /// Creates a record. The error is the API's body.
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.create(entity, body)
    }

    /// Changes a record, as a PATCH would.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, patch)
    }

    /// Deletes a record.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// A background process moves the record's `lastModifiedDate`, and nothing else.
    pub fn touch(&self, entity: &str, id: &str) {
        let Some(kind) = Kind::named(entity) else { return };
        let mut ledger = self.app.ledger();
        if let Some(id) = ledger.find(kind, id) {
            ledger.touch(kind, id);
        }
    }

    /// Closes the accounting periods up to this date (`YYYY-MM-DD`): transactions in them cannot
    /// be made, changed or deleted.
    pub fn close_periods_until(&self, date: &str) {
        self.app.ledger().settings.closed_until = parse_date(date);
    }

    /// The role loses (or has again) the permission for a record type, or for `suiteql`: 403.
    pub fn forbid(&self, what: &str, forbidden: bool) {
        let mut ledger = self.app.ledger();
        if forbidden {
            ledger.settings.forbidden.insert(what.to_owned());
        } else {
            ledger.settings.forbidden.remove(what);
        }
    }

    /// The next `times` edits through the API meet somebody else's: `RCRD_HAS_BEEN_CHANGED`.
    pub fn collide(&self, times: u32) {
        self.app.ledger().settings.collisions = times;
    }

    /// Why logins were refused, oldest first: callers are only told `INVALID_LOGIN`.
    pub fn login_audit(&self) -> Vec<String> {
        self.app.audit().clone()
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// Creates through the API by business key (`invoice:1001`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Records beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        self.app.duplicates()
    }

    /// Ends every OAuth 2.0 access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// Ends every OAuth 2.0 grant and the token of token-based authentication.
    pub fn revoke(&self) {
        self.app.revoke();
    }

    /// The token of token-based authentication works again.
    pub fn restore_token(&self) {
        self.app.block_tba(false);
    }

    /// Moves the simulator's clock forward by `seconds`: tokens expire, changes age.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the port is free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}
