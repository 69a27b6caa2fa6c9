//! Every connector this process knows: those inside the binary, and those of a folder given at run time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::ports::connector::{
    Authorization, Authorized, CallError, Connection, Connectors, Provider, Target, WebhookEvent,
    WebhookRejection,
};
use application::ports::credentials::{Owner, Secrets};
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use include_dir::{Dir, include_dir};
use secrecy::SecretString;
use url::Url;

use super::connector::Connector;
use super::interpreter::{self, ManifestConnection, Secret, bucket, refused};
use super::manifest::{CredentialScope, Folder, LoadError, Timing, from_files, read_folder};
use super::services::{Realms, Services};

static PROVIDERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/connectors/providers");

/// What an operator sets beyond the manifests.
#[derive(Clone, Debug, Default)]
pub struct RegistryOptions {
    /// A folder of providers (`<folder>/<key>/manifest.toml`); they add to the embedded ones or replace them.
    pub folder: Option<PathBuf>,
    /// Addresses in place of a manifest's, by provider: a proxy, a test system, a simulator. Their origins must be
    /// named by the egress policy.
    pub endpoints: BTreeMap<String, Endpoints>,
    /// Times in place of a manifest's, by provider.
    pub timing: BTreeMap<String, Timing>,
}

/// Addresses in place of a manifest's.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
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
}

impl ConnectorRegistry {
    /// Loads the embedded manifests, then those of the folder.
    pub fn try_new(services: Services, options: &RegistryOptions) -> Result<Self, RegistryError> {
        let mut folders = embedded();
        if let Some(folder) = &options.folder {
            folders.extend(of_folder(folder)?);
        }
        let mut connectors = BTreeMap::new();
        for (key, files) in folders {
            let mut manifest =
                from_files(&files).map_err(|why| RegistryError::Manifest { key: key.clone(), why })?;
            if manifest.key != key {
                let why =
                    format!("its manifest says key = \"{}\": folder and key must be the same", manifest.key);
                return Err(RegistryError::Unusable { key, why });
            }
            if let Some(timing) = options.timing.get(&key) {
                manifest.timing = *timing;
            }
            let endpoints = options.endpoints.get(&key).cloned().unwrap_or_default();
            let connector = Connector::try_new(manifest, endpoints)
                .map_err(|why| RegistryError::Unusable { key: key.clone(), why: why.to_string() })?;
            connectors.insert(key, Arc::new(connector));
        }
        Ok(Self { connectors, services, realms: Realms::default() })
    }

    fn connector(&self, key: &str) -> Result<&Arc<Connector>, CallError> {
        self.connectors.get(key).ok_or_else(|| {
            let known: Vec<&str> = self.connectors.keys().map(String::as_str).collect();
            refused(ErrorClass::Validation, format!("no provider `{key}`: use one of {}", known.join(", ")))
        })
    }

    fn connection(&self, target: &Target, secret: Secret) -> Result<Arc<dyn Connection>, CallError> {
        let connector = self.connector(&target.provider)?;
        let base = self.base(connector, target)?;
        let realm = self.realms.of(&bucket(target), connector.manifest.limits.concurrency);
        let services = self.services.clone();
        Ok(Arc::new(ManifestConnection::new(
            Arc::clone(connector),
            target.clone(),
            base,
            services,
            (realm, secret),
        )))
    }

    /// The base URL of a connection: its own, the operator's, the manifest's; in each case of an origin that the
    /// credentials are bound to.
    fn base(&self, connector: &Connector, target: &Target) -> Result<Url, CallError> {
        let own = target.base_url.as_deref().map(Url::parse).transpose();
        let own =
            own.map_err(|_| refused(ErrorClass::Validation, "the base URL of the connection is no URL"))?;
        let manifest = &connector.manifest.base;
        let sandbox =
            target.settings.get("environment").and_then(serde_json::Value::as_str) == Some("sandbox");
        let usual = if sandbox { manifest.sandbox.as_ref() } else { manifest.production.as_ref() };
        let url = own
            .or_else(|| connector.endpoints.base_url.clone())
            .or_else(|| usual.cloned())
            .ok_or_else(|| {
                refused(
                    ErrorClass::Validation,
                    "this provider needs the base URL of your installation: set `base_url`",
                )
            })?;
        let policy = self.services.http.policy();
        policy.check(&url).map_err(|refusal| refused(ErrorClass::Permission, refusal.to_string()))?;
        if connector.owns(&url) || policy.names(&url) {
            return Ok(url);
        }
        let message = format!(
            "{} is no address of {}: use one of {}, or ask an operator for an egress.allow entry",
            url.origin().ascii_serialization(),
            connector.manifest.name,
            connector.manifest.origins.join(", ")
        );
        Err(refused(ErrorClass::Permission, message))
    }
}

/// The embedded providers' files, by key.
pub fn embedded() -> BTreeMap<String, Folder> {
    PROVIDERS
        .dirs()
        .filter_map(|dir| {
            let key = dir.path().file_name()?.to_str()?.to_owned();
            let mut files = Folder::new();
            collect(dir, dir.path(), &mut files);
            Some((key, files))
        })
        .collect()
}

fn collect(dir: &Dir<'_>, root: &Path, files: &mut Folder) {
    for file in dir.files().filter(|file| is_toml(file.path())) {
        let path = file.path().strip_prefix(root).unwrap_or(file.path()).to_string_lossy().replace('\\', "/");
        files.insert(path, file.contents_utf8().unwrap_or_default().to_owned());
    }
    for dir in dir.dirs() {
        collect(dir, root, files);
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// The providers of a folder on disk, by key.
fn of_folder(folder: &Path) -> Result<BTreeMap<String, Folder>, RegistryError> {
    let unreadable = |why| RegistryError::Folder { folder: folder.display().to_string(), why };
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join("manifest.toml").is_file() {
            let key = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.insert(key, read_folder(&path).map_err(unreadable)?);
        }
    }
    Ok(found)
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
        self.connection(target, Secret::Stored)
    }

    fn open_draft(&self, target: &Target, secrets: Secrets) -> Result<Arc<dyn Connection>, CallError> {
        self.connection(target, Secret::Draft(secrets))
    }

    fn authorize(
        &self,
        provider: &str,
        app: &Secrets,
        state: &str,
        redirect_uri: &str,
    ) -> Result<Authorization, CallError> {
        interpreter::authorize((self.connector(provider)?, &self.services), app, state, redirect_uri)
    }

    async fn exchange(
        &self,
        target: &Target,
        app: &Secrets,
        callback: &BTreeMap<String, String>,
        redirect_uri: &str,
        pkce_verifier: Option<&SecretString>,
    ) -> Result<Authorized, CallError> {
        let connector = self.connector(&target.provider)?;
        interpreter::exchange((connector, &self.services), app, callback, redirect_uri, pkce_verifier).await
    }

    async fn refresh(&self, target: &Target) -> Result<(), CallError> {
        interpreter::refresh_now(self.connector(&target.provider)?, target, &self.services).await
    }

    async fn revoke(&self, target: &Target) -> Result<(), CallError> {
        let connector = self.connector(&target.provider)?;
        let own = match connector.manifest.credential_scope {
            CredentialScope::Global => Owner::Provider(target.provider.clone()),
            CredentialScope::PerProject => Owner::Integration(target.integration),
        };
        let app = Owner::Provider(target.provider.clone());
        let stored = async |owner: &Owner| {
            let found = self.services.credentials.get(target.organization, owner).await;
            found.map_err(|error| refused(ErrorClass::Transient, error.to_string()))
        };
        match (stored(&own).await?, stored(&app).await?) {
            (Some((tokens, _)), Some((app, _))) if connector.manifest.auth.oauth2.is_some() => {
                interpreter::revoke((connector, &self.services), &app, &tokens, target).await
            }
            _ => Ok(()),
        }
    }

    fn verify_webhook(
        &self,
        provider: &str,
        secrets: &[SecretString],
        headers: &BTreeMap<String, String>,
        body: &[u8],
        _now: DateTime<Utc>,
    ) -> Result<Vec<WebhookEvent>, WebhookRejection> {
        let connector = self.connectors.get(provider).ok_or(WebhookRejection::Unsupported)?;
        interpreter::verify(&connector.manifest, secrets, headers, body)
    }
}
