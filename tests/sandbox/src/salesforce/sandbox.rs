//! The simulator as tests and the demonstration hold it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

use super::auth::SCOPES;
use super::config::{DuplicateRule, SalesforceConfig};
use super::desk::whole;
use super::kind::Kind;
use super::record::shown;
use super::routes::{App, instance, router};
use crate::admin::stats_of;
use crate::faults::Faults;
use crate::kit::hands::Hands;
use crate::kit::{Recorder, Tokens};
use crate::server::{Running, serve};

/// A running org. Methods act at once, as a user of the web interface would: no limit, no fault.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use sandbox::salesforce::{SalesforceConfig, start};
///
/// let org = start(SalesforceConfig::unlimited()).await?;
/// let token = org.issue_tokens().access_token;
/// // Send requests to org.data_url() with `Authorization: Bearer {token}`, then look inside:
/// assert_eq!(org.duplicates(), 0);
/// org.stop().await;
/// # Ok(()) }
/// ```
pub struct SalesforceSandbox {
    /// `http://127.0.0.1:PORT`: the login host, with `/admin`.
    pub base_url: String,
    /// Where the login host listens.
    pub addr: SocketAddr,
    /// Where the API is: `instance_url` of the token answer.
    pub instance_url: String,
    /// The org's id.
    pub organization_id: String,
    /// Faults to inject.
    pub faults: Faults,
    /// Exchanges, once it is on.
    pub recorder: Recorder,
    app: Arc<App>,
    running: Running,
    instance: Option<Running>,
}

/// Starts a simulator. Errors: the address cannot be bound, or no thread can be started.
pub async fn start(config: SalesforceConfig) -> io::Result<SalesforceSandbox> {
    let addr = config.addr;
    let app = Arc::new(App::new(config));
    let running = serve(router(&app), addr).await?;
    let mut own = None;
    if app.config.separate_instance {
        let serving = serve(instance(&app), None).await?;
        app.instance.get_or_init(|| serving.base_url.clone());
        own = Some(serving);
    }
    Ok(SalesforceSandbox {
        base_url: running.base_url.clone(),
        addr: running.addr,
        instance_url: app.instance_url(&running.base_url),
        organization_id: app.config.organization_id.clone(),
        faults: app.faults.clone(),
        recorder: app.recorder.clone(),
        app,
        running,
        instance: own,
    })
}

impl SalesforceSandbox {
    /// `{instance_url}/services/data/v67.0`.
    pub fn data_url(&self) -> String {
        format!("{}/services/data/v67.0", self.instance_url)
    }

    /// `{base_url}/services/oauth2/authorize`.
    pub fn authorize_url(&self) -> String {
        format!("{}/services/oauth2/authorize", self.base_url)
    }

    /// `{base_url}/services/oauth2/token`.
    pub fn token_url(&self) -> String {
        format!("{}/services/oauth2/token", self.base_url)
    }

    /// The identity URL of the token answer.
    pub fn identity_url(&self) -> String {
        self.app.identity_url(&self.base_url)
    }

    /// OAuth 2.0 tokens with every scope, without the consent page.
    pub fn issue_tokens(&self) -> Tokens {
        let grant = self.app.grant(SCOPES.map(str::to_owned).to_vec());
        self.app.people().issue(grant, self.app.clock.now_ms())
    }

    /// The id of the standard price book.
    pub fn standard_pricebook(&self) -> String {
        let books = self.entities("Pricebook2");
        let standard = books.iter().find(|book| book["IsStandard"] == true);
        standard.and_then(|book| book["Id"].as_str()).unwrap_or_default().to_owned()
    }

    /// All records of an object (`Account`) that are not deleted.
    pub fn entities(&self, entity: &str) -> Vec<Value> {
        let Some(kind) = Kind::named(entity) else { return Vec::new() };
        let org = self.app.org();
        let live = org.rows(kind).filter(|(_, row)| !row.now.deleted);
        live.map(|(id, row)| shown(&org, (kind, id), &row.now, ("", None))).collect()
    }

    /// How many records of an object there are.
    pub fn count(&self, entity: &str) -> usize {
        Kind::named(entity).map_or(0, |kind| self.app.org().count(kind))
    }

    /// One record by its id; `None` when unknown or deleted.
    pub fn get(&self, entity: &str, id: &str) -> Option<Value> {
        let (kind, id) = (Kind::named(entity)?, whole(id).ok()?);
        let org = self.app.org();
        let version = org.live(kind, &id)?;
        Some(shown(&org, (kind, &id), version, ("", None)))
    }

    /// Creates a record. The error is the API's body.
    pub fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        self.app.create(entity, body)
    }

    /// Changes a record, as a PATCH would.
    pub fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        self.app.edit(entity, id, patch)
    }

    /// Deletes a record, into the recycle bin.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        self.app.delete(entity, id)
    }

    /// A background process moves the record's `SystemModstamp`, and nothing else.
    pub fn touch(&self, entity: &str, id: &str) {
        if let (Some(kind), Ok(id)) = (Kind::named(entity), whole(id)) {
            self.app.org().touch(kind, &id);
        }
    }

    /// The user loses (or has again) the permission for an object.
    pub fn forbid(&self, entity: &str, forbidden: bool) {
        let Some(kind) = Kind::named(entity) else { return };
        let mut org = self.app.org();
        if forbidden {
            org.settings.forbidden.insert(kind);
        } else {
            org.settings.forbidden.remove(&kind);
        }
    }

    /// Field-level security: the user sees the field no more, or again.
    pub fn hide_field(&self, entity: &str, field: &str, hidden: bool) {
        if let Some(kind) = Kind::named(entity) {
            self.app.org().hide(kind, field, hidden);
        }
    }

    /// What the org's duplicate rule does from now on.
    pub fn set_duplicate_rule(&self, rule: DuplicateRule) {
        self.app.org().settings.duplicate_rule = rule;
    }

    /// The next `times` writes through the API meet a locked row: `UNABLE_TO_LOCK_ROW`.
    pub fn lock_rows(&self, times: u32) {
        self.app.org().settings.locks = times;
    }

    /// The log of deletes is trimmed: it begins now.
    pub fn trim_delete_log(&self) {
        let now_ms = self.app.clock.now_ms();
        self.app.org().settings.log_since_ms = now_ms;
    }

    /// The counters with the faults sent, as `GET /admin/stats` shows them.
    pub fn stats(&self) -> Value {
        stats_of(self.app.as_ref())
    }

    /// Creates through the API by business key (`Account:1001`); more than one is a double write.
    pub fn writes_per_key(&self) -> BTreeMap<String, u64> {
        self.app.tally.group("creates_per_key")
    }

    /// Records beyond the first with the same business key.
    pub fn duplicates(&self) -> u64 {
        self.app.duplicates()
    }

    /// Ends every session; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.app.expire_access_tokens();
    }

    /// Ends every grant.
    pub fn revoke(&self) {
        Hands::revoke(self.app.as_ref());
    }

    /// Moves the simulator's clock forward by `seconds`: sessions end, changes age.
    pub fn advance_clock(&self, seconds: u32) {
        self.app.advance_clock(seconds);
    }

    /// Stops at once; the ports are free when this returns.
    pub async fn stop(self) {
        self.running.stop().await;
        if let Some(instance) = self.instance {
            instance.stop().await;
        }
    }
}
