//! Reads a connection's secrets, and refreshes its tokens under a lease.

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use chrono::{DateTime, TimeDelta, Utc};
use domain::value::ErrorClass;
use secrecy::ExposeSecret;

use super::fill::{self, owner, vault};
use super::{Grant, Using, missing};
use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::connection::{ManifestConnection, Secret};
use crate::connectors::interpreter::oauth::TOKEN_TIMEOUT;
use crate::connectors::manifest::AuthKind;

/// The lease of a refresher outlives its HTTP call by far.
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How often somebody who waits for another refresher looks again.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(200);
/// Tries at storing new tokens: losing them would lose the connection.
const STORE_TRIES: u32 = 4;

impl ManifestConnection {
    /// Credentials for one call. `stale` is the version the provider refused just now.
    pub(in crate::connectors::interpreter) async fn grant(
        &self,
        using: &Using<'_>,
        stale: Option<u64>,
    ) -> Result<Grant, CallError> {
        if using.auth.is_none_or(|auth| auth.kind == AuthKind::None && auth.send.is_none()) {
            return Ok(Grant::default());
        }
        let grant = match &self.secret {
            Secret::Draft(secrets) => self.draft(using, secrets, stale).await?,
            Secret::Stored => self.current(using, stale).await?,
        };
        let grant = self.completed(using, grant).await?;
        if let Some(base) = grant.secrets.get(&using.name("base_url")) {
            self.moved(base.expose_secret())?;
        }
        Ok(grant)
    }

    /// Secrets in hand are tried and stored nowhere; those that come without a person are taken for this call.
    async fn draft(
        &self,
        using: &Using<'_>,
        secrets: &Secrets,
        stale: Option<u64>,
    ) -> Result<Grant, CallError> {
        if stale.is_some() {
            return Err(refused(ErrorClass::AuthExpired, "the provider refuses these credentials"));
        }
        let has = ["access_token", "cookies"].iter().any(|name| secrets.get(&using.name(name)).is_some());
        if has || !using.takes_itself() {
            return Ok(Grant { secrets: secrets.clone(), version: 0 });
        }
        Ok(Grant { secrets: self.obtain(using, secrets).await?, version: 0 })
    }

    /// With what the call needs of the app's registration; looked up only when the connection lacks something.
    async fn completed(&self, using: &Using<'_>, grant: Grant) -> Result<Grant, CallError> {
        let Some(auth) = using.auth else { return Ok(grant) };
        let lacks = auth.sent().iter().any(|name| grant.secrets.get(&using.name(name)).is_none());
        if !lacks {
            return Ok(grant);
        }
        let app = fill::app(&self.services, &self.target).await?;
        Ok(Grant { secrets: fill::over(grant.secrets, &app), version: grant.version })
    }

    async fn read(&self) -> Result<Grant, CallError> {
        let owner = owner(&self.connector, &self.target);
        let found = self.services.credentials.get(self.target.organization, &owner).await;
        let (secrets, version) = found.map_err(|error| vault(&error))?.unwrap_or_default();
        Ok(Grant { secrets, version })
    }

    /// Tokens that are not about to end.
    async fn current(&self, using: &Using<'_>, stale: Option<u64>) -> Result<Grant, CallError> {
        let grant = self.read().await?;
        if !using.renews() {
            return Ok(grant);
        }
        let has = |name: &str| grant.secrets.get(&using.name(name)).is_some();
        let refused = stale == Some(grant.version);
        let itself = using.takes_itself();
        let absent = itself && !has("access_token") && !has("cookies");
        let ending = self.is_ending(using, &grant) && (itself || has("refresh_token"));
        if refused || absent || ending {
            return self.refreshed(using, grant.version).await;
        }
        Ok(grant)
    }

    fn is_ending(&self, using: &Using<'_>, grant: &Grant) -> bool {
        let oauth2 = using.auth.and_then(|auth| auth.oauth2.as_ref());
        let margin = oauth2.map_or(0, |oauth2| i64::try_from(oauth2.refresh_margin_s).unwrap_or(0));
        let ends = ends(using, &grant.secrets);
        ends.is_some_and(|ends| ends - TimeDelta::seconds(margin) <= self.services.clock.now())
    }

    /// Refreshes under the lease. Who finds it taken waits for the other's tokens.
    async fn refreshed(&self, using: &Using<'_>, seen: u64) -> Result<Grant, CallError> {
        let (credentials, clock) = (&self.services.credentials, &self.services.clock);
        let (organization, owner) = (self.target.organization, owner(&self.connector, &self.target));
        let holder = self.services.ids.next().to_string();
        let give_up = clock.now() + LEASE;
        loop {
            let now = clock.now();
            let lease = credentials.lease_refresh(organization, &owner, &holder, now, now + LEASE);
            if let Some(epoch) = lease.await.map_err(|error| vault(&error))? {
                let outcome = self.refresh_alone(using, seen).await;
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
    async fn refresh_alone(&self, using: &Using<'_>, seen: u64) -> Result<Grant, CallError> {
        let grant = self.read().await?;
        if grant.version != seen {
            return Ok(grant);
        }
        fail::fail_point!("before_refresh");
        let obtained = self.obtain(using, &grant.secrets).await;
        fail::fail_point!("after_refresh");
        match obtained {
            Ok(secrets) => {
                let stored = self.store(secrets, grant.version).await;
                fail::fail_point!("after_refreshed_stored");
                stored
            }
            Err(error) if error.class == ErrorClass::AuthExpired => {
                let again = self.read().await?;
                if again.version == seen { Err(error) } else { Ok(again) }
            }
            Err(error) => Err(error),
        }
    }

    /// Stores tokens before anybody uses them. Who was faster wins: their tokens are newer.
    async fn store(&self, secrets: Secrets, seen: u64) -> Result<Grant, CallError> {
        let (credentials, clock) = (&self.services.credentials, &self.services.clock);
        let owner = owner(&self.connector, &self.target);
        let mut tries = 1;
        loop {
            match credentials.put(self.target.organization, &owner, &secrets, Some(seen)).await {
                Ok(_) => return self.read().await,
                Err(error) if tries == STORE_TRIES => return Err(vault(&error)),
                Err(error) => tracing::warn!(%error, tries, "new tokens could not be stored yet"),
            }
            tries += 1;
            clock.sleep_until(clock.now() + LOOK_AGAIN * 2_i32.pow(tries)).await;
        }
    }
}

/// When the access token ends.
fn ends(using: &Using<'_>, secrets: &Secrets) -> Option<DateTime<Utc>> {
    if using.is_own() {
        return secrets.expires_at;
    }
    let text = secrets.get(&using.name("expires_at"))?.expose_secret();
    DateTime::parse_from_rfc3339(text).ok().map(|ends| ends.with_timezone(&Utc))
}

/// Refreshes a connection's tokens now.
pub(in crate::connectors) async fn refresh_now(connection: &ManifestConnection) -> Result<(), CallError> {
    let using = Using::of(&connection.connector.manifest, &connection.target, None)?;
    if !using.renews() {
        return Err(refused(ErrorClass::Validation, "this provider has no tokens to refresh"));
    }
    let known = connection.read().await?;
    if known.version == 0 && !using.takes_itself() {
        return Err(missing("access_token"));
    }
    connection.refreshed(&using, known.version).await.map(drop)
}

/// The token endpoint is given up before the lease ends.
const _: () = assert!(TOKEN_TIMEOUT.as_secs() * 2 < 120, "a lease outlives the HTTP call");
