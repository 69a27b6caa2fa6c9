//! Every connector this process knows: those inside the binary, and those of a folder given at run time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use application::ports::connector::{
    Authorization, Authorized, CallError, Connection, Connectors, Deadline, Provider, RemoteRealm,
    Subscribing, Subscription, Subscriptions, Target, Timing, WebhookCall, WebhookRejection, WebhookTaken,
};
use application::ports::credentials::{Owner, Secrets};
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use secrecy::SecretString;
use url::Url;

use super::connector::Connector;
use super::interpreter::{self, Delivery, KeyCache, ManifestConnection, Opened, Secret, bucket, refused};
use super::manifest::{self, CredentialScope, Folder, LoadError, Values, from_files};
use super::services::{Realms, Services};

mod sources;

pub use sources::embedded;

/// What an operator sets beyond the manifests.
#[derive(Clone, Debug, Default)]
pub struct RegistryOptions {
    /// A folder of providers (`<folder>/<key>/manifest.toml`); they add to the embedded ones or replace them.
    pub folder: Option<PathBuf>,
    /// Addresses in place of a manifest's, by provider: a proxy, a test system, a simulator. Their origins must be
    /// named by the egress policy.
    pub endpoints: BTreeMap<String, Endpoints>,
    /// Times in place of every manifest's. A provider without a settle time has none to shorten.
    pub timing: Option<Timing>,
    /// Facts of this installation that requests may carry: `{context.<name>}`.
    pub context: BTreeMap<String, String>,
}

/// Addresses in place of a manifest's.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// In place of every origin of the provider; paths and queries stay. The others below come before it.
    pub origin: Option<Url>,
    /// The API's base URL.
    pub base_url: Option<Url>,
    /// Where browsers are sent.
    pub authorize_url: Option<Url>,
    /// Where tokens come from.
    pub token_url: Option<Url>,
    /// Where tokens are given back.
    pub revoke_url: Option<Url>,
}

/// Why the connectors cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The folder cannot be read.
    #[error("the connector folder {folder} cannot be read: {why}")]
    Folder {
        /// The folder.
        folder: String,
        /// The system's words.
        why: std::io::Error,
    },
    /// A manifest cannot be read.
    #[error("connector `{key}`: {why}")]
    Manifest {
        /// The provider's folder.
        key: String,
        /// What is wrong.
        why: LoadError,
    },
    /// A manifest can be read but not used.
    #[error("connector `{key}`: {why}")]
    Unusable {
        /// The provider's folder.
        key: String,
        /// What is wrong.
        why: String,
    },
}

/// The connectors.
pub struct ConnectorRegistry {
    connectors: BTreeMap<String, Arc<Connector>>,
    services: Services,
    realms: Realms,
    keys: KeyCache,
    context: BTreeMap<String, String>,
}

impl ConnectorRegistry {
    /// Loads the embedded manifests, then those of the folder.
    pub fn try_new(services: Services, options: &RegistryOptions) -> Result<Self, RegistryError> {
        Self::load(services, sources::all(options)?, options)
    }

    /// Loads these manifests and no others; the folder of the options is left aside.
    pub fn of(
        services: Services,
        folders: BTreeMap<String, Folder>,
        options: &RegistryOptions,
    ) -> Result<Self, RegistryError> {
        Self::load(services, folders.into_iter().map(Ok), options)
    }

    /// One after the other: what is read of a provider's files is gone before the next one's.
    fn load(
        services: Services,
        folders: impl Iterator<Item = Result<(String, Folder), RegistryError>>,
        options: &RegistryOptions,
    ) -> Result<Self, RegistryError> {
        let mut connectors = BTreeMap::new();
        for folder in folders {
            let (key, files) = folder?;
            let connector = connector(&key, &files, options)?;
            connectors.insert(key, Arc::new(connector));
        }
        let context = context(options);
        Ok(Self { connectors, services, realms: Realms::default(), keys: KeyCache::default(), context })
    }

    fn connector(&self, key: &str) -> Result<&Arc<Connector>, CallError> {
        self.connectors.get(key).ok_or_else(|| {
            let known: Vec<&str> = self.connectors.keys().map(String::as_str).collect();
            refused(ErrorClass::Validation, format!("no provider `{key}`: use one of {}", known.join(", ")))
        })
    }

    fn connection(&self, target: &Target, secret: Secret) -> Result<ManifestConnection, CallError> {
        let connector = self.connector(&target.provider)?;
        let mut target = target.clone();
        // Where a setting names the realm, it is known before anybody was asked.
        let setting = connector.manifest.auth.realm.as_ref().and_then(|realm| realm.setting.as_ref());
        let typed = setting.and_then(|name| target.settings.get(name)?.as_str());
        if let (true, Some(typed)) = (target.realm == "-", typed) {
            typed.clone_into(&mut target.realm);
        }
        let opened = Opened {
            base: self.base(connector, &target)?,
            realm: self.realms.of(&bucket(&target), connector.manifest.limits.concurrency),
            secret,
            context: self.context_of(&target),
        };
        Ok(ManifestConnection::new(Arc::clone(connector), target, self.services.clone(), opened))
    }

    fn stored(&self, target: &Target) -> Result<ManifestConnection, CallError> {
        self.connection(target, Secret::Stored)
    }

    /// `{context.*}` of a connection: what the operator set, and what is known of it here.
    fn context_of(&self, target: &Target) -> BTreeMap<String, String> {
        let mut context = self.context.clone();
        let now = self.services.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let id = target.integration.to_string();
        for (name, value) in [("now", &now), ("integration_id", &id), ("user_id", &id)] {
            context.entry(format!("context.{name}")).or_insert_with(|| value.clone());
        }
        context
    }

    /// The base URL of a connection: its own, the operator's, the manifest's; in each case of an origin that the
    /// credentials are bound to.
    fn base(&self, connector: &Connector, target: &Target) -> Result<Option<Url>, CallError> {
        let own = target.base_url.as_deref().map(Url::parse).transpose();
        let own =
            own.map_err(|_| refused(ErrorClass::Validation, "the base URL of the connection is no URL"))?;
        let url = match own.or_else(|| connector.endpoints.base_url.clone()) {
            Some(url) => url,
            None => match usual(connector, target)? {
                Some(url) => url,
                None => return Ok(None),
            },
        };
        let policy = self.services.http.policy();
        policy.check(&url).map_err(|refusal| refused(ErrorClass::Permission, refusal.to_string()))?;
        if connector.owns(&url) || policy.names(&url) {
            return Ok(Some(url));
        }
        let (origin, manifest) = (url.origin().ascii_serialization(), &connector.manifest);
        let usual = match manifest.origins.as_slice() {
            [] => String::new(),
            origins => format!("use one of {}, or ", origins.join(", ")),
        };
        let message = format!(
            "{origin} is no address of {}: {usual}ask an operator to allow it (HEADWATER_EGRESS_ALLOW={origin})",
            manifest.name
        );
        Err(refused(ErrorClass::Permission, message))
    }
}

/// The connector of a provider's folder.
fn connector(key: &str, files: &Folder, options: &RegistryOptions) -> Result<Connector, RegistryError> {
    let unusable = |why: String| RegistryError::Unusable { key: key.to_owned(), why };
    let mut manifest =
        from_files(files).map_err(|why| RegistryError::Manifest { key: key.to_owned(), why })?;
    if manifest.key != key {
        return Err(unusable(format!(
            "its manifest says key = \"{}\": folder and key must be the same",
            manifest.key
        )));
    }
    if let Some(timing) = &options.timing {
        manifest.timing = manifest::Timing::set(timing, manifest.timing.settle_ms.is_some());
    }
    let endpoints = options.endpoints.get(key).cloned().unwrap_or_default();
    Connector::try_new(manifest, endpoints).map_err(|why| unusable(why.to_string()))
}

/// The manifest's base URL for a connection; none where each connection has its own.
fn usual(connector: &Connector, target: &Target) -> Result<Option<Url>, CallError> {
    let base = &connector.manifest.base;
    let sandbox = target.settings.get("environment").and_then(serde_json::Value::as_str) == Some("sandbox");
    let address = if sandbox { base.sandbox.as_ref() } else { base.production.as_ref() };
    let realm = Some(target.realm.as_str()).filter(|realm| *realm != "-");
    let values = Values { realm, settings: Some(&target.settings), ..Values::default() };
    let filled = address.map(|address| address.fill(&values)).transpose();
    let filled = filled
        .map_err(|error| refused(ErrorClass::Validation, format!("the base URL cannot be made: {error}")))?;
    // A provider whose base URL each connection brings has the operator's.
    Ok(filled.map(|url| connector.placed(url)).or_else(|| connector.endpoints.origin.clone()))
}

/// What every connection's `{context.*}` has.
fn context(options: &RegistryOptions) -> BTreeMap<String, String> {
    let given = options.context.iter().map(|(name, value)| (format!("context.{name}"), value.clone()));
    let mut context: BTreeMap<String, String> = given.collect();
    for (name, value) in [("product_name", "Headwater"), ("product_version", env!("CARGO_PKG_VERSION"))] {
        context.entry(format!("context.{name}")).or_insert_with(|| value.to_owned());
    }
    context
}

#[async_trait::async_trait]
impl Connectors for ConnectorRegistry {
    fn providers(&self) -> Vec<Arc<Provider>> {
        self.connectors.values().map(|connector| Arc::clone(&connector.provider)).collect()
    }

    fn provider(&self, key: &str) -> Option<Arc<Provider>> {
        self.connectors.get(key).map(|connector| Arc::clone(&connector.provider))
    }

    fn open(&self, target: &Target) -> Result<Arc<dyn Connection>, CallError> {
        Ok(Arc::new(self.stored(target)?))
    }

    fn open_draft(&self, target: &Target, secrets: Secrets) -> Result<Arc<dyn Connection>, CallError> {
        Ok(Arc::new(self.connection(target, Secret::Draft(secrets))?))
    }

    async fn authorize(
        &self,
        target: &Target,
        app: &Secrets,
        state: &str,
        redirect_uri: &str,
    ) -> Result<Authorization, CallError> {
        interpreter::authorize(&self.stored(target)?, app, state, redirect_uri).await
    }

    async fn exchange(
        &self,
        target: &Target,
        app: &Secrets,
        callback: &BTreeMap<String, String>,
        redirect_uri: &str,
        verifier: Option<&SecretString>,
    ) -> Result<Authorized, CallError> {
        interpreter::exchange(&self.stored(target)?, app, callback, (redirect_uri, verifier)).await
    }

    async fn realms(
        &self,
        target: &Target,
        secrets: Option<Secrets>,
    ) -> Result<Option<Vec<RemoteRealm>>, CallError> {
        let connection = self.connection(target, secrets.map_or(Secret::Stored, Secret::Draft))?;
        interpreter::realms(&connection).await
    }

    fn deadlines(&self, target: &Target, secrets: &Secrets, scopes: &[String]) -> Vec<Deadline> {
        let connector = self.connectors.get(&target.provider);
        connector
            .map(|known| interpreter::deadlines(&known.manifest, target, secrets, scopes))
            .unwrap_or_default()
    }

    async fn refresh(&self, target: &Target) -> Result<(), CallError> {
        interpreter::refresh_now(&self.stored(target)?).await
    }

    async fn revoke(&self, target: &Target) -> Result<(), CallError> {
        let connection = self.stored(target)?;
        let own = match self.connector(&target.provider)?.manifest.credential_scope {
            // The organization's credential outlives any one connection.
            CredentialScope::Global => return Ok(()),
            CredentialScope::PerProject => Owner::Integration(target.integration),
        };
        let app = Owner::Provider(target.provider.clone());
        let stored = async |owner: &Owner| {
            let found = self.services.credentials.get(target.organization, owner).await;
            found.map_err(|error| refused(ErrorClass::Transient, error.to_string()))
        };
        let Some((tokens, _)) = stored(&own).await? else { return Ok(()) };
        let (app, _) = stored(&app).await?.unwrap_or_default();
        interpreter::give_up(&connection, &app, &tokens).await
    }

    async fn verify_webhook(
        &self,
        target: &Target,
        secrets: &[Secrets],
        call: &WebhookCall,
        now: DateTime<Utc>,
    ) -> Result<WebhookTaken, WebhookRejection> {
        let connector = self.connectors.get(&target.provider).ok_or(WebhookRejection::Unsupported)?;
        let app = secrets.first().cloned().unwrap_or_default();
        let connection = self.connection(target, Secret::Draft(app)).ok();
        let manifest = &connector.manifest;
        let delivery = Delivery { manifest, connection: connection.as_ref(), target, secrets, call, now };
        interpreter::verify(&delivery, &self.keys).await
    }

    fn subscriptions(&self, provider: &str) -> Option<Subscriptions> {
        interpreter::subscriptions(&self.connectors.get(provider)?.manifest)
    }

    async fn subscribe(&self, target: &Target, wanted: &Subscribing) -> Result<Subscription, CallError> {
        interpreter::subscribe(&self.stored(target)?, wanted).await
    }

    async fn renew_subscription(
        &self,
        target: &Target,
        wanted: &Subscribing,
        known: &Subscription,
    ) -> Result<Subscription, CallError> {
        interpreter::renew(&self.stored(target)?, wanted, known).await
    }

    async fn unsubscribe(
        &self,
        target: &Target,
        wanted: &Subscribing,
        known: &Subscription,
    ) -> Result<(), CallError> {
        interpreter::unsubscribe(&self.stored(target)?, wanted, known).await
    }
}
