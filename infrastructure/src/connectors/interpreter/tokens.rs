//! The credentials of a call, and keeping OAuth tokens fresh: one refresher per connection over all processes, and
//! nothing uses a new token before it is stored.

use std::sync::Arc;

use application::ports::connector::{CallError, Target};
use application::ports::credentials::{Owner, Secrets};
use application::ports::vault::VaultError;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use domain::value::ErrorClass;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::call::refused;
use super::connection::{ManifestConnection, Secret};
use super::oauth::{self, TOKEN_TIMEOUT};
use crate::connectors::connector::Connector;
use crate::connectors::manifest::{ApiKey, Auth, AuthKind, BasicAuth, CredentialScope, OAuth2};
use crate::connectors::services::Services;

/// The lease of a refresher outlives its HTTP call by far.
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How often somebody who waits for another refresher looks again.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(200);
/// Tries at storing new tokens: losing them would lose the connection.
const STORE_TRIES: u32 = 4;

/// Secrets for one call.
pub(super) struct Grant {
    /// The secrets.
    pub(super) secrets: Secrets,
    /// The version they were read at; 0 for drafts.
    pub(super) version: u64,
}

impl Grant {
    /// Puts the credentials where the manifest says.
    pub(super) fn put(
        &self,
        auth: &Auth,
        headers: &mut Vec<(String, SecretString)>,
        url: &mut Url,
    ) -> Result<(), CallError> {
        match (auth.kind, &auth.api_key, &auth.basic_auth) {
            (AuthKind::Oauth2, ..) => {
                let token = self.secret("access_token")?.expose_secret();
                headers.push(("Authorization".to_owned(), format!("Bearer {token}").into()));
            }
            (AuthKind::ApiKey, Some(key), _) => self.put_key(key, headers, url)?,
            (AuthKind::BasicAuth, _, Some(BasicAuth { username, password })) => {
                headers.push(basic(
                    self.secret(username)?.expose_secret(),
                    self.secret(password)?.expose_secret(),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn put_key(
        &self,
        key: &ApiKey,
        headers: &mut Vec<(String, SecretString)>,
        url: &mut Url,
    ) -> Result<(), CallError> {
        let secret = self.secret(&key.secret)?.expose_secret();
        if let Some(header) = &key.header {
            headers.push((header.clone(), format!("{}{secret}", key.prefix).into()));
        }
        if let Some(parameter) = &key.query {
            url.query_pairs_mut().append_pair(parameter, secret);
        }
        if key.user {
            headers.push(basic(secret, ""));
        }
        Ok(())
    }

    fn secret(&self, name: &str) -> Result<&SecretString, CallError> {
        self.secrets.get(name).ok_or_else(|| missing(name))
    }
}

/// A header of basic authentication (RFC 7617).
pub(super) fn basic(user: &str, password: &str) -> (String, SecretString) {
    let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
    ("Authorization".to_owned(), format!("Basic {pair}").into())
}

fn missing(name: &str) -> CallError {
    let mut error = refused(ErrorClass::AuthExpired, format!("the credentials have no `{name}`"));
    error.next_step = Some("connect again".to_owned());
    error
}

fn vault(error: &VaultError) -> CallError {
    refused(ErrorClass::Transient, format!("the credentials cannot be opened now: {error}"))
}

impl ManifestConnection {
    /// Credentials for one call. `stale` is the version the provider refused just now.
    pub(super) async fn grant(&self, stale: Option<u64>) -> Result<Grant, CallError> {
        let keeper = Keeper { connector: &self.connector, target: &self.target, services: &self.services };
        match (&self.secret, &self.manifest().auth.oauth2) {
            (Secret::Draft(secrets), _) if stale.is_none() => {
                Ok(Grant { secrets: secrets.clone(), version: 0 })
            }
            (Secret::Draft(_), _) => {
                Err(refused(ErrorClass::AuthExpired, "the provider refuses these credentials"))
            }
            (Secret::Stored, Some(oauth2)) => keeper.current(oauth2, stale).await,
            (Secret::Stored, None) if self.manifest().auth.kind == AuthKind::None => {
                Ok(Grant { secrets: Secrets::default(), version: 0 })
            }
            (Secret::Stored, None) => keeper.read().await,
        }
    }
}

/// Refreshes a connection's tokens now.
pub(in crate::connectors) async fn refresh_now(
    connector: &Arc<Connector>,
    target: &Target,
    services: &Services,
) -> Result<(), CallError> {
    let keeper = Keeper { connector, target, services };
    let Some(oauth2) = &connector.manifest.auth.oauth2 else {
        return Err(refused(ErrorClass::Validation, "this provider has no tokens to refresh"));
    };
    let seen = keeper.read().await?.version;
    keeper.refreshed(oauth2, seen).await.map(drop)
}

/// Reads and refreshes the secrets of one connection.
struct Keeper<'k> {
    connector: &'k Arc<Connector>,
    target: &'k Target,
    services: &'k Services,
}

impl Keeper<'_> {
    fn owner(&self) -> Owner {
        match self.connector.manifest.credential_scope {
            CredentialScope::Global => Owner::Provider(self.target.provider.clone()),
            CredentialScope::PerProject => Owner::Integration(self.target.integration),
        }
    }

    async fn read(&self) -> Result<Grant, CallError> {
        let found = self.services.credentials.get(self.target.organization, &self.owner()).await;
        match found.map_err(|error| vault(&error))? {
            Some((secrets, version)) => Ok(Grant { secrets, version }),
            None => Err(missing(
                self.connector.manifest.auth.required_secrets().first().map_or("key", String::as_str),
            )),
        }
    }

    /// Tokens that are not about to end.
    async fn current(&self, oauth2: &OAuth2, stale: Option<u64>) -> Result<Grant, CallError> {
        let grant = self.read().await?;
        let refused = stale == Some(grant.version);
        if refused || self.is_ending(oauth2, &grant) {
            return self.refreshed(oauth2, grant.version).await;
        }
        Ok(grant)
    }

    fn is_ending(&self, oauth2: &OAuth2, grant: &Grant) -> bool {
        let margin = TimeDelta::seconds(i64::try_from(oauth2.refresh_margin_s).unwrap_or(0));
        grant.secrets.expires_at.is_some_and(|ends| ends - margin <= self.services.clock.now())
    }

    /// Refreshes under the lease. Who finds it taken waits for the other's tokens.
    async fn refreshed(&self, oauth2: &OAuth2, seen: u64) -> Result<Grant, CallError> {
        let (credentials, clock) = (&self.services.credentials, &self.services.clock);
        let (organization, owner) = (self.target.organization, self.owner());
        let holder = self.services.ids.next().to_string();
        let give_up = clock.now() + LEASE;
        loop {
            let now = clock.now();
            let lease = credentials.lease_refresh(organization, &owner, &holder, now, now + LEASE);
            if let Some(epoch) = lease.await.map_err(|error| vault(&error))? {
                let outcome = self.refresh_alone(oauth2, seen).await;
                let released = credentials.release_refresh(organization, &owner, epoch).await;
                if let Err(error) = released {
                    tracing::warn!(%error, "the refresh lease could not be given back; it ends by itself");
                }
                return outcome;
            }
            clock.sleep_until(now + LOOK_AGAIN).await;
            let grant = self.read().await?;
            if grant.version != seen {
                return Ok(grant);
            }
            if clock.now() >= give_up {
                return Err(refused(
                    ErrorClass::Transient,
                    "another refresh of this connection does not end",
                ));
            }
        }
    }

    /// The lease is ours: read again, for somebody may have refreshed before us.
    async fn refresh_alone(&self, oauth2: &OAuth2, seen: u64) -> Result<Grant, CallError> {
        let grant = self.read().await?;
        if grant.version != seen {
            return Ok(grant);
        }
        match self.refresh_with(oauth2, &grant).await {
            Err(error) if error.class == ErrorClass::AuthExpired => {
                let again = self.read().await?;
                if again.version == seen { Err(error) } else { Ok(again) }
            }
            other => other,
        }
    }

    async fn refresh_with(&self, oauth2: &OAuth2, grant: &Grant) -> Result<Grant, CallError> {
        let old = grant.secrets.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
        let app = self.app().await?;
        let fresh = oauth::refresh((self.connector, oauth2, self.services), &app, old).await?;
        let mut secrets = grant.secrets.clone();
        if fresh.get("refresh_token").is_some_and(|new| new.expose_secret() != old.expose_secret()) {
            secrets.set("previous_refresh_token", old.clone());
        }
        for (name, value) in &fresh.values {
            secrets.set(name, value.clone());
        }
        secrets.expires_at = fresh.expires_at;
        self.store(secrets, grant.version).await
    }

    /// Stores tokens before anybody uses them. Who was faster wins: their tokens are newer.
    async fn store(&self, secrets: Secrets, seen: u64) -> Result<Grant, CallError> {
        let (credentials, clock) = (&self.services.credentials, &self.services.clock);
        let mut tries = 1;
        loop {
            match credentials.put(self.target.organization, &self.owner(), &secrets, Some(seen)).await {
                Ok(_) => return self.read().await,
                Err(error) if tries == STORE_TRIES => return Err(vault(&error)),
                Err(error) => tracing::warn!(%error, tries, "new tokens could not be stored yet"),
            }
            tries += 1;
            clock.sleep_until(clock.now() + LOOK_AGAIN * 2_i32.pow(tries)).await;
        }
    }

    /// The app's own client id and secret.
    async fn app(&self) -> Result<Secrets, CallError> {
        let owner = Owner::Provider(self.target.provider.clone());
        let found = self.services.credentials.get(self.target.organization, &owner).await;
        let (secrets, _) = found.map_err(|error| vault(&error))?.ok_or_else(|| missing("client_id"))?;
        Ok(secrets)
    }
}

/// The token endpoint is given up before the lease ends.
const _: () = assert!(TOKEN_TIMEOUT.as_secs() * 2 < 120, "a lease outlives the HTTP call");
