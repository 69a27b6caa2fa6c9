//! The port over the tables.

use std::sync::Arc;

use application::ports::Unavailable;
use application::ports::credentials::{Credentials, Owner, Secrets};
use application::ports::vault::{Vault, VaultError};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use secrecy::ExposeSecret;

use super::sealed::{decode, encode};
use crate::database::{Database, Statement, params};
use crate::micros::micros;
use crate::shared_look::SharedLooks;
use crate::unguarded::unguarded;
use crate::vault::SealedTable;

const SELECT: &str = "SELECT sealed, version FROM credentials
    WHERE organization = $1 AND name = $2 AND sealed IS NOT NULL";
// A deleted row stays without its secrets, so that a version never comes back with others.
const DELETE: &str = "UPDATE credentials SET sealed = NULL, version = version + 1
    WHERE organization = $1 AND name = $2 AND sealed IS NOT NULL";
const REPLACE: &str = "INSERT INTO credentials (organization, name, version, key_id, sealed)
    VALUES ($1, $2, 1, $3, $4)
    ON CONFLICT (organization, name) DO UPDATE SET
        version = credentials.version + 1, key_id = excluded.key_id, sealed = excluded.sealed
    RETURNING version";
const ADD: &str = "INSERT INTO credentials (organization, name, version, key_id, sealed)
    VALUES ($1, $2, 1, $3, $4)
    ON CONFLICT (organization, name) DO UPDATE SET
        version = credentials.version + 1, key_id = excluded.key_id, sealed = excluded.sealed
    WHERE credentials.sealed IS NULL
    RETURNING version";
const UPDATE: &str = "UPDATE credentials SET version = version + 1, key_id = $3, sealed = $4
    WHERE organization = $1 AND name = $2 AND version = $5 AND sealed IS NOT NULL
    RETURNING version";
// Its own table: the epoch goes on when credentials are removed and come back.
const LEASE: &str = "INSERT INTO refresh_leases (organization, name, holder, epoch, lease_until)
    VALUES ($1, $2, $3, 1, $5)
    ON CONFLICT (organization, name) DO UPDATE SET
        holder = excluded.holder, epoch = refresh_leases.epoch + 1, lease_until = excluded.lease_until
    WHERE refresh_leases.lease_until <= $4
    RETURNING epoch";
const RELEASE: &str = "UPDATE refresh_leases SET lease_until = 0
    WHERE organization = $1 AND name = $2 AND epoch = $3";

/// What a row holds, and its version; `None` without one.
type Sealed = Option<(Vec<u8>, u64)>;

/// Credentials in the database, sealed by the vault.
pub struct DatabaseCredentials {
    database: Database,
    vault: Arc<dyn Vault>,
    /// Webhooks come by the hundred, and each is verified with the same few.
    looks: SharedLooks<(OrganizationId, String), Sealed>,
}

impl DatabaseCredentials {
    /// The credentials of `database`.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault, looks: SharedLooks::default() }
    }
}

impl DatabaseCredentials {
    async fn sealed(&self, organization: OrganizationId, name: &str) -> Result<Sealed, Unavailable> {
        let rows = self.database.query(SELECT, params![organization.to_string(), name]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((row.bytes(0)?.to_vec(), row.u64(1)?)))
    }
}

fn name(owner: &Owner) -> String {
    match owner {
        Owner::Integration(id) => format!("integration/{id}"),
        Owner::Provider(key) => format!("provider/{key}"),
        Owner::WebhookEndpoint(id) => format!("webhook_endpoint/{id}"),
    }
}

#[async_trait::async_trait]
impl Credentials for DatabaseCredentials {
    async fn get(
        &self,
        organization: OrganizationId,
        owner: &Owner,
    ) -> Result<Option<(Secrets, u64)>, VaultError> {
        let name = name(owner);
        let look = || self.sealed(organization, &name);
        let Some((sealed, version)) = self.looks.see((organization, name.clone()), look).await? else {
            return Ok(None);
        };
        let context = SealedTable::CREDENTIALS.context(&name);
        let plain = self.vault.open(organization, &context, &sealed)?;
        Ok(Some((decode(plain.expose_secret())?, version)))
    }

    async fn put(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        secrets: &Secrets,
        expected: Option<u64>,
    ) -> Result<bool, VaultError> {
        let name = name(owner);
        let context = SealedTable::CREDENTIALS.context(&name);
        let sealed = self.vault.seal(organization, &context, &encode(secrets));
        let key_id = SealedTable::key_id(&sealed)?.to_owned();
        let mut values = params![organization.to_string(), name, key_id, sealed];
        let sql = match expected {
            None => REPLACE,
            Some(0) => ADD,
            Some(version) => {
                values.push(version.into());
                UPDATE
            }
        };
        Ok(!self.database.write_query(sql, values).await?.is_empty())
    }

    async fn delete(&self, organization: OrganizationId, owner: &Owner) -> Result<(), VaultError> {
        let delete = Statement::new(DELETE, params![organization.to_string(), name(owner)]);
        self.database.write(vec![delete]).await.map_err(unguarded)?;
        Ok(())
    }

    async fn names(&self, organization: OrganizationId, owner: &Owner) -> Result<Vec<String>, VaultError> {
        let found = self.get(organization, owner).await?;
        let names = found.into_iter().flat_map(|(secrets, _)| secrets.values).map(|(name, _)| name);
        Ok(names.collect())
    }

    async fn lease_refresh(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<u64>, VaultError> {
        let values = params![organization.to_string(), name(owner), holder, micros(now), micros(until)];
        let rows = self.database.write_query(LEASE, values).await?;
        Ok(rows.first().map(|row| row.u64(0)).transpose()?)
    }

    async fn release_refresh(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        epoch: u64,
    ) -> Result<(), VaultError> {
        let release = Statement::new(RELEASE, params![organization.to_string(), name(owner), epoch]);
        self.database.write(vec![release]).await.map_err(unguarded)?;
        Ok(())
    }
}
